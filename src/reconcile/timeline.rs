//! Timelines: what happens to some people, step by step, in a JSON file that is written by hand.
//!
//! `provisor simulate` plays one through the rules and prints every change, refusal and drift.
//! The library reads the text and keeps the people; deciding and reading rules files is the
//! caller's.
//!
//! ```json
//! {
//!   "events": [
//!     { "note": "Ana joins; her groups come a moment later" },
//!     { "create": { "person": "ana", "user": { "userName": "ana@acme.com" } } },
//!     { "changeGroups": { "person": "ana", "add": ["Sales - EMEA"] } },
//!     { "edit": { "person": "ana", "by": "admin", "set": { "capture": { "email": false } } } },
//!     { "deactivate": "ana" }
//!   ]
//! }
//! ```
//!
//! # The file
//!
//! | Field | | |
//! |---|---|---|
//! | `groups` | may | name → `{ "id", "externalId", "formerNames": […] }`, for rules that name groups otherwise than by name |
//! | `people` | may | name → `{ "user": {SCIM User}, "groups": [names], "record": {stored record} }`, who is there before the first step; without a record the source has not sent the person |
//! | `events` | must | the steps, each an object with one field |
//!
//! | Step | Value |
//! |---|---|
//! | `note` | a text to print |
//! | `create` | `{ "person", "user", "groups": [names] }`: the source sends a person |
//! | `adopt` | the same and `"has"`: `{ "seats": […], "workspaces": {name: profile}, "home", "capture": […], "options": {name: choice} }`, what the product had before |
//! | `update` | `{ "person", "set": {attribute: value} }`: each replaces the whole attribute, `null` takes it away |
//! | `changeGroups` | `{ "person", "add": [names], "remove": [names] }` |
//! | `edit` | `{ "person", "by": "admin" \| "manager" \| "csv", "set": { "active", "seats": {name: bool}, "workspaces": {name: profile or null}, "home", "capture": {name: bool}, "options": {name: choice or null} } }` |
//! | `deactivate`, `reactivate`, `delete` | the person |
//! | `deleteGroup` | the group |
//! | `renameGroup` | `{ "group", "to", "formerNameListed": true }`: whether the host lists the former name, yes unless said |
//! | `rules` | path of the rules file in force from here on, relative to the timeline |
//! | `apply` | list of people whose pending changes the host applies; `[]`: everybody |
//! | `confirm` | list of people whose held removals the host confirms; `[]`: everybody |
//!
//! Groups are known as soon as somebody is in them. The same name may be created again after
//! `delete`, and a group after `deleteGroup`; both start anew.

mod shape;
mod simulation;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use simulation::{BrakeState, Decide, MemberGroup, Simulation, Told};

use super::event::HandEdit;
use super::record::Record;
use super::values::Values;
use crate::{Error, ErrorKind};

/// A timeline as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Timeline {
    /// What is known of groups besides their names.
    #[serde(default)]
    pub groups: BTreeMap<String, GroupFacts>,
    /// Who is there before the first step.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// The steps.
    pub events: Vec<Step>,
}

/// What is known of a group besides its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GroupFacts {
    /// Its `id`.
    pub id: Option<String>,
    /// Its `externalId`.
    pub external_id: Option<String>,
    /// The former names that the host lists.
    pub former_names: Vec<String>,
}

/// Somebody who is there before the first step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Person {
    /// The SCIM User.
    pub user: Map<String, Json>,
    /// Names of the groups, all direct.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// The stored record; without one the source has not sent the person.
    #[serde(default)]
    pub record: Option<Record>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Step {
    /// A text to print.
    Note(String),
    /// The source sends a person.
    Create(Arrival),
    /// The source sends a person whom the product had before.
    Adopt {
        /// The name of the person in this timeline.
        person: String,
        /// The SCIM User.
        user: Map<String, Json>,
        /// Names of the groups.
        #[serde(default)]
        groups: BTreeSet<String>,
        /// What the product has.
        has: Values,
    },
    /// The source changes attributes of a person.
    Update {
        /// The person.
        person: String,
        /// Attribute → value; `null` takes it away.
        set: Map<String, Json>,
    },
    /// The source changes the groups of a person.
    ChangeGroups {
        /// The person.
        person: String,
        /// Groups to join.
        #[serde(default)]
        add: BTreeSet<String>,
        /// Groups to leave.
        #[serde(default)]
        remove: BTreeSet<String>,
    },
    /// Somebody edits a member in the product.
    Edit(PersonEdit),
    /// The source deactivates a person.
    Deactivate(String),
    /// The source activates a person again.
    Reactivate(String),
    /// The source deletes a person.
    Delete(String),
    /// The source deletes a group.
    DeleteGroup(String),
    /// The source renames a group.
    RenameGroup {
        /// Its name so far.
        group: String,
        /// Its new name.
        to: String,
        /// Whether the host lists the former name.
        #[serde(default = "yes")]
        former_name_listed: bool,
    },
    /// Other rules are in force from here on; the caller reads them before this step.
    Rules(String),
    /// The host applies what is pending; an empty list is everybody.
    Apply(BTreeSet<String>),
    /// The host confirms held removals; an empty list is everybody.
    Confirm(BTreeSet<String>),
}

/// A person as the source sends one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arrival {
    /// The name of the person in this timeline.
    pub person: String,
    /// The SCIM User.
    pub user: Map<String, Json>,
    /// Names of the groups.
    #[serde(default)]
    pub groups: BTreeSet<String>,
}

/// A hand edit of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonEdit {
    /// The person.
    pub person: String,
    /// Who edits.
    pub by: super::Editor,
    /// What is to be set.
    pub set: super::Edit,
}

impl PersonEdit {
    fn event(&self) -> super::Event {
        super::Event::HandEdit(HandEdit { by: self.by, set: self.set.clone() })
    }
}

/// Reads a timeline.
///
/// # Errors
/// [`ErrorKind::Json`] for text that is not JSON, [`ErrorKind::Payload`] for JSON that is not a
/// timeline, [`ErrorKind::Limit`] for too many levels; the error has line, byte and advice.
pub fn parse(text: &str) -> Result<Timeline, Error> {
    shape::check(text)?;
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).map_err(|error| {
        // The shape is right; what is left are numbers that no computer number can hold.
        let message = "a value cannot be read; it is too large or too deeply nested";
        Error::new(ErrorKind::Payload, message).on_line(error.line())
    })
}

fn yes() -> bool {
    true
}
