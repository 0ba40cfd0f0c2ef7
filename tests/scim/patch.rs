//! PATCH (RFC 7644, 3.5.2): a corpus of cases.
//!
//! A case of `patch/*.json` has a resource, operations (or a whole body), the dialect (the letter
//! if there is none) and the result: a resource, "unchanged" or a `scimType`; and which
//! tolerances it needs.

use provisor::ErrorKind;
use provisor::json::{Json, Object, parse};
use provisor::scim::patch::{self, Op, Options, Patched, Tolerance};
use provisor::scim::schema::{ResourceType, Schema, Schemas};

const CORPUS: &[(&str, &str)] = &[
    ("examples", include_str!("patch/examples.json")),
    ("add", include_str!("patch/add.json")),
    ("remove", include_str!("patch/remove.json")),
    ("replace", include_str!("patch/replace.json")),
    ("values", include_str!("patch/values.json")),
    ("primary", include_str!("patch/primary.json")),
    ("mutability", include_str!("patch/mutability.json")),
    ("schemas", include_str!("patch/schemas.json")),
    ("message", include_str!("patch/message.json")),
    ("dialects", include_str!("patch/dialects.json")),
];

pub(super) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The standard schemas, and an extension with what they lack: immutable and required
/// attributes, numbers, instants.
pub(super) fn schemas() -> Schemas {
    let mut schemas = Schemas::standard();
    let schema = parse(include_bytes!("patch/test-schema.json")).unwrap();
    schemas.add(Schema::from_json(&schema).unwrap()).unwrap();
    schemas.extend("User", "urn:example:params:scim:schemas:extension:test:2.0:User").unwrap();
    schemas
}

pub(super) fn body(operations: Json) -> Json {
    let mut body = Object::new();
    body.push("schemas", vec![Json::from(PATCH_OP)]);
    body.push("Operations", operations);
    body.into()
}

/// Reads and applies; the tolerances that were needed, by name.
fn run(
    body: &Json,
    resource: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
    options: Options,
) -> Result<(Patched, Vec<&'static str>), provisor::Error> {
    let patch = patch::parse(body, schemas, resource_type, options)?;
    let patched = patch.apply(resource, schemas, resource_type)?;
    let tolerated = patch.tolerated.iter().chain(&patched.tolerated);
    let names = tolerated.map(|one| one.tolerance.name()).collect();
    Ok((patched, names))
}

pub(super) fn scim_type(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Payload => "invalidSyntax",
        ErrorKind::Path => "invalidPath",
        ErrorKind::Filter => "invalidFilter",
        ErrorKind::Value => "invalidValue",
        ErrorKind::NoTarget => "noTarget",
        ErrorKind::Mutability => "mutability",
        _ => "other",
    }
}

fn dialect(name: &str) -> Options {
    match name {
        "rfc7644" => Options::rfc7644(),
        "lenient" => Options::lenient(),
        "entra" => Options::entra(),
        "okta" => Options::okta(),
        "onelogin" => Options::onelogin(),
        "tolerant" => Options::tolerant(),
        "ignoring" => Options::tolerant().with(Tolerance::UnknownAttribute),
        other => panic!("there is no dialect {other}"),
    }
}

