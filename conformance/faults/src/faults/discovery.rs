//! Discovery.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Discovery", faults: FAULTS, left: &[], of_the_survey: true };

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

const FAULTS: &[Fault] = &[
    Fault {
        id: "DSC-01a",
        does: "`/Schemas` is a bare array",
        breaks: &["RFC7644-4-09", "RFC7644-4-05"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7643/7-schema/list",
        dialect: None,
        act: Act::Response(|asked, answered| bare(asked, answered, "/Schemas")),
    },
    Fault {
        id: "DSC-01b",
        does: "`/ResourceTypes` is a bare array",
        breaks: &["RFC7644-4-09", "RFC7644-4-07"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7643/6-resource-type/documents",
        dialect: None,
        act: Act::Response(|asked, answered| bare(asked, answered, "/ResourceTypes")),
    },
    Fault {
        id: "DSC-01c",
        does: "the lists of discovery have no `schemas` and no `totalResults`",
        breaks: &["RFC7644-4-09"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7643/7-schema/list",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is_at("/Schemas") || asked.is_at("/ResourceTypes") {
                answered.edit(|body| {
                    if let Some(body) = body.as_object_mut() {
                        body.remove("schemas");
                        body.remove("totalResults");
                    }
                });
            }
        }),
    },
    Fault {
        id: "DSC-02",
        does: "schemas come without `schemas`",
        breaks: &[
            "RFC7643-7-04",
            "RFC7644-4-05",
            "RFC7643-3-01",
            "RFC7643-3-02",
            "RFC7643-7-01",
            "RFC7644-3.1-03",
            "RFC7643-8.7.1-02",
        ],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7643/7-schema/list",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.segments().first() == Some(&"Schemas") {
                answered.each_resource(|one| {
                    one.as_object_mut().map(|one| one.remove("schemas"));
                });
            }
        }),
    },
    Fault {
        id: "DSC-03a",
        does: "PATCH is advertised and answers 501",
        breaks: &["RFC7644-3.5.2-01", "RFC7644-3.5-02", "RFC7644-3.5.2-25", "RFC7643-5-04"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7644/3.5.2-patch/answer",
        dialect: None,
        act: Act::Refuse(|asked| {
            (asked.method == Method::PATCH).then(|| Answered::error(501, "", "not implemented"))
        }),
    },
    Fault {
        id: "DSC-03b",
        does: "filters are advertised and answer 501",
        breaks: &[
            "RFC7644-3.4.2.2-01",
            "RFC7644-3.4.2.2-02",
            "RFC7644-3.4.2.2-03",
            "RFC7644-3.4.2.2-04",
        ],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7644/3.4.2.2-filter/equal-is-identical",
        dialect: None,
        act: Act::Refuse(|asked| {
            let filters = asked.is_query() && asked.parameter("filter").is_some();
            filters.then(|| Answered::error(501, "", "not implemented"))
        }),
    },
    Fault {
        id: "DSC-03c",
        does: "ETags are advertised and never given",
        breaks: &["RFC7644-3.14-01", "RFC7644-3.14-02", "RFC7644-3.14-03", "RFC7643-5-17"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7644/3.14-etag/given",
        dialect: None,
        act: Act::Response(|_, answered| {
            answered.headers.remove("etag");
            answered.each_resource(|one| {
                if let Some(meta) = one.get_mut("meta").and_then(Value::as_object_mut) {
                    meta.remove("version");
                }
            });
        }),
    },
    Fault {
        id: "DSC-03d",
        does: "bulk is advertised and answers 501",
        breaks: &["RFC7644-3.7-01", "RFC7644-3.7-02", "RFC7644-3.7-05"],
        severity: Severity::Breaks,
        layer: Layer::Discovery,
        caught_by: "rfc7644/3.7-bulk/one-of-each",
        dialect: None,
        act: Act::Refuse(|asked| {
            asked.is_at("/Bulk").then(|| Answered::error(501, "", "not implemented"))
        }),
    },
    Fault {
        id: "DSC-05a",
        does: "the schema says that `userName` is read only",
        breaks: &["RFC7643-4.1.1-03", "RFC7643-8.7.1-03", "RFC7643-7-01"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/user-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            attribute(asked, answered, "userName", "mutability", json!("readOnly"))
        }),
    },
    Fault {
        id: "DSC-05b",
        does: "the schema says that `userName` is not required",
        breaks: &["RFC7643-4.1.1-03", "RFC7643-8.7.1-03", "RFC7643-4.1.1-01"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/user-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            attribute(asked, answered, "userName", "required", json!(false))
        }),
    },
    Fault {
        id: "DSC-05c",
        does: "the schema says that the case of `userName` counts",
        breaks: &["RFC7643-8.7.1-05", "RFC7643-8.7.1-03", "RFC7643-4.1.1-03"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/user-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            attribute(asked, answered, "userName", "caseExact", json!(true))
        }),
    },
    Fault {
        id: "DSC-05d",
        does: "the schema says that `userName` need not be unique",
        breaks: &["RFC7643-8.7.1-04", "RFC7643-8.7.1-03"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/user-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            attribute(asked, answered, "userName", "uniqueness", json!("none"))
        }),
    },
    Fault {
        id: "DSC-05e",
        does: "the schema says that `active` is text",
        breaks: &["RFC7643-2.3-02", "RFC7643-2.3.2-01", "RFC7643-7-01", "RFC7643-8.7.1-03"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/types-in-the-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            attribute(asked, answered, "active", "type", json!("string"))
        }),
    },
    Fault {
        id: "DSC-05f",
        does: "the schema says that passwords come back",
        breaks: &["RFC7643-4.1.1-26", "RFC7643-7-34", "RFC7643-7-32"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/password-in-the-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            attribute(asked, answered, "password", "returned", json!("default"))
        }),
    },
    Fault {
        id: "DSC-06a",
        does: "a schema cannot be read by its URN",
        breaks: &["RFC7644-4-06", "RFC7644-4-08"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/one-schema",
        dialect: None,
        act: Act::Refuse(|asked| below(asked, "Schemas")),
    },
    Fault {
        id: "DSC-06b",
        does: "a resource type cannot be read by its id",
        breaks: &["RFC7644-4-08"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7643/6-resource-type/one",
        dialect: None,
        act: Act::Refuse(|asked| below(asked, "ResourceTypes")),
    },
    Fault {
        id: "DSC-06c",
        does: "`meta.location` of schemas leads nowhere",
        breaks: &["RFC7643-8.7.1-02", "RFC7643-7-01", "RFC7643-3.1-22", "RFC7644-4-06"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7643/7-schema/meta",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.segments().first() == Some(&"Schemas") {
                answered.each_resource(|one| {
                    if let Some(location) = one.pointer_mut("/meta/location") {
                        let text = location.as_str().unwrap_or_default();
                        *location = json!(text.replace("/Schemas/", "/Schema/"));
                    }
                });
            }
        }),
    },
    Fault {
        id: "DSC-07",
        does: "discovery can be filtered",
        breaks: &["RFC7644-4-10", "RFC7644-4-11"],
        severity: Severity::Small,
        layer: Layer::Discovery,
        caught_by: "rfc7644/4-discovery/filters",
        dialect: None,
        act: Act::Whole(filtered),
    },
];

