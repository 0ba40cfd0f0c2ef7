//! A connection within a transaction, as what jobs see.

use rusqlite::Connection;

use super::failure::failed;
use super::members::Learned;
use super::{documents, entitlements, find, logs, members, resources, schema};
use crate::clock::Timestamp;
use crate::id::{Id, Kind, TenantId};
use crate::store::{
    Deletion, Entitlement, Entry, Found, GroupOf, KeptMeta, Member, NewResource, Query, Read,
    Shelf, StoreError, StoreErrorKind, Stored, Write,
};

/// What a job reads and writes with.
pub(super) struct Session<'c> {
    pub(super) conn: &'c Connection,
    /// Of a job that reads.
    learned: Option<Learned>,
}

impl<'c> Session<'c> {
    /// For a job on a snapshot.
    pub(super) fn reading(conn: &'c Connection) -> Self {
        Self { conn, learned: Some(Learned::default()) }
    }

    /// For a job that may write.
    pub(super) fn writing(conn: &'c Connection) -> Self {
        Self { conn, learned: None }
    }
}

impl Read for Session<'_> {
    fn resource(&self, tenant: TenantId, kind: Kind, id: Id) -> Result<Option<Stored>, StoreError> {
        resources::get(self.conn, tenant, schema::class(kind), id)
    }

    fn deleted(&self, tenant: TenantId, kind: Kind, id: Id) -> Result<Option<Stored>, StoreError> {
        resources::get(self.conn, tenant, schema::kept_class(kind), id)
    }

    fn user_named(&self, tenant: TenantId, user_name: &str) -> Result<Option<Stored>, StoreError> {
        resources::named(self.conn, tenant, user_name)
    }

    fn count(&self, tenant: TenantId, kind: Kind) -> Result<u64, StoreError> {
        resources::count(self.conn, tenant, kind)
    }

    fn find(&self, tenant: TenantId, kind: Kind, query: &Query<'_>) -> Result<Found, StoreError> {
        find::find(self, tenant, kind, query)
    }

    fn each(
        &self,
        tenant: TenantId,
        kind: Kind,
        after: Option<Id>,
        each: &mut dyn FnMut(Stored) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        resources::each(self.conn, tenant, schema::class(kind), after, each)
    }

    fn each_deleted(
        &self,
        tenant: TenantId,
        kind: Kind,
        after: Option<Id>,
        each: &mut dyn FnMut(Stored) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        resources::each(self.conn, tenant, schema::kept_class(kind), after, each)
    }

    fn members(
        &self,
        tenant: TenantId,
        group: Id,
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError> {
        members::members(self.conn, tenant, group, after, limit)
    }

    fn members_among(
        &self,
        tenant: TenantId,
        group: Id,
        ids: &[Id],
    ) -> Result<Vec<Member>, StoreError> {
        members::members_among(self.conn, tenant, group, ids)
    }

    fn member_count(&self, tenant: TenantId, group: Id) -> Result<u64, StoreError> {
        members::member_count(self.conn, tenant, group)
    }

    fn groups_of(&self, tenant: TenantId, member: Id) -> Result<Vec<GroupOf>, StoreError> {
        members::groups_of(self.conn, tenant, member, self.learned.as_ref())
    }

    fn people_in(
        &self,
        tenant: TenantId,
        group: Id,
        each: &mut dyn FnMut(Id) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        members::people_in(self.conn, tenant, group, each)
    }

    fn entitlement(&self, tenant: TenantId, user: Id) -> Result<Option<Entitlement>, StoreError> {
        entitlements::get(self.conn, tenant, user)
    }

    fn entitlements(
        &self,
        tenant: TenantId,
        after: Option<Id>,
        each: &mut dyn FnMut(Id, Entitlement) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        entitlements::each(self.conn, tenant, after, each)
    }

    fn feed(&self, tenant: TenantId, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        logs::feed(self.conn, tenant, after, limit)
    }

    fn last_feed(&self, tenant: TenantId) -> Result<u64, StoreError> {
        logs::last_feed(self.conn, tenant)
    }

    fn audit(
        &self,
        tenant: TenantId,
        about: Option<Id>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        logs::audit(self.conn, tenant, about, after, limit)
    }

    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(TenantId, Id)>, StoreError> {
        entitlements::due(self.conn, now, limit)
    }

    fn document(
        &self,
        tenant: TenantId,
        shelf: Shelf,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        documents::get(self.conn, tenant, shelf, key)
    }

    fn documents(
        &self,
        tenant: TenantId,
        shelf: Shelf,
    ) -> Result<Vec<(String, String)>, StoreError> {
        documents::all(self.conn, tenant, shelf)
    }
}

