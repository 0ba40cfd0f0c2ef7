//! What happens to a member.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::values::{Item, Value, Values};

/// Something that happened.
///
/// What it *is* for the member follows from record and decision: `Created` for somebody who has a
/// record is an update, and any event whose decision is "deactivated" deactivates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Event {
    /// The source sent a person, and the product did not have the member.
    Created,
    /// The source sent a person whom the product had before, with what the product has.
    Adopted(Values),
    /// The source changed the person.
    Updated,
    /// The source changed the person's groups.
    GroupsChanged,
    /// A group of the person was deleted.
    GroupDeleted,
    /// A group of the person was renamed.
    GroupRenamed {
        /// The host still lists the former name.
        former_name_listed: bool,
    },
    /// The rules changed; `propagate` says when they reach the person.
    RulesChanged,
    /// The host applies what is decided, pending or not.
    Apply,
    /// The source deleted the person.
    Deleted,
    /// Somebody edits the member in the product.
    HandEdit(HandEdit),
    /// The host confirms the removals that the brake holds.
    Confirm,
}

impl Event {
    /// Whether it is one of many with a common cause, so that the brake counts it.
    pub fn counts_for_brake(&self) -> bool {
        matches!(
            self,
            Self::GroupDeleted | Self::GroupRenamed { .. } | Self::RulesChanged | Self::Apply
        )
    }
}

/// An edit by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandEdit {
    /// Who edits.
    pub by: Editor,
    /// What is to be set; a row of a CSV file is the same with more parts.
    pub set: Edit,
}

/// Who edits by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Editor {
    /// An administrator.
    Admin,
    /// The member's manager.
    Manager,
    /// A row of a CSV file.
    Csv,
}

/// The parts of an edit; what is not named is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Edit {
    /// Whether the member is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Seats on or off.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub seats: BTreeMap<String, bool>,
    /// Workspace → profile or none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub workspaces: BTreeMap<String, Option<String>>,
    /// The home workspace; it can be changed, not taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// Capture items on or off; switching a veto on asks for it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub capture: BTreeMap<String, bool>,
    /// Option → choice or none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Option<String>>,
}

impl Edit {
    /// Its parts but `active`, in the order of items.
    pub(super) fn parts(&self) -> Vec<(Item, Option<Value>)> {
        let on = |on: bool| on.then_some(Value::On);
        let named = |name: &Option<String>| name.clone().map(Value::Named);
        let seats = self.seats.iter().map(|(id, to)| (Item::Seat(id.clone()), on(*to)));
        let workspaces =
            self.workspaces.iter().map(|(id, to)| (Item::Workspace(id.clone()), named(to)));
        let home = self.home.iter().map(|to| (Item::Home, Some(Value::Named(to.clone()))));
        let capture = self.capture.iter().map(|(id, to)| (Item::Capture(id.clone()), on(*to)));
        let options = self.options.iter().map(|(id, to)| (Item::Option(id.clone()), named(to)));
        seats.chain(workspaces).chain(home).chain(capture).chain(options).collect()
    }
}
