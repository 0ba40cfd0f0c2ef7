//! Laws of PATCH.

use proptest::prelude::*;
use provisor::ErrorKind;
use provisor::json::{Json, Object};
use provisor::scim::patch::{self, Options, Patched, Tolerance};
use provisor::scim::schema::{Attribute, ResourceType, Schemas};

use super::patch::{body, schemas};

const TEST: &str = "urn:example:params:scim:schemas:extension:test:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn object(entries: Vec<(&str, Json)>) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Values of all kinds, some of which fit.
fn any_value() -> impl Strategy<Value = Json> {
    let text = prop::sample::select(vec![
        "",
        "a",
        "A",
        "b",
        "work",
        "home",
        "True",
        "false",
        "5",
        "2011-05-13",
        "{\"title\":\"t\"}",
    ]);
    let simple = prop_oneof![
        1 => Just(Json::Null),
        1 => any::<bool>().prop_map(Json::from),
        1 => (-3_i64..9).prop_map(Json::from),
        4 => text.prop_map(Json::from),
    ];
    simple.prop_recursive(3, 12, 4, |inner| {
        let key = prop::sample::select(vec![
            "value",
            "type",
            "primary",
            "display",
            "givenName",
            "locality",
            "floor",
            "plants",
            "title",
            "emails",
            "name",
            "members",
            "active",
            "VALUE",
            "nosuch",
            "id",
            "schemas",
            "name.givenName",
            "manager",
            "desks",
            "since",
            "tags",
            TEST,
            ENTERPRISE,
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "emails[type eq \"work\"].value",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((key, inner), 0..4).prop_map(object),
        ]
    })
}

fn any_path() -> impl Strategy<Value = String> {
    let known = vec![
        "title",
        "TITLE",
        "userName",
        "active",
        "name",
        "name.givenName",
        "emails",
        "emails.value",
        "emails.primary",
        "emails[type eq \"work\"]",
        "emails[type eq \"work\"].value",
        "emails[value eq \"a\"].primary",
        "emails[not (type pr)]",
        "addresses",
        "id",
        "schemas",
        "schemas[value eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"]",
        "manager",
        "members",
        "members[value eq \"a\"]",
        "displayName",
        "meta.created",
        "nosuch",
        "name[givenName pr]",
        "emails[",
        "",
        "a b",
        "groups",
        ENTERPRISE,
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    ];
    let test = ["badge", "must", "level", "tags", "desks", "desks[floor gt 1].plants", "box.note"];
    prop_oneof![
        6 => prop::sample::select(known).prop_map(str::to_owned),
        2 => prop::sample::select(test.to_vec()).prop_map(|name| format!("{TEST}:{name}")),
        1 => "\\PC{0,12}",
    ]
}

fn any_operation() -> impl Strategy<Value = Json> {
    let op = prop_oneof![
        8 => prop::sample::select(vec!["add", "remove", "replace"]),
        1 => prop::sample::select(vec!["Add", "REMOVE", "move"]),
    ];
    (op, prop::option::weighted(0.8, any_path()), prop::option::weighted(0.8, any_value()))
        .prop_map(|(op, path, value)| {
            let mut operation = Object::new();
            operation.push("op", op);
            if let Some(path) = path {
                operation.push("path", path);
            }
            if let Some(value) = value {
                operation.push("value", value);
            }
            operation.into()
        })
}

fn any_text() -> impl Strategy<Value = Json> {
    prop::sample::select(vec!["a", "A", "b", "work", "home", ""]).prop_map(Json::from)
}

/// An e-mail, a desk, an address: with some of their parts.
fn element(part: &'static str) -> impl Strategy<Value = Json> {
    let kind = prop::option::of(prop::sample::select(vec!["work", "home", "WORK"]));
    let value = prop::sample::select(vec!["a", "b", "B", "c"]);
    (value, kind, prop::option::weighted(0.3, any::<bool>()), prop::option::of(any_text()))
        .prop_map(move |(value, kind, primary, more)| {
            let mut entries = vec![("value", Json::from(value))];
            entries.extend(kind.map(|kind| ("Type", Json::from(kind))));
            entries.extend(primary.map(|primary| ("primary", Json::from(primary))));
            entries.extend(more.map(|more| (part, more)));
            if part == "plants" {
                entries.retain(|(key, _)| *key == "value");
                entries.push(("plants", vec![Json::from("x"), Json::from("y")].into()));
                entries.push(("floor", 2_i64.into()));
            }
            object(entries)
        })
}

