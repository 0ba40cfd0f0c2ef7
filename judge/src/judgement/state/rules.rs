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

const fn action(
    id: &'static str,
    fault: Option<&'static str>,
    title: &'static str,
    fix: &'static str,
) -> Rule {
    Rule { id, level: Level::Must, covers: &[], fault, title, why: LOST, fix }
}

static CREATE: Rule = action(
    "action/create-user",
    None,
    "a new person arrives, once",
    "POST to `/Users` once; after an error look whether the person is there before another POST",
);
static UPDATE: Rule = action(
    "action/update-user",
    None,
    "a person's changed names and title arrive",
    "PATCH the names and the title with `replace`, or PUT the person as they are now",
);
static EMAIL: Rule = action(
    "action/change-email",
    None,
    "a person's changed e-mail address arrives",
    "PATCH `emails[type eq \"work\"].value` with `replace`, or PUT the person; `userName` may stay",
);
static CLEAR_VALUE: Rule = action(
    "action/clear-value",
    Some("K24"),
    "a title that is taken away is gone, not empty text",
    "PATCH with `remove` of `title`, or PUT the person without it",
);
static SET_MANAGER: Rule = action(
    "action/set-manager",
    Some("K22"),
    "a person's manager arrives and leads to somebody",
    "write the id of the manager, who is there before, as `manager.value` of the enterprise extension",
);
static CLEAR_MANAGER: Rule = action(
    "action/clear-manager",
    Some("K24"),
    "a person's manager is taken away",
    "PATCH with `remove` of the `manager` of the enterprise extension, or PUT without it",
);
static DEACTIVATE: Rule = action(
    "action/deactivate-user",
    Some("K45"),
    "a leaver is there and inactive",
    "PATCH `active` with `false`, or PUT it; not DELETE, which takes away what cannot be given back",
);
static REACTIVATE: Rule = action(
    "action/reactivate-user",
    None,
    "a person who comes back is active again, under the same id",
    "PATCH `active` with `true`; find the person, inactive ones too, and make no second one",
);
static GROUP: Rule = action(
    "action/create-group",
    None,
    "a new group arrives, once",
    "POST to `/Groups` once; after an error look whether the group is there before another POST",
);
static ADD: Rule = action(
    "action/add-members",
    Some("K39"),
    "people come into a group",
    "PATCH the group with `add` of `members`, each with the id of a person who is there",
);
static REMOVE: Rule = action(
    "action/remove-members",
    Some("K14"),
    "one person leaves a group and the others stay",
    "PATCH the group with `remove` of `members[value eq \"ID\"]`, one operation for each person",
);
static RENAME: Rule = action(
    "action/rename-group",
    None,
    "a group has its new name, its id and its members",
    "PATCH `displayName` of the group that is there; find it by id or externalId, not by its new name",
);
static DELETE_GROUP: Rule = action(
    "action/delete-group",
    None,
    "a group is gone",
    "DELETE the group by its id, and leave its people as they are",
);
static LARGE: Rule = action(
    "action/large-group",
    Some("K38"),
    "a group of very many people arrives whole",
    "add members some hundred at a time, and go on after an answer that asks to wait",
);
static SPECIAL: Rule = action(
    "action/special-characters",
    Some("K06"),
    "names that are hard to write arrive as they are",
    "write JSON with a library, escape quotes and backslashes in filters, and encode URLs",
);
static CLASH: Rule = action(
    "action/name-clash",
    Some("K27"),
    "a person who is there already is taken over, not made twice",
    "look up by `userName` before POST and after 409, and PATCH or PUT whom you find",
);
static DELETE: Rule = action(
    "action/delete-user",
    Some("K45"),
    "a person who left for good is gone or inactive, and in no group",
    "PATCH `active` with `false`, or DELETE the person, and take them out of their groups",
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
    RULES.iter().copied().find(|rule| rule.id.strip_prefix("action/") == Some(kind.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::kinds;

    #[test]
    fn every_kind_of_a_run_has_its_rule_and_reading_has_none() {
        assert!(kinds().all(|kind| rule(kind).is_some()));
        assert_eq!(rule(Kind::Import), None);
        let rules = RULES.iter().filter(|rule| rule.id.starts_with("action/")).count();
        assert_eq!(rules, kinds().count());
    }
}
