//! What holds for all rules and all people.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use provisor::decide::{Directory, Groups, Membership, Person, RuleSet};
use provisor::json::Json;
use provisor::rules::model::{AttributeId, CaptureId, Model, ProfileId, SeatId, ValueId};
use serde_json::{Value, json};

use super::naive;
use super::random;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() }
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

/// What stands.
#[derive(Debug, PartialEq)]
struct Standing {
    seats: BTreeSet<SeatId>,
    captures: BTreeSet<CaptureId>,
    ranks: Vec<Option<u32>>,
}

impl Standing {
    fn of(model: &Model, user: &Value) -> Self {
        let rules = random::compile(model);
        let person = read(&rules, user, None);
        let decision = rules.decide(&person);
        let rank = |id: ProfileId| model.catalogue.profiles[id.index()].rank.unwrap();
        Self {
            seats: decision.seats().map(|(id, _)| id).collect(),
            captures: decision.captures().map(|(id, _)| id).collect(),
            ranks: decision.workspaces().map(|(_, _, profile)| profile.map(rank)).collect(),
        }
    }

    /// Whether everything of the other stands here too.
    fn covers(&self, other: &Self) -> bool {
        self.seats.is_superset(&other.seats)
            && self.captures.is_superset(&other.captures)
            && self.ranks.iter().zip(&other.ranks).all(|(mine, theirs)| mine >= theirs)
    }
}

fn vetoes(model: &Model, captures: &[CaptureId]) -> bool {
    captures.iter().any(|id| model.catalogue.captures[id.index()].is_veto())
}

/// A model, and a user that is active.
fn case() -> impl Strategy<Value = (Model, Value)> {
    (random::model(), random::user()).prop_map(|(model, mut user)| {
        user["active"] = Value::Null;
        (model, user)
    })
}

