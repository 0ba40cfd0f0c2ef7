//! The whole server: opens the store, loads schemas and rules, listens, works in the background,
//! and ends in good order.

mod logs;
mod start;
pub mod transfer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::auth::{Gate, Secret};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::error::ScimError;
use crate::http::Running;
use crate::store::sqlite::{self, Sqlite};
use crate::store::{Store, StoreErrorKind, Write};

/// How often it is written down which tokens were used.
const FLUSH: Duration = Duration::from_secs(300);
/// How often rules files are looked at.
const WATCH: Duration = Duration::from_secs(2);

/// A server that runs. [`Server::stop`] lets it finish.
#[derive(Debug)]
pub struct Server {
    http: Running,
    gate: Arc<Gate>,
    background: Vec<JoinHandle<()>>,
    first_token: Option<FirstToken>,
    summary: Summary,
}

/// The token of the first start.
#[derive(Debug)]
enum FirstToken {
    /// To be shown once.
    Shown(Secret),
    /// It is in this file.
    Kept(PathBuf),
}

/// What the lines at the start tell.
#[derive(Debug)]
struct Summary {
    base_path: String,
    public_url: Option<String>,
    database: PathBuf,
    rules: Vec<PathBuf>,
    plain_to_the_world: bool,
}

/// What the process is told: SIGINT, SIGTERM, SIGHUP.
#[cfg(unix)]
struct Signals(Option<(Signal, Signal, Signal)>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        let [int, term, hup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        Self(int.ok().zip(term.ok()).zip(hup.ok()).map(|((int, term), hup)| (int, term, hup)))
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }
}

/// Why a server does not start: words for the operator, a line for each thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(pub String);

/// Runs until the process is told to stop (SIGINT, SIGTERM). SIGHUP reads the certificate again
/// and asks the store again for every token. `announce` is given what people want to know, the
/// first token included: it must not go to a log.
pub async fn run(config: Config, announce: impl FnOnce(&str)) -> Result<(), StartError> {
    logs::start(config.log);
    let server = Server::start(config, Clock::system()).await?;
    // Heard from before anybody knows that it runs.
    let signals = Signals::new();
    announce(&server.lines());
    server.until_told(signals).await;
    server.stop().await;
    Ok(())
}

/// [`run`] on threads of its own, for a program that is not asynchronous.
pub fn run_blocking(config: Config, announce: impl FnOnce(&str)) -> Result<(), StartError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|why| StartError(format!("the server cannot start its threads: {why}")))?
        .block_on(run(config, announce))
}

/// Why work on a database without a server was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfflineError {
    /// A server uses the database, or another command does.
    InUse(String),
    /// Anything else.
    Failed(String),
}

/// Changes or reads a database that no server uses: tokens, tenants, clients. The database must
/// be there, so that a mistyped path makes no new one.
pub fn offline<T: Send + 'static>(
    database: &Path,
    work: impl FnOnce(&dyn Write, Timestamp) -> Result<T, ScimError> + Send + 'static,
) -> Result<T, OfflineError> {
    if !database.is_file() {
        let path = database.display();
        return Err(OfflineError::Failed(format!(
            "there is no database `{path}`; `provisor serve` makes one, `--database` names another"
        )));
    }
    let sqlite =
        Sqlite::open(database, &sqlite::Options::default()).map_err(|error| match error.kind {
            StoreErrorKind::Busy => OfflineError::InUse(error.to_string()),
            _ => OfflineError::Failed(error.to_string()),
        })?;
    let store = Store::new(sqlite);
    tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|why| OfflineError::Failed(format!("cannot start a thread: {why}")))?
        .block_on(async {
            let now = Clock::system().now();
            let done = store.write(move |tx| work(tx, now)).await;
            done.map_err(|error: ScimError| OfflineError::Failed(error.detail))
        })
}

impl std::fmt::Display for OfflineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InUse(words) | Self::Failed(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for OfflineError {}

impl Server {
    /// Starts everything; when it returns, connections are accepted. Logging is the caller's.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        start::start(config, clock).await
    }

    /// Its URL, without the base path.
    pub fn url(&self) -> String {
        self.summary.public_url.clone().unwrap_or_else(|| self.http.url())
    }

    /// Listener, for those who need its address.
    pub fn http(&self) -> &Running {
        &self.http
    }

    /// What knows the tokens.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// The token that was made because this is the first start, unless it went to a file.
    pub fn first_token(&self) -> Option<&Secret> {
        match &self.first_token {
            Some(FirstToken::Shown(secret)) => Some(secret),
            _ => None,
        }
    }

    /// What listens where, which rules, and how to call it.
    pub fn lines(&self) -> String {
        let (url, summary) = (self.url(), &self.summary);
        let scim = format!("{url}{}", summary.base_path);
        let health = self.http.operations().map_or(url.clone(), |at| format!("http://{at}"));
        let rules: Vec<String> =
            summary.rules.iter().map(|path| path.display().to_string()).collect();
        let rules = match rules.is_empty() {
            true => "no file; those put through the admin API, if any, are in force".to_owned(),
            false => rules.join(", "),
        };
        let mut lines = format!(
            "provisor {} listens on {}\n  SCIM      {scim}\n  OAuth     {url}{}\n  \
             health    {health}/healthz\n  database  {}\n  rules     {rules}\n",
            env!("CARGO_PKG_VERSION"),
            self.http.url(),
            crate::http::oauth::PATH,
            summary.database.display(),
        );
        if summary.plain_to_the_world {
            lines.push_str(
                "  warning   others can read along: set `tls-cert` and `tls-key`, or put a proxy \
                 with TLS before it\n",
            );
        }
        let token = match &self.first_token {
            Some(FirstToken::Shown(secret)) => {
                let advice = "shown only now; `provisor token add` makes others";
                lines.push_str(&format!("  token     {}  ({advice})\n", secret.expose()));
                secret.expose()
            }
            Some(FirstToken::Kept(path)) => {
                lines.push_str(&format!("  token     in {}\n", path.display()));
                "$TOKEN"
            }
            None => "$TOKEN",
        };
        lines.push_str(&format!("Try: curl -H 'Authorization: Bearer {token}' {scim}/Users\n"));
        lines
    }

    /// Stops: requests under way are answered, then background work ends, then the store closes.
    pub async fn stop(self) {
        let Self { http, gate, background, .. } = self;
        http.shutdown().await;
        for task in background {
            task.abort();
            // It ends by being aborted; its error says only that.
            let _ = task.await;
        }
        if let Err(error) = gate.flush().await {
            tracing::warn!(%error, "when tokens were last used could not be written down");
        }
        tracing::info!("stopped");
    }

    #[cfg(unix)]
    async fn until_told(&self, signals: Signals) {
        let Signals(Some((mut int, mut term, mut hup))) = signals else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        loop {
            tokio::select! {
                _ = int.recv() => return,
                _ = term.recv() => return,
                _ = hup.recv() => {
                    self.gate.forget();
                    match self.http.reload_tls() {
                        Ok(()) => tracing::info!("certificate and tokens are read again"),
                        Err(error) => tracing::error!(%error, "the certificate stays as it was"),
                    }
                }
            }
        }
    }

    #[cfg(not(unix))]
    async fn until_told(&self, _: Signals) {
        // Without signals the process runs until it is ended.
        let _ = tokio::signal::ctrl_c().await;
    }
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}
