//! The table of the life cycle: which row an area falls under, and what follows.

use serde::{Deserialize, Serialize};

use super::record::Mode;
use crate::rules::model::{OnMove, Settings};

/// A row of the table in the language reference, "Life cycle".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Row {
    /// 1: the person is new.
    Creation,
    /// 2: the product had the member before the source.
    Adoption,
    /// 3: the first move to an assignment of the person's own.
    Placement,
    /// 4: the same assignment, and the area is automatic now.
    SameAutomatic,
    /// 5: the same assignment, and the area is manual now.
    SameManual,
    /// 6: another assignment, and the area is automatic there.
    MoveToAutomatic,
    /// 7: another assignment; the area was automatic and is manual there.
    MoveToManual,
    /// 8: another assignment; the area was manual and is manual there.
    MoveAmongManual,
    /// 9: the person arrives inactive.
    ArrivalInactive,
    /// 10: the person is deactivated.
    Deactivation,
    /// 11: the person is and stays deactivated.
    Deactivated,
    /// 12: the person returns.
    Reactivation,
    /// 13: the source deletes the person.
    Deletion,
}

impl Row {
    /// Its number in the table.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Its situation in words.
    pub fn situation(self) -> &'static str {
        match self {
            Self::Creation => "creation",
            Self::Adoption => "adoption",
            Self::Placement => "first placement",
            Self::SameAutomatic => "same assignment, automatic",
            Self::SameManual => "same assignment, manual",
            Self::MoveToAutomatic => "move to automatic",
            Self::MoveToManual => "move from automatic to manual",
            Self::MoveAmongManual => "move from manual to manual",
            Self::ArrivalInactive => "arrival while inactive",
            Self::Deactivation => "deactivation",
            Self::Deactivated => "deactivated",
            Self::Reactivation => "reactivation",
            Self::Deletion => "deletion",
        }
    }
}

/// How a person came to be without an assignment in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// New to the product.
    Created,
    /// The product had the member before.
    Adopted,
}

/// What is true of the member at this event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    /// No assignment was ever in force, or adoption is still pending under the default.
    pub(super) arrival: Option<Arrival>,
    /// The default assignment wins, so that an adoption waits for groups.
    pub(super) waits: bool,
    /// Reactivation with `reactivate_reapply always`.
    pub(super) reapply: bool,
    /// Another assignment wins than the recorded one.
    pub(super) moved: bool,
    /// As recorded.
    pub(super) placed: bool,
}

/// What is true of one of its areas.
#[derive(Debug, Clone, Copy)]
pub(super) struct AreaSituation {
    /// The mode that the winner gives.
    pub(super) now: Mode,
    /// The recorded mode.
    pub(super) before: Mode,
    /// Changed by hand since the last write.
    pub(super) by_hand: bool,
}

/// What a row does to an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Make it equal to the decision.
    Write,
    /// Write nothing and report drift.
    Keep,
}

/// Rows 1 to 8 and 12: the first that fits.
pub(super) fn row(settings: &Settings, member: Situation, area: AreaSituation) -> (Row, Act) {
    let write_if = |write: bool| if write { Act::Write } else { Act::Keep };
    let automatic = area.now == Mode::Automatic;
    match member.arrival {
        Some(Arrival::Created) => return (Row::Creation, Act::Write),
        Some(Arrival::Adopted) if member.waits => return (Row::Adoption, Act::Keep),
        Some(Arrival::Adopted) => {
            return (Row::Adoption, write_if(automatic || settings.on_adopt_apply));
        }
        None => {}
    }
    if member.reapply {
        return (Row::Reactivation, Act::Write);
    }
    if member.moved && !member.placed && !area.by_hand {
        return (Row::Placement, Act::Write);
    }
    match (member.moved, area.now, area.before) {
        (false, Mode::Automatic, _) => (Row::SameAutomatic, Act::Write),
        (false, Mode::Manual, _) => (Row::SameManual, Act::Keep),
        (true, Mode::Automatic, _) => (Row::MoveToAutomatic, Act::Write),
        (true, Mode::Manual, Mode::Automatic) => {
            (Row::MoveToManual, write_if(settings.on_move != OnMove::Target))
        }
        (true, Mode::Manual, Mode::Manual) => {
            (Row::MoveAmongManual, write_if(settings.on_move == OnMove::Always))
        }
    }
}
