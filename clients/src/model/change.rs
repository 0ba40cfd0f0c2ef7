//! What is to be said of a resource, as PATCH operations and as an edit of the whole.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Known, Model};
use crate::directory::{Directory, Group, Person};
use crate::field::{ENTERPRISE, Field, Place};
use crate::http::encode::literal;
use crate::shape;

/// A change of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Of a person.
    Person {
        /// What changed.
        fields: BTreeSet<Field>,
        /// Whether the manager did.
        manager: bool,
        /// Whether `active` did.
        active: bool,
    },
    /// A group's name.
    Name,
    /// People came into a group.
    Join(Vec<String>),
    /// People left a group.
    Leave(Vec<String>),
    /// All members at once (a slip).
    Members,
}

impl Change {
    pub(super) fn fields(fields: BTreeSet<Field>) -> Self {
        Self::Person { fields, manager: false, active: false }
    }

    pub(super) fn manager() -> Self {
        Self::Person { fields: BTreeSet::new(), manager: true, active: false }
    }

    pub(super) fn active() -> Self {
        Self::Person { fields: BTreeSet::new(), manager: false, active: true }
    }

    /// The change in two, if it can be made in two.
    pub(super) fn halves(&self) -> Option<[Self; 2]> {
        let (people, make): (_, fn(Vec<String>) -> Self) = match self {
            Self::Join(people) => (people, Self::Join),
            Self::Leave(people) => (people, Self::Leave),
            _ => return None,
        };
        let (one, other) = people.split_at_checked(people.len() / 2)?;
        (!one.is_empty()).then(|| [make(one.to_vec()), make(other.to_vec())])
    }
}

impl Model {
    /// The change as operations of a PATCH; none: there is nothing to say.
    pub(super) fn operations(
        &self,
        name: &str,
        change: &Change,
        known: &Known,
        source: &Directory,
        offered: &BTreeSet<Field>,
    ) -> Vec<Value> {
        let mut operations = Vec::new();
        match change {
            Change::Person { fields, manager, active } => {
                let Some(person) = source.person(name) else { return operations };
                for field in fields.intersection(offered) {
                    operations.extend(operation(*field, person, known));
                }
                if *manager && self.offer.has_manager() {
                    operations.extend(self.manager_operation(person, known));
                }
                if *active {
                    operations
                        .push(json!({"op": "replace", "path": "active", "value": person.active}));
                }
            }
            Change::Name => {
                let name = source.group(name).map(|group| group.name.as_str()).unwrap_or_default();
                operations.push(json!({"op": "replace", "path": "displayName", "value": name}));
            }
            Change::Join(people) => {
                let value = self.references(people, source);
                operations.push(json!({"op": "add", "path": "members", "value": value}));
            }
            Change::Leave(people) => {
                for (_, id) in self.links.people(people) {
                    let path = format!("members[value eq {}]", literal(id));
                    operations.push(json!({"op": "remove", "path": path}));
                }
            }
            Change::Members => {
                let value = self.whole(source.group(name), source);
                operations.push(json!({"op": "replace", "path": "members", "value": value}));
            }
        }
        operations
    }

    /// The change made in the whole resource.
    pub(super) fn edit(
        &self,
        resource: &mut Value,
        name: &str,
        change: &Change,
        source: &Directory,
        offered: &BTreeSet<Field>,
    ) {
        match change {
            Change::Person { fields, manager, active } => {
                let Some(person) = source.person(name) else { return };
                for field in fields.intersection(offered) {
                    let text = shape::value(&super::PROFILE, person, *field);
                    shape::set(resource, &super::PROFILE, *field, text.as_deref());
                }
                if *manager && self.offer.has_manager() {
                    shape::set_manager(resource, self.manager(person));
                }
                if *active {
                    shape::put(resource, "active", person.active.into());
                }
                shape::match_schemas(resource);
            }
            Change::Name => {
                let name = source.group(name).map(|group| group.name.as_str()).unwrap_or_default();
                shape::put(resource, "displayName", name.into());
            }
            Change::Join(_) | Change::Leave(_) | Change::Members => {
                let people = match change {
                    Change::Join(people) | Change::Leave(people) => self.references(people, source),
                    _ => Vec::new(),
                };
                let mut members: Vec<Value> = match resource.get("members") {
                    Some(Value::Array(members)) => members.clone(),
                    _ => Vec::new(),
                };
                let of = |one: &Value| one.get("value").cloned();
                members.retain(|one| !people.iter().any(|other| of(other) == of(one)));
                match change {
                    Change::Join(_) => members.extend(people),
                    Change::Members => members = self.whole(source.group(name), source),
                    _ => {}
                }
                shape::put(resource, "members", members.into());
            }
        }
    }

    /// The manager as a value, if the client has the id.
    pub(super) fn manager(&self, person: &Person) -> Option<Value> {
        let id = self.links.person(person.manager.as_deref()?)?;
        Some(json!({ "value": id }))
    }

    fn manager_operation(&self, person: &Person, known: &Known) -> Option<Value> {
        let path = format!("{ENTERPRISE}:manager");
        match self.manager(person) {
            Some(manager) => Some(json!({"op": "add", "path": path, "value": manager})),
            None if known.manager => Some(json!({"op": "remove", "path": path})),
            None => None,
        }
    }

    /// Members as values. Who has no id yet is named by the source's, which only a client does
    /// that sends members first.
    fn references(&self, people: &[String], source: &Directory) -> Vec<Value> {
        let id = |name: &String| match self.links.person(name) {
            Some(id) => Some(id.to_owned()),
            None if self.held.contains(name) => {
                source.person(name)?.values.get(&Field::ExternalId).cloned()
            }
            None => None,
        };
        people.iter().filter_map(id).map(|id| json!({ "value": id })).collect()
    }

    fn whole(&self, group: Option<&Group>, source: &Directory) -> Vec<Value> {
        let members: Vec<String> =
            group.map(|group| group.members.iter().cloned().collect()).unwrap_or_default();
        self.references(&members, source)
    }
}

/// One field as an operation that does not depend on what is there beyond what is known: `replace`
/// needs a value that the filter finds (RFC 7644, 3.5.2.3), `remove` something to remove.
fn operation(field: Field, person: &Person, known: &Known) -> Option<Value> {
    let there = known.fields.contains_key(&field);
    match (person.values.get(&field), field.place()) {
        (Some(text), Place::Work(name)) if !there => {
            let mut element = json!({"type": "work", "value": text});
            if name == "emails" {
                shape::put(&mut element, "primary", true.into());
            }
            Some(json!({"op": "add", "path": name, "value": [element]}))
        }
        (Some(text), Place::Work(_)) => {
            Some(json!({"op": "replace", "path": field.path(), "value": text}))
        }
        (Some(text), _) => Some(json!({"op": "replace", "path": field.path(), "value": text})),
        (None, _) if !there => None,
        (None, Place::Work(name)) => {
            Some(json!({"op": "remove", "path": format!("{name}[type eq \"work\"]")}))
        }
        (None, _) => Some(json!({"op": "remove", "path": field.path()})),
    }
}
