//! After any events the stored record is what replaying the same events through the library
//! gives, with every decision made from the whole state.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use provisor::decide::{Groups, Membership, Person, RuleSet};
use provisor::reconcile::{Context, Event, Record, Target, reconcile};
use provisor::rules::build::build_text;
use provisor_server::id::Id;
use serde_json::{Value, json};

use super::entitlements_happen::RULES;
use super::world::World;

const NAMES: [&str; 4] = ["Sales", "Pilot", "Others", "Sales"];

#[derive(Debug, Clone)]
enum Step {
    Create { contractor: bool },
    Update { user: usize, active: bool, contractor: bool },
    Delete { user: usize },
    Group { name: usize },
    Join { group: usize, user: usize },
    Leave { group: usize, user: usize },
    DeleteGroup { group: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let flag = any::<bool>;
    prop_oneof![
        2 => flag().prop_map(|contractor| Step::Create { contractor }),
        3 => (0..4_usize, flag(), flag())
            .prop_map(|(user, active, contractor)| Step::Update { user, active, contractor }),
        1 => (0..4_usize).prop_map(|user| Step::Delete { user }),
        2 => (0..NAMES.len()).prop_map(|name| Step::Group { name }),
        6 => (0..3_usize, 0..4_usize).prop_map(|(group, user)| Step::Join { group, user }),
        3 => (0..3_usize, 0..4_usize).prop_map(|(group, user)| Step::Leave { group, user }),
        1 => (0..3_usize).prop_map(|group| Step::DeleteGroup { group }),
    ]
}

/// The naive model: everything in maps, one event after another.
#[derive(Default)]
struct Model {
    users: BTreeMap<Id, (Value, Option<Record>)>,
    groups: BTreeMap<Id, Group>,
}

struct Group {
    name: &'static str,
    members: BTreeSet<Id>,
    deleted: bool,
}

impl Model {
    fn target(&self, rules: &RuleSet, id: Id) -> Target {
        let memberships: Vec<Membership> = self
            .groups
            .iter()
            .filter(|(_, group)| group.members.contains(&id))
            .map(|(_, group)| {
                let membership = Membership::named(group.name);
                if group.deleted { membership.deleted() } else { membership }
            })
            .collect();
        let mut person = Person::new();
        person.read_value(rules, &self.users[&id].0, Groups::Given(&memberships)).unwrap();
        rules.decide(&person).target()
    }

    fn event(&mut self, rules: &RuleSet, id: Id, event: &Event) {
        let target = self.target(rules, id);
        let model = rules.model();
        let context = Context::new(&model.catalogue, &model.settings);
        let record = &mut self.users.get_mut(&id).unwrap().1;
        *record = reconcile(&context, record.as_ref(), event, &target).record;
    }
}

fn nth<T: Copy + Ord, V>(map: &BTreeMap<T, V>, number: usize) -> Option<T> {
    map.keys().nth(number).copied()
}

fn body(id: usize, active: bool, contractor: bool) -> Value {
    let kind = if contractor { "Contractor" } else { "Employee" };
    json!({ "userName": format!("user-{id}"), "active": active, "userType": kind })
}

async fn play(steps: &[Step]) {
    let world = World::new();
    world.rules(RULES).await;
    let rules = build_text("sales.rules", RULES).rules.unwrap();
    let mut model = Model::default();
    for (number, step) in steps.iter().enumerate() {
        match *step {
            Step::Create { contractor } if model.users.len() < 4 => {
                let body = body(number, true, contractor);
                let id = world.create(body.clone()).await;
                model.users.insert(id, (body, None));
                model.event(&rules, id, &Event::Created);
            }
            Step::Update { user, active, contractor } => {
                let Some(id) = nth(&model.users, user) else { continue };
                let body = body(number, active, contractor);
                world.update(id, body.clone()).await;
                model.users.get_mut(&id).unwrap().0 = body;
                model.event(&rules, id, &Event::Updated);
            }
            Step::Delete { user } => {
                let Some(id) = nth(&model.users, user) else { continue };
                world.delete(id).await;
                model.users.remove(&id);
                for group in model.groups.values_mut() {
                    group.members.remove(&id);
                }
                assert_eq!(world.record(id).await, None);
            }
            Step::Group { name } if model.groups.len() < 3 => {
                let id = world.group(NAMES[name]).await;
                let (name, members) = (NAMES[name], BTreeSet::new());
                model.groups.insert(id, Group { name, members, deleted: false });
            }
            Step::Join { group, user } => {
                let pair = nth(&model.groups, group).zip(nth(&model.users, user));
                let Some((group, user)) = pair else { continue };
                let known = model.groups.get_mut(&group).unwrap();
                if known.deleted || !known.members.insert(user) {
                    continue;
                }
                world.join(group, &[user]).await;
                model.event(&rules, user, &Event::GroupsChanged);
            }
            Step::Leave { group, user } => {
                let pair = nth(&model.groups, group).zip(nth(&model.users, user));
                let Some((group, user)) = pair else { continue };
                let known = model.groups.get_mut(&group).unwrap();
                if known.deleted || !known.members.remove(&user) {
                    continue;
                }
                world.leave(group, &[user]).await;
                model.event(&rules, user, &Event::GroupsChanged);
            }
            Step::DeleteGroup { group } => {
                let Some(id) = nth(&model.groups, group) else { continue };
                let known = model.groups.get_mut(&id).unwrap();
                if std::mem::replace(&mut known.deleted, true) {
                    continue;
                }
                let people = known.members.clone();
                world.delete_group(id).await;
                for user in people {
                    model.event(&rules, user, &Event::GroupDeleted);
                }
            }
            Step::Create { .. } | Step::Group { .. } => {}
        }
        for (id, (_, record)) in &model.users {
            assert_eq!(world.record(*id).await.as_ref(), record.as_ref(), "after {step:?}");
        }
    }
}

#[test]
fn any_events_leave_the_record_that_the_library_makes_of_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
    runner
        .run(&prop::collection::vec(step(), 1..40), |steps| {
            runtime.block_on(play(&steps));
            Ok(())
        })
        .unwrap();
}
