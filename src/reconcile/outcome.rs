//! What reconcile answers.

use serde::{Deserialize, Serialize};

use super::record::Record;
use super::rows::Row;
use super::target::AreaName;
use super::values::{Item, Value};

/// The answer to one event of one member. Everything is in the order of items: seats,
/// workspaces, home, capture, options, each by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reconciled {
    /// The record to store; `None`: there was none, and the event makes none.
    pub record: Option<Record>,
    /// What to write in the product.
    pub changes: Vec<Change>,
    /// Why a hand edit is refused; if there is one, nothing changes.
    pub refusals: Vec<Refusal>,
    /// Where the member differs from the decision and nothing is written.
    pub drift: Vec<Drift>,
    /// Removals that the brake holds at this event.
    pub held: Vec<Change>,
    /// What else a person should know.
    pub notes: Vec<Note>,
}

impl Reconciled {
    /// Nothing to do.
    pub(super) fn nothing(record: Option<Record>) -> Self {
        Self {
            record,
            changes: Vec::new(),
            refusals: Vec::new(),
            drift: Vec::new(),
            held: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// One thing to write in the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// What changes.
    pub item: Item,
    /// Its area.
    pub area: AreaName,
    /// What it was; `None`: nothing.
    pub before: Option<Value>,
    /// What it becomes; `None`: nothing.
    pub after: Option<Value>,
    /// Why.
    pub cause: Cause,
    /// It overwrites what somebody changed by hand.
    pub over_hand_edit: bool,
    /// It takes something from the member: the brake counts and holds these.
    pub takes: bool,
    /// It does nothing for want of a prerequisite: written so under `withheld store`, or by hand.
    pub inert: bool,
}

/// Why something changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Cause {
    /// A row of the table says "write".
    Row(Row),
    /// These nevers forbid it.
    Never(Vec<String>),
    /// These standing vetoes exclude it.
    StandingVeto(Vec<String>),
    /// Deactivation or deletion releases the seat.
    Released,
    /// Reactivation brings the released seat back.
    BroughtBack,
    /// A hand edit that was accepted.
    HandEdit,
    /// The host confirmed a removal that the brake held.
    Confirmed,
}

/// Why a part of a hand edit is refused, and with it the whole edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// The part; `None`: `active`, or the edit as a whole.
    pub item: Option<Item>,
    /// Why.
    pub reason: Reason,
}

/// Why a hand edit is refused: in this order the first that fits a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Reason {
    /// Provisor has no record of the member, so nothing tells what may be edited.
    NoRecord,
    /// Whether a member is active is the source's to say.
    SourceOwns,
    /// The member is deactivated.
    Deactivated,
    /// The catalogue does not have the item or the value.
    Unknown,
    /// `managers_edit_capture no`
    ManagersMayNot,
    /// These nevers forbid it.
    Forbidden(Vec<String>),
    /// This assignment updates the area automatically.
    Locked(String),
    /// These vetoes are on and exclude it.
    Vetoed(Vec<String>),
}

/// Where a member differs from the decision and nothing is written. An item may have both kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Drift {
    /// What differs.
    pub item: Item,
    /// How it came about.
    pub kind: DriftKind,
    /// What the member has.
    pub now: Option<Value>,
    /// What reconcile last wrote.
    pub written: Option<Value>,
    /// What is decided.
    pub decided: Option<Value>,
}

/// How a difference came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DriftKind {
    /// The product has something else than was last written.
    ChangedByHand,
    /// Something else is decided than was last written.
    NotApplied,
}

/// What else a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Note {
    /// The item does nothing, because this is missing.
    Inert {
        /// What does nothing.
        item: Item,
        /// What it requires and is not there, or does nothing itself.
        missing: Vec<Item>,
    },
    /// The capture item is decided, and standing vetoes keep it off.
    KeptOff {
        /// The capture item.
        item: Item,
        /// The vetoes.
        vetoes: Vec<String>,
    },
    /// The veto stands from now on, whatever the rules say.
    Stands {
        /// The veto.
        veto: String,
    },
    /// A standing veto was taken away, because nevers forbid it.
    NoLongerStands {
        /// The veto.
        veto: String,
        /// The nevers.
        nevers: Vec<String>,
    },
    /// A seat that deactivation took is not brought back, because nevers forbid it by now.
    StaysAway {
        /// The seat.
        item: Item,
        /// The nevers.
        nevers: Vec<String>,
    },
    /// The member has something that the catalogue does not know (any more).
    Unknown {
        /// What.
        item: Item,
    },
}
