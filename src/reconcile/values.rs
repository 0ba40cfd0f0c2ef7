//! What a member has, addressed item by item.
//!
//! The life cycle is one table for all areas, so it sees a member as items with values; the
//! readable form with one field an area is [`Values`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::target::AreaName;

/// What can be given to a member: one thing that a change, a refusal or a drift is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Item {
    /// A seat: on or off.
    Seat(String),
    /// The profile in a workspace.
    Workspace(String),
    /// The home workspace.
    Home,
    /// A capture item, perhaps a veto: on or off.
    Capture(String),
    /// The choice of an option.
    Option(String),
}

impl Item {
    /// The area that it belongs to; home goes with workspaces.
    pub fn area(&self) -> AreaName {
        match self {
            Self::Seat(_) => AreaName::Seats,
            Self::Workspace(_) | Self::Home => AreaName::Workspaces,
            Self::Capture(_) => AreaName::Capture,
            Self::Option(_) => AreaName::Options,
        }
    }
}

/// The value of an item that is there; one that is not there has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// The seat or capture item is on.
    On,
    /// The profile, home workspace or choice of that name.
    Named(String),
}

impl Value {
    /// The name of a profile, workspace or choice.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::On => None,
            Self::Named(name) => Some(name),
        }
    }
}

/// What a member has in all areas, by the names of rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Values {
    /// Seats that are on.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub seats: BTreeSet<String>,
    /// Workspace → profile.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub workspaces: BTreeMap<String, String>,
    /// Home workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// Capture items that are on, vetoes among them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub capture: BTreeSet<String>,
    /// Option → choice.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

impl Values {
    /// The value of an item, if it is there.
    pub fn get(&self, item: &Item) -> Option<Value> {
        match item {
            Item::Seat(id) => self.seats.contains(id).then_some(Value::On),
            Item::Workspace(id) => self.workspaces.get(id).cloned().map(Value::Named),
            Item::Home => self.home.clone().map(Value::Named),
            Item::Capture(id) => self.capture.contains(id).then_some(Value::On),
            Item::Option(id) => self.options.get(id).cloned().map(Value::Named),
        }
    }

    /// Gives an item a value, or takes it away. Of a seat or capture item any value means on; a
    /// name is needed elsewhere, and without one the item is taken away.
    pub fn set(&mut self, item: &Item, value: Option<Value>) {
        match (item, value) {
            (Item::Seat(id), value) => put(&mut self.seats, id, value.is_some()),
            (Item::Capture(id), value) => put(&mut self.capture, id, value.is_some()),
            (Item::Workspace(id), value) => name(&mut self.workspaces, id, value),
            (Item::Option(id), value) => name(&mut self.options, id, value),
            (Item::Home, Some(Value::Named(home))) => self.home = Some(home),
            (Item::Home, _) => self.home = None,
        }
    }

    /// The items that are there.
    pub fn items(&self) -> impl Iterator<Item = Item> {
        let seats = self.seats.iter().cloned().map(Item::Seat);
        let workspaces = self.workspaces.keys().cloned().map(Item::Workspace);
        let home = self.home.iter().map(|_| Item::Home);
        let capture = self.capture.iter().cloned().map(Item::Capture);
        let options = self.options.keys().cloned().map(Item::Option);
        seats.chain(workspaces).chain(home).chain(capture).chain(options)
    }
}

fn put(set: &mut BTreeSet<String>, id: &str, on: bool) {
    if on {
        set.insert(id.to_owned());
    } else {
        set.remove(id);
    }
}

fn name(map: &mut BTreeMap<String, String>, id: &str, value: Option<Value>) {
    if let Some(Value::Named(value)) = value {
        map.insert(id.to_owned(), value);
    } else {
        map.remove(id);
    }
}
