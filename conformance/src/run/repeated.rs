//! Scenarios that ask again in a few requests what others ask one by one. A fault is one finding:
//! what another one found as well is not told twice.

use std::collections::BTreeMap;

use crate::report::{Entry, Verdict};
use crate::scenario::Scenario;

/// By the id of each scenario that repeats others, the ids of these.
pub(crate) fn among(scenarios: &[Scenario]) -> BTreeMap<String, Vec<String>> {
    let repeating = scenarios.iter().filter(|one| !one.repeats.is_empty());
    repeating.map(|one| (one.id.clone(), one.repeats.clone())).collect()
}

/// Blocks what repeats a finding by the scenario whose finding it is. A failure outweighs a
/// warning, so it is told beside one.
pub(crate) fn settle(entries: &mut [Entry], repeats: &BTreeMap<String, Vec<String>>) {
    let found: BTreeMap<String, Verdict> = entries
        .iter()
        .filter(|one| matches!(one.verdict, Verdict::Fail | Verdict::Warn))
        .map(|one| (one.id.clone(), one.verdict))
        .collect();
    for entry in entries.iter_mut() {
        let Some(own) = found.get(&entry.id) else { continue };
        let others = repeats.get(&entry.id).into_iter().flatten();
        let as_bad = |id: &&String| {
            found.get(*id).is_some_and(|other| other == own || *other == Verdict::Fail)
        };
        if let Some(id) = others.into_iter().find(as_bad) {
            entry.own_verdict = Some(entry.verdict);
            entry.verdict = Verdict::Blocked;
            entry.blocked_by = Some(id.clone());
            entry.reason = Some(format!(
                "it asks again what {id} asks, which is not met; what else it finds is known when \
                 that is mended"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::corpus::Corpus;

    #[test]
    fn what_is_repeated_exists_and_repeats_nothing() {
        let all = Corpus::built_in().unwrap().scenarios;
        let find = |id: &str| all.iter().find(|one| one.id == id);
        let mut pairs = 0;
        for scenario in &all {
            for id in &scenario.repeats {
                let other = find(id).unwrap_or_else(|| panic!("{}: no `{id}`", scenario.id));
                assert!(other.repeats.is_empty(), "{}: `{id}` repeats others itself", scenario.id);
                assert_eq!(other.dialects, scenario.dialects, "{}: `{id}`", scenario.id);
                pairs += 1;
            }
        }
        assert!(pairs > 0);
    }
}
