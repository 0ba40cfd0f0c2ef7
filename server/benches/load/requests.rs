//! The requests that are measured.

use crate::measure::{Facts, Make, Request};

/// A name for the table, the request, and requests a second at steady load.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) make: Make,
    pub(crate) per_second: f64,
}

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Everything that must cost the same however many people there are.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "look-up by userName", make: look_up, per_second: 400.0 },
    Operation { name: "read by id", make: read, per_second: 400.0 },
    Operation { name: "first page of 100", make: first_page, per_second: 20.0 },
    Operation { name: "deep cursor page of 100", make: deep_page, per_second: 20.0 },
    Operation { name: "PATCH of one user", make: patch_user, per_second: 50.0 },
    Operation { name: "PATCH, one member, small group", make: patch_small_group, per_second: 50.0 },
    Operation {
        name: "PATCH, one member, largest group",
        make: patch_large_group,
        per_second: 50.0,
    },
    Operation { name: "create", make: create, per_second: 50.0 },
];

/// Spreads n over a list.
fn pick(list: &[String], n: usize) -> &str {
    &list[n.wrapping_mul(7919) % list.len()]
}

fn get(path: String) -> Request {
    Request { method: "GET", path, body: String::new(), statuses: &[200] }
}

pub(crate) fn look_up(n: usize, facts: &Facts) -> Request {
    get(format!("/Users?filter=userName%20eq%20%22{}%22", pick(&facts.user_names, n)))
}

pub(crate) fn read(n: usize, facts: &Facts) -> Request {
    get(format!("/Users/{}", pick(&facts.users, n)))
}

pub(crate) fn first_page(_: usize, _: &Facts) -> Request {
    get("/Users?count=100".to_owned())
}

fn deep_page(_: usize, facts: &Facts) -> Request {
    get(format!("/Users?count=100&cursor={}", facts.deep_cursor))
}

pub(crate) fn patch_user(n: usize, facts: &Facts) -> Request {
    let body = format!(
        r#"{{"schemas":["{PATCH}"],"Operations":[{{"op":"replace","path":"title","value":"T{n}"}}]}}"#
    );
    let path = format!("/Users/{}", pick(&facts.users, n));
    Request { method: "PATCH", path, body, statuses: &[200, 204] }
}

fn member(n: usize, facts: &Facts, group: &str) -> Request {
    let user = pick(&facts.users, n);
    let body = format!(
        r#"{{"schemas":["{PATCH}"],"Operations":[{{"op":"add","path":"members","value":[{{"value":"{user}"}}]}}]}}"#
    );
    Request { method: "PATCH", path: format!("/Groups/{group}"), body, statuses: &[200, 204] }
}

fn patch_small_group(n: usize, facts: &Facts) -> Request {
    member(n, facts, &facts.small_group)
}

fn patch_large_group(n: usize, facts: &Facts) -> Request {
    member(n, facts, &facts.large_group)
}

pub(crate) fn create(n: usize, facts: &Facts) -> Request {
    let body = user(&format!("bench-{n}-{}", facts.run));
    Request { method: "POST", path: "/Users".to_owned(), body, statuses: &[201] }
}

/// A person as providers send them, about 700 bytes.
pub(crate) fn user(name: &str) -> String {
    format!(
        r#"{{"schemas":["{USER}","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"x-{name}","userName":"{name}@bench.example","active":true,"displayName":"Person {name}","name":{{"givenName":"Person","familyName":"{name}"}},"title":"Engineer","userType":"Employee","emails":[{{"type":"work","primary":true,"value":"{name}@bench.example"}}],"phoneNumbers":[{{"type":"work","value":"+1 212 555 0100"}}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"department":"Engineering","employeeNumber":"{name}","costCenter":"4130"}}}}"#
    )
}
