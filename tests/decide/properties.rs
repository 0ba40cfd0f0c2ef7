//! What holds for all rules and all people.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use provisor::decide::{Groups, Membership, Person, RuleSet};
use provisor::rules::model::Model;
use serde_json::Value;

use super::naive;
use super::random;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() }
}

fn read(rules: &RuleSet, user: &Value, groups: Option<&[Membership]>) -> Person {
    let mut person = Person::new();
    let groups = groups.map_or(Groups::Own, Groups::Given);
    person.read_value(rules, user, groups).unwrap();
    person
}

/// The report without what the naive evaluator does not work out.
fn report(rules: &RuleSet, person: &Person) -> Value {
    let mut report = serde_json::to_value(rules.decide(person).report()).unwrap();
    let members = report.as_object_mut().unwrap();
    members.remove("user");
    members.remove("notes");
    if let Some(assignment) = members.get_mut("assignment").and_then(Value::as_object_mut) {
        assignment.remove("place");
    }
    report
}

fn check_indexed_equals_naive(model: &Model, user: &Value, groups: Option<&[Membership]>) {
    let rules = random::compile(model);
    let person = read(&rules, user, groups);
    let expected = naive::decide(model, user, groups);
    let found = report(&rules, &person);
    assert_eq!(found, expected, "\nuser {user:#}\ngroups {groups:#?}");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_indexed_evaluator_equals_the_naive_one(
        model in random::model(),
        users in prop::collection::vec((random::user(), random::memberships()), 1..6),
    ) {
        for (user, groups) in &users {
            check_indexed_equals_naive(&model, user, groups.as_deref());
        }
    }
}

#[test]
fn the_random_world_reaches_every_end() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..600 {
        let mut one = |strategy: &BoxedStrategy<(Model, Value)>| {
            strategy.new_tree(&mut runner).unwrap().current()
        };
        let (model, user) = one(&(random::model(), random::user()).boxed());
        let report = naive::decide(&model, &user, None);
        if report["deactivated"] == true {
            reached.insert("deactivated".to_owned());
            continue;
        }
        reached.insert(format!("default {}", report["assignment"]["default"]));
        for dropped in report["dropped"].as_array().unwrap() {
            let text = |key: &str| dropped[key].as_str().unwrap_or("").to_owned();
            let lowered = if dropped["loweredTo"].is_null() { "" } else { " lower" };
            reached.insert(format!("{} {}{lowered}", text("kind"), text("cause")));
        }
        for list in ["alsoMatched", "grants", "nevers"] {
            if report[list].as_array().unwrap().len() > 1 {
                reached.insert(format!("several {list}"));
            }
        }
    }
    let reached: Vec<_> = reached.iter().map(String::as_str).collect();
    assert_eq!(
        reached,
        [
            "capture removed",
            "capture vetoed",
            "capture withheld",
            "deactivated",
            "default false",
            "default true",
            "profile lowered lower",
            "profile removed",
            "profile withheld",
            "profile withheld lower",
            "seat removed",
            "seat withheld",
            "several alsoMatched",
            "several grants",
            "several nevers",
        ]
    );
}
