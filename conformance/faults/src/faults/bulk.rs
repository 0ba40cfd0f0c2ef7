//! Bulk and search.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::operations::text;
use super::{Section, expression};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Bulk and search", faults: FAULTS, left: &[], of_the_survey: true };

const FAULTS: &[Fault] = &[
    Fault {
        id: "BLK-02a",
        does: "`failOnErrors` is left out of account",
        breaks: &["RFC7644-3.7-20", "RFC7644-3.7-21", "RFC7644-3.7.3-05"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7-bulk/fail-on-errors",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.is_at("/Bulk") {
                asked.edit(|body| {
                    body.as_object_mut().map(|body| body.remove("failOnErrors"));
                });
            }
        }),
    },
    Fault {
        id: "BLK-02b",
        does: "`status` of an operation is a number",
        breaks: &["RFC7644-3.7-17", "RFC7644-3.7-26", "RFC7644-3.7.3-03", "RFC7644-3.7-16"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7-bulk/one-of-each",
        dialect: None,
        act: Act::Response(|asked, answered| {
            results(asked, answered, |one| {
                let status = one
                    .get("status")
                    .and_then(Value::as_str)
                    .and_then(|text| text.parse::<u16>().ok());
                if let (Some(status), Some(one)) = (status, one.as_object_mut()) {
                    one.insert("status".to_owned(), json!(status));
                }
            });
        }),
    },
    Fault {
        id: "BLK-02c",
        does: "`status` of an operation is missing",
        breaks: &["RFC7644-3.7-17", "RFC7644-3.7-26", "RFC7644-3.7.3-03", "RFC7644-3.7-16"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7-bulk/one-of-each",
        dialect: None,
        act: Act::Response(|asked, answered| {
            results(asked, answered, |one| {
                one.as_object_mut().map(|one| one.remove("status"));
            });
        }),
    },
    Fault {
        id: "BLK-03a",
        does: "more operations than `maxOperations` are carried out",
        breaks: &["RFC7644-3.7.4-03", "RFC7644-3.7.4-04", "RFC7644-3.12-18", "RFC7644-3.7-18"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7.4-bulk-limits/too-many-operations",
        dialect: None,
        act: Act::Whole(in_parts),
    },
    Fault {
        id: "BLK-03b",
        does: "bodies beyond `maxPayloadSize` are taken",
        breaks: &["RFC7644-3.7.4-03", "RFC7644-3.7.4-04", "RFC7644-3.12-18", "RFC7644-3.7-18"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7.4-bulk-limits/too-large",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.is_at("/Bulk") {
                asked.body = asked.body.trim_ascii_end().to_vec().into();
            }
        }),
    },
    Fault {
        id: "BLK-04",
        does: "bulk does not check what single requests check",
        breaks: &["RFC7644-3.7.3-03", "RFC7644-3.7-19", "RFC7644-3.12-33"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7-bulk/same-rules",
        dialect: None,
        act: Act::Request(unchecked),
    },
    Fault {
        id: "SRC-01a",
        does: "there is no search by POST",
        breaks: &["RFC7644-3.4.3-01", "RFC7644-3.4.3-02", "RFC7644-3.4.3-19"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.4.3-search/nothing-is-required",
        dialect: None,
        act: Act::Refuse(|asked| {
            asked.is_search().then(|| Answered::error(404, "", "no such endpoint"))
        }),
    },
    Fault {
        id: "SRC-01b",
        does: "a search by POST has no pages",
        breaks: &["RFC7644-3.4.3-13", "RFC7644-3.4.3-14", "RFC7644-3.4.3-16", "RFC7644-3.4.3-17"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.4.3-search/pages-and-order",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.is_search() {
                asked.drop_parameter("startIndex");
                asked.drop_parameter("count");
            }
        }),
    },
    Fault {
        id: "SRC-01c",
        does: "a search by POST leaves its filter out of account",
        breaks: &["RFC7644-3.4.3-04", "RFC7644-3.4.3-02", "RFC7644-3.4.3-11", "RFC7644-3.4.3-01"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.4.3-search/same-as-get",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.is_search() {
                asked.drop_parameter("filter");
            }
        }),
    },
    Fault {
        id: "SRC-02a",
        does: "a query at the base URI finds users alone",
        breaks: &["RFC7644-3.4.2.1-01", "RFC7644-3.4.2.1-02", "RFC7644-3.4.2-01"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.4.2.1-root/both-kinds",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is_query() && matches!(asked.segments().as_slice(), [] | [".search"]) {
                answered.retain(|one| {
                    one.get("userName").is_some()
                        || one.pointer("/meta/resourceType") != Some(&json!("Group"))
                });
            }
        }),
    },
    Fault {
        id: "SRC-02b",
        does: "`meta.resourceType` does not restrict a query at the base URI",
        breaks: &["RFC7644-3.4.2.1-03", "RFC7644-3.4.2.1-05", "RFC7644-3.4.2.2-04"],
        severity: Severity::Small,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.4.2.1-root/by-type",
        dialect: None,
        act: Act::Request(any_type),
    },
];

static TYPE: LazyLock<Regex> =
    LazyLock::new(|| expression(r#"(?i)meta\.resourceType\s+eq\s+"[^"]*""#));

/// Changes each result of a bulk request.
fn results(asked: &Asked, answered: &mut Answered, change: impl FnMut(&mut Value)) {
    if asked.is_at("/Bulk") && answered.is_success() {
        answered.edit(|body| {
            let list = body.get_mut("Operations").and_then(Value::as_array_mut);
            list.into_iter().flatten().for_each(change);
        });
    }
}

fn in_parts(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let body = asked.json().filter(|_| asked.is_at("/Bulk")).unwrap_or_default();
        let list = body.get("Operations").and_then(Value::as_array).cloned().unwrap_or_default();
        let answered = inner.answer(asked.clone()).await;
        if answered.status != 413 || list.is_empty() {
            return answered;
        }
        let mut all = Vec::new();
        let mut last = answered;
        for part in list.chunks(500) {
            let mut some = asked.clone();
            some.edit(|body| {
                body.as_object_mut().map(|body| body.insert("Operations".to_owned(), json!(part)));
            });
            last = inner.answer(some).await;
            let results = last.json().and_then(|body| body.get("Operations")?.as_array().cloned());
            all.extend(results.unwrap_or_default());
        }
        last.edit(|body| {
            body.as_object_mut().map(|body| body.insert("Operations".to_owned(), json!(all)));
        });
        last
    })
}

/// Users without a name get one, and names that are taken are made free.
fn unchecked(asked: &mut Asked) {
    if !asked.is_at("/Bulk") {
        return;
    }
    asked.edit(|body| {
        let list = body.get_mut("Operations").and_then(Value::as_array_mut);
        for (number, one) in list.into_iter().flatten().enumerate() {
            let creates =
                text(one, "method").eq_ignore_ascii_case("POST") && text(one, "path") == "/Users";
            if let Some(data) =
                one.get_mut("data").and_then(Value::as_object_mut).filter(|_| creates)
            {
                let name =
                    data.get("userName").and_then(Value::as_str).unwrap_or("nobody").to_owned();
                data.insert("userName".to_owned(), json!(format!("{name}-{number}")));
            }
        }
    });
}

fn any_type(asked: &mut Asked) {
    let root = matches!(asked.segments().as_slice(), [] | [".search"]);
    if let (true, Some(filter)) = (root && asked.is_query(), asked.parameter("filter")) {
        asked.set_parameter("filter", &TYPE.replace_all(&filter, "id pr"));
    }
}
