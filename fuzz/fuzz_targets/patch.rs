//! Any JSON as a PATCH body, and as the resource if it is a list of both: what is applied means
//! the same in every dialect that accepts more, twice applied it is read the same, and what is
//! refused has words.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::ErrorKind;
use provisor::json::{Json, parse};
use provisor::scim::patch::{self, Options, Patched, Tolerance};
use provisor::scim::schema::{ResourceType, Schemas};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::standard);
static USER: LazyLock<Json> =
    LazyLock::new(|| parse(include_bytes!("filter.user.json")).expect("JSON"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(json) = parse(bytes) else { return };
    let (body, resource) = match &json {
        Json::Array(both) => match both.as_slice() {
            [body, resource] => (body, resource),
            _ => return,
        },
        body => (body, &*USER),
    };
    for name in ["User", "Group"] {
        let resource_type = SCHEMAS.resource_type(name).expect("a standard type");
        let mut stricter: Option<Patched> = None;
        let every = Options::tolerant().with(Tolerance::UnknownAttribute);
        for options in [Options::rfc7644(), Options::entra(), Options::tolerant(), every] {
            let patched = run(body, resource, resource_type, options);
            if let Some(strict) = stricter.take() {
                assert_eq!(patched.as_ref(), Some(&strict), "more tolerance, another meaning");
            }
            // Only what needs no tolerance must mean the same with more of it.
            stricter = patched.filter(|_| options == Options::rfc7644());
        }
    }
});

fn run(
    body: &Json,
    resource: &Json,
    resource_type: &ResourceType,
    options: Options,
) -> Option<Patched> {
    let patch = patch::parse(body, &SCHEMAS, resource_type, options);
    let result = patch.and_then(|patch| {
        for one in &patch.tolerated {
            assert!(options.accepts(one.tolerance));
        }
        patch.apply(resource, &SCHEMAS, resource_type)
    });
    match result {
        Ok(patched) => {
            if !patched.changed {
                assert_eq!(patched.resource, *resource);
            }
            let text = patched.resource.to_string();
            assert_eq!(text.parse::<Json>().ok().as_ref(), Some(&patched.resource));
            Some(patched)
        }
        Err(error) => {
            assert!(!error.message().is_empty());
            assert_ne!(error.kind(), ErrorKind::Schema, "{error}");
            None
        }
    }
}
