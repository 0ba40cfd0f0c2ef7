//! What is kept, and how it is asked for: the interface of every store.
//!
//! Nothing here knows SQL. A [`Store`] runs jobs: a read job sees one snapshot, a write job is
//! one transaction that is kept whole or not at all, and its answer is given only once it is
//! durable. Jobs are plain code on a thread of the store, so a backend is synchronous inside and
//! asynchronous outside; several write jobs may share one durable commit.

mod job;
pub mod named;
pub mod resource;
pub mod sqlite;
pub mod user_name;

pub use job::Store;
pub use resource::{
    Deletion, Found, GroupOf, KeptMeta, Matches, Member, NewResource, Order, Position, Query,
    SortKey, Stored, Window,
};

use std::time::Instant;

use crate::clock::Timestamp;
use crate::id::{Id, Kind, TenantId};

/// A backend: runs jobs on its own threads.
pub trait Backend: Send + Sync + 'static {
    /// Runs a job on a snapshot.
    fn read(&self, job: ReadJob);
    /// Runs a job in a transaction; see [`WriteJob`].
    fn write(&self, job: Box<dyn WriteJob>);
    /// When something was last not kept for want of room, or because nothing may be written.
    fn last_failure(&self) -> Option<Instant> {
        None
    }
}

/// A job that reads; it is called once, with the snapshot or with why there is none.
pub type ReadJob = Box<dyn FnOnce(Result<&dyn Read, StoreError>) + Send>;

/// A job that writes.
pub trait WriteJob: Send {
    /// Does the work. False: take all of it back.
    fn run(&mut self, tx: &dyn Write) -> bool;
    /// Called once: after the commit that made the work durable, after it was taken back, or
    /// with why neither was possible. Without it nobody is answered.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// Why a store could not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// What kind.
    pub kind: StoreErrorKind,
    /// For the operator's log: no value of a payload is in it.
    pub detail: String,
}

/// Kinds of failure that the server treats differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Another resource has the value of this attribute, which must be unique.
    Taken(&'static str),
    /// No room on the disk.
    Full,
    /// The store can be read only.
    ReadOnly,
    /// The store did not answer in time, or is shutting down.
    Busy,
    /// More resources than a store sorts without an index
    /// ([`limits::SORTED_WITHOUT_INDEX`](crate::limits::SORTED_WITHOUT_INDEX)).
    TooMany,
    /// Anything else.
    Broken,
}

/// What a snapshot answers. Every method looks at one tenant only.
pub trait Read {
    // Resources

