//! Pushes the company over HTTP, as identity providers do: people, managers, groups, members.

use std::collections::HashMap;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::company::{Provider, Sourced};
use crate::exit::Failure;
use crate::tls;

/// Requests of one provider at the same time.
const AT_ONCE: usize = 8;
/// Members of one PATCH, as providers send them.
const MEMBERS: usize = 100;
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Where to push.
#[derive(Clone)]
pub(super) struct Target {
    client: Client,
    url: String,
    token: String,
}

/// The ids that the server gave, by those of the providers.
pub(super) type Ids = HashMap<String, String>;

impl Target {
    pub(super) fn new(url: String, token: String) -> Result<Self, Failure> {
        let client = tls::trusting(Client::builder(), None)?
            .build()
            .map_err(|error| Failure::new("no request can be made").why(error.to_string()))?;
        Ok(Self { client, url, token })
    }

    /// Sends a request and reads the answer; anything but success is a failure.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Value, Failure> {
        let what = || Failure::new(format!("{method} {path} failed"));
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.url))
            .bearer_auth(&self.token)
            .header("content-type", "application/scim+json");
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| what().why(error.to_string()))?;
        let status = response.status();
        let text = response.text().await.map_err(|error| what().why(error.to_string()))?;
        if !status.is_success() {
            return Err(what().why(format!("{status}: {text}")));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

/// Creates everybody of a provider, several at a time.
pub(super) async fn people(
    target: &Target,
    provider: &Provider,
    ids: &mut Ids,
) -> Result<(), Failure> {
    let bodies = provider.people.iter().map(|one| (one.id.clone(), one.body.to_string()));
    create(target, "/scim/v2/Users", bodies.collect(), ids).await
}

/// Tells who manages whom, now that everybody has an id.
pub(super) async fn managers(
    target: &Target,
    providers: &[Provider],
    ids: &Ids,
) -> Result<usize, Failure> {
    let mut patches = Vec::new();
    for person in providers.iter().flat_map(|provider| &provider.people) {
        let manager = person.manager.as_ref().and_then(|manager| ids.get(manager));
        let (Some(id), Some(manager)) = (ids.get(&person.id), manager) else { continue };
        let path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
        let operation = json!({ "op": "add", "path": path, "value": { "value": manager } });
        let body = json!({ "schemas": [PATCH], "Operations": [operation] });
        patches.push((format!("/scim/v2/Users/{id}"), body.to_string()));
    }
    let count = patches.len();
    each(target, Method::PATCH, patches).await?;
    Ok(count)
}

/// Creates the groups, then fills them by PATCH; groups that hold groups come last.
pub(super) async fn groups(
    target: &Target,
    groups: &[Sourced],
    ids: &mut Ids,
) -> Result<usize, Failure> {
    let bodies = groups.iter().map(|one| (one.id.clone(), one.body.to_string()));
    create(target, "/scim/v2/Groups", bodies.collect(), ids).await?;
    let mut patches = Vec::new();
    for group in groups {
        let Some(id) = ids.get(&group.id) else { continue };
        let members: Vec<Value> = group
            .members
            .iter()
            .filter_map(|member| ids.get(member))
            .map(|member| json!({ "value": member }))
            .collect();
        for some in members.chunks(MEMBERS) {
            let operation = json!({ "op": "add", "path": "members", "value": some });
            let body = json!({ "schemas": [PATCH], "Operations": [operation] });
            patches.push((format!("/scim/v2/Groups/{id}"), body.to_string()));
        }
    }
    let count = patches.len();
    each(target, Method::PATCH, patches).await?;
    Ok(count)
}

async fn create(
    target: &Target,
    path: &'static str,
    bodies: Vec<(String, String)>,
    ids: &mut Ids,
) -> Result<(), Failure> {
    let mut waiting = bodies.into_iter();
    let mut running: JoinSet<Result<(String, String), Failure>> = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some((source, body)) = waiting.next()
        {
            let target = target.clone();
            running.spawn(async move {
                let created = target.send(Method::POST, path, Some(body)).await?;
                let id = created.get("id").and_then(Value::as_str).unwrap_or_default();
                Ok((source, id.to_owned()))
            });
        }
        let Some(done) = running.join_next().await else { return Ok(()) };
        let (source, id) = done.map_err(|_| Failure::new("a request was broken off"))??;
        ids.insert(source, id);
    }
}

async fn each(
    target: &Target,
    method: Method,
    requests: Vec<(String, String)>,
) -> Result<(), Failure> {
    let mut waiting = requests.into_iter();
    let mut running: JoinSet<Result<(), Failure>> = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some((path, body)) = waiting.next()
        {
            let (target, method) = (target.clone(), method.clone());
            running.spawn(async move { target.send(method, &path, Some(body)).await.map(|_| ()) });
        }
        let Some(done) = running.join_next().await else { return Ok(()) };
        done.map_err(|_| Failure::new("a request was broken off"))??;
    }
}
