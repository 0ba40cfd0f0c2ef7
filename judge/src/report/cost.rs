//! What the steps cost: all of them in a line, and those that stand out.

use std::fmt::Write;

use crate::run::{Done, Outcome};

/// Requests of a step that stand out.
const MANY: usize = 25;
/// Bytes that stand out.
const LARGE: u64 = 64 << 10;
/// Milliseconds that stand out.
const LONG: u64 = 5_000;

/// The requests of each step, and a line for each step that stands out.
pub(super) fn lines(outcome: &Outcome) -> Vec<String> {
    let done: Vec<&Done> = outcome.steps.iter().filter(|step| step.skipped.is_none()).collect();
    let counts: Vec<String> = done.iter().map(|step| step.cost.requests.to_string()).collect();
    let mut lines = Vec::new();
    if !counts.is_empty() {
        lines.push(format!("requests of each step: {}", counts.join(", ")));
    }
    lines.extend(done.into_iter().filter_map(line));
    lines
}

/// A step that stands out.
fn line(step: &Done) -> Option<String> {
    let cost = &step.cost;
    // What is answered badly is repeated, and takes long.
    let provoked = step.action.misbehaviour.is_some();
    let repeats = cost.repeated > 0 && !provoked;
    let takes_long = cost.millis > LONG && !provoked;
    let large = cost.sent + cost.received > LARGE;
    if cost.requests <= MANY && cost.parallel <= 1 && !repeats && !takes_long && !large {
        return None;
    }
    let plural = if cost.requests == 1 { "" } else { "s" };
    let mut text = format!(
        "step {}, {}: {} request{plural}, {} B sent, {} B back, {} ms",
        step.number, step.name, cost.requests, cost.sent, cost.received, cost.millis
    );
    if cost.parallel > 1 {
        let _ = write!(text, ", {} of them under way at one time", cost.parallel);
    }
    if cost.repeated > 0 {
        let _ = write!(text, ", {} in the same words as one before", cost.repeated);
    }
    Some(text)
}
