//! Which of a run's resources an answer shows, by its mark.

use serde_json::Value;

use super::shape::segment;
use super::track::path_of;
use crate::expect::at;
use crate::http::{Answer, Request};

/// Paths of the resources with the mark in a name that an answer shows: of its own, or of a list.
pub(super) fn shown_by(request: &Request, answer: &Answer, mark: &str) -> Vec<String> {
    let has_mark = || answer.body.windows(mark.len().max(1)).any(|part| part == mark.as_bytes());
    if request.method == "DELETE" || !answer.is_success() || !has_mark() {
        return Vec::new();
    }
    let body = answer.json().unwrap_or_default();
    let all = match at(&body, "/Resources").and_then(Value::as_array) {
        Some(all) => all.as_slice(),
        None => std::slice::from_ref(&body),
    };
    let path = |one: &Value| {
        let id = at(one, "/id")?.as_str().filter(|id| !id.is_empty())?;
        Some(format!("/{}/{}", kind_of(request, one)?, segment(id)))
    };
    all.iter().filter(|one| bears(one, mark)).filter_map(path).collect()
}

/// Where a resource is that an answer shows: where it was asked for, or by what it says it is.
fn kind_of(request: &Request, resource: &Value) -> Option<&'static str> {
    const KINDS: [(&str, &str); 2] = [("Users", "User"), ("Groups", "Group")];
    let asked = path_of(request).split('/').nth(1);
    let says = at(resource, "/meta/resourceType").and_then(Value::as_str);
    let has_schema = |kind: &str| {
        let all = at(resource, "/schemas").and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).any(|one| one.ends_with(&format!("core:2.0:{kind}")))
    };
    let found = KINDS
        .iter()
        .find(|(place, _)| asked == Some(*place))
        .or_else(|| KINDS.iter().find(|(_, kind)| says == Some(*kind)))
        .or_else(|| KINDS.iter().find(|(_, kind)| has_schema(kind)));
    found.map(|(place, _)| *place)
}

/// Whether a resource has the mark in one of its names.
pub(super) fn bears(resource: &Value, mark: &str) -> bool {
    let has = |name: &&str| {
        at(resource, name).and_then(Value::as_str).is_some_and(|text| text.contains(mark))
    };
    ["/userName", "/displayName", "/externalId"].iter().any(has)
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
    fn what_answers_show_is_known_by_the_mark() {
        let ann = json!({ "id": "1", "userName": "pvc1-0001-ann" });
        let list = json!({ "Resources": [ann, { "id": "2", "userName": "somebody" }] });
        let get = request("GET", "/Users?count=2");
        assert_eq!(shown_by(&get, &answer(200, list.clone()), "pvc1"), ["/Users/1"]);
        assert_eq!(shown_by(&get, &answer(200, list), "pvc2"), Vec::<String>::new());
        let one = |more: Value| {
            let mut one = json!({ "id": "a/b", "displayName": "pvc1-team" });
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one
        };
        let everywhere = request("GET", "/?filter=x");
        for says in [
            json!({ "meta": { "resourceType": "Group" } }),
            json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"] }),
        ] {
            let shown = shown_by(&everywhere, &answer(200, one(says)), "pvc1");
            assert_eq!(shown, ["/Groups/a%2Fb"]);
        }
        let nowhere = shown_by(&everywhere, &answer(200, one(json!({}))), "pvc1");
        assert_eq!(nowhere, Vec::<String>::new());
    }

    #[test]
    fn only_names_with_the_mark_make_a_resource_ours() {
        assert!(bears(&json!({ "userName": "x-pvc1-ann@b" }), "pvc1"));
        assert!(bears(&json!({ "externalId": "pvc1" }), "pvc1"));
        assert!(!bears(&json!({ "userName": "ann", "title": "pvc1" }), "pvc1"));
        assert!(!bears(&json!({ "userName": "pvc2" }), "pvc1"));
    }
}
