//! What the provider does badly on purpose, as data: `misbehaviours.yaml`. Each says when it
//! happens, what is answered, and what a correct source does next.

mod rewrite;
mod words;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::contract::Contract;
use crate::exchange::{Answer, Body, Request};
use crate::judgement::TOKEN_PATH;

pub use rewrite::Rewrite;

/// What stands for the token endpoint in [`Meets::endpoint`].
const TOKEN: &str = "token";

static ALL: LazyLock<Vec<Misbehaviour>> = LazyLock::new(|| {
    // A test shows that the table can be read.
    serde_saphyr::from_str(include_str!("../misbehaviours.yaml")).unwrap_or_default()
});

/// One thing that a provider does badly, or legally and rarely.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misbehaviour {
    /// Its id.
    pub id: String,
    /// What happens.
    pub title: String,
    /// The classes of client faults that it brings to light.
    pub faults: Vec<String>,
    /// The action during which it happens.
    pub during: String,
    /// What is done before the action.
    #[serde(default)]
    pub prepare: Option<Prepare>,
    /// Which requests it happens to.
    #[serde(default)]
    pub meets: Meets,
    /// What is done to them.
    #[serde(default)]
    pub does: Does,
    /// What else is done, to other requests.
    #[serde(default)]
    pub also: Vec<Also>,
    /// What a correct source does.
    pub correct: String,
    /// The judge's rules about it.
    pub judged: Vec<String>,
    /// It needs TLS.
    #[serde(default)]
    pub needs_tls: bool,
    /// It needs a token endpoint.
    #[serde(default)]
    pub needs_oauth: bool,
    /// It goes on until the next cycle.
    #[serde(default)]
    pub needs_next_cycle: bool,
}

/// Something that is done to other requests at the same time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// Which.
    pub meets: Meets,
    /// What.
    pub does: Does,
}

/// What is done before an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prepare {
    /// All tokens end.
    ExpireTokens,
    /// The person of the action was made by somebody else already.
    PersonIsThere,
    /// The person of the action is deleted and made again, with another id.
    PersonMoves,
    /// Somebody else sets attributes of the person that the source does not know.
    PersonIsEdited,
    /// New connections see a certificate that nobody signed.
    SelfSigned,
    /// New connections see a certificate of another host.
    OtherHost,
    /// New connections see a certificate whose time is over.
    Expired,
}

/// Which requests something happens to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Meets {
    /// Methods; none: all.
    pub methods: Vec<String>,
    /// The endpoint: `Users`, `Groups`, `ServiceProviderConfig` and so on, or `token`, that of
    /// OAuth; none: `Users` and `Groups`.
    pub endpoint: Option<String>,
    /// Only lists (`true`), or only single resources (`false`).
    pub lists: Option<bool>,
    /// Only those with a filter.
    pub filter: bool,
    /// Only PATCHes of more members than that.
    pub members_over: Option<usize>,
    /// How often; none: each time.
    pub times: Option<u32>,
}

/// What is done to a request.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Does {
    /// It is answered so, and not carried out.
    pub answer: Option<Canned>,
    /// It is carried out, and answered so.
    pub after: Option<Canned>,
    /// It is carried out, and the connection ends without an answer.
    pub drop_after: bool,
    /// It is answered so much later.
    pub wait_seconds: Option<u64>,
    /// The true answer is changed.
    pub rewrite: Option<Rewrite>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Canned {
    /// Its status.
    pub status: u16,
    /// Its headers. In values `{date+N}` is the HTTP date N seconds from then, and `{elsewhere}`
    /// the other host.
    pub headers: BTreeMap<String, String>,
    /// `error` of OAuth (RFC 6749, 5.2), in place of a SCIM error.
    pub error: Option<String>,
    /// `scimType`
    pub scim_type: Option<String>,
    /// `detail`; without one the body is empty.
    pub detail: Option<String>,
    /// A body of another kind, in place of a SCIM error.
    pub html: Option<String>,
}

