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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::script::Script;

    const SCRIPT: &str = "people:
  ann: { userName: ann@x, givenName: Ann, familyName: Lee, email: ann@x, title: AE }
  bob: { userName: bob@x, givenName: Bob, familyName: Ruiz, email: bob@x }
  dan: { userName: dan@x, givenName: Dan, familyName: Oak, email: dan@x }
groups:
  sales: { displayName: Sales }
  old: { displayName: Old }
actions:
  - create-user: { person: ann }
  - create-user: { person: bob }
  - create-user: { person: dan }
  - set-manager: { person: ann, manager: bob }
  - create-group: { group: sales }
  - create-group: { group: old }
  - add-members: { group: sales, people: [ann, bob] }
  - delete-group: { group: old }
  - delete-user: { person: dan }
";

    fn user(id: &str, name: &str, given: &str, family: &str) -> Value {
        json!({"id": id, "userName": name, "externalId": name.trim_end_matches("@x"),
            "name": {"givenName": given, "familyName": family}, "active": true,
            "emails": [{"type": "work", "value": name}]})
    }

    fn found(provider: Provider, users: &[Value], groups: &[Value]) -> Vec<String> {
        let source = Script::read(SCRIPT).unwrap().end().unwrap();
        let found = compare(&source, provider, users, groups, |_, _| false);
        found.iter().map(ToString::to_string).collect()
    }

    /// The provider as it should be, letters of another size in a name that is compared without.
    fn right() -> (Vec<Value>, Vec<Value>) {
        let mut ann = user("1", "ann@x", "Ann", "Lee");
        ann["title"] = json!("AE");
        ann["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
            json!({"manager": {"value": "2"}});
        let members = json!([{"value": "2"}, {"value": "1"}]);
        let groups = vec![json!({"id": "9", "displayName": "SALES", "members": members})];
        (vec![ann, user("2", "bob@x", "Bob", "Ruiz"), user("7", "zoe@x", "Z", "Z")], groups)
    }

    #[test]
    fn what_is_as_it_should_be_has_no_difference() {
        let (users, groups) = right();
        assert_eq!(found(Provider::Rfc7644, &users, &groups), [""; 0]);
        // Whom the client only deactivates may be there.
        let mut left = user("3", "dan@x", "Dan", "Oak");
        left["active"] = json!(false);
        let with_left = [users, vec![left]].concat();
        let okta = found(Provider::OktaOin, &with_left, &groups);
        assert_eq!(okta, ["ann: manager should be bob@x and is 2"], "a text of its own");
        assert_eq!(
            found(Provider::Rfc7644, &with_left, &groups),
            ["dan: it should be no user and is a user"]
        );
    }

    #[test]
    fn every_difference_is_named() {
        let (mut users, mut groups) = right();
        users[0]["title"] = json!("Lead");
        users[0]["phoneNumbers"] = json!([{"type": "work", "value": "1"}]);
        users[0]["active"] = json!("true");
        users.remove(1);
        groups[0]["members"] = json!([{"value": "1"}, {"value": "7"}]);
        groups.push(json!({"id": "8", "displayName": "Old"}));
        assert_eq!(
            found(Provider::Rfc7644, &users, &groups),
            [
                "ann: phone should be nothing and is 1",
                "ann: title should be AE and is Lead",
                "ann: active should be true and is \"true\"",
                "ann: manager should be nobody and is 2",
                "bob: it should be a user and is none",
                "sales: members should be {\"1\"} and is {\"1\", \"7\"}",
                "old: it should be no group and is a group"
            ]
        );
        // Entra takes nothing away, so a value that stays is none of its.
        let entra = found(Provider::EntraDefault, &users, &groups);
        assert!(!entra.iter().any(|one| one.contains("phone")), "{entra:?}");
    }
}
