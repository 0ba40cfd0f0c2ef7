//! Races, replicas and what is left behind.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::Section;
use super::create::{hide_twins, make_twin};
use super::operations::{op, operations, path, place, text};
use crate::exchange::{Answered, Asked};
use crate::fault::{Act, Answering, Fault, Layer, Left, Severity};
use crate::inner::Inner;

pub(super) const SECTION: Section = Section {
    title: "Races, size and consistency",
    faults: FAULTS,
    left: LEFT,
    of_the_survey: true,
};

const LEFT: &[Left] = &[
    Left {
        id: "CON-08",
        does: "who was deleted stays a member, or somebody's manager",
        because: "RFC 7643, 2.3.7 leaves it to the server whether references stay whole; the decoy `dangling` \
                  holds that it raises no failure",
    },
    Left {
        id: "CON-09",
        does: "a restart loses or reorders what was acknowledged",
        because: "the harness cannot restart a server; the server's own crash test does",
    },
];

const FAULTS: &[Fault] = &[
    Fault {
        id: "CON-01",
        does: "values that are added at the same time overwrite one another",
        breaks: &["RFC7644-3.5.2.1-06", "RFC7644-3.5.2.1-11"],
        severity: Severity::Silent,
        layer: Layer::Store,
        caught_by: "robustness/writes/values-at-once",
        dialect: None,
        act: Act::Whole(lost_update),
    },
    Fault {
        id: "CON-02",
        does: "a PATCH works on what a replica knew one change ago",
        breaks: &["RFC7644-3.5.2.1-06", "RFC7643-4.2-04", "RFC7643-4.2-03"],
        severity: Severity::Silent,
        layer: Layer::Store,
        caught_by: "rfc7643/4.2-group/changes-in-turn",
        dialect: None,
        act: Act::Whole(stale_replica),
    },
    Fault {
        id: "CON-03a",
        does: "the same create at once makes several users",
        breaks: &["RFC7643-4.1.1-02", "RFC7643-7-41", "RFC7644-3.3-12"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "robustness/writes/same-create-at-once",
        dialect: None,
        act: Act::Whole(created_at_once),
    },
    Fault {
        id: "CON-03b",
        does: "the same create at once ends in 500",
        breaks: &["RFC7643-4.1.1-02", "RFC7643-7-41", "RFC7644-3.3-12"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "robustness/writes/same-create-at-once",
        dialect: None,
        act: Act::Whole(collision_is_500),
    },
    Fault {
        id: "CON-04",
        does: "If-Match is looked at before the write, not with it",
        breaks: &["RFC7644-3.14-07", "RFC9110-13.1.1-02", "RFC7644-3.12-17"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "robustness/writes/same-version-at-once",
        dialect: None,
        act: Act::Whole(check_then_act),
    },
    Fault {
        id: "CON-05a",
        does: "a group of a hundred members or more is not written in time",
        breaks: &["RFC7643-4.2-04", "RFC7644-3.4-03", "RFC7644-3.7-17"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "rfc7643/4.2-group/many-members",
        dialect: None,
        act: Act::Refuse(slow_for_many),
    },
    Fault {
        id: "CON-05b",
        does: "PATCH of a group takes time for every member that is there",
        breaks: &["RFC7644-3.5.2.1-06"],
        severity: Severity::Breaks,
        layer: Layer::Store,
        caught_by: "robustness/cost/one-member-more",
        dialect: None,
        act: Act::Whole(slow_by_members),
    },
    Fault {
        id: "CON-06",
        does: "a body that is too large ends the connection",
        breaks: &["RFC7644-3.7.4-03", "RFC7644-3.7.4-04", "RFC7644-3.12-18"],
        severity: Severity::Small,
        layer: Layer::Http,
        caught_by: "rfc7644/3.7.4-bulk-limits/too-large",
        dialect: None,
        act: Act::Response(|_, answered| {
            if answered.status == 413 {
                *answered = Answered::broken();
            }
        }),
    },
    Fault {
        id: "CON-07",
        does: "a new name is found by id, and by no filter",
        breaks: &["RFC7644-3.4.2.2-03", "RFC7644-3.5.2-25", "RFC7644-3.4.2.2-04"],
        severity: Severity::Small,
        layer: Layer::Store,
        caught_by: "rfc7644/3.5.2.3-replace/new-name-is-found",
        dialect: None,
        act: Act::Whole(old_index),
    },
];

/// The lists that faults of this kind lose values of: of a group and of a user.
fn list_of(asked: &Asked) -> &'static str {
    if asked.id("Groups").is_some() { "members" } else { "emails" }
}

/// Values that a PATCH adds to such a list, if it does nothing else.
fn added(asked: &Asked) -> Option<Vec<Value>> {
    let list = operations(asked);
    let adds = |one: &Value| op(one) == "add" && path(one) == list_of(asked);
    if list.is_empty() || !list.iter().all(adds) {
        return None;
    }
    let values = list.iter().filter_map(|one| one.get("value")?.as_array()).flatten();
    Some(values.cloned().collect())
}

/// Writes a resource with these values besides those that it had.
async fn write(inner: &Inner, asked: &Asked, mut whole: Value, added: Vec<Value>) -> Answered {
    let list = list_of(asked);
    let mut all = whole.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    for one in added {
        if !all.iter().any(|there| text(there, "value") == text(&one, "value")) {
            all.push(one);
        }
    }
    if let Some(whole) = whole.as_object_mut() {
        whole.insert(list.to_owned(), json!(all));
    }
    let answered = inner.put(asked, &place(asked), &whole).await;
    if answered.is_success() { Answered::empty(204) } else { answered }
}

fn lost_update(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let Some(added) = added(&asked) else { return inner.answer(asked).await };
        let Some(whole) = inner.get(&asked, &place(&asked)).await else {
            return inner.answer(asked).await;
        };
        inner.dawdle().await;
        write(inner, &asked, whole, added).await
    })
}

/// Each PATCH of a group works on the state before the last one.
fn stale_replica(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let added = added(&asked).filter(|_| asked.id("Groups").is_some());
        let Some(added) = added else { return inner.answer(asked).await };
        let Some(now) = inner.get(&asked, &place(&asked)).await else {
            return inner.answer(asked).await;
        };
        let name = format!("replica {}", text(&now, "id"));
        let known = inner.recall(&name).unwrap_or_else(|| now.clone());
        inner.remember(name, now);
        write(inner, &asked, known, added).await
    })
}

