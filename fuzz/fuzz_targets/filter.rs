//! Any text as a filter, a PATCH path and an attribute path: what is read prints to something that
//! reads the same, what is refused has its place, and every filter that fits answers alike for
//! every form of JSON.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::json::{Json, parse};
use provisor::scim::filter::{self, Checked, Filter, Options, Policy, Unknown};
use provisor::scim::patch_path::{self, Target};
use provisor::scim::path::AttrPath;
use provisor::scim::schema::Schemas;
use provisor::{Error, ErrorKind};

const USER: &str = include_str!("filter.user.json");

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::standard);
static USER_TREE: LazyLock<Json> = LazyLock::new(|| parse(USER.as_bytes()).expect("JSON"));
static USER_VALUE: LazyLock<serde_json::Value> =
    LazyLock::new(|| serde_json::from_str(USER).expect("JSON"));

fuzz_target!(|text: &str| {
    let mut stricter: Option<Filter> = None;
    for options in [Options::strict(), Options::lenient(), Options::tolerant()] {
        let read = filter::parse(text, &SCHEMAS, options);
        // What the letter allows means the same with every leniency.
        if let Some(strict) = stricter.take() {
            assert_eq!(read.as_ref().ok(), Some(&strict));
        }
        match read {
            Ok(filter) => {
                for tolerated in &filter.tolerated {
                    assert!(options.accepts(tolerated.leniency));
                    assert!(text.get(tolerated.place.clone()).is_some());
                }
                let printed = filter.to_string();
                let again = filter::parse(&printed, &SCHEMAS, options);
                assert_eq!(again.ok().as_ref(), Some(&filter), "printing changes `{printed}`");
                answer(text, &filter);
                stricter = Some(filter);
            }
            Err(error) => check_error(text, &error),
        }
        match patch_path::parse(text, &SCHEMAS, options) {
            Ok(path) => {
                let printed = path.to_string();
                let again = patch_path::parse(&printed, &SCHEMAS, options);
                assert_eq!(again.ok().as_ref(), Some(&path), "printing changes `{printed}`");
                choose(&path.target);
            }
            Err(error) => check_error(text, &error),
        }
    }
    match AttrPath::parse(text, &SCHEMAS) {
        Ok(path) => {
            let again = AttrPath::parse(&path.to_string(), &SCHEMAS);
            assert_eq!(again.ok().as_ref(), Some(&path), "printing changes it");
        }
        Err(error) => check_error(text, &error),
    }
    let _ = AttrPath::parse_list(text, &SCHEMAS);
});

fn check_error(text: &str, error: &Error) {
    assert!(!error.message().is_empty());
    match error.offset() {
        Some(at) => assert!(text.is_char_boundary(at), "{error}"),
        None => assert_eq!(error.kind(), ErrorKind::Limit, "{error}"),
    }
}

fn policies() -> [Policy; 2] {
    let mut open = Policy::default();
    open.unknown = Unknown::NoValue;
    open.quoted_literals = true;
    open.secrets = true;
    [Policy::default(), open]
}

fn answer(text: &str, filter: &Filter) {
    for policy in policies() {
        for resource_type in ["User", "Group"] {
            match filter.validate(&SCHEMAS, resource_type, policy) {
                Ok(checked) => {
                    assert_eq!(checked.matches(&*USER_TREE), checked.matches(&*USER_VALUE));
                    let _ = checked.matches(&Json::Null);
                }
                Err(error) => check_error(text, &error),
            }
        }
    }
}

/// The values that the brackets of a path choose.
fn choose(target: &Target) {
    let Target::Values { path, filter, .. } = target else { return };
    let user = SCHEMAS.resource_type("User").expect("a standard type");
    let Ok(resolved) = path.resolve(&SCHEMAS, user) else { return };
    for policy in policies() {
        let checked = Checked::of_element(filter, resolved.leaf(), &SCHEMAS, user, policy);
        let Ok(checked) = checked else { continue };
        for element in USER_TREE.get("emails").and_then(Json::as_array).into_iter().flatten() {
            let _ = checked.matches_element(element);
        }
    }
}
