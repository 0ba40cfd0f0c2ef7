//! What the provider does not have after a step and should.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::{ENTERPRISE, has_manager, value, wanted};
use crate::action::{Kind, Person, Step};
use crate::contract::Manager;
use crate::judgement::rule::shown;
use crate::judgement::{Basis, Log, Rule};
use crate::provider::State;

/// A difference between what should be there and what is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Where in the provider.
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is.
    pub found: String,
}

impl Lack {
    pub(in crate::judgement) fn of(place: &str, expected: &str, found: &str) -> Self {
        Self { place: place.to_owned(), expected: expected.to_owned(), found: found.to_owned() }
    }

    /// Notes it as a finding of a rule.
    pub(super) fn note(&self, rule: &'static Rule, log: &mut Log) {
        log.found(rule, self.place.as_str(), self.expected.as_str(), self.found.as_str());
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.place, self.expected, self.found)
    }
}

/// What was to change, and what did.
struct Change<'a> {
    action: &'a Step,
    before: &'a State,
    after: &'a State,
}

/// What an action wants and the provider does not have.
pub fn lacks(action: &Step, before: &State, after: &State, basis: &Basis<'_>) -> Vec<Lack> {
    let change = &Change { action, before, after };
    let mut list = Vec::new();
    match action.kind {
        Kind::CreateUser | Kind::NameClash => {
            if let Some(person) = action.person() {
                one_person(action, change.after, person, &mut list);
            }
        }
        Kind::UpdateUser | Kind::ChangeEmail => changed(change, &mut list),
        Kind::ClearValue => cleared(change, &mut list),
        Kind::SetManager | Kind::ClearManager => manager(change, basis, &mut list),
        Kind::DeactivateUser => active(change, false, &mut list),
        Kind::ReactivateUser => active(change, true, &mut list),
        Kind::CreateGroup
        | Kind::AddMembers
        | Kind::RemoveMembers
        | Kind::RenameGroup
        | Kind::LargeGroup => group(change, &mut list),
        Kind::SpecialCharacters => {
            if let Some(person) = action.person() {
                one_person(action, change.after, person, &mut list);
            }
            group(change, &mut list);
        }
        Kind::DeleteGroup => {
            if let Some(group) = action.group() {
                let left = change.after.groups_named(&group.display_name);
                if !left.is_empty() {
                    list.push(Lack::of("Groups", "no such group", &group.display_name));
                }
            }
        }
        Kind::DeleteUser => gone(change, &mut list),
        Kind::Import => {}
    }
    list
}

/// The person once, with the values that were sent at all.
fn one_person(action: &Step, after: &State, person: &Person, list: &mut Vec<Lack>) {
    let named = after.people_named(&person.user_name);
    if named.len() != 1 {
        let found = format!("{} with userName {}", named.len(), shown(&person.user_name));
        list.push(Lack::of("Users", "one person", &found));
        return;
    }
    let Some((id, user)) = after.person(&person.user_name) else { return };
    // Their own, whatever the plan says: a source may have ids of its own.
    let own = value(user, "externalId");
    let same = |other: &&Value| own.is_some() && value(other, "externalId") == own;
    let twins = after.users.values().filter(same).count();
    if twins > 1 {
        list.push(Lack::of("Users", "one person", &format!("{twins} with the same externalId")));
    }
    if user.get("active").and_then(Value::as_bool) == Some(false) {
        list.push(Lack::of(&place(id, "active"), "true", "false"));
    }
    for (name, wanted) in wanted(person) {
        if action.by_hand && ["externalId", "displayName"].contains(&name) {
            // Nobody was told of them.
            continue;
        }
        // What a person does not have is not compared: another action is about that.
        if let Some(found) = value(user, name).filter(|found| found != wanted && !wanted.is_empty())
        {
            list.push(Lack::of(&place(id, name), &shown(wanted), &shown(&found)));
        }
    }
}

/// What changed has its new value where it had one at all, and something arrived.
fn changed(change: &Change<'_>, list: &mut Vec<Lack>) {
    let Some((was, is)) = both(change) else { return };
    let Some((id, user)) = change.after.person(&is.user_name) else {
        list.push(Lack::of("Users", &shown(&is.user_name), "nobody of that userName"));
        return;
    };
    let mut arrived = 0;
    for ((name, old), (_, new)) in wanted(was).into_iter().zip(wanted(is)) {
        if old == new || name == "displayName" {
            continue;
        }
        match value(user, name) {
            Some(found) if found == new => arrived += 1,
            Some(found) => list.push(Lack::of(&place(id, name), &shown(new), &shown(&found))),
            None => {}
        }
    }
    if arrived == 0 && list.is_empty() {
        list.push(Lack::of(&place(id, ""), "a changed attribute", "none of them has a value"));
    }
}

fn cleared(change: &Change<'_>, list: &mut Vec<Lack>) {
    let Some(person) = change.action.person() else { return };
    let Some((id, user)) = change.after.person(&person.user_name) else {
        list.push(Lack::of("Users", &shown(&person.user_name), "nobody of that userName"));
        return;
    };
    if let Some(left) = user.get("title").filter(|left| !left.is_null()) {
        list.push(Lack::of(&place(id, "title"), "none", &shown(&left.to_string())));
    }
}

