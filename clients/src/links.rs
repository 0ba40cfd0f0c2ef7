//! The ids that a client has learned, and reading answers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::http::{Answer, Broken, Request};
use crate::session::Session;

/// People and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A User.
    Person,
    /// A Group.
    Group,
}

/// Ids by the script's names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    ids: BTreeMap<(Sort, String), String>,
}

impl Sort {
    /// The path of its resources.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::Person => "/Users",
            Self::Group => "/Groups",
        }
    }
}

impl Links {
    /// The id of a person or group.
    pub fn get(&self, sort: Sort, name: &str) -> Option<&str> {
        self.ids.get(&(sort, name.to_owned())).map(String::as_str)
    }

    /// The id of a person.
    pub fn person(&self, name: &str) -> Option<&str> {
        self.get(Sort::Person, name)
    }

    /// The id of a group.
    pub fn group(&self, name: &str) -> Option<&str> {
        self.get(Sort::Group, name)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (Sort, &str, &str)> {
        self.ids.iter().map(|((sort, name), id)| (*sort, name.as_str(), id.as_str()))
    }

    pub(crate) fn set(&mut self, sort: Sort, name: &str, id: String) {
        self.ids.insert((sort, name.to_owned()), id);
    }

    pub(crate) fn forget(&mut self, sort: Sort, name: &str) {
        self.ids.remove(&(sort, name.to_owned()));
    }

    /// The ids of those among these people who have one.
    pub(crate) fn people<'a>(
        &'a self,
        names: impl IntoIterator<Item = &'a String>,
    ) -> Vec<(&'a String, &'a str)> {
        names.into_iter().filter_map(|name| Some((name, self.person(name)?))).collect()
    }
}

/// Sends a request that must succeed.
pub(crate) async fn must(session: &Session, request: Request) -> Result<Answer, String> {
    let what = said(&request);
    succeeded(&what, session.ask(request).await)
}

/// The answer, if it is one of success; else why not, in words.
pub(crate) fn succeeded(what: &str, answer: Result<Answer, Broken>) -> Result<Answer, String> {
    let answer = answer.map_err(|broken| format!("{what}: {broken}"))?;
    if answer.is_success() { Ok(answer) } else { Err(refused(what, &answer)) }
}

/// A refusal in words.
pub(crate) fn refused(what: &str, answer: &Answer) -> String {
    let body = answer.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let kind = text("scimType").map(|kind| format!(" {kind}")).unwrap_or_default();
    let detail = text("detail").map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("{what} was answered {}{kind}{detail}", answer.status)
}

/// A request in words: its method and path.
pub(crate) fn said(request: &Request) -> String {
    format!("{} {}", request.method, request.path())
}

/// The first resource of the list that a look-up brought; 404 counts as an empty list where the
/// client takes it so.
pub(crate) async fn look_up(
    session: &Session,
    request: Request,
    missing_is_empty: bool,
) -> Result<Option<Value>, String> {
    let what = said(&request);
    let answer = session.ask(request).await.map_err(|broken| format!("{what}: {broken}"))?;
    if answer.status == 404 && missing_is_empty {
        return Ok(None);
    }
    let answer = succeeded(&what, Ok(answer))?;
    let (resources, _) =
        answer.list().ok_or_else(|| format!("{what} was answered with something but a list"))?;
    Ok(resources.into_iter().next())
}

/// The `id` of a resource.
pub(crate) fn id_of(resource: &Value) -> Option<String> {
    resource.get("id").and_then(Value::as_str).map(str::to_owned)
}
