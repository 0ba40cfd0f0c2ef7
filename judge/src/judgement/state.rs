//! Whether the provider ends up with what the source has, and nothing else changed.

mod others;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::rule::shown;
use super::{Basis, Episode, Log};
use crate::action::{Kind, Person, Step};
use crate::contract::Manager;
use crate::provider::State;
use others::others;
pub(super) use rules::RULES;
use rules::{SENT, UNCHANGED, rule};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

type Difference = (String, String, String);

/// Judges a step without a misbehaviour; gives in every case whether what it wants is there.
pub(super) fn judge(episode: &Episode<'_>, basis: &Basis<'_>, log: &mut Log) -> bool {
    let differences = missing(episode, basis);
    let arrived = differences.is_empty();
    if episode.action.misbehaviour.is_some() {
        return arrived;
    }
    let Some(rule) = rule(episode.action.kind) else { return arrived };
    let had_title = episode.action.person().and_then(|one| episode.before.person(&one.user_name));
    if episode.action.kind == Kind::ClearValue
        && had_title.is_none_or(|(_, user)| value(user, "title").is_none())
    {
        return arrived;
    }
    let wrote = episode.exchanges.iter().any(|one| one.request.is_write());
    if let Some(step) = episode.blocked {
        log.blocked(rule, step);
    } else if has_no_managers(episode) {
        if wrote {
            log.found(&SENT, "manager", "a value", "none".to_owned());
        }
    } else {
        log.looked(rule);
        for (place, expected, found) in differences {
            log.found(rule, place, expected, found);
        }
    }
    let others = others(episode);
    // Who sent nothing has shown nothing.
    if wrote || !others.is_empty() {
        log.looked(&UNCHANGED);
    }
    for (place, expected, found) in others {
        log.found(&UNCHANGED, place, expected, found);
    }
    if episode.action.kind == Kind::CreateUser {
        sent(episode, log);
    }
    arrived
}

/// Whether a source shows no sign of knowing managers: then nothing is known of how it changes them.
fn has_no_managers(episode: &Episode<'_>) -> bool {
    if !matches!(episode.action.kind, Kind::SetManager | Kind::ClearManager) {
        return false;
    }
    let had = episode.action.person().and_then(|one| episode.before.person(&one.user_name));
    let writes = episode.exchanges.iter().filter(|one| one.request.is_write());
    !had.is_some_and(|(_, user)| has_manager(user))
        && !writes.into_iter().any(|one| one.request.body.text().contains("manager"))
}

fn has_manager(user: &Value) -> bool {
    user.get(ENTERPRISE).is_some_and(|one| one.get("manager").is_some())
}

/// What the provider lacks of what a step wants, in words.
pub fn lacking(episode: &Episode<'_>, basis: &Basis<'_>) -> Option<String> {
    let (place, expected, found) = missing(episode, basis).into_iter().next()?;
    Some(format!("{place}: expected {expected}, found {found}"))
}

/// Whether the provider has what an action wants. Also for those who wait for it.
pub fn arrived(
    action: &crate::action::Step,
    before: &State,
    after: &State,
    basis: &Basis<'_>,
) -> bool {
    let episode = Episode {
        step: 0,
        action,
        exchanges: &[],
        before,
        after,
        connected: true,
        came_before: true,
        fresh: None,
        blocked: None,
        has_token_endpoint: false,
    };
    missing(&episode, basis).is_empty()
}

/// What the action wants and the provider does not have.
fn missing(episode: &Episode<'_>, basis: &Basis<'_>) -> Vec<Difference> {
    let action = episode.action;
    let mut list = Vec::new();
    match action.kind {
        Kind::CreateUser | Kind::NameClash => {
            if let Some(person) = action.person() {
                one_person(action, episode.after, person, &mut list);
            }
        }
        Kind::UpdateUser | Kind::ChangeEmail => changed(episode, &mut list),
        Kind::ClearValue => cleared(episode, &mut list),
        Kind::SetManager | Kind::ClearManager => manager(episode, basis, &mut list),
        Kind::DeactivateUser => active(episode, false, &mut list),
        Kind::ReactivateUser => active(episode, true, &mut list),
        Kind::CreateGroup
        | Kind::AddMembers
        | Kind::RemoveMembers
        | Kind::RenameGroup
        | Kind::LargeGroup => group(episode, &mut list),
        Kind::SpecialCharacters => {
            if let Some(person) = action.person() {
                one_person(action, episode.after, person, &mut list);
            }
            group(episode, &mut list);
        }
        Kind::DeleteGroup => {
            if let Some(group) = action.group() {
                let left = episode.after.groups_named(&group.display_name);
                if !left.is_empty() {
                    list.push(told("Groups", "no such group", &group.display_name));
                }
            }
        }
        Kind::DeleteUser => gone(episode, &mut list),
        Kind::Import => {}
    }
    list
}

