//! Resources that scenarios need: made before the steps, marked as this run's, taken away after.

mod fit;
mod learned;
mod made_up;

use serde_json::{Map, Value, json};

use crate::discover::Capabilities;
use crate::scenario::Fixture;
use crate::template::{Scope, Unknown};

pub(crate) use fit::{Extent, Fitting, fit, is_common, is_servers};
pub(crate) use learned::{Learned, Lesson};
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
    /// person's; `lesson` is what this endpoint asks for besides, and `base` its base URI.
    pub(crate) fn body(
        &self,
        name: &str,
        mark: &str,
        lesson: &Lesson,
        base: &str,
        has: &Capabilities,
        scope: &Scope,
    ) -> Result<Fitting, Unknown> {
        let (mut body, own) = match self {
            Self::User(own) => {
                let address = format!("{mark}-{name}@conformance.example");
                let body = json!({
                    "schemas": [USER],
                    "userName": address,
                    "externalId": format!("{mark}-{name}"),
                    "displayName": format!("{mark} {name}"),
                    "active": true,
                    "name": { "givenName": name, "familyName": mark },
                    "emails": [{ "value": address, "type": "work", "primary": true }],
                });
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
        let (endpoint, extent) = (self.endpoint(), lesson.extent());
        let mut fitting = fit(body, endpoint, base, has, (name, mark), extent);
        let wanted = lesson.wanted(has);
        wanted.iter().for_each(|one| one.fill(&mut fitting.body, name, mark));
        Ok(fitting)
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
