//! Slow, large and odd heads, over raw sockets.

use std::time::{Duration, Instant};

use provisor_server::http::Settings;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::http_support::{listen, raw, reached, read, start, start_with, status};

const QUICK: Duration = Duration::from_millis(200);

fn hasty() -> Settings {
    let mut settings = Settings::default();
    settings.request_time = QUICK;
    settings
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let mut listen = listen();
    listen.head_time = QUICK;
    let server = start_with(listen, Settings::default()).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\n").await.unwrap();
    let started = Instant::now();
    let response = read(&mut stream, Duration::from_secs(5)).await;
    assert!(started.elapsed() < Duration::from_secs(4), "the server waits for ever");
    assert!(matches!(status(&response), 0 | 408), "{response}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let server = start_with(listen(), hasty()).await;
    let request = "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer all\r\n\
                   content-type: application/json\r\ncontent-length: 100\r\n\r\n{\"userName\":";
    let response = raw(&server, request).await;
    assert_eq!(status(&response), 408, "{response}");
    assert!(response.contains("messages:2.0:Error"));
}

#[tokio::test]
async fn what_takes_too_long_inside_is_503() {
    let server = start_with(listen(), hasty()).await;
    let request = "GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer stuck\r\n\
                   connection: close\r\n\r\n";
    let response = raw(&server, request).await;
    assert_eq!(status(&response), 503, "{response}");
    assert!(response.to_lowercase().contains("retry-after: "), "{response}");
}

#[tokio::test]
async fn a_long_query_is_414_and_a_longer_one_too() {
    let server = start().await;
    let ask = async |bytes: usize| {
        let query = "a".repeat(bytes);
        let request = format!(
            "GET /scim/v2/Users?x={query} HTTP/1.1\r\nhost: a\r\n\
             authorization: Bearer all\r\nconnection: close\r\n\r\n"
        );
        raw(&server, request).await
    };
    assert!(reached(status(&ask(20_000).await)));
    let response = ask(40_000).await;
    assert_eq!(status(&response), 414);
    assert!(response.contains("/.search"), "it says what to do: {response}");
    assert_eq!(status(&ask(70_000).await), 414);
}

#[tokio::test]
async fn heads_that_are_too_large_are_431() {
    let server = start().await;
    let many: String = (0..500).map(|number| format!("x-{number}: 1\r\n")).collect();
    let long = format!("x: {}\r\n", "a".repeat(200_000));
    for headers in [many, long] {
        let request = format!("GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        assert_eq!(status(&raw(&server, request).await), 431);
    }
}

#[tokio::test]
async fn what_is_not_http_is_refused_and_does_no_harm() {
    let server = start().await;
    let smuggled = "POST /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer all\r\n\
                    content-length: 2\r\ncontent-length: 3\r\n\r\n{}}";
    for request in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"HELLO\r\n\r\n",
        b"GET /scim/v2/Users\r\n\r\n",
        b"GET \xff HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nbad header: 1\r\n\r\n",
        smuggled.as_bytes(),
    ] {
        let response = raw(&server, request).await;
        assert!(matches!(status(&response), 0 | 400..=505), "{response}");
        assert!(!reached(status(&response)), "{response}");
    }
}

#[tokio::test]
async fn several_requests_share_a_connection() {
    let server = start().await;
    let one = "GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer all\r\n\r\n";
    let last = one.replace("host: a", "host: a\r\nconnection: close");
    let response = raw(&server, format!("{one}{one}{last}")).await;
    assert_eq!(response.matches("HTTP/1.1 5").count(), 3, "{response}");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let mut listen = listen();
    listen.connections = 1;
    let server = start_with(listen, Settings::default()).await;
    let request = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let holding = TcpStream::connect(server.address()).await.unwrap();
    // The first connection is taken before the second one is made.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut waiting = TcpStream::connect(server.address()).await.unwrap();
    waiting.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read(&mut waiting, QUICK).await, "");
    drop(holding);
    assert_eq!(status(&read(&mut waiting, Duration::from_secs(5)).await), 200);
}
