//! The reference server on a new store, with something in front of it, on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{HeaderValue, TRANSFER_ENCODING};
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use provisor_server::auth::gate::{self, Gate};
use provisor_server::auth::rate::Rate;
use provisor_server::auth::tokens::{self, NewToken};
use provisor_server::auth::{Scopes, tenants};
use provisor_server::clock::Clock;
use provisor_server::entitlements::Entitlements;
use provisor_server::error::ScimError;
use provisor_server::http::{AppState, Settings, router};
use provisor_server::id::TenantId;
use provisor_server::service::Service;
use provisor_server::service::dialect::Dialect;
use provisor_server::store::Store;
use provisor_server::store::sqlite::{Options, Sqlite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::exchange::{Answered, Asked, Wire};
use crate::fault::{Act, Answering};
use crate::inner::Inner;

/// The base path of the server.
pub const BASE: &str = "/scim/v2";

/// What stands in front of the server.
pub trait Behaviour: Send + Sync + 'static {
    /// What a client is answered.
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a>;
}

impl Behaviour for Act {
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a> {
        Box::pin(Self::answer(self, inner, asked))
    }
}

/// Nothing: the server as it is.
pub struct Clean;

impl Behaviour for Clean {
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a> {
        Box::pin(inner.answer(asked))
    }
}

/// A running server. It ends when it is dropped, and its store with it.
pub struct Host {
    address: SocketAddr,
    /// Tokens that it accepts.
    pub tokens: Tokens,
    _serving: JoinSet<()>,
}

/// Tokens of a server.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// Reads and writes.
    pub main: String,
    /// Of another tenant.
    pub second: String,
    /// Only reads.
    pub read_only: String,
}

impl Host {
    /// Starts one on a free port of loopback. The tokens speak the dialect.
    pub async fn start(
        behaviour: Arc<dyn Behaviour>,
        dialect: Option<Dialect>,
        port: u16,
    ) -> Result<Self, String> {
        let options = Options {
            readers: 2,
            writer_cache: 4 << 20,
            reader_cache: 1 << 20,
            ..Options::default()
        };
        let store = Sqlite::temporary(&options).map_err(|error| error.to_string())?;
        let store = Store::new(store);
        let clock = Clock::system();
        let tokens = give_tokens(&store, &clock, dialect).await?;
        let unlimited = Rate { per_second: 0.0, burst: 0.0 };
        let rates = gate::Options {
            token_rate: unlimited,
            tenant_rate: unlimited,
            failure_rate: unlimited,
            access_age: Duration::from_secs(3600),
        };
        let gate = Gate::new(store.clone(), clock.clone(), rates, None);
        let service = Service::new(store, Arc::new(Entitlements::default()), clock);
        let settings = Settings::default();
        let state =
            AppState { service, authenticate: Arc::new(gate), settings: Arc::new(settings) };
        let inner = Arc::new(Inner::new(router(state), format!("Bearer {}", tokens.main)));
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.map_err(|error| format!("cannot listen on {port}: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, inner, behaviour));
        Ok(Self { address, tokens, _serving: serving })
    }

    /// The base URI.
    pub fn url(&self) -> String {
        format!("http://{}{BASE}", self.address)
    }
}

async fn give_tokens(
    store: &Store,
    clock: &Clock,
    dialect: Option<Dialect>,
) -> Result<Tokens, String> {
    let now = clock.now();
    let made = store.write(move |tx| {
        tenants::ensure_default(tx, now)?;
        let other = TenantId(tenants::add(tx, "second", now)?.number);
        let token = |tenant, name: &str, write| {
            let new = NewToken {
                tenant,
                name: name.to_owned(),
                scopes: Scopes { read: true, write, admin: false },
                user: None,
                dialect,
                lifetime: None,
            };
            Ok::<_, ScimError>(tokens::create(tx, &new, now)?.0.expose().to_owned())
        };
        Ok::<_, ScimError>(Tokens {
            main: token(TenantId(1), "main", true)?,
            second: token(other, "second", true)?,
            read_only: token(TenantId(1), "read-only", false)?,
        })
    });
    made.await.map_err(|error| format!("no tokens: {error:?}"))
}

async fn accept(listener: TcpListener, inner: Arc<Inner>, behaviour: Arc<dyn Behaviour>) {
    // Connections end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Small answers must not wait for one another.
        let _ = stream.set_nodelay(true);
        let (inner, behaviour) = (Arc::clone(&inner), Arc::clone(&behaviour));
        let service = service_fn(move |request| {
            let (inner, behaviour) = (Arc::clone(&inner), Arc::clone(&behaviour));
            async move { turn(&inner, behaviour.as_ref(), request).await }
        });
        connections.spawn(async move {
            let mut server = hyper::server::conn::http1::Builder::new();
            server.max_buf_size(128 << 10);
            // A connection that breaks is the client's to notice.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn turn(
    inner: &Inner,
    behaviour: &dyn Behaviour,
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, std::io::Error>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: body.collect().await.map_err(std::io::Error::other)?.to_bytes(),
    };
    on_the_wire(behaviour.answer(inner, asked).await)
}

fn on_the_wire(
    answered: Answered,
) -> Result<Response<BoxBody<Bytes, std::io::Error>>, std::io::Error> {
    let body = match answered.wire {
        Wire::Broken => return Err(std::io::Error::other("a fault ends the connection")),
        Wire::Whole => Full::new(answered.body).map_err(|never| match never {}).boxed(),
        Wire::Chunks(size) => {
            let chunks: Vec<Bytes> =
                answered.body.chunks(size.max(1)).map(Bytes::copy_from_slice).collect();
            let frames = chunks.into_iter().map(|chunk| Ok(Frame::data(chunk)));
            BodyExt::boxed(StreamBody::new(stream::iter(frames)))
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = answered.status.try_into().map_err(std::io::Error::other)?;
    *response.headers_mut() = answered.headers;
    if matches!(answered.wire, Wire::Chunks(_)) {
        response.headers_mut().insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    Ok(response)
}
