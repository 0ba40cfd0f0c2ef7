//! What several scenarios read is taken away when the last of them is done, not at the end of all.

use provisor_conformance::journal::{Journal, Past};
use provisor_conformance::report::Verdict;
use provisor_conformance::run::Options;
use provisor_conformance::scenario::Scenario;
use serde_json::{Value, json};

use super::small::{Asked, Small, reply};
use super::tell::{MAKES, fire_with, scenario, soon, times, verdicts};

/// Played before the others, as what probes something is.
const LOOKS: &str = r#"
id: t/looks
title: looks
why: w
level: must
covers: [RFC7644-3.3-01]
probes: [members]
given:
  shared: { user: { nickName: "${run}" } }
steps:
  - send: GET /Users/${shared/id}
    expect: { status: 200, body: { /nickName: "${run}" } }
fix: f
"#;

/// Those that share something, and one that is played after them.
fn looking(count: usize) -> Vec<Scenario> {
    let mut all = times(LOOKS, count);
    all.push(scenario(&MAKES.replace("ann", "after")));
    all
}

/// Whether what they shared was taken away before the one after them began.
fn in_time(server: &Small) -> bool {
    let kept = server.kept.lock().unwrap();
    let makes = |one: &Asked, name: &str| one.method == "POST" && one.body.contains(name);
    let made = kept.seen.iter().rposition(|one| makes(one, "-shared@")).unwrap();
    let after = kept.seen.iter().position(|one| makes(one, "-after@")).unwrap();
    assert!(made < after);
    kept.seen[made..after].iter().any(|one| one.method == "DELETE")
}

#[tokio::test]
async fn scenarios_that_are_played_several_times_need_it_until_the_last_time() {
    let options = Options { repeat: 3, jobs: Some(1), ..soon() };
    let server = Small::start().await;
    let report = fire_with(&server.url, looking(2), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/"), [Verdict::Pass; 3]);
    let shared = |one: &&Asked| one.body.contains("-shared@");
    let made = server.kept.lock().unwrap().seen.iter().filter(shared).count();
    assert_eq!(made, 1, "for all of them together");
    assert!(in_time(&server));
}

#[tokio::test]
async fn what_is_skipped_is_not_waited_for() {
    let server = Small::with(|asked, kept| {
        if asked.path == "/Schemas" {
            return Some(reply(
                200,
                &json!({ "Resources": [{
                "id": "urn:ietf:params:scim:schemas:core:2.0:User",
                "attributes": [{ "name": "userName", "type": "string", "required": true }],
            }] }),
            ));
        }
        let mut body: Value = serde_json::from_str(&asked.body).ok()?;
        body.as_object_mut()?.remove("nickName");
        (asked.method == "POST").then(|| kept.make("Users", &body.to_string()))
    })
    .await;
    let options = Options { repeat: 3, jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, looking(2), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/looks"), [Verdict::Skip; 2]);
    assert!(in_time(&server));
}

#[tokio::test]
async fn what_was_played_before_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let server = Small::start().await;
    let options = Options { journal: Some(Journal::create(&path).unwrap()), ..soon() };
    fire_with(&server.url, times(LOOKS, 1), options).await.unwrap();
    let past = Past::read(&path).unwrap();
    assert!(past.done.contains_key("t/looks-000"));
    let options = Options { past: Some(past), jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, looking(3), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/"), [Verdict::Pass; 4]);
    assert!(in_time(&server));
}
