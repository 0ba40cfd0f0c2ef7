//! HTTP.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use super::operations::text;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "HTTP", faults: FAULTS, left: LEFT, of_the_survey: true };

const LEFT: &[Left] = &[Left {
    id: "HTT-07",
    does: "429 comes without `Retry-After`, or with a date in it",
    because: "RFC 6585 leaves the header to the server, and RFC 9110 permits both forms; throttling is no \
              failure, and the decoys `throttled` and `throttled-without-a-time` hold it",
}];

/// Parameters of SCIM.
const PARAMETERS: &[&str] = &[
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "attributes",
    "excludedAttributes",
    "cursor",
];

const FAULTS: &[Fault] = &[
    Fault {
        id: "HTT-03",
        does: "a parameter that is not known is refused",
        breaks: &["RFC7644-3.4.2-03"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/3.4.2-query/unknown-parameter",
        dialect: None,
        act: Act::Refuse(unknown_parameter),
    },
    Fault {
        id: "HTT-04",
        does: "a slash at the end of a path ends in 500",
        breaks: &["RFC7644-3.12-01"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "robustness/input/slashes",
        dialect: None,
        act: Act::Refuse(|asked| {
            let odd = asked.path.ends_with('/') || asked.path.contains("//");
            odd.then(|| Answered::html(500))
        }),
    },
    Fault {
        id: "HTT-05",
        does: "`X-Forwarded-Host` of anybody becomes the host of locations",
        breaks: &["RFC7643-3.1-22", "RFC7644-1.3-04"],
        severity: Severity::Breaks,
        layer: Layer::Http,
        caught_by: "robustness/headers/forwarded",
        dialect: None,
        act: Act::Request(|asked| {
            if let Some(host) = asked.headers.get("x-forwarded-host").cloned() {
                asked.headers.insert("host", host);
            }
        }),
    },
    Fault {
        id: "HTT-09",
        does: "PATCH with a filter changes everybody whom it finds",
        breaks: &["RFC7644-3.12-01", "RFC7644-3.2-08"],
        severity: Severity::Silent,
        layer: Layer::Http,
        caught_by: "robustness/writes/query-does-not-select",
        dialect: None,
        act: Act::Whole(filter_selects),
    },
];

fn unknown_parameter(asked: &Asked) -> Option<Answered> {
    let query = asked.query.as_deref()?;
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    let unknown = names.filter(|name| !name.is_empty()).any(|name| !PARAMETERS.contains(&name));
    unknown.then(|| Answered::error(400, "invalidSyntax", "unknown parameter"))
}

fn filter_selects(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let collection = asked.is_at("/Users") || asked.is_at("/Groups");
        let changes = asked.method == Method::PATCH || asked.method == Method::DELETE;
        if !(collection && changes && asked.query.is_some()) {
            return inner.answer(asked).await;
        }
        let kind = asked.segments().first().map(|kind| (*kind).to_owned()).unwrap_or_default();
        let path = format!("/{kind}?{}", asked.query.clone().unwrap_or_default());
        for one in inner.all(&asked, &path).await {
            let place = format!("/{kind}/{}", text(&one, "id"));
            let mut single = asked.like(asked.method.clone(), &place, None);
            single.body = asked.body.clone();
            if !asked.body.is_empty() {
                single.headers.insert(
                    "content-type",
                    http::HeaderValue::from_static("application/scim+json"),
                );
            }
            inner.answer(single).await;
        }
        Answered::json_of(200, &json!({ "changed": Value::Null }))
    })
}
