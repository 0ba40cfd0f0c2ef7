//! Resources that scenarios need: made before the steps, marked as this run's, taken away after.

use serde_json::{Map, Value, json};

use crate::scenario::Fixture;
use crate::template::{Scope, Unknown};

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
    /// person's; `required` are attributes that this endpoint wants besides.
    pub fn body(
        &self,
        name: &str,
        mark: &str,
        required: &[String],
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
                fill_required(&mut body, required, name, mark);
                (body, own)
            }
            Self::Group(own) => {
                (json!({ "schemas": [GROUP], "displayName": format!("{mark}-{name}") }), own)
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

/// What a schema requires beyond the RFC's minimum, as far as a value can be made up.
fn fill_required(body: &mut Value, required: &[String], name: &str, mark: &str) {
    let Value::Object(body) = body else { return };
    for attribute in required {
        if body.keys().any(|key| key.eq_ignore_ascii_case(attribute)) {
            continue;
        }
        let value = match attribute.as_str() {
            "phoneNumbers" => json!([{ "value": "+1-201-555-0123", "type": "work" }]),
            "locale" => json!("en-US"),
            "timezone" => json!("America/New_York"),
            _ => json!(format!("{mark} {name}")),
        };
        body.insert(attribute.clone(), value);
    }
}
