//! PATCH: operations that are misread, refused or left out of account.

use std::sync::LazyLock;

use http::Method;
use regex::Regex;
use serde_json::{Value, json};

use super::filter::NAMES;
use super::operations::{
    each_operation, op, operations, path, place, set_operations, text, without,
};
use super::{Section, expression};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "PATCH: operations", faults: FAULTS, left: LEFT, of_the_survey: true };

const LEFT: &[Left] = &[Left {
    id: "PAT-36",
    does: "a PATCH writes back what it read, and loses what SCIM does not show",
    because: "needs data that is seeded and read out of band",
}];

const FAULTS: &[Fault] = &[
    Fault {
        id: "PAT-01",
        does: "`op` in capitals is refused",
        breaks: &["RFC7644-3.5.2-06", "RFC7644-3.5.2.3-02"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "dialects/entra/disable",
        dialect: Some("entra"),
        act: Act::Refuse(op_by_letter),
    },
    Fault {
        id: "PAT-02a",
        does: "a path in other case is left out of account, with success",
        breaks: &["RFC7644-3.5.2-29", "RFC7643-2.1-01"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/kinds-of-paths",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            ignoring(inner, asked, |one| {
                let first = path(one).split(['.', '[']).next().unwrap_or_default();
                let known = |name: &&&str| name.eq_ignore_ascii_case(first);
                NAMES.iter().find(known).is_some_and(|name| *name != first)
            })
        }),
    },
    Fault {
        id: "PAT-02b",
        does: "a path with its schema is left out of account, with success",
        breaks: &["RFC7644-3.10-04", "RFC7644-3.5.2-15", "RFC7644-3.5.2-09", "RFC7644-3.5.2-29"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/kinds-of-paths",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            ignoring(inner, asked, |one| path(one).to_lowercase().contains("schemas:core:"))
        }),
    },
    Fault {
        id: "PAT-03",
        does: "an operation without a path is refused",
        breaks: &[
            "RFC7644-3.5.2-07",
            "RFC7644-3.5.2.3-01",
            "RFC7644-3.5.2.1-03",
            "RFC7644-3.5.2.3-10",
        ],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.3-replace/without-a-path",
        dialect: None,
        act: Act::Refuse(|asked| {
            let none = |one: &Value| path(one).is_empty() && op(one) != "remove";
            refuse_if(asked, none, "invalidPath")
        }),
    },
    Fault {
        id: "PAT-04",
        does: "a member that is removed by a filter stays, with success",
        breaks: &["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-05", "RFC7644-3.5.2-10"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/one-member-of-many",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            ignoring(inner, asked, |one| op(one) == "remove" && path(one).starts_with("members["))
        }),
    },
    Fault {
        id: "PAT-05",
        does: "removing a member by a filter is refused",
        breaks: &["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-05", "RFC7644-3.5.2-10"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/one-member-of-many",
        dialect: None,
        act: Act::Refuse(|asked| {
            let chosen = |one: &Value| op(one) == "remove" && path(one).contains('[');
            refuse_if(asked, chosen, "invalidPath")
        }),
    },
    Fault {
        id: "PAT-07",
        does: "a filter that selects several members removes the wrong ones",
        breaks: &["RFC7644-3.5.2.2-04", "RFC7644-3.5.2-10"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.2-remove/several-by-one-filter",
        dialect: None,
        act: Act::Whole(places_shift),
    },
    Fault {
        id: "PAT-08",
        does: "`add` replaces the list",
        breaks: &["RFC7644-3.5.2.1-06"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/add-members",
        dialect: None,
        act: Act::Request(|asked| {
            each_operation(asked, |one| {
                if op(one) == "add" && LISTS.contains(&path(one)) {
                    set(one, "op", json!("replace"));
                }
            });
        }),
    },
    Fault {
        id: "PAT-09b",
        does: "adding a member who is there is refused with 409",
        breaks: &["RFC7644-3.5.2.1-11", "RFC7644-3.5.2.1-10"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/add-members",
        dialect: None,
        act: Act::Whole(|inner, asked| if_member(inner, asked, "add", true, 409)),
    },
    Fault {
        id: "PAT-10a",
        does: "removing a member who is not there is refused with 404",
        breaks: &["RFC7644-3.5.2.2-08"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.2-remove/who-is-not-there",
        dialect: None,
        act: Act::Whole(|inner, asked| if_member(inner, asked, "remove", false, 404)),
    },
    Fault {
        id: "PAT-10b",
        does: "removing a member who is not there ends in 500",
        breaks: &["RFC7644-3.5.2.2-08"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.2-remove/who-is-not-there",
        dialect: None,
        act: Act::Whole(|inner, asked| if_member(inner, asked, "remove", false, 500)),
    },
    Fault {
        id: "PAT-11",
        does: "replacing members by nobody is refused",
        breaks: &["RFC7643-2.5-01", "RFC7644-3.5.2.3-03"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.3-replace/by-nothing",
        dialect: None,
        act: Act::Refuse(|asked| {
            let by_none =
                |one: &Value| op(one) == "replace" && one.get("value") == Some(&json!([]));
            refuse_if(asked, by_none, "invalidValue")
        }),
    },
    Fault {
        id: "PAT-13",
        does: "operations before one that fails stay carried out",
        breaks: &["RFC7644-3.5.2-21", "RFC7644-3.5.2-22", "RFC7644-3.5.2-23"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/atomic",
        dialect: None,
        act: Act::Whole(one_by_one),
    },
    Fault {
        id: "PAT-15",
        does: "one attribute that the application does not have fails the whole request",
        breaks: &["RFC7644-3.5.2-18"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "dialects/entra/one-operation-per-attribute",
        dialect: Some("entra"),
        act: Act::Refuse(|asked| refuse_if(asked, |one| path(one) == "title", "invalidPath")),
    },
    Fault {
        id: "PAT-16a",
        does: "`replace` makes what its filter does not find",
        breaks: &["RFC7644-3.5.2.3-09", "RFC7644-3.12-28"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.3-replace/nothing-matches",
        dialect: None,
        act: Act::Whole(made_by_replace),
    },
    Fault {
        id: "PAT-16b",
        does: "a work address that is not there is refused",
        breaks: &["RFC7644-3.5.2.3-09"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "dialects/entra/value-of-a-type-that-is-not-there",
        dialect: Some("entra"),
        act: Act::Whole(strict_about_types),
    },
    Fault {
        id: "PAT-17",
        does: "`replace` of a chosen value changes every value",
        breaks: &["RFC7644-3.5.2.3-07", "RFC7644-3.5.2.3-08", "RFC7644-3.5.2-10"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.3-replace/all-that-match",
        dialect: None,
        act: Act::Request(|asked| {
            each_operation(asked, |one| {
                let all = CHOICE.replace(path(one), "[value pr]").into_owned();
                if op(one) == "replace" {
                    set(one, "path", json!(all));
                }
            });
        }),
    },
    Fault {
        id: "PAT-19",
        does: "`replace` of a complex value drops the parts that it does not name",
        breaks: &["RFC7644-3.5.2.3-05", "RFC7644-3.5.2.3-06"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.3-replace/parts-of-a-complex-value",
        dialect: None,
        act: Act::Request(parts_dropped),
    },
    Fault {
        id: "PAT-20",
        does: "every text for a boolean is true",
        breaks: &["RFC7644-3.5.2-11", "RFC7643-2.3.2-01"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/a-word-is-no-flag",
        dialect: None,
        act: Act::Request(|asked| {
            each_operation(asked, |one| {
                let flag = path(one).eq_ignore_ascii_case("active");
                if flag && one.get("value").is_some_and(Value::is_string) {
                    set(one, "value", json!(true));
                }
            });
        }),
    },
    Fault {
        id: "PAT-24",
        does: "`active` false deletes the user",
        breaks: &["RFC7644-3.5.2-25", "RFC7644-3.5.2.3-02", "RFC7643-4.1.1-19"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/deactivated-is-still-there",
        dialect: None,
        act: Act::Whole(inactive_is_gone),
    },
    Fault {
        id: "PAT-26",
        does: "a path into an extension is cut at the dot of its version, and leads nowhere",
        breaks: &[
            "RFC7644-3.10-04",
            "RFC7644-3.5.2-16",
            "RFC7644-3.5.2-09",
            "RFC7644-3.5.2-15",
            "RFC7644-3.5.2.1-13",
        ],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/extension-comes-by-itself",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            ignoring(inner, asked, |one| path(one).contains(":extension:"))
        }),
    },
    Fault {
        id: "PAT-28a",
        does: "`remove` without a path does nothing, with success",
        breaks: &["RFC7644-3.5.2.2-01", "RFC7644-3.5.2-08"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/remove-without-path",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            ignoring(inner, asked, |one| op(one) == "remove" && path(one).is_empty())
        }),
    },
    Fault {
        id: "PAT-28b",
        does: "`remove` without a path takes everything away",
        breaks: &["RFC7644-3.5.2.2-01", "RFC7644-3.5.2-08"],
        severity: Severity::Silent,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2-patch/remove-without-path",
        dialect: None,
        act: Act::Whole(everything_removed),
    },
    Fault {
        id: "PAT-29",
        does: "removing what is required succeeds",
        breaks: &["RFC7644-3.5.2.2-07", "RFC7644-3.12-25"],
        severity: Severity::Small,
        layer: Layer::Patch,
        caught_by: "rfc7644/3.5.2.2-remove/required-and-read-only",
        dialect: None,
        act: Act::Whole(|inner, asked| {
            ignoring(inner, asked, |one| {
                op(one) == "remove" && matches!(path(one), "userName" | "displayName")
            })
        }),
    },
    Fault {
        id: "PAT-37",
        does: "a manager as a bare id is refused",
        breaks: &["RFC7643-4.3-02"],
        severity: Severity::Breaks,
        layer: Layer::Patch,
        caught_by: "dialects/entra/manager",
        dialect: Some("entra"),
        act: Act::Refuse(|asked| {
            let bare = |one: &Value| {
                path(one).ends_with(":manager") && one.get("value").is_some_and(Value::is_string)
            };
            refuse_if(asked, bare, "invalidValue")
        }),
    },
];

/// Lists that operations name.
const LISTS: &[&str] = &["members", "emails", "phoneNumbers", "roles"];

static CHOICE: LazyLock<Regex> = LazyLock::new(|| expression(r"\[[^\]]*\]"));
static IDS: LazyLock<Regex> = LazyLock::new(|| expression(r#"value\s+eq\s+"([^"]+)""#));
static TYPED: LazyLock<Regex> =
    LazyLock::new(|| expression(r#"^(\w+)\[type eq "(\w+)"\]\.value$"#));

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

fn op_by_letter(asked: &Asked) -> Option<Answered> {
    refuse_if(asked, |one| op(one) != text(one, "op"), "invalidSyntax")
}

fn refuse_if(asked: &Asked, is: impl Fn(&Value) -> bool, keyword: &str) -> Option<Answered> {
    let any = operations(asked).iter().any(is);
    any.then(|| Answered::error(400, keyword, "the operation is not supported"))
}

/// Leaves operations out and claims success.
fn ignoring(inner: &Inner, mut asked: Asked, leave: fn(&Value) -> bool) -> Answering<'_> {
    Box::pin(async move {
        match without(&mut asked, leave) {
            // Who is not there or not let in is still told so.
            Some(nothing) if inner.get(&asked, &place(&asked)).await.is_some() => nothing,
            _ => inner.answer(asked).await,
        }
    })
}

/// Ids of the members of a group.
fn members(group: &Value) -> Vec<Value> {
    group.get("members").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn places_shift(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let list = operations(&asked);
        let several = |one: &&Value| {
            op(one) == "remove"
                && IDS.find_iter(path(one)).count() > 1
                && asked.id("Groups").is_some()
        };
        let Some(one) = list.iter().find(several) else { return inner.answer(asked).await };
        let Some(mut group) = inner.get(&asked, &place(&asked)).await else {
            return inner.answer(asked).await;
        };
        let wanted: Vec<&str> =
            IDS.captures_iter(path(one)).filter_map(|found| Some(found.get(1)?.as_str())).collect();
        let mut left = members(&group);
        let is_wanted = |one: &Value| wanted.contains(&text(one, "value"));
        let places: Vec<usize> =
            (0..left.len()).filter(|place| left.get(*place).is_some_and(is_wanted)).collect();
        // Each removal moves those behind it; nobody thought of that.
        for place in places {
            if place < left.len() {
                left.remove(place);
            } else {
                left.pop();
            }
        }
        set(&mut group, "members", json!(left));
        inner.put(&asked, &place(&asked), &group).await
    })
}

/// Refuses where an operation on one member finds the member there, or not there.
fn if_member<'a>(
    inner: &'a Inner,
    asked: Asked,
    does: &'static str,
    there: bool,
    status: u16,
) -> Answering<'a> {
    Box::pin(async move {
        for one in operations(&asked).iter().filter(|one| op(one) == does) {
            let ids: Vec<String> = match one.get("value").and_then(Value::as_array) {
                Some(values) => values.iter().map(|one| text(one, "value").to_owned()).collect(),
                None => IDS.captures_iter(path(one)).map(|found| found[1].to_owned()).collect(),
            };
            if !path(one).starts_with("members") || ids.is_empty() {
                continue;
            }
            let Some(group) = inner.get(&asked, &place(&asked)).await else { continue };
            let has = |id: &String| members(&group).iter().any(|one| text(one, "value") == id);
            if ids.iter().all(|id| has(id) == there) {
                return Answered::error(status, "", "the membership cannot be changed");
            }
        }
        inner.answer(asked).await
    })
}

fn one_by_one(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let list = operations(&asked);
        if list.len() < 2 {
            return inner.answer(asked).await;
        }
        let mut last = Answered::empty(204);
        for one in list {
            let mut alone = asked.clone();
            alone.headers.remove("if-match");
            set_operations(&mut alone, vec![one]);
            last = inner.answer(alone).await;
            if !last.is_success() {
                break;
            }
        }
        last
    })
}

fn made_by_replace(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        let keyword = answered.json().map(|body| text(&body, "scimType").to_owned());
        if answered.status != 400 || keyword.as_deref() != Some("noTarget") {
            return answered;
        }
        let mut adding = asked;
        each_operation(&mut adding, |one| {
            if let Some(found) = TYPED.captures(path(&one.clone())) {
                let value = one.get("value").cloned().unwrap_or_default();
                let element = json!([{ "type": &found[2], "value": value }]);
                *one = json!({ "op": "add", "path": &found[1], "value": element });
            }
        });
        inner.answer(adding).await
    })
}

fn strict_about_types(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let user = inner.get(&asked, &place(&asked)).await.unwrap_or_default();
        for one in operations(&asked) {
            let Some(found) = TYPED.captures(path(&one)) else { continue };
            let values = user.get(&found[1]).and_then(Value::as_array);
            if !values.into_iter().flatten().any(|value| text(value, "type") == &found[2]) {
                return Answered::error(400, "noTarget", "the filter selects nothing");
            }
        }
        inner.answer(asked).await
    })
}

fn parts_dropped(asked: &mut Asked) {
    let mut changed = Vec::new();
    for one in operations(asked) {
        let value = one.get("value").cloned().unwrap_or_default();
        if op(&one) != "replace" {
            changed.push(one);
        } else if path(&one).eq_ignore_ascii_case("name") && value.is_object() {
            changed.push(json!({ "op": "remove", "path": "name" }));
            changed.push(json!({ "op": "add", "path": "name", "value": value }));
        } else if path(&one).is_empty() && value.get("name").is_some() {
            changed.push(json!({ "op": "remove", "path": "name" }));
            changed.push(one);
        } else {
            changed.push(one);
        }
    }
    if !changed.is_empty() {
        set_operations(asked, changed);
    }
}

fn inactive_is_gone(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let off = |one: &Value| match path(one) {
            "active" => one.get("value") == Some(&json!(false)),
            "" => one.pointer("/value/active") == Some(&json!(false)),
            _ => false,
        };
        let leaves = asked.id("Users").is_some() && operations(&asked).iter().any(off);
        let answered = inner.answer(asked.clone()).await;
        if leaves && answered.is_success() {
            inner.answer(asked.like(Method::DELETE, &place(&asked), None)).await;
        }
        answered
    })
}

fn everything_removed(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let all = |one: &Value| op(one) == "remove" && path(one).is_empty();
        if !operations(&asked).iter().any(all) {
            return inner.answer(asked).await;
        }
        let Some(mut resource) = inner.get(&asked, &place(&asked)).await else {
            return inner.answer(asked).await;
        };
        let name = if asked.id("Users").is_some() { "userName" } else { "displayName" };
        if let Some(resource) = resource.as_object_mut() {
            resource.retain(|key, _| key == name || key == "schemas");
        }
        inner.put(&asked, &place(&asked), &resource).await
    })
}
