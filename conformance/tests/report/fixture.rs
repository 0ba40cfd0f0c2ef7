//! A report as a run against a middling server gives it: every verdict, one cause that blocks
//! two, a waiver, a choice. Nothing in it depends on the clock.

use provisor_conformance::expect::Difference;
use provisor_conformance::report::matrix::{State, matrix};
use provisor_conformance::report::{
    Answer, Body, Cited, Entry, Exchange, Finding, Kind, Latency, Redacted, Report, Request,
    Section, Verdict, Waived,
};
use provisor_conformance::scenario::Level;
use serde_json::json;

/// The token of the run; no reporter may show it.
pub(super) const TOKEN: &str = "pvr_5ecretTokenOfTheRun";

pub(super) const BASE: &str = "http://127.0.0.1:8080/scim/v2";

/// The report.
pub(super) fn report() -> Redacted {
    raw().redacted(&[TOKEN.to_owned()])
}

/// The same before secrets are taken out.
pub(super) fn raw() -> Report {
    let mut report = Report::new(Kind::Server, BASE);
    report.tool = "0.1.0".to_owned();
    report.judged_by = vec!["okta-oin".to_owned()];
    report.mark = "pvc19a3".to_owned();
    report.seed = Some(7);
    report.started = "2026-11-29T05:00:00.000Z".to_owned();
    report.millis = 10_800;
    report.requests = 42;
    report.latency = Some(Latency { p50: 1.2, p95: 4.05, p99: 9.1, max: 31.0 });
    report.entries = vec![
        password_is_shown(),
        groups_cannot_be_made(),
        blocked("rfc7644/3.5.2-patch/add-member", "A member can be added"),
        blocked("rfc7644/3.5.2-patch/remove-member", "A member can be removed"),
        no_answer(),
        location_is_missing(),
        choice(),
        waived(),
        without_bulk(),
        never_renamed(),
        passes(),
    ];
    report.entries.sort_by(|one, other| one.id.cmp(&other.id));
    report.requirements = matrix(Kind::Server, &report.entries, |id| id == "RFC7644-3.5.1-01");
    // Few enough to be read, one of each kind.
    report.requirements.retain(|one| {
        let few = ["RFC7644-3.5.1-01", "RFC7643-4.1.2-13", "RFC7643-4-01"];
        matches!(one.state, State::Tested | State::NotReached)
            || few.contains(&one.requirement.id.as_str())
    });
    report.left_behind = vec!["/Users/2819c223".to_owned()];
    report.notes = vec!["the server was throttling: 3 requests were sent again".to_owned()];
    report
}

/// An entry with nothing but a verdict.
pub(super) fn entry(id: &str, title: &str, verdict: Verdict, covers: &[&str]) -> Entry {
    let covers: Vec<String> = covers.iter().map(|id| (*id).to_owned()).collect();
    Entry {
        id: id.to_owned(),
        title: title.to_owned(),
        verdict,
        level: Level::Must,
        section: Section::of(&covers).unwrap(),
        tags: vec!["quick".to_owned()],
        dialects: Vec::new(),
        why: "Clients of many vendors rely on it.".to_owned(),
        fix: "Answer as the RFC says.".to_owned(),
        reason: None,
        blocked_by: None,
        own_verdict: None,
        held: Vec::new(),
        requirements: covers.iter().map(|id| Cited::of(id).unwrap()).collect(),
        findings: Vec::new(),
        chosen: None,
        requests: 3,
        millis: 12,
        exchanges: Vec::new(),
        waived: None,
    }
}

/// A request with the token, and its answer.
pub(super) fn exchange(
    method: &str,
    target: &str,
    body: Option<&[u8]>,
    status: u16,
    answer: &[u8],
) -> Exchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = vec![header("accept", "application/scim+json")];
    if body.is_some() {
        headers.push(header("content-type", "application/scim+json"));
    }
    headers.push(header("authorization", &format!("Bearer {TOKEN}")));
    Exchange {
        request: Request {
            method: method.to_owned(),
            url: format!("{BASE}{target}"),
            headers,
            body: body.and_then(Body::of),
            credential: Some("TOKEN".to_owned()),
            received: false,
        },
        answer: Some(Answer {
            status,
            headers: vec![
                header("content-type", "application/scim+json"),
                header("set-cookie", "session=c00kie-of-the-run"),
            ],
            body: Body::of(answer),
        }),
        failed: None,
        started: Some("2026-11-29T05:00:01.250Z".to_owned()),
        millis: Some(1.25),
    }
}

pub(super) fn difference(place: &str, expected: &str, found: &str) -> Difference {
    let text = |text: &str| text.to_owned();
    Difference { place: text(place), expected: text(expected), found: text(found) }
}

pub(super) fn finding(step: u64, differences: Vec<Difference>, exchange: Exchange) -> Finding {
    let name =
        format!("{} {}", exchange.request.method, exchange.request.url.trim_start_matches(BASE));
    let exchanges = vec![exchange];
    let (breaks, before) = (Vec::new(), Vec::new());
    Finding {
        step: Some(step),
        name,
        level: Level::Must,
        minor: false,
        breaks,
        before,
        differences,
        exchanges,
    }
}

