//! Requests made longer, targets made fit for a URI, and the way from page to page.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::expect::at;
use crate::http::{Answer, Request};
use crate::scenario::{Scenario, Step, Walk};

/// Repeats the elements of an array in turn until there is one more than `limit`. Without an
/// array, or with an empty one, nothing happens.
pub(super) fn repeat(body: &mut Value, pointer: &str, limit: usize) {
    let Some(Value::Array(elements)) = body.pointer_mut(pointer) else { return };
    let repeated = elements.iter().cycle().take(limit + 1).cloned().collect();
    *elements = repeated;
}

/// Puts an element of an array there so often; `@{turn}` in its texts is the number of each, from
/// 1. Where there is no such element, nothing happens.
pub(super) fn copies(body: &mut Value, pointer: &str, times: usize) {
    let Some((list, place)) = pointer.rsplit_once('/') else { return };
    let (Some(Value::Array(elements)), Ok(place)) =
        (body.pointer_mut(list), place.parse::<usize>())
    else {
        return;
    };
    if let Some(one) = elements.get(place).cloned() {
        let copies = (1..=times).map(|turn| numbered(&one, &turn.to_string()));
        elements.splice(place..=place, copies.collect::<Vec<_>>());
    }
}

fn numbered(value: &Value, turn: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("@{turn}", turn)),
        Value::Array(all) => all.iter().map(|one| numbered(one, turn)).collect(),
        Value::Object(all) => {
            all.iter().map(|(name, one)| (name.clone(), numbered(one, turn))).collect()
        }
        other => other.clone(),
    }
}

/// Pointers with what stands further behind, or further inside, first.
pub(super) fn by_place(all: &BTreeMap<String, Value>) -> Vec<(&String, &Value)> {
    let place = |pointer: &str| -> Vec<(usize, String)> {
        let parts = pointer.split('/').skip(1);
        parts.map(|part| (part.parse().unwrap_or_default(), part.to_owned())).collect()
    };
    let mut sorted: Vec<_> = all.iter().collect();
    sorted.sort_by_cached_key(|(pointer, _)| std::cmp::Reverse(place(pointer)));
    sorted
}

/// Adds blanks, which JSON permits at its end, until the text is one byte longer than `limit`.
pub(super) fn pad(text: &mut String, limit: usize) {
    let missing = (limit + 1).saturating_sub(text.len());
    text.extend(std::iter::repeat_n(' ', missing));
}

/// The target of the next page; none after the last one. `came` is the number of resources of
/// this page, `all` that of all pages so far.
pub(super) fn next_page(
    target: &str,
    walk: Walk,
    body: &Value,
    came: usize,
    all: usize,
) -> Option<String> {
    match walk {
        Walk::Index => {
            let total = at(body, "/totalResults").and_then(Value::as_u64).unwrap_or_default();
            let more = came > 0 && u64::try_from(all).is_ok_and(|all| all < total);
            more.then(|| with(target, "startIndex", &(all + 1).to_string()))
        }
        Walk::Cursor => {
            let next = at(body, "/nextCursor").and_then(Value::as_str)?;
            (!next.is_empty()).then(|| with(target, "cursor", &encoded(next)))
        }
    }
}

/// A target with one parameter of its query set.
fn with(target: &str, name: &str, value: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let is_other = |one: &&str| !one.is_empty() && one.split('=').next() != Some(name);
    let mut query: Vec<String> = query.split('&').filter(is_other).map(str::to_owned).collect();
    query.push(format!("{name}={value}"));
    format!("{path}?{}", query.join("&"))
}

/// The headers of an answer as an object; of several of one name the first.
pub(super) fn headers_of(answer: &Answer) -> Value {
    let mut all = serde_json::Map::new();
    for (name, value) in &answer.headers {
        all.entry(name.to_lowercase()).or_insert_with(|| Value::String(value.clone()));
    }
    Value::Object(all)
}

/// Headers that every request has.
pub(crate) fn usual(with_body: bool) -> Vec<(String, String)> {
    let mut headers = vec![("accept".to_owned(), "application/scim+json".to_owned())];
    if with_body {
        headers.push(("content-type".to_owned(), "application/scim+json".to_owned()));
    }
    headers
}

/// Whether a scenario sends nothing that could change anything.
pub(crate) fn reads_only(scenario: &Scenario) -> bool {
    scenario.given.is_empty() && reads_only_steps(scenario)
}

/// Whether its steps leave everything as it is.
pub(super) fn reads_only_steps(scenario: &Scenario) -> bool {
    scenario.steps.iter().all(Step::reads)
}

impl Step {
    /// Whether it is a request that changes nothing (RFC 9110, 9.2.1; RFC 7644, 3.4.3).
    pub(crate) fn reads(&self) -> bool {
        let (method, target) = self.send.split_once(' ').unwrap_or((self.send.as_str(), ""));
        changes_nothing(method, target.trim())
    }
}

impl Request {
    /// The same of a request with its templates filled in.
    pub(super) fn reads(&self) -> bool {
        changes_nothing(&self.method, &self.target)
    }
}

fn changes_nothing(method: &str, target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    matches!(method, "GET" | "HEAD" | "OPTIONS") || (method == "POST" && path.ends_with("/.search"))
}

/// An id as one segment of a path.
pub(super) fn segment(id: &str) -> String {
    encoded(id).replace('/', "%2F").replace('?', "%3F").replace('#', "%23")
}

/// A target whose characters may all stand in a URI (RFC 3986); `%` is sent as it is written.
pub(super) fn encoded(target: &str) -> String {
    let mut text = String::with_capacity(target.len());
    for byte in target.bytes() {
        let plain = byte.is_ascii_graphic() && !b"\"<>[]\\^`{|}".contains(&byte);
        if plain {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_go_one_beyond_a_limit() {
        let mut body = json!({ "Operations": [1, 2] });
        repeat(&mut body, "/Operations", 4);
        assert_eq!(body, json!({ "Operations": [1, 2, 1, 2, 1] }));
        let mut text = "{}".to_owned();
        pad(&mut text, 4);
        assert_eq!(text, "{}   ");
    }

    #[test]
    fn pages_follow_what_came_rfc_7644_3_4_2_4() {
        let body = json!({ "totalResults": 5 });
        let next =
            |came, all| next_page("/Users?startIndex=1&count=2", Walk::Index, &body, came, all);
        assert_eq!(next(2, 2).as_deref(), Some("/Users?count=2&startIndex=3"));
        assert_eq!(next(1, 5), None, "all are there");
        assert_eq!(next(0, 2), None, "a page with nothing ends the walk");
    }

    #[test]
    fn pages_follow_the_cursor_rfc_9865_2() {
        let next = |body| next_page("/Users?cursor&count=2", Walk::Cursor, &body, 2, 2);
        assert_eq!(
            next(json!({ "nextCursor": "a~b" })).as_deref(),
            Some("/Users?count=2&cursor=a~b")
        );
        assert_eq!(next(json!({})), None);
    }
}