fn check(file: &str, case: &Json) {
    let schemas = schemas();
    let text = |key| case.get(key).and_then(Json::as_str);
    let title = format!("{file}: {}", text("title").expect("a title"));
    let resource_type = schemas.resource_type(text("type").unwrap_or("User")).unwrap();
    let resource = case.get("resource").expect("a resource");
    let body = match case.get("body") {
        Some(body) => body.clone(),
        None => body(case.get("operations").expect("operations").clone()),
    };
    let options = dialect(text("dialect").unwrap_or("rfc7644"));
    let result = run(&body, resource, &schemas, resource_type, options);
    let expected = match (text("error"), case.get("result")) {
        (Some(error), None) => {
            let refusal = match result {
                Ok((patched, _)) => panic!("{title}: it was accepted: {}", patched.resource),
                Err(refusal) => refusal,
            };
            assert_eq!(scim_type(refusal.kind()), error, "{title}: {refusal}");
            assert!(refusal.advice().is_some(), "{title}: {refusal}: no advice");
            assert!(!refusal.message().contains('\n'), "{title}: {refusal}");
            return;
        }
        (None, Some(expected)) => expected,
        _ => panic!("{title}: give a result or an error"),
    };
    let (patched, tolerated) = result.unwrap_or_else(|error| panic!("{title}: {error}"));
    if expected.as_str() == Some("unchanged") {
        assert!(!patched.changed, "{title}: it was changed: {}", patched.resource);
        assert_eq!(&patched.resource, resource, "{title}");
    } else {
        assert_eq!(patched.resource.to_string(), expected.to_string(), "{title}");
        assert!(patched.changed, "{title}: it is said not to be changed");
    }
    if let Some(wanted) = case.get("tolerated").and_then(Json::as_array) {
        let wanted: Vec<_> = wanted.iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(tolerated, wanted, "{title}");
    }
    // Each tolerance is needed.
    for name in &tolerated {
        let one = Tolerance::ALL.iter().find(|one| one.name() == *name).unwrap();
        let without = run(&body, resource, &schemas, resource_type, options.without(*one));
        assert!(without.is_err(), "{title}: it is accepted without {name}");
    }
    // What the letter accepts means the same in every dialect.
    if options == Options::rfc7644() {
        for other in ["lenient", "entra", "okta", "onelogin", "tolerant", "ignoring"] {
            let (same, tolerated) =
                run(&body, resource, &schemas, resource_type, dialect(other)).unwrap();
            assert_eq!(same.resource, patched.resource, "{title}: {other}");
            assert!(tolerated.is_empty(), "{title}: {other}");
        }
    }
}

#[test]
fn the_corpus() {
    let mut failed = 0;
    for (file, cases) in CORPUS {
        let cases: Json = cases.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        for case in cases.as_array().expect("a list of cases") {
            // All that fail are reported, each with its own words.
            if std::panic::catch_unwind(|| check(file, case)).is_err() {
                failed += 1;
            }
        }
    }
    assert_eq!(failed, 0, "cases failed");
}

#[test]
fn every_tolerance_has_a_case_name_and_words() {
    let (_, cases) = CORPUS.last().unwrap();
    let mut names = std::collections::HashSet::new();
    for (index, tolerance) in Tolerance::ALL.iter().enumerate() {
        assert_eq!(*tolerance as usize, index, "{tolerance:?} stands out of order");
        let name = tolerance.name();
        assert!(names.insert(name), "{name} occurs twice");
        assert!(cases.contains(&format!("\"{name}\"")), "{name} has no case in dialects.json");
        for words in [tolerance.message(), tolerance.help()] {
            assert!(!words.is_empty() && !words.ends_with('.'), "{name}: {words}");
        }
        assert!(!Options::rfc7644().accepts(*tolerance));
        assert!(Options::rfc7644().with(*tolerance).accepts(*tolerance));
        assert!(!Options::tolerant().without(*tolerance).accepts(*tolerance));
    }
    assert_eq!(Options::default(), Options::rfc7644());
    assert!(!Options::tolerant().accepts(Tolerance::UnknownAttribute));
}

