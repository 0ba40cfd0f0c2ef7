//! What earlier steps should have left and did not is put there by the judge, so that one fault
//! does not hide the others. A source cannot know of it unless it looks: what does not arrive
//! after that, and was never tried, is blocked by the earlier step.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::prepare::{Moved, anew};
use crate::action::{Group, Person, Step};
use crate::exchange::Exchange;
use crate::judgement::value;
use crate::provider::{Inside, State};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Members of a group beyond which it is left as it is.
const MANY: usize = 50;

/// What is known of people and groups of the plan, and what the judge put right.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// The ids of people, by their names in the plan.
    people: BTreeMap<String, String>,
    /// People as they were last, by their names in the plan.
    seen: BTreeMap<String, Value>,
    /// The ids of people whom the judge made and the source has not touched, as they were made.
    fresh: BTreeMap<String, Value>,
    /// The ids of groups.
    groups: BTreeMap<String, String>,
    /// The last step that was about somebody or something and did not arrive.
    failed: BTreeMap<String, usize>,
    /// The ids of what the judge put right, with the step that is to blame.
    made: BTreeMap<String, usize>,
    /// The ids of people of whom it put right no more than whether they are active. Who comes into
    /// a group or leaves it does not hang on that.
    switched: BTreeSet<String>,
}

impl Repairs {
    /// Puts there what a step takes for granted.
    pub(super) async fn before(&mut self, inside: &Inside, step: &Step, number: usize) {
        let keys = people_of(step);
        let people = keys.iter().filter_map(|key| step.before.people.get_key_value(key));
        let people: Vec<(&String, &Person)> = people.collect();
        if !people.is_empty() {
            let state = inside.state().await;
            for (key, person) in people {
                self.person(inside, &state, key, person, step, number).await;
            }
        }
        let group = step.group.as_ref().and_then(|key| step.before.groups.get_key_value(key));
        if let Some((key, group)) = group {
            // With the people who were missing.
            let state = inside.state().await;
            self.group(inside, &state, key, group, step, number).await;
        }
    }

    /// Somebody has another id since.
    pub(super) fn moved(&mut self, moved: &Moved) {
        let Some(id) = value(&moved.user, "id") else { return };
        for own in self.people.values_mut().filter(|own| **own == moved.from) {
            own.clone_from(&id);
        }
        if let Some(cause) = self.made.remove(&moved.from) {
            self.made.insert(id.clone(), cause);
        }
        if self.fresh.remove(&moved.from).is_some() {
            self.fresh.insert(id, moved.user.clone());
        }
    }

    /// The ids of what a step is about and the judge put right, now or before, with the steps that
    /// are to blame.
    pub(super) fn put_right(&self, step: &Step) -> BTreeMap<String, usize> {
        let changed = step.person.iter().cloned().chain(moved(step));
        let people = changed.filter_map(|key| self.people.get(&key));
        let people = people.filter(|id| step.person.is_some() || !self.switched.contains(*id));
        let groups = step.group.iter().filter_map(|key| self.groups.get(key));
        let own = people.chain(groups);
        own.filter_map(|id| Some((id.clone(), *self.made.get(id)?))).collect()
    }

    /// Remembers where things are, and which step is to blame if this one did not arrive.
    pub(super) fn after(
        &mut self,
        step: &Step,
        exchanges: &[Exchange],
        after: &State,
        to_blame: Option<usize>,
    ) {
        // What the source changed it has found: from now on it is as if it had made it itself.
        self.made.retain(|id, _| !tried(id, exchanges));
        for key in people_of(step) {
            let person = step.after.people.get(&key);
            let found = person.and_then(|person| after.person(&person.user_name));
            let Some((id, user)) = found else { continue };
            if self.fresh.get(id).is_some_and(|made| made != user) {
                self.fresh.remove(id);
            }
            self.people.insert(key.clone(), id.clone());
            self.seen.insert(key, user.clone());
        }
        for (key, group) in step.group.iter().filter_map(|key| step.after.groups.get_key_value(key))
        {
            if let Some((id, _)) = after.groups_named(&group.display_name).first() {
                self.groups.insert(key.clone(), (*id).clone());
            }
        }
        for key in step.person.iter().chain(&step.group) {
            match to_blame {
                Some(number) => self.failed.insert(key.clone(), number),
                None => self.failed.remove(key),
            };
        }
    }

    /// The ids of people whom the judge made and the source has not touched yet: whatever it
    /// writes of them is new.
    pub(super) fn fresh(&self) -> BTreeSet<String> {
        self.fresh.keys().cloned().collect()
    }

