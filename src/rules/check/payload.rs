//! Fixture lines become a SCIM User and a list of groups.

use serde_json::{Map, Value, json};

use super::schema::CORE_USER;
use super::suite::GivenGroup;
use crate::rules::ast::GroupChange;

/// A line of a fixture with its names resolved.
#[derive(Debug, Clone)]
pub(super) enum Line {
    /// `groups …`
    Groups { change: GroupChange, groups: Vec<GivenGroup> },
    /// An attribute and its value.
    Attribute {
        /// URI of its schema.
        schema: String,
        /// Its name.
        name: String,
        /// The sub-attribute that the line sets, if it names one of a single-valued attribute.
        sub: Option<String>,
        /// The whole value; `None` takes away what was said before.
        value: Option<Value>,
    },
}

/// The SCIM User that the lines describe; later lines replace earlier ones.
pub(super) fn user<'a>(lines: impl Iterator<Item = &'a Line>) -> Value {
    let mut core = Map::new();
    let mut extensions: Map<String, Value> = Map::new();
    core.insert("active".to_owned(), Value::Bool(true));
    for line in lines {
        let Line::Attribute { schema, name, sub, value } = line else { continue };
        let object = if schema == CORE_USER {
            &mut core
        } else {
            let extension = extensions.entry(schema.clone()).or_insert_with(|| json!({}));
            let Value::Object(object) = extension else { continue };
            object
        };
        let (object, key) = match sub {
            None => (object, name),
            Some(sub) => {
                let whole = object.entry(name.clone()).or_insert_with(|| json!({}));
                if !whole.is_object() {
                    *whole = json!({});
                }
                let Value::Object(inner) = whole else { continue };
                (inner, sub)
            }
        };
        match value {
            None => object.remove(key),
            Some(value) => object.insert(key.clone(), value.clone()),
        };
    }
    let mut schemas = vec![Value::from(CORE_USER)];
    for (schema, object) in extensions {
        if object.as_object().is_some_and(|o| !o.is_empty()) {
            schemas.push(Value::from(schema.as_str()));
            core.insert(schema, object);
        }
    }
    core.entry("schemas").or_insert(Value::Array(schemas));
    Value::Object(core)
}

/// The groups that the lines leave.
pub(super) fn groups<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<GivenGroup> {
    let mut list: Vec<GivenGroup> = Vec::new();
    for line in lines {
        let Line::Groups { change, groups } = line else { continue };
        match change {
            GroupChange::Set => list.clone_from(groups),
            GroupChange::Add => {
                // The same group said again replaces what was said before (`indirectly`, ids).
                let names: std::collections::HashSet<&str> =
                    groups.iter().map(|g| g.name.as_str()).collect();
                list.retain(|group| !names.contains(group.name.as_str()));
                list.extend(groups.iter().cloned());
            }
            GroupChange::Remove => {
                let names: std::collections::HashSet<&str> =
                    groups.iter().map(|g| g.name.as_str()).collect();
                list.retain(|group| !names.contains(group.name.as_str()));
            }
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, sub: Option<&str>, value: impl Into<Option<Value>>) -> Line {
        let (schema, name) = name.rsplit_once(':').unwrap_or((CORE_USER, name));
        Line::Attribute {
            schema: schema.to_owned(),
            name: name.to_owned(),
            sub: sub.map(str::to_owned),
            value: value.into(),
        }
    }

    fn check(lines: &[Line], expected: Value) {
        assert_eq!(user(lines.iter()), expected);
    }

    #[test]
    fn a_person_is_active_unless_said() {
        check(&[], json!({ "schemas": [CORE_USER], "active": true }));
        check(&[set("active", None, None)], json!({ "schemas": [CORE_USER] }));
    }

    #[test]
    fn later_lines_replace_and_none_takes_away() {
        let lines = [
            set("title", None, json!("AE")),
            set("title", None, json!("CEO")),
            set("name", Some("givenName"), json!("Ana")),
            set("name", Some("familyName"), json!("Sol")),
            set("name", Some("givenName"), None),
            set("urn:x:User:segment", None, json!("SMB")),
            set("urn:x:User:segment", None, None),
        ];
        let expected = json!({
            "schemas": [CORE_USER], "active": true, "title": "CEO", "name": { "familyName": "Sol" },
        });
        check(&lines, expected);
    }

    #[test]
    fn extensions_stand_in_the_object_of_their_schema() {
        check(
            &[set("urn:x:User:segment", None, json!("SMB"))],
            json!({
                "schemas": [CORE_USER, "urn:x:User"], "active": true,
                "urn:x:User": { "segment": "SMB" },
            }),
        );
    }
}
