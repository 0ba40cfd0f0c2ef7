//! What is recorded, and what is answered badly.

use std::time::Duration;

use provisor_judge::contract;
use provisor_judge::misbehave::Misbehaviour;
use provisor_judge::provider::{Options, Provider};

use crate::wire::{request, send, status};

async fn provider(token_lifetime: Option<Duration>) -> Provider {
    let contract = contract::built_in("rfc7644").unwrap();
    let options = Options { port: 0, contract, tls: false, ca_file: None, token_lifetime };
    Provider::start(options).await.unwrap()
}

const ANN: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann"}"#;

#[tokio::test]
async fn a_request_is_kept_as_it_came() {
    let provider = provider(None).await;
    let raw = "GET /scim/v2/Users?filter=userName+eq+%22a%22& HTTP/1.1\r\nHOST: judge\r\n\
        accept: a/b\r\nX-Twice: one\r\nAccept: application/scim+json\r\nx-twice: two\r\n\
        Connection: close\r\n\r\n";
    assert_eq!(status(&send(&provider.base_url(), raw).await), 401);
    let exchanges = provider.recorder().exchanges();
    let one = &exchanges[0].request;
    assert_eq!(one.target, "/scim/v2/Users?filter=userName+eq+%22a%22&");
    let names: Vec<&str> = one.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["HOST", "accept", "X-Twice", "Accept", "x-twice", "Connection"]);
    assert_eq!(exchanges[0].status(), 401);
    provider.stop().await;
}

#[tokio::test]
async fn what_is_no_http_is_counted_and_breaks_nothing() {
    let provider = provider(None).await;
    send(&provider.base_url(), "\u{16}\u{3}\u{1}hello\r\n\r\n").await;
    let token = provider.token().unwrap().to_owned();
    let answer = send(&provider.base_url(), &request("GET", "/scim/v2/Users", &token, "")).await;
    assert_eq!(status(&answer), 200);
    assert_eq!(provider.recorder().missing().broken, 1);
    provider.stop().await;
}

#[tokio::test]
async fn a_dropped_answer_leaves_the_person_there() {
    let provider = provider(None).await;
    let token = provider.token().unwrap().to_owned();
    provider.script().arm(Misbehaviour::find("dropped-after-commit").unwrap());
    let create = request("POST", "/scim/v2/Users", &token, ANN);
    assert_eq!(status(&send(&provider.base_url(), &create).await), 0);
    provider.script().disarm();
    assert!(provider.inside().state().await.person("ann").is_some());
    assert_eq!(status(&send(&provider.base_url(), &create).await), 409);
    let exchanges = provider.recorder().exchanges();
    assert_eq!(exchanges[0].meddled.as_deref(), Some("dropped-after-commit"));
    assert_eq!(exchanges[0].answer, None);
    provider.stop().await;
}

#[tokio::test]
async fn tokens_of_the_endpoint_end() {
    let provider = provider(Some(Duration::from_secs(60))).await;
    let (id, secret) = provider.client().unwrap();
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let ask = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: judge\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = send(&provider.base_url(), &ask).await;
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    let token: serde_json::Value = serde_json::from_str(body).unwrap();
    let token = token["access_token"].as_str().unwrap();
    let read = request("GET", "/scim/v2/Users", token, "");
    assert_eq!(status(&send(&provider.base_url(), &read).await), 200);
    provider.expire_tokens();
    let refused = send(&provider.base_url(), &read).await;
    assert_eq!(status(&refused), 401);
    assert!(refused.contains("error=\"invalid_token\""), "{refused}");
    provider.stop().await;
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_that_is_recorded() {
    let provider = provider(None).await;
    let token = provider.token().unwrap().to_owned();
    provider.script().arm(Misbehaviour::find("redirect-elsewhere").unwrap());
    let answer = send(&provider.base_url(), &request("GET", "/scim/v2/Users", &token, "")).await;
    assert_eq!(status(&answer), 307);
    let location = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert!(location.starts_with("http://localhost:"), "{location}");
    let elsewhere = location.replace("localhost", "127.0.0.1");
    send(&elsewhere, &request("GET", "/scim/v2/Users", &token, "")).await;
    assert!(provider.recorder().exchanges()[1].elsewhere);
    provider.stop().await;
}

#[tokio::test]
async fn a_token_endpoint_can_be_away_and_refuse() {
    let provider = provider(Some(Duration::from_secs(60))).await;
    let (id, secret) = provider.client().unwrap();
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let ask = request("POST", "/oauth2/token", "", &form);
    for (name, answered) in [("token-endpoint-down", 503), ("token-endpoint-refuses", 400)] {
        provider.script().arm(Misbehaviour::find(name).unwrap());
        let text = send(&provider.base_url(), &ask).await;
        assert_eq!(status(&text), answered, "{text}");
        assert!(text.contains("\"error\":"), "{text}");
        provider.script().disarm();
        assert_eq!(status(&send(&provider.base_url(), &ask).await), 200);
    }
    let meddled = provider.recorder().exchanges().into_iter().filter_map(|one| one.meddled);
    assert_eq!(meddled.count(), 2);
    provider.stop().await;
}

#[tokio::test]
async fn a_patch_of_many_members_is_too_large_and_one_of_few_is_not() {
    let provider = provider(None).await;
    let token = provider.token().unwrap().to_owned();
    provider.script().arm(Misbehaviour::find("patch-too-large").unwrap());
    let patch = |operations: &str| {
        let head = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;
        request(
            "PATCH",
            "/scim/v2/Groups/1",
            &token,
            &format!("{{{head},\"Operations\":{operations}}}"),
        )
    };
    let member = |id: u32| format!(r#"{{"value":"{id}"}}"#);
    let add = |ids: &[u32]| {
        let list: Vec<String> = ids.iter().map(|id| member(*id)).collect();
        format!(r#"[{{"op":"add","path":"members","value":[{}]}}]"#, list.join(","))
    };
    let each = |count: u32| {
        let one = |id| format!(r#"{{"op":"remove","path":"members[value eq \"{id}\"]"}}"#);
        format!("[{}]", (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    let whole = format!(
        r#"[{{"op":"replace","value":{{"members":[{},{},{}]}}}}]"#,
        member(1),
        member(2),
        member(3)
    );
    for (operations, answered) in [
        (add(&[1, 2, 3]), 413),
        (add(&[1, 2]), 404),
        (each(3), 413),
        (each(2), 404),
        (whole, 413),
        (r#"[{"op":"replace","path":"displayName","value":"x"}]"#.to_owned(), 404),
    ] {
        let text = send(&provider.base_url(), &patch(&operations)).await;
        assert_eq!(status(&text), answered, "{operations}");
    }
    provider.stop().await;
}