/// The person once, with the values that were sent at all.
fn one_person(action: &Step, after: &State, person: &Person, list: &mut Vec<Difference>) {
    let named = after.people_named(&person.user_name);
    if named.len() != 1 {
        let found = format!("{} with userName {}", named.len(), shown(&person.user_name));
        list.push(told("Users", "one person", &found));
        return;
    }
    let Some((id, user)) = after.person(&person.user_name) else { return };
    // Their own, whatever the plan says: a source may have ids of its own.
    let own = value(user, "externalId");
    let same = |other: &&Value| own.is_some() && value(other, "externalId") == own;
    let twins = after.users.values().filter(same).count();
    if twins > 1 {
        list.push(told("Users", "one person", &format!("{twins} with the same externalId")));
    }
    if user.get("active").and_then(Value::as_bool) == Some(false) {
        list.push(told(&place(id, "active"), "true", "false"));
    }
    for (name, wanted) in wanted(person) {
        if action.by_hand && ["externalId", "displayName"].contains(&name) {
            // Nobody was told of them.
            continue;
        }
        // What a person does not have is not compared: another action is about that.
        if let Some(found) = value(user, name).filter(|found| found != wanted && !wanted.is_empty())
        {
            list.push(told(&place(id, name), &shown(wanted), &shown(&found)));
        }
    }
}

/// What changed has its new value where it had one at all, and something arrived.
fn changed(episode: &Episode<'_>, list: &mut Vec<Difference>) {
    let Some((was, is)) = both(episode) else { return };
    let Some((id, user)) = episode.after.person(&is.user_name) else {
        list.push(told("Users", &shown(&is.user_name), "nobody of that userName"));
        return;
    };
    let mut arrived = 0;
    for ((name, old), (_, new)) in wanted(was).into_iter().zip(wanted(is)) {
        if old == new || name == "displayName" {
            continue;
        }
        match value(user, name) {
            Some(found) if found == new => arrived += 1,
            Some(found) => list.push(told(&place(id, name), &shown(new), &shown(&found))),
            None => {}
        }
    }
    if arrived == 0 && list.is_empty() {
        list.push(told(&place(id, ""), "a changed attribute", "none of them has a value"));
    }
}

fn cleared(episode: &Episode<'_>, list: &mut Vec<Difference>) {
    let Some(person) = episode.action.person() else { return };
    let Some((id, user)) = episode.after.person(&person.user_name) else {
        list.push(told("Users", &shown(&person.user_name), "nobody of that userName"));
        return;
    };
    if let Some(left) = user.get("title").filter(|left| !left.is_null()) {
        list.push(told(&place(id, "title"), "none", &shown(&left.to_string())));
    }
}

fn manager(episode: &Episode<'_>, basis: &Basis<'_>, list: &mut Vec<Difference>) {
    let Some(person) = episode.action.person() else { return };
    let Some((id, user)) = episode.after.person(&person.user_name) else {
        list.push(told("Users", &shown(&person.user_name), "nobody of that userName"));
        return;
    };
    let found = user.get(ENTERPRISE).and_then(|one| one.get("manager"));
    let found = found.and_then(|one| one.get("value").unwrap_or(one).as_str());
    let found = found.filter(|text| !text.is_empty());
    let place = place(id, "manager");
    match &person.manager {
        None => {
            let had = episode.before.person(&person.user_name);
            if let Some(found) = found {
                list.push(told(&place, "none", &shown(found)));
            } else if !had.is_some_and(|(_, user)| has_manager(user)) {
                list.push(told(&place, "one to take away", "none"));
            }
        }
        Some(name) => {
            let boss = episode.after.person(name);
            let by_id = boss.is_some_and(|(id, _)| Some(id.as_str()) == found);
            let text = matches!(basis.contract.user.manager, Some(Manager::Text | Manager::Name));
            let by_name = text && found.is_some_and(|found| found.eq_ignore_ascii_case(name));
            if !by_id && !by_name {
                let expected =
                    boss.map_or_else(|| shown(name), |(id, _)| format!("{} ({name})", shown(id)));
                list.push(told(&place, &expected, &found.map_or_else(|| "none".to_owned(), shown)));
            }
        }
    }
}

