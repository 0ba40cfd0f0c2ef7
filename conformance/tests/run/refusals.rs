//! What an endpoint does not do, or does in its own way, is one finding or none, and no reason to
//! stop: connections that end, attributes that it lacks or asks for, features that it refuses.

use std::sync::{Arc, Mutex};

use provisor_conformance::report::{Redacted, Verdict};
use provisor_conformance::run::Options;
use serde_json::{Value, json};

use super::raw::{Does, Raw};
use super::small::{Small, error, reply};
use super::tell::{MAKES, entry, fire, fire_with, plain, scenario, soon, times, verdicts};

#[tokio::test]
async fn a_kept_connection_that_dies_under_a_request_is_nobodys_fault() {
    const ALL: &str = plain!(
        "t/all",
        r#"
steps:
  - { send: GET /Users, expect: { status: 200 } }
  - { send: POST /Users/.search, body: {}, expect: { status: 200 } }
  - { send: PATCH /Users/1, body: {}, expect: { status: 200 } }
  - { send: DELETE /Users/1, expect: { status: 200 } }
"#
    );
    let server = Raw::start(|_| Does::Tires).await;
    let options = Options { jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, vec![scenario(ALL)], options).await.unwrap();
    assert_eq!(verdicts(&report, "t/all"), [Verdict::Pass], "{:?}", entry(&report, "t/all"));
}

#[tokio::test]
async fn what_was_made_by_an_answer_that_broke_off_is_taken_away() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&seen);
    let server = Raw::start(move |line| {
        lines.lock().unwrap().push(line.to_owned());
        match line.starts_with("POST") {
            true => Does::Writes(
                "HTTP/1.1 201 Created\r\nlocation: /scim/Users/77\r\ncontent-length: 50\r\n\r\n{",
            ),
            false => Does::Behaves,
        }
    })
    .await;
    fire(&server.url, vec![scenario(MAKES)]).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.iter().any(|line| line.starts_with("DELETE /scim/Users/77 ")), "{seen:?}");
}

#[tokio::test]
async fn sub_attributes_that_the_schema_lacks_are_not_sent() {
    let attribute = |name: &str, sub: &[&str]| {
        let sub: Vec<Value> = sub.iter().map(|name| json!({ "name": name })).collect();
        json!({ "name": name, "type": "complex", "subAttributes": sub })
    };
    let schemas = json!({ "Resources": [{
        "id": "urn:ietf:params:scim:schemas:core:2.0:User",
        "attributes": [attribute("emails", &["value", "type"]), attribute("name", &["formatted"])],
    }] });
    let server = Small::with(move |asked, _| {
        if asked.path == "/Schemas" {
            return Some(reply(200, &schemas));
        }
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let unknown = body["emails"][0].get("primary").is_some() || body.get("name").is_some();
        (asked.method == "POST" && unknown).then(|| error(400, "unknown attribute"))
    })
    .await;
    let report = fire(&server.url, vec![scenario(MAKES)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass], "{:?}", entry(&report, "t/makes"));
}

#[tokio::test]
async fn what_an_error_asks_for_is_filled_into_the_bodies_of_steps_too() {
    const SENDS: &str = plain!(
        "t/sends",
        r#"
given:
  ann: { user: {} }
steps:
  - send: POST /Users
    body: { userName: "${run}-bob" }
    expect: { status: 201, body: { /userName: "${run}-bob" } }
  - send: PUT /Users/${ann/id}
    body: { userName: "${ann/userName}" }
    expect: { status: 200 }
  - name: what is refused on purpose stays as it is
    send: POST /Users
    body: { userName: "${run}-eve", title: none }
    expect: { status: 400 }
"#
    );
    let server = Small::with(|asked, _| {
        let body: Value = serde_json::from_str(&asked.body).ok()?;
        let missing = |name: &str| error(400, &format!("{name} is required"));
        if body.get("active").is_none() {
            return Some(missing("active"));
        }
        body["name"].get("formatted").is_none().then(|| missing("name.formatted"))
    })
    .await;
    let report = fire(&server.url, vec![scenario(SENDS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/sends"), [Verdict::Pass], "{:?}", entry(&report, "t/sends"));
    let eves =
        server.kept.lock().unwrap().seen.iter().filter(|one| one.body.contains("-eve")).count();
    assert_eq!(eves, 1);
    assert!(
        report.notes.iter().any(|note| note.contains("`name.formatted`")),
        "{:?}",
        report.notes
    );
}

/// Reads a schema by its URN.
const SCHEMA: &str = plain!(
    "t/schema",
    r#"
steps:
  - { send: "GET /Schemas/urn:ietf:params:scim:schemas:core:2.0:User", expect: { status: 200 } }
"#
);

/// How many failed, how many of the others are blocked by that one, and the rest.
fn split(report: &Redacted) -> (usize, usize, usize) {
    let tested: Vec<_> = report.entries.iter().filter(|one| !one.id.contains("delete")).collect();
    let failed: Vec<_> = tested.iter().filter(|one| one.verdict == Verdict::Fail).collect();
    let by = failed.first().map(|one| one.id.as_str());
    let blocked = tested
        .iter()
        .filter(|one| one.verdict == Verdict::Blocked && one.blocked_by.as_deref() == by)
        .count();
    (failed.len(), blocked, tested.len() - failed.len() - blocked)
}

#[tokio::test]
async fn searches_and_schemas_that_are_not_there_are_one_finding() {
    let report = fire(&Small::start().await.url, times(SCHEMA, 4)).await.unwrap();
    assert_eq!(split(&report), (1, 4, 0));
    // One that is not there is no refusal of all.
    let other = SCHEMA.replace("schemas:core:2.0:User", "schemas:core:2.0:Nobody");
    let server = Small::with(|asked, _| {
        asked.path.ends_with("core:2.0:User").then(|| reply(200, &json!({ "id": asked.path })))
    })
    .await;
    let report = fire(&server.url, times(&other, 3)).await.unwrap();
    assert_eq!(split(&report), (3, 0, 1), "and the probe passes");
    // No path ends with `.search` there.
    let urn = "GET /Schemas/urn:ietf:params:scim:schemas:core:2.0:User";
    let searches = SCHEMA.replace(urn, "POST /Users/.search");
    let report = fire(&Small::start().await.url, times(&searches, 8)).await.unwrap();
    assert_eq!(split(&report), (1, 8, 0));
}

#[tokio::test]
async fn what_failing_scenarios_made_is_kept_where_somebody_wants_to_look_at_it() {
    const FAILS: &str = plain!(
        "t/fails",
        r#"
given:
  eve: { user: {} }
steps:
  - { send: "GET /Users/${eve/id}", expect: { status: 404 } }
"#
    );
    for shared in [1, 3] {
        let server = Small::start().await;
        let mut both = times(FAILS, shared);
        both.extend(times(MAKES, 2));
        let options = Options { keep: true, ..soon() };
        let report = fire_with(&server.url, both, options).await.unwrap();
        let there = server.there();
        assert_eq!(there.len(), 1, "Eve, and nobody else: {there:?}");
        assert!(server.kept.lock().unwrap().resources[&there[0]].to_string().contains("-eve@"));
        assert!(report.left_behind.is_empty(), "{:?}", report.left_behind);
        let note = format!("kept for a look (--keep): {}", there[0]);
        assert!(report.notes.iter().any(|one| one.starts_with(&note)), "{:?}", report.notes);
    }
}
