//! The members of groups, as requests name them.

use provisor::json::{Json, Object};

const MEMBERS: &str = "members";

/// The ids that a body says are to be in a group: as a whole, or by the operations of a PATCH.
pub(super) fn named(body: &Json) -> Vec<String> {
    let Some(object) = body.as_object() else { return Vec::new() };
    let mut found = ids(object.attribute(MEMBERS));
    for one in operations(object) {
        let removes = one.attribute("op").and_then(Json::as_str);
        if removes.is_some_and(|op| op.eq_ignore_ascii_case("remove")) {
            continue;
        }
        let value = one.attribute("value");
        match path(one) {
            Some(path) if is_list(path) => found.extend(ids(value)),
            Some(_) => {}
            None => found.extend(ids(own(value))),
        }
    }
    found
}

/// Whether an operation of a PATCH is about members.
pub(super) fn are_changed(body: &Json) -> bool {
    let Some(object) = body.as_object() else { return false };
    operations(object).any(|one| match path(one) {
        Some(path) => name(path).split('.').next().is_some_and(is_name),
        None => own(one.attribute("value")).is_some(),
    })
}

fn operations(body: &Object) -> impl Iterator<Item = &Object> {
    let list = body.attribute("Operations").and_then(Json::as_array).unwrap_or_default();
    list.iter().filter_map(Json::as_object)
}

fn path(operation: &Object) -> Option<&str> {
    operation.attribute("path").and_then(Json::as_str)
}

/// The members of a value without a path.
fn own(value: Option<&Json>) -> Option<&Json> {
    value?.as_object()?.attribute(MEMBERS)
}

/// A path without its filter and the URI of a schema.
fn name(path: &str) -> &str {
    let list = path.split('[').next().unwrap_or(path);
    list.rsplit(':').next().unwrap_or(list)
}

/// Whether a path is that of all members, not of some or of a part of them.
fn is_list(path: &str) -> bool {
    !path.contains('[') && is_name(name(path))
}

/// Names of attributes have no case (RFC 7643, 2.1).
fn is_name(name: &str) -> bool {
    name.eq_ignore_ascii_case(MEMBERS)
}

fn ids(list: Option<&Json>) -> Vec<String> {
    let list = list.and_then(Json::as_array).unwrap_or_default().iter();
    let values = list.filter_map(|one| one.as_object()?.attribute("value")?.as_str());
    values.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Json {
        provisor::json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn listed_members_are_counted_in_every_form() {
        let put = body(r#"{"members": [{"value": "1"}, {"value": "2"}]}"#);
        let patch = body(
            r#"{"Operations": [
            {"op": "add", "path": "members", "value": [{"value": "1"}]},
            {"op": "Remove", "path": "members", "value": [{"value": "9"}]},
            {"op": "replace", "value": {"members": [{"value": "2"}]}},
            {"op": "replace", "path": "displayName", "value": "x"}]}"#,
        );
        assert_eq!(
            (named(&put), named(&patch)),
            (vec!["1".into(), "2".into()], vec!["1".into(), "2".into()])
        );
    }

    #[test]
    fn names_have_no_case_and_may_have_a_uri() {
        for path in ["Members", "MEMBERS", "urn:ietf:params:scim:schemas:core:2.0:Group:members"] {
            let add = format!(
                r#"{{"Operations":[{{"op":"add","path":"{path}","value":[{{"Value":"1"}}]}}]}}"#
            );
            assert_eq!(named(&body(&add)), ["1"], "{path}");
            assert!(are_changed(&body(&add)), "{path}");
            let one = format!(
                r#"{{"Operations":[{{"op":"remove","path":"{path}[value eq \"a:b\"]"}}]}}"#
            );
            assert!(named(&body(&one)).is_empty() && are_changed(&body(&one)), "{path}");
        }
        let put = body(r#"{"Members":[{"value":"1"}]}"#);
        assert_eq!(named(&put), ["1"]);
        let whole = body(r#"{"operations":[{"op":"replace","value":{"MEMBERS":[]}}]}"#);
        assert!(are_changed(&whole));
        let other =
            body(r#"{"Operations":[{"op":"replace","path":"displayName","value":"members"}]}"#);
        assert!(!are_changed(&other) && named(&other).is_empty());
    }
}