/// What is to be done badly next.
#[derive(Debug, Default)]
pub struct Script {
    armed: Mutex<Option<Armed>>,
}

#[derive(Debug)]
struct Armed {
    what: Misbehaviour,
    left: u32,
}

/// What is done to one request.
pub(crate) struct Meddling {
    pub(crate) name: String,
    pub(crate) wait: Option<Duration>,
    pub(crate) meddled: Meddled,
}

/// The kinds of that.
pub(crate) enum Meddled {
    /// Nothing.
    Pass,
    /// This is the answer, and nothing is done.
    Instead(Answer),
    /// It is done, and this is the answer.
    After(Answer),
    /// It is done, and there is no answer.
    DropAfter,
    /// It is done, and the answer is changed.
    Rewrite(Rewrite),
}

impl Misbehaviour {
    /// All of them.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// That of an id.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|one| one.id == id)
    }

    /// Whether it is over only in the next cycle: a lasting token that is refused for a while
    /// cannot be changed for another.
    pub fn waits_for_next_cycle(&self, has_token_endpoint: bool) -> bool {
        self.needs_next_cycle || self.prepare == Some(Prepare::ExpireTokens) && !has_token_endpoint
    }
}

impl Script {
    /// From now on this is done.
    pub fn arm(&self, what: &Misbehaviour) {
        let left = what.meets.times.unwrap_or(u32::MAX);
        *self.armed() = Some(Armed { what: what.clone(), left });
    }

    /// From now on everything is answered well.
    pub fn disarm(&self) {
        *self.armed() = None;
    }

    /// What is to be done to a request.
    pub(crate) fn before(
        &self,
        request: &Request,
        contract: &Contract,
        elsewhere: SocketAddr,
    ) -> Option<Meddling> {
        let mut armed = self.armed();
        let armed = armed.as_mut()?;
        let also = armed.what.also.iter().find(|one| one.meets.fits(request, contract));
        let does = if let Some(also) = also {
            &also.does
        } else {
            if armed.left == 0 || !armed.what.meets.fits(request, contract) {
                return None;
            }
            armed.left -= 1;
            &armed.what.does
        };
        let path = request.target.strip_prefix(&contract.base_path).unwrap_or(&request.target);
        let place = format!("http://localhost:{}{}{path}", elsewhere.port(), contract.base_path);
        let meddled = if let Some(canned) = &does.answer {
            Meddled::Instead(canned.answer(&place))
        } else if let Some(canned) = &does.after {
            Meddled::After(canned.answer(&place))
        } else if does.drop_after {
            Meddled::DropAfter
        } else if let Some(rewrite) = &does.rewrite {
            Meddled::Rewrite(rewrite.clone())
        } else {
            Meddled::Pass
        };
        let wait = does.wait_seconds.map(Duration::from_secs);
        Some(Meddling { name: armed.what.id.clone(), wait, meddled })
    }

    fn armed(&self) -> MutexGuard<'_, Option<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Meets {
    fn fits(&self, request: &Request, contract: &Contract) -> bool {
        let token = self.endpoint.as_deref() == Some(TOKEN);
        if token || request.path() == TOKEN_PATH {
            return token && request.path() == TOKEN_PATH;
        }
        let Some(below) = request.path().strip_prefix(contract.base_path.as_str()) else {
            return false;
        };
        let mut segments = below.split('/').filter(|one| !one.is_empty());
        let endpoint = segments.next().unwrap_or_default();
        let alone = segments.next().is_none_or(|one| one == ".search");
        let searches = request.path().ends_with("/.search");
        let is_list = alone && (request.method == "GET" || searches);
        let here = match &self.endpoint {
            Some(name) => endpoint == name,
            None => endpoint == "Users" || endpoint == "Groups",
        };
        here && (self.methods.is_empty() || self.methods.contains(&request.method))
            && self.lists.is_none_or(|lists| lists == is_list)
            && (!self.filter || asks_by_filter(request))
            && self.members_over.is_none_or(|most| members_of(request) > most)
    }
}

