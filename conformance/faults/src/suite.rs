//! The one place that fires scenarios.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::http::Options;
use provisor_conformance::report::{Report, Verdict};
use provisor_conformance::run::{Endpoint, run};
use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;

use crate::host::{Behaviour, Host};

/// What a run found, as far as it is compared.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The verdict of each scenario.
    pub verdicts: BTreeMap<String, Verdict>,
    /// The requests of each scenario.
    pub requests: BTreeMap<String, u32>,
    /// Why nothing could be run.
    pub aborted: Option<String>,
    /// Milliseconds that it took.
    pub millis: u64,
    /// What the report said of each scenario that did not pass, for people.
    pub words: BTreeMap<String, String>,
}

/// The scenarios that hold for every server, by the letter of the RFCs.
pub fn by_the_letter() -> Result<Vec<Scenario>, String> {
    Ok(corpus()?.into_iter().filter(|scenario| scenario.dialects.is_empty()).collect())
}

/// The scenarios of a provider's wishes.
pub fn of_dialect(name: &str) -> Result<Vec<Scenario>, String> {
    let spoken = |scenario: &Scenario| scenario.dialects.iter().any(|one| one == name);
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
    let host = Host::start(behaviour, dialect, 0).await?;
    let endpoint = Endpoint {
        url: host.url(),
        token: Some(host.tokens.main.clone()),
        second_token: Some(host.tokens.second.clone()),
        read_only_token: Some(host.tokens.read_only.clone()),
    };
    let options = Options {
        jobs,
        timeout: Duration::from_secs(20),
        longest_wait: Duration::from_secs(2),
        ..Options::default()
    };
    Ok(match run(endpoint, scenarios, options, "flt".to_owned(), |_| {}).await {
        Ok(report) => found(&report),
        Err(error) => Found { aborted: Some(error.message), ..Found::default() },
    })
}

fn found(report: &Report) -> Found {
    let mut found = Found { millis: report.millis, ..Found::default() };
    for (scenario, outcome) in &report.outcomes {
        let id = scenario.id.clone();
        found.requests.insert(id.clone(), outcome.requests);
        found.verdicts.insert(id.clone(), outcome.verdict);
        if outcome.verdict == Verdict::Pass {
            continue;
        }
        let mut words = outcome.reason.clone().unwrap_or_default();
        for finding in &outcome.findings {
            words.push_str(&format!("\n  step {} {}", finding.step, finding.name));
            for one in &finding.differences {
                let line = format!("{}: expected {}, found {}", one.place, one.expected, one.found);
                words.push_str(&format!("\n    {line}"));
            }
        }
        found.words.insert(id, words);
    }
    found
}
