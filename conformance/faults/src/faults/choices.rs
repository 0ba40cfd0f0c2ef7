//! What the RFCs leave to a server, and a server that does not do what it says.

use std::sync::LazyLock;

use http::Method;
use regex::Regex;
use serde_json::{Value, json};

use super::operations::{operations, path, place, text, without};
use super::{Section, expression};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Choices that are not kept", faults: FAULTS, left: &[], of_the_survey: false };

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const FAULTS: &[Fault] = &[
    Fault {
        id: "CHO-01",
        does: "`Replace` and other operations in capitals are answered 204 and not done",
        breaks: &["RFC7644-3.1-12"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/operation-in-capitals",
        dialect: None,
        act: Act::Whole(capitals_do_nothing),
    },
    Fault {
        id: "CHO-02",
        does: "a PATCH without its schema is answered 204 and not done",
        breaks: &["RFC7644-3.1-12"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/wrong-schema",
        dialect: None,
        act: Act::Response(|asked, answered| {
            let is_patch = asked.method == Method::PATCH && asked.any_id().is_some();
            let is_plain = |body: Value| {
                !body.get("schemas").is_some_and(|all| all.to_string().contains(PATCH_OP))
            };
            if is_patch && answered.status == 400 && asked.json().is_some_and(is_plain) {
                *answered = Answered::empty(204);
            }
        }),
    },
    Fault {
        id: "CHO-03",
        does: "a POST in bulk without a `bulkId` is refused when it is done",
        breaks: &["RFC7644-3.1-12"],
        severity: Severity::Breaks,
        layer: Layer::Bulk,
        caught_by: "rfc7644/3.7-bulk/no-bulk-id",
        dialect: None,
        act: Act::Whole(done_and_refused),
    },
    Fault {
        id: "CHO-04",
        does: "base64 is cut to whole groups of four characters",
        breaks: &["RFC7644-3.1-12", "RFC7643-2.3.6-03"],
        severity: Severity::Silent,
        layer: Layer::Create,
        caught_by: "rfc7643/2.3-types/base64-without-padding",
        dialect: None,
        act: Act::Request(|asked| {
            each_part(asked, "x509Certificates", "value", |text| {
                text.truncate(text.len() / 4 * 4);
            });
        }),
    },
    Fault {
        id: "CHO-05",
        does: "a country is cut to its first two letters: Austria (AUT) becomes Australia (AU)",
        breaks: &["RFC7643-4.1.2-20"],
        severity: Severity::Silent,
        layer: Layer::Create,
        caught_by: "rfc7643/4.1-user/country-of-three-letters",
        dialect: None,
        act: Act::Request(|asked| {
            each_part(asked, "addresses", "country", |text| text.truncate(2))
        }),
    },
    Fault {
        id: "CHO-06",
        does: "a comparison with null is left out of a filter",
        breaks: &["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-34"],
        severity: Severity::Silent,
        layer: Layer::Filter,
        caught_by: "rfc7644/3.4.2.2-filter/null-literal",
        dialect: None,
        act: Act::Request(|asked| {
            let filter = asked.parameter("filter").filter(|_| asked.is_query());
            if let Some(filter) = filter {
                asked.set_parameter("filter", &WITH_NULL.replace_all(&filter, ""));
            }
        }),
    },
    Fault {
        id: "CHO-07",
        does: "PUT answers with what was sent, and keeps what was left out",
        breaks: &["RFC7644-3.1-12"],
        severity: Severity::Breaks,
        layer: Layer::Put,
        caught_by: "rfc7644/3.5.1-put/left-out",
        dialect: None,
        act: Act::Whole(kept_unsaid),
    },
    Fault {
        id: "CHO-08",
        does: "an attribute of an extension that a PATCH names without its schema becomes one of the core",
        breaks: &["RFC7644-3.5.2-15"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/extension-needs-its-name",
        dialect: None,
        act: Act::Whole(loose_names),
    },
    Fault {
        id: "CHO-09",
        does: "phone numbers lose the plus sign of their country",
        breaks: &["RFC7643-4.1.2-06", "RFC7643-8.7.1-12"],
        severity: Severity::Silent,
        layer: Layer::Create,
        caught_by: "rfc7643/4.1-user/canonical-values",
        dialect: None,
        act: Act::Request(|asked| {
            each_part(asked, "phoneNumbers", "value", |text| *text = text.replace('+', ""));
        }),
    },
];

static WITH_NULL: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)\s+and\s+[\w.]+\s+eq\s+null\b"));

/// Changes a part of each value of a list that a user is made with.
fn each_part(asked: &mut Asked, list: &str, part: &str, change: impl Fn(&mut String)) {
    if !asked.is(&Method::POST, "/Users") {
        return;
    }
    asked.edit(|body| {
        let values = body.get_mut(list).and_then(Value::as_array_mut);
        for value in values.into_iter().flatten().filter_map(|value| value.get_mut(part)) {
            if let Value::String(text) = value {
                change(text);
            }
        }
    });
}

fn capitals_do_nothing(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let before = asked.clone();
        let capital = |one: &Value| text(one, "op").chars().any(|c| c.is_ascii_uppercase());
        let Some(nothing) = without(&mut asked, capital) else { return inner.answer(asked).await };
        // Who may not come in, or asks for nobody, is told so.
        let refused = inner.answer(before.without_operations()).await;
        if matches!(refused.status, 401 | 403 | 404) { refused } else { nothing }
    })
}

