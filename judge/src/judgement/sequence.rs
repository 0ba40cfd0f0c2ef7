//! What only the order of requests shows: who is looked up before being made, which ids are used,
//! how pages are walked (RFC 7644, 3.4.2.4; RFC 9865, 2).

mod pages;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use provisor::json::Json;
use serde_json::Value;

use super::rule::shown;
use super::{About, Basis, Endpoint, Log, members, target};
use pages::Pages;
pub(super) use rules::RULES;
use rules::{EMPTY_FORMS, IF_MATCH, KNOWN_ID, KNOWN_MEMBER, LOOKED_UP, REPEATED, STALE};

/// Identical refusals that are too many.
const REFUSALS: usize = 3;

/// What the run has shown so far.
#[derive(Default)]
struct Seen {
    /// Ids that the provider gave out.
    ids: BTreeSet<String>,
    /// Resources as they were last given out.
    last: BTreeMap<String, Value>,
    looked_up: BTreeSet<Endpoint>,
    pages: Pages,
    /// The ways in which values were taken away, each with the first attribute.
    cleared: BTreeMap<&'static str, String>,
    refused: BTreeMap<(String, String, Vec<u8>), usize>,
    /// Steps in which the judge answered badly; reactions are another judge's matter.
    meddled: BTreeSet<usize>,
}

