//! The rules about the order of requests.

use crate::judgement::{Level, Rule};

pub(in crate::judgement) static RULES: &[&Rule] = &[
    &LOOKED_UP,
    &KNOWN_ID,
    &KNOWN_MEMBER,
    &STALE,
    &NEXT_PAGE,
    &CURSOR,
    &CURSOR_END,
    &EMPTY_FORMS,
    &IF_MATCH,
    &REPEATED,
];

pub(super) static LOOKED_UP: Rule = Rule {
    id: "sequence/looked-up",
    level: Level::Should,
    covers: &[],
    fault: Some("K25"),
    title: "a person or group is looked up before it is created",
    why: "after a lost answer, or where somebody made the person by hand, there would be two",
    fix: "ask with a filter on userName or externalId before POST, and update what is found",
};
pub(super) static KNOWN_ID: Rule = Rule {
    id: "sequence/id",
    level: Level::Must,
    covers: &["RFC7644-3.4.1-01"],
    fault: Some("K30"),
    title: "ids in paths are those that the provider gave out",
    why: "every other id answers 404, and the change is lost",
    fix: "use the `id` of an answer",
};
pub(super) static KNOWN_MEMBER: Rule = Rule {
    id: "sequence/member",
    level: Level::Must,
    covers: &[],
    fault: Some("K39"),
    title: "members are people and groups that the provider has",
    why: "a provider refuses the request or keeps a member that is nobody",
    fix: "create people first, and put them into groups by the `id` that comes back",
};
pub(super) static STALE: Rule = Rule {
    id: "sequence/read-only",
    level: Level::Must,
    covers: &["RFC7643-7-27"],
    fault: Some("K19"),
    title: "readOnly values that are sent back are those that the provider gave last",
    why: "other values are refused or show that the source works on an old copy",
    fix: "leave `id`, `meta` and `groups` out, or send the object of the last GET",
};
pub(super) static NEXT_PAGE: Rule = Rule {
    id: "sequence/next-page",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.4-12"],
    fault: Some("K33"),
    title: "the next page begins behind the last resource that came",
    why: "otherwise people are skipped or come twice",
    fix: "add the number of resources of the answer to startIndex, not `count` and not 1",
};
pub(super) static CURSOR: Rule = Rule {
    id: "sequence/cursor",
    level: Level::Must,
    covers: &["RFC9865-2-01", "RFC9865-2-16", "RFC9865-2-14"],
    fault: Some("K35"),
    title: "cursors are those that the provider gave out, unchanged",
    why: "a provider answers 400 invalidCursor",
    fix: "send `nextCursor` of the answer before, and nothing for the first page",
};
pub(super) static CURSOR_END: Rule = Rule {
    id: "sequence/cursor-end",
    level: Level::Must,
    covers: &["RFC9865-2-15"],
    fault: Some("K35"),
    title: "a list ends where there is no nextCursor, and all its pages are asked for alike",
    why: "otherwise the source never ends, or mixes two lists",
    fix: "change the cursor alone, and stop when no `nextCursor` came",
};
pub(super) static EMPTY_FORMS: Rule = Rule {
    id: "sequence/empty-forms",
    level: Level::Should,
    covers: &["RFC7643-2.5-01"],
    fault: Some("K24"),
    title: "values are taken away in one way",
    why: "`\"\"` is a text for many providers, so some people keep an empty title",
    fix: "send null, or remove the attribute",
};
pub(super) static IF_MATCH: Rule = Rule {
    id: "sequence/if-match",
    level: Level::Should,
    covers: &["RFC7644-3.14-07"],
    fault: Some("K44"),
    title: "If-Match has the version that the provider gave last",
    why: "an old version is refused with 412, and the change is lost until the source reads again",
    fix: "keep the ETag of each answer, and send the last one, unchanged",
};
pub(super) static REPEATED: Rule = Rule {
    id: "sequence/repeated",
    level: Level::Should,
    covers: &[],
    fault: None,
    title: "a request that was refused is not sent again as it was",
    why: "it is refused for the same reason, and costs both sides",
    fix: "log the refusal with its detail, and wait until the data changes",
};
