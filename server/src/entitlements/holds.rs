//! Who holds what: removals that the brake holds, between batches.
//!
//! A batch that goes to everybody takes over what earlier ones hold or left behind: it counts it,
//! and takes it or holds it itself. So it overtakes them: they are `superseded`, and nobody can
//! confirm them any more.
//!
//! What a batch holds when it is cancelled stays with the people. It is proposed again by the next
//! batch, and decided anew once the person's groups or assignment change.

use std::collections::BTreeSet;

use provisor::reconcile::{Brake, Event, Item, Reconciled, Record, Target, reconcile};
use serde::{Deserialize, Serialize};

use super::batch::{self, Batch, BatchState};
use super::decided::{Decider, Known};
use super::versions::State;
use super::{Cause, Rules};
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::limits;
use crate::store::{Read, Write};

/// Somebody of whom a batch holds something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// The user.
    pub id: String,
    /// What of theirs.
    pub items: Vec<Item>,
}

impl Listed {
    /// Of a user.
    pub(super) fn new(user: Id, items: impl IntoIterator<Item = Item>) -> Self {
        Self { id: user.to_string(), items: items.into_iter().collect() }
    }
}

/// Whether a batch that goes to everybody takes something from a person: what is held already
/// counts too.
pub(super) fn loses(read: &Decider<'_>, known: &Known, event: &Event) -> bool {
    let answer = read.answer(known, event);
    let holds = answer.record.as_ref().is_some_and(|record| !record.held.is_empty());
    takes(&answer) || holds
}

/// What such a batch does to a person, with the brake on or off. What was held is held by it from
/// now on, or taken where the brake is off; changed rules that wait for the source take nothing.
pub(super) fn answer(read: &Decider<'_>, known: &Known, event: &Event, is_on: bool) -> Reconciled {
    let answer = read.answer_held(known, event, is_on);
    if is_on || is_quiet(read.rules, event) { answer } else { confirmed(read, known, answer) }
}

/// An answer with what is held taken too. What is wanted again is not held any more; what was to
/// be taken only once, at a move, is due still.
pub(super) fn confirmed(read: &Decider<'_>, known: &Known, first: Reconciled) -> Reconciled {
    let Some(record) = first.record.as_ref().filter(|record| !record.held.is_empty()) else {
        return first;
    };
    let target = &known.decided.target;
    let second = reconcile(&read.context, Some(record), &Event::Confirm, target);
    let mut changes = first.changes;
    changes.extend(second.changes);
    changes.sort_by(|one, other| one.item.cmp(&other.item));
    Reconciled { changes, held: Vec::new(), ..second }
}

/// What an event does to somebody of whom nothing is held any more.
pub(super) fn anew(read: &Decider<'_>, known: &Known, event: &Event) -> Reconciled {
    let free = |record: &Record| Record { held: Vec::new(), ..record.clone() };
    let record = known.record.as_ref().map(free);
    reconcile(&read.context, record.as_ref(), event, &known.decided.target)
}

/// Whether an answer takes what the brake counts.
fn takes(answer: &Reconciled) -> bool {
    let mut brake = Brake::new(provisor::rules::model::MaxRemovals::None, 0);
    brake.count(answer);
    brake.losing() > 0
}

/// Whether an event of one person ends what a cancelled batch left behind: their groups are
/// others, or another assignment wins. Whatever else the source sends about them does not.
pub(super) fn ends_leftovers(known: &Known, event: &Event) -> bool {
    let Some(record) = known.record.as_ref().filter(|record| !record.held.is_empty()) else {
        return false;
    };
    let moves = match &known.decided.target {
        Target::Active(wanted) => {
            record.assignment.as_ref().is_some_and(|last| last.name != wanted.assignment)
        }
        Target::Deactivated => false,
    };
    moves || matches!(event, Event::GroupsChanged | Event::GroupDeleted)
}

/// Changed rules that wait for the source: nothing but nevers takes anything.
fn is_quiet(rules: &Rules, event: &Event) -> bool {
    *event == Event::RulesChanged && !rules.set.model().settings.propagate_at_once
}

/// The batches that hold something.
pub(super) fn holding(
    tx: &dyn Read,
    tenant: TenantId,
    state: &State,
) -> Result<BTreeSet<u64>, ScimError> {
    if let Some(holding) = &state.holding {
        return Ok(holding.clone());
    }
    // A store of before this was kept.
    let mut holding = BTreeSet::new();
    let first = state.last_batch.saturating_sub(2 * limits::BATCHES) + 1;
    for number in first..=state.last_batch {
        let batch = batch::get(tx, tenant, number)?;
        if batch.is_some_and(|batch| batch.state == BatchState::Held) {
            holding.insert(number);
        }
    }
    Ok(holding)
}

/// Notes that a batch holds something, or does so no longer; the caller keeps the state.
pub(super) fn note(
    tx: &dyn Read,
    tenant: TenantId,
    state: &mut State,
    number: u64,
    holds: bool,
) -> Result<(), ScimError> {
    let mut holding = holding(tx, tenant, state)?;
    if holds {
        holding.insert(number);
    } else {
        holding.remove(&number);
    }
    state.holding = Some(holding);
    Ok(())
}

/// Ends every batch that holds something: `by` goes to everybody and decides anew about it. The
/// caller keeps the state.
pub(super) fn supersede(
    tx: &dyn Write,
    cause: &Cause,
    state: &mut State,
    by: Option<u64>,
) -> Result<(), ScimError> {
    for number in holding(tx, cause.tenant, state)? {
        if let Some(old) = batch::get(tx, cause.tenant, number)? {
            let state = BatchState::Superseded;
            let changed = cause.at.0;
            batch::put(tx, cause.tenant, &Batch { state, changed, superseded_by: by, ..old })?;
        }
    }
    state.holding = Some(BTreeSet::new());
    Ok(())
}

/// How many batches hold something, in a tenant.
///
/// # Errors
/// Those of the store.
pub(crate) fn open(tx: &dyn Read, tenant: TenantId) -> Result<u64, ScimError> {
    let state = super::versions::state(tx, tenant)?;
    Ok(u64::try_from(holding(tx, tenant, &state)?.len()).unwrap_or(u64::MAX))
}