fn asks_by_filter(request: &Request) -> bool {
    let query = request.query().unwrap_or_default();
    query.split('&').any(|one| one.starts_with("filter="))
        || request.path().ends_with("/.search")
            && request.body.value().is_some_and(|body| body.get("filter").is_some())
}

/// How many members a PATCH adds, replaces or removes.
fn members_of(request: &Request) -> usize {
    let Some(body) = request.body.value() else { return 0 };
    let operations = body.get("Operations").and_then(Value::as_array).into_iter().flatten();
    let count = |one: &Value| {
        let path = one.get("path").and_then(Value::as_str).unwrap_or_default();
        let value = match path {
            "" => one.get("value").and_then(|value| value.get("members")),
            _ => one.get("value"),
        };
        match value.and_then(Value::as_array) {
            Some(list) if path.is_empty() || path == "members" => list.len(),
            _ => usize::from(path.starts_with("members")),
        }
    };
    operations.map(count).sum()
}

impl Canned {
    fn answer(&self, elsewhere: &str) -> Answer {
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, elsewhere)))
            .collect();
        let body = match (&self.html, &self.detail) {
            _ if self.error.is_some() => {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                headers.push(("cache-control".to_owned(), "no-store".to_owned()));
                serde_json::json!({ "error": self.error, "error_description": self.detail })
                    .to_string()
            }
            (Some(html), _) => {
                headers.push(("content-type".to_owned(), "text/html".to_owned()));
                html.clone()
            }
            (None, Some(detail)) => {
                headers.push(("content-type".to_owned(), "application/scim+json".to_owned()));
                let mut error = serde_json::json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                    "status": self.status.to_string(),
                    "detail": detail,
                });
                if let (Some(kind), Some(object)) = (&self.scim_type, error.as_object_mut()) {
                    object.insert("scimType".to_owned(), kind.clone().into());
                }
                error.to_string()
            }
            (None, None) => String::new(),
        };
        Answer { status: self.status, headers, body: Body::whole(body) }
    }
}

fn filled(value: &str, elsewhere: &str) -> String {
    let value = value.replace("{elsewhere}", elsewhere);
    let seconds = value.strip_prefix("{date+").and_then(|rest| rest.strip_suffix('}'));
    match seconds.and_then(|text| text.parse().ok()) {
        Some(seconds) => {
            http_date(Timestamp::now().saturating_add(SignedDuration::from_secs(seconds)).ok())
        }
        None => value,
    }
}

/// RFC 9110, 5.6.7.
fn http_date(at: Option<Timestamp>) -> String {
    at.map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_rules_that_there_are() {
        let table: Vec<Misbehaviour> =
            serde_saphyr::from_str(include_str!("../misbehaviours.yaml")).unwrap();
        assert!(table.len() > 20);
        let mut ids = BTreeSet::new();
        for one in &table {
            assert!(ids.insert(&one.id), "{} twice", one.id);
            for id in &one.judged {
                let known = crate::judgement::rules().any(|rule| rule.id == id);
                assert!(known, "{}: there is no rule {id}", one.id);
            }
        }
    }

    #[test]
    fn it_happens_as_often_as_it_says_and_to_what_it_says() {
        let script = Script::default();
        let contract = crate::contract::built_in("rfc7644").unwrap();
        let request = |method: &str, target: &str| Request {
            method: method.to_owned(),
            target: target.to_owned(),
            ..Request::default()
        };
        let elsewhere = ([127, 0, 0, 1], 9).into();
        script.arm(Misbehaviour::find("throttled-seconds").unwrap());
        assert!(script.before(&request("GET", "/scim/v2/Users?x"), &contract, elsewhere).is_none());
        let write = request("POST", "/scim/v2/Users");
        let met = script.before(&write, &contract, elsewhere).unwrap();
        assert!(matches!(met.meddled, Meddled::Instead(answer) if answer.status == 429));
        assert!(script.before(&write, &contract, elsewhere).is_none());
    }

    #[test]
    fn dates_are_those_of_http() {
        let at: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(http_date(Some(at)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
