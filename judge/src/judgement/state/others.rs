//! What changed and should not have.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{ENTERPRISE, Lack, value};
use crate::action::Kind;
use crate::judgement::Episode;
use crate::judgement::rule::shown;

/// What changed and should not have.
pub(super) fn others(episode: &Episode<'_>) -> Vec<Lack> {
    let action = episode.action;
    let mut list = Vec::new();
    let own = action.person().map(|person| person.user_name.to_lowercase());
    let own_id =
        own.as_ref().and_then(|name| episode.before.person(name)).map(|(id, _)| id.as_str());
    for (id, was) in &episode.before.users {
        let own = Some(id.as_str()) == own_id;
        let fresh = episode.fresh.is_some_and(|fresh| fresh.contains(id));
        let Some(is) = episode.after.users.get(id) else {
            if !own || !fresh && !may_go(action.kind) {
                list.push(Lack::of(&format!("Users/{id}"), "there", "gone"));
            }
            continue;
        };
        if fresh {
            continue;
        }
        let mut may = if own { may_change(action.kind).to_vec() } else { Vec::new() };
        may.extend(late(episode, is));
        compare(&format!("Users/{id}"), was, is, &may, &mut list);
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
            None => list.push(Lack::of(&format!("Groups/{id}"), "there", "gone")),
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
            list.push(Lack::of(&format!("Users/{id}"), "nobody new", &shown(&name)));
        }
    }
    list
}

/// Attributes of a person that are as the source has them: what could not be told in an earlier
/// step, because the judge answered badly, may come in this one.
fn late(episode: &Episode<'_>, is: &Value) -> Vec<&'static str> {
    let name = value(is, "userName").map(|name| name.to_lowercase());
    let people = episode.action.after.people.values();
    let Some(person) = people.into_iter().find(|one| Some(one.user_name.to_lowercase()) == name)
    else {
        return Vec::new();
    };
    let same = |name: &str, wanted: &str| value(is, name).as_deref() == Some(wanted);
    let mut may = Vec::new();
    if same("givenName", &person.given_name) && same("familyName", &person.family_name) {
        may.push("name");
    }
    for (name, wanted) in [
        ("displayName", person.display_name.as_str()),
        ("title", person.title.as_deref().unwrap_or_default()),
    ] {
        if same(name, wanted) {
            may.push(name);
        }
    }
    may
}

/// Whether the person of an action may go. That those who are deactivated and come back stay who
/// they are has rules of its own.
fn may_go(kind: Kind) -> bool {
    matches!(kind, Kind::DeleteUser | Kind::DeactivateUser | Kind::ReactivateUser)
}

/// What an action may change of its person.
fn may_change(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::UpdateUser => &["name", "displayName", "title"],
        Kind::ClearValue => &["title"],
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

fn compare(place: &str, was: &Value, is: &Value, may: &[&str], list: &mut Vec<Lack>) {
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
        list.push(Lack::of(&format!("{place} {name}"), &show(was.get(name)), &show(is.get(name))));
    }
}
