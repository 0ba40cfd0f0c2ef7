//! The rules about resources that are written.

use crate::judgement::{Level, Rule};

pub(in crate::judgement) static RULES: &[&Rule] = &[
    &JSON,
    &EMPTY,
    &SCHEMAS,
    &KNOWN_SCHEMAS,
    &UNUSED_SCHEMA,
    &FLAGS,
    &SHAPES,
    &MANAGER,
    &PRIMARY,
    &VALUE,
    &UNKNOWN,
    &ID,
    &GROUPS,
    &PASSWORD,
    &EMAIL,
    &PHONE,
    &COUNTRY,
];

pub(super) static JSON: Rule = Rule {
    id: "body/json",
    level: Level::Must,
    covers: &["RFC7644-3.1-02"],
    fault: None,
    title: "a body is one JSON object, no name in it twice",
    why: "a provider answers 400, or takes either of two values",
    fix: "write bodies with a JSON library",
};
pub(super) static EMPTY: Rule = Rule {
    id: "body/none-on-read",
    level: Level::Should,
    covers: &[],
    fault: None,
    title: "GET and DELETE have no body (RFC 9110, 9.3)",
    why: "some servers refuse a body there",
    fix: "leave the body out",
};
pub(super) static SCHEMAS: Rule = Rule {
    id: "body/schemas",
    level: Level::Must,
    covers: &["RFC7643-2.1-02", "RFC7643-3-04", "RFC7643-3.3-03", "RFC7643-3-06"],
    fault: Some("K18"),
    title: "`schemas` names the schema of the resource and each extension in it, each once",
    why: "a provider answers 400, or leaves the extension's values out without a word",
    fix: "list the core schema and the URI of every extension that the body has values of",
};
pub(super) static KNOWN_SCHEMAS: Rule = Rule {
    id: "body/schemas-known",
    level: Level::Must,
    covers: &["RFC7643-3-05"],
    fault: Some("K18"),
    title: "`schemas` names only schemas that the provider has for the resource",
    why: "a provider may refuse a URI that it does not know",
    fix: "name those that `/ResourceTypes` lists, spelled as there",
};
pub(super) static UNUSED_SCHEMA: Rule = Rule {
    id: "body/schemas-used",
    level: Level::Should,
    covers: &["RFC7643-3.3-04"],
    fault: Some("K18"),
    title: "`schemas` names only extensions that the body has values of (RFC 7643, 3)",
    why: "a provider may take it that values are missing",
    fix: "leave the URI out where the extension has no values",
};
pub(super) static FLAGS: Rule = Rule {
    id: "body/json-types",
    level: Level::Must,
    covers: &["RFC7643-2.3-02", "RFC7643-2.3.2-01"],
    fault: Some("K13"),
    title: "flags are true or false and numbers are numbers, not text",
    why: "a provider answers 400; one that takes \"False\" for a text may take it for true",
    fix: "write `\"active\": false`, without quotes",
};
pub(super) static SHAPES: Rule = Rule {
    id: "body/shapes",
    level: Level::Must,
    covers: &["RFC7644-3.8-10", "RFC7643-1.2-04"],
    fault: Some("K22"),
    title: "lists are lists, objects are objects, single values are single",
    why: "a provider answers 400 invalidValue",
    fix: "write each attribute in the shape that `/Schemas` gives",
};
pub(super) static MANAGER: Rule = Rule {
    id: "body/manager",
    level: Level::Must,
    covers: &["RFC7643-4.3-02", "RFC7644-3.8-10"],
    fault: Some("K22"),
    title: "the manager is an object with the manager's id as `value`",
    why: "a provider answers 400, or keeps a text that leads to nobody",
    fix: "write `\"manager\": {\"value\": \"ID\"}`",
};
pub(super) static PRIMARY: Rule = Rule {
    id: "body/primary",
    level: Level::Must,
    covers: &["RFC7643-2.4-03"],
    fault: Some("K23"),
    title: "one value of a list at most is primary, and no type and value comes twice",
    why: "a provider answers 400, or chooses one of them",
    fix: "set `primary` on one value, and list each once",
};
pub(super) static VALUE: Rule = Rule {
    id: "body/value",
    level: Level::Must,
    covers: &["RFC7643-4.1.1-01", "RFC7643-4.2-02", "RFC7644-3.5.1-15", "RFC7643-2.3.5-01"],
    fault: None,
    title: "required attributes are there, and values fit their types",
    why: "a provider answers 400 invalidValue",
    fix: "send what the schema requires, in the form that it gives",
};
pub(super) static UNKNOWN: Rule = Rule {
    id: "body/known",
    level: Level::Should,
    covers: &["RFC7644-3.1-06"],
    fault: Some("K08"),
    title: "resources have only attributes that the provider's schemas have",
    why: "a provider refuses it, or leaves it out without a word",
    fix: "read `/Schemas`, and send what is in it, extensions under their URIs",
};
pub(super) static ID: Rule = Rule {
    id: "body/id",
    level: Level::Must,
    covers: &["RFC7643-3.1-08"],
    fault: Some("K19"),
    title: "a new resource has no id",
    why: "the provider gives ids; a source that brings its own will look for the wrong one",
    fix: "send your own key as `externalId`, and keep the `id` that comes back",
};
pub(super) static GROUPS: Rule = Rule {
    id: "body/groups",
    level: Level::Must,
    covers: &["RFC7643-4.1.2-25"],
    fault: Some("K19"),
    title: "a user's groups are changed through the groups",
    why: "`groups` of a user is readOnly: what is written there is left out without a word",
    fix: "PATCH the `members` of the group",
};
pub(super) static PASSWORD: Rule = Rule {
    id: "body/password",
    level: Level::Should,
    covers: &[],
    fault: Some("K21"),
    title: "no password is sent that nobody needs",
    why: "each copy of a password is one more that can leak, also into logs",
    fix: "leave `password` out unless the product signs people in by it",
};
pub(super) static EMAIL: Rule = Rule {
    id: "body/email",
    level: Level::Should,
    covers: &["RFC7643-4.1.2-01"],
    fault: None,
    title: "e-mail addresses are addresses (RFC 5321)",
    why: "mail to the person goes nowhere, and a provider may refuse it",
    fix: "send `local@domain`, without names and brackets",
};
pub(super) static PHONE: Rule = Rule {
    id: "body/phone",
    level: Level::Should,
    covers: &["RFC7643-4.1.2-05"],
    fault: None,
    title: "phone numbers are `tel:` URIs (RFC 3966)",
    why: "numbers in national spellings cannot be compared or dialled from elsewhere",
    fix: "send `tel:+1-201-555-0123`",
};
pub(super) static COUNTRY: Rule = Rule {
    id: "body/country",
    level: Level::Must,
    covers: &["RFC7643-4.1.2-20"],
    fault: None,
    title: "the country of an address is its code of two letters (ISO 3166-1)",
    why: "a provider may refuse a name, and rules that compare the code do not match",
    fix: "send `US`, `DE` and so on",
};
