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
    /// The title.
    pub title: String,
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
            title: "Account Executive".to_owned(),
            department: "Sales".to_owned(),
            active: true,
            manager: None,
        }
    }
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
