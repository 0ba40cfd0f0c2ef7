//! Secrets go from every part of a report.

use super::*;
use crate::expect::Difference;
use crate::report::{Answer, Finding, Kind, Request, Section, Verdict};
use crate::scenario::Level;

const TOKEN: &str = "tok/en+of=the-run";
const PASSWORD: &str = "t0p \"secret\"";

fn exchange() -> Exchange {
    let header = |name: &str, value: String| (name.to_owned(), value);
    let patch = serde_json::json!({ "Operations": [
        { "op": "replace", "path": "password", "value": PASSWORD },
    ] });
    let echo = serde_json::json!({ "detail": format!("{PASSWORD} is too short for {TOKEN}") });
    Exchange {
        request: Request {
            method: "PATCH".to_owned(),
            url: "http://127.0.0.1/Users?token=tok%2Fen%2Bof%3Dthe-run".to_owned(),
            headers: vec![
                header("Authorization", format!("Bearer {TOKEN}")),
                header("X-Custom", TOKEN.to_owned()),
            ],
            body: Body::of(patch.to_string().as_bytes()),
            credential: Some("TOKEN".to_owned()),
            received: false,
        },
        answer: Some(Answer {
            status: 400,
            headers: vec![header("set-cookie", "session=abcdef".to_owned())],
            body: Body::of(echo.to_string().as_bytes()),
        }),
        failed: Some(format!("broke after {TOKEN}")),
        started: None,
        millis: None,
    }
}

fn report() -> Report {
    let mut report = Report::new(Kind::Server, format!("http://{TOKEN}@127.0.0.1/{TOKEN}"));
    report.notes = vec![TOKEN.to_owned()];
    report.left_behind = vec![format!("/Users/{TOKEN}")];
    report.interrupted = Some(TOKEN.to_owned());
    let difference = |place: &str, found: &str| Difference {
        place: place.to_owned(),
        expected: format!("not {TOKEN}"),
        found: found.to_owned(),
    };
    report.entries.push(Entry {
        id: "a/b".to_owned(),
        title: "Title".to_owned(),
        verdict: Verdict::Fail,
        level: Level::Must,
        section: Section { place: "RFC 7644, 3.3".to_owned(), title: "Creating".to_owned() },
        tags: Vec::new(),
        dialects: Vec::new(),
        why: String::new(),
        fix: String::new(),
        reason: Some(TOKEN.to_owned()),
        blocked_by: Some(TOKEN.to_owned()),
        own_verdict: None,
        held: Vec::new(),
        requirements: Vec::new(),
        findings: vec![Finding {
            step: Some(1),
            name: format!("PATCH {TOKEN}"),
            level: Level::Must,
            minor: false,
            breaks: Vec::new(),
            before: vec![exchange()],
            differences: vec![difference("/password", "\"pw\""), difference("status", PASSWORD)],
            exchanges: vec![exchange()],
        }],
        chosen: Some(TOKEN.to_owned()),
        requests: 1,
        millis: 1,
        exchanges: vec![exchange()],
        waived: None,
    });
    report
}

#[test]
fn no_secret_of_the_run_or_its_evidence_is_left() {
    let redacted = report().redacted(&[TOKEN.to_owned()]);
    let text = serde_json::to_string(&redacted).unwrap();
    for secret in [TOKEN, "tok%2Fen", "of=the", "t0p", "secret\\", "session=", "\\\"pw\\\""] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    assert!(text.contains("Bearer [redacted]"), "the scheme stays");
    let again = serde_json::from_str::<Report>(&text).unwrap().redacted(&[]);
    assert_eq!(again, redacted, "a report can be read back");
}

#[test]
fn a_secret_at_the_place_of_the_cut_is_no_half_secret() {
    let mut report = report();
    let long = format!("{}{TOKEN}{}", "x".repeat(super::super::exchange::LONGEST_BODY - 5), "y");
    if let Some(answer) = &mut report.entries[0].findings[0].exchanges[0].answer {
        answer.body = Body::of(long.as_bytes());
    }
    let redacted = report.redacted(&[TOKEN.to_owned()]);
    let body = redacted.entries[0].findings[0].exchanges[0].answer.clone().unwrap().body.unwrap();
    assert!(body.cut && body.text.ends_with("x[reda"), "{:?}", body.text.get(32_000..));
}
