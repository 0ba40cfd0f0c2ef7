//! The life of a server: health, metrics, TLS, its end.

use std::time::{Duration, Instant};

use axum::Router;
use provisor_server::http::{Running, Settings, TlsFiles, router};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::http_support::{
    client, get, listen, raw, reached, read, send, start, start_with, state, status,
};

#[tokio::test]
async fn it_is_alive_though_the_store_is_not_ready() {
    let server = start().await;
    let answer = get(&server, "/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "alive\n"));
    let answer = get(&server, "/readyz").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (503, "the store cannot be read or written\n")
    );
}

#[tokio::test]
async fn it_is_not_ready_for_a_while_after_a_write_that_found_no_room() {
    use provisor_server::store::sqlite::{Options, Sqlite};
    let options = Options { most_pages: Some(60), ..Options::default() };
    let server = super::http_support::start_on(Sqlite::temporary(&options).unwrap()).await;
    assert_eq!(get(&server, "/readyz").await.status, 200);
    let title = "x".repeat(3_500);
    let mut statuses = Vec::new();
    for number in 0..100 {
        let body = format!(r#"{{"userName":"user{number}","title":"{title}"}}"#);
        statuses.push(send(&server, "POST", "/scim/v2/Users", &[], body).await.status);
        if statuses.ends_with(&[507]) {
            break;
        }
    }
    assert!(statuses.ends_with(&[507]), "{statuses:?}");
    // What was probed before holds for two seconds.
    let mut answer = get(&server, "/readyz").await;
    while answer.status == 200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        answer = get(&server, "/readyz").await;
    }
    assert!(answer.body.contains("a write failed a moment ago"), "{}", answer.body);
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_what_clients_write() {
    let mut listen = listen();
    listen.operations = Some("127.0.0.1:0".parse().unwrap());
    let server = start_with(listen, Settings::default()).await;
    get(&server, "/scim/v2/Users/somebody?filter=userName%20eq%20%22somebody%22").await;
    get(&server, "/scim/v2/somebody").await;
    let url = format!("http://{}/metrics", server.operations().unwrap());
    let client = client();
    let text = client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(
        text.contains(
            "provisor_http_request_seconds_count{route=\"/Users/{id}\",method=\"GET\",\
             status=\"4xx\"}"
        ),
        "{text}"
    );
    assert!(text.contains("provisor_http_connections"), "{text}");
    assert!(!text.contains("somebody"), "{text}");
}

#[tokio::test]
async fn metrics_at_the_main_address_need_an_administrator() {
    let server = start().await;
    for (token, wanted) in [("Bearer all", 200), ("Bearer read", 403), ("", 401)] {
        let answer = send(&server, "GET", "/metrics", &[("authorization", token)], "").await;
        assert_eq!(answer.status, wanted, "{token}");
    }
}

#[tokio::test]
async fn requests_under_way_are_answered_before_the_end() {
    let server = start().await;
    let request = "GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer slow\r\n\r\n";
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let address = server.address();
    let (response, ()) = tokio::join!(read(&mut stream, Duration::from_secs(5)), server.shutdown());
    assert!(reached(status(&response)), "{response}");
    assert!(TcpStream::connect(address).await.is_err(), "no new connections");
}

#[tokio::test]
async fn what_goes_on_for_too_long_is_cut_off_at_the_end() {
    let mut listen = listen();
    listen.grace_time = Duration::from_millis(200);
    let server = start_with(listen, Settings::default()).await;
    let request = "GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\nauthorization: Bearer stuck\r\n\r\n";
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    server.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(read(&mut stream, Duration::from_secs(5)).await, "");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let server = start().await;
    let mut listen = listen();
    listen.address = server.address();
    let error =
        Running::start(listen, state(Settings::default()), Router::new()).await.unwrap_err();
    assert!(error.to_string().contains(&server.address().to_string()), "{error}");
}

fn certificate(folder: &std::path::Path) -> (TlsFiles, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files =
        TlsFiles { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.pem())
}

#[tokio::test]
async fn tls_is_spoken_where_a_certificate_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let (files, pem) = certificate(folder.path());
    let mut listen = listen();
    listen.tls = Some(files.clone());
    let server = start_with(listen, Settings::default()).await;
    let (connected, version) = handshake(&server, &pem, None).await;
    assert!(connected && version == "TLSv1_3", "{version}");
    // RFC 7644, 7.2
    let (connected, version) = handshake(&server, &pem, Some(&rustls::version::TLS12)).await;
    assert!(connected && version == "TLSv1_2", "{version}");
    // Plain text at this port is no request.
    assert!(!reached(status(
        &raw(&server, "GET /scim/v2/Users HTTP/1.1\r\nhost: a\r\n\r\n").await
    )));

    // A renewed certificate counts from the next connection on; a broken file changes nothing.
    let (_, renewed) = certificate(folder.path());
    server.reload_tls().unwrap();
    assert!(!handshake(&server, &pem, None).await.0, "the former one is gone");
    assert!(handshake(&server, &renewed, None).await.0);
    std::fs::write(&files.key, "no key").unwrap();
    assert!(server.reload_tls().unwrap_err().contains("key.pem"));
    assert!(handshake(&server, &renewed, None).await.0);
}

