//! The admin API, by its routes and by what `openapi.json` says of them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use provisor_server::auth::tokens::{self, NewToken};
use provisor_server::auth::{
    Authenticate, BoxFuture, Challenge, Principal, Scopes, clients, tenants,
};
use provisor_server::entitlements::{Happening, Options};
use provisor_server::http::admin::{self, OPENAPI};
use provisor_server::http::{AppState, Settings};
use provisor_server::id::Kind;
use provisor_server::protocol::schemas;
use provisor_server::service::{self, Service};
use provisor_server::store::Deletion;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::entitlements_happen::RULES;
use super::world::{TENANT, World};

/// Lets in `Bearer admin` as an administrator and any other bearer as a reader.
struct Bearers;

impl Authenticate for Bearers {
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>> {
        let bearer = request.headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
        Box::pin(async move {
            let bearer = bearer.ok_or_else(Challenge::missing)?;
            let scopes = Scopes { read: true, write: true, admin: bearer == "Bearer admin" };
            Ok(Principal { tenant: TENANT, name: "ops".into(), scopes, user: None, dialect: None })
        })
    }
}

struct Api {
    world: World,
    router: axum::Router,
}

impl Api {
    fn new() -> Self {
        Self::of(World::new())
    }

    fn of(world: World) -> Self {
        let service = Service {
            store: world.store.clone(),
            schemas: Arc::new(schemas::built_in().unwrap()),
            entitlements: Arc::clone(&world.entitlements),
            clock: world.clock(),
            settings: Arc::new(service::Settings {
                user_deletion: Deletion::Remove,
                patch: Default::default(),
                resource: Default::default(),
                filter: Default::default(),
                bulk_operations: 10,
                body_bytes: 1_000,
                page: 100,
            }),
        };
        let state = AppState {
            service,
            authenticate: Arc::new(Bearers),
            settings: Arc::new(Settings::default()),
        };
        Self { world, router: admin::router(state) }
    }

    /// The default tenant, another, a token `hr` and a client, whose id it gives.
    async fn credentials(&self) -> String {
        let made = self.world.write(|tx, _, cause| {
            tenants::ensure_default(tx, cause.at)?;
            tenants::add(tx, "globex", cause.at)?;
            let new = NewToken {
                tenant: TENANT,
                name: "hr".to_owned(),
                scopes: Scopes::SCIM,
                user: None,
                dialect: None,
                lifetime: None,
            };
            tokens::create(tx, &new, cause.at)?;
            clients::add(tx, TENANT, "payroll", Scopes::SCIM, false, None, cause.at)
        });
        made.await.unwrap().0.id
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value, http::HeaderMap) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), parts.headers)
    }

    async fn call(&self, method: &str, path: &str, body: &str) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/admin/v1{path}"))
            .header("authorization", "Bearer admin")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let (status, body, _) = self.send(request).await;
        (status, body)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }
}

fn rules(text: &str) -> String {
    json!({ "root": "sales.rules", "files": { "sales.rules": text } }).to_string()
}