fn active(episode: &Episode<'_>, wanted: bool, list: &mut Vec<Difference>) {
    let Some(person) = episode.action.person() else { return };
    let before = episode.before.person(&person.user_name).map(|(id, _)| id);
    match episode.after.person(&person.user_name) {
        None => {
            let found = match before {
                Some(_) => "the person is gone; a deleted person cannot come back as they were",
                None => "nobody of that userName",
            };
            list.push(told("Users", &format!("active {wanted}"), found));
        }
        Some((id, user)) => {
            let found = user.get("active").and_then(Value::as_bool);
            if found.unwrap_or(true) != wanted || (!wanted && found.is_none()) {
                let found = found.map_or_else(|| "none".to_owned(), |found| found.to_string());
                list.push(told(&place(id, "active"), &wanted.to_string(), &found));
            }
            if before.is_some_and(|before| before != id) {
                list.push(told(&place(id, "id"), "the id as before", "another"));
            }
        }
    }
}

fn group(episode: &Episode<'_>, list: &mut Vec<Difference>) {
    let Some(wanted) = episode.action.group() else { return };
    let named = episode.after.groups_named(&wanted.display_name);
    let [(id, group)] = named.as_slice() else {
        let found = format!("{} with displayName {}", named.len(), shown(&wanted.display_name));
        list.push(told("Groups", "one group", &found));
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
    let ids: BTreeMap<String, &str> = episode
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
        list.push(told(&place, &format!("{} people", wanted.members.len()), &found));
    }
    let superfluous = members.difference(&expected).count();
    if superfluous > 0 && missing.is_empty() {
        let found = format!("{superfluous} more");
        list.push(told(&place, &format!("{} people", wanted.members.len()), &found));
    }
    let was = episode.action.group.as_ref().and_then(|key| episode.action.before.groups.get(key));
    if let Some(was) = was.filter(|was| was.display_name != wanted.display_name) {
        let before = episode.before.groups_named(&was.display_name);
        if before.first().is_some_and(|(before, _)| before != id) {
            list.push(told(&format!("Groups/{id} id"), "the id as before", "another"));
        }
    }
}

fn gone(episode: &Episode<'_>, list: &mut Vec<Difference>) {
    let Some(person) = episode.action.person() else { return };
    let Some((id, user)) = episode.after.person(&person.user_name) else { return };
    if user.get("active").and_then(Value::as_bool) != Some(false) {
        list.push(told(&place(id, "active"), "false, or nobody", "true"));
    }
    let member_of = episode.after.groups.values().filter(|group| {
        let members = group.get("members").and_then(Value::as_array).into_iter().flatten();
        members.into_iter().any(|one| one.get("value").and_then(Value::as_str) == Some(id))
    });
    let count = member_of.count();
    if count > 0 {
        list.push(told(&place(id, "groups"), "none", &format!("{count} groups")));
    }
}

/// What was never sent.
fn sent(episode: &Episode<'_>, log: &mut Log) {
    let Some(person) = episode.action.person() else { return };
    let Some((_, user)) = episode.after.person(&person.user_name) else { return };
    log.looked(&SENT);
    for (name, _) in wanted(person) {
        if name != "externalId" && name != "displayName" && value(user, name).is_none() {
            log.found(&SENT, name, "a value", "none".to_owned());
        }
    }
}

fn both<'a>(episode: &'a Episode<'_>) -> Option<(&'a Person, &'a Person)> {
    let key = episode.action.person.as_ref()?;
    Some((episode.action.before.people.get(key)?, episode.action.after.people.get(key)?))
}

/// A person's values by their names here.
fn wanted(person: &Person) -> [(&'static str, &str); 7] {
    [
        ("givenName", &person.given_name),
        ("familyName", &person.family_name),
        ("displayName", &person.display_name),
        ("email", &person.email),
        ("title", person.title.as_deref().unwrap_or_default()),
        ("department", &person.department),
        ("externalId", &person.external_id),
    ]
}

/// A value of a user by its name here.
pub(crate) fn value(user: &Value, name: &str) -> Option<String> {
    let found = match name {
        "givenName" | "familyName" => user.get("name")?.get(name),
        "department" => user.get(ENTERPRISE)?.get(name),
        "email" => {
            let all = user.get("emails")?.as_array()?;
            let work = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("work");
            let primary = |one: &&Value| one.get("primary").and_then(Value::as_bool) == Some(true);
            let one = all.iter().find(work).or_else(|| all.iter().find(primary)).or(all.first());
            one?.get("value")
        }
        _ => user.get(name),
    };
    found?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn place(id: &str, name: &str) -> String {
    format!("Users/{id} {name}").trim_end().to_owned()
}

fn told(place: &str, expected: &str, found: &str) -> Difference {
    (place.to_owned(), expected.to_owned(), found.to_owned())
}

#[cfg(test)]
mod tests;
