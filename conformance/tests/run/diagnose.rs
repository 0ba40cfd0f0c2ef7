//! One cause is one finding: what an endpoint wants is learned, what it says is read leniently,
//! and what cannot be looked at names what is in the way.

use std::sync::atomic::{AtomicUsize, Ordering};

use provisor_conformance::report::Verdict;
use provisor_conformance::report::summary::Summary;
use provisor_conformance::run::Options;
use serde_json::{Value, json};

use super::small::{Reply, Small, error, reply};
use super::tell::{MAKES, READS, entry, fire, fire_with, plain, scenario, soon, times, verdicts};

#[tokio::test]
async fn what_an_error_asks_for_is_filled_in_and_told_once() {
    let server = Small::with(|asked, _| {
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let lacks = asked.method == "POST" && body.get("title").is_none();
        lacks.then(|| error(400, "Attribute 'title' is required"))
    })
    .await;
    let report = fire(&server.url, times(MAKES, 6)).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass; 6]);
    let notes: Vec<_> = report.notes.iter().filter(|note| note.contains("`title`")).collect();
    assert_eq!(notes.len(), 1, "{:?}", report.notes);
    assert_eq!(server.count("POST /Users"), 8, "learned by the gate, known to all others");
}

#[tokio::test]
async fn what_the_schema_requires_is_given_from_the_start() {
    let schemas = json!({ "Resources": [{
        "id": "urn:ietf:params:scim:schemas:core:2.0:User",
        "attributes": [
            { "name": "costs", "type": "complex", "required": true, "multiValued": true, "subAttributes": [
                { "name": "value", "type": "string" }, { "name": "share", "type": "integer", "required": true }] },
            { "name": "id", "required": true, "mutability": "readOnly" },
        ],
    }] });
    let server = Small::with(move |asked, _| {
        if asked.path == "/Schemas" {
            return Some(reply(200, &schemas));
        }
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let lacks = asked.method == "POST" && body["costs"][0]["share"] != 1;
        lacks.then(|| error(400, "no"))
    })
    .await;
    let report = fire(&server.url, vec![scenario(MAKES)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass]);
    assert!(report.notes.is_empty(), "{:?}", report.notes);
}

#[tokio::test]
async fn discovery_that_cannot_be_read_ends_nothing() {
    let documents =
        ["[1, 2", "\"hello\"", "{\"Resources\": 7, \"filter\": []}", "[null, {\"id\": 1}]"];
    for document in documents {
        let server = Small::with(move |asked, _| {
            let discovery = matches!(
                asked.path.as_str(),
                "/ServiceProviderConfig" | "/ResourceTypes" | "/Schemas"
            );
            discovery.then(|| Reply { status: 200, headers: Vec::new(), body: document.to_owned() })
        })
        .await;
        let report = fire(&server.url, vec![scenario(MAKES)]).await.unwrap();
        let verdict = verdicts(&report, "t/makes");
        // A list of resource types without Users says that there are none.
        let without = document.starts_with("[null")
            || document.starts_with("{\"Res")
            || document == "\"hello\"";
        assert_eq!(verdict, [Verdict::Pass], "{document} {without}");
    }
}

#[tokio::test]
async fn what_blocks_is_named_with_the_scenario_that_finds_it() {
    const FINDS: &str = plain!(
        "t/finds",
        r#"
steps:
  - send: POST /Users
    body: { userName: "${run}-x" }
    expect: { status: 201 }
"#
    );
    let server = Small::with(|asked, _| (asked.method == "POST").then(|| error(403, "no"))).await;
    let both = vec![scenario(FINDS), scenario(MAKES)];
    let report = fire(&server.url, both).await.unwrap();
    assert_eq!(verdicts(&report, "t/finds"), [Verdict::Fail]);
    let blocked = entry(&report, "t/makes");
    assert_eq!(blocked.verdict, Verdict::Blocked);
    let summary = Summary::of(&report);
    let cause = &summary.causes[0];
    assert_eq!((cause.words, cause.blocked.len()), ("POST /Users answers 403", 2));
    assert_eq!(cause.finding.unwrap().id, "t/finds");
    assert!(blocked.reason.as_deref().unwrap().contains("\"no\""));
}

