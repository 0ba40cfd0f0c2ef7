//! Which attributes come back.

use std::sync::LazyLock;

use http::Method;
use regex::Regex;
use serde_json::{Value, json};

use super::{Section, expression};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Attributes that come back", faults: FAULTS, left: &[], of_the_survey: true };

const FAULTS: &[Fault] = &[
    Fault {
        id: "PRJ-01",
        does: "`excludedAttributes=members` is left out of account",
        breaks: &["RFC7644-3.9-07", "RFC7644-3.4.2.5-04", "RFC7644-3.4.2.5-06", "RFC7644-3.9-03"],
        severity: Severity::Breaks,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.9-attributes/in-lists",
        dialect: None,
        act: Act::Request(|asked| {
            let excluded = asked.parameter("excludedAttributes").unwrap_or_default();
            if excluded.to_lowercase().contains("members") {
                asked.drop_parameter("excludedAttributes");
            }
        }),
    },
    Fault {
        id: "PRJ-03",
        does: "members and groups do not come, though they are asked for",
        breaks: &[
            "RFC7644-3.9-03",
            "RFC7644-3.9-06",
            "RFC7644-3.9-04",
            "RFC7644-3.4.2.5-01",
            "RFC7644-3.4.2.5-04",
        ],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.9-attributes/in-lists",
        dialect: None,
        act: Act::Response(not_on_request),
    },
    Fault {
        id: "PRJ-04",
        does: "passwords come back",
        breaks: &["RFC7644-3.9-10", "RFC7643-4.1.1-26", "RFC7643-7-34"],
        severity: Severity::Silent,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.3-create/password-is-never-shown",
        dialect: None,
        act: Act::Whole(passwords_shown),
    },
    Fault {
        id: "PRJ-05a",
        does: "`attributes` with a part of a value is refused",
        breaks: &["RFC7644-3.9-08", "RFC7644-3.9-04", "RFC7644-3.4.2.5-05", "RFC7644-3.4.2.5-07"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.9-attributes/parts-of-values",
        dialect: None,
        act: Act::Refuse(|asked| {
            let part = |name| asked.parameter(name).is_some_and(|list| PART.is_match(&list));
            let parts = part("attributes") || part("excludedAttributes");
            parts.then(|| Answered::error(400, "invalidPath", "no such attribute"))
        }),
    },
    Fault {
        id: "PRJ-05b",
        does: "`attributes` with a part of a value gives the whole value",
        breaks: &["RFC7644-3.9-08", "RFC7644-3.9-04", "RFC7644-3.4.2.5-05", "RFC7644-3.4.2.5-07"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7644/3.9-attributes/parts-of-values",
        dialect: None,
        act: Act::Request(|asked| {
            if let Some(list) = asked.parameter("attributes").filter(|list| PART.is_match(list)) {
                asked.set_parameter("attributes", &PART.replace_all(&list, "$1"));
            }
        }),
    },
    Fault {
        id: "PRJ-07",
        does: "a group shows a hundred of its members, and no more",
        breaks: &["RFC7643-4.2-04", "RFC7644-3.5.2.1-06", "RFC7644-3.4-03"],
        severity: Severity::Silent,
        layer: Layer::Paging,
        caught_by: "rfc7643/4.2-group/many-members",
        dialect: None,
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                if let Some(Value::Array(members)) = one.get_mut("members") {
                    members.truncate(100);
                }
            });
        }),
    },
    Fault {
        id: "PRJ-08a",
        does: "a user does not show her groups",
        breaks: &["RFC7643-4.1.2-21", "RFC7643-4.1.2-23", "RFC7644-3.9-04"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7643/4.1-user/groups-of-a-user",
        dialect: None,
        act: Act::Response(|_, answered| {
            answered.each_resource(|one| {
                one.as_object_mut().map(|one| one.remove("groups"));
            });
        }),
    },
    Fault {
        id: "PRJ-08b",
        does: "a user still shows groups that she has left",
        breaks: &["RFC7643-4.1.2-21", "RFC7643-4.1.2-23", "RFC7643-4.1.2-31", "RFC7644-3.9-04"],
        severity: Severity::Small,
        layer: Layer::Paging,
        caught_by: "rfc7643/4.1-user/groups-of-a-user",
        dialect: None,
        act: Act::Whole(groups_of_old),
    },
];

/// An attribute with one of its parts; names with a schema are left alone.
static PART: LazyLock<Regex> = LazyLock::new(|| expression(r"\b([A-Za-z]+\w*)\.([A-Za-z$]\w*)"));

fn not_on_request(asked: &Asked, answered: &mut Answered) {
    let asked_for = asked.parameter("attributes").unwrap_or_default().to_lowercase();
    let hidden = ["members", "groups"].into_iter().filter(|name| asked_for.contains(name));
    for name in hidden {
        answered.each_resource(|one| {
            one.as_object_mut().map(|one| one.remove(name));
        });
    }
}

fn passwords_shown(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let sent = asked.json().and_then(|body| body.get("password").cloned());
        let mut answered = inner.answer(asked.clone()).await;
        let made = answered.json().unwrap_or_default();
        let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let wrote = [Method::POST, Method::PUT].contains(&asked.method) && answered.is_success();
        if let (true, Some(password)) = (wrote, sent) {
            inner.remember(format!("password {id}"), password);
        }
        answered.each_resource(|one| {
            let id = one.get("id").and_then(Value::as_str).unwrap_or_default();
            let known = inner.recall(&format!("password {id}"));
            if let (Some(password), Some(one)) = (known, one.as_object_mut()) {
                one.insert("password".to_owned(), password);
            }
        });
        answered
    })
}

fn groups_of_old(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let mut answered = inner.answer(asked).await;
        answered.each_resource(|one| {
            let id = one.get("id").and_then(Value::as_str).unwrap_or_default();
            let name = format!("groups {id}");
            match one.get("groups").filter(|groups| **groups != json!([])) {
                Some(groups) => inner.remember(name, groups.clone()),
                None => {
                    if let (Some(groups), Some(one)) = (inner.recall(&name), one.as_object_mut()) {
                        one.insert("groups".to_owned(), groups);
                    }
                }
            }
        });
        answered
    })
}
