//! What the bodies of messages have in common: a schema that names the message, and members
//! whose names compare without regard to case, `null` meaning that one is not there
//! (RFC 7643, 2.1 and 2.5).

use provisor::json::{Json, Object};

use crate::error::{ScimError, ScimType};
use crate::protocol::query::whole;

/// The object of a message whose `schemas` names it.
pub(crate) fn message<'a>(body: &'a Json, schema: &str) -> Result<&'a Object, ScimError> {
    let Json::Object(object) = body else {
        return Err(syntax("the body is not a JSON object"));
    };
    if has_schema(object, schema) {
        Ok(object)
    } else {
        Err(syntax(format!("`schemas` does not name the message; it must contain `{schema}`")))
    }
}

/// Whether the `schemas` of a message or a resource name one.
pub(crate) fn has_schema(object: &Object, schema: &str) -> bool {
    let schemas = object.attribute("schemas").and_then(Json::as_array).unwrap_or_default();
    schemas.iter().any(|one| one.as_str().is_some_and(|uri| uri.eq_ignore_ascii_case(schema)))
}

/// A member that is there and not null.
pub(crate) fn member<'a>(object: &'a Object, name: &str) -> Option<&'a Json> {
    object.attribute(name).filter(|value| **value != Json::Null)
}

/// A member that is a text.
pub(crate) fn text(object: &Object, name: &str) -> Result<Option<String>, ScimError> {
    match member(object, name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(value(format!("`{name}` is not a string"))),
    }
}

/// A member that is a whole number.
pub(crate) fn number(object: &Object, name: &str) -> Result<Option<i64>, ScimError> {
    match member(object, name) {
        None => Ok(None),
        Some(Json::Number(numeral)) => whole(numeral.as_str())
            .map(Some)
            .ok_or_else(|| value(format!("`{name}` is not a whole number"))),
        Some(_) => Err(value(format!("`{name}` is not a number"))),
    }
}

/// 400 `invalidSyntax`: the message is not built as it must be.
pub(crate) fn syntax(detail: impl Into<String>) -> ScimError {
    ScimError::bad(ScimType::InvalidSyntax, detail)
}

/// 400 `invalidValue`: a member has the wrong type.
pub(crate) fn value(detail: impl Into<String>) -> ScimError {
    ScimError::bad(ScimType::InvalidValue, detail)
}
