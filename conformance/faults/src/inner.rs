//! The server behind a fault, as the fault sees it: whole requests in, whole answers out, and a
//! little memory.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use http::Method;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::exchange::{Answered, Asked};

/// The most resources that a fault reads to do its harm.
const MOST: usize = 5_000;

/// The server behind a fault.
pub struct Inner {
    router: Router,
    /// The credential of the run, for faults that let strangers in.
    authorization: String,
    memory: Mutex<BTreeMap<String, Value>>,
}

impl Inner {
    pub(crate) fn new(router: Router, authorization: String) -> Self {
        Self { router, authorization, memory: Mutex::default() }
    }

    /// What the server answers.
    pub async fn answer(&self, asked: Asked) -> Answered {
        let Some(request) = asked.into_request() else {
            return Answered::error(400, "invalidSyntax", "the request has no legal target");
        };
        let response = self.router.clone().oneshot(request).await;
        Answered::of(response.unwrap_or_else(|never: Infallible| match never {})).await
    }

    /// The header of the run's own credential.
    pub fn authorization(&self) -> &str {
        &self.authorization
    }

    /// A resource as the caller sees it now.
    pub async fn get(&self, like: &Asked, path: &str) -> Option<Value> {
        let answer = self.answer(like.like(Method::GET, path, None)).await;
        if answer.is_success() { answer.json() } else { None }
    }

    /// Replaces a resource.
    pub async fn put(&self, like: &Asked, path: &str, body: &Value) -> Answered {
        self.answer(like.like(Method::PUT, path, Some(body))).await
    }

    /// Changes a resource by these operations.
    pub async fn patch(&self, like: &Asked, path: &str, operations: &[Value]) -> Answered {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.answer(like.like(Method::PATCH, path, Some(&body))).await
    }

    /// Every resource that a query finds, page after page; `path` has no paging of its own.
    pub async fn all(&self, like: &Asked, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let join = if path.contains('?') { '&' } else { '?' };
        while all.len() < MOST {
            let page = format!("{path}{join}startIndex={}", all.len() + 1);
            let Some(body) = self.get(like, &page).await else { break };
            let Some(Value::Array(page)) = body.get("Resources") else { break };
            if page.is_empty() {
                break;
            }
            all.extend(page.iter().cloned());
        }
        all
    }

    /// Waits as a slow database does, so that others come in between.
    pub async fn dawdle(&self) {
        tokio::time::sleep(Duration::from_millis(40)).await;
    }

    /// What is remembered.
    pub fn memory(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered under a name.
    pub fn recall(&self, name: &str) -> Option<Value> {
        self.memory().get(name).cloned()
    }

    /// Remembers something.
    pub fn remember(&self, name: impl Into<String>, value: Value) {
        self.memory().insert(name.into(), value);
    }

    /// Counts, from 1.
    pub fn count(&self, name: &str) -> u64 {
        let mut memory = self.memory();
        let count = memory.get(name).and_then(Value::as_u64).unwrap_or_default() + 1;
        memory.insert(name.to_owned(), json!(count));
        count
    }
}
