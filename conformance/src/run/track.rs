//! What a request made and what it took away, by its answer.

use serde_json::Value;

use super::shape::segment;
use crate::expect::at;
use crate::http::{Answer, Request};

/// Whether a request may make something.
pub(super) fn may_make(request: &Request) -> bool {
    let path = path_of(request);
    request.method == "POST" && !path.ends_with("/.search")
}

/// What a request made, as far as its answer tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Made {
    /// Paths under the base URI.
    pub(super) paths: Vec<String>,
    /// It may have made something besides, which nobody knows of.
    pub(super) more: bool,
}

impl Made {
    fn one(path: String) -> Self {
        Self { paths: vec![path], more: false }
    }

    fn unknown() -> Self {
        Self { paths: Vec::new(), more: true }
    }
}

/// What it made.
pub(super) fn made_by(request: &Request, answer: &Answer) -> Made {
    let path = path_of(request);
    if path == "/Bulk" {
        return made_in_bulk(request, answer);
    }
    if may_have_done_it(answer) {
        return Made::unknown();
    }
    if !answer.is_success() {
        return Made::default();
    }
    let body = answer.json();
    let id = body.as_ref().and_then(|body| at(body, "/id")?.as_str()).filter(|id| !id.is_empty());
    if let Some(id) = id {
        return Made::one(format!("{}/{}", collection(path), segment(id)));
    }
    let place = answer.header("location").and_then(|place| located(request, place));
    place.map_or_else(Made::unknown, Made::one)
}

/// The path of what a request made, by the `Location` of its answer.
pub(super) fn located(request: &Request, location: &str) -> Option<String> {
    let path = collection(path_of(request));
    let place = location.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let id = place.rsplit('/').next().filter(|id| !id.is_empty() && path != "/Bulk")?;
    // As it stands in a path already.
    Some(format!("{path}/{id}"))
}

/// Where what is made by a POST to a path is.
fn collection(path: &str) -> &str {
    match path.trim_end_matches('/') {
        // A user, by another name (RFC 7644, 3.11).
        "/Me" => "/Users",
        path => path,
    }
}

/// A server that fails may have done before what it was asked for.
fn may_have_done_it(answer: &Answer) -> bool {
    answer.status >= 500
}

/// What the operations of a bulk request made, by their locations. Some servers make a resource
/// and then answer that its operation failed, so only one that was refused as a whole before it
/// was looked at, and one whose operations all tell where their resources are, leaves nothing open.
fn made_in_bulk(request: &Request, answer: &Answer) -> Made {
    if matches!(answer.status, 401 | 403..=405 | 413 | 415) {
        return Made::default();
    }
    let body = answer.json().unwrap_or_default();
    let operations = at(&body, "/Operations").and_then(Value::as_array).into_iter().flatten();
    let is_made = |one: &&Value| status_of(one) == Some(201);
    let paths: Vec<String> = operations.filter(is_made).filter_map(place).collect();
    let more = match asked_in_bulk(request) {
        Some(asked) => asked > paths.len() || asked > 0 && may_have_done_it(answer),
        // What cannot be read makes nothing, where it is refused.
        None => answer.is_success() || may_have_done_it(answer),
    };
    Made { paths, more }
}

/// How many operations of a bulk request may make something, as far as it can be read.
fn asked_in_bulk(request: &Request) -> Option<usize> {
    let body = serde_json::from_str::<Value>(request.body.as_deref()?).ok()?;
    let operations = at(&body, "/Operations")?.as_array()?;
    Some(operations.iter().filter(|one| has_method(one, "POST") != Some(false)).count())
}

/// What a PUT made, where nothing was before (RFC 9110, 9.3.4).
pub(super) fn put_by(request: &Request, answer: &Answer) -> Option<String> {
    let path = path_of(request).trim_end_matches('/');
    let mut parts = path.split('/').skip(1);
    let is_resource = matches!(parts.next(), Some("Users" | "Groups"))
        && parts.next().is_some_and(|id| !id.is_empty())
        && parts.next().is_none();
    (request.method == "PUT" && answer.status == 201 && is_resource).then(|| path.to_owned())
}

/// The paths of what it took away.
pub(super) fn taken_away_by(request: &Request, answer: &Answer) -> Vec<String> {
    let path = path_of(request);
    if request.method == "DELETE" && (answer.is_success() || answer.status == 404) {
        return vec![path.to_owned()];
    }
    if path != "/Bulk" || request.method != "POST" {
        return Vec::new();
    }
    let body = answer.json().unwrap_or_default();
    let operations = at(&body, "/Operations").and_then(Value::as_array).into_iter().flatten();
    let done = operations.filter(|one| {
        has_method(one, "DELETE") == Some(true) && matches!(status_of(one), Some(200 | 204))
    });
    done.filter_map(place).collect()
}

/// Whether an operation has a method; not known where it names none.
fn has_method(operation: &Value, method: &str) -> Option<bool> {
    Some(at(operation, "/method")?.as_str()?.eq_ignore_ascii_case(method))
}

fn status_of(operation: &Value) -> Option<u64> {
    match at(operation, "/status")? {
        Value::String(said) => said.parse().ok(),
        said => said.as_u64(),
    }
}

/// Where an operation says that its resource is, under the base URI.
fn place(operation: &Value) -> Option<String> {
    let mut parts = at(operation, "/location")?.as_str()?.rsplitn(3, '/');
    let (id, kind) = (parts.next()?, parts.next()?);
    matches!(kind, "Users" | "Groups").then(|| format!("/{kind}/{id}"))
}

