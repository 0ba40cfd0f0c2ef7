//! What the source has: people and groups, as the plan wants them after each step.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// People and groups, by their names in the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    /// People under provisioning, those deactivated too.
    pub people: BTreeMap<String, Person>,
    /// Groups under provisioning.
    pub groups: BTreeMap<String, Group>,
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// What never changes.
    pub external_id: String,
    /// What they sign in with.
    pub user_name: String,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// The name to show.
    pub display_name: String,
    /// The address at work.
    pub email: String,
    /// The title, if there is one.
    pub title: Option<String>,
    /// The department.
    pub department: String,
    /// Whether they may sign in.
    pub active: bool,
    /// The userName of the manager.
    pub manager: Option<String>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// What never changes.
    pub external_id: String,
    /// Its name.
    pub display_name: String,
    /// The userNames of its members.
    pub members: BTreeSet<String>,
}

/// As `directory.json` has it.
#[derive(Serialize)]
struct File<'a> {
    people: Vec<&'a Person>,
    groups: Vec<&'a Group>,
}

impl Person {
    /// A person of a name in the plan.
    pub fn new(key: &str, given: &str, family: &str) -> Self {
        let address = format!("{key}@acme.example");
        Self {
            external_id: format!("hr-{key}"),
            user_name: address.clone(),
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            display_name: format!("{given} {family}"),
            email: address,
            title: Some("Account Executive".to_owned()),
            department: "Sales".to_owned(),
            active: true,
            manager: None,
        }
    }

    /// Whether the directory has an attribute at all, by its path in SCIM: `name.givenName`,
    /// `emails[type eq "work"].value`, `urn:…:User:manager`.
    pub fn may_have(path: &str) -> bool {
        let (name, part, kind) = parts(path);
        let known = |list: &[&str], one: &str| list.iter().any(|own| own.eq_ignore_ascii_case(one));
        let field = FIELDS.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        field.is_some_and(|(_, own)| part.is_empty() || known(own, part))
            && (kind.is_empty() || kind == WORK)
    }

    /// Whether they have a value of an attribute; `None`: the directory does not have it.
    pub fn has(&self, path: &str) -> Option<bool> {
        let (name, ..) = parts(path);
        Self::may_have(path).then(|| match name.to_ascii_lowercase().as_str() {
            "title" => self.title.is_some(),
            "manager" => self.manager.is_some(),
            _ => true,
        })
    }
}

/// The attributes of the directory by their names in SCIM, with their sub-attributes.
const FIELDS: [(&str, &[&str]); 9] = [
    ("externalId", &[]),
    ("userName", &[]),
    ("name", &["givenName", "familyName"]),
    ("displayName", &[]),
    ("emails", &["value", "type", "primary", "display"]),
    ("title", &[]),
    ("department", &[]),
    ("active", &[]),
    ("manager", &["value"]),
];
/// The only filter of a path that finds an address.
const WORK: &str = "type eq \"work\"";

/// A path of an attribute without the URI of its schema: name, sub-attribute and filter.
fn parts(path: &str) -> (&str, &str, &str) {
    let (list, rest) = path.split_once('[').unwrap_or((path, ""));
    let (kind, tail) = rest.split_once(']').unwrap_or_default();
    let own = list.rsplit(':').next().unwrap_or(list);
    let (name, part) = own.split_once('.').unwrap_or((own, ""));
    (name, if part.is_empty() { tail.trim_start_matches('.') } else { part }, kind)
}

impl World {
    /// The text of `directory.json`: everything that the source has now.
    pub fn to_json(&self) -> String {
        let file =
            File { people: self.people.values().collect(), groups: self.groups.values().collect() };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_have_is_known_by_paths() {
        let work = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let mut ann = Person::new("ann", "Ann", "Lee");
        for path in ["userName", "USERNAME", "name.givenName", "emails[type eq \"work\"].value"] {
            assert_eq!(ann.has(path), Some(true), "{path}");
        }
        assert_eq!(ann.has(&format!("{work}:department")), Some(true));
        for path in ["nickName", "name.honorificPrefix", "emails[type eq \"home\"].value"] {
            assert_eq!(ann.has(path), None, "{path}");
            assert!(!Person::may_have(path));
        }
        let manager = format!("{work}:manager");
        assert_eq!((ann.has("title"), ann.has(&manager)), (Some(true), Some(false)));
        (ann.title, ann.manager) = (None, Some("bob".to_owned()));
        assert_eq!((ann.has("title"), ann.has(&manager)), (Some(false), Some(true)));
        assert_eq!(ann.has("manager.value"), Some(true));
    }
}