fn password_is_shown() -> Entry {
    let sent = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "pvc19a3-ann@conformance.example",
        "password": "t0p-Secret-9",
    });
    let mut came = sent.clone();
    came["id"] = json!("2819c223");
    let (sent, came) = (sent.to_string(), came.to_string());
    let exchange = exchange("POST", "/Users", Some(sent.as_bytes()), 201, came.as_bytes());
    let shown = difference("/password", "no value", "\"t0p-Secret-9\"");
    let mut entry = entry(
        "rfc7644/3.3-create/password-is-never-shown",
        "A password is taken and never given back",
        Verdict::Fail,
        &["RFC7643-4.1.1-26", "RFC7644-3.3-12"],
    );
    entry.why = "A password in an answer is a password in logs & caches.".to_owned();
    entry.fix = "Leave `password` out of every answer.".to_owned();
    entry.findings = vec![finding(1, vec![shown], exchange)];
    entry
}

fn groups_cannot_be_made() -> Entry {
    let sent = br#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"it's a group"}"#;
    let came = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500","detail":"relation \"groups\" does not exist"}"#;
    let exchange = exchange("POST", "/Groups", Some(sent), 500, came);
    let mut entry = entry(
        "rfc7644/3.3-create/group",
        "A group can be made",
        Verdict::Fail,
        &["RFC7644-3.3-01"],
    );
    entry.findings = vec![finding(1, vec![difference("status", "201", "500")], exchange)];
    entry
}

fn blocked(id: &str, title: &str) -> Entry {
    let mut entry = entry(id, title, Verdict::Blocked, &["RFC7644-3.5.2-01"]);
    entry.reason = Some("`team` could not be made: POST /Groups answered 500".to_owned());
    entry.blocked_by = Some("POST /Groups answers 500".to_owned());
    let exchange = exchange("POST", "/Groups", Some(b"{}"), 500, b"");
    let mut stopped = finding(1, Vec::new(), exchange);
    (stopped.step, stopped.name) = (None, "what stopped it".to_owned());
    entry.findings = vec![stopped];
    entry
}

fn no_answer() -> Entry {
    let mut exchange = exchange("GET", "/Users?startIndex=1&count=1000000", None, 200, b"");
    (exchange.answer, exchange.millis) = (None, None);
    exchange.failed = Some("no answer within 30 s".to_owned());
    let mut entry = entry(
        "rfc7644/3.4.2-query/very-many",
        "A page of a million is answered",
        Verdict::Error,
        &["RFC7644-3.4.2.4-01"],
    );
    entry.reason = Some("no answer within 30 s".to_owned());
    entry.findings = vec![finding(1, Vec::new(), exchange)];
    entry
}

fn location_is_missing() -> Entry {
    let came = br#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819c223"}"#;
    let exchange = exchange("GET", "/Users/2819c223", None, 200, came);
    let mut entry = entry(
        "rfc7644/3.4.1-read/location",
        "An answer says where the resource is",
        Verdict::Warn,
        &["RFC7644-3.4.1-01"],
    );
    entry.level = Level::Should;
    let missing = difference("header location", "a value", "nothing");
    let mut one = finding(2, vec![missing], exchange);
    one.level = Level::Should;
    entry.findings = vec![one];
    entry
}

fn choice() -> Entry {
    let mut entry = entry(
        "rfc7643/4.2-group/same-name-twice",
        "Two groups may have one name",
        Verdict::Pass,
        &["RFC7643-4.2-01"],
    );
    entry.level = Level::May;
    entry.chosen = Some("status: 409".to_owned());
    entry
}

fn waived() -> Entry {
    let exchange = exchange("PUT", "/Users/2819c223", Some(b"{}"), 204, b"");
    let mut entry = entry(
        "rfc7644/3.5.1-replace/answer",
        "A replaced user comes back",
        Verdict::Fail,
        &["RFC7644-3.5.1-03"],
    );
    entry.findings = vec![finding(1, vec![difference("status", "200", "204")], exchange)];
    let (reason, expires) = ("mended in release 4.2".to_owned(), "2027-01-31".to_owned());
    entry.waived = Some(Waived { reason, expires });
    entry
}

fn without_bulk() -> Entry {
    let mut entry = entry(
        "rfc7644/3.7-bulk/answers-in-order",
        "Operations of a bulk request are answered in order",
        Verdict::Skip,
        &["RFC7644-3.7-01"],
    );
    entry.reason = Some("needs bulk: ServiceProviderConfig /bulk/supported".to_owned());
    entry.requests = 0;
    entry
}

fn never_renamed() -> Entry {
    let mut entry = entry(
        "source/rename-group",
        "A renamed group keeps its id",
        Verdict::NotExercised,
        &["RFC7644-3.5.2-01"],
    );
    entry.reason = Some("no group was renamed".to_owned());
    entry
}

fn passes() -> Entry {
    entry("rfc7644/3.3-create/minimal", "A user can be made", Verdict::Pass, &["RFC7644-3.3-01"])
}
