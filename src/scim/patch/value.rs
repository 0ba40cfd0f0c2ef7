//! Values held against their attribute: types checked, names in canonical spelling, what dialects
//! write otherwise brought into the form of the RFC.
//!
//! Null and `[]` are "no value" (RFC 7643, 2.5); `""` is a text. Sub-attributes that are readOnly
//! are left out of complex values: the RFC's own examples send `members.display`, and the service
//! provider gives them whatever the client says (RFC 7643, 7).

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Numeral, Object};
use crate::scim::compare::{Instant, Number};
use crate::scim::path::clip;
use crate::scim::schema::{Attribute, Mutability, Type};

use super::options::{Log, Tolerance};

/// What becomes of nulls inside a complex value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// They unassign sub-attributes of the value that is there.
    Keep,
    /// There is no value yet.
    Drop,
}

/// The values of a multi-valued attribute: always a list.
pub(super) fn list(
    log: &mut Log,
    attribute: &Attribute,
    value: &Json,
    one_is_legal: bool,
) -> Result<Json, Error> {
    let elements = match value {
        Json::Null => return Ok(Json::Array(Vec::new())),
        Json::Array(elements) => elements.as_slice(),
        Json::String(text) if text.is_empty() && (attribute.is_complex() || !one_is_legal) => {
            log.tolerate_or(Tolerance::EmptyText, || wrong(attribute))?;
            return Ok(Json::Array(Vec::new()));
        }
        one => {
            if !one_is_legal {
                log.tolerate_or(Tolerance::SingleValue, || {
                    unfit(attribute, Tolerance::SingleValue)
                })?;
            }
            std::slice::from_ref(one)
        }
    };
    let mut read = Vec::with_capacity(elements.len());
    for element in elements {
        if matches!(element, Json::Array(_)) {
            return Err(wrong(attribute));
        }
        match single(log, attribute, element, Nulls::Drop)? {
            Json::Null => {
                let message = format!("a value of `{}` is empty", attribute.name);
                return Err(fail(message).help("leave it out of the list"));
            }
            one => read.push(one),
        }
    }
    Ok(Json::Array(read))
}

/// One value of an attribute; null if it says that there is none.
pub(super) fn single(
    log: &mut Log,
    attribute: &Attribute,
    value: &Json,
    nulls: Nulls,
) -> Result<Json, Error> {
    match value {
        Json::Null => Ok(Json::Null),
        Json::Array(elements) => match elements.as_slice() {
            // The same state as null.
            [] => Ok(Json::Null),
            [one] if !matches!(one, Json::Array(_)) => {
                log.tolerate_or(Tolerance::ListOfOne, || unfit(attribute, Tolerance::ListOfOne))?;
                single(log, attribute, one, nulls)
            }
            _ => Err(unfit(attribute, Tolerance::ListOfOne)),
        },
        Json::String(text) if text.is_empty() && !may_be_empty(attribute.kind) => {
            log.tolerate_or(Tolerance::EmptyText, || wrong(attribute))?;
            Ok(Json::Null)
        }
        Json::Object(object) if attribute.is_complex() => complex(log, attribute, object, nulls),
        Json::Object(object) => {
            let mut entries = object.iter();
            match (entries.next(), entries.next()) {
                (Some((key, inner)), None)
                    if key.eq_ignore_ascii_case("value")
                        && !matches!(inner, Json::Array(_) | Json::Object(_)) =>
                {
                    log.tolerate_or(Tolerance::WrappedValue, || wrong(attribute))?;
                    single(log, attribute, inner, nulls)
                }
                _ => Err(wrong(attribute)),
            }
        }
        simple if attribute.is_complex() => {
            let Some(sub) = attribute.sub("value") else { return Err(wrong(attribute)) };
            // One step from what was sent to what is kept: a number is no text of a text that is
            // no object.
            if sub.kind == Type::String && !matches!(simple, Json::String(_)) {
                return Err(wrong(attribute));
            }
            log.tolerate_or(Tolerance::PlainValue, || {
                wrong(attribute).help(Tolerance::PlainValue.help())
            })?;
            let mut object = Object::new();
            object.push(sub.name.as_str(), plain(log, sub, simple)?);
            Ok(object.into())
        }
        simple => plain(log, attribute, simple),
    }
}

