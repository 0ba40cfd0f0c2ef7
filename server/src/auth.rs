//! Who calls, and what they may do.
//!
//! HTTP asks one question of one trait: [`Authenticate::authenticate`]. Everything else here is
//! behind it: bearer tokens, JWTs, rate limits. A [`Refused`] has all that a response needs.

pub mod refused;

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

pub use refused::Refused;

use crate::id::{Id, TenantId};

/// Tells who a request comes from.
pub trait Authenticate: Send + Sync + 'static {
    /// The caller of a request, or why it is refused: no or bad credentials (401, 400), too many
    /// requests (429), a store that does not answer (503). Rate limits are counted here, so one
    /// request asks once.
    fn authenticate<'a>(&'a self, shown: Shown<'a>) -> Authenticated<'a>;
}

/// The answer of [`Authenticate::authenticate`].
pub type Authenticated<'a> = Pin<Box<dyn Future<Output = Result<Principal, Refused>> + Send + 'a>>;

/// What of a request matters for who sent it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Every header.
    pub headers: &'a http::HeaderMap,
    /// The query string, undecoded: a token in it is refused.
    pub query: Option<&'a str>,
    /// Whom to count failures against: the peer, or what a trusted proxy says of it.
    pub peer: IpAddr,
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

/// One thing that a credential can allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `scim:read`
    Read,
    /// `scim:write`
    Write,
    /// `admin`
    Admin,
}

impl Principal {
    /// 403 `insufficient_scope` unless they may do this.
    pub fn require(&self, scope: Scope) -> Result<(), Refused> {
        if self.scopes.allow(scope) { Ok(()) } else { Err(Refused::insufficient_scope(scope)) }
    }
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// As it is written in tokens and requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "scim:read",
            Self::Write => "scim:write",
            Self::Admin => "admin",
        }
    }
}

impl Scopes {
    /// Whether they allow this; writing includes reading.
    pub fn allow(self, scope: Scope) -> bool {
        match scope {
            Scope::Read => self.read || self.write,
            Scope::Write => self.write,
            Scope::Admin => self.admin,
        }
    }
}
