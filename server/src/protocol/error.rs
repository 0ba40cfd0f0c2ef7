//! The body of a refusal (RFC 7644, 3.12).

use provisor::json::{Json, Object};

use crate::error::ScimError;

/// The schema of the body.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

impl ScimError {
    /// The error body. `status` is a string, as the RFC has it.
    pub fn to_json(&self) -> Json {
        let mut body = Object::new();
        body.push("schemas", Json::Array(vec![Json::String(ERROR.to_owned())]));
        body.push("status", Json::String(self.status.to_string()));
        if let Some(scim_type) = self.scim_type {
            body.push("scimType", Json::String(scim_type.as_str().to_owned()));
        }
        body.push("detail", Json::String(self.detail.clone()));
        Json::Object(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScimType;

    #[test]
    fn the_body_is_as_in_the_rfc() {
        assert_eq!(
            ScimError::bad(ScimType::InvalidFilter, "no `\"`").to_json().to_string(),
            concat!(
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"#,
                r#""status":"400","scimType":"invalidFilter","detail":"no `\"`"}"#
            )
        );
        assert!(ScimError::new(404, "none").to_json().get("scimType").is_none());
    }
}
