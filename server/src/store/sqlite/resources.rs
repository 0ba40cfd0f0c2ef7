//! Users and groups: one table, see [`super::schema`].

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::{Sql, failed};
use super::row::{Keys, key, stored, unsigned};
use super::schema::{class, kept_class};
use crate::clock::Timestamp;
use crate::id::{Id, Kind, TenantId};
use crate::store::user_name::prepared;
use crate::store::{Deletion, KeptMeta, NewResource, StoreError, StoreErrorKind, Stored};

const GET: &str = "SELECT id, class, body, created, modified, version FROM resources \
    WHERE tenant = ?1 AND class = ?2 AND id = ?3";
const NAMED: &str = "SELECT id, class, body, created, modified, version FROM resources \
    WHERE tenant = ?1 AND class = ?2 AND user_name = ?3";
const EACH: &str = "SELECT id, class, body, created, modified, version FROM resources \
    WHERE tenant = ?1 AND class = ?2 AND id > ?3 ORDER BY id";
const COUNT: &str = "SELECT number FROM counts WHERE tenant = ?1 AND class = ?2";
const ADD_COUNT: &str = "INSERT INTO counts (tenant, class, number) VALUES (?1, ?2, ?3) \
    ON CONFLICT DO UPDATE SET number = number + excluded.number";
const INSERT: &str = "INSERT INTO resources (tenant, class, id, created, modified, version, \
    user_name, display_name, external_id, active, shown_name, shown_external_id, body) \
    VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
const UPDATE: &str = "UPDATE resources SET modified = ?4, version = version + 1, \
    user_name = ?5, display_name = ?6, external_id = ?7, active = ?8, shown_name = ?9, \
    shown_external_id = ?10, body = ?11 \
    WHERE tenant = ?1 AND class = ?2 AND id = ?3 RETURNING row";
const TOUCH: &str = "UPDATE resources SET modified = ?4, version = version + 1 \
    WHERE tenant = ?1 AND class = ?2 AND id = ?3";
const SET_META: &str = "UPDATE resources SET created = ?4, modified = ?5, version = ?6 \
    WHERE tenant = ?1 AND class = ?2 AND id = ?3";
const KEEP: &str = "UPDATE resources SET class = ?4, modified = ?5, version = version + 1, \
    user_name = NULL, display_name = NULL, external_id = NULL, active = NULL \
    WHERE tenant = ?1 AND class = ?2 AND id = ?3 RETURNING row";
const REMOVE: &str =
    "DELETE FROM resources WHERE tenant = ?1 AND class = ?2 AND id = ?3 RETURNING row";
const EMAILS: &str = "SELECT value FROM emails WHERE row = ?1 ORDER BY value";
const ADD_EMAIL: &str = "INSERT INTO emails (row, tenant, value) VALUES (?1, ?2, ?3)";
const REMOVE_EMAILS: &str = "DELETE FROM emails WHERE row = ?1";
const KEEP_AS_MEMBER: &str =
    "UPDATE members SET class = class + 2 WHERE tenant = ?1 AND member = ?2 AND class < 2";
const REMOVE_AS_MEMBER: &str = "DELETE FROM members WHERE tenant = ?1 AND member = ?2";
const REMOVE_MEMBERS: &str = "DELETE FROM members WHERE tenant = ?1 AND holder = ?2";
const REMOVE_FORMER: &str = "DELETE FROM former_names WHERE tenant = ?1 AND holder = ?2";

/// The resource of a class.
pub(super) fn get(
    conn: &Connection,
    tenant: TenantId,
    class: i64,
    id: Id,
) -> Result<Option<Stored>, StoreError> {
    let read = || -> Sql<_> {
        conn.prepare_cached(GET)?.query_row(params![tenant, class, id], stored).optional()
    };
    read().map_err(failed("reading a resource"))
}

