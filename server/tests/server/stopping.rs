//! A whole server under clients that wait or dawdle, and its end.

use std::time::Duration;

use provisor_server::clock::Clock;
use provisor_server::limits::FEED_WAITERS;
use provisor_server::run::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::http_support::{client, status};
use super::start::config;

async fn server(folder: &tempfile::TempDir) -> (Server, String) {
    let file = folder.path().join("test.db");
    let free = [("database", file.to_str().unwrap()), ("rate-token", "0"), ("rate-tenant", "0")];
    let server = Server::start(config(&free), Clock::system()).await.unwrap();
    let token = server.first_token().unwrap().expose().to_owned();
    (server, token)
}

/// Sends bytes and leaves the connection open.
async fn send(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.http().address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

fn get(token: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n")
}

fn half_a_post(token: &str) -> String {
    format!(
        "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
         content-type: application/scim+json\r\ncontent-length: 100\r\n\r\n{{\"userName\":"
    )
}

/// What comes next, at most 20 seconds later.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 8192];
    let reading = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut bytes));
    let count = reading.await.expect("no answer came").unwrap_or(0);
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_half_requests_or_waits_for_the_feed_keeps_no_other_token_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = server(&folder).await;
    let made = client()
        .post(format!("{}/admin/v1/tokens", server.url()))
        .bearer_auth(&token)
        .body(r#"{"name":"other","scopes":["scim:read"]}"#)
        .send()
        .await
        .unwrap();
    let made: serde_json::Value = made.json().await.unwrap();
    let other = made["token"].as_str().unwrap();
    let mut open = Vec::new();
    for _ in 0..600 {
        open.push(send(&server, &half_a_post(&token)).await);
    }
    let mut last = send(&server, &half_a_post(&token)).await;
    assert_eq!(status(&answer(&mut last).await), 429);
    let mut stream = send(&server, &get(other, "/scim/v2/Users?count=0")).await;
    assert_eq!(status(&answer(&mut stream).await), 200);
    drop(open);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_wait_are_few_count_as_no_requests_and_are_answered_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = server(&folder).await;
    let wait = get(&token, "/admin/v1/changes?after=0&wait=25");
    let mut waiting = JoinSet::new();
    // One more than may wait; which of them comes last is not told by the order of connections.
    for _ in 0..=FEED_WAITERS {
        let mut stream = send(&server, &wait).await;
        waiting.spawn(async move { status(&answer(&mut stream).await) });
    }
    assert_eq!(waiting.join_next().await.unwrap().unwrap(), 429);
    server.stop().await;
    assert_eq!(waiting.join_all().await, vec![200; FEED_WAITERS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_does_not_wait_for_what_is_half_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = server(&folder).await;
    let mut body = send(&server, &half_a_post(&token)).await;
    let mut head = send(&server, "GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\n").await;
    let mut silent = send(&server, "").await;
    // They are there before the end begins.
    let mut ready = send(&server, &get(&token, "/readyz")).await;
    assert_eq!(status(&answer(&mut ready).await), 200);
    let stopping = tokio::time::timeout(Duration::from_secs(15), server.stop());
    let (stopped, cut, head, silent) = tokio::join!(
        stopping,
        async { answer(&mut body).await },
        async { answer(&mut head).await },
        async { answer(&mut silent).await },
    );
    assert!(stopped.is_ok(), "the grace period for requests under way was used up");
    assert_eq!(status(&cut), 503, "{cut}");
    assert!(cut.contains("has not come to its end"), "{cut}");
    assert_eq!((head.as_str(), silent.as_str()), ("", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_http_1_1_without_a_host_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = server(&folder).await;
    for (request, wanted) in [
        (format!("GET /healthz HTTP/1.1\r\nauthorization: Bearer {token}\r\n\r\n"), 400),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(), 400),
        ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), 200),
    ] {
        let mut stream = send(&server, &request).await;
        assert_eq!(status(&answer(&mut stream).await), wanted, "{request}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_ahead_of_the_feed_is_told_that_it_was_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (server, token) = server(&folder).await;
    let mut stream = send(&server, &get(&token, "/admin/v1/changes?after=7")).await;
    let told = answer(&mut stream).await;
    assert_eq!(status(&told), 410, "{told}");
    assert!(
        told.contains("restored from an older backup") && told.contains("\"last\":0"),
        "{told}"
    );
    server.stop().await;
}
