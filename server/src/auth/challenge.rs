//! The refusals of RFC 6750, 3.1, besides those of the contract.

use std::time::Duration;

use super::Challenge;
use crate::clock::whole_seconds;
use crate::error::ScimError;
use crate::limits;

/// The `realm` of every challenge.
const REALM: &str = "scim";

impl Challenge {
    /// 401 where the token is unknown, altered, expired or revoked: which of them it is, is
    /// nothing for whoever shows it.
    pub fn invalid_token() -> Self {
        Self::bearer(401, "invalid_token", "the token is unknown, expired or revoked")
    }

    /// 400 where the credential is malformed, shown twice, or where it must not be. The detail is
    /// ASCII without quotes and backslashes, as `error_description` must be (RFC 6750, 3).
    pub fn invalid_request(detail: &str) -> Self {
        Self::bearer(400, "invalid_request", detail)
    }

    /// 429 (RFC 6585, 4).
    pub fn too_many(wait: Duration) -> Self {
        let detail = format!("too many requests; try again in {} s", whole_seconds(wait));
        Self { error: ScimError::new(429, detail), www_authenticate: None, retry_after: Some(wait) }
    }

    /// 429 where a token or a tenant has too many requests under way.
    pub fn too_many_at_once(whose: &str) -> Self {
        let detail = format!(
            "too many requests of this {whose} are under way; wait for some of them to be answered"
        );
        let wait = Some(limits::TURN_TIME);
        Self { error: ScimError::new(429, detail), www_authenticate: None, retry_after: wait }
    }

    fn bearer(status: u16, error: &str, detail: &str) -> Self {
        Self {
            error: ScimError::new(status, detail),
            www_authenticate: Some(format!(
                "Bearer realm=\"{REALM}\", error=\"{error}\", error_description=\"{detail}\""
            )),
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_those_of_rfc_6750_3() {
        let none = Challenge::missing().www_authenticate.unwrap();
        assert_eq!(none, format!("Bearer realm=\"{REALM}\""), "3.1: no code without credentials");
        for (challenge, code) in [
            (Challenge::invalid_token(), "invalid_token"),
            (Challenge::invalid_request("twice"), "invalid_request"),
            (Challenge::insufficient_scope("scim:write"), "insufficient_scope"),
        ] {
            let text = challenge.www_authenticate.unwrap();
            assert!(text.contains(&format!("error=\"{code}\"")), "{text}");
            assert!(http::HeaderValue::from_str(&text).is_ok());
            assert_eq!(text.matches('"').count() % 2, 0, "{text}");
        }
    }
}
