//! What a request made and what it took away, by its answer.

use serde_json::Value;

use crate::expect::at;
use crate::http::{Answer, Request};

/// Whether a request may make something.
pub(super) fn may_make(request: &Request) -> bool {
    let path = path_of(request);
    request.method == "POST" && !path.ends_with("/.search")
}

/// The paths of what it made; `None` where it may have made something that nobody knows of.
pub(super) fn made_by(request: &Request, answer: &Answer) -> Option<Vec<String>> {
    let path = path_of(request);
    if path == "/Bulk" {
        return Some(made_in_bulk(answer));
    }
    // A server that fails may have done it before.
    if answer.status >= 500 {
        return None;
    }
    if !answer.is_success() {
        return Some(Vec::new());
    }
    let body = answer.json();
    let id = body.as_ref().and_then(|body| at(body, "/id")?.as_str()).filter(|id| !id.is_empty());
    if let Some(id) = id {
        return Some(vec![format!("{}/{}", path.trim_end_matches('/'), super::shape::segment(id))]);
    }
    Some(vec![located(request, answer.header("location")?)?])
}

/// The path of what a request made, by the `Location` of its answer.
pub(super) fn located(request: &Request, location: &str) -> Option<String> {
    let path = path_of(request).trim_end_matches('/');
    let place = location.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let id = place.rsplit('/').next().filter(|id| !id.is_empty() && path != "/Bulk")?;
    // As it stands in a path already.
    Some(format!("{path}/{id}"))
}

/// What the operations of a bulk request made, by their locations.
fn made_in_bulk(answer: &Answer) -> Vec<String> {
    let body = answer.json().unwrap_or_default();
    let operations = at(&body, "/Operations").and_then(Value::as_array);
    let made = operations.into_iter().flatten().filter(|one| has_status(one, "201"));
    made.filter_map(place).collect()
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
    let deletes = operations.filter(|one| {
        at(one, "/method").and_then(Value::as_str).is_some_and(|m| m.eq_ignore_ascii_case("DELETE"))
    });
    let done = deletes.filter(|one| has_status(one, "204") || has_status(one, "200"));
    done.filter_map(place).collect()
}

fn has_status(operation: &Value, status: &str) -> bool {
    match at(operation, "/status") {
        Some(Value::String(said)) => said == status,
        Some(said) => said.to_string().as_str() == status,
        None => false,
    }
}

/// Where an operation says that its resource is, under the base URI.
fn place(operation: &Value) -> Option<String> {
    let mut parts = at(operation, "/location")?.as_str()?.rsplitn(3, '/');
    let (id, kind) = (parts.next()?, parts.next()?);
    matches!(kind, "Users" | "Groups").then(|| format!("/{kind}/{id}"))
}

fn path_of(request: &Request) -> &str {
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
            Some(vec!["/Users/1".to_owned()])
        );
        let mut located = answer(201, json!(null));
        located.headers.push(("Location".to_owned(), "http://x/scim/Users/7".to_owned()));
        assert_eq!(made_by(&post, &located), Some(vec!["/Users/7".to_owned()]));
        located.body = "<html>".into();
        located.headers[0].1 = "/scim/Users/8/?x".to_owned();
        assert_eq!(made_by(&post, &located), Some(vec!["/Users/8".to_owned()]), "no JSON at all");
        assert_eq!(made_by(&post, &answer(409, json!({}))), Some(Vec::new()));
    }

    #[test]
    fn what_may_have_been_made_is_not_forgotten() {
        let post = request("POST", "/Users");
        assert_eq!(made_by(&post, &answer(201, json!({}))), None);
        assert_eq!(made_by(&post, &answer(500, json!({}))), None);
        assert!(!may_make(&request("POST", "/Users/.search")));
    }

    #[test]
    fn what_a_bulk_request_made_and_took_away_is_known() {
        let post = request("POST", "/Bulk");
        let both = answer(
            200,
            json!({ "Operations": [
            { "method": "POST", "status": "201", "location": "http://x/v2/Users/1" },
            { "method": "DELETE", "status": 204, "location": "http://x/v2/Groups/2" },
            { "method": "POST", "status": "409" },
        ] }),
        );
        assert_eq!(made_by(&post, &both), Some(vec!["/Users/1".to_owned()]));
        assert_eq!(taken_away_by(&post, &both), ["/Groups/2"]);
    }
}