#[tokio::test]
async fn only_the_scope_admin_is_let_in_and_refusals_are_problem_details() {
    let api = Api::new();
    let request = Request::get("/admin/v1/members").body(Body::empty()).unwrap();
    let (status, body, headers) = api.send(request).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert!(headers.contains_key("www-authenticate"));
    assert_eq!((&body["status"], &body["title"]), (&json!(401), &json!("Unauthorized")));
    let request = Request::get("/admin/v1/members").header("authorization", "Bearer scim");
    let (status, ..) = api.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn from_rules_to_a_member_and_the_feed() {
    let api = Api::new();
    let (status, placed) = api.call("PUT", "/rules", &rules(RULES)).await;
    assert_eq!((status, &placed["version"]), (StatusCode::OK, &json!(1)));
    let ana = api.world.create(json!({ "userName": "ana" })).await;
    let sales = api.world.group("Sales").await;
    api.world.join(sales, &[ana]).await;
    let list = api.get("/members?limit=1").await;
    assert_eq!(list["members"][0]["assignment"], "Sales");
    let member = api.get(&format!("/members/{ana}")).await;
    assert_eq!(member["record"]["now"]["seats"], json!(["gong"]));
    assert_eq!(member["decision"]["assignment"]["name"], "Sales");
    assert_eq!(member["drift"], json!([]));
    let explained = api.get(&format!("/members/{ana}/explanation")).await;
    assert!(explained["explanation"]["rules"].is_array(), "{explained}");
    let text = explained["text"].as_str().unwrap();
    assert!(text.starts_with("ana\n  assignment  \"Sales\""), "{text}");
    let feed = api.get("/changes?after=0&limit=1").await;
    assert_eq!(feed["entries"][0]["user"], ana.to_string());
    assert_eq!(feed["next"], 1);
    let rest = api.get("/changes?after=1").await;
    assert_eq!((&rest["entries"], &rest["next"]), (&json!([]), &json!(1)));
    let audit = api.get(&format!("/audit?about={ana}")).await;
    let what: Vec<_> = audit["entries"].as_array().unwrap().iter().map(|e| &e["what"]).collect();
    assert_eq!(what, ["userCreated", "entitlements"]);
}

#[tokio::test]
async fn a_waiting_reader_of_the_feed_gets_the_next_entry() {
    let api = Api::new();
    api.world.rules(RULES).await;
    let ana = api.world.create(json!({ "userName": "ana" })).await;
    let sales = api.world.group("Sales").await;
    let people = [ana];
    let (feed, ()) =
        tokio::join!(api.get("/changes?after=0&wait=20"), api.world.join(sales, &people));
    assert_eq!(feed["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_locked_hand_edit_is_409_with_reasons() {
    let api = Api::new();
    api.world.rules(RULES).await;
    let ana = api.world.create(json!({ "userName": "ana" })).await;
    let edit = r#"{"by":"admin","set":{"seats":{"gong":true}}}"#;
    let (status, body) = api.call("PATCH", &format!("/members/{ana}"), edit).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(body["refusals"][0]["reason"], json!({ "locked": "Everyone else" }));
    assert!(body["refusals"][0]["help"].is_string());
    let (status, _) = api.call("PATCH", &format!("/members/{ana}"), r#"{"by":"x"}"#).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn rules_are_checked_tried_and_put_against_what_is_in_force() {
    let api = Api::new();
    api.world.rules(RULES).await;
    let ana = api.world.create(json!({ "userName": "ana" })).await;
    let (_, checked) = api.call("POST", "/rules/check", &rules("nonsense")).await;
    assert_eq!(checked["ok"], false);
    let (status, body) = api.call("PUT", "/rules", &rules("nonsense")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body["diagnostics"]["errors"].as_u64().unwrap() > 0);
    let other = RULES.replace(
        "assignment \"Everyone else\" { match everyone\n  seats none",
        "assignment \"Everyone else\" { match everyone\n  seats gong",
    );
    let (status, tried) = api.call("POST", "/rules/preview", &rules(&other)).await;
    assert_eq!(status, StatusCode::OK, "{tried}");
    assert_eq!(tried["changes"][0]["id"], ana.to_string());
    assert_eq!((&tried["people"], &tried["losing"]), (&json!(1), &json!(0)));
    assert!(api.world.seats(ana).await.is_empty(), "a dry run keeps nothing");
    let put = |etag: &str| {
        let request = Request::put("/admin/v1/rules").header("authorization", "Bearer admin");
        request.header("if-match", etag).body(Body::from(rules(&other))).unwrap()
    };
    assert_eq!(api.send(put("\"7\"")).await.0, StatusCode::PRECONDITION_FAILED);
    let (status, placed, _) = api.send(put("\"1\"")).await;
    assert_eq!((status, &placed["batch"]), (StatusCode::ACCEPTED, &json!(1)));
    api.world.work_off().await;
    let batches = api.get("/batches").await;
    assert_eq!(batches["batches"][0]["state"], "done");
    let versions = api.get("/rules/versions").await;
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2);
    assert_eq!(api.get("/rules/versions/1").await["files"]["sales.rules"], RULES);
}

#[tokio::test]
async fn a_line_of_an_import_that_cannot_be_read_keeps_no_other_out() {
    let api = Api::new();
    api.world.rules(RULES).await;
    let lines = "{\"userName\":\"ana\",\"values\":{\"seats\":[\"gong\"]}}\nnonsense\n{}\n";
    let (status, body) = api.call("POST", "/import", lines).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&body["waiting"], &body["errors"][0]["line"]), (&json!(1), &json!(2)));
    assert_eq!(body["errors"][1]["line"], 3);
}

#[tokio::test]
async fn an_import_finds_who_is_there_by_the_external_id_alone() {
    // Who waits for their events to settle is there without a record.
    let settle = Some(Duration::from_secs(30));
    let api = Api::of(World::with(Options { settle }));
    api.world.rules(RULES).await;
    let ana = api.world.create(json!({ "userName": "ana", "externalId": "E-1" })).await;
    for twin in ["bo", "cy"] {
        api.world.create(json!({ "userName": twin, "externalId": "shared" })).await;
    }
    let lines = "{\"externalId\":\"E-1\",\"values\":{\"seats\":[\"gong\"]}}\n\
                 {\"externalId\":\"shared\",\"values\":{}}\n\
                 {\"externalId\":\"e-1\",\"values\":{}}\n";
    let (_, body) = api.call("POST", "/import", lines).await;
    // Two share one: nobody can say who is meant. And its case counts (RFC 7643, 3.1).
    assert_eq!((&body["adopted"], &body["waiting"]), (&json!(1), &json!(2)), "{body}");
    assert!(api.world.record(ana).await.unwrap().adopted);
    assert_eq!(api.world.seats(ana).await, ["gong"]);
}

#[tokio::test]
async fn rules_of_files_are_read_again_on_request() {
    let api = Api::new();
    let (status, _) = api.call("POST", "/rules/reload", "").await;
    assert_eq!(status, StatusCode::CONFLICT, "they come from no file");
    let file = api.world.folder().join("company.rules");
    std::fs::write(&file, RULES).unwrap();
    api.world.entitlements.put_file(&api.world.store, &api.world.cause(), &file).await.unwrap();
    let (status, same) = api.call("POST", "/rules/reload", "").await;
    assert_eq!((status, &same["version"]), (StatusCode::OK, &json!(1)), "nothing changed");
    std::fs::write(&file, RULES.replace("Everyone else", "Others")).unwrap();
    let (status, placed) = api.call("POST", "/rules/reload", "").await;
    assert_eq!((status, &placed["version"]), (StatusCode::OK, &json!(2)));
    std::fs::write(&file, "nonsense").unwrap();
    let (status, refused) = api.call("POST", "/rules/reload", "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused["diagnostics"]["errors"].as_u64().unwrap() > 0);
    assert_eq!(api.get("/rules").await["version"], 2, "the rules before stay in force");
}

#[tokio::test]
async fn openapi_and_the_routes_are_the_same_and_its_examples_are_answered_as_it_says() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let all = ["get", "put", "post", "patch", "delete"];
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in all {
            let api = Api::new();
            api.world.rules(RULES).await;
            let ana = api.world.create(json!({ "userName": "ana" })).await;
            let client = api.credentials().await;
            let concrete = path
                .replace("{id}", &ana.to_string())
                .replace("{token}", "hr")
                .replace("{client}", &client)
                .replace("{tenant}", "globex")
                .replace("{number}", "1")
                .replace("{version}", "1");
            let operation = &item[method];
            let content = operation["requestBody"]["content"].as_object();
            let example =
                content.and_then(|content| content.values().next()).map(
                    |media| match &media["example"] {
                        Value::String(text) => text.clone(),
                        Value::Null => panic!("{method} {path} has no example"),
                        other => other.to_string(),
                    },
                );
            let body = example.unwrap_or_default();
            let (status, answer) = api.call(&method.to_uppercase(), &concrete, &body).await;
            if operation.is_null() {
                assert_eq!(
                    status,
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{method} {path} is not told of"
                );
                continue;
            }
            let told = &operation["responses"][status.as_str()];
            assert!(told.is_object(), "{method} {path} answers {status}: {answer}");
            let Some(media) = told["content"].as_object().and_then(|c| c.values().next()) else {
                continue;
            };
            fits(&document, &media["schema"], &answer, &format!("{method} {path} {status}"));
        }
        for method in all {
            let responses = item[method]["responses"].as_object().into_iter().flatten();
            for (status, response) in responses {
                let media = response["content"].as_object().and_then(|c| c.values().next());
                let Some(example) = media.and_then(|media| media.get("example")) else { continue };
                let schema = &media.unwrap()["schema"];
                fits(&document, schema, example, &format!("example of {method} {path} {status}"));
            }
        }
    }
}

