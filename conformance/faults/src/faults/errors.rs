//! Errors.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use super::operations::place;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Errors", faults: FAULTS, left: LEFT, of_the_survey: true };

const LEFT: &[Left] = &[Left {
    id: "ERR-07",
    does: "a method that an endpoint does not have is answered 404",
    because: "no RFC demands 405 or 501; the decoy `not-found-for-methods` holds that it raises no failure",
}];

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

const FAULTS: &[Fault] = &[
    Fault {
        id: "ERR-02a",
        does: "`status` of an error is a number",
        breaks: &["RFC7644-3.12-03", "RFC7644-3.12-02"],
        severity: Severity::Small,
        layer: Layer::Error,
        caught_by: "rfc7644/3.12-errors/shape",
        dialect: None,
        act: Act::Response(|_, answered| {
            of_error(answered, "status", |status| {
                json!(status.as_str().and_then(|text| text.parse::<u16>().ok()))
            })
        }),
    },
    Fault {
        id: "ERR-02b",
        does: "`schemas` of an error is a text",
        breaks: &["RFC7644-3.12-02", "RFC7644-3.12-01"],
        severity: Severity::Small,
        layer: Layer::Error,
        caught_by: "rfc7644/3.12-errors/shape",
        dialect: None,
        act: Act::Response(|_, answered| of_error(answered, "schemas", |_| json!(ERROR))),
    },
    Fault {
        id: "ERR-02c",
        does: "`schemas` of an error is missing",
        breaks: &["RFC7644-3.12-02", "RFC7644-3.12-01"],
        severity: Severity::Small,
        layer: Layer::Error,
        caught_by: "rfc7644/3.12-errors/shape",
        dialect: None,
        act: Act::Response(|_, answered| without(answered, "schemas")),
    },
    Fault {
        id: "ERR-02d",
        does: "`status` of an error is missing",
        breaks: &["RFC7644-3.12-03", "RFC7644-3.12-02"],
        severity: Severity::Small,
        layer: Layer::Error,
        caught_by: "rfc7644/3.12-errors/shape",
        dialect: None,
        act: Act::Response(|_, answered| without(answered, "status")),
    },
    Fault {
        id: "ERR-04a",
        does: "an error is answered with 200",
        breaks: &["RFC7644-3.12-01", "RFC7644-3.4.1-03", "RFC7644-3.12-15"],
        severity: Severity::Breaks,
        layer: Layer::Error,
        caught_by: "rfc7644/3.4.1-read/unknown-id",
        dialect: None,
        act: Act::Response(|_, answered| {
            if (400..500).contains(&answered.status) && answered.status != 401 {
                answered.status = 200;
            }
        }),
    },
    Fault {
        id: "ERR-04b",
        does: "an error has no body",
        breaks: &["RFC7644-3.12-01", "RFC7644-3.12-02"],
        severity: Severity::Breaks,
        layer: Layer::Error,
        caught_by: "rfc7644/3.12-errors/shape",
        dialect: None,
        act: Act::Response(|_, answered| {
            if answered.status >= 400 {
                answered.body = bytes::Bytes::new();
            }
        }),
    },
    Fault {
        id: "ERR-05",
        does: "an error shows where in the program it happened",
        breaks: &["RFC7644-3.12-01"],
        severity: Severity::Small,
        layer: Layer::Error,
        caught_by: "robustness/errors/nothing-of-the-inside",
        dialect: None,
        act: Act::Response(|_, answered| {
            of_error(answered, "detail", |_| {
                json!("java.lang.IllegalStateException at com.acme.scim.Users.find(Users.java:42)")
            });
        }),
    },
    Fault {
        id: "ERR-08a",
        does: "DELETE answers 200 with the resource",
        breaks: &["RFC7644-3.6-02", "RFC7644-3.6-01", "RFC7644-3.6-03", "RFC7644-3.6-07"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/3.6-delete/gone",
        dialect: None,
        act: Act::Whole(gone_with_a_body),
    },
    Fault {
        id: "ERR-08b",
        does: "a second DELETE succeeds",
        breaks: &["RFC7644-3.6-03", "RFC7644-3.6-07", "RFC7644-3.6-08"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/3.6-delete/gone",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.method == Method::DELETE && answered.status == 404 {
                *answered = Answered::empty(204);
            }
        }),
    },
];

fn of_error(answered: &mut Answered, name: &str, change: impl FnOnce(&Value) -> Value) {
    if answered.status >= 400 {
        answered.edit(|body| {
            if let Some(value) = body.get_mut(name) {
                *value = change(value);
            }
        });
    }
}

fn without(answered: &mut Answered, name: &str) {
    if answered.status >= 400 {
        answered.edit(|body| {
            body.as_object_mut().map(|body| body.remove(name));
        });
    }
}

fn gone_with_a_body(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let deletes = asked.method == Method::DELETE && asked.any_id().is_some();
        let there = if deletes { inner.get(&asked, &place(&asked)).await } else { None };
        let answered = inner.answer(asked).await;
        match there {
            Some(there) if answered.is_success() => Answered::json_of(200, &there),
            _ => answered,
        }
    })
}
