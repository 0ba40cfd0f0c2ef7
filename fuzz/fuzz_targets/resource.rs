//! Any bytes as a User and as a Group that a client writes: what is read reads as itself by the
//! letter, a PUT of the same changes nothing, what the letter allows means the same with every
//! leniency, and no response shows a secret.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::json::{Json, parse};
use provisor::scim::project::{Projection, project};
use provisor::scim::resource::{self, Options, Purpose, Written};
use provisor::scim::schema::{ResourceType, Schemas};
use provisor::{Error, ErrorKind};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::standard);

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = parse(bytes) else { return };
    for name in ["User", "Group"] {
        let resource_type = SCHEMAS.resource_type(name).expect("a standard type");
        let mut stricter: Option<Written> = None;
        for options in [Options::strict(), Options::lenient(), Options::tolerant()] {
            let read = read(&body, resource_type, Purpose::Create, options);
            if let Some(strict) = stricter.take() {
                if strict.tolerated.is_empty() {
                    assert_eq!(read.as_ref().ok(), Some(&strict));
                }
            }
            match read {
                Ok(written) => {
                    again(&written.resource, resource_type);
                    respond(&written.resource, resource_type);
                    stricter = Some(written);
                }
                Err(error) => check_error(&error),
            }
        }
        // Any JSON as the resource that is replaced.
        let _ =
            read(&body, resource_type, Purpose::Replace { current: &body }, Options::tolerant());
    }
});

fn read(
    body: &Json,
    resource_type: &ResourceType,
    purpose: Purpose<'_>,
    options: Options,
) -> Result<Written, Error> {
    resource::read(body, &SCHEMAS, resource_type, purpose, options)
}

fn again(resource: &Json, resource_type: &ResourceType) {
    for purpose in [Purpose::Create, Purpose::Replace { current: resource }] {
        let again = read(resource, resource_type, purpose, Options::strict());
        let again = again.unwrap_or_else(|error| panic!("{resource}: {error}"));
        assert_eq!(&again.resource, resource);
        assert!(again.write_only.is_empty());
    }
}

fn respond(resource: &Json, resource_type: &ResourceType) {
    let names = ["emails.value", "password", "members", "title"];
    for projection in [
        Projection::Default,
        Projection::only(names, &SCHEMAS),
        Projection::without(names, &SCHEMAS),
    ] {
        let shown = project(resource.clone(), &SCHEMAS, resource_type, &projection);
        assert!(shown.get("schemas").is_some() && shown.get("password").is_none());
        assert_eq!(project(shown.clone(), &SCHEMAS, resource_type, &projection), shown);
    }
}

fn check_error(error: &Error) {
    assert!(!error.message().is_empty() && error.advice().is_some(), "{error}");
    let kind = error.kind();
    assert!(matches!(kind, ErrorKind::Payload | ErrorKind::Value), "{error}");
}
