//! What a client sees of operations that succeed: statuses and headers (RFC 7644, 3 and 4).

use std::time::Duration;

use provisor_server::http::Running;
use provisor_server::store::sqlite::{Options, Sqlite};
use serde_json::{Value, json};

use super::http_support::{Answer, get, send, start_on, start_whole};

const SCIM: (&str, &str) = ("content-type", "application/scim+json");
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

async fn post(server: &Running, path: &str, body: &Value) -> Answer {
    send(server, "POST", &format!("/scim/v2{path}"), &[SCIM], body.to_string()).await
}

async fn create(server: &Running, name: &str) -> (String, Answer) {
    let answer = post(server, "/Users", &json!({"schemas": [USER], "userName": name})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    (answer.json()["id"].as_str().unwrap().to_owned(), answer)
}

#[tokio::test]
async fn a_new_user_has_a_place_and_a_version() {
    // RFC 7644, 3.3 and 3.14; RFC 7643, 3.1
    let server = start_whole().await;
    let (id, created) = create(&server, "ana@acme.com").await;
    let location = format!("{}/scim/v2/Users/{id}", server.url());
    assert_eq!(created.header("location"), location);
    assert_eq!(created.header("content-location"), location);
    assert_eq!(created.header("content-type"), "application/scim+json");
    let meta = &created.json()["meta"];
    assert_eq!(meta["location"], location.as_str());
    assert_eq!(meta["version"], created.header("etag"));
    assert!(created.header("etag").starts_with("W/\""));

    // RFC 7644, 3.1: the answer to the creation is what a read gives.
    let read = get(&server, &format!("/scim/v2/Users/{id}")).await;
    assert_eq!((read.status, read.json()), (200, created.json()));
    assert_eq!(read.header("etag"), created.header("etag"));

    let same = json!({"schemas": [USER], "userName": "ANA@acme.com"});
    let again = post(&server, "/Users", &same).await;
    assert_eq!((again.status, again.scim_type().as_str()), (409, "uniqueness"));
}

#[tokio::test]
async fn head_is_a_get_without_the_body() {
    let server = start_whole().await;
    let (id, created) = create(&server, "ana").await;
    let answer = send(&server, "HEAD", &format!("/scim/v2/Users/{id}"), &[], "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(answer.header("etag"), created.header("etag"));
    assert_eq!(answer.header("content-length"), created.body.len().to_string());
}

#[tokio::test]
async fn versions_guard_reads_and_changes() {
    // RFC 7644, 3.14
    let server = start_whole().await;
    let (id, created) = create(&server, "ana").await;
    let path = format!("/scim/v2/Users/{id}");
    let etag = created.header("etag");

    let unchanged = send(&server, "GET", &path, &[("if-none-match", etag)], "").await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
    assert_eq!(unchanged.header("etag"), etag);

    let body = json!({"schemas": [USER], "userName": "ana", "title": "Boss"}).to_string();
    let put = send(&server, "PUT", &path, &[SCIM, ("if-match", etag)], body.clone()).await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_ne!(put.header("etag"), etag);
    let stale = send(&server, "PUT", &path, &[SCIM, ("if-match", etag)], body).await;
    assert_eq!((stale.status, stale.json()["status"].as_str()), (412, Some("412")));
    let stale = send(&server, "DELETE", &path, &[("if-match", etag)], "").await;
    assert_eq!(stale.status, 412);
}

#[tokio::test]
async fn a_deletion_is_204_once() {
    // RFC 7644, 3.6
    let server = start_whole().await;
    let (id, _) = create(&server, "ana").await;
    let path = format!("/scim/v2/Users/{id}");
    let deleted = send(&server, "DELETE", &path, &[], "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(deleted.header("content-type"), "");
    for method in ["DELETE", "GET"] {
        assert_eq!(send(&server, method, &path, &[], "").await.status, 404);
    }
}

#[tokio::test]
async fn a_patch_answers_with_what_is_asked_for() {
    // RFC 7644, 3.5.2 and 3.9
    let server = start_whole().await;
    let (id, _) = create(&server, "ana").await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Boss"}],
    });
    let path = format!("/scim/v2/Users/{id}?attributes=title");
    let answer = send(&server, "PATCH", &path, &[SCIM], body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown = answer.json();
    assert_eq!((&shown["title"], &shown["id"]), (&json!("Boss"), &json!(id)));
    assert_eq!(shown.get("userName"), None);
}

#[tokio::test]
async fn the_same_question_has_the_same_answer_by_get_and_by_post() {
    // RFC 7644, 3.4.2 and 3.4.3
    let server = start_whole().await;
    for name in ["ana", "bo+b", "cyd"] {
        create(&server, name).await;
    }
    let asked = get(&server, "/scim/v2/Users?filter=userName%20eq%20%22bo%2Bb%22").await;
    assert_eq!((asked.status, &asked.json()["totalResults"]), (200, &json!(1)), "{}", asked.body);
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "userName eq \"bo+b\"",
    });
    let searched = post(&server, "/Users/.search", &search).await;
    assert_eq!((searched.status, searched.json()), (200, asked.json()));
    assert_eq!(post(&server, "/.search", &search).await.json(), asked.json());

    let page = get(&server, "/scim/v2/Users?startIndex=2&count=1&sortBy=userName").await.json();
    assert_eq!(page["totalResults"], 3);
    assert_eq!((&page["startIndex"], &page["itemsPerPage"]), (&json!(2), &json!(1)));
    assert_eq!(page["Resources"][0]["userName"], "bo+b");

    let none = get(&server, "/scim/v2/Groups").await;
    assert_eq!((none.status, &none.json()["totalResults"]), (200, &json!(0)));
    let wrong = get(&server, "/scim/v2/Users?filter=userName+regex+%22a%22").await;
    assert_eq!((wrong.status, wrong.scim_type().as_str()), (400, "invalidFilter"));
}

