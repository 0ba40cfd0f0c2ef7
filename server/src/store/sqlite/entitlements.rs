//! What is kept of people's entitlements, and whose events wait.

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::{Sql, failed};
use super::row::limit;
use crate::clock::Timestamp;
use crate::id::{Id, TenantId};
use crate::store::{Entitlement, StoreError};

const GET: &str = "SELECT record, shown FROM entitlements WHERE tenant = ?1 AND user = ?2";
const EACH: &str = "SELECT record, shown, user FROM entitlements \
    WHERE tenant = ?1 AND user > ?2 ORDER BY user";
const PUT: &str = "INSERT INTO entitlements (tenant, user, record, shown) \
    VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT DO UPDATE SET record = excluded.record, shown = excluded.shown";
const REMOVE: &str = "DELETE FROM entitlements WHERE tenant = ?1 AND user = ?2";
const DUE: &str = "SELECT tenant, user FROM due WHERE at <= ?1 ORDER BY at, tenant, user LIMIT ?2";
const SET_DUE: &str = "INSERT INTO due (tenant, user, at) VALUES (?1, ?2, ?3) \
    ON CONFLICT DO UPDATE SET at = min(at, excluded.at)";
const REMOVE_DUE: &str = "DELETE FROM due WHERE tenant = ?1 AND user = ?2";

/// Of one user.
pub(super) fn get(
    conn: &Connection,
    tenant: TenantId,
    user: Id,
) -> Result<Option<Entitlement>, StoreError> {
    let read = || -> Sql<_> {
        conn.prepare_cached(GET)?.query_row(params![tenant, user], entitlement).optional()
    };
    read().map_err(failed("reading an entitlement"))
}

/// Of users after one.
pub(super) fn each(
    conn: &Connection,
    tenant: TenantId,
    after: Option<Id>,
    each: &mut dyn FnMut(Id, Entitlement) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let doing = "reading entitlements";
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    let mut statement = conn.prepare_cached(EACH).map_err(failed(doing))?;
    let mut rows = statement.query(params![tenant, after]).map_err(failed(doing))?;
    while let Some(row) = rows.next().map_err(failed(doing))? {
        let read = entitlement(row).and_then(|one| Ok((row.get(2)?, one)));
        let (user, one) = read.map_err(failed(doing))?;
        if !each(user, one)? {
            break;
        }
    }
    Ok(())
}

/// Keeps one.
pub(super) fn put(
    conn: &Connection,
    tenant: TenantId,
    user: Id,
    one: &Entitlement,
) -> Result<(), StoreError> {
    let write = || -> Sql<usize> {
        conn.prepare_cached(PUT)?.execute(params![tenant, user, one.record, one.shown])
    };
    write().map(drop).map_err(failed("keeping an entitlement"))
}

/// Forgets one.
pub(super) fn remove(conn: &Connection, tenant: TenantId, user: Id) -> Result<(), StoreError> {
    let write = || -> Sql<usize> { conn.prepare_cached(REMOVE)?.execute(params![tenant, user]) };
    write().map(drop).map_err(failed("forgetting an entitlement"))
}

/// Who is due.
pub(super) fn due(
    conn: &Connection,
    now: Timestamp,
    most: usize,
) -> Result<Vec<(TenantId, Id)>, StoreError> {
    let read = || -> Sql<Vec<_>> {
        conn.prepare_cached(DUE)?
            .query_map(params![now, limit(most)], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    read().map_err(failed("reading who is due"))
}

/// Says when somebody is due; who waits already does not wait longer.
pub(super) fn set_due(
    conn: &Connection,
    tenant: TenantId,
    user: Id,
    due: Option<Timestamp>,
) -> Result<(), StoreError> {
    let write = || -> Sql<usize> {
        match due {
            Some(at) => conn.prepare_cached(SET_DUE)?.execute(params![tenant, user, at]),
            None => conn.prepare_cached(REMOVE_DUE)?.execute(params![tenant, user]),
        }
    };
    write().map(drop).map_err(failed("setting who is due"))
}

fn entitlement(row: &rusqlite::Row<'_>) -> Sql<Entitlement> {
    Ok(Entitlement { record: row.get(0)?, shown: row.get(1)? })
}
