//! Nevers bind at every event and in every mode.

use std::collections::BTreeSet;

use super::context::Context;
use super::record::Record;
use super::target::{CeilingOf, Wanted};
use super::values::{Item, Value, Values};

/// The nevers that forbid an item to have that value; none do where it is allowed.
pub(super) fn forbidding<'a>(
    context: &Context<'_>,
    decided: &'a Wanted,
    item: &Item,
    value: &Value,
) -> Option<&'a [String]> {
    match (item, value) {
        (Item::Seat(id), _) => decided.forbidden_seats.get(id).map(Vec::as_slice),
        (Item::Capture(id), _) => decided.forbidden_capture.get(id).map(Vec::as_slice),
        (Item::Workspace(id), Value::Named(profile)) => {
            let ceiling = decided.ceilings.get(id)?;
            above(context, profile, ceiling).then_some(ceiling.nevers.as_slice())
        }
        _ => None,
    }
}

/// Takes everything forbidden from the member, and with a forbidden veto its standing. Home and
/// options are never forbidden.
pub(super) fn enforce(context: &Context<'_>, decided: &Wanted, record: &mut Record) {
    let seats = seats(decided, record);
    obey(context, decided, &seats, &mut record.now);
    record.standing.retain(|veto| !decided.forbidden_capture.contains_key(veto));
}

/// Takes everything forbidden from what counts as written, so that it does not look changed by
/// hand later. What is held stays as it is.
pub(super) fn enforce_written(context: &Context<'_>, decided: &Wanted, record: &mut Record) {
    let seats = seats(decided, record);
    let before = record.written.clone();
    obey(context, decided, &seats, &mut record.written);
    for held in &record.held {
        record.written.set(&held.item, before.get(&held.item));
    }
}

/// The seats that count for ceilings. A held one counts as gone, so that confirming it changes
/// nothing about them.
fn seats(decided: &Wanted, record: &Record) -> BTreeSet<String> {
    let gone = |id: &String| {
        decided.forbidden_seats.contains_key(id) || record.held(&Item::Seat(id.clone())).is_some()
    };
    record.now.seats.iter().filter(|id| !gone(id)).cloned().collect()
}

fn obey(context: &Context<'_>, decided: &Wanted, seats: &BTreeSet<String>, values: &mut Values) {
    values.seats.retain(|id| !decided.forbidden_seats.contains_key(id));
    values.capture.retain(|id| !decided.forbidden_capture.contains_key(id));
    values.workspaces.retain(|workspace, profile| {
        let Some(ceiling) = decided.ceilings.get(workspace) else { return true };
        if !above(context, profile, ceiling) {
            return true;
        }
        // Lowered as a decision is: to the ceiling, if that exists there and its seats are had.
        let lower = ceiling.profile.as_ref().filter(|lower| {
            context.offers(workspace, lower) && context.profile_works(lower, seats)
        });
        if let Some(lower) = lower {
            profile.clone_from(lower);
        }
        lower.is_some()
    });
}

/// Whether a profile is above a ceiling. One that the order does not know counts as above.
fn above(context: &Context<'_>, profile: &str, ceiling: &CeilingOf) -> bool {
    let Some(highest) = &ceiling.profile else { return true };
    if profile == highest {
        return false;
    }
    match (context.rank(profile), context.rank(highest)) {
        (Some(rank), Some(highest)) => rank > highest,
        _ => true,
    }
}
