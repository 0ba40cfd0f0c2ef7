//! Who is in which group.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use provisor::scim::compare::compared;
use rusqlite::{Connection, OptionalExtension, params};

use super::failure::{Sql, failed};
use super::row::{limit, member, unsigned};
use super::schema::{class, kept_class};
use crate::id::{Id, Kind, TenantId};
use crate::limits::GROUP_NESTING;
use crate::store::{GroupOf, Member, StoreError};

const PAGE: &str = "SELECT member, class FROM members \
    WHERE tenant = ?1 AND holder = ?2 AND member > ?3 AND class < 2 ORDER BY member LIMIT ?4";
const ONE: &str = "SELECT member, class FROM members \
    WHERE tenant = ?1 AND holder = ?2 AND member = ?3 AND class < 2";
const COUNT: &str = "SELECT count(*) FROM members WHERE tenant = ?1 AND holder = ?2 AND class < 2";
const OF_CLASS: &str = "SELECT member FROM members \
    WHERE tenant = ?1 AND holder = ?2 AND class = ?3 ORDER BY member";
const HOLDERS: &str = "SELECT holder FROM members WHERE tenant = ?1 AND member = ?2";
const GROUP: &str = "SELECT class, shown_name, shown_external_id FROM resources \
    WHERE tenant = ?1 AND class IN (?2, ?3) AND id = ?4";
const FORMER: &str = "SELECT name FROM former_names WHERE tenant = ?1 AND holder = ?2 ORDER BY row";
const BORNE: &str = "SELECT 1 FROM resources \
    WHERE tenant = ?1 AND class = ?2 AND display_name = ?3 AND id <> ?4 LIMIT 1";
const ADD: &str = "INSERT INTO members (tenant, holder, member, class) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT DO NOTHING";
const REMOVE: &str = "DELETE FROM members \
    WHERE tenant = ?1 AND holder = ?2 AND member = ?3 AND class < 2 RETURNING member, class";
const ADD_FORMER: &str = "INSERT INTO former_names (tenant, holder, name) VALUES (?1, ?2, ?3) \
    ON CONFLICT DO NOTHING";

/// Members after one.
pub(super) fn members(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
    after: Option<Id>,
    most: usize,
) -> Result<Vec<Member>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    let read = || -> Sql<Vec<_>> {
        conn.prepare_cached(PAGE)?
            .query_map(params![tenant, group, after, limit(most)], member)?
            .collect()
    };
    read().map_err(failed("reading members"))
}

/// Those of some ids that are members, in the order of the ids given.
pub(super) fn members_among(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
    ids: &[Id],
) -> Result<Vec<Member>, StoreError> {
    let read = || -> Sql<Vec<Member>> {
        let mut statement = conn.prepare_cached(ONE)?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(statement.query_row(params![tenant, group, id], member).optional()?);
        }
        Ok(found)
    };
    read().map_err(failed("looking for members"))
}

/// How many members.
pub(super) fn member_count(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
) -> Result<u64, StoreError> {
    let read = || -> Sql<i64> {
        conn.prepare_cached(COUNT)?.query_row(params![tenant, group], |row| row.get(0))
    };
    read().map(unsigned).map_err(failed("counting members"))
}

/// Adds members; gives those that are new.
pub(super) fn add(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
    members: &[Member],
) -> Result<Vec<Member>, StoreError> {
    let write = || -> Sql<Vec<Member>> {
        let mut statement = conn.prepare_cached(ADD)?;
        let mut added = Vec::new();
        for one in members {
            if statement.execute(params![tenant, group, one.id, class(one.kind)])? > 0 {
                added.push(*one);
            }
        }
        Ok(added)
    };
    write().map_err(failed("adding members"))
}

/// Removes members; gives those that were there.
pub(super) fn remove(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
    ids: &[Id],
) -> Result<Vec<Member>, StoreError> {
    let write = || -> Sql<Vec<Member>> {
        let mut statement = conn.prepare_cached(REMOVE)?;
        let mut removed = Vec::new();
        for id in ids {
            removed.extend(statement.query_row(params![tenant, group, id], member).optional()?);
        }
        Ok(removed)
    };
    write().map_err(failed("removing members"))
}

/// Remembers a former name, once.
pub(super) fn add_former_name(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
    name: &str,
) -> Result<(), StoreError> {
    let write =
        || -> Sql<usize> { conn.prepare_cached(ADD_FORMER)?.execute(params![tenant, group, name]) };
    write().map(drop).map_err(failed("remembering a former name"))
}

/// What a job has learned of groups. Most people are in the same ones, so that a page of people
/// asks for each group once. Only for jobs that read: a snapshot does not change.
#[derive(Debug, Default)]
pub(super) struct Learned {
    groups: RefCell<HashMap<(TenantId, Id), Rc<Known>>>,
}

/// A group, and where it is a member itself.
#[derive(Debug)]
struct Known {
    /// `None` where there is no such group (any more).
    group: Option<GroupOf>,
    holders: Vec<Id>,
}

/// Groups that are remembered at most.
const LEARNED: usize = 10_000;

