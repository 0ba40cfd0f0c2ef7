//! The service provider that a source is pointed at: the reference server's routes over a
//! temporary store, with everything recorded and, when a script says so, answered badly.

mod answer;
mod inside;
mod listen;
mod oauth;
mod tls;
mod tokens;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use provisor::scim::patch::Tolerance;
use provisor::scim::resource::Leniency;
use provisor::scim::schema::Schemas;
use provisor_server::clock::Clock;
use provisor_server::entitlements::Entitlements;
use provisor_server::http::{AppState, Settings, router};
use provisor_server::id::Kind;
use provisor_server::protocol::schemas::{SchemaFile, with_files};
use provisor_server::service::dialect::Dialect;
use provisor_server::service::{self, Service};
use provisor_server::store::Store;
use provisor_server::store::sqlite::{Options as StoreOptions, Sqlite};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::contract::Contract;
use crate::judgement::TOKEN_PATH;
use crate::misbehave::Script;
use crate::record::Recorder;

pub(crate) use answer::error;
pub use inside::{Inside, State};
pub use tls::BadCertificate;

/// How long connections may take to end.
const CUT: Duration = Duration::from_secs(2);

/// How a provider is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
    /// The contract of the product that it plays.
    pub contract: Contract,
    /// Whether it speaks TLS, with a certificate made for this run.
    pub tls: bool,
    /// Where the certificate of the run's authority is written, for the source to trust.
    pub ca_file: Option<PathBuf>,
    /// How long tokens of the token endpoint are good; `None`: there is no such endpoint, and one
    /// token that lasts.
    pub token_lifetime: Option<Duration>,
}

/// A provider that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    core: Arc<Core>,
    tls: Option<Arc<tls::Tls>>,
    ca_pem: Option<String>,
    cut: watch::Sender<u64>,
    tasks: JoinSet<()>,
}

/// What every connection shares.
pub(crate) struct Core {
    pub(crate) recorder: Recorder,
    pub(crate) contract: Contract,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) tokens: Arc<tokens::Tokens>,
    pub(crate) script: Script,
    /// Connections that are open.
    pub(crate) open: AtomicUsize,
    routes: axum::Router,
    /// Where the other host is that redirects lead to.
    elsewhere: SocketAddr,
}

/// Why a provider does not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(pub String);

