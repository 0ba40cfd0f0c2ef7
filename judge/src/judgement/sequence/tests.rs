//! Stories of requests in order.

use provisor::scim::schema::Schemas;

use super::*;
use crate::contract;
use crate::exchange::{Answer, Body, Exchange};
use crate::judgement::about::tests::request;

fn answered(mut one: Exchange, number: u32, status: u16, body: &str) -> Exchange {
    one.number = number;
    let body = Body::whole(body.as_bytes().to_vec());
    one.answer = Some(Answer { status, body, ..Answer::default() });
    one
}

fn broken(exchanges: &[Exchange]) -> Vec<&'static str> {
    let contract = contract::built_in("rfc7644").unwrap();
    let basis = Basis { contract: &contract, schemas: &Schemas::standard() };
    super::super::requests(exchanges, &basis)
        .broken()
        .into_iter()
        .filter(|id| id.starts_with("sequence/"))
        .collect()
}

const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}"#;

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
    let get = |id: &str| answered(request("GET", &format!("/scim/v2/Users/{id}"), ""), 2, 404, "");
    assert!(broken(&[look.clone(), get("1")]).is_empty());
    assert_eq!(broken(&[look.clone(), get("ann")]), ["sequence/id"]);
    let add = r#"{"Operations":[{"op":"add","path":"members","value":[{"value":"2"}]}]}"#;
    let group = |body: &str| answered(request("PATCH", "/scim/v2/Groups/1", body), 2, 204, "");
    assert_eq!(broken(&[look.clone(), group(add)]), ["sequence/member"]);
    // Names of attributes have no case, and may have the URI of their schema.
    for path in ["Members", "urn:ietf:params:scim:schemas:core:2.0:Group:members"] {
        let written = add.replace("members", path);
        assert_eq!(broken(&[look.clone(), group(&written)]), ["sequence/member"], "{path}");
    }
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
fn a_list_by_cursor_ends_where_there_is_no_next() {
    let page = |cursor: &str, next: &str| {
        let body = match next {
            "" => r#"{"totalResults":2,"Resources":[{"id":"1"}]}"#.to_owned(),
            _ => {
                format!(r#"{{"totalResults":2,"nextCursor":"{next}","Resources":[{{"id":"2"}}]}}"#)
            }
        };
        let target = format!("/scim/v2/Users?cursor={cursor}&count=1");
        answered(request("GET", &target, ""), 1, 200, &body)
    };
    assert!(broken(&[page("", "b"), page("b", "")]).is_empty());
    assert_eq!(broken(&[page("", "b"), page("b", ""), page("b", "")]), ["sequence/cursor-end"]);
    // Begun anew, with the same cursors.
    assert!(broken(&[page("", "b"), page("b", ""), page("", "b"), page("b", "")]).is_empty());
}

#[test]
fn old_copies_and_two_ways_to_clear_are_noticed() {
    let get = r#"{"id":"1","meta":{"version":"W/\"2\""},"groups":[]}"#;
    let read = answered(request("GET", "/scim/v2/Users/1", ""), 1, 200, get);
    let put = |body: &str| answered(request("PUT", "/scim/v2/Users/1", body), 2, 200, get);
    assert!(broken(&[read.clone(), put(r#"{"id":"1","meta":{"version":"W/\"2\""}}"#)]).is_empty());
    let old = put(r#"{"id":"1","meta":{"version":"W/\"1\""}}"#);
    assert_eq!(broken(&[read.clone(), old]), ["sequence/read-only"]);
    let both = [read, put(r#"{"title":null}"#), put(r#"{"title":""}"#)];
    assert_eq!(broken(&both), ["sequence/empty-forms"]);
}

#[test]
fn an_old_version_is_noticed() {
    let get = |version: &str| format!(r#"{{"id":"1","meta":{{"version":"{version}"}}}}"#);
    let read = answered(request("GET", "/scim/v2/Users/1", ""), 1, 200, &get("2"));
    let put = |tag: &str| {
        let mut one = answered(request("PUT", "/scim/v2/Users/1", "{}"), 2, 200, &get("3"));
        one.request.headers.push(("If-Match".to_owned(), tag.to_owned()));
        one
    };
    assert!(broken(&[read.clone(), put("2"), put("3")]).is_empty());
    assert_eq!(broken(&[read, put("2"), put("2")]), ["sequence/if-match"]);
}