/// As much of JSON Schema as the document uses: types, enums, required and known members.
fn fits(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return fits(document, target, value, place);
    }
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{place}: {value} is none of {allowed:?}");
    }
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{place}: unknown type {other}"),
    };
    match &schema["type"] {
        Value::String(kind) => assert!(is(kind), "{place}: {value} is no {kind}"),
        Value::Array(kinds) => {
            assert!(kinds.iter().any(|kind| is(kind.as_str().unwrap())), "{place}: {value}");
        }
        _ => {}
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{place}: {name} is missing");
    }
    if let (Some(members), Some(known)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, member) in members {
            let schema =
                known.get(name).unwrap_or_else(|| panic!("{place}: {name} is not told of"));
            fits(document, schema, member, &format!("{place} {name}"));
        }
    }
    for element in value.as_array().into_iter().flatten() {
        fits(document, &schema["items"], element, place);
    }
}

#[tokio::test]
async fn an_import_of_what_the_rules_do_not_have_is_refused_line_by_line() {
    let api = Api::new();
    api.call("PUT", "/rules", &rules(RULES)).await;
    let lines = [
        json!({ "userName": "ana", "values": { "seats": ["gogn"] } }),
        json!({ "userName": "bert", "values": { "workspaces": { "emea": "nope" } } }),
        json!({ "userName": "carl", "values": { "seats": ["gong"] } }),
    ];
    let body = lines.map(|line| line.to_string()).join("\n");
    let (status, answer) = api.call("POST", "/import", &body).await;
    assert_eq!((status, &answer["waiting"]), (StatusCode::OK, &json!(1)));
    let first = "the rules have no seat `gogn`; did you mean `gong`?";
    assert_eq!(answer["errors"][0], json!({ "line": 1, "detail": first }));
    assert_eq!(answer["errors"][1]["line"], 2);
}

