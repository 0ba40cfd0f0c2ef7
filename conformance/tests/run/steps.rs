//! What steps keep, leave out, repeat and measure.

use std::sync::atomic::{AtomicBool, Ordering};

use provisor_conformance::corpus::Corpus;
use provisor_conformance::expect::differences;
use provisor_conformance::http::Answer;
use provisor_conformance::report::Verdict;
use provisor_conformance::scenario::{Expectation, Took};
use serde_json::{Value, json};

use super::small::{Asked, Kept, Reply, Small, error, reply};
use super::tell::{entry, fire, found, plain, scenario, verdicts};

/// A write that may be refused, and what must be there afterwards either way.
const EITHER: &str = plain!(
    "t/either",
    r#"
given:
  ann: { user: { title: Clerk } }
steps:
  - send: PUT /Users/${ann/id}
    body: { userName: "${ann/userName}", title: Chef }
    keep: taken
    expect: { status: [200, 409] }
    chosen:
      - { says: "takes ${taken/title}", when: { status: 299 } }
      - { says: "refuses ${ann/title}", when: { status: 409 } }
      - { says: takes it, when: { status: 200 } }
  - { if_known: "taken:headers", send: "GET /Users/${ann/id}", expect: { status: 200, body: { /title: Chef } } }
  - { unless_known: "taken:headers", send: "GET /Users/${ann/id}", expect: { status: 200, body: { /title: Clerk } } }
"#
);

#[tokio::test]
async fn a_choice_is_held_against_what_is_there_afterwards() {
    let refuses =
        |asked: &Asked, _: &mut Kept| (asked.method == "PUT").then(|| error(409, "not today"));
    // Refuses, and writes all the same.
    let lies = |asked: &Asked, kept: &mut Kept| {
        let put = asked.method == "PUT";
        put.then(|| kept.answer(asked)).map(|_| error(409, "not today"))
    };
    // Takes it, and writes nothing.
    let forgets = |asked: &Asked, _: &mut Kept| {
        (asked.method == "PUT").then(|| reply(200, &json!({ "title": "Chef" })))
    };
    for (server, verdict, chosen) in [
        (Small::start().await, Verdict::Pass, "takes it"),
        (Small::with(refuses).await, Verdict::Pass, "refuses Clerk"),
        (Small::with(lies).await, Verdict::Fail, "refuses Clerk"),
        (Small::with(forgets).await, Verdict::Fail, "takes it"),
    ] {
        let report = fire(&server.url, vec![scenario(EITHER)]).await.unwrap();
        let entry = entry(&report, "t/either");
        assert_eq!((entry.verdict, entry.chosen.as_deref()), (verdict, Some(chosen)));
    }
}

#[tokio::test]
async fn without_keep_a_refusal_is_the_end() {
    let text = EITHER.replace("    keep: taken\n", "    as: taken\n");
    let server =
        Small::with(|asked, _| (asked.method == "PUT").then(|| error(409, "not today"))).await;
    let report = fire(&server.url, vec![scenario(&text)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/either"), [Verdict::Blocked]);
}

#[tokio::test]
async fn elements_are_copied_with_their_numbers() {
    const COPIES: &str = plain!(
        "t/copies",
        r#"
steps:
  - send: POST /Users
    body: { userName: "${run}", emails: [{ value: "a@{turn}" }, { type: x, phones: [1, "@{turn}"] }] }
    copies: { /emails/0: 3, /emails/1/phones/1: 2, /nothing/0: 4, /emails/7: 5 }
    expect: { status: 201, body: { /emails: [{ value: a1 }, { value: a2 }, { value: a3 }, { phones: [1, "1", "2"] }] } }
"#
    );
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(COPIES)]).await.unwrap();
    assert_eq!(found(entry(&report, "t/copies")), "");
    assert_eq!(verdicts(&report, "t/copies"), [Verdict::Pass]);
}

