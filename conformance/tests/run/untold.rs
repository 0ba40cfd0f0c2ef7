//! What a bulk request made is taken away, even where its answer does not tell of it.

use provisor_conformance::report::Verdict;
use serde_json::{Value, json};

use super::small::{Kept, Reply, Small, error, reply};
use super::tell::{fire, scenario, verdicts};

const BULK: &str = r#"
id: t/bulk
title: bulk
why: w
level: must
covers: [RFC7644-3.7-01]
needs: [bulk]
probes: [bulk]
steps:
  - send: POST /Bulk
    body:
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
      Operations:
        - { method: POST, path: /Users, bulkId: a, data: { userName: "${run}-ann" } }
        - { method: POST, path: /Users, bulkId: b, data: { userName: "${run}-bob" } }
    expect: { status: [200, 409, 500] }
fix: f
"#;

/// A server that does what is asked in bulk and answers as it likes.
async fn server(answer: impl Fn(&mut Kept) -> Reply + Send + Sync + 'static) -> Small {
    Small::with(move |asked, kept| {
        if asked.path == "/ServiceProviderConfig" {
            return Some(reply(200, &json!({ "bulk": { "supported": true } })));
        }
        let body: Value =
            serde_json::from_str(&asked.body).ok().filter(|_| asked.path == "/Bulk")?;
        for operation in body["Operations"].as_array()? {
            kept.make("Users", &operation["data"].to_string());
        }
        Some(answer(kept))
    })
    .await
}

#[tokio::test]
async fn what_a_bulk_answer_does_not_tell_is_looked_for() {
    let unread = |status: u16, body: &str| {
        let body = body.to_owned();
        move |_: &mut Kept| Reply { status, headers: Vec::new(), body: body.clone() }
    };
    let nowhere = json!({ "Operations": [{ "method": "POST", "status": "201" }] }).to_string();
    let failed = json!({ "Operations": [{ "method": "POST", "status": "409" }] }).to_string();
    for (status, body) in [
        (500, "{}"),
        (409, "{}"),
        (200, "<html>"),
        (200, ""),
        (200, "{}"),
        (200, &nowhere),
        (200, &failed),
    ] {
        let server = server(unread(status, body)).await;
        let report = fire(&server.url, vec![scenario(BULK)]).await.unwrap();
        assert_eq!(verdicts(&report, "t/bulk"), [Verdict::Pass], "{body}");
        assert_eq!(server.there(), Vec::<String>::new(), "{status} {body}");
        assert_eq!(report.left_behind, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_it_tells_is_taken_away_at_once_and_the_rest_is_looked_for() {
    let server = server(|kept| {
        let first = kept.resources.keys().next().cloned().unwrap_or_default();
        let first =
            json!({ "method": "POST", "status": "201", "location": format!("/scim{first}") });
        let failed = json!({ "method": "POST", "status": "500" });
        reply(200, &json!({ "Operations": [first, failed] }))
    })
    .await;
    let report = fire(&server.url, vec![scenario(BULK)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/bulk"), [Verdict::Pass]);
    assert_eq!(server.there(), Vec::<String>::new());
    let seen = server.seen();
    let deleted: Vec<usize> =
        (0..seen.len()).filter(|place| seen[*place].starts_with("DELETE")).collect();
    let searched = seen.iter().rposition(|one| one == "GET /Users").unwrap();
    let (first, last) = (deleted[deleted.len() - 2], deleted[deleted.len() - 1]);
    assert!(first < searched && searched < last, "{seen:?}");
}

#[tokio::test]
async fn what_is_told_as_a_whole_costs_no_search() {
    let server = server(|kept| {
        let made = kept.resources.keys().map(
            |path| json!({ "method": "POST", "status": "201", "location": format!("/scim{path}") }),
        );
        let made: Vec<Value> = made.collect();
        reply(200, &json!({ "Operations": made }))
    })
    .await;
    let report = fire(&server.url, vec![scenario(BULK)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/bulk"), [Verdict::Pass]);
    assert_eq!(server.there(), Vec::<String>::new());
    assert_eq!(server.count("GET /Groups"), 1, "whether somebody is there, before the run");
}

#[tokio::test]
async fn what_is_refused_and_shown_afterwards_is_taken_away() {
    const REFUSED: &str = r#"
id: t/refused
title: refused
why: w
level: must
covers: [RFC7644-3.3-01]
steps:
  - send: POST /Users
    body: { userName: "${run}-twice" }
    expect: { status: 409 }
  - send: GET /Users?filter=userName eq "${run}-twice"
    expect: { status: 200 }
fix: f
"#;
    let server = Small::with(|asked, kept| {
        let makes = asked.method == "POST" && asked.body.contains("-twice");
        makes.then(|| kept.make("Users", &asked.body));
        makes.then(|| error(409, "somebody has that name"))
    })
    .await;
    let report = fire(&server.url, vec![scenario(REFUSED)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/refused"), [Verdict::Pass]);
    assert_eq!(server.there(), Vec::<String>::new());
}
