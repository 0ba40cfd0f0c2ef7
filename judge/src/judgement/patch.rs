//! PATCH requests (RFC 7644, 3.5.2).

mod shows;

use provisor::json::{Json, Object};
use provisor::scim::patch::{self, Options, Tolerance};
use provisor::{Error, ErrorKind};

use super::rule::{advised, shown};
use super::{About, Basis, Endpoint, Level, Log, Rule};
use shows::shows;

pub(super) static RULES: &[&Rule] = &[
    &SCHEMAS,
    &OPERATIONS,
    &OP_CASE,
    &OP,
    &REMOVE,
    &PATH_KEY,
    &JSON_TEXT,
    &PATH,
    &FLAGS,
    &SHAPES,
    &PLAIN_VALUE,
    &MANAGER,
    &UNMATCHED,
    &READ_ONLY,
    &VALUE,
    &UNKNOWN,
    &FOREIGN,
];

static SCHEMAS: Rule = Rule {
    id: "patch/schemas",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-03"],
    fault: Some("K18"),
    title: "the body says that it is a PatchOp",
    why: "a provider answers 400 invalidSyntax",
    fix: "write `\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]`",
};
static OPERATIONS: Rule = Rule {
    id: "patch/operations",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-04"],
    fault: Some("K17"),
    title: "`Operations` is a list of at least one operation that asks for something",
    why: "a provider answers 400, and an empty PATCH hides that a change was lost",
    fix: "send no PATCH where nothing changed",
};
static OP_CASE: Rule = Rule {
    id: "patch/op-case",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-06"],
    fault: Some("K12"),
    title: "`op` is `add`, `remove` or `replace`, in small letters",
    why: "providers that compare it letter by letter answer 400",
    fix: "write `\"op\": \"replace\"`",
};
static OP: Rule = Rule {
    id: "patch/op",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-05", "RFC7644-3.5.2-06"],
    fault: Some("K12"),
    title: "each operation has an `op` that there is",
    why: "a provider answers 400 invalidSyntax",
    fix: "write `add`, `remove` or `replace`",
};
static REMOVE: Rule = Rule {
    id: "patch/remove-by-value",
    level: Level::Must,
    // RFC 7644, 3.5.2.2 says what a provider does; no sentence forbids the value.
    covers: &[],
    fault: Some("K14"),
    title: "`remove` chooses by its path what to remove, and has no value (RFC 7644, 3.5.2.2)",
    why: "by the letter `remove` of `members` removes everybody, whatever the value lists",
    fix: "write `\"path\": \"members[value eq \\\"ID\\\"]\"`, and no value",
};
static PATH_KEY: Rule = Rule {
    id: "patch/path-key",
    level: Level::Must,
    covers: &["RFC7644-3.5.2.3-01"],
    fault: Some("K15"),
    title: "keys of a value without a path are attributes, not paths",
    why: "`name.givenName` is no attribute: a provider refuses it or leaves it out",
    fix: "write `\"name\": {\"givenName\": …}`, or an operation with that path",
};
static JSON_TEXT: Rule = Rule {
    id: "patch/json-text",
    level: Level::Must,
    covers: &["RFC7644-3.5.2.3-01"],
    fault: Some("K16"),
    title: "a value without a path is an object, not a text with JSON in it",
    why: "a provider answers 400 invalidValue",
    fix: "send the object itself",
};
static PATH: Rule = Rule {
    id: "patch/path",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-09", "RFC7644-3.10-03", "RFC7644-3.5.2-08"],
    fault: None,
    title: "paths keep to the grammar of RFC 7644, Figure 7, and name the extension's URI",
    why: "a provider answers 400 invalidPath, or changes another attribute",
    fix: "write `emails[type eq \"work\"].value`, `urn:…:enterprise:2.0:User:department`",
};
static FLAGS: Rule = Rule {
    id: "patch/json-types",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-11", "RFC7643-2.3.2-01"],
    fault: Some("K13"),
    title: "flags are true or false and numbers are numbers, not text",
    why: "a provider answers 400, or takes \"False\" for true and leaves a leaver active",
    fix: "write `\"value\": false`, without quotes",
};
static SHAPES: Rule = Rule {
    id: "patch/shapes",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-11", "RFC7644-3.8-10"],
    fault: Some("K22"),
    title: "values have the shape of their attribute: list, object or single value",
    why: "a provider answers 400 invalidValue",
    fix: "write each attribute in the shape that `/Schemas` gives",
};
static PLAIN_VALUE: Rule = Rule {
    id: "patch/plain-value",
    level: Level::Must,
    covers: &["RFC7644-3.5.2.1-05", "RFC7644-3.5.2.3-05"],
    fault: Some("K22"),
    title: "the value of a complex attribute is an object",
    why: "a provider answers 400 invalidValue",
    fix: "write `{\"value\": \"ID\"}`",
};
static MANAGER: Rule = Rule {
    id: "patch/manager",
    level: Level::Must,
    covers: &["RFC7644-3.5.2.1-05", "RFC7643-4.3-02"],
    fault: Some("K22"),
    title: "the manager is an object with the manager's id as `value`, and removed by `remove`",
    why: "a provider answers 400, or keeps a text that leads to nobody",
    fix: "write `\"path\": \"urn:…:enterprise:2.0:User:manager\", \"value\": {\"value\": \"ID\"}`",
};
static UNMATCHED: Rule = Rule {
    id: "patch/unmatched-filter",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-10"],
    fault: None,
    title: "a filter in a path matches a value that is there",
    why: "a provider has to answer 400 noTarget, and the change is lost",
    fix: "add the value with the attribute alone as the path where there is none",
};
static READ_ONLY: Rule = Rule {
    id: "patch/read-only",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-12", "RFC7643-7-27"],
    fault: Some("K19"),
    title: "no operation changes what is readOnly: `id`, `meta`, a user's `groups`",
    why: "a provider answers 400 mutability, and the whole PATCH is lost",
    fix: "leave it out; memberships are changed at the group",
};
static VALUE: Rule = Rule {
    id: "patch/value",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-11", "RFC7644-3.5.2.1-01"],
    fault: None,
    title: "`add` and `replace` have a value that fits the attribute",
    why: "a provider answers 400 invalidValue, and the whole PATCH is lost",
    fix: "send a value in the form that `/Schemas` gives",
};
static UNKNOWN: Rule = Rule {
    id: "patch/known",
    level: Level::Must,
    covers: &["RFC7644-3.5.2-11"],
    fault: Some("K08"),
    title: "operations name attributes that the provider's schemas have",
    why: "a provider answers 400 invalidPath or noTarget",
    fix: "read `/Schemas`, and send what is in it",
};
static FOREIGN: Rule = Rule {
    id: "patch/foreign-schema",
    level: Level::Should,
    covers: &["RFC7643-3-05"],
    fault: Some("K18"),
    title: "`schemas` in a value names only schemas of the resource type",
    why: "a provider may refuse a URI that it does not know",
    fix: "leave `schemas` out of the value",
};

