//! The exchanges of steps in which something did not arrive: all of them, and each once.

use std::collections::BTreeMap;

use crate::exchange::Exchange;
use crate::judgement;
use crate::run::{Done, Outcome};

/// Those exchanges, by the id of the rule under which a report has them.
pub(super) fn by_rule(outcome: &Outcome) -> BTreeMap<&str, Vec<&Exchange>> {
    let lost = |step: &&Done| !step.arrived && step.skipped.is_none() && !step.wants_nothing();
    let homes: BTreeMap<usize, &str> = outcome
        .steps
        .iter()
        .filter(lost)
        .filter_map(|step| Some((step.number, home(step, outcome)?)))
        .collect();
    let mut kept: BTreeMap<&str, Vec<&Exchange>> = BTreeMap::new();
    for exchange in &outcome.exchanges {
        if let Some(id) = homes.get(&exchange.step) {
            kept.entry(id).or_default().push(exchange);
        }
    }
    kept
}

/// The rule of what a step is about; of several one that was broken in it.
fn home<'a>(step: &'a Done, outcome: &Outcome) -> Option<&'a str> {
    let Some(what) = step.action.misbehaviour else {
        let own = |id: &&str| id.strip_prefix("action/") == Some(step.action.kind.name());
        return judgement::rules().map(|rule| rule.id).find(own);
    };
    let broken = |id: &&String| {
        outcome.log.findings.iter().any(|one| one.step == step.number && one.rule.id == **id)
    };
    what.judged.iter().find(broken).or(what.judged.first()).map(String::as_str)
}
