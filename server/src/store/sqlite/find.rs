//! Questions about many resources.
//!
//! A [`plan`] says what of a filter the keys can answer, [`sql`] writes it, [`order`] knows what
//! indexes sort, [`scan`] walks, [`page`] collects.

mod order;
mod page;
mod plan;
mod scan;
mod sql;

use super::failure::failed;
use super::schema::class;
use super::session::Session;
use crate::id::{Kind, TenantId};
use crate::store::{Found, Query, StoreError};

use order::Sort;
use plan::Plan;
use scan::Search;
use sql::{Source, Statement};

/// Candidates up to so many are taken and sorted; of more, the index of the order is followed
/// and each resource tried.
const FEW: i64 = 5_000;

/// See [`Query`].
pub(super) fn find(
    session: &Session<'_>,
    tenant: TenantId,
    kind: Kind,
    query: &Query<'_>,
) -> Result<Found, StoreError> {
    let search = search(session, tenant, kind, query)?;
    match (Sort::of(query.order.as_ref(), kind), &query.order) {
        (None, Some(order)) => search.by_key(order),
        (Some(sort), _) => search.indexed(sort),
        // The order of ids always has an index.
        (None, None) => Ok(Found::default()),
    }
}

fn search<'s>(
    session: &'s Session<'s>,
    tenant: TenantId,
    kind: Kind,
    query: &'s Query<'s>,
) -> Result<Search<'s>, StoreError> {
    let plan = Plan::of(query.filter, kind);
    let class = class(kind);
    let mut candidates: Option<(u64, Vec<Source>)> = None;
    for way in sql::ways(&plan.condition) {
        let rows = size(session, tenant, class, &way)?;
        if candidates.as_ref().is_none_or(|(least, _)| rows < *least) {
            candidates = Some((rows, way));
        }
    }
    let few = u64::try_from(FEW).unwrap_or(u64::MAX);
    let candidates = candidates.filter(|(rows, _)| *rows < few).map(|(_, way)| way);
    Ok(Search { session, tenant, class, plan, candidates, query })
}

/// How many rows some sources have, counted up to [`FEW`].
fn size(
    session: &Session<'_>,
    tenant: TenantId,
    class: i64,
    way: &[Source],
) -> Result<u64, StoreError> {
    if let [one] = way
        && one.is_one()
    {
        return Ok(1);
    }
    let mut statement = Statement::new("SELECT count(*) FROM (SELECT 1 FROM (", tenant, class);
    statement.sources(way);
    statement.push(") LIMIT ");
    statement.bind(FEW);
    statement.push(")");
    scan::number(session.conn, &statement).map_err(failed("choosing an index"))
}
