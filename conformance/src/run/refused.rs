//! Features that an endpoint has by its own word and refuses throughout: one finding, which blocks
//! the rest.

use serde_json::json;

use super::outcome::Exchange;
use super::play::Play;
use super::shape::usual;
use super::stop::Stop;
use crate::expect::Difference;
use crate::http::{Answer, Request};
use crate::scenario::{Credential, Level, Step};

/// A feature at an endpoint, with the plainest request that uses it.
struct Feature {
    /// Such as `PATCH /Users`.
    name: String,
    probe: Request,
    /// A path that is not known is a refusal too.
    may_be_missing: bool,
}

impl Play<'_> {
    /// Where an answer says that there is no such feature, and the plainest use of it gets the
    /// same: the first scenario that meets that fails by it, all others are blocked by that one.
    pub(super) async fn does_it_at_all(
        &mut self,
        number: usize,
        step: &Step,
        request: &Request,
        answer: &Answer,
    ) -> Result<(), Stop> {
        let Some(feature) = feature(request) else { return Ok(()) };
        let refuses = |answer: &Answer| {
            matches!(answer.status, 405 | 501) || (feature.may_be_missing && answer.status == 404)
        };
        let with = step.credential;
        if !refuses(answer) || with != Credential::Main || self.is_permitted(step, answer)? {
            return Ok(());
        }
        let id = &self.scenario.id;
        let own = Exchange::new(request, with, answer);
        let mut evidence = vec![own];
        if self.run.refuser(&feature.name).is_none() {
            let probed = self.send(&feature.probe, with).await?;
            if !refuses(&probed) {
                return Ok(());
            }
            evidence.push(Exchange::new(&feature.probe, with, &probed));
            let level = step.expect.as_ref().and_then(|one| one.level);
            if step.expect.is_some() && level.unwrap_or(self.scenario.level) == Level::Must {
                self.run.refuses(&feature.name, id);
            }
        }
        let Some(by) = self.run.refuser(&feature.name) else { return Ok(()) };
        let message = format!(
            "{} is refused, the plainest request too: it answers {}",
            feature.name, answer.status
        );
        if by == *id {
            // What else this scenario would find has the same reason.
            let difference = Difference {
                place: feature.name.clone(),
                expected: "what the server says it has, or what it must have".to_owned(),
                found: format!("{}, to the plainest request too", answer.status),
            };
            let name = step.name.clone().unwrap_or_else(|| step.send.clone());
            self.found(Level::Must, number, name, evidence, vec![difference]);
        }
        Err(Stop::blocked_by(&by, message))
    }
}

/// The feature that a request uses, of those that an endpoint may be without.
fn feature(request: &Request) -> Option<Feature> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let kind = path.strip_prefix('/')?.split('/').next()?;
    let uses = |name: &str| query.split('&').any(|one| one.split('=').next() == Some(name));
    let make =
        |name: String, method: &str, target: String, body: Option<serde_json::Value>| Feature {
            name,
            may_be_missing: false,
            probe: Request {
                method: method.to_owned(),
                target,
                headers: usual(body.is_some()),
                body: body.map(|body| body.to_string()),
            },
        };
    let is_kind = matches!(kind, "Users" | "Groups");
    let name = if kind == "Groups" { "displayName" } else { "userName" };
    match request.method.as_str() {
        "POST" if path.ends_with("/.search") => {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1,
            });
            let made = make(format!("POST {path}"), "POST", path.to_owned(), Some(body));
            Some(Feature { may_be_missing: true, ..made })
        }
        "PATCH" if is_kind => {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{ "op": "replace", "path": "externalId", "value": "probe" }],
            });
            Some(make(format!("PATCH /{kind}"), "PATCH", path.to_owned(), Some(body)))
        }
        "POST" if path == "/Bulk" => {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                "Operations": [{ "method": "DELETE", "path": "/Users/nobody-has-this-id" }],
            });
            Some(make("POST /Bulk".to_owned(), "POST", path.to_owned(), Some(body)))
        }
        "GET" if kind == "Schemas" && path != "/Schemas" => {
            let target = "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User".to_owned();
            let one = make("GET /Schemas/{id}".to_owned(), "GET", target, None);
            Some(Feature { may_be_missing: true, ..one })
        }
        "GET" if is_kind && uses("filter") => {
            let target = format!("/{kind}?filter={name}%20eq%20%22nobody%22");
            Some(make(format!("filter at /{kind}"), "GET", target, None))
        }
        "GET" if is_kind && uses("sortBy") => {
            let target = format!("/{kind}?sortBy={name}&count=1");
            Some(make(format!("sorting at /{kind}"), "GET", target, None))
        }
        _ => None,
    }
}