fn bare(asked: &Asked, answered: &mut Answered, path: &str) {
    if asked.is_at(path) {
        answered.edit(|body| {
            if let Some(resources) = body.get("Resources").cloned() {
                *body = resources;
            }
        });
    }
}

/// Says something else of an attribute of the schema of User.
fn attribute(asked: &Asked, answered: &mut Answered, name: &str, about: &str, says: Value) {
    if asked.segments().first() != Some(&"Schemas") {
        return;
    }
    answered.each_resource(|schema| {
        if schema.get("id") != Some(&json!(USER)) {
            return;
        }
        let attributes = schema.get_mut("attributes").and_then(Value::as_array_mut);
        let mut attributes = attributes.into_iter().flatten();
        if let Some(one) = attributes.find(|one| one.get("name") == Some(&json!(name)))
            && let Some(one) = one.as_object_mut()
        {
            one.insert(about.to_owned(), says.clone());
        }
    });
}

fn below(asked: &Asked, list: &str) -> Option<Answered> {
    match asked.segments().as_slice() {
        [first, _, ..] if *first == list => Some(Answered::error(404, "", "no such endpoint")),
        _ => None,
    }
}

fn filtered(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let lists = asked.is_at("/Schemas") || asked.is_at("/ResourceTypes");
        let alone = asked.is_at("/ServiceProviderConfig");
        let wanted = asked.query.as_deref().is_some_and(|query| query.contains("filter="));
        if !(wanted && (lists || alone)) {
            return inner.answer(asked).await;
        }
        asked.query = None;
        let mut answered = inner.answer(asked).await;
        answered.retain(|one| one.get("name") == Some(&json!("User")));
        answered
    })
}
