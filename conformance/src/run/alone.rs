//! An inner error among the requests of other scenarios may come of their number: many servers lock
//! a database that has one writer. What met one is played once more by itself before it is judged.

use std::sync::Arc;

use super::outcome::Outcome;
use super::play::play_with;
use super::shared::Run;
use crate::report::Verdict;
use crate::scenario::{Level, Scenario};

/// Whether an inner error is among what a scenario found. One that sends requests at once itself is
/// about that; and 501 is a refusal.
pub(super) fn may_be_load(scenario: &Scenario, outcome: &Outcome) -> bool {
    let exchanges = outcome.findings.iter().flat_map(|finding| &finding.exchanges);
    let mut statuses = exchanges.filter_map(|one| one.answer.as_ref().ok()).map(|one| one.status);
    let is_finding = outcome.verdict.is_finding();
    let races = scenario.steps.iter().any(|step| step.at_once.is_some());
    is_finding && !races && statuses.any(|status| status >= 500 && status != 501)
}

/// Plays it with nothing beside it. What comes of that is judged; where that is right, the first
/// time was a matter of load: a warning, since no RFC says how much a server must bear. Where
/// nothing comes of it, what was found before stays. `None`: the run was stopped, so that nobody
/// knows yet.
pub(super) async fn once_more(
    run: &Arc<Run>,
    scenario: &Scenario,
    number: usize,
    first: Outcome,
) -> Option<Outcome> {
    if run.options.stopper.is_stopped() {
        return None;
    }
    if run.client.gone().is_some() {
        return Some(first);
    }
    let mark = format!("{}-{number:04}-alone", run.mark);
    let alone = play_with(run, scenario, &mark, None).await?;
    let (requests, took) = (first.requests + alone.requests, first.took + alone.took);
    if first.verdict.is_answer() && !alone.verdict.is_answer() {
        let why = alone.reason.map_or_else(String::new, |why| format!(": {why}"));
        let verdict = alone.verdict.as_str();
        let again = format!("played again alone it came to no verdict ({verdict}{why})");
        let reason = first.reason.map_or_else(|| again.clone(), |said| format!("{said}; {again}"));
        return Some(Outcome { reason: Some(reason), requests, took, ..first });
    }
    if alone.verdict != Verdict::Pass {
        return Some(Outcome { requests, took, ..alone });
    }
    let reason = format!(
        "flaky: {} while others were played, with an inner error; pass when it was played alone",
        first.verdict.as_str()
    );
    let mut findings = first.findings;
    for finding in &mut findings {
        finding.level = finding.level.max(Level::Should);
        finding.breaks.clear();
    }
    Some(Outcome {
        verdict: Verdict::Warn,
        reason: Some(reason),
        blocked_by: None,
        own_verdict: None,
        findings,
        requests,
        took,
        ..alone
    })
}