impl Provider {
    /// Starts it; when this returns, connections are accepted.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let schemas = Arc::new(schemas(&options.contract)?);
        let opening =
            tokio::task::spawn_blocking(|| Sqlite::temporary(&StoreOptions::default())).await;
        let sqlite = opening
            .map_err(|_| StartError("opening the store was interrupted".to_owned()))?
            .map_err(|error| StartError(error.to_string()))?;
        let tokens = Arc::new(tokens::Tokens::new(options.token_lifetime)?);
        let service = Service {
            schemas: Arc::clone(&schemas),
            settings: Arc::new(settings(&options.contract)),
            ..Service::new(Store::new(sqlite), Arc::new(Entitlements::default()), Clock::system())
        };
        let http = Settings::default()
            .with_base_path(&options.contract.base_path)
            .map_err(|error| StartError(error.to_string()))?;
        let authenticate = Arc::clone(&tokens) as Arc<_>;
        let state = AppState { service, authenticate, settings: Arc::new(http) };
        let tls = if options.tls { Some(Arc::new(tls::Tls::make()?)) } else { None };
        let ca_pem = tls.as_ref().map(|tls| tls.ca_pem().to_owned());
        if let (Some(pem), Some(path)) = (&ca_pem, &options.ca_file) {
            std::fs::write(path, pem).map_err(|why| {
                StartError(format!("cannot write the certificate `{}`: {why}", path.display()))
            })?;
        }
        let (listener, address) = listen::bind(options.port).await?;
        let (other, elsewhere) = listen::bind(0).await?;
        let core = Arc::new(Core {
            recorder: Recorder::default(),
            contract: options.contract,
            schemas,
            tokens,
            script: Script::default(),
            open: AtomicUsize::new(0),
            routes: router(state),
            elsewhere,
        });
        let (cut, cutting) = watch::channel(0);
        let mut tasks = JoinSet::new();
        let main = listen::Place { elsewhere: false, tls: tls.clone() };
        tasks.spawn(listen::run(listener, Arc::clone(&core), main, cutting.clone()));
        let place = listen::Place { elsewhere: true, tls: None };
        tasks.spawn(listen::run(other, Arc::clone(&core), place, cutting));
        Ok(Self { address, core, tls, ca_pem, cut, tasks })
    }

    /// The base URL of the SCIM endpoints.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.root(), self.core.contract.base_path)
    }

    /// The URL of the token endpoint, if there is one.
    pub fn token_url(&self) -> Option<String> {
        self.core.tokens.client().map(|_| format!("{}{TOKEN_PATH}", self.root()))
    }

    /// Id and secret of the OAuth client, if there is a token endpoint.
    pub fn client(&self) -> Option<(&str, &str)> {
        self.core.tokens.client()
    }

    /// The token that lasts, if there is no token endpoint.
    pub fn token(&self) -> Option<&str> {
        self.core.tokens.lasting()
    }

    /// The certificate of the run's authority in PEM, if it speaks TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The exchanges.
    pub fn recorder(&self) -> &Recorder {
        &self.core.recorder
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.core.contract
    }

    /// The schemas that it announces.
    pub fn schemas(&self) -> &Schemas {
        &self.core.schemas
    }

    /// What it is to do badly.
    pub fn script(&self) -> &Script {
        &self.core.script
    }

    /// A client within the process, whose requests are not recorded.
    pub fn inside(&self) -> Inside {
        Inside::new(self.core.routes.clone(), &self.core.contract, &self.core.tokens)
    }

    /// Makes all tokens that were given out, and the one that lasts, end now.
    pub fn expire_tokens(&self) {
        self.core.tokens.expire();
    }

    /// Shows this certificate to new connections, or the good one again, and ends those that
    /// are. Without TLS nothing happens.
    pub async fn show_certificate(&self, bad: Option<BadCertificate>) -> Result<(), StartError> {
        if let Some(tls) = &self.tls {
            tls.show(bad)?;
            self.cut.send_modify(|count| *count += 1);
            // A request on one that is about to end would count as sent after this certificate.
            let begun = tokio::time::Instant::now();
            while self.core.open.load(Ordering::SeqCst) > 0 && begun.elapsed() < CUT {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    /// Stops it.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }

    fn root(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
}

/// The standard schemas and those of the contract.
pub(crate) fn schemas(contract: &Contract) -> Result<Schemas, StartError> {
    let listed = [(Kind::User, &contract.user_schemas), (Kind::Group, &contract.group_schemas)];
    let mut contents = Vec::new();
    for (kind, schemas) in listed {
        if !schemas.is_empty() {
            let text = serde_json::to_vec(schemas).unwrap_or_default();
            contents.push((kind, text));
        }
    }
    let files: Vec<SchemaFile<'_>> = contents
        .iter()
        .map(|(extends, content)| SchemaFile { extends: *extends, name: &contract.name, content })
        .collect();
    with_files(&files).map_err(|error| StartError(error.to_string()))
}

/// It takes what can be understood, whatever the letter says: one fault must not hide the others.
fn settings(contract: &Contract) -> service::Settings {
    let accepted = Dialect::Tolerant.accepted();
    let page = service::Settings::default().page;
    service::Settings {
        patch: accepted.patch.with(Tolerance::UnknownAttribute),
        resource: accepted.resource.with(Leniency::UnknownAttribute),
        filter: accepted.filter,
        page: contract.requests.page.unwrap_or(page),
        body_bytes: 64 << 20,
        ..service::Settings::default()
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Core")
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}
