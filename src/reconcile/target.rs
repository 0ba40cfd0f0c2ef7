//! What a decision wants for a member, by name: the form that outlives a rule set.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The outcome of a decision, as reconcile needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "one per decision, and nearly all are active")]
pub enum Target {
    /// The source says that the person is not active.
    Deactivated,
    /// What the person gets.
    Active(Wanted),
}

/// What an active person gets. Names are those of rules, not of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Wanted {
    /// The assignment that won.
    pub assignment: String,
    /// Its former name.
    pub formerly: Option<String>,
    /// Whether it is the default assignment.
    pub default: bool,
    /// Seats that stand.
    pub seats: BTreeSet<String>,
    /// Workspace → profile, where one stands.
    pub workspaces: BTreeMap<String, String>,
    /// Home workspace; `None`: not governed.
    pub home: Option<String>,
    /// Capture items that stand, vetoes among them.
    pub capture: BTreeSet<String>,
    /// Governed options → choice; `None`: the answer `none`. Others are not governed.
    pub options: BTreeMap<String, Option<String>>,
    /// Areas with the mode `automatic`.
    pub automatic: BTreeSet<AreaName>,
    /// Seats that were asked and are withheld for want of a prerequisite.
    pub withheld_seats: BTreeSet<String>,
    /// Capture items that were asked and are withheld for want of a prerequisite.
    pub withheld_capture: BTreeSet<String>,
    /// Workspace → the profile that was asked and is withheld for want of a seat.
    pub withheld_workspaces: BTreeMap<String, String>,
    /// Seat → the nevers that forbid it, asked or not.
    pub forbidden_seats: BTreeMap<String, Vec<String>>,
    /// Capture item → the nevers that forbid it, asked or not.
    pub forbidden_capture: BTreeMap<String, Vec<String>>,
    /// Workspace → its ceiling.
    pub ceilings: BTreeMap<String, CeilingOf>,
}

/// The lowest ceiling of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CeilingOf {
    /// The highest profile allowed; `None`: none at all.
    pub profile: Option<String>,
    /// The nevers that say so.
    pub nevers: Vec<String>,
}

/// An area by name, in records and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AreaName {
    /// Seats.
    Seats,
    /// Workspace profiles and home.
    Workspaces,
    /// Capture items.
    Capture,
    /// Options.
    Options,
}

impl AreaName {
    /// Every area, in the order in which they are settled: profiles look at seats.
    pub const ALL: [Self; 4] = [Self::Seats, Self::Workspaces, Self::Capture, Self::Options];

    /// As it is called in rules (`update automatic except capture`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Seats => "seats",
            Self::Workspaces => "workspaces",
            Self::Capture => "capture",
            Self::Options => "options",
        }
    }
}
