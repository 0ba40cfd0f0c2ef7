//! The change feed and the audit trail: entries with numbers that grow by one in each tenant.
//! One writer numbers them within its transactions, so numbers grow in commit order.

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::{Sql, failed};
use super::row::{entry, limit, signed, unsigned};
use crate::clock::Timestamp;
use crate::id::{Id, TenantId};
use crate::store::{Entry, StoreError};

const FEED: &str = "SELECT number, about, at, body FROM feed \
    WHERE tenant = ?1 AND number > ?2 ORDER BY number LIMIT ?3";
const AUDIT: &str = "SELECT number, about, at, body FROM audit \
    WHERE tenant = ?1 AND number > ?2 ORDER BY number LIMIT ?3";
const AUDIT_ABOUT: &str = "SELECT number, about, at, body FROM audit \
    WHERE tenant = ?1 AND about = ?4 AND number > ?2 ORDER BY number LIMIT ?3";
const LAST_FEED: &str = "SELECT last FROM numbers WHERE tenant = ?1 AND log = 'feed'";
const NEXT: &str = "INSERT INTO numbers (tenant, log, last) VALUES (?1, ?2, 1) \
    ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last";
const ADD_FEED: &str =
    "INSERT INTO feed (tenant, number, about, at, body) VALUES (?1, ?2, ?3, ?4, ?5)";
const ADD_AUDIT: &str =
    "INSERT INTO audit (tenant, number, about, at, body) VALUES (?1, ?2, ?3, ?4, ?5)";

/// Entries of the feed after a number.
pub(super) fn feed(
    conn: &Connection,
    tenant: TenantId,
    after: u64,
    most: usize,
) -> Result<Vec<Entry>, StoreError> {
    let read = || -> Sql<Vec<_>> {
        conn.prepare_cached(FEED)?
            .query_map(params![tenant, signed(after), limit(most)], entry)?
            .collect()
    };
    read().map_err(failed("reading the change feed"))
}

/// The number of the feed's last entry.
pub(super) fn last_feed(conn: &Connection, tenant: TenantId) -> Result<u64, StoreError> {
    let read = || -> Sql<Option<i64>> {
        conn.prepare_cached(LAST_FEED)?.query_row(params![tenant], |row| row.get(0)).optional()
    };
    read().map(|last| last.map_or(0, unsigned)).map_err(failed("reading the change feed"))
}

/// Entries of the audit trail after a number.
pub(super) fn audit(
    conn: &Connection,
    tenant: TenantId,
    about: Option<Id>,
    after: u64,
    most: usize,
) -> Result<Vec<Entry>, StoreError> {
    let (after, most) = (signed(after), limit(most));
    let read = || -> Sql<Vec<_>> {
        match about {
            Some(about) => conn
                .prepare_cached(AUDIT_ABOUT)?
                .query_map(params![tenant, after, most, about], entry)?
                .collect(),
            None => conn
                .prepare_cached(AUDIT)?
                .query_map(params![tenant, after, most], entry)?
                .collect(),
        }
    };
    read().map_err(failed("reading the audit trail"))
}

/// Adds to the feed.
pub(super) fn append_feed(
    conn: &Connection,
    tenant: TenantId,
    about: Id,
    at: Timestamp,
    body: &str,
) -> Result<u64, StoreError> {
    let write = || append(conn, ("feed", ADD_FEED), tenant, Some(about), at, body);
    write().map_err(failed("adding to the change feed"))
}

/// Adds to the audit trail.
pub(super) fn append_audit(
    conn: &Connection,
    tenant: TenantId,
    about: Option<Id>,
    at: Timestamp,
    body: &str,
) -> Result<u64, StoreError> {
    let write = || append(conn, ("audit", ADD_AUDIT), tenant, about, at, body);
    write().map_err(failed("adding to the audit trail"))
}

fn append(
    conn: &Connection,
    (log, add): (&str, &str),
    tenant: TenantId,
    about: Option<Id>,
    at: Timestamp,
    body: &str,
) -> Sql<u64> {
    let number: i64 =
        conn.prepare_cached(NEXT)?.query_row(params![tenant, log], |row| row.get(0))?;
    conn.prepare_cached(add)?.execute(params![tenant, number, about, at, body])?;
    Ok(unsigned(number))
}
