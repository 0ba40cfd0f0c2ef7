//! Why a request is refused: what a SCIM error body says (RFC 7644, 3.12).

use std::fmt;
use std::time::Duration;

use provisor::ErrorKind;

use crate::limits;
use crate::store::{StoreError, StoreErrorKind};

/// A refusal: an HTTP status, a `scimType` where the RFC has one, and words for people. No value
/// of a payload is in the words unless the client sent it in this very request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimError {
    /// The HTTP status.
    pub status: u16,
    /// The `scimType`.
    pub scim_type: Option<ScimType>,
    /// What is wrong and what to do, for people.
    pub detail: String,
}

/// The error keywords of RFC 7644, table 9, and RFC 9865, 2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the RFC's; `as_str` gives their spelling")]
pub enum ScimType {
    InvalidFilter,
    TooMany,
    Uniqueness,
    Mutability,
    InvalidSyntax,
    InvalidPath,
    NoTarget,
    InvalidValue,
    InvalidVers,
    Sensitive,
    InvalidCursor,
    ExpiredCursor,
    InvalidCount,
}

impl ScimType {
    /// As it stands in the body.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

impl ScimError {
    /// A refusal without a `scimType`.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// 400 with a `scimType`.
    pub fn bad(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// 404 for a resource that is not there.
    pub fn not_found(kind: &str, id: &str) -> Self {
        Self::new(404, format!("there is no {kind} with the id `{id}`"))
    }

    /// 409 for a value that another resource has (RFC 7644, 3.3.1).
    pub fn taken(attribute: &str) -> Self {
        Self {
            status: 409,
            scim_type: Some(ScimType::Uniqueness),
            detail: format!("another resource has this `{attribute}`; choose another one"),
        }
    }

    /// After how long the same may succeed, where it may: with 503.
    pub fn retry_after(&self) -> Option<Duration> {
        (self.status == 503).then_some(limits::RETRY_AFTER)
    }

    /// 412 for an If-Match that does not hold (RFC 7644, 3.14).
    pub fn changed_meanwhile() -> Self {
        Self::new(412, "the resource was changed meanwhile; read it again and repeat the change")
    }
}

/// What the client is told; the words for the operator go into the log here, since nobody else
/// sees them.
impl From<StoreError> for ScimError {
    fn from(error: StoreError) -> Self {
        match error.kind {
            StoreErrorKind::Taken(_) | StoreErrorKind::TooMany => {}
            StoreErrorKind::Busy => tracing::warn!(%error, "the store is busy"),
            StoreErrorKind::Full | StoreErrorKind::ReadOnly | StoreErrorKind::Broken => {
                tracing::error!(%error, "the store failed");
            }
        }
        match error.kind {
            StoreErrorKind::Taken(attribute) => Self::taken(attribute),
            StoreErrorKind::Full => Self::new(507, "the server has no room to store this"),
            StoreErrorKind::ReadOnly => {
                Self::new(503, "the server can read and not write at the moment; try again later")
            }
            StoreErrorKind::Busy => Self::new(503, "the server is busy; try again later"),
            StoreErrorKind::TooMany => Self::bad(
                ScimType::TooMany,
                "too many resources match to be sorted by this attribute; narrow the filter or \
                 sort by `userName`, `displayName`, `externalId`, `meta.created` or \
                 `meta.lastModified`",
            ),
            StoreErrorKind::Broken => Self::new(500, "the server could not use its store"),
        }
    }
}

/// What the library refused.
impl From<provisor::Error> for ScimError {
    fn from(error: provisor::Error) -> Self {
        let scim_type = match error.kind() {
            ErrorKind::Filter => ScimType::InvalidFilter,
            ErrorKind::Path => ScimType::InvalidPath,
            ErrorKind::Value => ScimType::InvalidValue,
            ErrorKind::NoTarget => ScimType::NoTarget,
            ErrorKind::Mutability => ScimType::Mutability,
            _ => ScimType::InvalidSyntax,
        };
        let mut detail = error.to_string();
        if let Some(advice) = error.advice() {
            detail.push_str("; ");
            detail.push_str(advice);
        }
        Self::bad(scim_type, detail)
    }
}

impl fmt::Display for ScimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.detail)
    }
}

impl std::error::Error for ScimError {}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::clock::Timestamp;
    use crate::id::{Id, Kind};
    use crate::store::Stored;

    /// What is logged meanwhile.
    fn logged(work: impl FnOnce()) -> String {
        struct Kept(Arc<Mutex<Vec<u8>>>);
        impl std::io::Write for Kept {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let kept = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&kept);
        let writer = move || Kept(Arc::clone(&own));
        let logs = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).finish();
        tracing::subscriber::with_default(logs, work);
        String::from_utf8(kept.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_failing_store_is_told_to_the_operator_and_not_to_the_client() {
        let id = Id::new();
        let body = r#"{"userName":"secret@acme.example""#.to_owned();
        let (created, modified) = (Timestamp(0), Timestamp(0));
        let user = Stored { id, kind: Kind::User, body, created, modified, version: 1 };
        let mut refusal = None;
        let log = logged(|| refusal = user.content().err().map(ScimError::from));
        let refusal = refusal.unwrap();
        assert_eq!((refusal.status, refusal.scim_type), (500, None));
        assert!(!refusal.detail.contains(&id.to_string()), "{refusal}");
        let line = format!("the store failed error=the body of the User {id} is no JSON object");
        assert!(log.contains("ERROR") && log.contains(&line), "{log}");
        assert!(!log.contains("secret"), "{log}");
        let taken = StoreError::new(StoreErrorKind::Taken("userName"), "taken");
        assert_eq!(logged(|| drop(ScimError::from(taken))), "");
    }
}
