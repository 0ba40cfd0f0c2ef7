//! What every resource says of itself: schemas, id, meta.

use serde_json::{Value, json};

use super::Section;
use crate::exchange::Answered;
use crate::fault::{Act, Fault, Layer, Severity};
use crate::host::BASE;

pub(super) const SECTION: Section = Section {
    title: "What a resource says of itself",
    faults: FAULTS,
    left: &[],
    of_the_survey: true,
};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const FAULTS: &[Fault] = &[
    Fault {
        id: "CRT-09a",
        does: "`meta.location` is a path without a host",
        breaks: &["RFC7643-3.1-22", "RFC7643-2.3.7-02"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/1.3-base-uri/locations",
        dialect: None,
        act: Act::Response(|_, answered| {
            locations(answered, |location| match location.split_once(BASE) {
                Some((_, rest)) => format!("{BASE}{rest}"),
                None => location.to_owned(),
            });
        }),
    },
    Fault {
        id: "CRT-09b",
        does: "`meta.location` names a host inside the network",
        breaks: &["RFC7644-1.3-01", "RFC7644-1.3-04", "RFC7643-3.1-22"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/1.3-base-uri/locations",
        dialect: None,
        act: Act::Response(|_, answered| {
            locations(answered, |location| match location.split_once(BASE) {
                Some((_, rest)) => format!("http://scim-7f9c.internal:8080{BASE}{rest}"),
                None => location.to_owned(),
            });
        }),
    },
    Fault {
        id: "CRT-09c",
        does: "`meta.location` has another id than `id`",
        breaks: &[
            "RFC7643-3.1-21",
            "RFC7643-3.1-22",
            "RFC7644-3.3-10",
            "RFC7644-1.3-04",
            "RFC7643-2.3.7-02",
        ],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7643/3.1-common/content-location",
        dialect: None,
        act: Act::Response(|_, answered| {
            locations(answered, |location| format!("{location}0"));
        }),
    },
    Fault {
        id: "CRT-11a",
        does: "`schemas` does not name an extension that is there",
        breaks: &[
            "RFC7643-3-02",
            "RFC7643-3-03",
            "RFC7643-3-04",
            "RFC7643-3.3-08",
            "RFC7643-3.3-01",
        ],
        severity: Severity::Breaks,
        layer: Layer::Create,
        caught_by: "rfc7643/3.3-extensions/container",
        dialect: None,
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                if let Some(schemas) = one.get_mut("schemas").and_then(Value::as_array_mut) {
                    schemas.retain(|urn| urn != ENTERPRISE);
                }
            });
        }),
    },
    Fault {
        id: "CRT-11b",
        does: "resources come without `schemas`",
        breaks: &["RFC7643-3.3-04", "RFC7643-3-02", "RFC7643-2.1-02", "RFC7644-3.1-03"],
        severity: Severity::Breaks,
        layer: Layer::Create,
        caught_by: "rfc7643/2.1-attributes/schemas-are-wanted",
        dialect: None,
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                if is_person_or_group(one) {
                    one.as_object_mut().map(|one| one.remove("schemas"));
                }
            });
        }),
    },
];

fn is_person_or_group(one: &Value) -> bool {
    let schemas = one.get("schemas").map(Value::to_string).unwrap_or_default();
    ["core:2.0:User\"", "core:2.0:Group\""].iter().any(|urn| schemas.contains(urn))
}

/// Changes `meta.location` of users and groups, and `Location`, which agrees with it.
fn locations(answered: &mut Answered, change: impl Fn(&str) -> String) {
    answered.each_resource(|one| {
        if is_person_or_group(one)
            && let Some(location) = one.pointer_mut("/meta/location")
        {
            *location = json!(change(location.as_str().unwrap_or_default()));
        }
    });
    if let Some(header) = answered.headers.get("location").and_then(|text| text.to_str().ok()) {
        let changed = change(header);
        answered.set_header("location", &changed);
    }
}
