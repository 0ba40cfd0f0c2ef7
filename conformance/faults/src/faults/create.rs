//! Creating, and what is made.

use http::Method;
use serde_json::{Value, json};

use super::Section;
use super::filter::NAMES;
use super::operations::text;
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section =
    Section { title: "Create", faults: FAULTS, left: LEFT, of_the_survey: true };

const LEFT: &[Left] = &[Left {
    id: "CRT-16",
    does: "unassigned attributes are shown as null",
    because: "RFC 7643, 2.5 permits it; the decoys `nulls` and `null-parts` hold that it raises no failure",
}];

const FAULTS: &[Fault] = &[
    Fault {
        id: "CRT-01",
        does: "a duplicate is refused with 400",
        breaks: &["RFC7644-3.3-12", "RFC7644-3.12-16", "RFC7644-3.12-24"],
        severity: Severity::Breaks,
        layer: Layer::Error,
        caught_by: "rfc7644/3.3-create/duplicate-user-name",
        dialect: None,
        act: Act::Response(|asked, answered| conflict_is(asked, answered, 400)),
    },
    Fault {
        id: "CRT-02",
        does: "a duplicate ends in 500",
        breaks: &["RFC7644-3.3-12", "RFC7644-3.12-16", "RFC7644-3.12-24"],
        severity: Severity::Breaks,
        layer: Layer::Error,
        caught_by: "rfc7644/3.3-create/duplicate-user-name",
        dialect: None,
        act: Act::Response(|asked, answered| conflict_is(asked, answered, 500)),
    },
    Fault {
        id: "CRT-03",
        does: "the refusal of a duplicate has neither `scimType` nor `status`",
        breaks: &["RFC7644-3.12-24", "RFC7644-3.3-12", "RFC7644-3.12-03", "RFC7644-3.12-02"],
        severity: Severity::Breaks,
        layer: Layer::Error,
        caught_by: "rfc7644/3.3-create/duplicate-user-name",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.is(&Method::POST, "/Users") && answered.status == 409 {
                answered.edit(|body| {
                    if let Some(body) = body.as_object_mut() {
                        body.remove("scimType");
                        body.remove("status");
                    }
                });
            }
        }),
    },
    Fault {
        id: "CRT-04",
        does: "a duplicate makes a second user of the same name",
        breaks: &["RFC7644-3.3-12", "RFC7643-4.1.1-02", "RFC7643-8.7.1-04"],
        severity: Severity::Silent,
        layer: Layer::Create,
        caught_by: "rfc7644/3.3-create/duplicate-user-name",
        dialect: None,
        act: Act::Whole(second_of_the_name),
    },
    Fault {
        id: "CRT-05",
        does: "the refusal of a duplicate changes the one that is there",
        breaks: &["RFC7644-3.3-12", "RFC7644-3.12-16", "RFC7644-3.12-24"],
        severity: Severity::Silent,
        layer: Layer::Create,
        caught_by: "rfc7644/3.12-errors/conflict",
        dialect: None,
        act: Act::Whole(refusal_writes),
    },
    Fault {
        id: "CRT-06",
        does: "the name of a deleted user stays taken",
        breaks: &["RFC7644-3.6-05", "RFC7644-3.6-06"],
        severity: Severity::Breaks,
        layer: Layer::Create,
        caught_by: "rfc7644/3.6-delete/name-is-free",
        dialect: None,
        act: Act::Whole(names_for_ever),
    },
    Fault {
        id: "CRT-07",
        does: "a create answers 200",
        breaks: &["RFC7644-3.3-08"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/3.3-create/answer",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.method == Method::POST && answered.status == 201 {
                answered.status = 200;
            }
        }),
    },
    Fault {
        id: "CRT-08",
        does: "a create answers without `Location`",
        breaks: &["RFC7644-3.3-10", "RFC7644-3.3-09"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/3.3-create/answer",
        dialect: None,
        act: Act::Response(|asked, answered| {
            if asked.method == Method::POST {
                answered.headers.remove("location");
            }
        }),
    },
    Fault {
        id: "CRT-13a",
        does: "`title` and `nickName`, which the schema has, are refused in a create",
        breaks: &["RFC7644-3.3-02", "RFC7644-3.3-07", "RFC7644-3.3-08", "RFC7643-4.1.1-12"],
        severity: Severity::Breaks,
        layer: Layer::Create,
        caught_by: "rfc7644/3.3-create/null-and-empty",
        dialect: None,
        act: Act::Refuse(of_the_core),
    },
    Fault {
        id: "CRT-14",
        does: "attributes that no schema has are stored and come back",
        breaks: &["RFC7644-3.1-09", "RFC7644-3.4-02"],
        severity: Severity::Small,
        layer: Layer::Create,
        caught_by: "rfc7644/3.1-background/unknown-attribute",
        dialect: None,
        act: Act::Whole(anything_is_kept),
    },
    Fault {
        id: "CRT-20",
        does: "text is cut to its first 20 characters",
        breaks: &["RFC7644-3.1-12", "RFC7644-3.3-02", "RFC7644-3.12-01", "RFC7644-3.8-01"],
        severity: Severity::Small,
        layer: Layer::Create,
        caught_by: "robustness/input/long-values",
        dialect: None,
        act: Act::Request(names_cut),
    },
    Fault {
        id: "CRT-22a",
        does: "`externalId` is not stored",
        breaks: &["RFC7643-3.1-11", "RFC7643-3.1-12"],
        severity: Severity::Small,
        layer: Layer::Create,
        caught_by: "rfc7643/3.1-common/external-id",
        dialect: None,
        act: Act::Request(|asked| {
            if asked.method == Method::POST && !asked.is_search() {
                asked.edit(|body| {
                    body.as_object_mut().map(|body| body.remove("externalId"));
                });
            }
        }),
    },
    Fault {
        id: "CRT-22b",
        does: "`externalId` is never found by a filter",
        breaks: &[
            "RFC7643-3.1-11",
            "RFC7643-3.1-12",
            "RFC7643-7-23",
            "RFC7644-3.4.2.2-03",
            "RFC7644-3.4.2.2-04",
            "RFC7644-3.4.2.2-11",
        ],
        severity: Severity::Small,
        layer: Layer::Filter,
        caught_by: "rfc7643/3.1-common/external-id",
        dialect: None,
        act: Act::Refuse(|asked| {
            let filter = asked.parameter("filter").filter(|_| asked.is_query())?;
            filter.starts_with("externalId").then(|| Answered::list(Vec::new()))
        }),
    },
    Fault {
        id: "CRT-22c",
        does: "an `externalId` of another tenant is taken",
        breaks: &["RFC7643-3.1-13", "RFC7644-6.2-02"],
        severity: Severity::Small,
        layer: Layer::Create,
        caught_by: "rfc7644/6-tenants/same-external-id",
        dialect: None,
        act: Act::Whole(external_ids_of_all),
    },
    Fault {
        id: "CRT-23",
        does: "two values of a list are primary",
        breaks: &["RFC7643-2.4-03"],
        severity: Severity::Small,
        layer: Layer::Create,
        caught_by: "rfc7643/2.4-multi-valued/two-primaries",
        dialect: None,
        act: Act::Whole(two_primaries),
    },
    Fault {
        id: "CRT-24a",
        does: "a read directly after a create is 404",
        breaks: &["RFC7644-3.3-10", "RFC7644-3.1-12", "RFC7644-3.4.1-02"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "rfc7644/3.3-create/location",
        dialect: None,
        act: Act::Whole(read_comes_late),
    },
    Fault {
        id: "CRT-24b",
        does: "a query directly after a create does not find it",
        breaks: &["RFC7644-3.4.2-01", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-03"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "rfc7644/3.4.2.2-filter/equal-is-identical",
        dialect: None,
        act: Act::Whole(list_comes_late),
    },
];

/// Tells a second user of one name from the first inside the store; never seen outside.
const TWIN: &str = "-twin-of-the-same-name";

fn creates(asked: &Asked) -> bool {
    asked.is(&Method::POST, "/Users") || asked.is(&Method::POST, "/Groups")
}

fn conflict_is(asked: &Asked, answered: &mut Answered, status: u16) {
    if asked.is(&Method::POST, "/Users") && answered.status == 409 {
        *answered = Answered::error(status, "", "the user could not be stored");
    }
}

/// A user by the name in the body of a create.
async fn holder(inner: &Inner, asked: &Asked) -> Option<Value> {
    let name = text(&asked.json()?, "userName").to_owned();
    let mut query = asked.like(Method::GET, "/Users", None);
    query.set_parameter("filter", &format!("userName eq {}", json!(name)));
    let body = inner.answer(query).await.json()?;
    body.pointer("/Resources/0").cloned()
}

/// Nobody sees how two users of one name are told apart.
pub(super) fn hide_twins(answered: &mut Answered) {
    let body = String::from_utf8_lossy(&answered.body);
    if body.contains(TWIN) {
        let parts: Vec<&str> = body.split(TWIN).collect();
        let shown = parts.iter().enumerate().map(|(number, part)| {
            // What follows is the number of the twin.
            if number == 0 { *part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) }
        });
        answered.body = shown.collect::<String>().into();
    }
}

/// Makes a user under a name of its own inside.
pub(super) async fn make_twin(inner: &Inner, mut asked: Asked) -> Answered {
    let number = inner.count("twins");
    asked.edit(|body| {
        let name = format!("{}{TWIN}{number}", text(body, "userName"));
        if let Some(body) = body.as_object_mut() {
            body.insert("userName".to_owned(), json!(name));
        }
    });
    inner.answer(asked).await
}

fn second_of_the_name(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let mut answered = inner.answer(asked.clone()).await;
        if asked.is(&Method::POST, "/Users") && answered.status == 409 {
            answered = make_twin(inner, asked).await;
        }
        hide_twins(&mut answered);
        answered
    })
}

