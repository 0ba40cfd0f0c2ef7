//! A fault is one finding, and what a server need not have is none.

use provisor_conformance::report::Verdict;
use serde_json::json;

use super::small::{Small, error, reply};
use super::tell::{READS, entry, fire, plain, scenario, verdicts};

/// Reads what `READS` reads, at the level that is asked for, and is told not to tell it again.
fn again(level: &str) -> String {
    format!(
        r#"
id: t/again
title: again
why: w
level: {level}
covers: [RFC7644-3.4.1-01]
repeats: [t/reads, t/not-played]
steps:
  - send: GET /Users/1
    expect: {{ status: 200 }}
  - send: GET /Users/2
    expect: {{ status: 404 }}
fix: f
"#
    )
}

#[tokio::test]
async fn what_another_scenario_found_is_not_told_again() {
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(READS), scenario(&again("must"))]).await.unwrap();
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Fail]);
    let repeated = entry(&report, "t/again");
    assert_eq!(repeated.verdict, Verdict::Blocked);
    assert_eq!(repeated.blocked_by.as_deref(), Some("t/reads"));
    assert_eq!(repeated.own_verdict, Some(Verdict::Fail));
    assert!(!repeated.findings.is_empty(), "the evidence stays");

    // Alone it is a finding of its own.
    let report = fire(&server.url, vec![scenario(&again("must"))]).await.unwrap();
    assert_eq!(verdicts(&report, "t/again"), [Verdict::Fail]);
    assert_eq!(entry(&report, "t/again").own_verdict, None);
}

#[tokio::test]
async fn a_failure_is_told_beside_a_warning() {
    let server = Small::start().await;
    let weaker = READS.replace("level: must", "level: should");
    let both = vec![scenario(&weaker), scenario(&again("must"))];
    let report = fire(&server.url, both).await.unwrap();
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Warn]);
    assert_eq!(verdicts(&report, "t/again"), [Verdict::Fail]);

    let both = vec![scenario(READS), scenario(&again("should"))];
    let report = fire(&server.url, both).await.unwrap();
    assert_eq!(verdicts(&report, "t/again"), [Verdict::Blocked]);
    assert_eq!(entry(&report, "t/again").own_verdict, Some(Verdict::Warn));
}

#[tokio::test]
async fn a_step_is_left_out_at_a_server_without_what_it_needs() {
    const SORTS: &str = plain!(
        "t/sorts",
        r#"
steps:
  - send: GET /Users?sortBy=userName
    needs: [sort]
    expect: { status: 200, body: { /sorted: true } }
  - send: GET /Users
    needs: [filter]
    expect: { status: 200 }
"#
    );
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(SORTS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/sorts"), [Verdict::Pass], "{:?}", entry(&report, "t/sorts"));
    let sorting = |server: &Small| {
        server.kept.lock().unwrap().seen.iter().filter(|one| one.query.contains("sortBy")).count()
    };
    assert_eq!(sorting(&server), 0);

    let server = Small::with(|asked, _| {
        let sorts = json!({ "sort": { "supported": true } });
        (asked.path == "/ServiceProviderConfig").then(|| reply(200, &sorts))
    })
    .await;
    let report = fire(&server.url, vec![scenario(SORTS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/sorts"), [Verdict::Fail], "it has sorting by its own word");
    assert_eq!(sorting(&server), 2, "its own, and what tries whether there is sorting");
}

#[tokio::test]
async fn what_may_be_refused_blocks_nothing_where_the_rest_waits_for_it() {
    const PAGES: &str = plain!(
        "t/pages",
        r#"
steps:
  - send: GET /?count=1
    as: first
    expect: { status: 200, or: [{ status: 404 }] }
  - send: GET /Users/${first/Resources/0/id}
    if_known: first/Resources/0/id
    expect: { status: 200 }
"#
    );
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(PAGES)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/pages"), [Verdict::Pass], "{:?}", entry(&report, "t/pages"));

    // What nothing waits for, and what may not be refused, stop it.
    let needed = PAGES.replace("    if_known: first/Resources/0/id\n", "");
    let report = fire(&server.url, vec![scenario(&needed)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/pages"), [Verdict::Blocked]);
    let server = Small::with(|asked, _| (asked.path == "/").then(|| error(500, "no"))).await;
    let report = fire(&server.url, vec![scenario(PAGES)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/pages"), [Verdict::Fail]);
}