    async fn person(
        &mut self,
        inside: &Inside,
        state: &State,
        key: &str,
        person: &Person,
        step: &Step,
        number: usize,
    ) {
        let known = self.people.get(key).filter(|id| state.users.contains_key(*id));
        let found = known.or_else(|| state.person(&person.user_name).map(|(id, _)| id)).cloned();
        let Some(id) = found else {
            // As the source left them, if they were there; a title may have changed since.
            let again = self.seen.get(key).map(|user| {
                let mut user = anew(user);
                if let Some(object) = user.as_object_mut() {
                    object.insert("active".to_owned(), person.active.into());
                }
                user
            });
            let whole = again.clone().unwrap_or_else(|| resource(person, step.by_hand));
            let made = inside.create("/Users", &whole).await;
            if let Some(id) = value(&made, "id") {
                if again.is_none() {
                    self.fresh.insert(id.clone(), made);
                }
                self.people.insert(key.to_owned(), id.clone());
                self.switched.remove(&id);
                self.blame(id, key, number);
            }
            return;
        };
        let active = |user: &Value| user.get("active").and_then(Value::as_bool).unwrap_or(true);
        let own = step.person.as_deref() == Some(key);
        if own && state.users.get(&id).is_some_and(|user| active(user) != person.active) {
            inside.change("/Users", &id, json!({ "active": person.active })).await;
            if !self.made.contains_key(&id) {
                self.switched.insert(id.clone());
            }
            self.blame(id.clone(), key, number);
        }
        self.people.insert(key.to_owned(), id);
    }

    async fn group(
        &mut self,
        inside: &Inside,
        state: &State,
        key: &str,
        group: &Group,
        step: &Step,
        number: usize,
    ) {
        if group.members.len() > MANY {
            return;
        }
        let ids = group.members.iter().filter_map(|name| state.person(name));
        let ids: BTreeSet<&str> = ids.map(|(id, _)| id.as_str()).collect();
        let members: Vec<Value> = ids.iter().map(|id| json!({ "value": id })).collect();
        let known = self.groups.get(key).filter(|id| state.groups.contains_key(*id)).cloned();
        let named = || state.groups_named(&group.display_name).first().map(|(id, _)| (*id).clone());
        let Some(id) = known.or_else(named) else {
            let resource = json!({
                "schemas": [GROUP],
                "displayName": group.display_name,
                "externalId": (!step.by_hand).then_some(&group.external_id),
                "members": members,
            });
            let made = inside.create("/Groups", &resource).await;
            if let Some(id) = value(&made, "id") {
                self.groups.insert(key.to_owned(), id.clone());
                self.blame(id, key, number);
            }
            return;
        };
        let Some(is) = state.groups.get(&id) else { return };
        let has = is.get("members").and_then(Value::as_array).into_iter().flatten();
        let has: BTreeSet<&str> = has.filter_map(|one| one.get("value")?.as_str()).collect();
        let same_name = value(is, "displayName").as_ref() == Some(&group.display_name);
        if has != ids || !same_name {
            let whole = json!({ "displayName": group.display_name, "members": members });
            inside.change("/Groups", &id, whole).await;
            self.blame(id.clone(), key, number);
        }
        self.groups.insert(key.to_owned(), id);
    }

    fn blame(&mut self, id: String, key: &str, number: usize) {
        let cause = self.failed.get(key).copied().unwrap_or_else(|| number.saturating_sub(1));
        self.made.insert(id, cause);
    }
}

/// The step that is to blame, if what the judge put right was never tried to be changed.
pub(super) fn blocked(own: &BTreeMap<String, usize>, exchanges: &[Exchange]) -> Option<usize> {
    own.iter().filter(|(id, _)| !tried(id, exchanges)).map(|(_, cause)| *cause).max()
}

/// Whether a request that asks for a change names somebody or something.
fn tried(id: &str, exchanges: &[Exchange]) -> bool {
    let mut writes = exchanges.iter().map(|one| &one.request).filter(|one| one.is_write());
    writes.any(|one| one.target.contains(id) || one.body.text().contains(id))
}

/// The people whom a step takes for granted: its own, and those who are or come into its group.
fn people_of(step: &Step) -> Vec<String> {
    let mut keys: Vec<String> = step.person.iter().cloned().collect();
    let key = step.group.as_ref();
    let groups = [&step.before, &step.after];
    let groups = groups.into_iter().filter_map(|world| world.groups.get(key?));
    let names: BTreeSet<&String> = groups.flat_map(|group| &group.members).collect();
    if names.len() <= MANY {
        keys.extend(names.into_iter().filter_map(|name| key_of(step, name)));
    }
    keys
}

/// Those who come into the group of a step or leave it.
fn moved(step: &Step) -> Vec<String> {
    let members = |world: &crate::action::World| {
        let group = step.group.as_ref().and_then(|key| world.groups.get(key));
        group.map(|group| group.members.clone()).unwrap_or_default()
    };
    // One that is deleted is deleted whoever is in it.
    let gone = step.group.as_ref().is_some_and(|key| !step.after.groups.contains_key(key));
    let (before, after) = (members(&step.before), members(&step.after));
    let moved = before.symmetric_difference(&after).filter(|_| !gone);
    moved.filter_map(|name| key_of(step, name)).collect()
}

fn key_of(step: &Step, name: &str) -> Option<String> {
    let people = step.before.people.iter().chain(&step.after.people);
    people.into_iter().find(|(_, person)| person.user_name == name).map(|(key, _)| key.clone())
}

fn resource(person: &Person, by_hand: bool) -> Value {
    json!({
        "schemas": [CORE, ENTERPRISE],
        "externalId": (!by_hand).then_some(&person.external_id),
        "title": person.title,
        "userName": person.user_name,
        "name": { "givenName": person.given_name, "familyName": person.family_name },
        "displayName": person.display_name,
        "emails": [{ "type": "work", "value": person.email }],
        "active": person.active,
        ENTERPRISE: { "department": person.department },
    })
}