#[test]
fn a_value_without_a_path_becomes_one_operation_for_each_attribute() {
    let schemas = schemas();
    let group = schemas.resource_type("Group").unwrap();
    let body = body(
        r#"[{"op": "remove", "path": "MEMBERS[value eq \"z\"]"},
            {"op": "replace", "value": {"ID": "g", "displayname": "n", "Members": [{"VALUE": "a", "display": "A"}]}}]"#
            .parse()
            .unwrap(),
    );
    let patch = patch::parse(&body, &schemas, group, Options::rfc7644()).unwrap();
    let read: Vec<_> = patch
        .operations
        .iter()
        .map(|one| {
            let value = one.value().map(ToString::to_string);
            (one.index(), one.op(), one.attribute(), one.sub(), value, one.is_echo())
        })
        .collect();
    let value = |text: &str| Some(text.to_owned());
    assert_eq!(
        read,
        [
            (0, Op::Remove, (None, "members"), None, None, false),
            (1, Op::Replace, (None, "id"), None, value("\"g\""), true),
            (1, Op::Replace, (None, "displayName"), None, value("\"n\""), false),
            (1, Op::Replace, (None, "members"), None, value(r#"[{"value":"a"}]"#), false),
        ]
    );
    assert_eq!(patch.operations[0].filter().unwrap().to_string(), "value eq \"z\"");
    assert!(patch.operations[0].chooses(&r#"{"value": "z"}"#.parse().unwrap()));
    assert!(!patch.operations[0].chooses(&r#"{"value": "Z"}"#.parse().unwrap()));

    // A host can take out the operations on members.
    let others: Vec<_> =
        patch.operations.into_iter().filter(|one| one.attribute().1 != "members").collect();
    let resource = r#"{"id": "g", "displayName": "old"}"#.parse().unwrap();
    let patched = patch::apply_operations(&others, &resource, &schemas, group).unwrap();
    assert_eq!(patched.resource.to_string(), r#"{"id":"g","displayName":"n"}"#);
}

#[test]
fn operations_are_limited_and_errors_say_which() {
    let schemas = schemas();
    let user = schemas.resource_type("User").unwrap();
    let one: Json = r#"{"op": "add", "path": "title", "value": "t"}"#.parse().unwrap();
    let many = vec![one.clone(); provisor::limits::PATCH_OPERATIONS + 1];
    let error = patch::parse(&body(many.into()), &schemas, user, Options::tolerant()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);

    let wrong: Json = r#"{"op": "add", "path": "nickNam", "value": "t"}"#.parse().unwrap();
    let error = patch::parse(&body(vec![one, wrong].into()), &schemas, user, Options::rfc7644());
    let error = error.unwrap_err();
    assert_eq!(
        error.message(),
        "operation 2: the schema User has no attribute `nickNam`",
        "the second operation is wrong"
    );
    assert_eq!(error.advice(), Some("did you mean `nickName`?"));
}

#[test]
fn long_lists_are_changed_as_short_ones() {
    let schemas = schemas();
    let group = schemas.resource_type("Group").unwrap();
    let members = |range: std::ops::Range<usize>| -> Json {
        let one = |n: usize| format!(r#"{{"value":"{n}"}}"#).parse().unwrap();
        Json::Array(range.map(one).collect())
    };
    let mut resource = Object::new();
    resource.push("members", members(0..20_000));
    let mut operation = Object::new();
    operation.push("op", "add");
    operation.push("path", "members");
    operation.push("value", members(10_000..30_000));
    let patch =
        patch::parse(&body(vec![operation.into()].into()), &schemas, group, Options::rfc7644());
    let patched = patch.unwrap().apply(&resource.into(), &schemas, group).unwrap();
    assert_eq!(patched.resource.get("members"), Some(&members(0..30_000)));
}

#[test]
fn values_inside_one_another_are_no_danger() {
    let schemas = schemas();
    let user = schemas.resource_type("User").unwrap();
    let mut value: Json = r#"{"title": "t"}"#.parse().unwrap();
    for _ in 0..provisor::limits::JSON_NESTING - 5 {
        let mut outer = Object::new();
        outer.push(provisor::scim::schema::uri::USER, value);
        value = outer.into();
    }
    let mut operation = Object::new();
    operation.push("op", "add");
    operation.push("value", value);
    let text = body(vec![operation.into()].into()).to_string();
    let body = parse(text.as_bytes()).expect("within the limit");
    let patch = patch::parse(&body, &schemas, user, Options::tolerant()).unwrap();
    assert_eq!(patch.operations.len(), 1);
}

// RFC 7644, 3.5.2.2: removing what is readOnly fails with `mutability`.
#[test]
fn an_extension_that_is_read_only_throughout_cannot_be_removed() {
    const URI: &str = "urn:example:params:scim:schemas:extension:seen:2.0:User";
    let mut schemas = schemas();
    let schema = format!(
        r#"{{"id": "{URI}", "name": "Seen", "attributes":
            [{{"name": "at", "type": "string", "multiValued": false, "mutability": "readOnly"}}]}}"#
    );
    schemas.add(Schema::from_json(&schema.parse::<Json>().unwrap()).unwrap()).unwrap();
    schemas.extend("User", URI).unwrap();
    let user = schemas.resource_type("User").unwrap();
    for operation in [
        format!(r#"[{{"op": "remove", "path": "{URI}"}}]"#),
        format!(r#"[{{"op": "replace", "value": {{"{URI}": null}}}}]"#),
    ] {
        let body = body(operation.parse().unwrap());
        let error = patch::parse(&body, &schemas, user, Options::lenient()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mutability, "{operation}");
    }
}
