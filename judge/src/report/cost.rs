//! What each step cost, as lines.

use std::fmt::Write;

use crate::judgement::hygiene::Cost;
use crate::run::{Done, Outcome};

/// A line for each step.
pub(super) fn lines(outcome: &Outcome) -> Vec<String> {
    let done = outcome.steps.iter().filter(|step| step.skipped.is_none());
    done.map(|step| format!("step {}, {}: {}", step.number, step.name, words(&step.cost))).collect()
}

/// A table for a terminal.
pub fn table(outcome: &Outcome) -> String {
    let mut text = String::new();
    let width = outcome.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0).min(60);
    for step in &outcome.steps {
        let name: String = step.name.chars().take(60).collect();
        let _ = writeln!(text, "{:>3}  {name:width$}  {}", step.number, state(step));
    }
    text
}

fn state(step: &Done) -> String {
    match &step.skipped {
        Some(why) => format!("not exercised: {why}"),
        None => {
            let arrived = if step.arrived { "arrived" } else { "did not arrive" };
            format!("{arrived}; {}", words(&step.cost))
        }
    }
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