/// The user of a name.
pub(super) fn named(
    conn: &Connection,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Stored>, StoreError> {
    let Some(name) = key(&prepared(name), false) else { return Ok(None) };
    let read = || -> Sql<_> {
        conn.prepare_cached(NAMED)?
            .query_row(params![tenant, class(Kind::User), name], stored)
            .optional()
    };
    read().map_err(failed("reading a user by name"))
}

/// How many there are.
pub(super) fn count(conn: &Connection, tenant: TenantId, kind: Kind) -> Result<u64, StoreError> {
    let read = || -> Sql<Option<i64>> {
        conn.prepare_cached(COUNT)?
            .query_row(params![tenant, class(kind)], |row| row.get(0))
            .optional()
    };
    Ok(read().map_err(failed("counting resources"))?.map_or(0, unsigned))
}

/// Every one in the order of ids after one.
pub(super) fn each(
    conn: &Connection,
    tenant: TenantId,
    class: i64,
    after: Option<Id>,
    each: &mut dyn FnMut(Stored) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let doing = "reading every resource";
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    let mut statement = conn.prepare_cached(EACH).map_err(failed(doing))?;
    let mut rows = statement.query(params![tenant, class, after]).map_err(failed(doing))?;
    while let Some(row) = rows.next().map_err(failed(doing))? {
        if !each(stored(row).map_err(failed(doing))?)? {
            break;
        }
    }
    Ok(())
}

/// Keeps a new one.
pub(super) fn insert(
    conn: &Connection,
    tenant: TenantId,
    new: &NewResource,
) -> Result<(), StoreError> {
    let keys = Keys::of(new);
    let write = || -> Sql<()> {
        conn.prepare_cached(INSERT)?.execute(params![
            tenant,
            class(new.kind),
            new.id,
            new.at,
            keys.user_name,
            keys.display_name,
            keys.external_id,
            new.active,
            shown(new, new.display_name.as_deref()),
            shown(new, new.external_id.as_deref()),
            new.body,
        ])?;
        add_emails(conn, tenant, conn.last_insert_rowid(), &keys.emails)?;
        add_count(conn, tenant, class(new.kind), 1)
    };
    write().map_err(failed("keeping a new resource"))
}

/// Replaces one.
pub(super) fn update(
    conn: &Connection,
    tenant: TenantId,
    new: &NewResource,
) -> Result<(), StoreError> {
    let keys = Keys::of(new);
    let write = || -> Sql<bool> {
        let row: Option<i64> = conn
            .prepare_cached(UPDATE)?
            .query_row(
                params![
                    tenant,
                    class(new.kind),
                    new.id,
                    new.at,
                    keys.user_name,
                    keys.display_name,
                    keys.external_id,
                    new.active,
                    shown(new, new.display_name.as_deref()),
                    shown(new, new.external_id.as_deref()),
                    new.body,
                ],
                |row| row.get(0),
            )
            .optional()?;
        let Some(row) = row else { return Ok(false) };
        if emails(conn, row)? != keys.emails {
            conn.prepare_cached(REMOVE_EMAILS)?.execute([row])?;
            add_emails(conn, tenant, row, &keys.emails)?;
        }
        Ok(true)
    };
    there(write().map_err(failed("replacing a resource"))?)
}

/// Marks one as changed.
pub(super) fn touch(
    conn: &Connection,
    tenant: TenantId,
    kind: Kind,
    id: Id,
    at: Timestamp,
) -> Result<(), StoreError> {
    let write = || -> Sql<usize> {
        conn.prepare_cached(TOUCH)?.execute(params![tenant, class(kind), id, at])
    };
    there(write().map_err(failed("marking a resource as changed"))? > 0)
}

/// Sets what is counted about one.
pub(super) fn set_meta(
    conn: &Connection,
    tenant: TenantId,
    kind: Kind,
    id: Id,
    meta: &KeptMeta,
) -> Result<(), StoreError> {
    let version = i64::try_from(meta.version).unwrap_or(i64::MAX);
    let write = || -> Sql<usize> {
        conn.prepare_cached(SET_META)?.execute(params![
            tenant,
            class(kind),
            id,
            meta.created,
            meta.modified,
            version
        ])
    };
    there(write().map_err(failed("setting when a resource was written"))? > 0)
}

/// Takes one away. Of one that is kept, what it holds stays, and whoever holds it keeps it
/// unseen: its class there is one of the kept, too.
pub(super) fn delete(
    conn: &Connection,
    tenant: TenantId,
    kind: Kind,
    id: Id,
    how: Deletion,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let write = || -> Sql<bool> {
        let row: Option<i64> = match how {
            Deletion::Remove => conn
                .prepare_cached(REMOVE)?
                .query_row(params![tenant, class(kind), id], |row| row.get(0))
                .optional()?,
            Deletion::Keep => conn
                .prepare_cached(KEEP)?
                .query_row(params![tenant, class(kind), id, kept_class(kind), at], |row| row.get(0))
                .optional()?,
        };
        let Some(row) = row else { return Ok(false) };
        add_count(conn, tenant, class(kind), -1)?;
        match how {
            Deletion::Remove => {
                conn.prepare_cached(REMOVE_AS_MEMBER)?.execute(params![tenant, id])?;
                if kind == Kind::Group {
                    conn.prepare_cached(REMOVE_MEMBERS)?.execute(params![tenant, id])?;
                    conn.prepare_cached(REMOVE_FORMER)?.execute(params![tenant, id])?;
                }
            }
            Deletion::Keep => {
                add_count(conn, tenant, kept_class(kind), 1)?;
                conn.prepare_cached(REMOVE_EMAILS)?.execute([row])?;
                conn.prepare_cached(KEEP_AS_MEMBER)?.execute(params![tenant, id])?;
            }
        }
        Ok(true)
    };
    write().map_err(failed("deleting a resource"))
}

/// Takes away for good what was deleted and kept; false if it was not there.
pub(super) fn purge(
    conn: &Connection,
    tenant: TenantId,
    kind: Kind,
    id: Id,
) -> Result<bool, StoreError> {
    let write = || -> Sql<bool> {
        let kept = kept_class(kind);
        let gone = conn
            .prepare_cached(REMOVE)?
            .query_row(params![tenant, kept, id], |row| row.get::<_, i64>(0))
            .optional()?;
        if gone.is_none() {
            return Ok(false);
        }
        add_count(conn, tenant, kept, -1)?;
        conn.prepare_cached(REMOVE_AS_MEMBER)?.execute(params![tenant, id])?;
        if kind == Kind::Group {
            conn.prepare_cached(REMOVE_MEMBERS)?.execute(params![tenant, id])?;
            conn.prepare_cached(REMOVE_FORMER)?.execute(params![tenant, id])?;
        }
        Ok(true)
    };
    write().map_err(failed("purging a resource"))
}

/// What [`GroupOf`](crate::store::GroupOf) shows; nobody asks it of users.
fn shown<'a>(new: &NewResource, text: Option<&'a str>) -> Option<&'a str> {
    if new.kind == Kind::Group { text } else { None }
}

fn emails(conn: &Connection, row: i64) -> Sql<Vec<String>> {
    conn.prepare_cached(EMAILS)?.query_map([row], |row| row.get(0))?.collect()
}

fn add_emails(conn: &Connection, tenant: TenantId, row: i64, emails: &[String]) -> Sql<()> {
    for email in emails {
        conn.prepare_cached(ADD_EMAIL)?.execute(params![row, tenant, email])?;
    }
    Ok(())
}

fn add_count(conn: &Connection, tenant: TenantId, class: i64, by: i64) -> Sql<()> {
    conn.prepare_cached(ADD_COUNT)?.execute(params![tenant, class, by]).map(drop)
}

fn there(found: bool) -> Result<(), StoreError> {
    if found {
        return Ok(());
    }
    Err(StoreError::new(StoreErrorKind::Broken, "a resource to change is not there"))
}