impl Write for Session<'_> {
    fn nested(
        &self,
        work: &mut dyn FnMut(&dyn Write) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        self.open()?;
        let doing = "beginning a part of a transaction";
        self.conn.execute_batch("SAVEPOINT part").map_err(failed(doing))?;
        let result = work(self);
        let end = match result {
            Ok(true) => "RELEASE part",
            // The transaction may be gone already (no room): then there is nothing to undo.
            _ if self.conn.is_autocommit() => return result,
            _ => "ROLLBACK TO part; RELEASE part",
        };
        self.conn.execute_batch(end).map_err(failed("ending a part of a transaction"))?;
        result
    }

    fn insert(&self, tenant: TenantId, new: &NewResource) -> Result<(), StoreError> {
        self.open()?;
        resources::insert(self.conn, tenant, new)
    }

    fn update(&self, tenant: TenantId, new: &NewResource) -> Result<(), StoreError> {
        self.open()?;
        resources::update(self.conn, tenant, new)
    }

    fn touch(&self, tenant: TenantId, kind: Kind, id: Id, at: Timestamp) -> Result<(), StoreError> {
        self.open()?;
        resources::touch(self.conn, tenant, kind, id, at)
    }

    fn set_meta(
        &self,
        tenant: TenantId,
        kind: Kind,
        id: Id,
        meta: &KeptMeta,
    ) -> Result<(), StoreError> {
        self.open()?;
        resources::set_meta(self.conn, tenant, kind, id, meta)
    }

    fn delete(
        &self,
        tenant: TenantId,
        kind: Kind,
        id: Id,
        how: Deletion,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.open()?;
        resources::delete(self.conn, tenant, kind, id, how, at)
    }

    fn purge(&self, tenant: TenantId, kind: Kind, id: Id) -> Result<bool, StoreError> {
        self.open()?;
        resources::purge(self.conn, tenant, kind, id)
    }

    fn add_members(
        &self,
        tenant: TenantId,
        group: Id,
        members: &[Member],
    ) -> Result<Vec<Member>, StoreError> {
        self.open()?;
        members::add(self.conn, tenant, group, members)
    }

    fn remove_members(
        &self,
        tenant: TenantId,
        group: Id,
        ids: &[Id],
    ) -> Result<Vec<Member>, StoreError> {
        self.open()?;
        members::remove(self.conn, tenant, group, ids)
    }

    fn add_former_name(&self, tenant: TenantId, group: Id, name: &str) -> Result<(), StoreError> {
        self.open()?;
        members::add_former_name(self.conn, tenant, group, name)
    }

    fn put_entitlement(
        &self,
        tenant: TenantId,
        user: Id,
        entitlement: &Entitlement,
    ) -> Result<(), StoreError> {
        self.open()?;
        entitlements::put(self.conn, tenant, user, entitlement)
    }

    fn remove_entitlement(&self, tenant: TenantId, user: Id) -> Result<(), StoreError> {
        self.open()?;
        entitlements::remove(self.conn, tenant, user)
    }

    fn append_feed(
        &self,
        tenant: TenantId,
        about: Id,
        at: Timestamp,
        body: &str,
    ) -> Result<u64, StoreError> {
        self.open()?;
        logs::append_feed(self.conn, tenant, about, at, body)
    }

    fn append_audit(
        &self,
        tenant: TenantId,
        about: Option<Id>,
        at: Timestamp,
        body: &str,
    ) -> Result<u64, StoreError> {
        self.open()?;
        logs::append_audit(self.conn, tenant, about, at, body)
    }

    fn set_due(
        &self,
        tenant: TenantId,
        user: Id,
        due: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.open()?;
        entitlements::set_due(self.conn, tenant, user, due)
    }

    fn put_document(
        &self,
        tenant: TenantId,
        shelf: Shelf,
        key: &str,
        body: &str,
    ) -> Result<(), StoreError> {
        self.open()?;
        documents::put(self.conn, tenant, shelf, key, body)
    }

    fn remove_document(
        &self,
        tenant: TenantId,
        shelf: Shelf,
        key: &str,
    ) -> Result<bool, StoreError> {
        self.open()?;
        documents::remove(self.conn, tenant, shelf, key)
    }
}

impl Session<'_> {
    /// Fails where SQLite gave the transaction up by itself, as it may when there is no room: a
    /// job that went on regardless would keep its parts one by one.
    fn open(&self) -> Result<(), StoreError> {
        if self.conn.is_autocommit() {
            let detail = "the transaction was given up after an earlier failure";
            return Err(StoreError::new(StoreErrorKind::Broken, detail));
        }
        Ok(())
    }
}