/// The groups above somebody, level by level, so that each is reached on its shortest way and a
/// cycle ends. A group that was reached through kept ones alone is looked at once more when a
/// way through living ones turns up.
pub(super) fn groups_of(
    conn: &Connection,
    tenant: TenantId,
    of: Id,
    learned: Option<&Learned>,
) -> Result<Vec<GroupOf>, StoreError> {
    let doing = "reading the groups of a resource";
    let mut found: BTreeMap<Id, GroupOf> = BTreeMap::new();
    let holders = holders(conn, tenant, of).map_err(failed(doing))?;
    let mut level = vec![(Rc::new(Known { group: None, holders }), true)];
    for depth in 0..GROUP_NESTING {
        // What leads to a group at this depth: whether some way has no kept group on it.
        let mut ways: HashMap<Id, bool> = HashMap::new();
        for (below, living) in &level {
            for holder in &below.holders {
                *ways.entry(*holder).or_default() |= *living;
            }
        }
        level.clear();
        for (id, living) in ways {
            let before = found.get_mut(&id);
            if before.as_ref().is_some_and(|before| !(before.deleted && living)) {
                continue;
            }
            let known = known(conn, tenant, id, learned).map_err(failed(doing))?;
            let Some(group) = &known.group else { continue };
            let deleted = group.deleted || !living;
            match before {
                Some(_) if deleted => continue,
                Some(before) => before.deleted = false,
                None => {
                    found.insert(id, GroupOf { direct: depth == 0, deleted, ..group.clone() });
                }
            }
            level.push((known, !deleted));
        }
        if level.is_empty() {
            break;
        }
    }
    Ok(found.into_values().collect())
}

/// The users in a group or in groups in it, each once, in the order of ids.
pub(super) fn people_in(
    conn: &Connection,
    tenant: TenantId,
    group: Id,
    each: &mut dyn FnMut(Id) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let doing = "reading the people in a group";
    let groups = groups_in(conn, tenant, group).map_err(failed(doing))?;
    let mut statement = conn.prepare_cached(OF_CLASS).map_err(failed(doing))?;
    // One group is read as it lies; several are merged, which takes 16 bytes a person.
    let mut merged = Vec::new();
    let streamed = groups.len() == 1;
    for group in &groups {
        let mut rows =
            statement.query(params![tenant, group, class(Kind::User)]).map_err(failed(doing))?;
        while let Some(row) = rows.next().map_err(failed(doing))? {
            let id: Id = row.get(0).map_err(failed(doing))?;
            if !streamed {
                merged.push(id);
            } else if !each(id)? {
                return Ok(());
            }
        }
    }
    merged.sort_unstable();
    merged.dedup();
    for id in merged {
        if !each(id)? {
            break;
        }
    }
    Ok(())
}

/// A group and the groups in it.
pub(super) fn groups_in(conn: &Connection, tenant: TenantId, group: Id) -> Sql<BTreeSet<Id>> {
    let mut seen = BTreeSet::from([group]);
    let mut level = vec![group];
    // The step from the last group to its people is one, too.
    for _ in 1..GROUP_NESTING {
        let mut below = Vec::new();
        for holder in level {
            let inner = of_class(conn, tenant, holder, class(Kind::Group))?;
            below.extend(inner.into_iter().filter(|id| seen.insert(*id)));
        }
        level = below;
        if level.is_empty() {
            break;
        }
    }
    Ok(seen)
}

fn of_class(conn: &Connection, tenant: TenantId, holder: Id, class: i64) -> Sql<Vec<Id>> {
    conn.prepare_cached(OF_CLASS)?
        .query_map(params![tenant, holder, class], |row| row.get(0))?
        .collect()
}

fn holders(conn: &Connection, tenant: TenantId, member: Id) -> Sql<Vec<Id>> {
    conn.prepare_cached(HOLDERS)?.query_map(params![tenant, member], |row| row.get(0))?.collect()
}

fn known(conn: &Connection, tenant: TenantId, id: Id, learned: Option<&Learned>) -> Sql<Rc<Known>> {
    let remembered = learned.and_then(|all| all.groups.borrow().get(&(tenant, id)).cloned());
    if let Some(known) = remembered {
        return Ok(known);
    }
    let group = group(conn, tenant, id)?;
    let holders = if group.is_some() { holders(conn, tenant, id)? } else { Vec::new() };
    let known = Rc::new(Known { group, holders });
    if let Some(learned) = learned {
        let mut groups = learned.groups.borrow_mut();
        if groups.len() < LEARNED {
            groups.insert((tenant, id), Rc::clone(&known));
        }
    }
    Ok(known)
}

/// A group by itself: `deleted` says whether it is kept, and not who leads to it.
fn group(conn: &Connection, tenant: TenantId, id: Id) -> Sql<Option<GroupOf>> {
    let kept = kept_class(Kind::Group);
    let group = conn
        .prepare_cached(GROUP)?
        .query_row(params![tenant, class(Kind::Group), kept, id], |row| {
            Ok(GroupOf {
                id,
                display_name: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                external_id: row.get(2)?,
                direct: false,
                deleted: row.get::<_, i64>(0)? == kept,
                former_names: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut group) = group else { return Ok(None) };
    let former: Vec<String> = conn
        .prepare_cached(FORMER)?
        .query_map(params![tenant, id], |row| row.get(0))?
        .collect::<Sql<_>>()?;
    for name in former {
        let borne = conn.prepare_cached(BORNE)?.exists(params![
            tenant,
            class(Kind::Group),
            compared(&name, false),
            id
        ])?;
        if !borne {
            group.former_names.push(name);
        }
    }
    Ok(Some(group))
}
