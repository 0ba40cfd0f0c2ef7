//! Looks at values and comparisons of them.

use std::borrow::Cow;

use crate::json::{Json, Object};
use crate::scim::compare::compared;
use crate::scim::schema::{Attribute, Mutability};

/// Where an attribute stands in an object; of duplicates the last.
pub(super) fn find(object: &Object, name: &str) -> Option<usize> {
    object.iter().rposition(|(key, _)| key.eq_ignore_ascii_case(name))
}

/// Takes a value out, leaving null in its place.
pub(super) fn take(object: &mut Object, name: &str) -> Json {
    let at = find(object, name);
    match at.and_then(|at| object.entries_mut().get_mut(at)) {
        Some((_, value)) => std::mem::take(value),
        None => Json::Null,
    }
}

/// Puts a value where the attribute stands, or at the end, in canonical spelling; what is no
/// value takes the attribute away.
pub(super) fn put(object: &mut Object, name: &str, value: Json) {
    if is_none(&value) {
        object.entries_mut().retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        return;
    }
    let at = find(object, name);
    match at.and_then(|at| object.entries_mut().get_mut(at)) {
        Some((key, place)) => {
            if key != name {
                name.clone_into(key);
            }
            *place = value;
        }
        None => object.push(name, value),
    }
}

/// The object that a value is; an empty one for anything else.
pub(super) fn into_object(value: Json) -> Object {
    match value {
        Json::Object(object) => object,
        _ => Object::new(),
    }
}

/// Whether it is unassigned (RFC 7643, 2.5): null, `[]`, or an object of such. `""` is a value.
pub(super) fn is_none(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(elements) => elements.is_empty(),
        // One level is enough: complex values hold no objects (RFC 7643, 2.3.8), extensions do.
        Json::Object(object) => object.iter().all(|(_, inner)| match inner {
            Json::Object(object) => object.iter().all(|(_, value)| *value == Json::Null),
            other => is_none_simple(other),
        }),
        _ => false,
    }
}

fn is_none_simple(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(elements) => elements.is_empty(),
        _ => false,
    }
}

/// Whether two values say the same: the order of keys and the spelling of numbers make no
/// difference, the case of letters does.
pub(super) fn same(left: &Json, right: &Json) -> bool {
    // Recursion is as deep as the values, whose depth the reader has limited.
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Json::Object(left), Json::Object(right)) => same_objects(left, right),
        (Json::Number(left), Json::Number(right)) => left == right || left.value() == right.value(),
        _ => left == right,
    }
}

pub(super) fn same_objects(left: &Object, right: &Object) -> bool {
    if left.len() != right.len() {
        return false;
    }
    left.iter().zip(right.iter()).all(|((left_key, left_value), (key, value))| {
        if left_key == key {
            same(left_value, value)
        } else {
            right.get(left_key).is_some_and(|value| same(left_value, value))
        }
    })
}

/// Whether a value that a client sends back is the one that is there: it may lack parts.
pub(super) fn echoes(sent: &Json, there: &Json) -> bool {
    match (sent, there) {
        (Json::Array(sent), Json::Array(there)) => {
            sent.len() == there.len() && sent.iter().zip(there).all(|(s, t)| echoes(s, t))
        }
        (Json::Object(sent), Json::Object(there)) => sent.iter().all(|(key, value)| {
            is_none(value) || there.attribute(key).is_some_and(|there| echoes(value, there))
        }),
        _ if is_none(sent) => is_none(there),
        _ => same(sent, there),
    }
}

/// A simple value in its compared form.
pub(super) fn scalar<'a>(attribute: &Attribute, value: &'a Json) -> Option<Cow<'a, str>> {
    match value {
        Json::String(text) => Some(compared(text, attribute.case_exact)),
        Json::Number(numeral) => Some(Cow::Owned(numeral.value().to_string())),
        Json::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A sub-attribute of a value in its compared form.
pub(super) fn part<'a>(attribute: &Attribute, value: &'a Json, name: &str) -> Option<Cow<'a, str>> {
    let sub = attribute.sub(name)?;
    scalar(sub, value.as_object()?.attribute(name)?)
}

/// Everything in a value that clients write, in the compared form and the order of the schema.
pub(super) fn whole(attribute: &Attribute, value: &Json) -> String {
    let mut text = String::new();
    let Some(object) = value.as_object() else { return text };
    for (index, sub) in attribute.sub_attributes.iter().enumerate() {
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        let Some(value) = object.attribute(&sub.name) else { continue };
        let parts = match value {
            Json::Array(elements) => elements.as_slice(),
            one => std::slice::from_ref(one),
        };
        for part in parts {
            if let Some(part) = scalar(sub, part) {
                // The length keeps texts apart.
                text.push_str(&format!("{index}:{}:{part}", part.len()));
            }
        }
    }
    text
}