fn refusal_writes(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let answered = inner.answer(asked.clone()).await;
        if asked.is(&Method::POST, "/Users")
            && answered.status == 409
            && let (Some(there), Some(mut sent)) = (holder(inner, &asked).await, asked.json())
        {
            // As an upsert does: what was sent, under the name that is there.
            if let Some(sent) = sent.as_object_mut() {
                sent.insert("userName".to_owned(), json!(text(&there, "userName")));
                sent.insert("displayName".to_owned(), json!("written by a refusal"));
            }
            inner.put(&asked, &format!("/Users/{}", text(&there, "id")), &sent).await;
        }
        answered
    })
}

fn names_for_ever(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is(&Method::POST, "/Users") {
            let name = asked.json().map(|body| text(&body, "userName").to_lowercase());
            let name = format!("gone {}", name.unwrap_or_default());
            if inner.recall(&name).is_some() {
                return Answered::error(409, "uniqueness", "the name is taken");
            }
        }
        let user = match asked.id("Users").filter(|_| asked.method == Method::DELETE) {
            Some(id) => inner.get(&asked, &format!("/Users/{id}")).await,
            None => None,
        };
        let answered = inner.answer(asked).await;
        if let (Some(user), true) = (user, answered.is_success()) {
            inner.remember(format!("gone {}", text(&user, "userName").to_lowercase()), json!(true));
        }
        answered
    })
}

