//! Whether a decision is as expected.

use std::collections::BTreeSet;

use crate::decide::{Cause, Decision, Dropped, Item};
use crate::rules::ast::RuleKind;
use crate::rules::check::suite::{Expectation, Named, Wanted};
use crate::rules::model::{CaptureId, Grant, Never, SeatId};

/// Whether the expectation is met.
pub(super) fn met(expectation: &Expectation, decision: &Decision<'_>) -> bool {
    holds(&expectation.wanted, decision) != expectation.negated
}

fn holds(wanted: &Wanted, decision: &Decision<'_>) -> bool {
    match wanted {
        Wanted::Deactivated => decision.is_deactivated(),
        Wanted::Assignment(name) => {
            decision.winner().is_some_and(|winner| winner.head.name == *name)
        }
        Wanted::Seats(seats) => {
            let standing: BTreeSet<SeatId> = decision.seats().map(|(id, _)| id).collect();
            standing == seats.iter().copied().collect()
        }
        Wanted::Seat(seat) => decision.has_seat(*seat),
        Wanted::Home(home) => decision.home() == *home,
        Wanted::Workspace { workspace, profile } => decision.profile(*workspace) == *profile,
        Wanted::Capture(items) => {
            let standing: BTreeSet<CaptureId> = decision.captures().map(|(id, _)| id).collect();
            standing == items.iter().copied().collect()
        }
        Wanted::CaptureIncludes(items) => items.iter().all(|item| decision.has_capture(*item)),
        Wanted::Option { option, choice } => {
            let options = decision.winner().map_or(&[][..], |winner| &winner.options);
            let chosen =
                options.iter().find(|(id, _)| id == option).and_then(|(_, chosen)| *chosen);
            chosen == *choice
        }
        Wanted::Withheld(items) => exactly(items, decision, Cause::Withheld),
        Wanted::Removed(items) => exactly(items, decision, Cause::Removed),
        Wanted::Vetoed(items) => exactly(items, decision, Cause::Vetoed),
        Wanted::Update(modes) => decision.update() == Some(*modes),
        Wanted::Because { kind, name, .. } => had_a_part(*kind, name, decision),
    }
}

/// Whether the items dropped for a cause are those named, all of them and no other.
fn exactly(named: &[Named], decision: &Decision<'_>, cause: Cause) -> bool {
    let dropped = decision.dropped();
    let dropped: Vec<&Dropped<'_>> = dropped.iter().filter(|d| d.cause == cause).collect();
    dropped.iter().all(|dropped| named.iter().any(|named| is(named, dropped.item)))
        && named.iter().all(|named| dropped.iter().any(|dropped| is(named, dropped.item)))
}

/// Whether a bare name means the item.
pub(super) fn is(named: &Named, item: Item) -> bool {
    match item {
        Item::Seat(seat) => named.seat == Some(seat),
        Item::Capture(capture) => named.capture == Some(capture),
        Item::Profile(_, profile) => named.profile == Some(profile),
    }
}

/// Whether the rule won, gave something that stands, or took something away.
fn had_a_part(kind: RuleKind, name: &str, decision: &Decision<'_>) -> bool {
    match kind {
        RuleKind::Assignment | RuleKind::Default => {
            decision.winner().is_some_and(|winner| winner.head.name == name)
        }
        RuleKind::Grant => {
            decision.grants().any(|grant| grant.head.name == name && gave(grant, decision))
        }
        RuleKind::Never => {
            decision.nevers().any(|never| never.head.name == name && dropped(never, decision))
        }
    }
}

fn gave(grant: &Grant, decision: &Decision<'_>) -> bool {
    grant.seats.iter().any(|seat| decision.has_seat(*seat))
        || grant.captures.iter().any(|item| decision.has_capture(*item))
        || grant
            .workspaces
            .iter()
            .any(|(workspace, profile)| decision.profile(*workspace) == Some(*profile))
}

fn dropped(never: &Never, decision: &Decision<'_>) -> bool {
    let name = &never.head.name;
    decision.dropped().iter().any(|dropped| dropped.nevers.iter().any(|head| head.name == *name))
}
