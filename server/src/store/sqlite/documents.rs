//! Small texts under keys.

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::{Sql, failed};
use crate::id::TenantId;
use crate::store::{Shelf, StoreError};

const GET: &str = "SELECT body FROM documents WHERE tenant = ?1 AND shelf = ?2 AND key = ?3";
const ALL: &str = "SELECT key, body FROM documents WHERE tenant = ?1 AND shelf = ?2 ORDER BY key";
const PUT: &str = "INSERT INTO documents (tenant, shelf, key, body) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT DO UPDATE SET body = excluded.body";
const REMOVE: &str = "DELETE FROM documents WHERE tenant = ?1 AND shelf = ?2 AND key = ?3";

/// One.
pub(super) fn get(
    conn: &Connection,
    tenant: TenantId,
    shelf: Shelf,
    key: &str,
) -> Result<Option<String>, StoreError> {
    let read = || -> Sql<_> {
        conn.prepare_cached(GET)?
            .query_row(params![tenant, shelf.name(), key], |row| row.get(0))
            .optional()
    };
    read().map_err(failed("reading a document"))
}

/// All of a shelf.
pub(super) fn all(
    conn: &Connection,
    tenant: TenantId,
    shelf: Shelf,
) -> Result<Vec<(String, String)>, StoreError> {
    let read = || -> Sql<Vec<_>> {
        conn.prepare_cached(ALL)?
            .query_map(params![tenant, shelf.name()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    read().map_err(failed("reading documents"))
}

/// Keeps one.
pub(super) fn put(
    conn: &Connection,
    tenant: TenantId,
    shelf: Shelf,
    key: &str,
    body: &str,
) -> Result<(), StoreError> {
    let write = || -> Sql<usize> {
        conn.prepare_cached(PUT)?.execute(params![tenant, shelf.name(), key, body])
    };
    write().map(drop).map_err(failed("keeping a document"))
}

/// Takes one away.
pub(super) fn remove(
    conn: &Connection,
    tenant: TenantId,
    shelf: Shelf,
    key: &str,
) -> Result<bool, StoreError> {
    let write = || -> Sql<usize> {
        conn.prepare_cached(REMOVE)?.execute(params![tenant, shelf.name(), key])
    };
    write().map(|gone| gone > 0).map_err(failed("removing a document"))
}
