//! Scenarios that no server can pass together: what a provider wishes against the letter of the
//! RFCs, or against what another one wishes. Each is judged by itself; the report names the pair.

use crate::report::{Entry, Verdict};
use crate::scenario::Scenario;

/// Two scenarios, each with those by whose wishes it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contradiction {
    one: Side,
    other: Side,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Side {
    id: String,
    by: String,
}

/// The contradictions of which both sides are played.
pub(super) fn among(scenarios: &[Scenario]) -> Vec<Contradiction> {
    let find = |id: &str| scenarios.iter().find(|scenario| scenario.id == id);
    let pairs = scenarios.iter().flat_map(|one| {
        let others = one.contradicts.iter().filter_map(|id| find(id));
        others.map(|other| Contradiction { one: Side::of(one), other: Side::of(other) })
    });
    pairs.collect()
}

impl Side {
    fn of(scenario: &Scenario) -> Self {
        let by = match scenario.dialects.as_slice() {
            [] => "the letter of the RFCs".to_owned(),
            dialects => dialects.join(" and "),
        };
        Self { id: scenario.id.clone(), by }
    }

    fn told(&self, entries: &[Entry]) -> String {
        let verdict = entries.iter().find(|entry| entry.id == self.id).map(|entry| entry.verdict);
        let verdict = verdict.map_or("not played", Verdict::as_str);
        format!("{} by {} ({verdict})", self.id, self.by)
    }
}

impl Contradiction {
    /// In one line, with what was found of both sides; none where nothing is known of either.
    pub(super) fn told(&self, entries: &[Entry]) -> Option<String> {
        let known = |side: &Side| {
            entries.iter().any(|entry| entry.id == side.id && entry.verdict.is_answer())
        };
        (known(&self.one) || known(&self.other)).then(|| {
            format!(
                "no server passes both: {}, and {}",
                self.one.told(entries),
                self.other.told(entries)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Corpus;
    use crate::run::{Endpoint, Outcome};
    use crate::select::Selection;

    #[test]
    fn whoever_makes_what_is_missing_refuses_nothing() {
        let all = Corpus::built_in().unwrap().scenarios;
        let letter = Selection::default().of(all.clone()).unwrap();
        assert_eq!(among(&letter), [], "the RFCs alone do not contradict one another");
        let entra = Selection { dialects: vec!["entra".to_owned()], ..Selection::default() };
        let pairs = among(&entra.of(all.clone()).unwrap());
        let told = |entries: &[Entry]| {
            pairs.iter().filter_map(|one| one.told(entries)).collect::<Vec<_>>()
        };
        assert_eq!(told(&[]), Vec::<String>::new(), "nothing is known");
        let scenario = all.iter().find(|one| one.id == "rfc7644/3.5.2.3-replace/nothing-matches");
        let outcome = Outcome::skip("for a test".to_owned());
        let endpoint = Endpoint::new("http://127.0.0.1");
        let mut entry = outcome.entry(scenario.unwrap(), &endpoint);
        assert_eq!(told(std::slice::from_ref(&entry)), Vec::<String>::new(), "nor of this");
        entry.verdict = Verdict::Fail;
        assert_eq!(
            told(&[entry]),
            ["no server passes both: dialects/entra/value-of-a-type-that-is-not-there by entra \
              (not played), and rfc7644/3.5.2.3-replace/nothing-matches by the letter of the RFCs \
              (fail)"]
        );
    }

    #[test]
    fn what_is_contradicted_exists() {
        let all = Corpus::built_in().unwrap().scenarios;
        for scenario in &all {
            for id in &scenario.contradicts {
                assert!(all.iter().any(|one| one.id == *id), "{}: no scenario `{id}`", scenario.id);
            }
        }
    }
}
