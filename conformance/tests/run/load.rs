//! An inner error that comes of other requests is no failure of what was asked.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use provisor_conformance::journal::{Journal, Past};
use provisor_conformance::report::{Redacted, Verdict};
use provisor_conformance::run::{Options, Stopper};

use super::small::{Small, error};
use super::tell::{MAKES, entry, fire_with, scenario, soon, times, verdicts};

/// A server that answers 500 to PUT: so many times, or always.
async fn failing(most: usize) -> Small {
    let left = Mutex::new(most);
    Small::with(move |asked, _| {
        let mut left = left.lock().unwrap();
        let fails = asked.method == "PUT" && *left > 0;
        *left -= usize::from(fails);
        fails.then(|| error(500, "database is locked"))
    })
    .await
}

async fn fired(server: &Small, jobs: usize) -> Redacted {
    let options = Options { jobs: Some(jobs), ..soon() };
    fire_with(&server.url, times(MAKES, 4), options).await.unwrap()
}

#[tokio::test]
async fn what_passes_alone_is_flaky() {
    let server = failing(1).await;
    let report = fired(&server, 4).await;
    let mut all = verdicts(&report, "t/makes");
    all.sort_unstable();
    assert_eq!(all, [Verdict::Warn, Verdict::Pass, Verdict::Pass, Verdict::Pass]);
    let flaky = report.entries.iter().find(|one| one.verdict == Verdict::Warn).unwrap();
    assert_eq!(
        flaky.reason.as_deref(),
        Some(
            "flaky: fail while others were played, with an inner error; pass when it was played alone"
        )
    );
    assert_eq!(flaky.findings[0].exchanges[0].answer.as_ref().unwrap().status, 500);
    assert!(server.there().is_empty(), "{:?}", server.there());
    assert_eq!(report.left_behind, Vec::<String>::new());
}

#[tokio::test]
async fn what_fails_alone_fails() {
    let report = fired(&failing(1_000).await, 4).await;
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Fail; 4]);
    assert_eq!(entry(&report, "t/makes").reason, None);
    // Nothing was beside it, so it is not played again.
    let server = failing(1).await;
    let report = fired(&server, 1).await;
    assert_eq!(verdicts(&report, "t/makes").iter().filter(|one| **one == Verdict::Fail).count(), 1);
}

#[tokio::test]
async fn one_scenario_has_nothing_beside_it() {
    let server = failing(1).await;
    let options = Options { jobs: Some(4), ..soon() };
    let report = fire_with(&server.url, times(MAKES, 1), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Fail]);
    assert_eq!(server.count("PUT"), 1);
}

#[tokio::test]
async fn what_cannot_be_played_alone_keeps_what_it_found() {
    let failed = AtomicBool::new(false);
    let server = Small::with(move |asked, _| {
        if asked.method == "POST" && asked.body.contains("-alone") {
            return Some(error(403, "not again"));
        }
        let fails = asked.method == "PUT" && !failed.swap(true, Ordering::SeqCst);
        fails.then(|| error(500, "database is locked"))
    })
    .await;
    let report = fired(&server, 4).await;
    let failed = report.entries.iter().find(|one| one.verdict != Verdict::Pass).unwrap();
    assert_eq!(failed.verdict, Verdict::Fail);
    assert_eq!(failed.findings[0].exchanges[0].answer.as_ref().unwrap().status, 500);
    assert_eq!(
        failed.reason.as_deref(),
        Some(
            "played again alone it came to no verdict (blocked: `ann` could not be made: POST \
             /Users answered 403, \"not again\")"
        )
    );
}

#[tokio::test]
async fn what_could_not_be_played_alone_since_the_run_was_stopped_is_played_when_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (stopper, failed) = (Stopper::default(), AtomicBool::new(false));
    let stop = stopper.clone();
    let server = Small::with(move |asked, _| {
        let fails = asked.method == "PUT" && !failed.swap(true, Ordering::SeqCst);
        fails.then(|| {
            stop.stop();
            error(500, "database is locked")
        })
    })
    .await;
    let journal = Some(Journal::create(&path).unwrap());
    let options = Options { jobs: Some(4), journal, stopper, ..soon() };
    let first = fire_with(&server.url, times(MAKES, 4), options).await.unwrap();
    assert!(first.interrupted.is_some());
    let failed = first.entries.iter().find(|one| one.verdict == Verdict::Fail);
    assert!(failed.is_none(), "{failed:?}");

    let past = Past::read(&path).unwrap();
    let journal = Some(Journal::append(&path).unwrap());
    let options = Options { jobs: Some(4), journal, past: Some(past), ..soon() };
    let second = fire_with(&server.url, times(MAKES, 4), options).await.unwrap();
    assert_eq!(second.interrupted, None);
    assert_eq!(verdicts(&second, "t/makes"), [Verdict::Pass; 4]);
}

#[tokio::test]
async fn what_is_about_many_at_once_is_judged_as_it_is() {
    const RACES: &str = r#"
id: t/races
title: races
why: w
level: must
covers: [RFC7644-3.3-01]
given:
  ann: { user: {} }
steps:
  - send: PUT /Users/${ann/id}
    body: { userName: "${ann/userName}" }
    at_once: 3
    expect: { among: { 2xx: 3 } }
fix: f
"#;
    let server = failing(1).await;
    let both = vec![scenario(RACES), scenario(&RACES.replace("t/races", "t/more"))];
    let options = Options { jobs: Some(2), ..soon() };
    let report = fire_with(&server.url, both, options).await.unwrap();
    let failed = report.entries.iter().filter(|one| one.verdict == Verdict::Fail).count();
    assert_eq!(failed, 1);
}
