//! PUT.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use super::operations::place;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "PUT", faults: FAULTS, left: LEFT, of_the_survey: true };

const LEFT: &[Left] = &[Left {
    id: "PUT-07",
    does: "a change of an immutable attribute is left out of account",
    because: "no attribute of the core schemas of User and Group is immutable in itself; only parts \
              of members are, and a PUT replaces members as a whole",
}];

const FAULTS: &[Fault] = &[
    Fault {
        id: "PUT-01",
        does: "PUT merges: what it clears by null or [] stays",
        breaks: &["RFC7643-2.5-01", "RFC7643-2.5-02", "RFC7644-3.5.1-10"],
        severity: Severity::Breaks,
        layer: Layer::Put,
        caught_by: "rfc7644/3.5.1-put/null-and-empty-clear",
        dialect: None,
        act: Act::Whole(merged),
    },
    Fault {
        id: "PUT-02",
        does: "of a name that is sent only the given name is kept",
        breaks: &["RFC7644-3.5.1-04", "RFC7643-4.1.1-04"],
        severity: Severity::Breaks,
        layer: Layer::Put,
        caught_by: "rfc7644/3.5.1-put/replaces",
        dialect: None,
        act: Act::Request(given_name_alone),
    },
    Fault {
        id: "PUT-08",
        does: "PUT of a group leaves its members as they were",
        breaks: &["RFC7644-3.5.1-04"],
        severity: Severity::Breaks,
        layer: Layer::Put,
        caught_by: "rfc7644/3.5.1-put/members-are-replaced",
        dialect: None,
        act: Act::Whole(members_stay),
    },
    Fault {
        id: "PUT-09",
        does: "PUT is answered 404 with a page of HTML",
        breaks: &["RFC7644-3.5.1-04", "RFC7644-3.5-01", "RFC7644-3.12-01", "RFC7644-3.5.1-16"],
        severity: Severity::Breaks,
        layer: Layer::Put,
        caught_by: "rfc7644/3.5.1-put/replaces",
        dialect: None,
        act: Act::Refuse(|asked| {
            (asked.method == Method::PUT && asked.any_id().is_some()).then(|| Answered::html(404))
        }),
    },
];

fn merged(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.method == Method::PUT
            && asked.any_id().is_some()
            && let (Some(Value::Object(mut there)), Some(Value::Object(sent))) =
                (inner.get(&asked, &place(&asked)).await, asked.json())
        {
            let empty = |value: &Value| value.is_null() || *value == json!([]);
            there.extend(sent.into_iter().filter(|(_, value)| !empty(value)));
            asked.set_json(&Value::Object(there));
        }
        inner.answer(asked).await
    })
}

fn given_name_alone(asked: &mut Asked) {
    if asked.is_one(&Method::PUT, "Users") {
        asked.edit(|body| {
            if let Some(name) = body.get_mut("name").and_then(Value::as_object_mut) {
                name.retain(|part, _| part == "givenName");
            }
        });
    }
}

fn members_stay(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_one(&Method::PUT, "Groups")
            && let Some(there) = inner.get(&asked, &place(&asked)).await
        {
            let members = there.get("members").cloned().unwrap_or(json!([]));
            asked.edit(|body| {
                body.as_object_mut().map(|body| body.insert("members".to_owned(), members));
            });
        }
        inner.answer(asked).await
    })
}
