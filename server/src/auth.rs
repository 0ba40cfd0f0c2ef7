//! Who calls, and what they may do.
//!
//! HTTP asks [`Authenticate`] once for each request. [`Gate`] is the server's own: bearer tokens
//! whose hashes the store keeps, JWTs of an issuer that the operator trusts, and rate limits.

mod bearer;
mod cache;
mod challenge;
pub mod clients;
pub mod gate;
pub mod jwt;
pub mod rate;
pub mod scope;
pub mod secret;
pub mod tenants;
pub mod tokens;

pub use gate::Gate;
pub use secret::Secret;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http::request::Parts;

use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::service::dialect::Dialect;

/// A future that an object-safe trait gives.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Finds out who calls. A host application can bring its own.
pub trait Authenticate: Send + Sync + 'static {
    /// The principal of a request, from its head; [`Peer`](crate::http::Peer) is among the
    /// extensions. Also where requests are counted: too many are refused here.
    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
    ) -> BoxFuture<'a, Result<Principal, Challenge>>;

    /// Tokens, clients or tenants of the store changed: what is remembered of them is asked again.
    /// Nothing to do for an application that has its own.
    fn forget(&self) {}
}

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The status and body: 400, 401, 403, 429 or 503.
    pub error: ScimError,
    /// The value of `WWW-Authenticate` (RFC 6750, 3), if there is one.
    pub www_authenticate: Option<String>,
    /// How long to wait, with 429 and 503.
    pub retry_after: Option<Duration>,
}

/// Somebody who showed a valid credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The tenant whose resources they see.
    pub tenant: TenantId,
    /// A name for the audit trail: that of the token or client, never a secret.
    pub name: String,
    /// What they may do.
    pub scopes: Scopes,
    /// The user that `/Me` is, if the credential stands for one (RFC 7644, 3.11).
    pub user: Option<Id>,
    /// What they may send beyond the letter, if it is not as the server's settings say.
    pub dialect: Option<Dialect>,
}

/// What a credential allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes {
    /// `scim:read`
    pub read: bool,
    /// `scim:write`, which includes reading.
    pub write: bool,
    /// `admin`: the admin API.
    pub admin: bool,
}

impl Scopes {
    /// Whether reading is allowed.
    pub fn can_read(self) -> bool {
        self.read || self.write
    }
}

impl Challenge {
    /// 401 without a credential (RFC 6750, 3.1: no error code then).
    pub fn missing() -> Self {
        Self {
            error: ScimError::new(401, "the request has no credential; send a bearer token"),
            www_authenticate: Some("Bearer realm=\"scim\"".to_owned()),
            retry_after: None,
        }
    }

    /// 403 for a credential that does not allow this (RFC 6750, 3.1).
    pub fn insufficient_scope(scope: &str) -> Self {
        Self {
            error: ScimError::new(
                403,
                format!("the credential does not allow this; it needs the scope `{scope}`"),
            ),
            www_authenticate: Some(format!(
                "Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"{scope}\""
            )),
            retry_after: None,
        }
    }
}

impl From<ScimError> for Challenge {
    fn from(error: ScimError) -> Self {
        Self { retry_after: error.retry_after(), error, www_authenticate: None }
    }
}
