//! What people get: rules in force, decisions and reconciliation within the transaction of the
//! change that caused them.

use provisor::json::Json;

use crate::clock::Timestamp;
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::store::{Deletion, Member, Read, Stored, Write};

/// URI of the User extension that shows what a person gets; all of it is readOnly.
pub const EXTENSION: &str = "urn:provisor:params:scim:schemas:extension:entitlements:1.0:User";

/// Why something changes: for the change feed and the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Whose data.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// Who: [`Principal::name`](crate::auth::Principal::name), or `rules`, `settle`.
    pub actor: String,
    /// The id of the request, as in logs and the `X-Request-Id` of the response.
    pub request: String,
}

/// What happened in the directory. Told after it is written, in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A user is new.
    UserCreated(Id),
    /// A user's own attributes changed.
    UserUpdated(Id),
    /// A user was deleted.
    UserDeleted(Id),
    /// A group is new; its members, if it has some already, are told by `MembersChanged`.
    GroupCreated(Id),
    /// Somebody came into a group or left it.
    MembersChanged {
        /// The group.
        group: Id,
        /// Who came.
        added: Vec<Member>,
        /// Who left.
        removed: Vec<Member>,
    },
    /// A group has another `displayName` (or `externalId`).
    GroupRenamed {
        /// The group.
        group: Id,
        /// Its former `displayName`.
        former: String,
    },
    /// A group was deleted.
    GroupDeleted {
        /// The group as it was.
        group: Stored,
        /// The people who were in it, directly or through groups.
        people: Vec<Id>,
    },
}

/// The rules in force of every tenant, and what they do to people.
#[derive(Debug, Default)]
pub struct Entitlements {}

impl Entitlements {
    /// Decides and reconciles exactly those whom it can affect, and keeps records, feed and
    /// audit. Without rules there is nothing to do but the audit entry.
    pub fn happened(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        what: &Happening,
    ) -> Result<(), ScimError> {
        let _ = (tx, cause, what);
        Ok(())
    }

    /// Whether a group that is to be deleted is kept, because the rules in force still name it.
    pub fn deletion_of(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        group: &Stored,
    ) -> Result<Deletion, ScimError> {
        let _ = (tx, tenant, group);
        Ok(Deletion::Remove)
    }

    /// The value of [`EXTENSION`] in a User; `None` where nothing was decided yet.
    pub fn shown(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        user: Id,
    ) -> Result<Option<Json>, ScimError> {
        let _ = (tx, tenant, user);
        Ok(None)
    }
}
