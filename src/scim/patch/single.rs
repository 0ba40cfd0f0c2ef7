//! Changes of one value: simple and complex.

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object};
use crate::scim::schema::{Attribute, Mutability};

use super::tree::{into_object, is_none, put, same, take};
use super::{Op, elements, mutability};

/// Changes an attribute of an object; what it may not become is refused.
pub(super) fn edit(
    holder: &mut Object,
    attribute: &Attribute,
    change: impl FnOnce(Json) -> Result<Json, Error>,
) -> Result<(), Error> {
    let current = take(holder, &attribute.name);
    let assigned = !is_none(&current);
    let fixed = assigned && attribute.mutability == Mutability::Immutable;
    let before = fixed.then(|| current.clone());
    let next = change(current)?;
    if before.is_some_and(|before| !same(&before, &next)) {
        return Err(mutability(format!(
            "`{}` cannot be changed once it has a value",
            attribute.name
        ))
        .help("leave it as it is, or make a new value"));
    }
    if assigned && attribute.required && is_none(&next) {
        let message = format!("`{}` is required and would have no value", attribute.name);
        return Err(mutability(message).help("leave one value, or replace it"));
    }
    put(holder, &attribute.name, next);
    Ok(())
}

/// An attribute after an operation without a filter.
pub(super) fn change(
    current: Json,
    op: Op,
    value: Option<&Json>,
    attribute: &Attribute,
) -> Result<Json, Error> {
    if attribute.multi_valued {
        return elements::change(current, op, value, attribute);
    }
    match (op, value) {
        (Op::Remove, Some(listed)) => {
            Ok(if elements::is_listed(attribute, &current, listed) { Json::Null } else { current })
        }
        (Op::Remove, None) | (_, None | Some(Json::Null)) => Ok(Json::Null),
        (Op::Add | Op::Replace, Some(Json::Object(new))) if attribute.is_complex() => {
            let mut object = into_object(current);
            merge(&mut object, op, new, attribute)?;
            if object.is_empty() {
                return Ok(Json::Null);
            }
            complete(&object, attribute)?;
            Ok(object.into())
        }
        (Op::Add | Op::Replace, Some(value)) => Ok(value.clone()),
    }
}

/// Puts the sub-attributes of a value into an object; what it does not mention stays.
pub(super) fn merge(
    object: &mut Object,
    op: Op,
    new: &Object,
    attribute: &Attribute,
) -> Result<(), Error> {
    for (key, value) in new.iter() {
        let Some(sub) = attribute.sub(key) else { continue };
        edit(object, sub, |current| change(current, op, Some(value), sub))?;
    }
    Ok(())
}

/// A new value in the place of another: what clients cannot write stays.
pub(super) fn supersede(old: &Json, new: &Object, attribute: &Attribute) -> Result<Json, Error> {
    let Json::Object(old) = old else { return Ok(new.clone().into()) };
    let mut object = new.clone();
    for (key, there) in old.iter() {
        let Some(sub) = attribute.sub(key) else { continue };
        match sub.mutability {
            Mutability::ReadOnly => put(&mut object, &sub.name, there.clone()),
            Mutability::Immutable if !is_none(there) => match new.attribute(key) {
                Some(value) if !same(value, there) => {
                    return Err(mutability(format!(
                        "`{}.{}` cannot be changed once it has a value",
                        attribute.name, sub.name
                    ))
                    .help("remove the value and add another"));
                }
                _ => put(&mut object, &sub.name, there.clone()),
            },
            _ => {}
        }
    }
    Ok(object.into())
}

/// Fails where a required sub-attribute has no value.
pub(super) fn complete(object: &Object, attribute: &Attribute) -> Result<(), Error> {
    let missing = attribute.sub_attributes.iter().find(|sub| {
        sub.required
            && sub.mutability != Mutability::ReadOnly
            && object.attribute(&sub.name).is_none_or(is_none)
    });
    match missing {
        Some(sub) => {
            let message = format!("a value of `{}` has no `{}`", attribute.name, sub.name);
            Err(Error::new(ErrorKind::Value, message)
                .help(format!("give `{}`, which is required", sub.name)))
        }
        None => Ok(()),
    }
}
