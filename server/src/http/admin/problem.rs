//! Refusals of the admin API: problem details (RFC 9457).

use std::time::Duration;

use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::auth::Challenge;
use crate::clock::whole_seconds;
use crate::error::ScimError;
use crate::store::StoreError;

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    status: u16,
    detail: String,
    /// A member besides those of the RFC.
    more: Option<(&'static str, Value)>,
    www_authenticate: Option<String>,
    retry_after: Option<Duration>,
}

impl Problem {
    /// With a status and words for people.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, detail, more: None, www_authenticate: None, retry_after: None }
    }

    /// 429 with how long to wait.
    pub fn busy(detail: impl Into<String>, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..Self::new(429, detail) }
    }

    /// With a member besides those of the RFC.
    #[must_use]
    pub fn with(self, name: &'static str, value: Value) -> Self {
        Self { more: Some((name, value)), ..self }
    }
}

impl From<ScimError> for Problem {
    fn from(error: ScimError) -> Self {
        Self { retry_after: error.retry_after(), ..Self::new(error.status, error.detail) }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        ScimError::from(error).into()
    }
}

impl From<Challenge> for Problem {
    fn from(challenge: Challenge) -> Self {
        let Challenge { error, www_authenticate, retry_after } = challenge;
        Self { www_authenticate, retry_after, ..error.into() }
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Self::new(400, "a parameter of the query is unknown or cannot be read; see openapi.json")
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::new(404, "there is nothing at this path")
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(413, "the body is too large"),
            _ => Self::new(400, "the body could not be read to its end"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": self.detail,
        });
        if let (Some(body), Some((name, value))) = (body.as_object_mut(), self.more) {
            body.insert(name.to_owned(), value);
        }
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let challenge = self.www_authenticate.and_then(|text| HeaderValue::try_from(text).ok());
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, whole_seconds(wait).into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreErrorKind;

    fn wait(problem: Problem) -> Option<String> {
        let response = problem.into_response();
        response.headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn what_may_succeed_later_says_when() {
        let busy = StoreErrorKind::Busy;
        assert_eq!(wait(StoreError::new(busy, "locked").into()).as_deref(), Some("5"));
        assert_eq!(wait(ScimError::new(503, "later").into()).as_deref(), Some("5"));
        assert_eq!(
            wait(Challenge::too_many(Duration::from_millis(1_001)).into()).as_deref(),
            Some("2")
        );
        assert_eq!(wait(Challenge::too_many(Duration::from_secs(2)).into()).as_deref(), Some("2"));
        assert_eq!(wait(ScimError::new(500, "never").into()), None);
    }
}
