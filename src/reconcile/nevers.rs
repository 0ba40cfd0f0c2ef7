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

/// Takes away everything forbidden, from what the member has and from what counts as written,
/// and with a forbidden veto its standing. Home and options are never forbidden.
pub(super) fn enforce(context: &Context<'_>, decided: &Wanted, record: &mut Record) {
    // A held seat counts as gone, so that confirming it changes nothing about ceilings.
    let gone = |id: &String| {
        decided.forbidden_seats.contains_key(id) || record.held(&Item::Seat(id.clone())).is_some()
    };
    let seats = record.now.seats.iter().filter(|id| !gone(id)).cloned().collect();
    obey(context, decided, &seats, &mut record.now);
    obey(context, decided, &seats, &mut record.written);
    record.standing.retain(|veto| !decided.forbidden_capture.contains_key(veto));
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
