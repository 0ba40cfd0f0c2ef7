//! All engines must say the same before anybody is timed.

use crate::engine::Engine;
use crate::engines::Provisor;
use crate::facts::Facts;
use crate::scenario::{Assignment, DEFAULT, Scenario};

/// The winner of each person by the plainest reading of the rules: the first that matches.
pub fn expected(scenario: &Scenario) -> Vec<&str> {
    let winner = |facts: Facts<'_>| {
        scenario
            .assignments
            .iter()
            .find(|one| matches(one, &facts))
            .map_or(DEFAULT, |one| &*one.name)
    };
    scenario.people.iter().map(|person| winner(Facts::from_tree(&person.tree))).collect()
}

/// Panics unless an engine names the expected winner of each person, read from the tree and from
/// the text, and decided twice from the same input.
pub fn assert_agrees<E: Engine>(scenario: &Scenario, expected: &[&str]) {
    let mut engine = E::new(scenario);
    let mut input = engine.blank();
    for (number, (person, expected)) in scenario.people.iter().zip(expected).enumerate() {
        for from in ["tree", "text"] {
            match from {
                "tree" => engine.read_tree(&person.tree, &mut input),
                _ => engine.read_text(&person.text, &mut input),
            }
            for _ in 0..2 {
                engine.decide(&input, |winner| {
                    assert_eq!(winner, *expected, "{}: person {number} from {from}", E::NAME);
                });
            }
        }
    }
}

/// Panics unless Provisor's decision is what the winner gives: seats, workspaces and capture.
pub fn assert_outcomes(scenario: &Scenario, expected: &[&str]) {
    let engine = Provisor::new(scenario);
    let mut person = engine.blank();
    for (user, winner) in scenario.people.iter().zip(expected) {
        engine.read_text(&user.text, &mut person);
        assert_eq!(engine.outcome(&person), scenario.outcome(winner), "outcome of {winner}");
    }
}

fn matches(assignment: &Assignment, facts: &Facts<'_>) -> bool {
    facts.groups().any(|group| group == assignment.group)
        && assignment.attributes.is_none_or(|(department, title)| {
            facts.department() == department && facts.title.starts_with(title)
        })
}
