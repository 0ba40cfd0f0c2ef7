//! What Provisor remembers of one member between events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::target::AreaName;
use super::values::{Item, Value, Values};

/// The record of one member. The host stores it and hands it back at the next event.
///
/// Every name in it is a name of the rules of the last event. A later version reads what this
/// one wrote: it adds fields with defaults, and raises [`Version`] only where old fields change
/// their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The form of this record.
    pub version: Version,
    /// Whether the person was active at the last event.
    pub active: bool,
    /// The assignment last in force; `None`: none ever was (row 9, or pending from the start).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<InForce>,
    /// An assignment other than the default has won, or the member was adopted with `keep`.
    #[serde(default)]
    pub placed: bool,
    /// The product had the member before the source sent it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub adopted: bool,
    /// What the product has now.
    #[serde(default)]
    pub now: Values,
    /// What reconcile last wrote, less what nevers took away since. Where it never wrote: what
    /// the product had at adoption, so that "changed by hand" means after that.
    #[serde(default)]
    pub written: Values,
    /// The mode of each area at the last event; an area is missing, which means manual, until
    /// something was written there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modes: BTreeMap<AreaName, Mode>,
    /// Vetoes that stay on whatever the rules say: asked for by hand, or on at adoption.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub standing: BTreeSet<String>,
    /// Seats that deactivation took and reactivation brings back.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub released: BTreeSet<String>,
    /// What the member has and what does nothing, because something it requires is missing.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub inert: BTreeSet<Item>,
    /// Something is decided and not yet written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// Removals that the brake holds until the host confirms, by item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// The source deleted the person; the same name later is a creation.
    #[serde(default, skip_serializing_if = "is_false")]
    pub closed: bool,
}

/// The form of a record: 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Version;

/// The assignment in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InForce {
    /// Its name.
    pub name: String,
    /// Whether it is the default assignment.
    #[serde(default, skip_serializing_if = "is_false")]
    pub default: bool,
}

/// The update mode of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// The source decides; hand edits are refused.
    Automatic,
    /// People decide after the first write.
    Manual,
}

/// Why something is decided and not yet written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pending {
    /// Adopted while the default assignment wins: its groups have probably not arrived yet.
    Adoption,
    /// The rules changed, and wait for the source (`propagate on_push`).
    Rules,
}

/// A removal that the brake holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Held {
    /// What the member keeps for now.
    pub item: Item,
    /// What it becomes when the host confirms; `None`: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub becomes: Option<Value>,
}

impl Record {
    /// A record of somebody of whom no assignment was ever in force.
    pub(super) fn new(found: Values, adopted: bool, standing: BTreeSet<String>) -> Self {
        Self {
            version: Version,
            active: false,
            assignment: None,
            placed: false,
            adopted,
            written: found.clone(),
            now: found,
            modes: BTreeMap::new(),
            standing,
            released: BTreeSet::new(),
            inert: BTreeSet::new(),
            pending: None,
            held: Vec::new(),
            closed: false,
        }
    }

    /// The mode of an area at the last event: manual until something was written.
    pub fn mode(&self, area: AreaName) -> Mode {
        self.modes.get(&area).copied().unwrap_or(Mode::Manual)
    }

    /// Every item that the member has or that reconcile wrote.
    pub(super) fn items(&self) -> BTreeSet<Item> {
        self.now.items().chain(self.written.items()).collect()
    }

    /// The held removal of an item.
    pub(super) fn held(&self, item: &Item) -> Option<&Held> {
        self.held.iter().find(|held| held.item == *item)
    }

    /// Holds the removal of an item, once, in the order of items.
    pub(super) fn hold(&mut self, item: Item, becomes: Option<Value>) {
        self.release(&item);
        let place = self.held.partition_point(|held| held.item < item);
        self.held.insert(place, Held { item, becomes });
    }

    /// Forgets that the removal of an item is held.
    pub(super) fn release(&mut self, item: &Item) {
        self.held.retain(|held| held.item != *item);
    }
}

impl TryFrom<u32> for Version {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        if number == 1 {
            Ok(Self)
        } else {
            Err(format!("a record of version {number}, of which this Provisor knows only 1"))
        }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
