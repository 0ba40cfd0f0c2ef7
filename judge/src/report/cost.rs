//! What each step cost, as lines.

use std::fmt::Write;

use crate::judgement::hygiene::Cost;
use crate::run::Outcome;

/// A line for each step.
pub(super) fn lines(outcome: &Outcome) -> Vec<String> {
    let done = outcome.steps.iter().filter(|step| step.skipped.is_none());
    done.map(|step| format!("step {}, {}: {}", step.number, step.name, words(&step.cost))).collect()
}

fn words(cost: &Cost) -> String {
    let plural = if cost.requests == 1 { "" } else { "s" };
    let mut text = format!(
        "{} request{plural}, {} B sent, {} B back, {} ms",
        cost.requests, cost.sent, cost.received, cost.millis
    );
    if cost.parallel > 1 {
        let _ = write!(text, ", {} at a time", cost.parallel);
    }
    if cost.repeated > 0 {
        let _ = write!(text, ", {} repeated", cost.repeated);
    }
    text
}