/// A path and a value that fits it.
fn fitting() -> impl Strategy<Value = (String, Json)> {
    let texts = vec![
        "title",
        "NickName",
        "name.givenName",
        "userName",
        "displayName",
        "emails[type eq \"work\"].value",
        "emails[value eq \"a\"].display",
        "emails.type",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:example:params:scim:schemas:extension:test:2.0:User:badge",
        "urn:example:params:scim:schemas:extension:test:2.0:User:must",
    ];
    let list = |part| prop::collection::vec(element(part), 0..4).prop_map(Json::Array);
    let names = prop::collection::vec(
        prop::sample::select(vec!["givenName", "familyName", "formatted"]),
        0..3,
    );
    prop_oneof![
        (prop::sample::select(texts), any_text())
            .prop_map(|(path, value)| (path.to_owned(), value)),
        (prop::sample::select(vec!["active", "emails[value eq \"a\"].primary"]), any::<bool>())
            .prop_map(|(path, flag)| (path.to_owned(), Json::from(flag))),
        list("display").prop_map(|value| ("emails".to_owned(), value)),
        list("plants").prop_map(|value| (format!("{TEST}:desks"), value)),
        element("display").prop_map(|value| ("emails[type eq \"work\"]".to_owned(), value)),
        element("display").prop_map(|value| ("emails[not (value eq \"a\")]".to_owned(), value)),
        (names, any_text()).prop_map(|(names, value)| {
            let mut names = names;
            names.sort_unstable();
            names.dedup();
            let parts = names.into_iter().map(|name| (name, value.clone()));
            ("name".to_owned(), object(parts.collect()))
        }),
        prop::collection::vec(any_text(), 0..3)
            .prop_map(|tags| (format!("{TEST}:tags"), Json::Array(tags))),
    ]
}

/// Operations that mostly succeed.
fn fitting_operation() -> impl Strategy<Value = Json> {
    let op = prop::sample::select(vec!["add", "add", "replace", "replace", "remove"]);
    (op, fitting(), prop::option::weighted(0.2, prop::sample::select(vec!["title", "emails"])))
        .prop_map(|(op, (path, value), without_path)| {
            let mut operation = Object::new();
            operation.push("op", op);
            match without_path {
                Some(_) if op != "remove" && !path.contains(['[', '.', ':']) => {
                    operation.push("value", object(vec![(path.as_str(), value)]));
                }
                _ => {
                    operation.push("path", path);
                    if op != "remove" {
                        operation.push("value", value);
                    }
                }
            }
            operation.into()
        })
}

fn mixed_operation() -> impl Strategy<Value = Json> {
    prop_oneof![6 => fitting_operation(), 1 => any_operation()]
}

fn any_operations() -> impl Strategy<Value = Json> {
    prop::collection::vec(mixed_operation(), 0..4).prop_map(Json::Array)
}

fn any_resource() -> impl Strategy<Value = Json> {
    let sane = vec![
        r#"{}"#,
        r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "b",
            "title": "t", "name": {"givenName": "a"}, "active": true,
            "emails": [{"value": "a", "type": "work", "primary": true}, {"value": "b"}],
            "meta": {"created": "2011-05-13T04:42:34Z"}}"#,
        r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            "userName": "b", "groups": [{"value": "g", "display": "G"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "a", "displayName": "A"}},
            "urn:example:params:scim:schemas:extension:test:2.0:User": {"badge": "1", "must": "m",
              "desks": [{"value": "a", "floor": 1, "plants": ["x"], "owner": "o"}, {"value": "b", "floor": 2}]}}"#,
    ];
    prop_oneof![
        4 => prop::sample::select(sane).prop_map(|text| text.parse().unwrap()),
        1 => any_value(),
    ]
}

