//! Steps whose body lacks what an endpoint wants of every resource: that is another finding than
//! the one the step is about, so it is filled in and the step goes on.

use serde_json::Value;

use super::play::Play;
use super::stop::Stop;
use crate::expect::differences;
use crate::http::{Answer, Request};
use crate::scenario::{Credential, Step};

/// How often an endpoint may ask for more.
const TRIES: usize = 3;

impl Play<'_> {
    /// Sends a body again with what the error names and the body lacks. What came last is
    /// judged; where nothing helps, what came first.
    pub(super) async fn with_what_it_asks_for(
        &mut self,
        step: &Step,
        request: Request,
        answer: Answer,
    ) -> Result<(Request, Answer), Stop> {
        let plain = step.repeat.is_empty() && step.larger_than.is_none() && step.raw.is_none();
        let endpoint = endpoint_of(&request).filter(|_| plain);
        let (Some(endpoint), Credential::Main) = (endpoint, step.credential) else {
            return Ok((request, answer));
        };
        let (mut again, mut came) = (request.clone(), answer.clone());
        for _ in 0..TRIES {
            if !matches!(came.status, 400 | 422) || self.is_permitted(step, &came)? {
                break;
            }
            let body =
                again.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
            let Some(body) = body.filter(Value::is_object) else { break };
            let (run, mark) = (self.run, self.scope.get("run").and_then(Value::as_str));
            let mark = mark.unwrap_or(&run.mark).to_owned();
            let filled = run.learned.filled(endpoint, &run.capabilities, &body, &mark, &came);
            let Some(filled) = filled else { break };
            again.body = Some(filled.to_string());
            came = self.send(&again, step.credential).await?;
        }
        Ok(if matches!(came.status, 400 | 422) { (request, answer) } else { (again, came) })
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
