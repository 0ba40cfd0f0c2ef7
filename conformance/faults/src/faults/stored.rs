//! PATCH: what is stored and shown afterwards.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use super::operations::{op, operations, path, place, text, without};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section = Section {
    title: "PATCH: what is left behind",
    faults: FAULTS,
    left: LEFT,
    of_the_survey: true,
};

const LEFT: &[Left] = &[Left {
    id: "PAT-35",
    does: "parts that nobody sent come back as null in values that were not touched",
    because: "null means unassigned (RFC 7643, 2.5); the decoy `null-parts` holds that it raises no failure",
}];

const FAULTS: &[Fault] = &[
    Fault {
        id: "PAT-09a",
        does: "adding a member who is there makes him a member twice",
        breaks: &["RFC7644-3.5.2.1-11", "RFC7644-3.5.2.1-10"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/add-members",
        dialect: None,
        act: Act::Whole(members_twice),
    },
    Fault {
        id: "PAT-18",
        does: "a path with a filter or a dot is stored as the name of an attribute",
        breaks: &[
            "RFC7644-3.5.2-09",
            "RFC7644-3.5.2-10",
            "RFC7644-3.5.2.3-02",
            "RFC7644-3.5.2.3-07",
        ],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/kinds-of-paths",
        dialect: None,
        act: Act::Whole(path_is_name),
    },
    Fault {
        id: "PAT-25",
        does: "a second primary value does not take the flag from the first",
        breaks: &["RFC7644-3.5.2-20", "RFC7643-2.4-03"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/one-primary",
        dialect: None,
        act: Act::Whole(flags_stay),
    },
    Fault {
        id: "PAT-33",
        does: "null becomes an element of a list",
        breaks: &["RFC7644-3.5.2-11", "RFC7644-3.12-29"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.1-add/null-in-a-list",
        dialect: None,
        act: Act::Whole(null_kept),
    },
    Fault {
        id: "PAT-38",
        does: "a PATCH that changes nothing moves `lastModified` and the version",
        breaks: &["RFC7644-3.5.2.1-12", "RFC7644-3.5.2.1-11", "RFC7644-3.14-04"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.1-add/what-is-there",
        dialect: None,
        act: Act::Whole(nothing_is_a_change),
    },
    Fault {
        id: "PAT-40a",
        does: "the answer to a PATCH shows the resource as it was before",
        breaks: &["RFC7644-3.5.2-25", "RFC7644-3.5.2-26"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/answer",
        dialect: None,
        act: Act::Whole(as_it_was),
    },
    Fault {
        id: "PAT-40b",
        does: "the answer to a PATCH lacks what was changed",
        breaks: &["RFC7644-3.5.2-25", "RFC7644-3.5.2-26"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/answer",
        dialect: None,
        act: Act::Response(|asked, answered| {
            for one in operations(asked) {
                let name = path(&one).split(['.', '[']).next().unwrap_or_default().to_owned();
                answered.each_resource(|resource| {
                    resource.as_object_mut().map(|resource| resource.remove(&name));
                });
            }
        }),
    },
];

/// Shows what is remembered of each resource.
fn show(inner: &Inner, answered: &mut Answered, what: &str, change: fn(&mut Value, Value)) {
    answered.each_resource(|one| {
        if let Some(known) = inner.recall(&format!("{what} {}", text(one, "id"))) {
            change(one, known);
        }
    });
}

fn members_twice(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if let Some(id) = asked.id("Groups").filter(|_| asked.method == Method::PATCH) {
            let group = inner.get(&asked, &place(&asked)).await.unwrap_or_default();
            let there = group.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
            let adds = operations(&asked);
            let adds = adds.iter().filter(|one| op(one) == "add" && path(one) == "members");
            let added: Vec<Value> =
                adds.filter_map(|one| one.get("value")?.as_array()).flatten().cloned().collect();
            let again = |one: &&Value| {
                there.iter().any(|member| text(member, "value") == text(one, "value"))
            };
            let twice: Vec<&Value> = added.iter().filter(again).collect();
            if !twice.is_empty() {
                inner.remember(format!("twice {id}"), json!(twice));
            }
        }
        let mut answered = inner.answer(asked).await;
        show(inner, &mut answered, "twice", |group, twice| {
            if let (Some(members), Value::Array(twice)) =
                (group.get_mut("members").and_then(Value::as_array_mut), twice)
            {
                members.extend(twice);
            }
        });
        answered
    })
}

fn path_is_name(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let is_name = |one: &Value| {
            let path = path(one);
            op(one) != "remove" && (path.contains('[') || path.contains('.')) && !path.contains(':')
        };
        let named: Vec<Value> = operations(&asked).into_iter().filter(is_name).collect();
        let left = without(&mut asked, is_name);
        if let Some(id) = asked.any_id().filter(|_| !named.is_empty()) {
            let entries = named
                .iter()
                .map(|one| (path(one).to_owned(), one.get("value").cloned().unwrap_or_default()));
            let name = format!("names {id}");
            let mut all = inner.recall(&name).unwrap_or(json!({}));
            if let Some(all) = all.as_object_mut() {
                all.extend(entries);
            }
            inner.remember(name, all);
        }
        let mut answered = match left {
            Some(nothing) => nothing,
            None => inner.answer(asked).await,
        };
        show(inner, &mut answered, "names", |one, names| {
            if let (Some(one), Value::Object(names)) = (one.as_object_mut(), names) {
                one.extend(names);
            }
        });
        answered
    })
}

/// Values that were primary before a PATCH stay so, whatever became primary by it.
fn flags_stay(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let is_patch = asked.is_one(&Method::PATCH, "Users");
        if is_patch
            && let (Some(id), Some(user)) =
                (asked.id("Users"), inner.get(&asked, &place(&asked)).await)
        {
            let primary = user.get("emails").and_then(Value::as_array).into_iter().flatten();
            let primary: Vec<&str> = primary
                .filter(|one| one.get("primary") == Some(&json!(true)))
                .map(|one| text(one, "value"))
                .collect();
            inner.remember(format!("flags {id}"), json!(primary));
        }
        let mut answered = inner.answer(asked).await;
        show(inner, &mut answered, "flags", |one, flags| {
            let flagged = |value: &str| {
                flags.as_array().is_some_and(|flags| flags.iter().any(|one| one == value))
            };
            for email in one.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() {
                if flagged(text(email, "value"))
                    && let Some(email) = email.as_object_mut()
                {
                    email.insert("primary".to_owned(), json!(true));
                }
            }
        });
        answered
    })
}

