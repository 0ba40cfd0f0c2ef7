//! Whether the provider ends up with what the source has, and nothing else changed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rule::shown;
use super::{Basis, Episode, Level, Log, Rule};
use crate::action::{Kind, Person};
use crate::contract::Manager;
use crate::provider::State;

pub(super) static RULES: &[&Rule] = &[
    &CREATE,
    &UPDATE,
    &EMAIL,
    &SET_MANAGER,
    &CLEAR_MANAGER,
    &DEACTIVATE,
    &REACTIVATE,
    &GROUP,
    &ADD,
    &REMOVE,
    &RENAME,
    &DELETE_GROUP,
    &LARGE,
    &SPECIAL,
    &CLASH,
    &DELETE,
    &UNCHANGED,
    &SENT,
];

const LOST: &str = "what the source has and what the product has are not the same any more";
const FIX: &str = "look at the exchanges of this step: what was sent, and what came back";

const fn action(id: &'static str, fault: Option<&'static str>, title: &'static str) -> Rule {
    Rule { id, level: Level::Must, covers: &[], fault, title, why: LOST, fix: FIX }
}

static CREATE: Rule = action("action/create-user", None, "a new person arrives, once");
static UPDATE: Rule =
    action("action/update-user", None, "a person's changed names and title arrive");
static EMAIL: Rule =
    action("action/change-email", None, "a person's changed e-mail address arrives");
static SET_MANAGER: Rule =
    action("action/set-manager", Some("K22"), "a person's manager arrives and leads to somebody");
static CLEAR_MANAGER: Rule =
    action("action/clear-manager", Some("K24"), "a person's manager is taken away");
static DEACTIVATE: Rule =
    action("action/deactivate-user", Some("K45"), "a leaver is there and inactive");
static REACTIVATE: Rule = action(
    "action/reactivate-user",
    None,
    "a person who comes back is active again, under the same id",
);
static GROUP: Rule = action("action/create-group", None, "a new group arrives, once");
static ADD: Rule = action("action/add-members", Some("K39"), "three people come into a group");
static REMOVE: Rule =
    action("action/remove-members", Some("K14"), "one person leaves a group and the others stay");
static RENAME: Rule =
    action("action/rename-group", None, "a group has its new name, its id and its members");
static DELETE_GROUP: Rule = action("action/delete-group", None, "a group is gone");
static LARGE: Rule =
    action("action/large-group", Some("K38"), "a group of very many people arrives whole");
static SPECIAL: Rule = action(
    "action/special-characters",
    Some("K06"),
    "names that are hard to write arrive as they are",
);
static CLASH: Rule = action(
    "action/name-clash",
    Some("K27"),
    "a person who is there already is taken over, not made twice",
);
static DELETE: Rule = action(
    "action/delete-user",
    Some("K45"),
    "a person who left for good is gone or inactive, and in no group",
);
static UNCHANGED: Rule = Rule {
    id: "state/unchanged",
    level: Level::Must,
    covers: &[],
    fault: Some("K20"),
    title: "nothing changes but what the action is about",
    why: "people lose data or access that nobody took from them",
    fix: "send the change alone: PATCH with its path, or PUT of the object as GET gave it",
};
static SENT: Rule = Rule {
    id: "state/sent",
    level: Level::Should,
    covers: &[],
    fault: None,
    title: "names, title, department and e-mail address are sent",
    why: "rules and reports of the product have nothing to go by",
    fix: "map a field of yours to the attribute",
};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The rule of a kind of action.
pub(crate) fn rule(kind: Kind) -> &'static Rule {
    match kind {
        Kind::CreateUser => &CREATE,
        Kind::UpdateUser => &UPDATE,
        Kind::ChangeEmail => &EMAIL,
        Kind::SetManager => &SET_MANAGER,
        Kind::ClearManager => &CLEAR_MANAGER,
        Kind::DeactivateUser => &DEACTIVATE,
        Kind::ReactivateUser => &REACTIVATE,
        Kind::CreateGroup => &GROUP,
        Kind::AddMembers => &ADD,
        Kind::RemoveMembers => &REMOVE,
        Kind::RenameGroup => &RENAME,
        Kind::DeleteGroup => &DELETE_GROUP,
        Kind::LargeGroup => &LARGE,
        Kind::SpecialCharacters => &SPECIAL,
        Kind::NameClash => &CLASH,
        Kind::DeleteUser => &DELETE,
    }
}

type Difference = (String, String, String);

