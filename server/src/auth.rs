//! Who calls, and what they may do.

use crate::id::{Id, TenantId};

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
