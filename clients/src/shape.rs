//! A person as a SCIM user, and back. What clients share; their own forms are in `provider`.

use serde_json::{Map, Value, json};

use crate::directory::Person;
use crate::field::{ENTERPRISE, Field, Place, USER};
use crate::provider::Profile;

/// The schema of PATCH requests.
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What a client sends for a field: its own form of the text, or nothing.
pub fn value(profile: &Profile, person: &Person, field: Field) -> Option<String> {
    let text = person.values.get(&field).filter(|_| profile.fields.contains(&field))?;
    Some(match field {
        Field::Phone => (profile.phone)(text),
        _ => text.clone(),
    })
}

/// The fields of a person as attributes, `active` and `schemas` with them. `schemas` has the
/// enterprise extension where something of it is there.
pub fn user(profile: &Profile, person: &Person) -> Value {
    let mut body = json!({ "active": person.active });
    for field in Field::ALL {
        set(&mut body, profile, *field, value(profile, person, *field).as_deref());
    }
    schemas(&mut body);
    body
}

/// Writes which schemas a user has.
pub fn schemas(body: &mut Value) {
    let extended = body.get(ENTERPRISE).is_some();
    let uris = if extended { json!([USER, ENTERPRISE]) } else { json!([USER]) };
    put(body, "schemas", uris);
}

/// Puts a field into a user, or takes it away, and touches nothing else.
pub fn set(user: &mut Value, profile: &Profile, field: Field, text: Option<&str>) {
    match (field.place(), text) {
        (Place::Core(name), text) => set_or_take(user, name, text),
        (Place::Name(name), text) => within(user, "name", |inner| set_or_take(inner, name, text)),
        (Place::Enterprise(name), text) => {
            within(user, ENTERPRISE, |inner| set_or_take(inner, name, text));
        }
        (Place::Work(name), text) => set_work(user, name, profile.email_type, text),
    }
}

/// What a user has of a field.
pub fn read<'a>(user: &'a Value, profile: &Profile, field: Field) -> Option<&'a str> {
    match field.place() {
        Place::Core(name) => user.get(name)?.as_str(),
        Place::Name(name) => user.get("name")?.get(name)?.as_str(),
        Place::Enterprise(name) => user.get(ENTERPRISE)?.get(name)?.as_str(),
        Place::Work(name) => {
            let kind = kind(name, profile.email_type);
            let elements = user.get(name)?.as_array()?;
            let typed = |one: &&Value| one.get("type").and_then(Value::as_str) == Some(kind);
            elements.iter().find(typed)?.get("value")?.as_str()
        }
    }
}

/// The manager of a user, by what `manager.value` says.
pub fn manager(user: &Value) -> Option<&str> {
    user.get(ENTERPRISE)?.get("manager")?.get("value")?.as_str()
}

/// Puts a manager into a user, or takes the manager away.
pub fn set_manager(user: &mut Value, manager: Option<Value>) {
    within(user, ENTERPRISE, |inner| match manager {
        Some(manager) => put(inner, "manager", manager),
        None => take(inner, "manager"),
    });
}

/// The body of a PATCH.
pub fn patch(operations: Vec<Value>) -> Value {
    json!({ "schemas": [PATCH], "Operations": operations })
}

/// Sets a member of an object.
pub fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Removes a member of an object.
pub fn take(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

/// Changes the object of that name, which is made if it is not there and goes when it is empty.
fn within(object: &mut Value, name: &str, change: impl FnOnce(&mut Value)) {
    let mut inner = match object.get(name) {
        Some(inner) if inner.is_object() => inner.clone(),
        _ => json!({}),
    };
    change(&mut inner);
    if inner.as_object().is_some_and(Map::is_empty) {
        take(object, name);
    } else {
        put(object, name, inner);
    }
}

fn set_or_take(object: &mut Value, name: &str, text: Option<&str>) {
    match text {
        Some(text) => put(object, name, text.into()),
        None => take(object, name),
    }
}

fn set_work(user: &mut Value, name: &str, email_type: &str, text: Option<&str>) {
    let kind = kind(name, email_type);
    let mut elements = match user.get(name) {
        Some(Value::Array(elements)) => elements.clone(),
        _ => Vec::new(),
    };
    let at = elements.iter().position(|one| one.get("type").and_then(Value::as_str) == Some(kind));
    match (at.and_then(|at| elements.get_mut(at)), text) {
        (Some(element), Some(text)) => {
            put(element, "value", text.into());
            // What was shown for the old value says nothing of the new one.
            if element.get("display").is_some() {
                put(element, "display", text.into());
            }
        }
        (Some(_), None) => {
            elements.retain(|one| one.get("type").and_then(Value::as_str) != Some(kind));
        }
        (None, Some(text)) => {
            let mut element = json!({ "type": kind, "value": text });
            if name == "emails" {
                put(&mut element, "primary", true.into());
            }
            elements.push(element);
        }
        (None, None) => {}
    }
    if elements.is_empty() {
        take(user, name);
    } else {
        put(user, name, elements.into());
    }
}

/// authentik's addresses are of the type `other`; everybody's telephones are of `work`.
fn kind<'a>(name: &str, email_type: &'a str) -> &'a str {
    if name == "emails" { email_type } else { "work" }
}

/// Lists the enterprise extension in `schemas` where something of it is there, and only there. The
/// other URIs stay as they are.
pub fn match_schemas(user: &mut Value) {
    let mut uris = match user.get("schemas") {
        Some(Value::Array(uris)) => uris.clone(),
        _ => vec![USER.into()],
    };
    let enterprise =
        |uri: &Value| uri.as_str().is_some_and(|uri| uri.eq_ignore_ascii_case(ENTERPRISE));
    if user.get(ENTERPRISE).is_none() {
        uris.retain(|uri| !enterprise(uri));
    } else if !uris.iter().any(enterprise) {
        uris.push(ENTERPRISE.into());
    }
    put(user, "schemas", uris.into());
}

/// Puts the whole name as one text.
pub fn name_formatted(user: &mut Value, text: &str) {
    within(user, "name", |name| put(name, "formatted", text.into()));
}