pub(super) fn judge(about: &About<'_>, basis: &Basis<'_>, log: &mut Log) {
    if about.method() != "PATCH" {
        return;
    }
    let (Some(body), Some(kind)) = (&about.body, about.endpoint.resource_type()) else { return };
    let Some(kind) = basis.schemas.resource_type(kind) else { return };
    for rule in RULES.iter().filter(|rule| shows(rule, body)) {
        log.looked(rule);
    }
    let options = Options::tolerant().with(Tolerance::UnknownAttribute);
    match patch::parse(body, basis.schemas, kind, options) {
        Ok(patch) => {
            for one in &patch.tolerated {
                let operation = operation(body, one.operation);
                tolerated(one.tolerance, one.operation, operation, log);
            }
            for one in &patch.operations {
                let written = one.attribute();
                if one.is_echo() && about.endpoint == Endpoint::Users && written.1 == "groups" {
                    log.found(&READ_ONLY, "Operations", "no `groups`", "`groups`".to_owned());
                }
            }
        }
        Err(error) => refused(&error, body, log),
    }
}

fn tolerated(tolerance: Tolerance, number: usize, operation: Option<&Object>, log: &mut Log) {
    let path = operation.and_then(|one| one.attribute("path")).and_then(Json::as_str);
    let about_manager = path.is_some_and(|path| last(path).starts_with("manager"))
        || operation.and_then(|one| one.attribute("value")).is_some_and(names_manager);
    let rule = match tolerance {
        Tolerance::OpCase => &OP_CASE,
        Tolerance::MessageSchema => &SCHEMAS,
        Tolerance::SingleOperation | Tolerance::NothingAsked => &OPERATIONS,
        Tolerance::PathSpelling | Tolerance::WholeSchema => &PATH,
        Tolerance::BareExtension | Tolerance::SingularFilter if about_manager => &MANAGER,
        Tolerance::BareExtension | Tolerance::SingularFilter => &PATH,
        Tolerance::UnmatchedFilter => &UNMATCHED,
        Tolerance::PathKey => &PATH_KEY,
        Tolerance::JsonText => &JSON_TEXT,
        Tolerance::TextFlag | Tolerance::TextNumber | Tolerance::PlainText => &FLAGS,
        Tolerance::RemoveByValue => &REMOVE,
        Tolerance::ForeignSchema | Tolerance::NestedSchemas => &FOREIGN,
        Tolerance::UnknownAttribute => &UNKNOWN,
        _ if about_manager => &MANAGER,
        Tolerance::PlainValue => &PLAIN_VALUE,
        _ => &SHAPES,
    };
    let place = format!("Operations[{number}]");
    let told = operation.map_or_else(String::new, |one| {
        let show = |name: &str| one.attribute(name).map(|value| shown(&value.to_string()));
        let op = show("op").unwrap_or_default();
        show("path").map_or_else(|| format!(": {op}"), |path| format!(": {op} {path}"))
    });
    log.found(rule, place, advised(tolerance.help()), format!("{}{told}", tolerance.message()));
}

