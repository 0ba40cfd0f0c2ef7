//! A server without a store: whatever passes HTTP meets a store that is busy (503). So these
//! tests see exactly what HTTP itself lets through and refuses.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::request::Parts;
use provisor_server::auth::{Authenticate, BoxFuture, Challenge, Principal, Scopes};
use provisor_server::clock::Clock;
use provisor_server::error::ScimError;
use provisor_server::http::{AppState, Listen, Running, Settings};
use provisor_server::id::TenantId;
use provisor_server::protocol::schemas;
use provisor_server::service::{self, Service};
use provisor_server::store::sqlite::{Options, Sqlite};
use provisor_server::store::{
    Backend, Deletion, ReadJob, Store, StoreError, StoreErrorKind, WriteJob,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An id that nobody has.
pub(crate) const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
/// Bytes of a body that the server of these tests takes.
pub(crate) const BODY_BYTES: usize = 4096;

struct Busy;

fn busy() -> StoreError {
    StoreError::new(StoreErrorKind::Busy, "always")
}

impl Backend for Busy {
    fn read(&self, job: ReadJob) {
        job(Err(busy()));
    }

    fn write(&self, job: Box<dyn WriteJob>) {
        job.finish(Err(busy()));
    }
}

/// Tokens that say what they do.
struct Tokens;

impl Authenticate for Tokens {
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>> {
        Box::pin(async move {
            let header = request.headers.get(http::header::AUTHORIZATION);
            let token = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
            let mut user = None;
            let scopes = match token {
                own if own.starts_with("Bearer user:") => {
                    user = own.split(':').nth(1).and_then(|id| id.parse().ok());
                    Scopes { read: true, write: true, admin: false }
                }
                "Bearer all" => Scopes { read: true, write: true, admin: true },
                "Bearer read" => Scopes { read: true, ..Scopes::default() },
                "Bearer none" => Scopes::default(),
                "Bearer slow" => {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    Scopes { read: true, write: true, admin: false }
                }
                "Bearer stuck" => std::future::pending().await,
                "Bearer panic" => panic!("a secret in a panic"),
                "Bearer fast" => {
                    return Err(Challenge {
                        error: ScimError::new(429, "too many requests; wait"),
                        www_authenticate: None,
                        retry_after: Some(Duration::from_millis(1500)),
                    });
                }
                _ => return Err(Challenge::missing()),
            };
            Ok(Principal {
                tenant: TenantId(1),
                name: "test".to_owned(),
                scopes,
                user,
                dialect: None,
            })
        })
    }
}

/// A client of HTTP. It has cryptography of its own only where the command is built too, and then
/// wants to know which.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn state(settings: Settings) -> AppState {
    state_of(Store::new(Busy), settings)
}

/// A server with a store of its own.
pub(crate) async fn start_whole() -> Running {
    start_on(Sqlite::temporary(&Options::default()).unwrap()).await
}

/// The same on a store that the test has.
pub(crate) async fn start_on(sqlite: Sqlite) -> Running {
    let state = state_of(Store::new(sqlite), Settings::default());
    Running::start(listen(), state, Router::new()).await.unwrap()
}

fn state_of(store: Store, settings: Settings) -> AppState {
    let service = Service {
        store,
        schemas: Arc::new(schemas::built_in().unwrap()),
        entitlements: Arc::default(),
        clock: Clock::system(),
        settings: Arc::new(service::Settings {
            user_deletion: Deletion::Remove,
            patch: Default::default(),
            filter: Default::default(),
            resource: provisor::scim::resource::Options::lenient(),
            bulk_operations: 2,
            body_bytes: BODY_BYTES,
            page: 100,
        }),
    };
    AppState { service, authenticate: Arc::new(Tokens), settings: Arc::new(settings) }
}

pub(crate) fn listen() -> Listen {
    Listen::at("127.0.0.1:0".parse().unwrap())
}

pub(crate) async fn start_with(listen: Listen, settings: Settings) -> Running {
    Running::start(listen, state(settings), Router::new()).await.unwrap()
}

pub(crate) async fn start() -> Running {
    start_with(listen(), Settings::default()).await
}

/// Whether a request passed HTTP and met the operations.
pub(crate) fn reached(status: u16) -> bool {
    status == 503
}

/// Sends bytes as they are and reads until the server closes or is silent for a time.
pub(crate) async fn raw(server: &Running, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_ref()).await.unwrap();
    read(&mut stream, Duration::from_secs(5)).await
}

/// What comes until the end or the time is over.
pub(crate) async fn read(stream: &mut TcpStream, time: Duration) -> String {
    let mut all = Vec::new();
    let mut part = [0; 4096];
    while let Ok(Ok(count)) = tokio::time::timeout(time, stream.read(&mut part)).await {
        if count == 0 {
            break;
        }
        all.extend_from_slice(&part[..count]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// The status of a raw response; 0 if there is none.
pub(crate) fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// A response in the parts that tests look at: status, headers by name, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The `scimType`, or nothing.
    pub(crate) fn scim_type(&self) -> String {
        self.json()["scimType"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends a request with every right; `headers` may say otherwise.
pub(crate) async fn send(
    server: &Running,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Answer {
    let client = client();
    let url = format!("{}{path}", server.url());
    let mut request = client.request(method.parse().unwrap(), url).body(body);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        request = request.header("authorization", "Bearer all");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

pub(crate) async fn get(server: &Running, path: &str) -> Answer {
    send(server, "GET", path, &[], "").await
}
