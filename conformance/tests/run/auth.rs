//! Ways to prove who sends a request.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provisor_conformance::auth::{Auth, Grant, OAuth, Placement, Secret};
use provisor_conformance::http::FaultKind;
use provisor_conformance::report::{Redacted, Verdict};
use provisor_conformance::run::{Endpoint, run};
use serde_json::{Value, json};

use super::small::{Asked, Small, error, reply};
use super::tell::{READS, scenario, soon, verdicts};

/// A server that has a user for whoever sends this header.
async fn guarded(name: &'static str, value: &'static str) -> Small {
    Small::with(move |asked, _| {
        if asked.headers.get(name).is_none_or(|sent| sent != value) {
            return Some(error(401, "who are you"));
        }
        (asked.path == "/Users/1").then(|| reply(200, &json!({ "id": "1" })))
    })
    .await
}

async fn as_whom(server: &Small, auth: Auth) -> Redacted {
    let endpoint = Endpoint { auth, ..Endpoint::new(&server.url) };
    run(endpoint, vec![scenario(READS)], soon(), |_| {}).await.unwrap()
}

#[tokio::test]
async fn bearer_basic_and_a_header_of_its_own() {
    let basic = "Basic YW5uOnB3";
    assert_eq!(STANDARD.encode("ann:pw"), basic.trim_start_matches("Basic "));
    let ways = [
        ("authorization", "Bearer abc", Auth::Bearer(Secret::new("abc\n"))),
        (
            "authorization",
            basic,
            Auth::Basic { user: "ann".to_owned(), password: Secret::new("pw") },
        ),
        (
            "x-api-key",
            "k1",
            Auth::Header { name: "x-api-key".to_owned(), value: Secret::new("k1") },
        ),
    ];
    for (name, value, auth) in ways {
        let server = guarded(name, value).await;
        assert_eq!(verdicts(&as_whom(&server, auth).await, "t/reads"), [Verdict::Pass], "{name}");
    }
}

/// A server with a token endpoint that keeps what it is asked; its tokens are `t1`, `t2`, …
async fn with_oauth(more: Value) -> (Small, Arc<Mutex<Vec<Asked>>>) {
    let asked_for = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked_for);
    let server = Small::with(move |asked, _| {
        if asked.path == "/token" {
            let mut all = kept.lock().unwrap();
            all.push(asked.clone());
            let mut body =
                json!({ "token_type": "Bearer", "access_token": format!("t{}", all.len()) });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            return Some(reply(200, &body));
        }
        let valid = format!("Bearer t{}", kept.lock().unwrap().len());
        if asked.authorization.as_ref() != Some(&valid) {
            return Some(error(401, "who are you"));
        }
        (asked.path == "/Users/1").then(|| reply(200, &json!({ "id": "1" })))
    })
    .await;
    (server, asked_for)
}

fn oauth(server: &Small, placement: Placement, grant: Grant) -> Auth {
    let (url, client) = (format!("{}/token", server.url), "me & you".to_owned());
    Auth::OAuth(OAuth {
        url,
        client,
        placement,
        grant,
        scope: Some("scim.read scim.write".to_owned()),
    })
}

#[tokio::test]
async fn client_credentials_with_the_secret_in_the_header_or_the_body() {
    let (server, asked) = with_oauth(json!({ "expires_in": 3600 })).await;
    let secret = Placement::Header(Secret::new("s:1"));
    let report = as_whom(&server, oauth(&server, secret, Grant::ClientCredentials)).await;
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
    let one = asked.lock().unwrap()[0].clone();
    assert_eq!(one.body, "grant_type=client_credentials&scope=scim.read%20scim.write");
    let pair = STANDARD.encode("me%20%26%20you:s%3A1");
    assert_eq!(one.authorization, Some(format!("Basic {pair}")));
    assert_eq!(asked.lock().unwrap().len(), 1, "one token serves the whole run");

    let (server, asked) = with_oauth(json!({})).await;
    let secret = Placement::Body(Secret::new("s:1"));
    as_whom(&server, oauth(&server, secret, Grant::ClientCredentials)).await;
    let one = asked.lock().unwrap()[0].clone();
    let wanted = "grant_type=client_credentials&client_id=me%20%26%20you&client_secret=s%3A1&scope=scim.read%20scim.write";
    assert_eq!((one.body.as_str(), one.authorization), (wanted, None));
}

#[tokio::test]
async fn a_refresh_token_gives_tokens_and_may_be_replaced() {
    let (server, asked) = with_oauth(json!({ "refresh_token": "next" })).await;
    let grant = Grant::Refresh(Secret::new("first"));
    let report = as_whom(&server, oauth(&server, Placement::Public, grant)).await;
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
    let body = asked.lock().unwrap()[0].body.clone();
    assert!(body.starts_with("grant_type=refresh_token&refresh_token=first&client_id="), "{body}");
    let text = serde_json::to_string(&*report).unwrap();
    assert!(!text.contains("t1"), "tokens are in no report");
}

#[tokio::test]
async fn a_client_may_prove_itself_with_a_key() {
    let (server, asked) = with_oauth(json!({})).await;
    let key = rcgen::KeyPair::generate().unwrap();
    let placement = Placement::Key(Secret::new(key.serialize_pem()));
    let report = as_whom(&server, oauth(&server, placement, Grant::ClientCredentials)).await;
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
    let body = asked.lock().unwrap()[0].body.clone();
    let assertion = body.split("client_assertion=").nth(1).unwrap().split('&').next().unwrap();
    let claims = assertion.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("me & you"), &json!("me & you")));
    assert_eq!(claims["aud"], json!(format!("{}/token", server.url)));
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_is_told() {
    let server = Small::with(|asked, _| {
        let body = json!({ "error": "invalid_client", "error_description": "unknown" });
        (asked.path == "/token").then(|| reply(401, &body))
    })
    .await;
    let auth = oauth(&server, Placement::Body(Secret::new("secret-1")), Grant::ClientCredentials);
    let endpoint = Endpoint { auth, ..Endpoint::new(&server.url) };
    let error = run(endpoint, vec![scenario(READS)], soon(), |_| {}).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Usage);
    assert!(
        error.message.ends_with("gives no token: it answers 401 invalid_client, unknown"),
        "{}",
        error.message
    );
}