/// A value that is neither a list nor an object.
fn plain(log: &mut Log, attribute: &Attribute, value: &Json) -> Result<Json, Error> {
    let fits = match (attribute.kind, value) {
        (Type::String | Type::Reference, Json::String(_))
        | (Type::Boolean, Json::Bool(_))
        | (Type::Decimal, Json::Number(_)) => true,
        (Type::DateTime, Json::String(text)) => Instant::parse(text).is_some(),
        (Type::Binary, Json::String(text)) => is_base64(text),
        (Type::Integer, Json::Number(numeral)) => is_integer(numeral),
        (Type::Boolean, Json::String(text)) => {
            let flag = ["false", "true"].iter().position(|word| text.eq_ignore_ascii_case(word));
            let Some(flag) = flag else { return Err(wrong(attribute)) };
            log.tolerate_or(Tolerance::TextFlag, || wrong(attribute))?;
            return Ok(Json::Bool(flag == 1));
        }
        (Type::Integer | Type::Decimal, Json::String(text)) => {
            let numeral = Number::parse(text).and_then(|_| Numeral::parse(text));
            let numeral = numeral
                .filter(|numeral| attribute.kind == Type::Decimal || is_integer(numeral))
                .ok_or_else(|| wrong(attribute))?;
            log.tolerate_or(Tolerance::TextNumber, || wrong(attribute))?;
            return Ok(Json::Number(numeral));
        }
        (Type::String, Json::Number(numeral)) => {
            log.tolerate_or(Tolerance::PlainText, || wrong(attribute))?;
            return Ok(Json::from(numeral.as_str()));
        }
        (Type::String, Json::Bool(flag)) => {
            log.tolerate_or(Tolerance::PlainText, || wrong(attribute))?;
            return Ok(Json::from(if *flag { "true" } else { "false" }));
        }
        _ => false,
    };
    if !fits {
        return Err(wrong(attribute));
    }
    // A required text is there only if it is not empty (RFC 7643, 4.1.1, `userName`).
    if attribute.required && value.as_str().is_some_and(str::is_empty) {
        let message = format!("`{}` is required and cannot be empty", attribute.name);
        return Err(fail(message).help("send a text that is not empty"));
    }
    Ok(value.clone())
}

fn complex(
    log: &mut Log,
    attribute: &Attribute,
    object: &Object,
    nulls: Nulls,
) -> Result<Json, Error> {
    refuse_repeated(object)?;
    let mut read = Object::new();
    let mut left_out = false;
    for (key, value) in object.iter() {
        let Some(sub) = attribute.sub(key) else {
            log.tolerate_or(Tolerance::UnknownAttribute, || {
                let message = format!("`{}` has no sub-attribute `{}`", attribute.name, clip(key));
                fail(message).help(Tolerance::UnknownAttribute.help())
            })?;
            continue;
        };
        if sub.mutability == Mutability::ReadOnly {
            left_out = true;
            continue;
        }
        let value = if sub.multi_valued {
            list(log, sub, value, false)?
        } else {
            single(log, sub, value, Nulls::Drop)?
        };
        let none = match &value {
            Json::Null => true,
            Json::Array(elements) => elements.is_empty(),
            _ => false,
        };
        if none && nulls == Nulls::Drop {
            continue;
        }
        read.push(sub.name.as_str(), value);
    }
    if nulls == Nulls::Keep && read.is_empty() && left_out {
        // Nothing but what only the service provider writes.
        let message = format!("every part of `{}` that is given is read-only", attribute.name);
        return Err(Error::new(ErrorKind::Mutability, message)
            .help("leave it out: the service provider gives it"));
    }
    if nulls == Nulls::Drop && read.is_empty() {
        // Not the same as null: who sends `{}` for a value does not ask for its removal.
        let message = format!("a value of `{}` has no values", attribute.name);
        return Err(fail(message).help("give its sub-attributes, or `null` for no value"));
    }
    Ok(read.into())
}

/// Fails where a key occurs twice, whatever the case of its letters: which value is meant?
pub(super) fn refuse_repeated(object: &Object) -> Result<(), Error> {
    const FEW: usize = 16;
    let repeated = if object.len() <= FEW {
        object.iter().enumerate().find_map(|(index, (key, _))| {
            object
                .iter()
                .take(index)
                .any(|(other, _)| other.eq_ignore_ascii_case(key))
                .then_some(key)
        })
    } else {
        let mut seen = hashbrown::HashSet::with_capacity(object.len());
        object.iter().map(|(key, _)| key).find(|key| !seen.insert(key.to_ascii_lowercase()))
    };
    match repeated {
        Some(key) => Err(fail(format!("the key `{}` occurs twice in the value", clip(key)))
            .help("write each attribute once; the case of letters makes no difference")),
        None => Ok(()),
    }
}

fn may_be_empty(kind: Type) -> bool {
    matches!(kind, Type::String | Type::Reference | Type::Binary)
}

/// No fraction and no exponent (RFC 7643, 2.3.4).
fn is_integer(numeral: &Numeral) -> bool {
    numeral.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Base64 or its form for URLs (RFC 4648, 4 and 5).
fn is_base64(text: &str) -> bool {
    let inner = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    inner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'))
}

/// The error for a value of a wrong type. The value itself is not shown: it may be personal.
pub(super) fn wrong(attribute: &Attribute) -> Error {
    let (what, help) = match attribute.kind {
        Type::String => ("a text", "write it in double quotes"),
        Type::Boolean => ("`true` or `false`", "write it without quotes"),
        Type::Decimal => ("a number", "write it without quotes"),
        Type::Integer => ("a whole number", "write it without quotes, fraction and exponent"),
        Type::DateTime => ("a date and time", "write it as in `\"2011-05-13T04:42:34Z\"`"),
        Type::Reference => ("a URI as text", "write it in double quotes"),
        Type::Binary => ("base64 as text", "write it in double quotes, without blanks"),
        Type::Complex => ("an object", "write it as `{…}` with its sub-attributes"),
    };
    let many = if attribute.multi_valued { "a value of " } else { "the value of " };
    fail(format!("{many}`{}` is not {what}", attribute.name)).help(help)
}

fn unfit(attribute: &Attribute, tolerance: Tolerance) -> Error {
    fail(format!("`{}`: {}", attribute.name, tolerance.message())).help(tolerance.help())
}

fn fail(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Value, message)
}
