//! Plays scenarios against an endpoint.

mod outcome;
mod play;
mod race;
mod shape;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::discover::{Capabilities, discover};
use crate::http::{Client, ClientError, Options};
use crate::report::{Kind, Latency, Redacted, Report};
use crate::scenario::{Credential, Scenario};

pub use outcome::{Exchange, Finding, Outcome};

/// What is tested, and with what.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The base URI, such as `http://127.0.0.1:8080/scim/v2`.
    pub url: String,
    /// The bearer token.
    pub token: Option<String>,
    /// A token of another tenant.
    pub second_token: Option<String>,
    /// A token that may only read.
    pub read_only_token: Option<String>,
}

/// Something that happened during a run; reporters live on these.
#[derive(Debug, Clone)]
pub enum Event {
    /// What the endpoint has is known.
    Discovered(Capabilities),
    /// A scenario is done.
    Done {
        /// Its id.
        id: String,
        /// Its outcome.
        outcome: Outcome,
    },
}

/// What a run shares between its lanes.
pub(crate) struct Run {
    pub(crate) client: Client,
    pub(crate) endpoint: Endpoint,
    pub(crate) capabilities: Capabilities,
    pub(crate) mark: String,
    pub(crate) left_behind: Mutex<Vec<String>>,
    /// How long each answer took.
    pub(crate) times: Mutex<Vec<Duration>>,
}

/// Plays scenarios, several at a time, and gives what was found. `mark` tells this run's
/// resources from those of everybody else.
///
/// Fails where the endpoint does not answer at all.
pub async fn run(
    endpoint: Endpoint,
    scenarios: Vec<Scenario>,
    options: Options,
    mark: String,
    on_event: impl Fn(&Event) + Send + Sync + 'static,
) -> Result<Redacted, ClientError> {
    let begun = Instant::now();
    let mut report = Report::new(Kind::Server, &endpoint.url);
    let lanes = options.jobs.max(1);
    let client = Client::new(&endpoint.url, options)?;
    let token = endpoint.token.as_ref().map(|token| format!("Bearer {token}"));
    let mut capabilities = discover(&client, token.as_deref()).await?;
    for (given, need) in [
        (endpoint.second_token.is_some(), crate::scenario::Need::SecondTenant),
        (endpoint.read_only_token.is_some(), crate::scenario::Need::ReadOnlyToken),
    ] {
        if given {
            capabilities.given(need);
        }
    }
    on_event(&Event::Discovered(capabilities.clone()));
    let run = Arc::new(Run {
        client,
        endpoint,
        capabilities,
        mark: mark.clone(),
        left_behind: Mutex::default(),
        times: Mutex::default(),
    });
    let scenarios = Arc::new(scenarios);
    let (next, on_event) = (Arc::new(AtomicUsize::new(0)), Arc::new(on_event));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..lanes {
        let (run, scenarios) = (Arc::clone(&run), Arc::clone(&scenarios));
        let (next, on_event) = (Arc::clone(&next), Arc::clone(&on_event));
        tasks.spawn(async move {
            let mut entries = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(scenario) = scenarios.get(place) else { return entries };
                let outcome = play::play(&run, scenario, place).await;
                on_event(&Event::Done { id: scenario.id.clone(), outcome: outcome.clone() });
                entries.push(outcome.entry(scenario, &run.endpoint.url));
            }
        });
    }
    while let Some(lane) = tasks.join_next().await {
        report.entries.extend(lane.unwrap_or_default());
    }
    report.entries.sort_by(|one, other| one.id.cmp(&other.id));
    report.mark = mark;
    report.requests = report.entries.iter().map(|entry| entry.requests).sum();
    report.latency = run.times.lock().ok().and_then(|times| Latency::of(times.clone()));
    report.left_behind = run.left_behind.lock().map(|list| list.clone()).unwrap_or_default();
    report.millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(report.redacted(&run.endpoint.secrets()))
}

impl Endpoint {
    /// What no report may show.
    fn secrets(&self) -> Vec<String> {
        let all = [&self.token, &self.second_token, &self.read_only_token];
        all.into_iter().flatten().cloned().collect()
    }
}

impl Run {
    /// The Authorization header of a credential.
    pub(crate) fn authorization(&self, credential: Credential) -> Option<String> {
        let token = match credential {
            Credential::Main => self.endpoint.token.as_deref(),
            Credential::None => None,
            Credential::Invalid => Some("not-a-token-of-this-server"),
            Credential::SecondTenant => self.endpoint.second_token.as_deref(),
            Credential::ReadOnly => self.endpoint.read_only_token.as_deref(),
        };
        token.map(|token| format!("Bearer {token}"))
    }
}
