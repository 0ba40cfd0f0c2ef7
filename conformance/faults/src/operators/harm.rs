//! What operators do.

use http::Method;
use serde_json::{Value, json};

use super::{Does, Endpoint, Operator};
use crate::exchange::{Answered, Asked};
use crate::fault::Answering;
use crate::faults::operations::{path, text, without};
use crate::host::Behaviour;
use crate::inner::Inner;

impl Behaviour for Operator {
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a> {
        Box::pin(async move {
            if self.does == Does::Neighbour {
                return self.neighbour(inner, asked).await;
            }
            if !self.is_for(&asked) {
                return inner.answer(asked).await;
            }
            self.harm(inner, asked).await
        })
    }
}

impl Operator {
    async fn harm(&self, inner: &Inner, mut asked: Asked) -> Answered {
        match self.does {
            Does::Parameter(name) => asked.drop_parameter(name),
            Does::Header(name) => {
                asked.headers.remove(name);
            }
            Does::Unsent(name) => asked.edit(|body| unsent(body, name)),
            Does::Unpatched(name) => {
                if let Some(nothing) = without(&mut asked, |one| is_about(one, name)) {
                    return nothing;
                }
            }
            Does::Twice => {
                let first = inner.answer(asked.clone()).await;
                // The client sees the answer to the first; the second is done all the same.
                inner.answer(asked).await;
                return first;
            }
            _ => {}
        }
        let mut answered = inner.answer(asked.clone()).await;
        if self.does == Does::Stranger && answered.status == 401 {
            if let Ok(own) = inner.authorization().parse() {
                asked.headers.insert("authorization", own);
            }
            return inner.answer(asked).await;
        }
        self.spoil(&mut answered);
        answered
    }

    /// What it does to an answer.
    fn spoil(&self, answered: &mut Answered) {
        let (good, bad) = (answered.is_success(), answered.status >= 400);
        match self.does {
            Does::Drop(name) if good => self.each(answered, |one| drop_field(one, name)),
            Does::Retype(name) if good => self.each(answered, |one| retype(one, name)),
            Does::DropOfList(name) if good => answered.edit(|body| drop_field(body, name)),
            Does::RetypeOfList(name) if good => answered.edit(|body| retype(body, name)),
            Does::DropOfError(name) if bad => answered.edit(|body| drop_field(body, name)),
            Does::RetypeOfError(name) if bad => answered.edit(|body| retype(body, name)),
            Does::Success if good => {
                answered.status = if answered.status == 201 { 200 } else { 202 };
            }
            Does::Unchallenged if answered.status == 401 => {
                answered.headers.remove("www-authenticate");
            }
            Does::Failure if bad && answered.status != 401 => answered.status = 500,
            _ => {}
        }
    }

    /// Each thing that an endpoint shows.
    fn each(&self, answered: &mut Answered, change: impl FnMut(&mut Value)) {
        match self.endpoint {
            Endpoint::Bulk | Endpoint::Config => answered.edit(change),
            _ => answered.each_resource(change),
        }
    }

    /// Remembers whom there is, and puts somebody else in.
    async fn neighbour(&self, inner: &Inner, mut asked: Asked) -> Answered {
        let kind = if self.endpoint == Endpoint::User { "Users" } else { "Groups" };
        let who = asked.header("authorization").unwrap_or_default().to_owned();
        let name = format!("{kind} of {who}");
        if self.is_for(&asked) {
            let all = inner.recall(&name).unwrap_or(json!([]));
            let own = asked.any_id().unwrap_or_default().to_owned();
            let all: Vec<&str> =
                all.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            // One that is there for one that is not would help nobody.
            if all.contains(&own.as_str())
                && let Some(other) = all.iter().rev().find(|id| **id != own)
            {
                asked.path = asked.path.replace(&own, other);
            }
        }
        let creates = asked.is(&Method::POST, &format!("/{kind}"));
        let answered = inner.answer(asked).await;
        if creates && answered.status == 201 {
            let made = answered.json().unwrap_or_default();
            let mut all = inner.recall(&name).unwrap_or(json!([]));
            all.as_array_mut().map(|all| all.push(json!(text(&made, "id")))).unwrap_or_default();
            inner.remember(name, all);
        }
        answered
    }
}

/// What is sent for an attribute is taken away; what is required is spoiled in place of that.
fn unsent(body: &mut Value, name: &str) {
    match body.as_object_mut() {
        Some(body) if matches!(name, "userName" | "displayName") => {
            if let Some(value) = body.get_mut(name).filter(|value| value.is_string()) {
                *value = json!(format!("{}.", value.as_str().unwrap_or_default()));
            }
        }
        Some(body) => {
            body.remove(name);
        }
        None => {}
    }
}

/// Whether an operation is about an attribute.
fn is_about(operation: &Value, name: &str) -> bool {
    let path = path(operation);
    let begins = path.to_lowercase().starts_with(&name.to_lowercase());
    begins
        || (path.is_empty()
            && operation.get("value").is_some_and(|value| value.get(name).is_some()))
}

fn drop_field(body: &mut Value, name: &str) {
    if let Some(body) = body.as_object_mut() {
        body.remove(name);
    }
}

/// Another JSON type, as a careless serializer makes it.
fn retype(body: &mut Value, name: &str) {
    if let Some(value) = body.get_mut(name) {
        *value = match value.take() {
            Value::String(text) => match text.parse::<u64>() {
                Ok(number) => json!(number),
                Err(_) => json!([text]),
            },
            Value::Bool(flag) => json!(flag.to_string()),
            Value::Number(number) => json!(number.to_string()),
            Value::Array(mut list) if list.len() == 1 => list.pop().unwrap_or_default(),
            Value::Array(list) => json!({ "value": list }),
            Value::Object(entries) => json!([entries]),
            Value::Null => json!("null"),
        };
    }
}