fn null_kept(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let with_null = |one: &Value| {
            let values = one.get("value").and_then(Value::as_array);
            op(one) == "add" && values.is_some_and(|values| values.contains(&Value::Null))
        };
        let list = operations(&asked);
        if let (Some(one), Some(id)) = (list.iter().find(|one| with_null(one)), asked.any_id()) {
            inner.remember(format!("null {id}"), json!(path(one)));
        }
        let mut answered = match without(&mut asked, with_null) {
            Some(nothing) => nothing,
            None => inner.answer(asked).await,
        };
        show(inner, &mut answered, "null", |one, list| {
            let list = list.as_str().unwrap_or_default();
            if let Some(values) = one.get_mut(list).and_then(Value::as_array_mut) {
                values.push(Value::Null);
            }
        });
        answered
    })
}

fn nothing_is_a_change(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        // Versions that were given out are understood again.
        for name in ["if-match", "if-none-match"] {
            let stripped = asked.header(name).and_then(|tag| {
                let (before, _) = tag.split_once("-touched")?;
                format!("{before}\"").parse().ok()
            });
            if let Some(value) = stripped {
                asked.headers.insert(name, value);
            }
        }
        let is_patch = asked.method == Method::PATCH && asked.any_id().is_some();
        let version = |one: Option<Value>| one?.pointer("/meta/version").cloned();
        let before = if is_patch { version(inner.get(&asked, &place(&asked)).await) } else { None };
        let mut answered = inner.answer(asked.clone()).await;
        if let (true, Some(id)) = (is_patch && answered.is_success(), asked.any_id()) {
            let after = version(inner.get(&asked, &place(&asked)).await);
            if after == before {
                inner.count(&format!("touched {id}"));
            }
        }
        show(inner, &mut answered, "touched", |one, times| {
            if let Some(version) = one.pointer_mut("/meta/version") {
                let tag = version.as_str().unwrap_or_default().trim_end_matches('"');
                *version = json!(format!("{tag}-touched{times}\""));
            }
            if let Some(time) = one.pointer_mut("/meta/lastModified") {
                *time = json!("2099-01-01T00:00:00Z");
            }
        });
        let tag = answered
            .json()
            .and_then(|one| Some(one.pointer("/meta/version")?.as_str()?.to_owned()));
        if let Some(tag) = tag.filter(|_| answered.headers.contains_key("etag")) {
            answered.set_header("etag", &tag);
        }
        answered
    })
}

fn as_it_was(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let is_patch = asked.method == Method::PATCH && asked.any_id().is_some();
        let before = if is_patch { inner.get(&asked, &place(&asked)).await } else { None };
        let answered = inner.answer(asked).await;
        match before {
            Some(before) if answered.is_success() => Answered::json_of(200, &before),
            _ => answered,
        }
    })
}