pub(super) fn path_of(request: &Request) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(method: &str, target: &str) -> Request {
        Request { method: method.to_owned(), target: target.to_owned(), ..Request::default() }
    }

    fn answer(status: u16, body: Value) -> Answer {
        Answer { status, body: body.to_string().into(), ..Answer::default() }
    }

    #[test]
    fn what_was_made_is_known_by_id_or_location() {
        let post = request("POST", "/Users?attributes=id");
        assert_eq!(
            made_by(&post, &answer(201, json!({ "id": "1" }))),
            Made::one("/Users/1".to_owned())
        );
        let mut located = answer(201, json!(null));
        located.headers.push(("Location".to_owned(), "http://x/scim/Users/7".to_owned()));
        assert_eq!(made_by(&post, &located), Made::one("/Users/7".to_owned()));
        located.body = "<html>".into();
        located.headers[0].1 = "/scim/Users/8/?x".to_owned();
        assert_eq!(made_by(&post, &located), Made::one("/Users/8".to_owned()), "no JSON at all");
        assert_eq!(made_by(&post, &answer(409, json!({}))), Made::default());
    }

    #[test]
    fn what_may_have_been_made_is_not_forgotten() {
        let post = request("POST", "/Users");
        assert_eq!(made_by(&post, &answer(201, json!({}))), Made::unknown());
        assert_eq!(made_by(&post, &answer(500, json!({}))), Made::unknown());
        assert!(!may_make(&request("POST", "/Users/.search")));
    }

    #[test]
    fn what_a_bulk_request_made_and_took_away_is_known() {
        let asked = json!({ "Operations": [{ "method": "POST" }, { "method": "DELETE" }] });
        let post = Request { body: Some(asked.to_string()), ..request("POST", "/Bulk") };
        let both = answer(
            200,
            json!({ "Operations": [
            { "method": "POST", "status": "201", "location": "http://x/v2/Users/1" },
            { "method": "DELETE", "status": 204, "location": "http://x/v2/Groups/2" },
        ] }),
        );
        assert_eq!(made_by(&post, &both), Made::one("/Users/1".to_owned()));
        assert_eq!(taken_away_by(&post, &both), ["/Groups/2"]);
    }

    #[test]
    fn what_a_bulk_answer_does_not_tell_may_be_there() {
        let bulk = |method: &str| Request {
            body: Some(json!({ "Operations": [{ "method": method }] }).to_string()),
            ..request("POST", "/Bulk")
        };
        let told = |operation: Value| answer(200, json!({ "Operations": [operation] }));
        let post = bulk("post");
        for unknown in [
            answer(500, json!({})),
            answer(200, json!({})),
            Answer { status: 200, body: "<html>".into(), ..Answer::default() },
            told(json!({ "method": "POST", "status": "201" })),
            told(json!({ "status": "201", "location": "http://x/v2/Devices/1" })),
            told(json!({ "method": "POST", "status": "500" })),
            told(json!({ "method": "POST", "status": { "code": "201" } })),
            // Some make it before they answer that.
            told(json!({ "method": "POST", "status": "409" })),
            answer(400, json!({})),
            answer(409, json!({})),
            told(json!("done")),
        ] {
            assert_eq!(made_by(&post, &unknown), Made::unknown(), "{}", unknown.text());
        }
        for refused in [401, 403, 404, 405, 413, 415] {
            assert_eq!(made_by(&post, &answer(refused, json!({}))), Made::default(), "{refused}");
        }
        let made = told(json!({ "status": 201, "location": "http://x/v2/Users/1" }));
        let ann = "/Users/1".to_owned();
        let refused = Answer { status: 400, ..made.clone() };
        assert_eq!(made_by(&post, &refused), Made::one(ann.clone()), "by its own word");
        let failed = Answer { status: 500, ..made };
        assert_eq!(made_by(&post, &failed), Made { paths: vec![ann], more: true });
        let put = told(json!({ "method": "PUT", "status": "200", "location": "http://x/Users/1" }));
        assert_eq!(made_by(&bulk("PUT"), &put), Made::default());
        let deleted = told(json!({ "method": "DELETE" }));
        assert_eq!(made_by(&bulk("DELETE"), &deleted), Made::default());
        assert_eq!(made_by(&bulk("DELETE"), &answer(204, json!(null))), Made::default());
        let raw = Request { body: Some("{".to_owned()), ..post };
        assert_eq!(made_by(&raw, &answer(200, json!({}))), Made::unknown());
        assert_eq!(made_by(&raw, &answer(400, json!({}))), Made::default(), "nothing to make");
    }

    #[test]
    fn who_is_made_at_me_is_a_user() {
        let post = request("POST", "/Me");
        assert_eq!(made_by(&post, &answer(201, json!({ "id": "1" }))).paths, ["/Users/1"]);
    }

    #[test]
    fn what_a_put_makes_is_known() {
        let put = |path: &str, status| put_by(&request("PUT", path), &answer(status, json!({})));
        assert_eq!(put("/Users/7?attributes=id", 201).as_deref(), Some("/Users/7"));
        for (path, status) in [("/Users/7", 200), ("/Users", 201), ("/Schemas/x", 201)] {
            assert_eq!(put(path, status), None, "{path}");
        }
    }
}
