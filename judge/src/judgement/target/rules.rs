//! The rules of contracts.

use crate::judgement::{Level, Rule};

pub(in crate::judgement) static RULES: &[&Rule] = &[
    &PATH,
    &AGENT,
    &MEDIA,
    &REQUIRED,
    &WANTED,
    &ACCEPTED,
    &FILTERABLE,
    &OPERATORS,
    &UPDATE,
    &DELETION,
    &MANAGER,
    &DOMAIN,
    &BULK,
    &PAGE,
    &MEMBERS,
    &RENAME,
];

const WHY: &str = "the product does not take it, so the change does not arrive";

const fn rule(
    id: &'static str,
    level: Level,
    fault: Option<&'static str>,
    [title, why, fix]: [&'static str; 3],
) -> Rule {
    Rule { id, level, covers: &[], fault, title, why, fix }
}

pub(super) static PATH: Rule = rule(
    "contract/base-path",
    Level::Must,
    Some("K04"),
    [
        "requests go below the product's base path",
        "the product has nothing elsewhere and answers 404",
        "take the base URL as it is given, path included",
    ],
);
pub(super) static AGENT: Rule = rule(
    "contract/user-agent",
    Level::Must,
    Some("K03"),
    [
        "User-Agent is what the product demands",
        "the product refuses other callers, often with a bare 403",
        "send exactly that `User-Agent`",
    ],
);
pub(super) static MEDIA: Rule = rule(
    "contract/content-type",
    Level::Must,
    Some("K01"),
    [
        "bodies have a media type that the product takes",
        WHY,
        "send one of the media types of the contract",
    ],
);
pub(super) static REQUIRED: Rule = rule(
    "contract/required",
    Level::Must,
    None,
    [
        "resources have what the product requires",
        "the product does not import people or groups without it",
        "map a field of yours to it",
    ],
);
pub(super) static WANTED: Rule = rule(
    "contract/wanted",
    Level::Should,
    None,
    [
        "resources have what the product recommends",
        "rules, hierarchies and reports of the product have nothing to go by",
        "map a field of yours to it",
    ],
);
pub(super) static ACCEPTED: Rule = rule(
    "contract/accepted",
    Level::Should,
    Some("K08"),
    [
        "resources have only what the product takes",
        "the product leaves it out or refuses the request",
        "leave it out for this product",
    ],
);
pub(super) static FILTERABLE: Rule = rule(
    "contract/filterable",
    Level::Must,
    Some("K08"),
    [
        "look-ups filter by attributes that the product can filter by",
        "the product answers 400 or finds nobody, and people are created twice",
        "look people up by the attributes of the contract",
    ],
);
pub(super) static OPERATORS: Rule = rule(
    "contract/operators",
    Level::Must,
    Some("K08"),
    [
        "filters use operators that the product has",
        "the product answers 400 or finds nobody",
        "use the operators of the contract",
    ],
);
pub(super) static UPDATE: Rule = rule(
    "contract/update",
    Level::Must,
    Some("K09"),
    [
        "resources are changed as the product has it: by PATCH, or by PUT",
        WHY,
        "use the method of the contract",
    ],
);
pub(super) static DELETION: Rule = rule(
    "contract/deletion",
    Level::Must,
    Some("K45"),
    [
        "people are deactivated, not deleted, where the product does not delete",
        "the product refuses DELETE, and the leaver keeps access",
        "set `active` to false",
    ],
);
pub(super) static MANAGER: Rule = rule(
    "contract/manager",
    Level::Must,
    Some("K22"),
    [
        "the manager is written as the product reads it",
        "the product finds no manager, and the hierarchy has a hole",
        "write the manager in the form of the contract",
    ],
);
pub(super) static DOMAIN: Rule = rule(
    "contract/one-domain",
    Level::Must,
    None,
    [
        "all work addresses are of one domain",
        "the product does not import people of another domain",
        "send the address of the company's primary domain",
    ],
);
pub(super) static BULK: Rule = rule(
    "contract/bulk",
    Level::Must,
    Some("K09"),
    ["no request to /Bulk where the product has none", WHY, "send one request for each change"],
);
pub(super) static PAGE: Rule = rule(
    "contract/page",
    Level::Should,
    Some("K32"),
    [
        "pages are asked for in a size that the product has",
        "the product cuts the page, and the rest is missed",
        "ask for at most that many, and go on until all came",
    ],
);
pub(super) static MEMBERS: Rule = rule(
    "contract/members",
    Level::Must,
    Some("K38"),
    [
        "a PATCH changes no more members than the product takes",
        "the product refuses the whole PATCH",
        "send several PATCHes",
    ],
);
pub(super) static RENAME: Rule = rule(
    "contract/rename",
    Level::Must,
    None,
    [
        "groups keep their names where the product does not rename",
        "the product goes on with the old name, and rules by name do not match",
        "make a new group instead",
    ],
);
