//! A service provider in memory: records what is sent, answers as the letter says, and misbehaves
//! where a test wants it to. No time passes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use provisor_clients::http::{Answer, Broken, Method, Request};
use provisor_clients::wire::{Carried, Wire};
use serde_json::{Value, json};

/// What a test answers in place of the stub; `None`: the stub answers.
pub(crate) type Instead =
    Box<dyn FnMut(&Request, &mut Kept) -> Option<Result<Answer, Broken>> + Send>;

/// What the stub has.
#[derive(Default)]
pub(crate) struct Kept {
    /// Resources by path, such as `/Users/u1`, in the order of their creation.
    pub(crate) resources: Vec<(String, Value)>,
    counts: BTreeMap<&'static str, usize>,
    pub(crate) configuration: Value,
    pub(crate) schemas: Option<Value>,
    pub(crate) requests: Vec<Request>,
    pub(crate) waits: Vec<Duration>,
    instead: Option<Instead>,
}

#[derive(Clone)]
pub(crate) struct Stub(Arc<Mutex<Kept>>);

impl Stub {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Kept { configuration: configuration(), ..Kept::default() })))
    }

    /// Answers in place of the stub.
    pub(crate) fn instead(
        self,
        instead: impl FnMut(&Request, &mut Kept) -> Option<Result<Answer, Broken>> + Send + 'static,
    ) -> Self {
        self.0.lock().unwrap().instead = Some(Box::new(instead));
        self
    }

    /// Changes what the stub has.
    pub(crate) fn with(self, change: impl FnOnce(&mut Kept)) -> Self {
        change(&mut self.0.lock().unwrap());
        self
    }

    pub(crate) fn wire(&self) -> Arc<dyn Wire> {
        Arc::new(self.clone())
    }

    /// What was sent since the last time.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.0.lock().unwrap().requests)
    }

    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.0.lock().unwrap().waits.clone()
    }

    /// The resources under an endpoint.
    pub(crate) fn resources(&self, endpoint: &str) -> Vec<Value> {
        self.0.lock().unwrap().under(endpoint)
    }
}

impl Wire for Stub {
    fn send<'a>(&'a self, request: &'a Request) -> Carried<'a, Result<Answer, Broken>> {
        let mut kept = self.0.lock().unwrap();
        kept.requests.push(request.clone());
        let mut instead = kept.instead.take();
        let answer = instead.as_mut().and_then(|instead| instead(request, &mut kept));
        kept.instead = instead;
        let answer = answer.unwrap_or_else(|| Ok(kept.answer(request)));
        Box::pin(std::future::ready(answer))
    }

    fn wait(&self, time: Duration) -> Carried<'_, ()> {
        self.0.lock().unwrap().waits.push(time);
        Box::pin(std::future::ready(()))
    }

    fn now(&self) -> SystemTime {
        // 2026-01-01T00:00:00Z, and what was waited.
        let waited: Duration = self.0.lock().unwrap().waits.iter().sum();
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600) + waited
    }
}

impl Kept {
    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        let path = request.path().trim_end_matches('/').to_owned();
        match (request.method, path.as_str()) {
            (Method::Get, "/ServiceProviderConfig") => answer(200, &self.configuration),
            (Method::Get, "/Schemas") => match &self.schemas {
                Some(schemas) => answer(200, schemas),
                None => list(Vec::new(), 0),
            },
            (Method::Get, "/Users" | "/Groups") => self.page(&path, request),
            (Method::Post, "/Users" | "/Groups") => self.create(&path, request),
            _ => self.one(&path, request),
        }
    }

    fn page(&self, path: &str, request: &Request) -> Answer {
        let query = request.to.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let parameter = |name: &str| {
            let found = query.split('&').find_map(|part| part.strip_prefix(name));
            let text = found?.strip_prefix('=')?.replace('+', " ");
            Some(percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned())
        };
        let mut all = self.under(path);
        if let Some(filter) = parameter("filter") {
            let Some((name, text)) = filter.split_once(" eq ") else { return error(400) };
            let Ok(text) = serde_json::from_str::<String>(text) else { return error(400) };
            let same = |value: &Value| {
                value.as_str().is_some_and(|value| value.to_lowercase() == text.to_lowercase())
            };
            all.retain(|one| one.get(name).is_some_and(same));
        }
        let number = |name, otherwise| {
            parameter(name).and_then(|text| text.parse::<usize>().ok()).unwrap_or(otherwise)
        };
        let total = all.len();
        let (first, count) = (number("startIndex", 1).max(1), number("count", 100));
        list(all.into_iter().skip(first - 1).take(count).collect(), total)
    }

    pub(crate) fn create(&mut self, path: &str, request: &Request) -> Answer {
        let Some(mut body) = request.json() else { return error(400) };
        let name = if path == "/Users" { "userName" } else { "displayName" };
        if path == "/Users" && self.under(path).iter().any(|one| one[name] == body[name]) {
            return Answer {
                body: json!({"schemas": [ERROR], "status": "409", "scimType": "uniqueness"})
                    .to_string(),
                ..error(409)
            };
        }
        let letter = if path == "/Users" { "u" } else { "g" };
        let count = self.counts.entry(letter).or_default();
        *count += 1;
        let id = format!("{letter}{count}");
        body["id"] = json!(id);
        body["meta"] = json!({"resourceType": if letter == "u" { "User" } else { "Group" }});
        body.as_object_mut().unwrap().remove("password");
        self.resources.push((format!("{path}/{id}"), body.clone()));
        answer(201, &body)
    }

    fn one(&mut self, path: &str, request: &Request) -> Answer {
        let Some(at) = self.resources.iter().position(|(one, _)| one == path) else {
            return error(404);
        };
        match request.method {
            Method::Delete => {
                self.resources.remove(at);
                Answer { status: 204, ..Answer::default() }
            }
            // What a PATCH says is looked at by the reference server, not by this stub.
            Method::Patch => Answer { status: 204, ..Answer::default() },
            Method::Put => {
                let Some(mut body) = request.json() else { return error(400) };
                let old = self.resources[at].1.clone();
                body["id"] = old["id"].clone();
                body["meta"] = old["meta"].clone();
                self.resources[at].1 = body.clone();
                answer(200, &body)
            }
            _ => answer(200, &self.resources[at].1),
        }
    }

    fn under(&self, path: &str) -> Vec<Value> {
        let prefix = format!("{path}/");
        let there = self.resources.iter().filter(|(one, _)| one.starts_with(&prefix));
        there.map(|(_, resource)| resource.clone()).collect()
    }
}

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

pub(crate) fn answer(status: u16, body: &Value) -> Answer {
    let headers = vec![("Content-Type".to_owned(), "application/scim+json".to_owned())];
    Answer { status, headers, body: body.to_string() }
}

pub(crate) fn error(status: u16) -> Answer {
    answer(status, &json!({"schemas": [ERROR], "status": status.to_string()}))
}

pub(crate) fn list(resources: Vec<Value>, total: usize) -> Answer {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total, "startIndex": 1, "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    answer(200, &body)
}

fn configuration() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": true, "maxOperations": 1000, "maxPayloadSize": 1_048_576},
        "filter": {"supported": true, "maxResults": 200},
        "changePassword": {"supported": false},
        "sort": {"supported": true},
        "etag": {"supported": false},
        "authenticationSchemes": [],
    })
}