#[tokio::test]
async fn me_is_the_user_of_the_credential_under_its_own_location() {
    // RFC 7644, 3.11
    let server = start_whole().await;
    let (id, created) = create(&server, "ana").await;
    let token = format!("Bearer user:{id}");
    let headers = [("authorization", token.as_str()), SCIM];
    let me = send(&server, "GET", "/scim/v2/Me", &headers, "").await;
    assert_eq!((me.status, me.json()), (200, created.json()));
    assert_eq!(me.header("location"), created.header("location"));
    let gone = send(&server, "DELETE", "/scim/v2/Me", &headers, "").await;
    assert_eq!(gone.status, 204);
    assert_eq!(send(&server, "GET", "/scim/v2/Me", &headers, "").await.status, 404);
}

#[tokio::test]
async fn bulk_is_200_with_the_status_of_each() {
    // RFC 7644, 3.7
    let server = start_whole().await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a",
             "data": {"schemas": [USER], "userName": "ana"}},
            {"method": "DELETE", "path": "/Users/01890000-0000-7000-8000-000000000000"},
        ],
    });
    let answer = post(&server, "/Bulk", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let operations = answer.json()["Operations"].clone();
    assert_eq!((&operations[0]["status"], &operations[0]["bulkId"]), (&json!("201"), &json!("a")));
    assert_eq!(operations[1]["status"], "404");
    assert_eq!(operations[1]["response"]["status"], "404");
}

#[tokio::test]
async fn the_server_describes_itself() {
    // RFC 7644, 4
    let server = start_whole().await;
    let config = get(&server, "/scim/v2/ServiceProviderConfig?count=x").await;
    assert_eq!((config.status, &config.json()["patch"]["supported"]), (200, &json!(true)));
    for path in ["/ResourceTypes", "/Schemas"] {
        let listed = get(&server, &format!("/scim/v2{path}?count=1&startIndex=2")).await.json();
        let count = listed["Resources"].as_array().map_or(0, Vec::len);
        assert!(count > 1 && listed["totalResults"] == count, "{listed}");
        let filtered = get(&server, &format!("/scim/v2{path}?filter=id%20pr")).await;
        assert_eq!(filtered.status, 403);
    }
    for path in [
        "/ResourceTypes/User".to_owned(),
        format!("/Schemas/{USER}"),
        format!("/Schemas/{}", USER.replace(':', "%3A")),
    ] {
        assert_eq!(get(&server, &format!("/scim/v2{path}")).await.status, 200, "{path}");
    }
    assert_eq!(get(&server, "/scim/v2/Schemas/urn:nobody").await.status, 404);
}

#[tokio::test]
async fn it_is_ready_while_the_store_can_be_read_and_written() {
    let server = start_whole().await;
    assert_eq!(get(&server, "/readyz").await.status, 200);
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let server = start_whole().await;
    let headers = [("accept-encoding", "gzip")];
    let packed = send(&server, "GET", "/scim/v2/Schemas", &headers, "");
    let plain = get(&server, "/scim/v2/Schemas");
    // The client does not unpack, so the body is no text.
    let (packed, plain) = tokio::join!(packed, plain);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_eq!(plain.header("content-encoding"), "");
}

// Another process has the file for itself, such as one that repairs it.
#[tokio::test]
async fn a_store_that_another_process_has_locked_is_503_and_says_when_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = Options { patience: Duration::from_millis(20), ..Options::default() };
    let server = start_on(Sqlite::open(&path, &options).unwrap()).await;
    let (id, _) = create(&server, "ana").await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let user = json!({"schemas": [USER], "userName": "ben"});
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": format!("/Users/{id}")}],
    });
    for (path, body) in [("/Users", &user), ("/Bulk", &bulk)] {
        let refused = post(&server, path, body).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, "5"), "{}", refused.body);
        assert_eq!(refused.json()["status"], "503");
    }
    // Who only reads is not concerned.
    assert_eq!(get(&server, &format!("/scim/v2/Users/{id}")).await.status, 200);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(post(&server, "/Users", &user).await.status, 201);
}
