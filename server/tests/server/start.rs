//! The whole server, started as `provisor serve` does it.

use provisor_server::clock::Clock;
use provisor_server::config::{Config, sources};
use provisor_server::run::Server;
use reqwest::Response;

use super::http_support;

pub(crate) fn config(flags: &[(&str, &str)]) -> Config {
    let mut all = vec![("listen".to_owned(), vec!["127.0.0.1:0".to_owned()])];
    all.extend(flags.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])));
    Config::of(&sources::gather(&all, |_| None, None).unwrap()).unwrap()
}

async fn grant(server: &Server, body: &'static str) -> Response {
    let request = http_support::client().post(format!("{}/oauth2/token", server.url()));
    let form = "application/x-www-form-urlencoded";
    request.header("Content-Type", form).body(body).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_makes_a_token_that_works_and_the_second_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let database = ("database", file.to_str().unwrap());
    let server = Server::start(config(&[database]), Clock::system()).await.unwrap();
    let token = server.first_token().unwrap().clone();
    let url = format!("{}/scim/v2/Users", server.url());
    let open = http_support::client().get(&url).send().await.unwrap();
    assert_eq!(open.status(), 401);
    assert_eq!(open.headers()["www-authenticate"], "Bearer realm=\"scim\"");
    let known = http_support::client().get(&url).bearer_auth(token.expose()).send().await.unwrap();
    assert_ne!(known.status(), 401);
    assert!(server.lines().contains(token.expose()));
    assert!(!format!("{server:?}").contains(token.expose()), "Debug shows no secret");
    server.stop().await;

    let server = Server::start(config(&[database]), Clock::system()).await.unwrap();
    assert!(server.first_token().is_none());
    assert!(!server.lines().contains("pvr_"));
    server.stop().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_token_can_go_to_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, kept) = (folder.path().join("test.db"), folder.path().join("token"));
    let flags = [("database", file.to_str().unwrap()), ("token-file", kept.to_str().unwrap())];
    let server = Server::start(config(&flags), Clock::system()).await.unwrap();
    let token = std::fs::read_to_string(&kept).unwrap();
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!server.lines().contains(token.trim()));
    let url = format!("{}/scim/v2/Users", server.url());
    let known = http_support::client().get(&url).bearer_auth(token.trim()).send().await.unwrap();
    assert_ne!(known.status(), 401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_endpoint_answers_as_rfc_6749_5_2_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let flags = [("database", file.to_str().unwrap())];
    let server = Server::start(config(&flags), Clock::system()).await.unwrap();
    for (body, status, error) in [
        ("grant_type=client_credentials", 401, "invalid_client"),
        ("grant_type=client_credentials&client_id=a&client_secret=b", 401, "invalid_client"),
        ("grant_type=password&client_id=a&client_secret=b", 400, "unsupported_grant_type"),
        ("client_id=a&client_secret=b", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=a&client_id=b", 400, "invalid_request"),
    ] {
        let answer = grant(&server, body).await;
        assert_eq!(answer.status(), status, "{body}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let told: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(told["error"], error, "{body}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_fails_makes_no_token_and_the_next_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::fs::write(path("bad.rules"), "nonsense").unwrap();
    let (database, rules, missing) = (path("test.db"), path("bad.rules"), path("missing.pem"));
    let failing: [&[(&str, &str)]; 4] = [
        &[("rules", &rules)],
        &[("operations-listen", &address)],
        &[("tls-cert", &missing), ("tls-key", &missing)],
        &[("token-file", "/nowhere/at/all")],
    ];
    for flags in failing {
        let flags = [&[("database", database.as_str())], flags].concat();
        Server::start(config(&flags), Clock::system()).await.unwrap_err();
    }
    let server = Server::start(config(&[("database", &database)]), Clock::system()).await.unwrap();
    let token = server.first_token().expect("no token").clone();
    let url = format!("{}/admin/v1/tokens", server.url());
    let told = http_support::client().get(&url).bearer_auth(token.expose()).send().await.unwrap();
    let told: serde_json::Value = told.json().await.unwrap();
    assert_eq!(told["tokens"].as_array().unwrap().len(), 1, "{told}");
    server.stop().await;
}
