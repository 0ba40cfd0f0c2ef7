//! Any text as a timeline: what is read is written and read back, and playing it under two small
//! rule sets never panics, tells every change, refusal and drift, keeps records that can be stored,
//! leaves the state alone after an error, and does nothing when the same event comes again.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::decide::{Groups, Membership, Person, RuleSet};
use provisor::reconcile::timeline::{self, MemberGroup, Simulation, Step, Told};
use provisor::reconcile::{Brake, Context, Event, HandEdit, Record, Target, reconcile};
use provisor::rules::build::build_text;
use serde_json::{Map, Value};

/// As many steps of one timeline are played.
const STEPS: usize = 48;
/// A timeline with more people is not played: a step can concern everybody.
const PEOPLE: usize = 32;

static FIRST: LazyLock<RuleSet> = LazyLock::new(|| rules(include_str!("timeline.first.rules")));
static SECOND: LazyLock<RuleSet> = LazyLock::new(|| rules(include_str!("timeline.second.rules")));

fn rules(text: &str) -> RuleSet {
    let built = build_text("timeline.rules", text);
    built.rules.unwrap_or_else(|| panic!("{:?}", built.diagnostics))
}

fuzz_target!(|text: &str| {
    let Ok(timeline) = timeline::parse(text) else { return };
    let written = serde_json::to_string(&timeline).expect("a timeline is JSON");
    assert_eq!(timeline::parse(&written).ok(), Some(timeline.clone()));
    if timeline.people.len() > PEOPLE {
        return;
    }
    let mut rules = &*FIRST;
    let mut simulation = Simulation::new(&timeline);
    for step in timeline.events.iter().take(STEPS) {
        if let Step::Rules(_) = step {
            rules = if std::ptr::eq(rules, &*FIRST) { &*SECOND } else { &*FIRST };
        }
        play(&mut simulation, rules, step);
    }
});

fn play(simulation: &mut Simulation, rules: &RuleSet, step: &Step) {
    let context = Context::new(&rules.model().catalogue, &rules.model().settings);
    let before = simulation.people().clone();
    let mut targets = Vec::new();
    let told = simulation.step(&context, step, &mut |user, groups| {
        let target = decide(rules, user, groups);
        targets.push(target.clone());
        target
    });
    match told {
        Ok(told) => check(&context, step, &told, &targets),
        Err(_) => assert_eq!(*simulation.people(), before, "an error changes the state"),
    }
}

fn check(context: &Context<'_>, step: &Step, told: &Told, targets: &[Target]) {
    assert_eq!(told.answers.len(), targets.len());
    for ((_, answer), target) in told.answers.iter().zip(targets) {
        assert!(answer.changes.iter().all(|change| !change.to_string().is_empty()));
        assert!(answer.refusals.iter().all(|refusal| !refusal.to_string().is_empty()));
        assert!(answer.held.iter().all(|held| !held.to_string().is_empty()));
        assert!(answer.drift.iter().all(|drift| !drift.to_string().is_empty()));
        assert!(answer.notes.iter().all(|note| !note.to_string().is_empty()));
        if let Some(record) = &answer.record {
            let stored = serde_json::to_string(record).expect("a record is JSON");
            assert_eq!(serde_json::from_str::<Record>(&stored).ok().as_ref(), Some(record));
        }
        if let Some(event) = event(step) {
            let again = reconcile(context, answer.record.as_ref(), &event, target);
            assert!(again.changes.is_empty(), "twice changes something: {:?}", again.changes);
            assert_eq!(again.record, answer.record, "twice differs");
            let _ = Brake::hold(context, answer.record.as_ref(), again);
        }
    }
}

/// What a step is to each person whom it concerns.
fn event(step: &Step) -> Option<Event> {
    Some(match step {
        Step::Note(_) => return None,
        Step::Create(_) => Event::Created,
        Step::Adopt { has, .. } => Event::Adopted(has.clone()),
        Step::Update { .. } | Step::Deactivate(_) | Step::Reactivate(_) => Event::Updated,
        Step::ChangeGroups { .. } => Event::GroupsChanged,
        Step::Edit(edit) => Event::HandEdit(HandEdit { by: edit.by, set: edit.set.clone() }),
        Step::Delete(_) => Event::Deleted,
        Step::DeleteGroup(_) => Event::GroupDeleted,
        Step::RenameGroup { former_name_listed, .. } => {
            Event::GroupRenamed { former_name_listed: *former_name_listed }
        }
        Step::Rules(_) => Event::RulesChanged,
        Step::Apply(_) => Event::Apply,
        Step::Confirm(_) => Event::Confirm,
    })
}

fn decide(rules: &RuleSet, user: &Map<String, Value>, groups: &[MemberGroup]) -> Target {
    let memberships: Vec<Membership> = groups
        .iter()
        .map(|group| {
            let mut membership = Membership::named(&group.name);
            membership.id.clone_from(&group.id);
            membership.external_id.clone_from(&group.external_id);
            membership.former_names.clone_from(&group.former_names);
            membership.deleted = group.deleted;
            membership
        })
        .collect();
    let mut person = Person::new();
    let user = Value::Object(user.clone());
    person.read_value(rules, &user, Groups::Given(&memberships)).expect("an object");
    rules.decide(&person).target()
}
