//! Requests to the provider from within: what is in it, and what somebody else puts there. They
//! are not recorded, and no script meddles with them.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::tokens::Tokens;
use crate::contract::Contract;

/// The client.
#[derive(Debug, Clone)]
pub struct Inside {
    routes: Router,
    base_path: String,
    token: String,
}

/// Every person and group of the provider, by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// People.
    pub users: BTreeMap<String, Value>,
    /// Groups.
    pub groups: BTreeMap<String, Value>,
}

/// Resources of a page.
const PAGE: usize = 500;

impl Inside {
    pub(super) fn new(routes: Router, contract: &Contract, tokens: &Tokens) -> Self {
        let (base_path, token) = (contract.base_path.clone(), tokens.own().to_owned());
        Self { routes, base_path, token }
    }

    /// Sends a request to a path below the base path; gives status and body. Status 0 is a fault
    /// of this side.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let text = body.map(ToString::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_path))
            .header("host", "inside.invalid")
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/scim+json")
            .body(Body::from(text));
        let Ok(request) = request else { return (0, Value::Null) };
        let answer = self.routes.clone().oneshot(request).await;
        let answer = answer.unwrap_or_else(|never| match never {});
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.map(http_body_util::Collected::to_bytes);
        let value = bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        (status, value.unwrap_or(Value::Null))
    }

    /// Everything that is there.
    pub async fn state(&self) -> State {
        State { users: self.all("/Users").await, groups: self.all("/Groups").await }
    }

    /// Creates a person or group as somebody else would; gives it with its id.
    pub async fn create(&self, endpoint: &str, resource: &Value) -> Value {
        self.send(Method::POST, endpoint, Some(resource)).await.1
    }

    /// Changes a resource by one `replace` without a path, as somebody else would.
    pub async fn change(&self, endpoint: &str, id: &str, value: Value) -> u16 {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": "replace", "value": value }],
        });
        self.send(Method::PATCH, &format!("{endpoint}/{id}"), Some(&body)).await.0
    }

    /// Deletes a resource.
    pub async fn delete(&self, endpoint: &str, id: &str) -> u16 {
        self.send(Method::DELETE, &format!("{endpoint}/{id}"), None).await.0
    }

    async fn all(&self, endpoint: &str) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        let mut start = 1;
        loop {
            let path = format!("{endpoint}?startIndex={start}&count={PAGE}");
            let (_, page) = self.send(Method::GET, &path, None).await;
            let listed = page.get("Resources").and_then(Value::as_array);
            let Some(listed) = listed.filter(|list| !list.is_empty()) else { return all };
            start += listed.len();
            for one in listed {
                if let Some(id) = one.get("id").and_then(Value::as_str) {
                    all.insert(id.to_owned(), one.clone());
                }
            }
        }
    }
}

impl State {
    /// The person with that userName, compared without case.
    pub fn person(&self, user_name: &str) -> Option<(&String, &Value)> {
        self.users.iter().find(|(_, user)| is(user, "userName", user_name))
    }

    /// How many people have that userName or that work address: more than one is a duplicate.
    pub fn people_named(&self, user_name: &str) -> Vec<&String> {
        let named = self.users.iter().filter(|(_, user)| is(user, "userName", user_name));
        named.map(|(id, _)| id).collect()
    }

    /// The groups of a name.
    pub fn groups_named(&self, name: &str) -> Vec<(&String, &Value)> {
        self.groups.iter().filter(|(_, group)| is(group, "displayName", name)).collect()
    }
}

fn is(resource: &Value, attribute: &str, text: &str) -> bool {
    let value = resource.get(attribute).and_then(Value::as_str);
    value.is_some_and(|value| value.to_lowercase() == text.to_lowercase())
}
