//! Short ways to say what a test runs and what came of it.

use std::path::Path;
use std::time::Duration;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::http::{self, ClientError};
use provisor_conformance::journal::Journal;
use provisor_conformance::report::{Entry, Redacted, Verdict};
use provisor_conformance::run::{Endpoint, Event, Options, run};
use provisor_conformance::scenario::Scenario;

use super::small::Small;

/// What every run that writes plays first.
pub(super) const GATE: &str = "rfc7644/3.6-delete/takes-away";

/// A scenario of which a test says no more than what is done: its id, and the rest as its file has
/// it. A macro, so that it can be a constant.
macro_rules! plain {
    ($id:literal, $rest:literal) => {
        concat!(
            "id: ",
            $id,
            "\ntitle: ",
            $id,
            "\nwhy: w\nfix: f\nlevel: must\ncovers: [RFC7644-3.3-01]\n",
            $rest
        )
    };
}
pub(super) use plain;

/// Reads `/Users/1`.
pub(super) const READS: &str = r#"
id: t/reads
title: reads
why: w
level: must
covers: [RFC7644-3.4.1-01]
steps:
  - send: GET /Users/1
    expect: { status: 200, body: { /id: "1" } }
fix: f
"#;

/// Makes a user and reads it.
pub(super) const MAKES: &str = plain!(
    "t/makes",
    r#"
given:
  ann: { user: {} }
steps:
  - send: GET /Users/${ann/id}
    expect: { status: 200, body: { /userName: "${ann/userName}" } }
  - send: PUT /Users/${ann/id}
    body: { userName: "${ann/userName}" }
    expect: { status: 200 }
"#
);

/// One scenario from its text.
pub(super) fn scenario(text: &str) -> Scenario {
    let id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let corpus = Corpus::of([(format!("{id}.yaml"), text)].into_iter());
    corpus.unwrap_or_else(|broken| panic!("{}", broken[0])).scenarios.remove(0)
}

/// The same scenario so often, under ids of their own.
pub(super) fn times(text: &str, times: usize) -> Vec<Scenario> {
    let one = scenario(text);
    let id = |number| format!("{}-{number:03}", one.id);
    (0..times).map(|number| Scenario { id: id(number), ..one.clone() }).collect()
}

/// Options that let a test end soon.
pub(super) fn soon() -> Options {
    let http = http::Options {
        timeout: Duration::from_millis(700),
        body_bytes: 64 * 1024,
        ..http::Options::default()
    };
    Options { http, jobs: Some(2), clean_up: Duration::from_secs(2), ..Options::default() }
}

pub(super) fn endpoint(server: &Small) -> Endpoint {
    Endpoint::new(&server.url).bearer("secret-of-the-test")
}

/// A run with a journal that is stopped as soon as one of its twelve scenarios was played.
pub(super) async fn broken_off(server: &Small, journal: &Path) -> Redacted {
    let options = Options { journal: Some(Journal::create(journal).unwrap()), ..soon() };
    let stopper = options.stopper.clone();
    let on_event = move |event: &Event| {
        if matches!(event, Event::Done { id, .. } if id.starts_with("t/")) {
            stopper.stop();
        }
    };
    run(endpoint(server), times(MAKES, 12), options, on_event).await.unwrap()
}

pub(super) async fn fire(url: &str, scenarios: Vec<Scenario>) -> Result<Redacted, ClientError> {
    fire_with(url, scenarios, soon()).await
}

pub(super) async fn fire_with(
    url: &str,
    scenarios: Vec<Scenario>,
    options: Options,
) -> Result<Redacted, ClientError> {
    run(Endpoint::new(url).bearer("secret-of-the-test"), scenarios, options, |_| {}).await
}

/// The entry whose id begins so.
pub(super) fn entry<'a>(report: &'a Redacted, id: &str) -> &'a Entry {
    report.entries.iter().find(|entry| entry.id.starts_with(id)).unwrap()
}

pub(super) fn verdicts(report: &Redacted, id: &str) -> Vec<Verdict> {
    let of = report.entries.iter().filter(|entry| entry.id.starts_with(id));
    of.map(|entry| entry.verdict).collect()
}

/// Everything that an entry's findings found, as one text.
pub(super) fn found(entry: &Entry) -> String {
    let all = entry.findings.iter().flat_map(|finding| &finding.differences);
    all.map(|one| format!("{}: {}\n", one.place, one.found)).collect()
}
