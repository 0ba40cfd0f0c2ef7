//! What only the order of requests shows: who is looked up before being made, which ids are used,
//! how pages are walked (RFC 7644, 3.4.2.4; RFC 9865, 2).

use std::collections::{BTreeMap, BTreeSet};

use provisor::json::Json;
use serde_json::Value;

use super::rule::shown;
use super::{About, Basis, Endpoint, Level, Log, Rule, target};
use crate::exchange::Exchange;

pub(super) static RULES: &[&Rule] = &[
    &LOOKED_UP,
    &KNOWN_ID,
    &KNOWN_MEMBER,
    &STALE,
    &NEXT_PAGE,
    &CURSOR,
    &CURSOR_END,
    &EMPTY_FORMS,
    &REPEATED,
];

static LOOKED_UP: Rule = Rule {
    id: "sequence/looked-up",
    level: Level::Should,
    covers: &[],
    fault: Some("K25"),
    title: "a person or group is looked up before it is created",
    why: "after a lost answer, or where somebody made the person by hand, there would be two",
    fix: "ask with a filter on userName or externalId before POST, and update what is found",
};
static KNOWN_ID: Rule = Rule {
    id: "sequence/id",
    level: Level::Must,
    covers: &["RFC7644-3.4.1-01"],
    fault: Some("K30"),
    title: "ids in paths are those that the provider gave out",
    why: "every other id answers 404, and the change is lost",
    fix: "use the `id` of an answer",
};
static KNOWN_MEMBER: Rule = Rule {
    id: "sequence/member",
    level: Level::Must,
    covers: &[],
    fault: Some("K39"),
    title: "members are people and groups that the provider has",
    why: "a provider refuses the request or keeps a member that is nobody",
    fix: "create people first, and put them into groups by the `id` that comes back",
};
static STALE: Rule = Rule {
    id: "sequence/read-only",
    level: Level::Must,
    covers: &["RFC7643-7-27"],
    fault: Some("K19"),
    title: "readOnly values that are sent back are those that the provider gave last",
    why: "other values are refused or show that the source works on an old copy",
    fix: "leave `id`, `meta` and `groups` out, or send the object of the last GET",
};
static NEXT_PAGE: Rule = Rule {
    id: "sequence/next-page",
    level: Level::Must,
    covers: &["RFC7644-3.4.2.4-12"],
    fault: Some("K33"),
    title: "the next page begins behind the last resource that came",
    why: "otherwise people are skipped or come twice",
    fix: "add the number of resources of the answer to startIndex, not `count` and not 1",
};
static CURSOR: Rule = Rule {
    id: "sequence/cursor",
    level: Level::Must,
    covers: &["RFC9865-2-01", "RFC9865-2-16", "RFC9865-2-14"],
    fault: Some("K35"),
    title: "cursors are those that the provider gave out, unchanged",
    why: "a provider answers 400 invalidCursor",
    fix: "send `nextCursor` of the answer before, and nothing for the first page",
};
static CURSOR_END: Rule = Rule {
    id: "sequence/cursor-end",
    level: Level::Must,
    covers: &["RFC9865-2-15"],
    fault: Some("K35"),
    title: "a list ends where there is no nextCursor, and all its pages are asked for alike",
    why: "otherwise the source never ends, or mixes two lists",
    fix: "change the cursor alone, and stop when no `nextCursor` came",
};
static EMPTY_FORMS: Rule = Rule {
    id: "sequence/empty-forms",
    level: Level::Should,
    covers: &["RFC7643-2.5-01"],
    fault: Some("K24"),
    title: "an attribute is cleared in one way",
    why: "`\"\"` is a text for many providers, so some people keep an empty title",
    fix: "send null, or remove the attribute",
};
static REPEATED: Rule = Rule {
    id: "sequence/repeated",
    level: Level::Should,
    covers: &[],
    fault: None,
    title: "a request that was refused is not sent again as it was",
    why: "it is refused for the same reason, and costs both sides",
    fix: "log the refusal with its detail, and wait until the data changes",
};

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
    /// The list that each connection's list may go on with: by everything but the position.
    pages: BTreeMap<String, (u64, u64)>,
    cursors: BTreeMap<String, String>,
    cleared: BTreeMap<String, BTreeSet<&'static str>>,
    refused: BTreeMap<(String, String, Vec<u8>), usize>,
    /// Steps in which the judge answered badly; reactions are another judge's matter.
    meddled: BTreeSet<usize>,
}