fn manager(change: &Change<'_>, basis: &Basis<'_>, list: &mut Vec<Lack>) {
    let Some(person) = change.action.person() else { return };
    let Some((id, user)) = change.after.person(&person.user_name) else {
        list.push(Lack::of("Users", &shown(&person.user_name), "nobody of that userName"));
        return;
    };
    let found = user.get(ENTERPRISE).and_then(|one| one.get("manager"));
    let found = found.and_then(|one| one.get("value").unwrap_or(one).as_str());
    let found = found.filter(|text| !text.is_empty());
    let place = place(id, "manager");
    match &person.manager {
        None => {
            let had = change.before.person(&person.user_name);
            if let Some(found) = found {
                list.push(Lack::of(&place, "none", &shown(found)));
            } else if !had.is_some_and(|(_, user)| has_manager(user)) {
                list.push(Lack::of(&place, "one to take away", "none"));
            }
        }
        Some(name) => {
            let boss = change.after.person(name);
            let by_id = boss.is_some_and(|(id, _)| Some(id.as_str()) == found);
            let text = matches!(basis.contract.user.manager, Some(Manager::Text | Manager::Name));
            let by_name = text && found.is_some_and(|found| found.eq_ignore_ascii_case(name));
            if !by_id && !by_name {
                let expected = boss
                    .filter(|_| !text)
                    .map_or_else(|| shown(name), |(id, _)| format!("{} ({name})", shown(id)));
                list.push(Lack::of(
                    &place,
                    &expected,
                    &found.map_or_else(|| "none".to_owned(), shown),
                ));
            }
        }
    }
}

fn active(change: &Change<'_>, wanted: bool, list: &mut Vec<Lack>) {
    let Some(person) = change.action.person() else { return };
    let before = change.before.person(&person.user_name).map(|(id, _)| id);
    match change.after.person(&person.user_name) {
        None => {
            let found = match before {
                Some(_) => "the person is gone; a deleted person cannot come back as they were",
                None => "nobody of that userName",
            };
            list.push(Lack::of("Users", &format!("active {wanted}"), found));
        }
        Some((id, user)) => {
            let found = user.get("active").and_then(Value::as_bool);
            if found.unwrap_or(true) != wanted || (!wanted && found.is_none()) {
                let found = found.map_or_else(|| "none".to_owned(), |found| found.to_string());
                list.push(Lack::of(&place(id, "active"), &wanted.to_string(), &found));
            }
            if before.is_some_and(|before| before != id) {
                list.push(Lack::of(&place(id, "id"), "the id as before", "another"));
            }
        }
    }
}

fn group(change: &Change<'_>, list: &mut Vec<Lack>) {
    let Some(wanted) = change.action.group() else { return };
    let named = change.after.groups_named(&wanted.display_name);
    let [(id, group)] = named.as_slice() else {
        let found = format!("{} with displayName {}", named.len(), shown(&wanted.display_name));
        list.push(Lack::of("Groups", "one group", &found));
        return;
    };
    let members: BTreeSet<&str> = group
        .get("members")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("value")?.as_str())
        .collect();
    // One pass: a group can have ten thousand members.
    let ids: BTreeMap<String, &str> = change
        .after
        .users
        .iter()
        .filter_map(|(id, user)| Some((value(user, "userName")?.to_lowercase(), id.as_str())))
        .collect();
    let mut missing = Vec::new();
    let mut expected = BTreeSet::new();
    for name in &wanted.members {
        match ids.get(&name.to_lowercase()) {
            Some(id) if members.contains(id) => {
                expected.insert(*id);
            }
            _ => missing.push(name.as_str()),
        }
    }
    let place = format!("Groups/{id} members");
    if !missing.is_empty() {
        let few: Vec<&str> = missing.iter().take(3).copied().collect();
        let more = if missing.len() > few.len() { " and others" } else { "" };
        let has = wanted.members.len() - missing.len();
        let found = format!("{has}; missing: {}{more}", few.join(", "));
        list.push(Lack::of(&place, &format!("{} people", wanted.members.len()), &found));
    }
    let superfluous = members.difference(&expected).count();
    if superfluous > 0 && missing.is_empty() {
        let found = format!("{superfluous} more");
        list.push(Lack::of(&place, &format!("{} people", wanted.members.len()), &found));
    }
    let was = change.action.group.as_ref().and_then(|key| change.action.before.groups.get(key));
    if let Some(was) = was.filter(|was| was.display_name != wanted.display_name) {
        let before = change.before.groups_named(&was.display_name);
        if before.first().is_some_and(|(before, _)| before != id) {
            list.push(Lack::of(&format!("Groups/{id} id"), "the id as before", "another"));
        }
    }
}

fn gone(change: &Change<'_>, list: &mut Vec<Lack>) {
    let Some(person) = change.action.person() else { return };
    let Some((id, user)) = change.after.person(&person.user_name) else { return };
    if user.get("active").and_then(Value::as_bool) != Some(false) {
        list.push(Lack::of(&place(id, "active"), "false, or nobody", "true"));
    }
    let member_of = change.after.groups.values().filter(|group| {
        let members = group.get("members").and_then(Value::as_array).into_iter().flatten();
        members.into_iter().any(|one| one.get("value").and_then(Value::as_str) == Some(id))
    });
    let count = member_of.count();
    if count > 0 {
        list.push(Lack::of(&place(id, "groups"), "none", &format!("{count} groups")));
    }
}

fn both<'a>(change: &'a Change<'_>) -> Option<(&'a Person, &'a Person)> {
    let key = change.action.person.as_ref()?;
    Some((change.action.before.people.get(key)?, change.action.after.people.get(key)?))
}

fn place(id: &str, name: &str) -> String {
    format!("Users/{id} {name}").trim_end().to_owned()
}