/// Judges a step without a misbehaviour; gives in every case whether what it wants is there.
pub(super) fn judge(episode: &Episode<'_>, basis: &Basis<'_>, log: &mut Log) -> bool {
    let differences = missing(episode, basis);
    let arrived = differences.is_empty();
    if episode.action.misbehaviour.is_some() {
        return arrived;
    }
    let rule = rule(episode.action.kind);
    if has_no_managers(episode) {
        log.found(&SENT, "manager", "a value", "none".to_owned());
    } else {
        log.looked(rule);
        for (place, expected, found) in differences {
            log.found(rule, place, expected, found);
        }
    }
    log.looked(&UNCHANGED);
    for (place, expected, found) in others(episode) {
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
    let has = |user: &Value| user.get(ENTERPRISE).is_some_and(|one| one.get("manager").is_some());
    let writes = episode.exchanges.iter().filter(|one| one.request.is_write());
    !had.is_some_and(|(_, user)| has(user))
        && !writes.into_iter().any(|one| one.request.body.text().contains("manager"))
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
                one_person(episode.after, person, &mut list);
            }
        }
        Kind::UpdateUser | Kind::ChangeEmail => changed(episode, &mut list),
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
                one_person(episode.after, person, &mut list);
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
    }
    list
}

/// The person once, with the values that were sent at all.
fn one_person(after: &State, person: &Person, list: &mut Vec<Difference>) {
    let named = after.people_named(&person.user_name);
    if named.len() != 1 {
        let found = format!("{} with userName {}", named.len(), shown(&person.user_name));
        list.push(told("Users", "one person", &found));
        return;
    }
    let Some((id, user)) = after.person(&person.user_name) else { return };
    let same =
        |other: &&Value| value(other, "externalId").is_some_and(|own| own == person.external_id);
    let twins = after.users.values().filter(same).count();
    if twins > 1 {
        list.push(told("Users", "one person", &format!("{twins} with the same externalId")));
    }
    if user.get("active").and_then(Value::as_bool) == Some(false) {
        list.push(told(&place(id, "active"), "true", "false"));
    }
    for (name, wanted) in wanted(person) {
        if let Some(found) = value(user, name).filter(|found| found != wanted) {
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
            if let Some(found) = found {
                list.push(told(&place, "none", &shown(found)));
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
            let found = "the person is gone; a deleted person cannot come back as they were";
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
    let mut missing = Vec::new();
    let mut expected = BTreeSet::new();
    for name in &wanted.members {
        match episode.after.person(name) {
            Some((id, _)) if members.contains(id.as_str()) => {
                expected.insert(id.as_str());
            }
            _ => missing.push(name.as_str()),
        }
    }
    let place = format!("Groups/{id} members");
    if !missing.is_empty() {
        let few: Vec<&str> = missing.iter().take(3).copied().collect();
        let more = if missing.len() > few.len() { " and others" } else { "" };
        let found = format!("{} missing: {}{more}", missing.len(), few.join(", "));
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

/// What changed and should not have.
fn others(episode: &Episode<'_>) -> Vec<Difference> {
    let action = episode.action;
    let mut list = Vec::new();
    let own = action.person().map(|person| person.user_name.to_lowercase());
    let own_id =
        own.as_ref().and_then(|name| episode.before.person(name)).map(|(id, _)| id.as_str());
    for (id, was) in &episode.before.users {
        let Some(is) = episode.after.users.get(id) else {
            if Some(id.as_str()) != own_id {
                list.push(told(&format!("Users/{id}"), "there", "gone"));
            }
            continue;
        };
        let may: &[&str] = if Some(id.as_str()) == own_id { may_change(action.kind) } else { &[] };
        compare(&format!("Users/{id}"), was, is, may, &mut list);
    }
    let names: Vec<&str> = [&action.before, &action.after]
        .into_iter()
        .filter_map(|world| world.groups.get(action.group.as_ref()?))
        .map(|group| group.display_name.as_str())
        .collect();
    for (id, was) in &episode.before.groups {
        let own = value(was, "displayName").is_some_and(|name| names.contains(&name.as_str()));
        match episode.after.groups.get(id) {
            None if own && action.kind == Kind::DeleteGroup => {}
            None if own => {}
            None => list.push(told(&format!("Groups/{id}"), "there", "gone")),
            Some(is) => {
                let leaver = action.kind == Kind::DeleteUser;
                let may: &[&str] =
                    if own || leaver { &["displayName", "members", "externalId"] } else { &[] };
                compare(&format!("Groups/{id}"), was, is, may, &mut list);
            }
        }
    }
    let made = episode.after.users.iter().filter(|(id, _)| !episode.before.users.contains_key(*id));
    let wanted: BTreeSet<String> =
        action.after.people.values().map(|person| person.user_name.to_lowercase()).collect();
    for (id, user) in made {
        let name = value(user, "userName").unwrap_or_default();
        if !wanted.contains(&name.to_lowercase()) {
            list.push(told(&format!("Users/{id}"), "nobody new", &shown(&name)));
        }
    }
    list
}

/// What an action may change of its person.
fn may_change(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::UpdateUser => &["name", "displayName", "title"],
        Kind::ChangeEmail => &["emails", "userName"],
        Kind::SetManager | Kind::ClearManager => &[ENTERPRISE],
        Kind::DeactivateUser | Kind::ReactivateUser => &["active"],
        Kind::NameClash | Kind::DeleteUser | Kind::SpecialCharacters => &[
            "name",
            "displayName",
            "title",
            "emails",
            "active",
            "externalId",
            ENTERPRISE,
            "userName",
            "nickName",
            "password",
        ],
        _ => &[],
    }
}

fn compare(place: &str, was: &Value, is: &Value, may: &[&str], list: &mut Vec<Difference>) {
    /// What the provider writes itself.
    const OWN: &[&str] = &["meta", "groups", "schemas"];
    let (Some(was), Some(is)) = (was.as_object(), is.as_object()) else { return };
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    for name in names {
        let ours = OWN.contains(&name.as_str()) || name.starts_with("urn:provisor:");
        if ours || may.contains(&name.as_str()) || was.get(name) == is.get(name) {
            continue;
        }
        let show = |value: Option<&Value>| {
            value.map_or_else(|| "none".to_owned(), |value| shown(&value.to_string()))
        };
        list.push(told(&format!("{place} {name}"), &show(was.get(name)), &show(is.get(name))));
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
        ("title", &person.title),
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
mod tests {
    use provisor::scim::schema::Schemas;
    use serde_json::json;

    use super::*;
    use crate::action::{Step, plan};
    use crate::contract;

    fn step(kind: Kind) -> Step {
        plan(|_| true, &[], 3).into_iter().rev().find(|step| step.kind == kind).unwrap()
    }

    fn ann(family: &str, active: bool) -> Value {
        json!({"id": "1", "userName": "ann.lee@acme.example", "active": active, "title": "Account Executive",
            "name": {"givenName": "Ann", "familyName": family}, "nickName": "A",
            "emails": [{"type": "work", "value": "ann.lee@acme.example"}]})
    }

    fn state(users: &[Value], groups: &[Value]) -> State {
        let by_id = |list: &[Value]| {
            list.iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect()
        };
        State { users: by_id(users), groups: by_id(groups) }
    }

    fn broken(action: &Step, before: &State, after: &State) -> Vec<&'static str> {
        let contract = contract::built_in("rfc7644").unwrap();
        let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
        let episode = Episode {
            step: 1,
            action,
            exchanges: &[],
            before,
            after,
            connected: true,
            has_token_endpoint: false,
        };
        let mut log = Log::default();
        judge(&episode, &basis, &mut log);
        log.broken()
    }

    #[test]
    fn an_update_arrives_or_does_not() {
        let action = step(Kind::UpdateUser);
        let before = state(&[ann("Lee", true)], &[]);
        let mut new = ann("Lee-Moss", true);
        new["title"] = json!("Senior Account Executive");
        assert!(broken(&action, &before, &state(&[new.clone()], &[])).is_empty());
        assert_eq!(broken(&action, &before, &before), ["action/update-user"]);
        new["nickName"] = Value::Null;
        assert_eq!(broken(&action, &before, &state(&[new], &[])), ["state/unchanged"]);
    }

    #[test]
    fn a_leaver_is_inactive_and_not_gone() {
        let action = step(Kind::DeactivateUser);
        let before = state(&[ann("Lee", true)], &[]);
        assert!(broken(&action, &before, &state(&[ann("Lee", false)], &[])).is_empty());
        assert_eq!(broken(&action, &before, &before), ["action/deactivate-user"]);
        assert_eq!(broken(&action, &before, &state(&[], &[])), ["action/deactivate-user"]);
    }

    #[test]
    fn a_removal_leaves_the_others_in_the_group() {
        let action = step(Kind::RemoveMembers);
        let person =
            |id: &str, name: &str| json!({"id": id, "userName": format!("{name}@acme.example")});
        let people = [person("1", "ann.lee"), person("2", "bob.ruiz"), person("3", "cleo.kim")];
        let group = |ids: &[&str]| {
            let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
            json!({"id": "g", "displayName": "Sales", "members": members})
        };
        let before = state(&people, &[group(&["1", "2", "3"])]);
        assert!(broken(&action, &before, &state(&people, &[group(&["1", "2"])])).is_empty());
        for wrong in [&[][..], &["1"], &["1", "2", "3"]] {
            let after = state(&people, &[group(wrong)]);
            assert_eq!(broken(&action, &before, &after), ["action/remove-members"], "{wrong:?}");
        }
    }

    #[test]
    fn somebody_elses_change_is_noticed() {
        let action = step(Kind::CreateGroup);
        let before = state(&[ann("Lee", true)], &[]);
        let group = json!({"id": "g", "displayName": "Sales"});
        let after = state(&[ann("Lee", false)], &[group.clone()]);
        assert_eq!(broken(&action, &before, &after), ["state/unchanged"]);
        assert!(broken(&action, &before, &state(&[ann("Lee", true)], &[group])).is_empty());
    }
}