#[tokio::test]
async fn seats_are_counted_and_a_limit_takes_nothing() {
    let api = Api::new();
    let limited = RULES.replace("\"gongEnterprise\"", "\"gongEnterprise\" limit 1");
    assert_ne!(limited, RULES);
    api.call("PUT", "/rules", &rules(&limited)).await;
    let sales = api.world.group("Sales").await;
    let mut people = Vec::new();
    for name in ["ana", "bert"] {
        people.push(api.world.create(json!({ "userName": name })).await);
    }
    api.world.join(sales, &people).await;
    let gong = |seats: Value| {
        let seats = seats["seats"].as_array().unwrap().clone();
        seats.into_iter().find(|seat| seat["name"] == "gong").unwrap()
    };
    let used = gong(api.get("/seats").await);
    assert_eq!((&used["used"], &used["limit"]), (&json!(2), &json!(1)));
    api.world.delete(people[0]).await;
    assert_eq!(gong(api.get("/seats").await)["used"], 1);
    // Counts of a store that kept none are made anew.
    api.world
        .write(|tx, _, _| {
            Ok(tx.remove_document(TENANT, provisor_server::store::Shelf::Rules, "seats")?)
        })
        .await
        .unwrap();
    assert_eq!(gong(api.get("/seats").await)["used"], 1);
    api.world.leave(sales, &people[1..]).await;
    assert_eq!(gong(api.get("/seats").await)["used"], 0);
}

#[tokio::test]
async fn deleted_users_that_are_kept_are_listed_restored_and_purged() {
    let api = Api::new();
    api.call("PUT", "/rules", &rules(RULES)).await;
    let (ana, bert) = (
        api.world.create(json!({ "userName": "ana" })).await,
        api.world.create(json!({ "userName": "bert" })).await,
    );
    for user in [ana, bert] {
        let delete = api.world.write(move |tx, e, cause| {
            tx.delete(TENANT, Kind::User, user, Deletion::Keep, cause.at)?;
            e.happened(tx, cause, &Happening::UserDeleted(user))
        });
        delete.await.unwrap();
    }
    let page = api.get("/deleted-users?limit=1").await;
    assert_eq!(page["users"][0]["userName"], "ana");
    let rest = api.get(&format!("/deleted-users?after={}", page["next"].as_str().unwrap())).await;
    assert_eq!(rest["users"][0]["id"], json!(bert.to_string()));

    let path = format!("/deleted-users/{ana}");
    let (status, member) = api.call("POST", &format!("{path}/restore"), "").await;
    assert_eq!((status, &member["assignment"]), (StatusCode::OK, &json!("Everyone else")));
    assert_eq!(api.call("POST", &format!("{path}/restore"), "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(api.call("DELETE", &path, "").await.0, StatusCode::NOT_FOUND);
    assert!(api.world.version(ana).await > 1, "ETags from before are not given again");

    // Whoever has the name meanwhile is somebody else.
    let other = api.world.create(json!({ "userName": "bert" })).await;
    assert_ne!(other, bert);
    let path = format!("/deleted-users/{bert}");
    let (status, _) = api.call("POST", &format!("{path}/restore"), "").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(api.call("DELETE", &path, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(api.get("/deleted-users").await["users"], json!([]));
}
