//! Which scenarios a quick run should have: few requests, most faults.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::Detection;
use crate::document;
use crate::faults;

/// Requests that a quick run may send.
pub const REQUESTS: u32 = 300;
/// Requests that a run sends before its scenarios: discovery, the gate, and what tries the features
/// that they use.
pub const BEFORE: u32 = 60;

/// A choice of scenarios.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The scenarios, in the order in which they were chosen.
    pub scenarios: Vec<String>,
    /// Their requests together.
    pub requests: u32,
    /// Faults that they catch.
    pub caught: usize,
    /// Faults that all scenarios together catch.
    pub of: usize,
}

/// The scenarios that fail on each fault.
pub type Fails = BTreeMap<String, BTreeSet<String>>;

/// Of a measurement: faults by the letter alone, since a quick run has no dialect, and those that
/// servers in the field are known to have.
pub fn of(detection: &Detection) -> Fails {
    matrix(&document::matrix(&detection.faults))
}

/// Of the matrix as it is committed.
pub fn matrix(text: &str) -> Fails {
    let mut all = Fails::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [fault, scenario, "fail", _] = cells.as_slice()
            && !scenario.starts_with("dialects/")
            && faults::is_of_the_survey(fault)
        {
            all.entry((*fault).to_owned()).or_default().insert((*scenario).to_owned());
        }
    }
    all
}

/// Chooses, again and again, the scenario that catches the most new faults for its requests.
/// `requests` are those of each scenario.
pub fn choose(requests: &BTreeMap<String, u32>, fails: &Fails) -> Choice {
    let mut left = fails.clone();
    let cost = |id: &str| requests.get(id).copied().unwrap_or(REQUESTS).max(1);
    let mut choice = Choice { of: left.len(), requests: BEFORE, ..Choice::default() };
    loop {
        let mut gains: BTreeMap<String, u32> = BTreeMap::new();
        left.values().flatten().for_each(|id| *gains.entry(id.clone()).or_insert(0) += 1);
        let room = REQUESTS.saturating_sub(choice.requests);
        // Worth is compared by multiplication, so that it is exact; the first by name wins.
        let best = gains.into_iter().filter(|(id, _)| cost(id) <= room).reduce(|best, one| {
            if one.1 * cost(&best.0) > best.1 * cost(&one.0) { one } else { best }
        });
        let Some((id, _)) = best else { return choice };
        choice.requests += cost(&id);
        choice.scenarios.push(id.clone());
        let before = left.len();
        left.retain(|_, by| !by.contains(&id));
        choice.caught += before - left.len();
    }
}
