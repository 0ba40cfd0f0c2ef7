//! Removals that the brake holds, between the batch that caused them and the host's word.
//!
//! A held item keeps its value and its last written value as if nobody had wanted to take it.
//! What it would become is refreshed by each event that would take it again.

use super::context::Context;
use super::diff;
use super::nevers;
use super::outcome::{Cause, Change, Note, Reconciled};
use super::record::{Held, Record};
use super::target::{AreaName, Target, Wanted};
use super::values::{Item, Value};
use super::wanted::Effective;

/// Lets nevers bind, and holds what is held. Answers what was put back, with what it becomes once
/// confirmed.
pub(super) fn bind(
    context: &Context<'_>,
    decided: &Wanted,
    basis: &Record,
    after: &mut Record,
    is_written: impl Fn(AreaName) -> bool,
) -> Vec<(Item, Option<Value>)> {
    nevers::enforce(context, decided, after);
    let kept = respect(context, decided, basis, after, is_written);
    after.held.retain(|held| after.now.get(&held.item).is_some());
    nevers::enforce_written(context, decided, after);
    kept
}

/// Puts back what this event took although it is held. Answers what was put back, with what it
/// becomes once confirmed: in areas that a row wrote what it wrote, and elsewhere what was to
/// become of it, unless a never forbids even that. A capture item that a never forbids is not
/// held.
fn respect(
    context: &Context<'_>,
    decided: &Wanted,
    basis: &Record,
    after: &mut Record,
    is_written: impl Fn(AreaName) -> bool,
) -> Vec<(Item, Option<Value>)> {
    let mut kept = Vec::new();
    for held in after.held.clone() {
        let Held { item, becomes } = held;
        let (was, is) = (basis.now.get(&item), after.now.get(&item));
        let never =
            matches!(&item, Item::Capture(id) if decided.forbidden_capture.contains_key(id));
        if was == is {
            continue;
        }
        if !never && context.takes(&item, was.as_ref(), is.as_ref()) {
            let lower =
                |value: &Value| nevers::forbidding(context, decided, &item, value).is_some();
            let rewrites = is_written(item.area()) || becomes.as_ref().is_some_and(lower);
            let becomes = if rewrites { is } else { becomes };
            put_back(after, &item, was, basis.written.get(&item), becomes.clone());
            kept.push((item, becomes));
        } else if was.is_some() {
            // Taken by a never, or raised: what was held is no longer there.
            after.release(&item);
        }
    }
    kept
}

/// Forgets holds of what is wanted again. This comes before anything is written.
pub(super) fn forget_wanted(record: &mut Record, effective: &Effective<'_>) {
    let now = &record.now;
    record.held.retain(|held| {
        let value = now.get(&held.item);
        value.is_none() || value != effective.value(&held.item)
    });
}

/// Holds every removal of an answer: the brake is on for its batch. The record before tells what
/// was last written.
pub(super) fn hold_all(
    context: &Context<'_>,
    before: Option<&Record>,
    mut reconciled: Reconciled,
) -> Reconciled {
    let Some(record) = &mut reconciled.record else { return reconciled };
    let (taken, kept) = reconciled.changes.into_iter().partition(is_holdable);
    reconciled.changes = kept;
    for change in &taken {
        let was = change.before.clone();
        let written = before.map_or_else(|| was.clone(), |before| before.written.get(&change.item));
        put_back(record, &change.item, was, written, change.after.clone());
    }
    // What requires something that is held works for as long as it is.
    record.inert = context.inert(&record.now);
    for change in &mut reconciled.changes {
        change.inert = change.after.is_some() && record.inert.contains(&change.item);
    }
    reconciled.notes.retain(|note| match note {
        Note::Inert { item, .. } => record.inert.contains(item),
        _ => true,
    });
    reconciled.held.extend(taken);
    reconciled.held.sort_by(|a, b| a.item.cmp(&b.item));
    reconciled
}

/// Writes what is held, as it was listed; of a deactivated member too, so that nothing held is
/// forgotten while the person is away.
pub(super) fn confirm(
    context: &Context<'_>,
    record: Option<&Record>,
    target: &Target,
) -> Reconciled {
    let Some(basis) = record.filter(|record| !record.closed) else {
        return Reconciled::nothing(record.cloned());
    };
    let mut after = basis.clone();
    for held in std::mem::take(&mut after.held) {
        let Item::Seat(id) = &held.item else {
            after.now.set(&held.item, held.becomes.clone());
            after.written.set(&held.item, held.becomes);
            continue;
        };
        after.now.seats.remove(id);
        after.written.seats.remove(id);
        after.released.remove(id);
    }
    if let (Target::Active(decided), true) = (target, after.active) {
        nevers::enforce(context, decided, &mut after);
        nevers::enforce_written(context, decided, &mut after);
    }
    after.inert = context.inert(&after.now);
    let changes = diff::changes(context, basis, &after, |item, was| {
        let never = match target {
            Target::Active(decided) if basis.held(item).is_none() => {
                was.and_then(|was| nevers::forbidding(context, decided, item, was))
            }
            _ => None,
        };
        never.map_or(Cause::Confirmed, |nevers| Cause::Never(nevers.to_vec()))
    });
    let notes = diff::inert_notes(context, &after, |item| !basis.inert.contains(item));
    Reconciled { changes, notes, ..Reconciled::nothing(Some(after)) }
}

/// [`confirm`] of what is chosen of it; the rest stays held.
pub(super) fn confirm_some(
    context: &Context<'_>,
    record: &Record,
    target: &Target,
    chosen: impl Fn(&Item) -> bool,
) -> Reconciled {
    let mut answer = confirm(context, Some(record), target);
    let Some(after) = &mut answer.record else { return answer };
    let stays = |item: &Item| record.held(item).is_some() && !chosen(item);
    for held in record.held.iter().filter(|held| stays(&held.item)) {
        let (was, written) = (record.now.get(&held.item), record.written.get(&held.item));
        put_back(after, &held.item, was, written, held.becomes.clone());
        // Of a deactivated member a held seat is among those that come back.
        if let Item::Seat(id) = &held.item
            && record.released.contains(id)
        {
            after.released.insert(id.clone());
        }
    }
    after.inert = context.inert(&after.now);
    answer.changes.retain(|change| !stays(&change.item));
    answer.notes = diff::inert_notes(context, after, |item| !record.inert.contains(item));
    answer
}

/// Whether the brake counts and could hold a change. Deactivation is one person's event whatever
/// the batch, and what a never forbids in capture is held by nobody.
pub(super) fn is_holdable(change: &Change) -> bool {
    let never = matches!(change.cause, Cause::Never(_)) && matches!(change.item, Item::Capture(_));
    change.takes && !never && change.cause != Cause::Released
}

fn put_back(
    record: &mut Record,
    item: &Item,
    now: Option<Value>,
    written: Option<Value>,
    becomes: Option<Value>,
) {
    record.now.set(item, now);
    record.written.set(item, written);
    record.hold(item.clone(), becomes);
}