fn of_the_core(asked: &Asked) -> Option<Answered> {
    let body = asked.json().filter(|_| asked.is(&Method::POST, "/Users"))?;
    let lacks = ["title", "nickName"].iter().any(|name| body.get(*name).is_some());
    lacks.then(|| Answered::error(400, "invalidSyntax", "unknown attribute"))
}

fn anything_is_kept(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let known = |name: &String| {
            name.contains(':') || NAMES.iter().any(|one| one.eq_ignore_ascii_case(name))
        };
        let mut strange = serde_json::Map::new();
        if creates(&asked) {
            asked.edit(|body| {
                if let Some(body) = body.as_object_mut() {
                    strange = body.clone();
                    strange.retain(|name, _| !known(name));
                    body.retain(|name, _| known(name));
                }
            });
        }
        let mut answered = inner.answer(asked).await;
        let made = answered.json().unwrap_or_default();
        if answered.status == 201 && !strange.is_empty() {
            inner.remember(format!("strange {}", text(&made, "id")), Value::Object(strange));
        }
        answered.each_resource(|one| {
            let strange = inner.recall(&format!("strange {}", text(one, "id")));
            if let (Some(Value::Object(strange)), Some(one)) = (strange, one.as_object_mut()) {
                one.extend(strange);
            }
        });
        answered
    })
}