#[tokio::test]
async fn verdicts_that_change_are_told_as_flaky() {
    let turn = AtomicUsize::new(0);
    let server = Small::with(move |asked, _| {
        let id = (turn.load(Ordering::SeqCst) + 1).to_string();
        (asked.path == "/Users/1").then(|| {
            turn.fetch_add(1, Ordering::SeqCst);
            reply(200, &json!({ "id": id }))
        })
    })
    .await;
    let options = Options { repeat: 3, ..soon() };
    let report = fire_with(&server.url, vec![scenario(READS)], options).await.unwrap();
    let entry = entry(&report, "t/reads");
    assert_eq!(entry.verdict, Verdict::Fail);
    assert_eq!(entry.reason.as_deref(), Some("flaky: pass, fail, fail in 3 plays"));
}

#[tokio::test]
async fn an_answer_may_take_its_time_where_the_scenario_says_so() {
    let waits = READS.replace("    expect:", "    within: 5\n    expect:");
    let turn = AtomicUsize::new(0);
    let server = Small::with(move |asked, _| {
        (asked.path == "/Users/1").then(|| match turn.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => error(404, "not yet"),
            _ => reply(200, &json!({ "id": "1" })),
        })
    })
    .await;
    let report = fire(&server.url, vec![scenario(&waits)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
    assert_eq!(server.count("GET /Users/1"), 3);
}

#[tokio::test]
async fn what_is_open_to_a_server_is_told_as_its_choice() {
    const MAY: &str = r#"
id: t/may
title: may
why: w
level: may
covers: [RFC7644-3.3-01]
steps:
  - send: GET /Users/7
    chosen:
      - { says: hides it, when: { status: 404 } }
      - { says: refuses, when: { status: 403 } }
fix: f
"#;
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(MAY)]).await.unwrap();
    assert_eq!(entry(&report, "t/may").chosen.as_deref(), Some("hides it"));
    let server =
        Small::with(|asked, _| (asked.path == "/Users/7").then(|| error(500, "ouch"))).await;
    let report = fire(&server.url, vec![scenario(MAY)]).await.unwrap();
    let entry = entry(&report, "t/may");
    assert_eq!(entry.verdict, Verdict::Pass);
    assert_eq!(entry.findings[0].differences[0].found, "something else, with status 500");
}

#[tokio::test]
async fn attributes_are_picked_by_their_characteristics() {
    const PICKS: &str = plain!(
        "t/picks",
        r#"
picks:
  loose: { type: string, caseExact: false, mutability: readWrite }
steps:
  - send: GET /Users/${loose}
    expect: { status: 404 }
"#
    );
    let schemas = json!({ "Resources": [{
        "id": "urn:ietf:params:scim:schemas:core:2.0:User",
        "attributes": [{ "name": "exact", "caseExact": true }, { "name": "loose1" }],
    }] });
    let server =
        Small::with(move |asked, _| (asked.path == "/Schemas").then(|| reply(200, &schemas))).await;
    let report = fire(&server.url, vec![scenario(PICKS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/picks"), [Verdict::Pass]);
    assert_eq!(server.count("GET /Users/loose1"), 1);

    let report = fire(&Small::start().await.url, vec![scenario(PICKS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/picks"), [Verdict::Skip]);
}

#[tokio::test]
async fn of_long_lists_only_what_is_ours_is_kept_whole() {
    const WALKS: &str = plain!(
        "t/walks",
        r#"
given:
  ann: { user: { title: Boss } }
steps:
  - send: GET /Users?startIndex=1&count=2
    walk: index
    expect:
      status: 200
      body:
        /Resources:
          count: 6
          has: { id: "${ann/id}", title: Boss }
          lacks: { id: { present: true }, title: Stranger }
"#
    );
    let server = Small::with(|asked, kept| {
        if asked.path != "/Users" || !asked.query.contains("count=2") {
            return None;
        }
        let number = |name: &str| -> usize {
            let one = asked.query.split('&').find_map(|one| one.strip_prefix(name)).unwrap();
            one.parse().unwrap()
        };
        let all: Vec<&Value> = kept.resources.values().collect();
        let page: Vec<_> = all.iter().skip(number("startIndex=") - 1).take(2).collect();
        Some(reply(200, &json!({ "totalResults": all.len(), "Resources": page })))
    })
    .await;
    for _ in 0..5 {
        server.kept.lock().unwrap().make("Users", r#"{ "title": "Stranger" }"#);
    }
    let options = Options { allow_existing_data: true, ..soon() };
    let report = fire_with(&server.url, vec![scenario(WALKS)], options).await.unwrap();
    assert_eq!(verdicts(&report, "t/walks"), [Verdict::Pass], "{:?}", entry(&report, "t/walks"));
    assert_eq!(server.count("GET /Users"), 5, "discovery, the gate, and three pages");
}
