//! What is tested, how, and how a run is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::auth::{Auth, Prover, Secret};
use crate::http::{self, ClientError};
use crate::journal::{Journal, Past};

/// What is tested, and with what.
#[derive(Debug, Clone, Default)]
pub struct Endpoint {
    /// The base URI, such as `http://127.0.0.1:8080/scim/v2`.
    pub url: String,
    /// How requests prove who sends them.
    pub auth: Auth,
    /// The same for another tenant.
    pub second_tenant: Option<Auth>,
    /// The same for somebody who may only read.
    pub read_only: Option<Auth>,
}

impl Endpoint {
    /// One that asks for no credential.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn bearer(mut self, token: impl AsRef<str>) -> Self {
        self.auth = Auth::Bearer(Secret::new(token));
        self
    }
}

/// How a run goes.
#[derive(Debug)]
pub struct Options {
    /// How requests are made.
    pub http: http::Options,
    /// Scenarios at the same time; a number that suits the endpoint's answers where none is given.
    pub jobs: Option<usize>,
    /// In the name of everything that the run makes; one made from the time where none is given.
    pub mark: Option<String>,
    /// What random choices follow: the order of scenarios.
    pub seed: u64,
    /// How often each scenario is played.
    pub repeat: u32,
    /// No new scenario after the first failure.
    pub fail_fast: bool,
    /// Only scenarios that write nothing.
    pub read_only: bool,
    /// Write although resources of others are there.
    pub allow_existing_data: bool,
    /// Go on making resources although the endpoint does not delete them.
    pub allow_left_behind: bool,
    /// Leave what failing scenarios made where it is, for a look.
    pub keep: bool,
    /// Where to write down what is made.
    pub journal: Option<Journal>,
    /// A run that was interrupted and goes on here: what it found is taken over, what it left is
    /// taken away first.
    pub past: Option<Past>,
    /// Keep every exchange for the report, not only those of findings.
    pub keep_exchanges: bool,
    /// By which somebody else stops it.
    pub stopper: Stopper,
    /// How long cleaning up may take after it was stopped.
    pub clean_up: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            http: http::Options::default(),
            jobs: None,
            mark: None,
            seed: 0,
            repeat: 1,
            fail_fast: false,
            read_only: false,
            allow_existing_data: false,
            allow_left_behind: false,
            keep: false,
            journal: None,
            past: None,
            keep_exchanges: false,
            stopper: Stopper::default(),
            clean_up: Duration::from_secs(15),
        }
    }
}

/// Stops a run: no new scenario begins, those that play end soon, what was made is taken away.
#[derive(Debug, Clone, Default)]
pub struct Stopper(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    stopped: AtomicBool,
    wake: Notify,
}

/// How long a request that is under way when a run is stopped may still take: its answer says
/// what to take away.
const GRACE: Duration = Duration::from_secs(2);

impl Stopper {
    /// Stops the run.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        self.0.wake.notify_waiters();
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Ends when it was stopped.
    pub(super) async fn stopped(&self) {
        loop {
            let wake = self.0.wake.notified();
            if self.is_stopped() {
                return;
            }
            wake.await;
        }
    }

    /// Ends some time after it was stopped.
    pub(super) async fn grace(&self) {
        self.stopped().await;
        tokio::time::sleep(GRACE).await;
    }
}

/// Everybody that a run can be.
#[derive(Debug)]
pub(crate) struct Provers {
    pub(crate) main: Prover,
    pub(crate) second_tenant: Option<Prover>,
    pub(crate) read_only: Option<Prover>,
}

impl Provers {
    pub(crate) fn new(endpoint: &Endpoint, options: &http::Options) -> Result<Self, ClientError> {
        let prover = |auth: &Option<Auth>| {
            auth.as_ref().map(|auth| Prover::new(auth.clone(), options)).transpose()
        };
        Ok(Self {
            main: Prover::new(endpoint.auth.clone(), options)?,
            second_tenant: prover(&endpoint.second_tenant)?,
            read_only: prover(&endpoint.read_only)?,
        })
    }
}
