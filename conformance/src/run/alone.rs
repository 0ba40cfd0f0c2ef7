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
/// time was a matter of load: a warning, since no RFC says how much a server must bear.
pub(super) async fn once_more(
    run: &Arc<Run>,
    scenario: &Scenario,
    number: usize,
    first: Outcome,
) -> Outcome {
    if run.options.stopper.is_stopped() || run.client.gone().is_some() {
        return first;
    }
    let mark = format!("{}-{number:04}-alone", run.mark);
    let Some(alone) = play_with(run, scenario, &mark, None).await else { return first };
    let (requests, took) = (first.requests + alone.requests, first.took + alone.took);
    if alone.verdict != Verdict::Pass {
        return Outcome { requests, took, ..alone };
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
    Outcome {
        verdict: Verdict::Warn,
        reason: Some(reason),
        blocked_by: None,
        own_verdict: None,
        findings,
        requests,
        took,
        ..alone
    }
}
