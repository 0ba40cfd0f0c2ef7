//! Over real sockets: addresses byte by byte, certificates, redirections, access tokens.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use provisor_clients::client::{Client, Spec};
use provisor_clients::fault::faulty;
use provisor_clients::http::{BrokenKind, Request};
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;
use provisor_clients::session::{Credential, OAuth, Placement, Target};
use provisor_clients::wire::{Network, Trust, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::play::{play, runtime, script, target};
use super::served::Served;

const TIMEOUT: Duration = Duration::from_secs(20);

/// Answers every request with the same text, and keeps the heads of what came.
struct Echo {
    base: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    fn start(runtime: &Runtime, answer: &'static str) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let base = format!("http://{}/scim", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        runtime.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                let mut bytes = [0; 4096];
                while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut bytes).await {
                        Ok(0) | Err(_) => break,
                        Ok(count) => head.extend_from_slice(&bytes[..count]),
                    }
                }
                kept.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { base, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

#[test]
fn addresses_arrive_as_they_are_written() {
    let runtime = runtime();
    let echo = Echo::start(&runtime, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    let network = Network::new(&echo.base, &Trust::System, TIMEOUT).unwrap();
    let addresses = [
        "/Users?filter=userName+eq+%22x%22&",
        "/Users/1?",
        "/Users/?filter=a",
        "//Users",
        "/Users?filter=userName%20eq%20%22a+b%2540c%22",
        "/Users?filter=emails[type%20eq%20%22work%22].value%20eq%20%22a@b%22",
    ];
    for to in addresses {
        let request = Request::get(to).with_header("User-Agent", "");
        assert_eq!(runtime.block_on(network.send(&request)).unwrap().status, 204);
    }
    for (head, to) in echo.heads().iter().zip(addresses) {
        assert!(head.starts_with(&format!("GET /scim{to} HTTP/1.1\r\n")), "{head}");
        assert!(head.contains("\r\nuser-agent: \r\n"), "{head}");
    }
}

#[test]
fn a_redirection_to_another_host_is_followed_by_the_faulty_client_alone() {
    let runtime = runtime();
    let elsewhere = Echo::start(&runtime, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    let head = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/Users\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        elsewhere.base
    );
    let first = Echo::start(&runtime, Box::leak(head.into_boxed_str()));
    let create = script("  - create-user: { person: ann }\n");
    for (spec, followed) in [(Spec::of(Provider::Rfc7644), false), (faulty("K41").unwrap(), true)] {
        let network = Network::new(&first.base, &Trust::System, TIMEOUT).unwrap();
        let target = target(&first.base);
        let mut client = Client::new(spec, target, create.directory.clone(), Arc::new(network));
        let done = runtime.block_on(client.act(&create.actions[0])).unwrap();
        assert_eq!(done.problems.len(), 1, "{done:#?}");
        let told = elsewhere.heads().iter().any(|head| head.contains("Bearer token"));
        assert_eq!(told, followed);
    }
}

#[test]
fn a_certificate_that_nobody_signed_is_accepted_by_the_faulty_client_alone() {
    let runtime = runtime();
    let folder = tempfile::TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let shown = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let served = Served::start(
        &runtime,
        &[("tls-cert", shown(&cert).as_str()), ("tls-key", shown(&key).as_str())],
    );
    assert!(served.base().starts_with("https://"));
    let base = served.base().replace("127.0.0.1", "localhost");
    let reach = |base: &str, trust: &Trust| {
        let network = Network::new(base, trust, TIMEOUT).unwrap();
        let request = Request::get("/ServiceProviderConfig");
        runtime.block_on(network.send(&request)).map(|answer| answer.status)
    };
    let refused = reach(&base, &Spec::of(Provider::Rfc7644).trust(Trust::System)).unwrap_err();
    assert_eq!(refused.kind, BrokenKind::Unreachable, "{refused:?}");
    assert!(reach(&base, &faulty("K42").unwrap().trust(Trust::System)).is_ok());
    let known = Trust::Authorities(made.cert.pem().into_bytes());
    assert!(reach(&base, &known).is_ok());
    // Signed for another name.
    assert!(reach(served.base(), &known).is_err());
    served.stop(&runtime);
}

#[test]
fn a_token_is_got_from_the_reference_server_in_both_ways() {
    let runtime = runtime();
    let served = Served::start(&runtime, &[]);
    let (client_id, client_secret) = served.oauth_client(&runtime);
    let script = script("  - import: {}\n");
    for placement in [Placement::Header, Placement::Body] {
        let oauth = OAuth {
            url: served.base().replace("/scim/v2", "/oauth2/token"),
            client_id: client_id.clone(),
            client_secret: client_secret.clone(),
            scope: Some("scim:read scim:write".to_owned()),
            placement,
        };
        let network = Network::new(served.base(), &Trust::System, TIMEOUT).unwrap();
        let target = Target { credential: Credential::OAuth(oauth), ..target(served.base()) };
        let spec = Spec::of(Provider::Rfc7644);
        let mut client = Client::new(spec, target, script.directory.clone(), Arc::new(network));
        let done = runtime.block_on(client.connect());
        assert_eq!(done.problems, []);
        let kept = format!("{done:?}");
        assert!(!kept.contains(&client_secret) && !kept.contains("pvr_"), "{kept}");
    }
    served.stop(&runtime);
}

#[test]
fn who_is_not_there_is_told_within_bounded_time() {
    let runtime = runtime();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    // It listens and never answers.
    let network = Network::new(&base, &Trust::System, Duration::from_millis(200)).unwrap();
    let broken = runtime.block_on(network.send(&Request::get("/Users"))).unwrap_err();
    assert_eq!((broken.kind, broken.message.as_str()), (BrokenKind::Lost, "no answer in time"));
    drop(listener);
    let broken = runtime.block_on(network.send(&Request::get("/Users"))).unwrap_err();
    assert_eq!(broken.kind, BrokenKind::Unreachable);
    let wrong = Network::new("localhost:8080", &Trust::System, TIMEOUT).unwrap_err();
    assert_eq!(wrong.message, "`localhost:8080` is no http:// or https:// URL");
}

#[test]
fn a_run_ends_with_its_limit_of_requests() {
    let runtime = runtime();
    let served = Served::start(&runtime, &[]);
    let script = Script::built_in().unwrap();
    let network = Network::new(served.base(), &Trust::System, TIMEOUT).unwrap();
    let mut target = target(served.base());
    target.credential = Credential::Bearer(served.token().to_owned());
    target.limits.requests = 8;
    let spec = Spec::of(Provider::Rfc7644);
    let mut client = Client::new(spec, target, script.directory.clone(), Arc::new(network));
    let done = play(&runtime, &mut client, &script);
    let sent: usize = done.iter().map(|done| done.exchanges.len()).sum();
    assert_eq!(sent, 8);
    let last = done.last().unwrap().problems.first().unwrap();
    assert!(last.why.ends_with("8 requests were sent, and no more may be"), "{last}");
    served.stop(&runtime);
}