fn done_and_refused(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        if !asked.is_at("/Bulk") || answered.status != 400 {
            return answered;
        }
        let body = asked.json().unwrap_or_default();
        let operations = body.get("Operations").and_then(Value::as_array);
        for one in operations.into_iter().flatten() {
            let makes = text(one, "method") == "POST" && one.get("bulkId").is_none();
            if let (true, Some(data)) = (makes, one.get("data")) {
                inner.answer(asked.like(Method::POST, path(one), Some(data))).await;
            }
        }
        answered
    })
}

/// Attributes that a client writes and may leave out.
const OPTIONAL: &[&str] = &["nickName", "title", "userType", "locale", "timezone"];

fn kept_unsaid(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if !asked.is_one(&Method::PUT, "Users") {
            return inner.answer(asked).await;
        }
        let place = place(&asked);
        let before = inner.get(&asked, &place).await.unwrap_or_default();
        let sent = asked.json().unwrap_or_default();
        let answered = inner.answer(asked.clone()).await;
        let kept = OPTIONAL.iter().filter(|name| sent.get(**name).is_none());
        let kept = kept.filter_map(|name| Some((name, before.get(*name)?)));
        let again: Vec<Value> = kept
            .map(|(name, value)| json!({ "op": "add", "path": name, "value": value }))
            .collect();
        if answered.is_success() && !again.is_empty() {
            inner.patch(&asked, &place, &again).await;
        }
        answered
    })
}

const ENTERPRISE: &[&str] =
    &["employeeNumber", "costCenter", "organization", "division", "department"];

fn loose_names(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let mut answered = inner.answer(asked.clone()).await;
        let id = asked.id("Users").unwrap_or_default();
        let loose = operations(&asked).into_iter().find(|one| ENTERPRISE.contains(&path(one)));
        if let (Some(one), 400) = (loose, answered.status) {
            inner.remember(format!("loose {id}"), one);
            return Answered::empty(204);
        }
        answered.each_resource(|one| {
            let loose = inner.recall(&format!("loose {}", text(one, "id")));
            if let (Some(loose), Some(one)) = (loose, one.as_object_mut()) {
                let value = loose.get("value").cloned().unwrap_or_default();
                one.insert(path(&loose).to_owned(), value);
            }
        });
        answered
    })
}