fn refused(error: &Error, body: &Json, log: &mut Log) {
    let wrong_op = operations(body).iter().any(|one| {
        let op = one.as_object().and_then(|one| one.attribute("op")).and_then(Json::as_str);
        op.is_none_or(|op| {
            !["add", "remove", "replace"].iter().any(|known| op.eq_ignore_ascii_case(known))
        })
    });
    let rule = match error.kind() {
        ErrorKind::Mutability => &READ_ONLY,
        ErrorKind::Payload if wrong_op && !operations(body).is_empty() => &OP,
        ErrorKind::Payload if operations(body).is_empty() => &OPERATIONS,
        ErrorKind::Path | ErrorKind::Filter | ErrorKind::NoTarget => &PATH,
        _ => &VALUE,
    };
    let expected = error.advice().map_or("an operation that can succeed".to_owned(), advised);
    log.found(rule, "Operations", expected, error.message().to_owned());
}

fn operations(body: &Json) -> &[Json] {
    let list = body.as_object().and_then(|body| body.attribute("Operations"));
    list.and_then(Json::as_array).unwrap_or_default()
}

fn operation(body: &Json, number: usize) -> Option<&Object> {
    operations(body).get(number)?.as_object()
}

fn last(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path)
}

fn names_manager(value: &Json) -> bool {
    value.as_object().is_some_and(|object| {
        object.iter().any(|(name, inner)| last(name) == "manager" || names_manager(inner))
    })
}

#[cfg(test)]
mod tests {
    use super::super::about::tests::{found, found_by, request};

    const HEAD: &str = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;

    fn user(operations: &str) -> Vec<&'static str> {
        found(&request(
            "PATCH",
            "/scim/v2/Users/1",
            &format!("{{{HEAD},\"Operations\":{operations}}}"),
        ))
    }

    fn group(operations: &str) -> Vec<&'static str> {
        found(&request(
            "PATCH",
            "/scim/v2/Groups/1",
            &format!("{{{HEAD},\"Operations\":{operations}}}"),
        ))
    }

    #[test]
    fn what_the_rfc_allows_is_not_complained_about() {
        for operations in [
            r#"[{"op":"replace","path":"active","value":false}]"#,
            r#"[{"op":"replace","value":{"active":false}}]"#,
            r#"[{"op":"add","path":"emails","value":[{"type":"work","value":"a@x"}]}]"#,
            r#"[{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@x"}]"#,
            r#"[{"op":"remove","path":"title"}]"#,
            r#"[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"1"}}]"#,
        ] {
            assert!(user(operations).is_empty(), "{operations}: {:?}", user(operations));
        }
        let add = r#"[{"op":"add","path":"members","value":[{"value":"1"}]}]"#;
        assert!(group(add).is_empty(), "{:?}", group(add));
    }

    #[test]
    fn every_client_fault_has_its_rule() {
        for (operations, rule) in [
            (r#"[{"op":"Replace","path":"active","value":false}]"#, "patch/op-case"),
            (r#"[{"op":"update","path":"active","value":false}]"#, "patch/op"),
            (r#"[{"op":"replace","path":"active","value":"False"}]"#, "patch/json-types"),
            (r#"[{"op":"replace","value":{"name.givenName":"A"}}]"#, "patch/path-key"),
            (r#"[{"op":"replace","value":"{\"displayName\":\"x\"}"}]"#, "patch/json-text"),
            ("[]", "patch/operations"),
            (r#"[{"op":"replace","path":"id","value":"2"}]"#, "patch/read-only"),
            (r#"[{"op":"add","path":"groups","value":[{"value":"1"}]}]"#, "patch/read-only"),
            (
                r#"[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"1"}]"#,
                "patch/manager",
            ),
            (r#"[{"op":"replace","path":"emails","value":{"value":"a@x"}}]"#, "patch/shapes"),
            (r#"[{"op":"replace","path":"emails[type eq","value":"x"}]"#, "patch/path"),
            (r#"[{"op":"remove"}]"#, "patch/path"),
        ] {
            assert!(user(operations).contains(&rule), "{operations}: {:?}", user(operations));
        }
        let by_value = r#"[{"op":"remove","path":"members","value":[{"value":"1"}]}]"#;
        assert_eq!(group(by_value), ["patch/remove-by-value"]);
        let unnamed = request(
            "PATCH",
            "/scim/v2/Users/1",
            r#"{"Operations":[{"op":"replace","path":"active","value":true}]}"#,
        );
        assert_eq!(found(&unnamed), ["patch/schemas"]);
    }

    #[test]
    fn entras_ways_are_part_of_entras_contract() {
        let body = format!(
            "{{{HEAD},\"Operations\":[{{\"op\":\"Replace\",\"path\":\"active\",\"value\":\"False\"}}]}}"
        );
        let one = request("PATCH", "/scim/Users/1", &body);
        assert!(found_by("entra-default", &one).is_empty());
        assert_eq!(found_by("entra-optscim", &one), ["patch/json-types", "patch/op-case"]);
    }
}
