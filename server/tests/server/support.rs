//! A whole server on a new store: what a client meets.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use provisor_server::auth::gate::{self, Gate};
use provisor_server::auth::rate::Rate;
use provisor_server::auth::tokens::{self, NewToken};
use provisor_server::auth::{Scopes, tenants};
use provisor_server::clock::Clock;
use provisor_server::entitlements::Entitlements;
use provisor_server::error::ScimError;
use provisor_server::http::{AppState, Listen, Running, Settings};
use provisor_server::id::{Kind, TenantId};
use provisor_server::protocol::schemas::{SchemaFile, with_files};
use provisor_server::service::dialect::Dialect;
use provisor_server::service::{self, Service};
use provisor_server::store::sqlite::{self, Sqlite};
use provisor_server::store::{Deletion, Store};
use tokio::runtime::Runtime;

/// How a server is to be.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The dialect of the token; the server has that of its default.
    pub(crate) dialect: Dialect,
    /// A file with extensions of User.
    pub(crate) schemas: Option<PathBuf>,
}

/// A running server with one token that may read and write. It ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The path of the SCIM endpoints.
    pub(crate) base_path: String,
    pub(crate) token: String,
    running: Option<Running>,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn start(options: &Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (running, token) = runtime.block_on(start(options));
        Self {
            address: running.address(),
            base_path: Settings::default().base_path().to_owned(),
            token,
            running: Some(running),
            runtime,
        }
    }

    /// The base URI, without a slash at its end.
    pub(crate) fn base(&self) -> String {
        format!("http://{}{}", self.address, self.base_path)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
    }
}

async fn start(options: &Options) -> (Running, String) {
    let store = Store::new(Sqlite::temporary(&sqlite::Options::default()).unwrap());
    let content = options.schemas.as_ref().map(|file| std::fs::read(file).unwrap());
    let files =
        content.iter().map(|content| SchemaFile { extends: Kind::User, name: "schemas", content });
    let schemas = with_files(&files.collect::<Vec<_>>()).unwrap();
    let clock = Clock::system();
    let now = clock.now();
    let dialect = options.dialect;
    let token = store
        .write(move |tx| {
            tenants::ensure_default(tx, now)?;
            let new = NewToken {
                tenant: TenantId(1),
                name: "replay".to_owned(),
                scopes: Scopes { read: true, write: true, admin: false },
                user: None,
                dialect: (dialect != Dialect::default()).then_some(dialect),
                lifetime: None,
            };
            Ok::<_, ScimError>(tokens::create(tx, &new, now)?.0.expose().to_owned())
        })
        .await
        .unwrap();
    let unlimited = Rate { per_second: 0.0, burst: 0.0 };
    let gate = gate::Options {
        token_rate: unlimited,
        tenant_rate: unlimited,
        failure_rate: unlimited,
        access_age: Duration::from_secs(3600),
    };
    let service = Service {
        store: store.clone(),
        schemas: Arc::new(schemas),
        entitlements: Arc::new(Entitlements::default()),
        clock: clock.clone(),
        settings: Arc::new(service_settings()),
    };
    let authenticate = Arc::new(Gate::new(store, clock, gate, None));
    let state = AppState { service, authenticate, settings: Arc::new(Settings::default()) };
    let listen = Listen::at("127.0.0.1:0".parse().unwrap());
    let running = Running::start(listen, state, axum::Router::new()).await.unwrap();
    (running, token)
}

fn service_settings() -> service::Settings {
    let accepted = Dialect::default().accepted();
    service::Settings {
        user_deletion: Deletion::Remove,
        patch: accepted.patch,
        resource: accepted.resource,
        filter: accepted.filter,
        bulk_operations: 1000,
        body_bytes: 1 << 20,
        page: 200,
    }
}
