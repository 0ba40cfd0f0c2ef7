//! The rules about what arrives, one for each kind of action, and about the rest.

use crate::action::Kind;
use crate::judgement::{Level, Rule};

pub(in crate::judgement) static RULES: &[&Rule] = &[
    &CREATE,
    &UPDATE,
    &CLEAR_VALUE,
    &EMAIL,
    &SET_MANAGER,
    &CLEAR_MANAGER,
    &DEACTIVATE,
    &REACTIVATE,
    &GROUP,
    &ADD,
    &REMOVE,
    &RENAME,
    &DELETE_GROUP,
    &LARGE,
    &SPECIAL,
    &CLASH,
    &DELETE,
    &UNCHANGED,
    &SENT,
];

const LOST: &str = "what the source has and what the product has are not the same any more";
const FIX: &str = "look at the exchanges of this step: what was sent, and what came back";

const fn action(id: &'static str, fault: Option<&'static str>, title: &'static str) -> Rule {
    Rule { id, level: Level::Must, covers: &[], fault, title, why: LOST, fix: FIX }
}

pub(super) static CREATE: Rule = action("action/create-user", None, "a new person arrives, once");
pub(super) static UPDATE: Rule =
    action("action/update-user", None, "a person's changed names and title arrive");
pub(super) static EMAIL: Rule =
    action("action/change-email", None, "a person's changed e-mail address arrives");
pub(super) static CLEAR_VALUE: Rule =
    action("action/clear-value", Some("K24"), "a title that is taken away is gone, not empty text");
pub(super) static SET_MANAGER: Rule =
    action("action/set-manager", Some("K22"), "a person's manager arrives and leads to somebody");
pub(super) static CLEAR_MANAGER: Rule =
    action("action/clear-manager", Some("K24"), "a person's manager is taken away");
pub(super) static DEACTIVATE: Rule =
    action("action/deactivate-user", Some("K45"), "a leaver is there and inactive");
pub(super) static REACTIVATE: Rule = action(
    "action/reactivate-user",
    None,
    "a person who comes back is active again, under the same id",
);
pub(super) static GROUP: Rule = action("action/create-group", None, "a new group arrives, once");
pub(super) static ADD: Rule = action("action/add-members", Some("K39"), "people come into a group");
pub(super) static REMOVE: Rule =
    action("action/remove-members", Some("K14"), "one person leaves a group and the others stay");
pub(super) static RENAME: Rule =
    action("action/rename-group", None, "a group has its new name, its id and its members");
pub(super) static DELETE_GROUP: Rule = action("action/delete-group", None, "a group is gone");
pub(super) static LARGE: Rule =
    action("action/large-group", Some("K38"), "a group of very many people arrives whole");
pub(super) static SPECIAL: Rule = action(
    "action/special-characters",
    Some("K06"),
    "names that are hard to write arrive as they are",
);
pub(super) static CLASH: Rule = action(
    "action/name-clash",
    Some("K27"),
    "a person who is there already is taken over, not made twice",
);
pub(super) static DELETE: Rule = action(
    "action/delete-user",
    Some("K45"),
    "a person who left for good is gone or inactive, and in no group",
);
pub(super) static UNCHANGED: Rule = Rule {
    id: "state/unchanged",
    level: Level::Must,
    covers: &[],
    fault: Some("K20"),
    title: "nothing changes but what the action is about",
    why: "people lose data or access that nobody took from them",
    fix: "send the change alone: PATCH with its path, or PUT of the object as GET gave it",
};
pub(super) static SENT: Rule = Rule {
    id: "state/sent",
    level: Level::Should,
    covers: &[],
    fault: None,
    title: "names, title, department, e-mail address and manager are sent",
    why: "rules and reports of the product have nothing to go by",
    fix: "map a field of yours to the attribute",
};

/// The rule of a kind of action; `None`: nothing is to arrive.
pub(super) fn rule(kind: Kind) -> Option<&'static Rule> {
    Some(match kind {
        Kind::CreateUser => &CREATE,
        Kind::UpdateUser => &UPDATE,
        Kind::ClearValue => &CLEAR_VALUE,
        Kind::ChangeEmail => &EMAIL,
        Kind::SetManager => &SET_MANAGER,
        Kind::ClearManager => &CLEAR_MANAGER,
        Kind::DeactivateUser => &DEACTIVATE,
        Kind::ReactivateUser => &REACTIVATE,
        Kind::CreateGroup => &GROUP,
        Kind::AddMembers => &ADD,
        Kind::RemoveMembers => &REMOVE,
        Kind::RenameGroup => &RENAME,
        Kind::DeleteGroup => &DELETE_GROUP,
        Kind::LargeGroup => &LARGE,
        Kind::SpecialCharacters => &SPECIAL,
        Kind::NameClash => &CLASH,
        Kind::DeleteUser => &DELETE,
        Kind::Import => return None,
    })
}