/// The name of a user that is being created, counted while it is.
fn name_of_create(asked: &Asked) -> Option<String> {
    let body = asked.json().filter(|_| asked.is(&Method::POST, "/Users"))?;
    Some(format!("creating {}", text(&body, "userName").to_lowercase()))
}

/// One create more or less of this name is on its way; gives how many are then.
fn on_its_way(inner: &Inner, name: &str, change: i64) -> i64 {
    let mut memory = inner.memory();
    let count = memory.get(name).and_then(Value::as_i64).unwrap_or_default() + change;
    memory.insert(name.to_owned(), json!(count));
    count
}

fn created_at_once(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let Some(name) = name_of_create(&asked) else {
            let mut answered = inner.answer(asked).await;
            hide_twins(&mut answered);
            return answered;
        };
        on_its_way(inner, &name, 1);
        inner.dawdle().await;
        let together = on_its_way(inner, &name, 0) > 1;
        let mut answered = inner.answer(asked.clone()).await;
        if together && answered.status == 409 {
            answered = make_twin(inner, asked).await;
        }
        on_its_way(inner, &name, -1);
        hide_twins(&mut answered);
        answered
    })
}

fn collision_is_500(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let Some(name) = name_of_create(&asked) else { return inner.answer(asked).await };
        on_its_way(inner, &name, 1);
        inner.dawdle().await;
        let together = on_its_way(inner, &name, 0) > 1;
        let answered = inner.answer(asked).await;
        on_its_way(inner, &name, -1);
        if together && answered.status == 409 {
            return Answered::error(500, "", "the transaction was rolled back");
        }
        answered
    })
}

fn check_then_act(inner: &Inner, mut asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let wanted = asked.header("if-match").map(str::to_owned);
        let writes = [Method::PUT, Method::PATCH].contains(&asked.method);
        if let (Some(wanted), true) = (wanted, writes && asked.any_id().is_some())
            && let Some(there) = inner.get(&asked, &place(&asked)).await
        {
            let version = there.pointer("/meta/version").and_then(Value::as_str);
            if version == Some(wanted.as_str()) {
                inner.dawdle().await;
                asked.headers.remove("if-match");
            }
        }
        inner.answer(asked).await
    })
}

fn slow_for_many(asked: &Asked) -> Option<Answered> {
    let body = asked.json().filter(|_| asked.method != Method::GET)?.to_string();
    let many = body.contains("members") && body.matches("\"value\":").count() >= 100;
    many.then(|| Answered::error(503, "", "the request took too long"))
}

/// Each member is looked at before one is added: 150 µs each, as by a query of its own.
fn slow_by_members(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        if asked.is_one(&Method::PATCH, "Groups") {
            let group = inner.get(&asked, &place(&asked)).await.unwrap_or_default();
            let members = group.get("members").and_then(Value::as_array).map_or(0, Vec::len);
            let each = u64::try_from(members).unwrap_or_default();
            tokio::time::sleep(Duration::from_micros(150 * each)).await;
        }
        inner.answer(asked).await
    })
}

fn old_index(inner: &Inner, asked: Asked) -> Answering<'_> {
    Box::pin(async move {
        let id = asked.id("Users").map(str::to_owned);
        let writes = [Method::PUT, Method::PATCH].contains(&asked.method);
        let id = id.filter(|_| writes);
        let name = async |asked: &Asked| {
            let user = inner.get(asked, &place(asked)).await;
            user.map(|user| text(&user, "userName").to_owned())
        };
        let before = if id.is_some() { name(&asked).await } else { None };
        let mut answered = inner.answer(asked.clone()).await;
        if let Some(id) = id
            && let (Some(before), Some(after)) = (before, name(&asked).await)
            && before != after
        {
            inner.remember(format!("renamed {id}"), json!(after));
        }
        let by_name = asked.parameter("filter").is_some_and(|filter| filter.contains("userName"));
        if asked.is_query() && by_name {
            answered.retain(|one| inner.recall(&format!("renamed {}", text(one, "id"))).is_none());
        }
        answered
    })
}
