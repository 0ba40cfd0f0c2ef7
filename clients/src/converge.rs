//! Whether a service provider has what the source has: the end of every script.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::client::Client;
use crate::directory::{Directory, Person};
use crate::field::Field;
use crate::links::Sort;
use crate::provider::{ManagerForm, Profile, Provider};
use crate::shape;

/// Something that the service provider has otherwise than the source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Who or what, by the script's name.
    pub name: String,
    /// What: an attribute, `members`, or the whole.
    pub what: String,
    /// What should be there.
    pub wanted: String,
    /// What is there.
    pub found: String,
}

/// Compares users and groups of a service provider with the source of a client, as far as this
/// kind of client tells it. What the client stumbled over itself is left out.
pub fn differences(client: &Client, users: &[Value], groups: &[Value]) -> Vec<Difference> {
    let stumbled = client.stumbled();
    let left_out = |sort: Sort, name: &str| stumbled.contains(&(sort, name.to_owned()));
    compare(client.source(), client.provider(), users, groups, left_out)
}

/// The same for a source by itself; `left_out` says what is not to be looked at.
pub fn compare(
    source: &Directory,
    provider: Provider,
    users: &[Value],
    groups: &[Value],
    left_out: impl Fn(Sort, &str) -> bool,
) -> Vec<Difference> {
    let profile = provider.profile();
    let by_name = index(users, "userName");
    let mut found = Vec::new();
    for (name, person) in &source.people {
        if left_out(Sort::Person, name) {
            continue;
        }
        match by_name.get(&key(person)) {
            Some(user) => {
                found.extend(person_differs(name, person, user, source, profile, &by_name))
            }
            None => found.push(whole(name, "a user", "none")),
        }
    }
    for (name, person) in &source.departed {
        let user = by_name.get(&key(person));
        let active = user.and_then(|user| user.get("active")).and_then(Value::as_bool);
        match user {
            Some(_) if left_out(Sort::Person, name) => {}
            Some(_) if profile.deletes_people => found.push(whole(name, "no user", "a user")),
            Some(_) if active != Some(false) => {
                found.push(differs(name, "active", "false", &format!("{active:?}")));
            }
            _ => {}
        }
    }
    let named = index(groups, "displayName");
    for (name, group) in source.groups.iter().filter(|(name, _)| !left_out(Sort::Group, name)) {
        let Some(there) = named.get(&group.name.to_lowercase()) else {
            found.push(whole(name, "a group", "none"));
            continue;
        };
        let ids: BTreeSet<&str> = there
            .get("members")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|member| member.get("value")?.as_str())
            .collect();
        let wanted: BTreeSet<&str> = group
            .members
            .iter()
            .filter(|member| !left_out(Sort::Person, member))
            .filter_map(|member| by_name.get(&key(source.people.get(member)?))?.get("id")?.as_str())
            .collect();
        if ids != wanted {
            let wanted = format!("{wanted:?}");
            found.push(differs(name, "members", &wanted, &format!("{ids:?}")));
        }
    }
    for (name, group) in &source.closed {
        if named.contains_key(&group.name.to_lowercase()) && !left_out(Sort::Group, name) {
            found.push(whole(name, "no group", "a group"));
        }
    }
    found
}

fn person_differs(
    name: &str,
    person: &Person,
    user: &Value,
    source: &Directory,
    profile: &Profile,
    by_name: &BTreeMap<String, &Value>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for field in profile.fields {
        let wanted = shape::value(profile, person, *field);
        let there = shape::read(user, profile, *field);
        let kept = wanted.is_none() && !profile.clears;
        if wanted.as_deref() != there && !kept {
            let none = "nothing";
            let wanted = wanted.as_deref().unwrap_or(none);
            found.push(differs(name, field.name(), wanted, there.unwrap_or(none)));
        }
    }
    if user.get("active").and_then(Value::as_bool) != Some(person.active) {
        let there = user.get("active").map_or("nothing".to_owned(), Value::to_string);
        found.push(differs(name, "active", &person.active.to_string(), &there));
    }
    let boss = person.manager.as_deref().and_then(|manager| source.people.get(manager));
    let wanted = match profile.manager {
        ManagerForm::Nothing => return found,
        ManagerForm::UserName => {
            boss.and_then(|boss| boss.values.get(&Field::UserName)).map(String::as_str)
        }
        ManagerForm::Id => boss.and_then(|boss| by_name.get(&key(boss))?.get("id")?.as_str()),
    };
    let there = shape::manager(user);
    if wanted != there {
        let none = "nobody";
        found.push(differs(name, "manager", wanted.unwrap_or(none), there.unwrap_or(none)));
    }
    found
}

/// Resources by a unique text, letters of any size.
fn index<'a>(resources: &'a [Value], attribute: &str) -> BTreeMap<String, &'a Value> {
    let named = resources
        .iter()
        .filter_map(|resource| Some((resource.get(attribute)?.as_str()?.to_lowercase(), resource)));
    named.collect()
}

fn key(person: &Person) -> String {
    person.values.get(&Field::UserName).map(|name| name.to_lowercase()).unwrap_or_default()
}

fn differs(name: &str, what: &str, wanted: &str, found: &str) -> Difference {
    Difference {
        name: name.to_owned(),
        what: what.to_owned(),
        wanted: wanted.to_owned(),
        found: found.to_owned(),
    }
}

fn whole(name: &str, wanted: &str, found: &str) -> Difference {
    differs(name, "it", wanted, found)
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, what, wanted, found } = self;
        write!(f, "{name}: {what} should be {wanted} and is {found}")
    }
}
