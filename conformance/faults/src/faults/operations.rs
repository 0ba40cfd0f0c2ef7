//! What the operations of a PATCH are, for faults that misread them.

use http::Method;
use serde_json::{Value, json};

use crate::exchange::{Answered, Asked};

/// The operations of a PATCH of one resource.
pub(crate) fn operations(asked: &Asked) -> Vec<Value> {
    if asked.method != Method::PATCH || asked.any_id().is_none() {
        return Vec::new();
    }
    let list = asked.json().and_then(|body| member(&body, "operations").cloned());
    match list {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// Puts other operations into a PATCH.
pub(crate) fn set_operations(asked: &mut Asked, operations: Vec<Value>) {
    asked.edit(|body| {
        if let Some(body) = body.as_object_mut() {
            let name = body.keys().find(|key| key.eq_ignore_ascii_case("operations")).cloned();
            body.insert(name.unwrap_or_else(|| "Operations".to_owned()), json!(operations));
        }
    });
}

/// Changes each operation of a PATCH.
pub(crate) fn each_operation(asked: &mut Asked, change: impl FnMut(&mut Value)) {
    let mut list = operations(asked);
    if !list.is_empty() {
        list.iter_mut().for_each(change);
        set_operations(asked, list);
    }
}

/// Takes operations out of a PATCH. Where none is left the server would refuse it; the fault
/// answers 204 then, as one that did its work.
pub(crate) fn without(asked: &mut Asked, leave: impl Fn(&Value) -> bool) -> Option<Answered> {
    let list = operations(asked);
    let kept: Vec<Value> = list.iter().filter(|one| !leave(one)).cloned().collect();
    if kept.len() == list.len() {
        return None;
    }
    let nothing = kept.is_empty();
    set_operations(asked, kept);
    nothing.then(|| Answered::empty(204))
}

/// A member of an object by SCIM's comparison of names.
pub(crate) fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let entries = object.as_object()?;
    entries.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// What an operation does, in lower case.
pub(crate) fn op(operation: &Value) -> String {
    text(operation, "op").to_lowercase()
}

/// Where it does it; empty where it names no path.
pub(crate) fn path(operation: &Value) -> &str {
    text(operation, "path")
}

/// A text member, or nothing.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    member(object, name).and_then(Value::as_str).unwrap_or_default()
}

/// The path of a resource below the base path.
pub(crate) fn place(asked: &Asked) -> String {
    format!("/{}", asked.segments().join("/"))
}
