//! Steps whose body does not fit what an endpoint has: what it wants of every resource is another
//! finding than the one the step is about, and what its schema lacks is none. So the body is made to
//! fit, and the step goes on.

use serde_json::Value;

use super::play::Play;
use super::stop::{Stop, says};
use crate::expect::{Difference, differences};
use crate::fixture::{Extent, fit};
use crate::http::{Answer, Request};
use crate::scenario::{Credential, Step};

/// How often an endpoint may ask for more.
const TRIES: usize = 3;

impl Play<'_> {
    /// Sends a body that was refused again, made to fit. What came last is judged; where nothing
    /// helps, what came first.
    pub(super) async fn with_what_it_asks_for(
        &mut self,
        step: &Step,
        request: Request,
        answer: Answer,
    ) -> Result<(Request, Answer), Stop> {
        let plain = step.repeat.is_empty() && step.larger_than.is_none();
        let endpoint = endpoint_of(&request).filter(|_| plain);
        let (Some(endpoint), Credential::Main) = (endpoint, step.credential) else {
            return Ok((request, answer));
        };
        let (mut again, mut came) = (request.clone(), answer.clone());
        let mut left_out = Vec::new();
        for _ in 0..TRIES {
            if !matches!(came.status, 400 | 422) || self.is_permitted(step, &came)? {
                break;
            }
            let body =
                again.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
            let Some(body) = body.filter(Value::is_object) else { break };
            let (run, mark) = (self.run, self.scope.get("run").and_then(Value::as_str));
            let mark = mark.unwrap_or(&run.mark).to_owned();
            if step.raw.is_some() {
                return self.fits_as_it_is(endpoint, &body, request, answer, step.credential);
            }
            let has = &run.capabilities;
            let fitting = run.learned.fitting(endpoint, self.base(), has, &body, &mark, &came);
            let Some(fitting) = fitting else { break };
            // What a provider sends, it sends whatever the schema says.
            if !self.scenario.dialects.is_empty() && !fitting.left_out.is_empty() {
                break;
            }
            again.body = Some(fitting.body.to_string());
            left_out.extend(fitting.left_out);
            came = self.send(&again, step.credential).await?;
        }
        if matches!(came.status, 400 | 422) {
            return Ok((request, answer));
        }
        self.left_out.extend(left_out);
        if self.scenario.dialects.is_empty() {
            self.may_be_dropped(endpoint, &again);
        }
        Ok((again, came))
    }

    /// A body whose characters are what the step is about cannot be made to fit.
    fn fits_as_it_is(
        &self,
        endpoint: &'static str,
        body: &Value,
        request: Request,
        answer: Answer,
        credential: Credential,
    ) -> Result<(Request, Answer), Stop> {
        let has = &self.run.capabilities;
        if fit(body.clone(), endpoint, self.base(), has, ("step", ""), Extent::All).body == *body {
            return Ok((request, answer));
        }
        let says = says(&answer);
        let message =
            format!("{endpoint} wants another body than the one that this is about{says}");
        let cause = "bodies that are sent as they are do not fit the schema";
        Err(Stop::blocked(message, &request, credential, &answer).because(cause))
    }

    /// Remembers what the schema lacks of what was sent: a server may drop it (RFC 7644, 3.1).
    fn may_be_dropped(&mut self, endpoint: &str, request: &Request) {
        let body = request.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let Some(body) = body.filter(Value::is_object) else { return };
        let has = &self.run.capabilities;
        self.left_out.extend(fit(body, endpoint, "", has, ("", ""), Extent::Parts).left_out);
    }

    /// Whether a name such as `ann/externalId` is of an attribute that was left out.
    pub(super) fn was_left_out(&mut self, name: &str) -> bool {
        let attribute = name.split_once('/').map_or("", |(_, attribute)| attribute);
        let found = self.left_out.iter().find(|path| *path == attribute).cloned();
        let is = found.is_some();
        if let Some(path) = found {
            self.missed.get_or_insert(path);
        }
        is
    }

    /// Without what differs only since a body was sent without what the schema does not have.
    pub(super) fn that_count(
        &mut self,
        request: &Request,
        differences: Vec<Difference>,
    ) -> Vec<Difference> {
        let about = |one: &Difference| {
            self.left_out.iter().find(|path| is_about(path, &request.target, one)).cloned()
        };
        let missed = differences.iter().find_map(about);
        let counting = differences.into_iter().filter(|one| about(one).is_none()).collect();
        if let Some(path) = missed {
            self.missed.get_or_insert(path);
        }
        counting
    }

    /// Whether an answer is one that the step expects; of a step without an expectation a success.
    pub(super) fn is_permitted(&self, step: &Step, answer: &Answer) -> Result<bool, Stop> {
        Ok(match &step.expect {
            Some(expectation) => {
                let expectation = super::fill::filled(expectation, &self.scope)?;
                differences(&expectation, answer).iter().all(|one| one.place != "status")
            }
            // Each of the ways that are open to a server is an answer to this very body.
            None => answer.is_success() || !step.chosen.is_empty(),
        })
    }
}

/// Whether a difference, or the request whose answer has it, is about an attribute such as
/// `emails/type`.
fn is_about(path: &str, target: &str, difference: &Difference) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    if path.split('/').all(|part| query.contains(part)) {
        return true;
    }
    let place = format!("{}/", difference.place);
    let (name, subs) = path.split_once('/').unwrap_or((path, ""));
    if !place.contains(&format!("/{name}/")) && !place.contains(&format!("/{name}[")) {
        return false;
    }
    // What comes although no schema has it, or nobody may write it, is looked at.
    let last = path.rsplit('/').next().unwrap_or(path);
    if place.ends_with(&format!("/{last}/")) {
        return difference.found == "nothing";
    }
    subs.split('/').all(|sub| place.contains(sub) || difference.expected.contains(sub))
}

/// Where a request makes or replaces a whole resource.
fn endpoint_of(request: &Request) -> Option<&'static str> {
    let path = request.target.split('?').next().unwrap_or_default();
    let (kind, id) = match path.strip_prefix('/')?.split_once('/') {
        Some((kind, id)) => (kind, Some(id)),
        None => (path.strip_prefix('/')?, None),
    };
    let whole = match (request.method.as_str(), id) {
        ("POST", None) => true,
        ("PUT", Some(id)) => !id.contains('/'),
        _ => false,
    };
    match kind {
        "Users" if whole => Some("/Users"),
        "Groups" if whole => Some("/Groups"),
        _ => None,
    }
}
