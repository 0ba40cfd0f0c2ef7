//! What the texts must be that resources are found by.

use provisor::json::{Json, Object};

use crate::error::{ScimError, ScimType};
use crate::id::Kind;
use crate::limits;

/// Refuses a name that nobody could read or type, and keys that are too long to be found by. What
/// a resource says already is left alone: `before` is what it said.
pub(super) fn check(kind: Kind, body: &Object, before: Option<&Object>) -> Result<(), ScimError> {
    let text = |object: &Object, name: &str| {
        object.attribute(name).and_then(Json::as_str).map(str::to_owned)
    };
    for name in ["userName", "displayName", "externalId"] {
        let Some(value) = text(body, name) else { continue };
        if before.and_then(|before| text(before, name)).as_ref() == Some(&value) {
            continue;
        }
        let is_name = kind == Kind::User && name == "userName";
        let most = if is_name { limits::USER_NAME } else { limits::KEY_TEXT };
        if value.chars().count() > most {
            let detail = format!("`{name}` has more than {most} characters");
            return Err(ScimError::bad(ScimType::InvalidValue, detail));
        }
        if is_name && (value.trim().is_empty() || value.chars().any(char::is_control)) {
            let detail = "`userName` is more than blanks, and has no line breaks or other control \
                          characters";
            return Err(ScimError::bad(ScimType::InvalidValue, detail));
        }
    }
    Ok(())
}