pub(super) fn judge(exchanges: &[Exchange], basis: &Basis<'_>, log: &mut Log) {
    let mut seen = Seen::default();
    let meddled = exchanges.iter().filter(|one| one.meddled.is_some());
    seen.meddled = meddled.map(|one| one.step).collect();
    let abouts: Vec<About<'_>> =
        exchanges.iter().filter(|one| !one.elsewhere).map(|one| About::of(one, basis)).collect();
    // An id may be given out by an answer whose request came later than one that uses it.
    for about in &abouts {
        seen.learn_ids(about);
    }
    for about in &abouts {
        log.at(about.exchange);
        seen.creation(about, log);
        seen.ids(about, log);
        seen.read_only(about, log);
        seen.paging(about, log);
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
        for member in about.body.as_ref().map(members).unwrap_or_default() {
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

    fn paging(&mut self, about: &About<'_>, log: &mut Log) {
        if !about.is_list() {
            return;
        }
        let asked = |name: &str| about.parameter(name).or_else(|| about.asked(name));
        let mut rest: Vec<String> = about
            .parameters
            .iter()
            .filter(|(name, _)| !["startIndex", "cursor"].contains(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        rest.sort();
        let list = format!("{:?} {}", about.endpoint, rest.join("&"));
        let answer = about.exchange.answer.as_ref().and_then(|answer| answer.body.value());
        let number = |name: &str| answer.as_ref().and_then(|one| one.get(name)?.as_u64());
        if let Some(cursor) = asked("cursor").filter(|cursor| !cursor.is_empty()) {
            let from = self.cursors.get(&cursor);
            log.check(&CURSOR, from.is_some(), "cursor", "a cursor that was given out", || {
                shown(&cursor)
            });
            if let Some(from) = from {
                log.check(&CURSOR_END, *from == list, "query", from, || list.clone());
            }
        }
        if let Some(next) = answer.as_ref().and_then(|one| one.get("nextCursor")?.as_str()) {
            self.cursors.insert(next.to_owned(), list.clone());
        }
        if asked("cursor").is_some() {
            return;
        }
        let start =
            asked("startIndex").and_then(|text| text.parse::<u64>().ok()).unwrap_or(1).max(1);
        let came =
            answer.as_ref().and_then(|one| one.get("Resources")?.as_array()).map_or(0, Vec::len);
        // A list of more than one page is gone on with, or begun anew.
        if let Some((next, total)) = self.pages.get(&list).copied() {
            let goes_on = start > 1 && next <= total;
            if goes_on {
                let expected = next.to_string();
                log.check(&NEXT_PAGE, start == next, "startIndex", &expected, || start.to_string());
            }
        } else if start > 1 && came > 0 {
            log.looked(&NEXT_PAGE);
        }
        let next = start + came as u64;
        self.pages.insert(list, (next, number("totalResults").unwrap_or(0)));
    }

    fn clearing(&mut self, about: &About<'_>, log: &mut Log) {
        if about.endpoint != Endpoint::Users || !matches!(about.method(), "PUT" | "PATCH") {
            return;
        }
        let Some(body) = about.exchange.request.body.value() else { return };
        for (path, form) in cleared(&body) {
            let forms = self.cleared.entry(path.clone()).or_default();
            forms.insert(form);
            let one = forms.len() == 1;
            log.check(&EMPTY_FORMS, one, &path, "one way", || "null and the empty text".to_owned());
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

/// The ids of members that a request on a group names as new ones.
fn members(body: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let mut take = |list: Option<&Json>| {
        for one in list.and_then(Json::as_array).unwrap_or_default() {
            let value = one.as_object().and_then(|one| one.attribute("value"));
            found.extend(value.and_then(Json::as_str).map(str::to_owned));
        }
    };
    let Some(object) = body.as_object() else { return found };
    take(object.attribute("members"));
    let operations = object.attribute("Operations").and_then(Json::as_array).unwrap_or_default();
    for one in operations.iter().filter_map(Json::as_object) {
        let removes = one.attribute("op").and_then(Json::as_str);
        if removes.is_some_and(|op| op.eq_ignore_ascii_case("remove")) {
            continue;
        }
        let path = one.attribute("path").and_then(Json::as_str);
        let value = one.attribute("value");
        match path {
            Some("members") => take(value),
            Some(_) => {}
            None => take(value.and_then(Json::as_object).and_then(|one| one.attribute("members"))),
        }
    }
    found.retain(|id| !id.starts_with("bulkId:"));
    found
}

/// Attributes that a change clears, with the form.
fn cleared(body: &Value) -> Vec<(String, &'static str)> {
    let form = |value: &Value| match value {
        Value::Null => Some("null"),
        Value::String(text) if text.is_empty() => Some("empty"),
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
mod tests {
    use provisor::scim::schema::Schemas;

    use super::super::about::tests::request;
    use super::*;
    use crate::contract;
    use crate::exchange::{Answer, Body};

    fn answered(mut one: Exchange, number: u32, status: u16, body: &str) -> Exchange {
        one.number = number;
        let body = Body::whole(body.as_bytes().to_vec());
        one.answer = Some(Answer { status, body, ..Answer::default() });
        one
    }

    fn broken(exchanges: &[Exchange]) -> Vec<&'static str> {
        let contract = contract::built_in("rfc7644").unwrap();
        let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
        let mut log = Log::default();
        judge(exchanges, &basis, &mut log);
        log.broken()
    }

    const USER: &str =
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}"#;

    #[test]
    fn a_look_up_comes_before_a_creation() {
        let create = answered(request("POST", "/scim/v2/Users", USER), 1, 201, r#"{"id":"1"}"#);
        assert_eq!(broken(std::slice::from_ref(&create)), ["sequence/looked-up"]);
        let look = answered(request("GET", "/scim/v2/Users?filter=x", ""), 1, 200, "{}");
        assert!(broken(&[look, create]).is_empty());
    }

    #[test]
    fn ids_and_members_are_those_that_were_given_out() {
        let look =
            answered(request("GET", "/scim/v2/Users", ""), 1, 200, r#"{"Resources":[{"id":"1"}]}"#);
        let get =
            |id: &str| answered(request("GET", &format!("/scim/v2/Users/{id}"), ""), 2, 404, "");
        assert!(broken(&[look.clone(), get("1")]).is_empty());
        assert_eq!(broken(&[look.clone(), get("ann")]), ["sequence/id"]);
        let add = r#"{"Operations":[{"op":"add","path":"members","value":[{"value":"2"}]}]}"#;
        let group = answered(request("PATCH", "/scim/v2/Groups/1", add), 2, 204, "");
        assert_eq!(broken(&[look, group]), ["sequence/member"]);
    }

    #[test]
    fn pages_follow_one_another() {
        let page = |start: u64, came: usize| {
            let ids: Vec<String> = (0..came).map(|n| format!("{{\"id\":\"{n}\"}}")).collect();
            let body = format!(r#"{{"totalResults":5,"Resources":[{}]}}"#, ids.join(","));
            let target = format!("/scim/v2/Users?count=2&startIndex={start}");
            answered(request("GET", &target, ""), 1, 200, &body)
        };
        assert!(broken(&[page(1, 2), page(3, 2), page(5, 1)]).is_empty());
        assert_eq!(broken(&[page(1, 2), page(2, 2)]), ["sequence/next-page"]);
        // Begun anew.
        assert!(broken(&[page(1, 2), page(1, 2)]).is_empty());
    }

    #[test]
    fn old_copies_and_two_ways_to_clear_are_noticed() {
        let get = r#"{"id":"1","meta":{"version":"W/\"2\""},"groups":[]}"#;
        let read = answered(request("GET", "/scim/v2/Users/1", ""), 1, 200, get);
        let put = |body: &str| answered(request("PUT", "/scim/v2/Users/1", body), 2, 200, get);
        assert!(
            broken(&[read.clone(), put(r#"{"id":"1","meta":{"version":"W/\"2\""}}"#)]).is_empty()
        );
        let old = put(r#"{"id":"1","meta":{"version":"W/\"1\""}}"#);
        assert_eq!(broken(&[read.clone(), old]), ["sequence/read-only"]);
        let both = [read, put(r#"{"title":null}"#), put(r#"{"title":""}"#)];
        assert_eq!(broken(&both), ["sequence/empty-forms"]);
    }
}
