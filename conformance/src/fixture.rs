//! Resources that scenarios need: made before the steps, marked as this run's, taken away after.

mod learned;
mod made_up;

use serde_json::{Map, Value, json};

use crate::discover::Attribute;
use crate::scenario::Fixture;
use crate::template::{Scope, Unknown};

pub(crate) use learned::Learned;
pub(crate) use made_up::Wanted;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

impl Fixture {
    /// The endpoint that makes it.
    pub fn endpoint(&self) -> &'static str {
        match self {
            Self::User(_) => "/Users",
            Self::Group(_) => "/Groups",
        }
    }

    /// The body that makes it. `mark` is in every name, so that nobody mistakes it for a
    /// person's; `wanted` is what this endpoint asks for besides.
    pub(crate) fn body(
        &self,
        name: &str,
        mark: &str,
        wanted: &[Wanted],
        known: Option<&[Attribute]>,
        scope: &Scope,
    ) -> Result<Value, Unknown> {
        let (mut body, own) = match self {
            Self::User(own) => {
                let address = format!("{mark}-{name}@conformance.example");
                let mut body = json!({
                    "schemas": [USER],
                    "userName": address,
                    "externalId": format!("{mark}-{name}"),
                    "displayName": format!("{mark} {name}"),
                    "active": true,
                    "name": { "givenName": name, "familyName": mark },
                    "emails": [{ "value": address, "type": "work", "primary": true }],
                });
                leave_out(&mut body, known.unwrap_or_default());
                wanted.iter().for_each(|one| one.fill(&mut body, name, mark));
                (body, own)
            }
            Self::Group(own) => {
                let mut body =
                    json!({ "schemas": [GROUP], "displayName": format!("{mark}-{name}") });
                wanted.iter().for_each(|one| one.fill(&mut body, name, mark));
                (body, own)
            }
        };
        let own = scope.value(own)?;
        if let (Value::Object(body), Value::Object(own)) = (&mut body, own) {
            for (key, value) in own {
                let value = match (key.as_str(), value) {
                    ("members", Value::Array(names)) => members(names, scope)?,
                    (_, value) => value,
                };
                set(body, key, value);
            }
        }
        Ok(body)
    }
}

/// Takes away sub-attributes that the endpoint's schema does not have; what is empty then too.
fn leave_out(body: &mut Value, known: &[Attribute]) {
    let Value::Object(members) = body else { return };
    members.retain(|name, value| {
        let Some(attribute) = known.iter().find(|one| one.name.eq_ignore_ascii_case(name)) else {
            return true;
        };
        let elements = match value {
            Value::Array(elements) => elements.as_mut_slice(),
            other => std::slice::from_mut(other),
        };
        let mut left = true;
        for element in elements.iter_mut().filter_map(Value::as_object_mut) {
            element.retain(|sub, _| attribute.may_have(sub));
            left = !element.is_empty();
        }
        left
    });
}

/// Null takes an attribute away; anything else sets it.
fn set(body: &mut Map<String, Value>, key: String, value: Value) {
    if value.is_null() {
        body.remove(&key);
    } else {
        body.insert(key, value);
    }
}

/// Names of fixtures become references; what is a reference already stays.
fn members(names: Vec<Value>, scope: &Scope) -> Result<Value, Unknown> {
    let members = names.into_iter().map(|name| match name {
        Value::String(name) => {
            let id = scope.get(&format!("{name}/id")).cloned();
            Ok(json!({ "value": id.ok_or(Unknown { name })? }))
        }
        reference => Ok(reference),
    });
    Ok(Value::Array(members.collect::<Result<_, _>>()?))
}