#[test]
fn a_time_is_too_long_only_beside_another_and_beyond_what_chance_does() {
    let expected = |this: f64, other: f64| {
        let took = Took { of: "b".into(), times: 2.0, floor: 100.0, measured: Some((this, other)) };
        Expectation { took: [("a".to_owned(), took)].into(), ..Expectation::default() }
    };
    let answer = Answer::default();
    for (this, other) in [(1.0, 9.0), (99.0, 1.0), (101.0, 1.0), (1000.0, 500.0)] {
        assert_eq!(differences(&expected(this, other), &answer), []);
    }
    let told = differences(&expected(312.5, 5.25), &answer).remove(0);
    assert_eq!(
        (told.place.as_str(), told.expected.as_str(), told.found.as_str()),
        ("time of `a`", "at most 2 times `b` (5.25 ms), or 100 ms more", "312.5 ms")
    );
}

const TIMES: &str = r#"
id: t/times
title: times
why: w
level: should
covers: [RFC7644-3.4.1-01]
steps:
  - { send: GET /Users/1, took: one }
  - { send: GET /Users/2, took: two }
  - send: GET /Users/1
    expect: { took: { one: { of: two, times: 1000, floor: 60000 } } }
    chosen: [{ says: "${one} ms and ${two} ms", when: {} }]
fix: f
"#;

#[tokio::test]
async fn measures_are_told_and_nobody_fails_by_them() {
    let server =
        Small::with(|asked, _| asked.path.starts_with("/Users/").then(|| reply(200, &json!({}))))
            .await;
    let report = fire(&server.url, vec![scenario(TIMES)]).await.unwrap();
    let told = entry(&report, "t/times").chosen.clone().unwrap();
    let numbers: Vec<f64> = told.split(" ms").take(2).map(number).collect();
    assert!(numbers.iter().all(|millis| *millis >= 0.0), "{told}");

    let broken = |right: &str, wrong: &str| {
        let text = TIMES.replace(right, wrong);
        let broken = Corpus::of([("t/times.yaml".to_owned(), text.as_str())].into_iter());
        broken.unwrap_err()[0].to_string()
    };
    let told = broken("level: should", "level: must");
    assert!(told.contains("no RFC asks for a time"), "{told}");
    let told = broken("of: two", "of: three");
    assert!(told.contains("name what steps measure with `took`"), "{told}");
}

fn number(text: &str) -> f64 {
    text.trim_start_matches(" and").trim().parse().unwrap()
}

/// A server with bulk requests, as far as they delete; or one that only says so.
async fn with_bulk(works: bool) -> Small {
    let asked_once = AtomicBool::new(false);
    Small::with(move |asked, kept| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/ServiceProviderConfig") => {
            Some(reply(200, &json!({ "bulk": { "supported": true } })))
        }
        ("POST", "/Bulk") if works => Some(delete_all(&asked.body, kept)),
        ("POST", "/Bulk") => {
            assert!(
                !asked_once.swap(true, Ordering::SeqCst),
                "what does not work is not tried again"
            );
            Some(error(501, "no"))
        }
        _ => None,
    })
    .await
}

fn delete_all(body: &str, kept: &mut Kept) -> Reply {
    let body: Value = serde_json::from_str(body).unwrap();
    let operations = body["Operations"].as_array().unwrap();
    let done = operations.iter().map(|one| {
        assert_eq!(one["method"], "DELETE");
        let path = one["path"].as_str().unwrap();
        kept.resources.remove(path);
        json!({ "method": "DELETE", "location": format!("http://x/scim{path}"), "status": "204" })
    });
    reply(200, &json!({ "Operations": done.collect::<Vec<_>>() }))
}

#[tokio::test]
async fn many_are_taken_away_together_and_otherwise_one_by_one() {
    let given: String = (0..120).map(|one| format!("  u{one}: {{ user: {{}} }}\n")).collect();
    let many = format!(
        "id: t/many\ntitle: t\nwhy: w\nlevel: must\ncovers: [RFC7644-3.3-01]\ngiven:\n{given}\
         steps: [{{ send: \"PUT /Users/${{u7/id}}\", body: {{ userName: x }} }}]\nfix: f\n"
    );
    for works in [true, false] {
        let server = with_bulk(works).await;
        let report = fire(&server.url, vec![scenario(&many)]).await.unwrap();
        assert_eq!(verdicts(&report, "t/many"), [Verdict::Pass]);
        assert_eq!(server.there(), Vec::<String>::new());
        let single = if works { 1 } else { 121 };
        assert_eq!(server.count("DELETE /Users/"), single, "the one of the gate too");
        assert_eq!(server.count("POST /Bulk"), if works { 2 } else { 1 });
    }
}
