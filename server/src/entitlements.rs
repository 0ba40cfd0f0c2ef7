//! What people get: rules in force, decisions and reconciliation within the transaction of the
//! change that caused them.

pub mod batch;
mod decided;
mod edit;
mod explain;
mod feed;
mod happen;
mod holds;
pub mod import;
mod member;
mod person;
mod preview;
mod restore;
pub mod rules;
mod run;
pub mod seats;
mod settle;
mod shown;
pub mod text;
pub mod versions;
mod watch;

pub use edit::Edited;
pub use explain::Explained;
pub(crate) use happen::people;
pub(crate) use holds::open as held_batches;
pub use member::MemberView;
pub use preview::{Preview, PreviewPage};
pub use rules::Rules;
pub use text::RulesText;
pub use versions::{Put, PutRefused, VersionInfo};

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::id::{Id, TenantId};
use crate::store::{Member, Stored};

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

/// What happened in the directory. Told after it is written, in the same transaction; that means
/// too that people whose `groups` show it are marked as changed.
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

/// What the operator chose about entitlements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How long events of one person are gathered before they are decided; `None`: not at all.
    /// What takes away because of a never or a deactivation never waits.
    pub settle: Option<Duration>,
}

/// The rules in force of every tenant, and what they do to people.
///
/// Which rules are in force is a fact of the store, read within each transaction: a change of
/// rules is atomic, survives a crash, and is seen by every server on the same store. Only the
/// compiled form is kept here.
#[derive(Debug, Default)]
pub struct Entitlements {
    options: Options,
    compiled: RwLock<HashMap<TenantId, Vec<Arc<Rules>>>>,
    /// The root files of tenants whose rules come from files.
    files: RwLock<HashMap<TenantId, PathBuf>>,
}

impl Entitlements {
    /// With what the operator chose.
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }
}
