//! The one place that fires scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use provisor_conformance::auth::{Auth, Secret};
use provisor_conformance::corpus::Corpus;
use provisor_conformance::http;
use provisor_conformance::report::{Report, Verdict};
use provisor_conformance::run::{Endpoint, Event, Options, run};
use provisor_conformance::scenario::{Level, Scenario};
use provisor_server::service::dialect::Dialect;

use crate::host::{Behaviour, Host};

/// What a run found, as far as it is compared.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The verdict of each scenario.
    pub verdicts: BTreeMap<String, Verdict>,
    /// The requests of each scenario.
    pub requests: BTreeMap<String, u32>,
    /// Requests of the whole run: those of setting up and cleaning up too.
    pub sent: u64,
    /// The requirements that each scenario says are broken, where its steps say which.
    pub blames: BTreeMap<String, BTreeSet<String>>,
    /// Why nothing could be run.
    pub aborted: Option<String>,
    /// Milliseconds that it took.
    pub millis: u64,
    /// What the report said of each scenario that did not pass, for people.
    pub words: BTreeMap<String, String>,
}

impl Found {
    /// Scenarios that pass here, on the unfaulted server, and fail on another. A warning counts
    /// where it says what the unfaulted server was not told.
    pub fn caught(&self, other: &Self) -> BTreeMap<String, Verdict> {
        let worse = other.verdicts.iter().filter(|(id, verdict)| {
            matches!(verdict, Verdict::Fail | Verdict::Warn) && self.passes(id)
        });
        worse.map(|(id, verdict)| (id.clone(), *verdict)).collect()
    }

    /// Whether a scenario passes.
    pub fn passes(&self, id: &str) -> bool {
        self.verdicts.get(id) == Some(&Verdict::Pass)
    }
}

/// The scenarios that hold for every server, by the letter of the RFCs.
pub fn by_the_letter() -> Result<Vec<Scenario>, String> {
    Ok(corpus()?.into_iter().filter(|scenario| scenario.dialects.is_empty()).collect())
}

/// The dialect of the reference server that grants what all providers wish.
pub const EVERYBODY: &str = "tolerant";

/// The scenarios of a provider's wishes, or of [`EVERYBODY`]'s.
pub fn of_dialect(name: &str) -> Result<Vec<Scenario>, String> {
    let spoken = |scenario: &Scenario| match name {
        EVERYBODY => !scenario.dialects.is_empty(),
        name => scenario.dialects.iter().any(|one| one == name),
    };
    Ok(corpus()?.into_iter().filter(spoken).collect())
}

fn corpus() -> Result<Vec<Scenario>, String> {
    let corpus = Corpus::built_in().map_err(|broken| {
        let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    Ok(corpus.scenarios)
}

/// Starts a server with this behaviour on a new store and fires the scenarios at it.
pub async fn fire(
    behaviour: Arc<dyn Behaviour>,
    dialect: Option<Dialect>,
    scenarios: Vec<Scenario>,
    jobs: usize,
) -> Result<Found, String> {
    fire_and_tell(behaviour, dialect, scenarios, jobs, |_| {}).await
}

/// The same, and tells how far it is.
pub async fn fire_and_tell(
    behaviour: Arc<dyn Behaviour>,
    dialect: Option<Dialect>,
    scenarios: Vec<Scenario>,
    jobs: usize,
    on_event: impl Fn(&Event) + Send + Sync + 'static,
) -> Result<Found, String> {
    let host = Host::start(behaviour, dialect, 0).await?;
    let bearer = |token: &String| Some(Auth::Bearer(Secret::new(token)));
    let endpoint = Endpoint {
        second_tenant: bearer(&host.tokens.second),
        read_only: bearer(&host.tokens.read_only),
        ..Endpoint::new(host.url()).bearer(&host.tokens.main)
    };
    let options = Options {
        http: http::Options {
            timeout: Duration::from_secs(20),
            longest_wait: Duration::from_secs(2),
            ..http::Options::default()
        },
        jobs: Some(jobs),
        // The same names in every run, so that runs can be compared.
        mark: Some("flt".to_owned()),
        // The store ends with the run, and faults leave much behind.
        allow_existing_data: true,
        allow_left_behind: true,
        clean_up: Duration::from_secs(1),
        ..Options::default()
    };
    let wanted: BTreeSet<String> = scenarios.iter().map(|one| one.id.clone()).collect();
    Ok(match run(endpoint, scenarios, options, on_event).await {
        Ok(report) => found(&report, &wanted),
        Err(error) => Found { aborted: Some(error.message), ..Found::default() },
    })
}

/// What was found of the scenarios that were asked for; a run may add some of its own.
fn found(report: &Report, wanted: &BTreeSet<String>) -> Found {
    let mut found = Found { millis: report.millis, sent: report.requests, ..Found::default() };
    for entry in report.entries.iter().filter(|entry| wanted.contains(&entry.id)) {
        let requests = u32::try_from(entry.requests).unwrap_or(u32::MAX);
        found.requests.insert(entry.id.clone(), requests);
        // What a scenario catches is measured whatever others catch as well.
        let verdict = entry.own_verdict.unwrap_or(entry.verdict);
        found.verdicts.insert(entry.id.clone(), verdict);
        if verdict == Verdict::Pass {
            continue;
        }
        let counting = entry.findings.iter().filter(|one| one.level != Level::May);
        let blames: BTreeSet<String> = counting.flat_map(|one| &one.breaks).cloned().collect();
        if !blames.is_empty() {
            found.blames.insert(entry.id.clone(), blames);
        }
        let mut words = entry.reason.clone().unwrap_or_default();
        for finding in &entry.findings {
            words.push_str(&format!("\n  {}", finding.name));
            for one in &finding.differences {
                let line = format!("{}: expected {}, found {}", one.place, one.expected, one.found);
                words.push_str(&format!("\n    {line}"));
            }
        }
        found.words.insert(entry.id.clone(), words);
    }
    found
}
