//! What an endpoint is believed to want of a resource: only what helped, and only there.

use std::sync::atomic::{AtomicBool, Ordering};

use provisor_conformance::report::Verdict;
use provisor_conformance::run::Options;
use serde_json::{Value, json};

use super::small::{Small, error, reply};
use super::tell::{MAKES, entry, fire_with, scenario, soon, times, verdicts};

/// What a server says that it has: users with a name, groups with a name, nothing else.
fn schemas() -> Value {
    let part = |name: &str| json!([{ "name": name, "type": "string", "required": true }]);
    json!({ "Resources": [
        { "id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": part("userName") },
        { "id": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": part("displayName") },
    ] })
}

fn one_by_one() -> Options {
    Options { jobs: Some(1), ..soon() }
}

/// The bodies of what was posted that have a text in them.
fn posted(server: &Small, path: &str, text: &str) -> Vec<Value> {
    let kept = server.kept.lock().unwrap();
    let posts = kept.seen.iter().filter(|one| one.method == "POST" && one.path == path);
    let with = posts.filter(|one| one.body.contains(text));
    with.map(|one| serde_json::from_str(&one.body).unwrap()).collect()
}

/// Makes a user with a nickname, which the schema does not have.
fn nicknamed() -> String {
    MAKES.replace("user: {}", "user: { nickName: Annie }")
}

#[tokio::test]
async fn a_name_that_is_taken_says_nothing_of_schemas() {
    let taken = AtomicBool::new(false);
    let server = Small::with(move |asked, _| {
        if asked.path == "/Schemas" {
            return Some(reply(200, &schemas()));
        }
        let makes = asked.method == "POST" && asked.body.contains("Annie");
        (makes && !taken.swap(true, Ordering::SeqCst)).then(|| error(409, "this name is taken"))
    })
    .await;
    let report = fire_with(&server.url, times(&nicknamed(), 2), one_by_one()).await.unwrap();
    let mut all = verdicts(&report, "t/makes");
    all.sort_unstable();
    assert_eq!(all, [Verdict::Blocked, Verdict::Pass]);
    assert_eq!(posted(&server, "/Users", "Annie").len(), 2, "it is sent as before");
}

#[tokio::test]
async fn what_did_not_help_is_not_learned() {
    // Eve is refused, whatever is sent.
    let server = Small::with(|asked, _| {
        if asked.path == "/Schemas" {
            return Some(reply(200, &schemas()));
        }
        let eve = asked.method == "POST" && asked.body.contains("-eve@");
        eve.then(|| error(400, "`title` is wrong"))
    })
    .await;
    let first = nicknamed().replace("ann", "eve").replace("given:", "probes: [members]\ngiven:");
    let then = nicknamed().replace("ann", "bob").replace("t/makes", "t/then");
    let teams = r#"
id: t/teams
title: teams
why: w
level: must
covers: [RFC7644-3.3-01]
given:
  team: { group: { description: Team } }
steps:
  - send: PUT /Groups/${team/id}
    body: { displayName: "${team/displayName}" }
    expect: { status: 200 }
fix: f
"#;
    let all = vec![scenario(&first), scenario(&then), scenario(teams)];
    let report = fire_with(&server.url, all, one_by_one()).await.unwrap();
    assert_eq!(entry(&report, "t/makes").verdict, Verdict::Blocked);
    assert!(posted(&server, "/Users", "-eve@").len() > 1, "something else was tried");
    assert_eq!(verdicts(&report, "t/then"), [Verdict::Pass]);
    let bob = posted(&server, "/Users", "-bob@");
    assert_eq!(bob.len(), 1);
    assert_eq!((&bob[0]["nickName"], &bob[0]["title"]), (&json!("Annie"), &Value::Null));
    assert_eq!(verdicts(&report, "t/teams"), [Verdict::Pass]);
    assert_eq!(posted(&server, "/Groups", "description").len(), 1);
    assert_eq!(report.notes, Vec::<String>::new());
}

#[tokio::test]
async fn what_helped_at_one_endpoint_is_for_that_one() {
    let server = Small::with(|asked, _| {
        if asked.path == "/Schemas" {
            return Some(reply(200, &schemas()));
        }
        let more = asked.method == "POST" && asked.path == "/Users";
        (more && asked.body.contains("nickName")).then(|| error(400, "unknown attribute"))
    })
    .await;
    let first = nicknamed().replace("given:", "probes: [members]\ngiven:");
    let second = nicknamed().replace("t/makes", "t/then");
    let third = second.replace("t/then", "t/teams").replace(
        "ann: { user: { nickName: Annie } }",
        "ann: { user: { nickName: Annie } }\n  team: { group: { description: Team } }",
    );
    let all = vec![scenario(&first), scenario(&second), scenario(&third)];
    let report = fire_with(&server.url, all, one_by_one()).await.unwrap();
    assert_eq!(verdicts(&report, "t/"), [Verdict::Pass; 3]);
    assert_eq!(posted(&server, "/Users", "Annie").len(), 1, "it is left out from then on");
    assert_eq!(posted(&server, "/Groups", "description").len(), 1);
}