/// `meddled`: the steps in which the judge answered badly.
pub(super) fn judge(
    abouts: &[About<'_>],
    meddled: BTreeSet<usize>,
    basis: &Basis<'_>,
    log: &mut Log,
) {
    let mut seen = Seen { meddled, ..Seen::default() };
    // An id may be given out by an answer whose request came later than one that uses it.
    for about in abouts {
        seen.learn_ids(about);
    }
    for about in abouts {
        log.at(about.exchange);
        seen.creation(about, log);
        seen.ids(about, log);
        seen.read_only(about, log);
        seen.versions(about, log);
        seen.pages.walk(about, log);
        seen.clearing(about, log);
        seen.repeating(about, log);
        seen.learn(about);
    }
    if basis.contract.user.one_domain == Some(true) {
        let people = abouts.iter().filter(|about| about.endpoint == Endpoint::Users);
        let bodies = people.filter_map(|about| {
            Some((about.exchange, about.body.as_ref().and_then(Json::as_object)?))
        });
        target::domains(bodies, log);
    }
}

impl Seen {
    fn learn_ids(&mut self, about: &About<'_>) {
        let answer = about.exchange.answer.as_ref().and_then(|answer| answer.body.value());
        let Some(value) = answer else { return };
        let listed = value.get("Resources").and_then(Value::as_array);
        let resources = listed.into_iter().flatten().chain([&value]);
        self.ids.extend(resources.filter_map(|one| one.get("id")?.as_str()).map(str::to_owned));
        let created = value.get("Operations").and_then(Value::as_array).into_iter().flatten();
        let places = created.filter_map(|one| one.get("location")?.as_str());
        self.ids.extend(places.filter_map(|one| one.rsplit('/').next()).map(str::to_owned));
    }

    fn learn(&mut self, about: &About<'_>) {
        let exchange = about.exchange;
        if about.is_list() {
            self.looked_up.insert(about.endpoint);
        }
        let Some(value) = exchange.answer.as_ref().and_then(|answer| answer.body.value()) else {
            // A change without a body: what was given out before is out of date.
            if let Some(id) = about.id.as_ref().filter(|_| exchange.request.is_write()) {
                self.last.remove(id);
            }
            return;
        };
        let listed = value.get("Resources").and_then(Value::as_array);
        for one in listed.into_iter().flatten().chain([&value]) {
            let whole = one.get("meta").and_then(|meta| meta.get("version")).is_some();
            if let Some(id) = one.get("id").and_then(Value::as_str).filter(|_| whole) {
                self.last.insert(id.to_owned(), one.clone());
            }
        }
        if about.endpoint == Endpoint::Groups && exchange.request.is_write() {
            // Memberships changed, so everybody's `groups` may be others.
            self.last.clear();
        }
    }

    fn creation(&self, about: &About<'_>, log: &mut Log) {
        let makes = matches!(about.endpoint, Endpoint::Users | Endpoint::Groups)
            && about.method() == "POST"
            && !about.search;
        if makes {
            let known = self.looked_up.contains(&about.endpoint)
                || self.looked_up.contains(&Endpoint::Root);
            log.check(&LOOKED_UP, known, "sequence", "a look-up before POST", || {
                "no look-up yet".to_owned()
            });
        }
    }

    fn ids(&self, about: &About<'_>, log: &mut Log) {
        let resource = matches!(about.endpoint, Endpoint::Users | Endpoint::Groups);
        if let Some(id) = about.id.as_ref().filter(|_| resource) {
            log.check(&KNOWN_ID, self.ids.contains(id), "path", "an id that was given out", || {
                shown(id)
            });
        }
        if about.endpoint != Endpoint::Groups || !about.exchange.request.is_write() {
            return;
        }
        let named = about.body.as_ref().map(members::named).unwrap_or_default();
        // A bulk request names what it makes itself.
        for member in named.into_iter().filter(|id| !id.starts_with("bulkId:")) {
            let known = self.ids.contains(&member);
            log.check(&KNOWN_MEMBER, known, "members", "an id that was given out", || {
                shown(&member)
            });
        }
    }

    fn read_only(&self, about: &About<'_>, log: &mut Log) {
        if about.method() != "PUT" {
            return;
        }
        let (Some(id), Some(body)) = (&about.id, about.exchange.request.body.value()) else {
            return;
        };
        log.looked(&STALE);
        if let Some(own) = body.get("id").and_then(Value::as_str).filter(|own| own != id) {
            log.found(&STALE, "id", format!("`{id}`"), shown(own));
        }
        let Some(last) = self.last.get(id) else { return };
        for path in [
            "/meta/created",
            "/meta/lastModified",
            "/meta/version",
            "/meta/resourceType",
            "/groups",
        ] {
            let (Some(sent), Some(known)) = (body.pointer(path), last.pointer(path)) else {
                continue;
            };
            if sent != known && !sent.is_null() {
                let place = path.trim_start_matches('/').replace('/', ".");
                log.found(&STALE, place, shown(&known.to_string()), shown(&sent.to_string()));
            }
        }
    }

    fn versions(&self, about: &About<'_>, log: &mut Log) {
        let sent = about.exchange.request.header("if-match").filter(|tag| tag.trim() != "*");
        let last = about.id.as_ref().and_then(|id| self.last.get(id));
        let last = last.and_then(|one| one.get("meta")?.get("version")?.as_str());
        if let (Some(sent), Some(last)) = (sent, last) {
            log.check(&IF_MATCH, sent == last, "If-Match", &shown(last), || shown(sent));
        }
    }

    fn clearing(&mut self, about: &About<'_>, log: &mut Log) {
        if about.endpoint != Endpoint::Users || !matches!(about.method(), "PUT" | "PATCH") {
            return;
        }
        let Some(body) = about.exchange.request.body.value() else { return };
        for (path, form) in cleared(&body) {
            self.cleared.entry(form).or_insert_with(|| path.clone());
            let one = self.cleared.len() == 1;
            log.check(&EMPTY_FORMS, one, &path, "one way", || {
                let ways: Vec<String> = self
                    .cleared
                    .iter()
                    .map(|(form, path)| format!("{form} for `{path}`"))
                    .collect();
                ways.join(", ")
            });
        }
    }

    fn repeating(&mut self, about: &About<'_>, log: &mut Log) {
        let exchange = about.exchange;
        let refused = matches!(exchange.status(), 400 | 403 | 405 | 409 | 413 | 415 | 501);
        if !refused || self.meddled.contains(&exchange.step) {
            return;
        }
        let request = &exchange.request;
        let key = (request.method.clone(), request.target.clone(), request.body.bytes.to_vec());
        let count = self.refused.entry(key).or_default();
        *count += 1;
        let fits = *count < REFUSALS;
        log.check(&REPEATED, fits, "request", "another request, or none", || {
            format!("{} {} the {count}th time", request.method, shown(&request.target))
        });
    }
}

/// Attributes that a change clears, with the form.
fn cleared(body: &Value) -> Vec<(String, &'static str)> {
    let form = |value: &Value| match value {
        Value::Null => Some("null"),
        Value::String(text) if text.is_empty() => Some("an empty text"),
        _ => None,
    };
    let of_object = |value: &Value| -> Vec<(String, &'static str)> {
        let fields = value.as_object().into_iter().flatten();
        fields.filter_map(|(name, value)| Some((name.clone(), form(value)?))).collect()
    };
    let Some(operations) = body.get("Operations").and_then(Value::as_array) else {
        return of_object(body);
    };
    let mut all = Vec::new();
    for one in operations {
        let value = one.get("value").unwrap_or(&Value::Bool(false));
        match one.get("path").and_then(Value::as_str) {
            Some(path) => all.extend(form(value).map(|form| (path.to_owned(), form))),
            None => all.extend(of_object(value)),
        }
    }
    all
}

#[cfg(test)]
mod tests;