/// Whether a client that trusts a certificate alone gets a health check answered, and by what.
async fn handshake(
    server: &Running,
    trusted: &str,
    only: Option<&'static rustls::SupportedProtocolVersion>,
) -> (bool, String) {
    use rustls::pki_types::pem::PemObject;
    use tokio::io::AsyncReadExt;

    let mut roots = rustls::RootCertStore::empty();
    let der = rustls::pki_types::CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap();
    roots.add(der).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = match only {
        Some(version) => builder.with_protocol_versions(&[version]),
        None => builder.with_safe_default_protocol_versions(),
    };
    let config = builder.unwrap().with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let Ok(mut stream) = connector.connect("localhost".try_into().unwrap(), stream).await else {
        return (false, String::new());
    };
    let version = format!("{:?}", stream.get_ref().1.protocol_version().unwrap());
    let request = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    (status(&response) == 200, version)
}

#[tokio::test]
async fn another_application_can_merge_the_routes() {
    let settings = Settings::default().with_base_path("/identity/scim").unwrap();
    let own = Router::new().route("/", axum::routing::get(|| async { "own" }));
    let app = own.merge(router(state(settings))).fallback(|| async { "not found here" });
    let ask = async |path: &str| {
        let request = http::Request::builder()
            .uri(path)
            .header("host", "a")
            .header("authorization", "Bearer all")
            .body(axum::body::Body::empty())
            .unwrap();
        app.clone().oneshot(request).await.unwrap()
    };
    assert_eq!(ask("/").await.status(), 200);
    assert_eq!(ask("/elsewhere").await.status(), 200, "its own fallback");
    let response = ask("/identity/scim/Users").await;
    assert!(reached(response.status().as_u16()));
    assert!(response.headers().contains_key("x-request-id"));
}

/// Lines of a log, for a test to read.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_nothing_that_clients_write() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let app = router(state(Settings::default()));
    // Places that log remember whether anybody listened when they were first met, in this test
    // or another.
    let first = http::Request::get("/scim/v2").body(axum::body::Body::empty()).unwrap();
    let _ = app.clone().oneshot(first).await.unwrap();
    let _guard = tracing::subscriber::set_default(subscriber);
    tracing::callsite::rebuild_interest_cache();
    for (method, path) in [
        ("GET", "/scim/v2/Users/secret?filter=userName%20eq%20%22secret%22"),
        ("POST", "/scim/v2/secret"),
        ("SECRET", "/scim/v2/Users"),
    ] {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "secret.com")
            .header("authorization", "Bearer all")
            .header("x-request-id", "id-1")
            .header("x-other", "secret")
            .body(axum::body::Body::from("secret"))
            .unwrap();
        let _ = app.clone().oneshot(request).await.unwrap();
    }
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let requests: Vec<&str> = log.lines().filter(|line| line.contains("request=id-1")).collect();
    assert_eq!(requests.len(), 3, "{log}");
    assert!(requests[0].contains("route=\"/Users/{id}\" status=503"), "{log}");
    assert!(requests[0].contains("tenant=1 token=\"test\""), "{log}");
    assert!(requests[1].contains("route=\"other\" status=404"), "{log}");
    assert!(requests[2].contains("method=\"other\""), "{log}");
    assert!(!log.to_lowercase().contains("secret"), "{log}");
}