    /// A resource that is there and not deleted.
    fn resource(&self, tenant: TenantId, kind: Kind, id: Id) -> Result<Option<Stored>, StoreError>;
    /// A resource that was deleted and is kept ([`Deletion::Keep`]).
    fn deleted(&self, tenant: TenantId, kind: Kind, id: Id) -> Result<Option<Stored>, StoreError>;
    /// The user of a `userName`, which is [prepared](user_name) here and compares without regard
    /// to case.
    fn user_named(&self, tenant: TenantId, user_name: &str) -> Result<Option<Stored>, StoreError>;
    /// How many resources there are; constant time.
    fn count(&self, tenant: TenantId, kind: Kind) -> Result<u64, StoreError>;
    /// The resources that a query asks for; see [`Query`].
    fn find(&self, tenant: TenantId, kind: Kind, query: &Query<'_>) -> Result<Found, StoreError>;
    /// Every resource in the order of ids after one, until the callback answers false.
    fn each(
        &self,
        tenant: TenantId,
        kind: Kind,
        after: Option<Id>,
        each: &mut dyn FnMut(Stored) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError>;

    /// The same of resources that were deleted and are kept.
    fn each_deleted(
        &self,
        tenant: TenantId,
        kind: Kind,
        after: Option<Id>,
        each: &mut dyn FnMut(Stored) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError>;

    // Membership: direct, unless it says otherwise

    /// Members of a group after one, in the order of their ids, at most so many.
    fn members(
        &self,
        tenant: TenantId,
        group: Id,
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError>;
    /// Which of these are members of the group.
    fn members_among(
        &self,
        tenant: TenantId,
        group: Id,
        ids: &[Id],
    ) -> Result<Vec<Member>, StoreError>;
    /// How many members a group has.
    fn member_count(&self, tenant: TenantId, group: Id) -> Result<u64, StoreError>;
    /// The groups that a user or group is in, directly or through groups
    /// ([`limits::GROUP_NESTING`](crate::limits::GROUP_NESTING)), each once, in the order of ids;
    /// groups that were deleted and kept too, marked so.
    fn groups_of(&self, tenant: TenantId, member: Id) -> Result<Vec<GroupOf>, StoreError>;
    /// The users in a group, directly or through groups, each once, in the order of ids.
    fn people_in(
        &self,
        tenant: TenantId,
        group: Id,
        each: &mut dyn FnMut(Id) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError>;

    // Entitlements

    /// What is kept of a user's entitlements.
    fn entitlement(&self, tenant: TenantId, user: Id) -> Result<Option<Entitlement>, StoreError>;
    /// Entitlements of users after one in the order of ids, until the callback answers false.
    fn entitlements(
        &self,
        tenant: TenantId,
        after: Option<Id>,
        each: &mut dyn FnMut(Id, Entitlement) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError>;
    /// Entries of the change feed after a number, oldest first, at most so many.
    fn feed(&self, tenant: TenantId, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;
    /// The number of its last entry; 0 without one.
    fn last_feed(&self, tenant: TenantId) -> Result<u64, StoreError>;
    /// Entries of the audit trail after a number, oldest first; of one resource if it is given.
    fn audit(
        &self,
        tenant: TenantId,
        about: Option<Id>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;
    /// Users whose events have settled by an instant, oldest first, of every tenant.
    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(TenantId, Id)>, StoreError>;

    // Small things: tokens, clients, tenants, rules, batches, each a text under a key

    /// The text under a key.
    fn document(
        &self,
        tenant: TenantId,
        shelf: Shelf,
        key: &str,
    ) -> Result<Option<String>, StoreError>;
    /// Every key and text of a shelf, in the order of keys.
    fn documents(
        &self,
        tenant: TenantId,
        shelf: Shelf,
    ) -> Result<Vec<(String, String)>, StoreError>;
}

/// What a transaction can do besides reading what it has written.
pub trait Write: Read {
    /// Runs a part of the transaction that can be taken back by itself: false or an error from
    /// the work undoes what it wrote, and nothing else. Gives what the work gave.
    fn nested(
        &self,
        work: &mut dyn FnMut(&dyn Write) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError>;
    /// Keeps a new resource. Fails with `Taken("userName")` where a user of the name is there.
    fn insert(&self, tenant: TenantId, new: &NewResource) -> Result<(), StoreError>;
    /// Replaces what a resource says; its `version` grows by one, `created` stays.
    fn update(&self, tenant: TenantId, new: &NewResource) -> Result<(), StoreError>;
    /// Marks a resource as changed: `version` grows by one, `modified` is the instant. For what
    /// is derived: members, groups, entitlements.
    fn touch(&self, tenant: TenantId, kind: Kind, id: Id, at: Timestamp) -> Result<(), StoreError>;
    /// Sets when a resource was created and changed, and how often it was written: for an import,
    /// which says these things of what was elsewhere before.
    fn set_meta(
        &self,
        tenant: TenantId,
        kind: Kind,
        id: Id,
        meta: &KeptMeta,
    ) -> Result<(), StoreError>;
    /// Takes a resource away, with its memberships ([`Deletion::Remove`]) or keeping them for
    /// [`Read::deleted`] and [`Read::groups_of`]. False if it was not there.
    fn delete(
        &self,
        tenant: TenantId,
        kind: Kind,
        id: Id,
        how: Deletion,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Takes away for good a resource that was deleted and is kept. False if it was not there.
    fn purge(&self, tenant: TenantId, kind: Kind, id: Id) -> Result<bool, StoreError>;
    /// Adds members; gives back those that were not members before. Costs the same in a group of
    /// ten and of 100,000.
    fn add_members(
        &self,
        tenant: TenantId,
        group: Id,
        members: &[Member],
    ) -> Result<Vec<Member>, StoreError>;
    /// Removes members; gives back those that were members.
    fn remove_members(
        &self,
        tenant: TenantId,
        group: Id,
        ids: &[Id],
    ) -> Result<Vec<Member>, StoreError>;
    /// Remembers a name that a group had, for [`GroupOf::former_names`].
    fn add_former_name(&self, tenant: TenantId, group: Id, name: &str) -> Result<(), StoreError>;

    /// Keeps what is known of a user's entitlements.
    fn put_entitlement(
        &self,
        tenant: TenantId,
        user: Id,
        entitlement: &Entitlement,
    ) -> Result<(), StoreError>;
    /// Forgets them.
    fn remove_entitlement(&self, tenant: TenantId, user: Id) -> Result<(), StoreError>;
    /// Adds to the change feed; gives the entry's number. Numbers grow in commit order, so a
    /// reader that resumes after one misses nothing.
    fn append_feed(
        &self,
        tenant: TenantId,
        about: Id,
        at: Timestamp,
        body: &str,
    ) -> Result<u64, StoreError>;
    /// Adds to the audit trail.
    fn append_audit(
        &self,
        tenant: TenantId,
        about: Option<Id>,
        at: Timestamp,
        body: &str,
    ) -> Result<u64, StoreError>;
    /// Says when a user's events have settled; `None`: nothing waits any more. Who is waiting
    /// already does not wait longer: the earlier instant stays.
    fn set_due(&self, tenant: TenantId, user: Id, due: Option<Timestamp>)
    -> Result<(), StoreError>;

    /// Keeps a text under a key.
    fn put_document(
        &self,
        tenant: TenantId,
        shelf: Shelf,
        key: &str,
        body: &str,
    ) -> Result<(), StoreError>;
    /// Takes it away; false if it was not there.
    fn remove_document(
        &self,
        tenant: TenantId,
        shelf: Shelf,
        key: &str,
    ) -> Result<bool, StoreError>;
}

/// What is kept of a user's entitlements, as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// The [`provisor::reconcile::Record`].
    pub record: String,
    /// The SCIM extension of the User that shows it.
    pub shown: String,
}

/// An entry of the change feed or the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// The resource that it is about.
    pub about: Option<Id>,
    /// When.
    pub at: Timestamp,
    /// What happened, as JSON text.
    pub body: String,
}

/// Where small things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shelf {
    /// Tenants by number; under [`NOBODY`].
    Tenants,
    /// Bearer tokens by the hash of the secret; under [`NOBODY`], since they tell the tenant.
    Tokens,
    /// OAuth clients by `client_id`; under [`NOBODY`].
    Clients,
    /// Rules of a tenant by version.
    Rules,
    /// Batches of a tenant: a change of rules on its way to everybody, and what the brake holds.
    Batches,
    /// What the product had of people before the source sends them, by their names.
    Imports,
    /// Keys of the server itself, such as the one that seals cursors; under [`NOBODY`].
    Keys,
}

/// The tenant of things that belong to no tenant.
pub const NOBODY: TenantId = TenantId(0);

impl Shelf {
    /// Its name in a store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenants => "tenants",
            Self::Tokens => "tokens",
            Self::Clients => "clients",
            Self::Rules => "rules",
            Self::Batches => "batches",
            Self::Imports => "imports",
            Self::Keys => "keys",
        }
    }
}

impl StoreError {
    /// A failure with its words for the log.
    pub fn new(kind: StoreErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// One that nobody but the operator can do anything about.
    pub fn broken(detail: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Broken, detail)
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for StoreError {}