/// Everything that was read.
fn dump(model: &Model, person: &Person) -> String {
    let mut text = format!("{:?}\n", person.identity());
    for (a, attribute) in model.attributes.iter().enumerate() {
        for v in 0..attribute.values.len() {
            let (a, v) = (AttributeId(a as u32), ValueId(v as u32));
            text += &format!("{:?}\n", person.values(a, v).collect::<Vec<_>>());
        }
    }
    for group in person.groups() {
        text += &format!(
            "{:?} {:?} {:?} {:?} {}\n",
            group.name(),
            group.id(),
            group.external_id(),
            group.reference(),
            group.is_direct()
        );
    }
    text
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

    #[test]
    fn the_order_of_grants_and_nevers_does_not_matter((model, user) in case(), turn in 0..4_usize) {
        let mut turned = model.clone();
        let by = turn.checked_rem(model.grants.len()).unwrap_or(0);
        turned.grants.rotate_left(by);
        turned.nevers.reverse();
        prop_assert_eq!(Standing::of(&turned, &user), Standing::of(&model, &user));
    }

    #[test]
    fn a_grant_takes_nothing_away_unless_it_gives_a_veto(
        (model, user) in case(),
        grant in random::grant(),
    ) {
        prop_assume!(!vetoes(&model, &grant.captures));
        let mut more = model.clone();
        more.grants.push(grant);
        random::name(&mut more);
        let (before, after) = (Standing::of(&model, &user), Standing::of(&more, &user));
        prop_assert!(after.covers(&before), "{before:?} {after:?}");
    }

    /// Step 5c drops what cannot be lowered, so this needs profiles of which none requires what a
    /// higher one does not; see `a_lower_ceiling_can_leave_more_where_a_lower_profile_needs_more`.
    #[test]
    fn a_never_adds_nothing_unless_it_names_a_veto(
        (mut model, user) in case(),
        never in random::never(),
    ) {
        prop_assume!(!vetoes(&model, &never.captures));
        model.catalogue.profiles[2].requires.clear();
        let mut more = model.clone();
        more.nevers.push(never);
        random::name(&mut more);
        let (before, after) = (Standing::of(&model, &user), Standing::of(&more, &user));
        prop_assert!(before.covers(&after), "{before:?} {after:?}");
    }

    #[test]
    fn nothing_stands_beside_a_veto_that_excludes_it((model, user) in case()) {
        let standing = Standing::of(&model, &user);
        for veto in &standing.captures {
            let excluded = &model.catalogue.captures[veto.index()].excludes;
            prop_assert!(excluded.iter().all(|item| !standing.captures.contains(item)));
        }
    }

    #[test]
    fn what_is_forbidden_does_not_stand((model, user) in case()) {
        let rules = random::compile(&model);
        let person = read(&rules, &user, None);
        let decision = rules.decide(&person);
        let standing = Standing::of(&model, &user);
        for never in decision.nevers() {
            prop_assert!(never.seats.iter().all(|seat| !standing.seats.contains(seat)));
            prop_assert!(never.captures.iter().all(|item| !standing.captures.contains(item)));
            for (workspace, top) in &never.workspaces {
                let top = top.map(|top| model.catalogue.profiles[top.index()].rank.unwrap());
                prop_assert!(standing.ranks[workspace.index()] <= top);
            }
        }
    }

    #[test]
    fn the_same_person_gives_the_same_bytes(
        model in random::model(),
        users in prop::collection::vec(random::user(), 2..5),
    ) {
        let (one, other) = (random::compile(&model), random::compile(&model));
        let mut reused = Person::new();
        for user in &users {
            reused.read_value(&one, user, Groups::Own).unwrap();
            let fresh = read(&other, user, None);
            let bytes = serde_json::to_string(&one.explain(&reused)).unwrap();
            prop_assert_eq!(bytes, serde_json::to_string(&other.explain(&fresh)).unwrap());
        }
    }

    #[test]
    fn every_way_of_reading_gives_the_same_person(
        model in random::model(),
        user in random::user(),
        given in random::memberships(),
    ) {
        let rules = random::compile(&model);
        let groups = given.as_deref().map_or(Groups::Own, Groups::Given);
        let text = user.to_string();
        let json: Json = text.parse().unwrap();
        let mut people = [Person::new(), Person::new(), Person::new()];
        people[0].read_value(&rules, &user, groups).unwrap();
        people[1].read_value(&rules, &json, groups).unwrap();
        people[2].read_bytes(&rules, text.as_bytes(), groups).unwrap();
        let all = people.each_ref().map(|person| {
            let report = serde_json::to_string(&rules.decide(person).report()).unwrap();
            (dump(&model, person), report)
        });
        prop_assert_eq!(&all[0], &all[1]);
        prop_assert_eq!(&all[0], &all[2]);
    }

    #[test]
    fn what_explains_a_rule_is_what_decided_it(
        model in random::model(),
        user in random::user(),
        given in random::memberships(),
    ) {
        let rules = random::compile(&model);
        let person = read(&rules, &user, given.as_deref());
        let decision = rules.decide(&person);
        let explained = rules.explain(&person);
        let matched: BTreeSet<_> = decision
            .winner()
            .into_iter()
            .chain(decision.also_matching())
            .map(|rule| &rule.head)
            .chain(decision.grants().map(|rule| &rule.head))
            .chain(decision.nevers().map(|rule| &rule.head))
            .map(|head| head.name.as_str())
            .collect();
        for trace in &explained.rules {
            let held = trace.matches.held && !trace.except.as_ref().is_some_and(|e| e.held);
            prop_assert_eq!(held, matched.contains(trace.name), "{:#?}", trace);
            prop_assert_eq!(held, trace.matched);
        }
        let traced: BTreeSet<_> = explained.rules.iter().map(|rule| rule.name).collect();
        prop_assert!(traced.is_superset(&matched));
    }

    #[test]
    fn no_bytes_make_reading_or_deciding_fail_otherwise_than_with_an_error(
        model in random::model(),
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(\\{|\\}|\\[|\\]|,|:|\"title\"|\"groups\"|null|1|\"a\"){0,30}".prop_map(String::into_bytes),
        ],
    ) {
        let rules = random::compile(&model);
        let mut person = Person::new();
        if person.read_bytes(&rules, &bytes, Groups::Own).is_err() {
            prop_assert_eq!(person.identity(), Default::default());
        }
        rules.explain(&person);
    }

    #[test]
    fn a_directory_finds_whoever_is_reachable(
        edges in prop::collection::vec((0..6_usize, 0..8_usize), 0..14),
        deleted in prop::collection::vec(prop::bool::weighted(0.2), 6),
    ) {
        // Members 0 to 5 are groups, 6 and 7 are people.
        let mut directory = Directory::new();
        let name = |member: usize| if member < 6 { format!("g{member}") } else { format!("u{member}") };
        for (group, deleted) in deleted.iter().enumerate() {
            let members: Vec<_> = edges.iter().filter(|(g, _)| *g == group).collect();
            let members = members.iter().map(|(_, member)| json!({ "value": name(*member) }));
            let resource = json!({ "id": name(group), "members": members.collect::<Vec<_>>() });
            if *deleted {
                directory.add_deleted(&resource).unwrap();
            } else {
                directory.add(&resource).unwrap();
            }
        }
        let reach = |with_deleted: bool| {
            let mut reached = BTreeSet::from([6]);
            loop {
                let more: Vec<_> = edges
                    .iter()
                    .filter(|(group, _)| with_deleted || !deleted[*group])
                    .filter(|(group, member)| reached.contains(member) && !reached.contains(group))
                    .map(|(group, _)| *group)
                    .collect();
                if more.is_empty() {
                    return reached;
                }
                reached.extend(more);
            }
        };
        let (live, all) = (reach(false), reach(true));
        let expected: Vec<_> = all.iter().filter(|member| **member < 6).map(|group| Membership {
            id: Some(name(*group)),
            direct: edges.contains(&(*group, 6)),
            deleted: !live.contains(group),
            ..Membership::default()
        }).collect();
        prop_assert_eq!(directory.memberships("u6"), expected);
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