fn run(
    operations: &Json,
    resource: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
    options: Options,
) -> Result<(Patched, usize), provisor::Error> {
    let patch = patch::parse(&body(operations.clone()), schemas, resource_type, options)?;
    for one in &patch.tolerated {
        assert!(options.accepts(one.tolerance));
        assert!(one.operation < operations.as_array().map_or(1, |list| list.len().max(1)));
    }
    assert!(patch.operations.windows(2).all(|pair| pair[0].index() <= pair[1].index()));
    let patched = patch.apply(resource, schemas, resource_type)?;
    let tolerated = patch.tolerated.len() + patched.tolerated.len();
    Ok((patched, tolerated))
}

fn dialects() -> [Options; 6] {
    [
        Options::rfc7644(),
        Options::entra(),
        Options::okta(),
        Options::onelogin(),
        Options::tolerant(),
        Options::tolerant().with(Tolerance::UnknownAttribute),
    ]
}

/// Names of the schema stand in its spelling, no value is null, no list empty, at most one value
/// of a list is primary.
fn assert_canonical(object: &Object, attributes: &[&Attribute], place: &str) {
    for (key, value) in object.iter() {
        let Some(attribute) = attributes.iter().find(|one| one.name.eq_ignore_ascii_case(key))
        else {
            continue;
        };
        assert_eq!(key, attribute.name, "in {place}");
        let values = match value {
            Json::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        assert!(!values.is_empty(), "{place}.{key} is an empty list");
        assert_eq!(matches!(value, Json::Array(_)), attribute.multi_valued, "{place}.{key}");
        let primary = |value: &&Json| value.get("primary") == Some(&Json::Bool(true));
        assert!(values.iter().filter(primary).count() < 2, "{place}.{key}: two are primary");
        for value in values {
            assert_ne!(value, &Json::Null, "{place}.{key}");
            if let Json::Object(inner) = value {
                assert!(attribute.is_complex(), "{place}.{key}");
                assert!(!inner.is_empty(), "{place}.{key}");
                let subs: Vec<_> = attribute.sub_attributes.iter().collect();
                assert_canonical(inner, &subs, key);
            }
        }
    }
}

fn assert_resource(resource: &Json, schemas: &Schemas, resource_type: &ResourceType) {
    let object = resource.as_object().unwrap();
    let main = &schemas.schema(&resource_type.schema).unwrap().attributes;
    let attributes: Vec<_> = main.iter().chain(schemas.common_attributes()).collect();
    assert_canonical(object, &attributes, "the resource");
    let listed = resource.get("schemas").and_then(Json::as_array);
    for uri in &resource_type.extensions {
        let values = object.attribute(uri).and_then(Json::as_object);
        if let Some(values) = values {
            assert!(!values.is_empty(), "{uri} is empty");
            let own: Vec<_> = schemas.schema(uri).unwrap().attributes.iter().collect();
            assert_canonical(values, &own, uri);
        }
    }
    if let Some(listed) = listed {
        let texts: Vec<_> = listed.iter().filter_map(Json::as_str).collect();
        let unique: std::collections::HashSet<_> = texts.iter().collect();
        assert_eq!(unique.len(), texts.len(), "{texts:?}");
    }
}

/// The order of `schemas` and of attributes means nothing.
fn in_order(resource: &Json) -> Json {
    let mut resource = resource.clone();
    if let Json::Object(object) = &mut resource {
        object.entries_mut().sort_by(|(left, _), (right, _)| left.cmp(right));
        for (key, value) in object.entries_mut() {
            if let (true, Json::Array(listed)) = (key == "schemas", value) {
                listed.sort_by_key(ToString::to_string);
            }
        }
    }
    resource
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_body_is_applied_or_refused(
        body in any_value(), operations in any_operations(), resource in any_resource(),
        group: bool, known in 0_usize..6,
    ) {
        let schemas = schemas();
        let resource_type = schemas.resource_type(if group { "Group" } else { "User" }).unwrap();
        let options = dialects()[known];
        prop_assert!(patch::parse(&body, &schemas, resource_type, options).is_err());
        if let Err(error) = run(&operations, &resource, &schemas, resource_type, options) {
            let known = matches!(
                error.kind(),
                ErrorKind::Payload | ErrorKind::Path | ErrorKind::Filter | ErrorKind::Value
                    | ErrorKind::NoTarget | ErrorKind::Mutability
            );
            prop_assert!(known, "{:?}: {error}", error.kind());
            prop_assert!(!error.message().contains('\n'));
        }
    }

    #[test]
    fn what_comes_out_is_canonical(
        operations in any_operations(), start in 0_usize..2, known in 0_usize..6,
    ) {
        let schemas = schemas();
        let user = schemas.resource_type("User").unwrap();
        let resource: Json = [
            "{}",
            r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "b",
                "emails": [{"value": "a", "type": "work", "primary": true}, {"value": "b"}],
                "name": {"givenName": "a"}}"#,
        ][start].parse().unwrap();
        if let Ok((patched, _)) = run(&operations, &resource, &schemas, user, dialects()[known]) {
            assert_resource(&patched.resource, &schemas, user);
            prop_assert_eq!(patched.changed, patched.resource != resource);
        }
    }

    #[test]
    fn what_the_letter_accepts_means_the_same_in_every_dialect(
        operations in any_operations(), resource in any_resource(), group: bool,
    ) {
        let schemas = schemas();
        let resource_type = schemas.resource_type(if group { "Group" } else { "User" }).unwrap();
        let strict = run(&operations, &resource, &schemas, resource_type, Options::rfc7644());
        if let Ok((strict, tolerated)) = strict {
            prop_assert_eq!(tolerated, 0);
            for options in dialects() {
                let (same, tolerated) =
                    run(&operations, &resource, &schemas, resource_type, options).unwrap();
                prop_assert_eq!(&same, &strict);
                prop_assert_eq!(tolerated, 0);
            }
        }
    }

    #[test]
    fn one_operation_twice_is_once(
        operation in mixed_operation(), resource in any_resource(), known in 0_usize..6,
    ) {
        let schemas = schemas();
        let user = schemas.resource_type("User").unwrap();
        // A filter can choose other values afterwards.
        let path = operation.get("path").and_then(Json::as_str).unwrap_or("");
        if path.contains('[') || operation.to_string().contains("[type eq") {
            return Ok(());
        }
        let operations = Json::Array(vec![operation]);
        let options = dialects()[known];
        if let Ok((once, _)) = run(&operations, &resource, &schemas, user, options) {
            let twice = run(&operations, &once.resource, &schemas, user, options);
            let (twice, _) = twice.unwrap();
            prop_assert_eq!(&twice.resource, &once.resource);
            prop_assert!(!twice.changed);
        }
    }

    #[test]
    fn operations_one_by_one_give_the_same_as_together(
        operations in any_operations(), resource in any_resource(),
    ) {
        let schemas = schemas();
        let user = schemas.resource_type("User").unwrap();
        let parsed =
            patch::parse(&body(operations), &schemas, user, Options::tolerant());
        // An operation on `schemas` is judged by what the others make of the extensions.
        let Ok(patch) = parsed else { return Ok(()) };
        prop_assume!(patch.operations.iter().all(|one| one.attribute().1 != "schemas"));
        let together = patch.apply(&resource, &schemas, user);
        let mut step = Ok(resource);
        for operation in &patch.operations {
            step = step.and_then(|resource| {
                patch::apply_operations(std::slice::from_ref(operation), &resource, &schemas, user)
                    .map(|patched| patched.resource)
            });
        }
        match (together, step) {
            (Ok(together), Ok(step)) => {
                prop_assert_eq!(in_order(&together.resource), in_order(&step));
            }
            (Err(together), Err(step)) => prop_assert_eq!(together.kind(), step.kind()),
            (together, step) => prop_assert!(
                patch.operations.is_empty(), "{:?} and {:?}", together, step
            ),
        }
    }
}
