//! How many people have each seat: kept with every change, so that nobody need be asked.
//!
//! A `limit` of the rules changes no decision: it is told, and passing it is warned of once.

use std::collections::BTreeMap;

use provisor::reconcile::Record;
use serde::Serialize;

use super::versions::{keep, kept};
use super::{Entitlements, Rules};
use crate::error::ScimError;
use crate::id::TenantId;
use crate::store::{Read, Shelf, Write};

/// Key of the counts.
const SEATS: &str = "seats";

/// People by seat.
type Counts = BTreeMap<String, u64>;

/// How many more people have a seat, or fewer.
pub(super) type Changes = BTreeMap<String, i64>;

/// A seat and its use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatUse {
    /// Its name in rules.
    pub name: String,
    /// Its name in the host's API.
    pub wire: String,
    /// Its name for people.
    pub label: String,
    /// How many people have it.
    pub used: u64,
    /// How many there are by the rules; `None`: they say nothing, or know no such seat.
    pub limit: Option<u64>,
    /// How many of them the rules keep free.
    pub reserve: u64,
}

/// Adds who has more and takes off who has fewer seats.
pub(super) fn note(changes: &mut Changes, before: Option<&Record>, after: Option<&Record>) {
    for (record, step) in [(before, -1), (after, 1)] {
        for seat in record.filter(|record| !record.closed).iter().flat_map(|r| &r.now.seats) {
            *changes.entry(seat.clone()).or_default() += step;
        }
    }
}

/// Keeps what has changed, once records are kept. `rules` are those in force, where a limit
/// stands.
pub(super) fn finish(
    tx: &dyn Write,
    tenant: TenantId,
    rules: Option<&Rules>,
    changes: &Changes,
) -> Result<(), ScimError> {
    if changes.values().all(|change| *change == 0) {
        return Ok(());
    }
    let mut counts = match kept::<Counts>(tx, tenant, Shelf::Rules, SEATS)? {
        Some(counts) => counts,
        // What has changed is in the records already.
        None => return keep(tx, tenant, Shelf::Rules, SEATS, &counted(tx, tenant)?),
    };
    for (seat, change) in changes {
        let count = counts.entry(seat.clone()).or_default();
        let before = *count;
        *count = before.saturating_add_signed(*change);
        let limit = rules.and_then(|rules| limit(rules, seat)).map(|(limit, _)| limit);
        if let Some(limit) = limit
            && before <= limit
            && *count > limit
        {
            let (tenant, used) = (tenant.0, *count);
            tracing::warn!(
                tenant,
                seat,
                used,
                limit,
                "more people have a seat than its `limit`; nothing is taken on that account"
            );
        }
    }
    counts.retain(|_, count| *count > 0);
    keep(tx, tenant, Shelf::Rules, SEATS, &counts)
}

impl Entitlements {
    /// The seats of the rules in force, and others that somebody still has.
    ///
    /// # Errors
    /// Those of the store.
    pub fn seats(&self, tx: &dyn Read, tenant: TenantId) -> Result<Vec<SeatUse>, ScimError> {
        let mut counts = match kept::<Counts>(tx, tenant, Shelf::Rules, SEATS)? {
            Some(counts) => counts,
            None => counted(tx, tenant)?,
        };
        let mut seats = Vec::new();
        if let Some(rules) = self.in_force(tx, tenant)? {
            for item in &rules.set.model().catalogue.seats {
                let used = counts.remove(&item.naming.id).unwrap_or(0);
                let called = rules.seat(&item.naming.id);
                seats.push(SeatUse {
                    name: item.naming.id.clone(),
                    wire: called.wire,
                    label: called.label,
                    used,
                    limit: item.limit,
                    reserve: item.reserve,
                });
            }
        }
        let unknown = |(name, used): (String, u64)| SeatUse {
            wire: name.clone(),
            label: name.clone(),
            name,
            used,
            limit: None,
            reserve: 0,
        };
        seats.extend(counts.into_iter().map(unknown));
        Ok(seats)
    }
}

/// Limit and reserve of a seat.
fn limit(rules: &Rules, seat: &str) -> Option<(u64, u64)> {
    let seats = &rules.set.model().catalogue.seats;
    let item = seats.iter().find(|item| item.naming.id == seat)?;
    Some((item.limit?, item.reserve))
}

/// Counts everybody: a store of before the counts were kept.
fn counted(tx: &dyn Read, tenant: TenantId) -> Result<Counts, ScimError> {
    let (mut changes, mut failed) = (Changes::new(), None);
    tx.entitlements(tenant, None, &mut |user, kept| match kept.record_of(user) {
        Ok(record) => {
            note(&mut changes, None, Some(&record));
            Ok(true)
        }
        Err(error) => {
            failed = Some(error);
            Ok(false)
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(changes.into_iter().map(|(seat, n)| (seat, n.unsigned_abs())).collect()),
    }
}