fn names_cut(asked: &mut Asked) {
    if !creates(asked) {
        return;
    }
    asked.edit(|body| {
        for name in ["displayName", "title", "nickName"] {
            if let Some(value) = body.get_mut(name).filter(|value| value.is_string()) {
                let text: String = value.as_str().unwrap_or_default().chars().take(20).collect();
                *value = json!(text);
            }
        }
    });
}

fn external_ids_of_all(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let external = asked.json().map(|body| text(&body, "externalId").to_owned());
        let external = external.filter(|id| creates(&asked) && !id.is_empty());
        let Some(external) = external else { return inner.answer(asked).await };
        let (name, owner) = (format!("external {external}"), json!(asked.header("authorization")));
        if inner.recall(&name).is_some_and(|other| other != owner) {
            return Answered::error(409, "uniqueness", "the externalId is taken");
        }
        inner.remember(name, owner);
        inner.answer(asked).await
    })
}

fn two_primaries(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let mut lists = Vec::new();
        if creates(&asked) {
            asked.edit(|body| {
                for list in ["emails", "phoneNumbers", "roles", "photos", "ims"] {
                    let values = body.get_mut(list).and_then(Value::as_array_mut);
                    let mut primary: Vec<&mut Value> = values
                        .into_iter()
                        .flatten()
                        .filter(|one| one.get("primary") == Some(&json!(true)))
                        .collect();
                    if primary.len() > 1 {
                        lists.push(list);
                        for one in primary.iter_mut().skip(1) {
                            one.as_object_mut().map(|one| one.remove("primary"));
                        }
                    }
                }
            });
        }
        let mut answered = inner.answer(asked).await;
        let made = answered.json().unwrap_or_default();
        if answered.status == 201 && !lists.is_empty() {
            inner.remember(format!("primaries {}", text(&made, "id")), json!(lists));
        }
        answered.each_resource(|one| {
            let lists = inner.recall(&format!("primaries {}", text(one, "id")));
            for list in lists.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str)
            {
                for value in one.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                    value
                        .as_object_mut()
                        .map(|value| value.insert("primary".to_owned(), json!(true)));
                }
            }
        });
        answered
    })
}

fn read_comes_late(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let name = format!("fresh {}", asked.any_id().unwrap_or_default());
        if asked.method == Method::GET && inner.memory().remove(&name).is_some() {
            return Answered::error(404, "", "there is no such resource");
        }
        remembering(inner, asked).await
    })
}

/// Remembers what is made.
async fn remembering(inner: &Inner, asked: Asked) -> Answered {
    let answered = inner.answer(asked.clone()).await;
    if answered.status == 201 && creates(&asked) {
        let made = answered.json().unwrap_or_default();
        inner.remember(format!("fresh {}", text(&made, "id")), json!(true));
    }
    answered
}

fn list_comes_late(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let is_query = asked.is_query();
        let mut answered = remembering(inner, asked).await;
        if is_query {
            let is_fresh = |one: &Value| {
                inner.memory().remove(&format!("fresh {}", text(one, "id"))).is_some()
            };
            answered.retain(|one| !is_fresh(one));
        }
        answered
    })
}
