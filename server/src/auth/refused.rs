//! Why a caller is refused, and the header that says so (RFC 6750, 3).

use super::Scope;
use crate::error::ScimError;

/// The `realm` of every challenge.
pub const REALM: &str = "provisor";

/// A refusal, with the headers that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// 400, 401, 403, 429 or 503.
    pub status: u16,
    /// The value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The value of `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// For people: what is wrong and what to do. It repeats nothing of the credential.
    pub detail: String,
}

impl Refused {
    /// 401 where no credentials were shown: the challenge has no error code (RFC 6750, 3.1).
    pub fn no_credentials() -> Self {
        Self {
            status: 401,
            challenge: Some(format!("Bearer realm=\"{REALM}\"")),
            retry_after: None,
            detail: "this needs a bearer token; send it as `Authorization: Bearer <token>`".into(),
        }
    }

    /// 401 where the token is unknown, altered, expired or revoked: which of them is for the log
    /// and not for the caller.
    pub fn invalid_token() -> Self {
        let detail = "the token is not valid here: unknown, expired or revoked";
        Self::with(401, "invalid_token", detail, None)
    }

    /// 400 where the credentials are malformed, or shown twice.
    pub fn invalid_request(detail: &str) -> Self {
        Self::with(400, "invalid_request", detail, None)
    }

    /// 403 where the token does not allow what is asked.
    pub fn insufficient_scope(scope: Scope) -> Self {
        let scope = scope.as_str();
        let detail = format!("the token does not allow this; it needs the scope `{scope}`");
        Self::with(403, "insufficient_scope", &detail, Some(scope))
    }

    /// 429 (RFC 6585, 4). At least a second, since `Retry-After` has no fractions.
    pub fn too_many(seconds: u64) -> Self {
        Self {
            status: 429,
            challenge: None,
            retry_after: Some(seconds.max(1)),
            detail: format!("too many requests; try again in {} s", seconds.max(1)),
        }
    }

    /// 503 where the store that knows the tokens does not answer.
    pub fn unavailable() -> Self {
        Self {
            status: 503,
            challenge: None,
            retry_after: Some(1),
            detail: "the server cannot look up tokens at the moment; try again later".into(),
        }
    }

    /// `detail` is plain ASCII without quotes or backslashes, as `error_description` must be
    /// (RFC 6750, 3); backticks are fine there.
    fn with(status: u16, error: &str, detail: &str, scope: Option<&str>) -> Self {
        let mut challenge =
            format!("Bearer realm=\"{REALM}\", error=\"{error}\", error_description=\"{detail}\"");
        if let Some(scope) = scope {
            challenge.push_str(&format!(", scope=\"{scope}\""));
        }
        Self { status, challenge: Some(challenge), retry_after: None, detail: detail.into() }
    }
}

/// For the body; the headers are the caller's to add.
impl From<&Refused> for ScimError {
    fn from(refused: &Refused) -> Self {
        Self::new(refused.status, refused.detail.clone())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.status, self.detail)
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_those_of_rfc_6750_3() {
        let none = Refused::no_credentials();
        assert_eq!(none.challenge.as_deref(), Some("Bearer realm=\"provisor\""));
        let scope = Refused::insufficient_scope(Scope::Write).challenge.unwrap();
        assert!(scope.contains("error=\"insufficient_scope\""), "{scope}");
        assert!(scope.ends_with("scope=\"scim:write\""), "{scope}");
        let all = [none, Refused::invalid_token(), Refused::invalid_request("twice")];
        for refused in all {
            let text = refused.challenge.unwrap();
            assert!(http::HeaderValue::from_str(&text).is_ok());
            assert!(text.is_ascii() && !text.contains('\\'));
            assert_eq!(text.matches('"').count() % 2, 0);
        }
    }

    #[test]
    fn retry_after_is_never_zero() {
        assert_eq!(Refused::too_many(0).retry_after, Some(1));
    }
}
