//! A guest's manners: nothing of others is touched, nothing is left behind, nobody is flooded.

use std::sync::atomic::{AtomicUsize, Ordering};

use provisor_conformance::auth::{Auth, Secret};
use provisor_conformance::clean::clean;
use provisor_conformance::http;
use provisor_conformance::http::FaultKind;
use provisor_conformance::journal::{Journal, Past};
use provisor_conformance::report::Verdict;
use provisor_conformance::run::{Endpoint, Event, Options, run};
use serde_json::json;

use super::small::{Reply, Small, error, reply};
use super::tell::{
    GATE, MAKES, READS, broken_off, endpoint, entry, fire, fire_with, plain, scenario, soon, times,
    verdicts,
};

#[tokio::test]
async fn a_tenant_with_people_in_it_is_left_alone() {
    let server = Small::start().await;
    server.kept.lock().unwrap().make("Users", "{}");
    let refused = fire(&server.url, vec![scenario(MAKES)]).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::ExistingData);
    assert!(
        refused.message.starts_with("1 user and 0 groups are there already"),
        "{}",
        refused.message
    );
    assert!(server.seen().iter().all(|line| line.starts_with("GET ")), "{:?}", server.seen());

    let allowed = Options { allow_existing_data: true, ..soon() };
    let report = fire_with(&server.url, vec![scenario(MAKES)], allowed).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass]);
    assert_eq!(server.there(), ["/Users/1"], "what was there stays");
}

#[tokio::test]
async fn what_only_reads_needs_no_permission() {
    let server = Small::start().await;
    server.kept.lock().unwrap().make("Users", "{}");
    let both = vec![scenario(MAKES), scenario(READS)];
    let reading = Options { read_only: true, ..soon() };
    let report = fire_with(&server.url, both, reading).await.unwrap();
    assert_eq!(report.entries.len(), 1);
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Pass]);
}

#[tokio::test]
async fn everything_that_is_made_bears_the_mark_and_is_taken_away_once() {
    let server = Small::start().await;
    let report = fire(&server.url, times(MAKES, 5)).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass; 5]);
    let kept = server.kept.lock().unwrap();
    let made: Vec<_> = kept.seen.iter().filter(|one| one.method == "POST").collect();
    assert_eq!(made.len(), 6, "and the one of the gate");
    assert!(made.iter().all(|one| one.body.contains(&report.mark)));
    let mut deleted: Vec<&str> = kept
        .seen
        .iter()
        .filter(|one| one.method == "DELETE")
        .map(|one| one.path.as_str())
        .collect();
    let count = deleted.len();
    deleted.sort_unstable();
    deleted.dedup();
    assert_eq!((deleted.len(), count), (6, 6));
    assert!(kept.resources.is_empty());
}

#[tokio::test]
async fn a_delete_that_does_not_delete_is_noticed_before_more_is_made() {
    let server = Small::with(|asked, _| {
        let nothing = Reply { status: 204, headers: Vec::new(), body: String::new() };
        (asked.method == "DELETE").then_some(nothing)
    })
    .await;
    let report = fire(&server.url, times(MAKES, 20)).await.unwrap();
    assert_eq!(entry(&report, GATE).verdict, Verdict::Fail);
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Blocked; 20]);
    assert_eq!(entry(&report, "t/makes").blocked_by.as_deref(), Some(GATE));
    assert_eq!(server.count("POST /Users"), 1);

    let anyway = Options { allow_left_behind: true, allow_existing_data: true, ..soon() };
    let report = fire_with(&server.url, times(MAKES, 2), anyway).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass; 2]);
}

#[tokio::test]
async fn what_cannot_be_taken_away_is_listed() {
    let server =
        Small::with(|asked, _| (asked.method == "DELETE").then(|| error(501, "not implemented")))
            .await;
    let report = fire(&server.url, times(MAKES, 20)).await.unwrap();
    assert_eq!(report.left_behind, server.there());
    assert_eq!(server.count("POST /Users"), 1, "the gate does not open");
}

#[tokio::test]
async fn what_a_lost_answer_made_is_found_by_its_mark() {
    let server = Small::with(|asked, kept| {
        let makes =
            asked.method == "POST" && asked.body.contains("-ann@") && kept.resources.len() < 2;
        // The gate's first user is answered; what comes later is made and not told.
        if !makes || kept.seen.iter().filter(|one| one.method == "POST").count() < 2 {
            return None;
        }
        kept.make("Users", &asked.body);
        Some(error(500, "an accident"))
    })
    .await;
    server.kept.lock().unwrap().make("Users", r#"{ "userName": "somebody-else" }"#);
    let options = Options { allow_existing_data: true, jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, vec![scenario(MAKES)], options).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Blocked]);
    assert_eq!(server.there(), ["/Users/1"], "and nobody else's");
    assert_eq!(report.left_behind, Vec::<String>::new());
}

#[tokio::test]
async fn a_run_that_is_stopped_takes_everything_away_and_tells_what_it_knows() {
    let server = Small::start().await;
    let options = soon();
    let stopper = options.stopper.clone();
    let done = AtomicUsize::new(0);
    let on_event = move |event: &Event| {
        if matches!(event, Event::Done { .. }) && done.fetch_add(1, Ordering::SeqCst) == 3 {
            stopper.stop();
        }
    };
    let report = run(endpoint(&server), times(MAKES, 100), options, on_event).await.unwrap();
    let ended = report.interrupted.clone().unwrap();
    assert!(
        ended.starts_with("interrupted: ") && ended.ends_with("of 101 scenarios were not played"),
        "{ended}"
    );
    assert!((4..10).contains(&report.entries.len()), "{}", report.entries.len());
    assert_eq!(server.there(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_crashed_run_left_is_taken_away_by_its_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    // The second user is made, and then the program "crashes" before the answer.
    let server = Small::with(|asked, kept| {
        let posts = kept.seen.iter().filter(|one| one.method == "POST").count();
        if asked.method == "POST" && posts == 3 {
            kept.make("Users", &asked.body);
            return Some(Reply {
                status: 429,
                headers: vec![("retry-after", "50".to_owned())],
                body: String::new(),
            });
        }
        None
    })
    .await;
    server.kept.lock().unwrap().make("Users", r#"{ "userName": "somebody-else" }"#);
    let two =
        scenario(&MAKES.replace("  ann: { user: {} }", "  ann: { user: {} }\n  bob: { user: {} }"));
    let options = Options {
        journal: Some(Journal::create(&path).unwrap()),
        allow_existing_data: true,
        ..soon()
    };
    let running = tokio::spawn(run(endpoint(&server), vec![two], options, |_| {}));
    while server.count("POST") < 3 {
        tokio::task::yield_now().await;
    }
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    assert_eq!(server.there(), ["/Users/1", "/Users/3", "/Users/4"]);

    let past = Past::read(&path).unwrap();
    assert_eq!(past.left.there.len(), 1, "known by its id");
    assert_eq!(past.left.lost.len(), 1, "to be looked for by its mark");
    let journal = Journal::append(&path).unwrap();
    let cleaned =
        clean(endpoint(&server), &past, Some(journal), http::Options::default()).await.unwrap();
    assert_eq!(cleaned.gone, ["/Users/3", "/Users/4"]);
    assert_eq!(server.there(), ["/Users/1"]);
    assert!(Past::read(&path).unwrap().left.is_empty(), "the journal knows");
}

#[tokio::test]
async fn a_run_goes_on_where_it_was_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let server = Small::start().await;
    let first = broken_off(&server, &path).await;
    assert!(first.entries.len() < 13);

    let past = Past::read(&path).unwrap();
    assert_eq!(past.done.len(), first.entries.len());
    let options =
        Options { journal: Some(Journal::append(&path).unwrap()), past: Some(past), ..soon() };
    let second = fire_with(&server.url, times(MAKES, 12), options).await.unwrap();
    assert_eq!(second.interrupted, None);
    assert_eq!(second.entries.len(), 13);
    assert_eq!(server.count("POST /Users"), 13, "nothing is played twice");
    assert!(Past::read(&path).unwrap().ended);
}

#[tokio::test]
async fn throttling_is_waited_for_and_is_no_failure() {
    for after in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let server = Small::with(move |_, kept| {
            let throttle = kept.seen.len() % 3 == 0;
            let headers = vec![("retry-after", after.to_owned())];
            throttle.then(|| Reply { status: 429, headers, body: String::new() })
        })
        .await;
        let report = fire(&server.url, times(MAKES, 4)).await.unwrap();
        assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass; 4]);
        assert!(
            report.notes.iter().any(|note| note.contains("were throttled")),
            "{:?}",
            report.notes
        );
        assert_eq!(server.there(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn throttling_without_end_is_no_verdict() {
    let server = Small::with(|asked, _| {
        let headers = vec![("retry-after", "0".to_owned())];
        (asked.path == "/Users/1").then(|| Reply { status: 503, headers, body: String::new() })
    })
    .await;
    let report = fire(&server.url, vec![scenario(READS)]).await.unwrap();
    let entry = entry(&report, "t/reads");
    assert_eq!(entry.verdict, Verdict::Error);
    assert!(entry.reason.as_deref().unwrap().starts_with("throttled: it answers 503"));
}

#[tokio::test]
async fn what_another_tenant_made_is_deleted_as_that_tenant() {
    const TWO: &str = plain!(
        "t/two",
        r#"
needs: [second-tenant]
steps:
  - send: POST /Users
    credential: second-tenant
    body: { userName: "${run}-ann" }
    expect: { status: 201 }
"#
    );
    let server = Small::start().await;
    let endpoint = Endpoint {
        second_tenant: Some(Auth::Bearer(Secret::new("of-the-second"))),
        ..endpoint(&server)
    };
    let report = run(endpoint, vec![scenario(TWO)], soon(), |_| {}).await.unwrap();
    assert_eq!(verdicts(&report, "t/two"), [Verdict::Pass]);
    let kept = server.kept.lock().unwrap();
    let last = kept.seen.iter().rfind(|one| one.method == "DELETE").unwrap();
    assert_eq!(last.authorization.as_deref(), Some("Bearer of-the-second"));
}

#[tokio::test]
async fn what_several_scenarios_only_read_is_made_once() {
    const LOOKS: &str = plain!(
        "t/looks",
        r#"
given:
  ann: { user: { title: "${run}" } }
steps:
  - send: GET /Users/${ann/id}
    expect: { status: 200, body: { /title: "${run}" } }
"#
    );
    let server = Small::start().await;
    let report = fire(&server.url, times(LOOKS, 30)).await.unwrap();
    assert_eq!(verdicts(&report, "t/looks"), [Verdict::Pass; 30]);
    assert_eq!(server.count("POST /Users"), 2, "one, and that of the gate");
    assert_eq!(server.count("DELETE /Users"), 2);
}

#[tokio::test]
async fn what_a_scenario_deletes_itself_is_not_deleted_again() {
    const DELETES: &str = plain!(
        "t/deletes",
        r#"
given:
  ann: { user: {} }
steps:
  - send: DELETE /Users/${ann/id}
    expect: { status: 204 }
"#
    );
    let server = Small::start().await;
    fire(&server.url, vec![scenario(DELETES)]).await.unwrap();
    assert_eq!(server.count("DELETE /Users"), 2, "one, and that of the gate");
}

#[tokio::test]
async fn secrets_are_in_no_report_and_in_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    // It repeats the token that it was sent.
    let server = Small::with(|asked, _| {
        let told = asked.authorization.clone().unwrap_or_default();
        (asked.path == "/Users/1").then(|| reply(200, &json!({ "id": "2", "note": told })))
    })
    .await;
    let options = Options { journal: Some(Journal::create(&path).unwrap()), ..soon() };
    let report = fire_with(&server.url, vec![scenario(READS)], options).await.unwrap();
    let text = serde_json::to_string(&*report).unwrap();
    let journal = std::fs::read_to_string(&path).unwrap();
    assert_eq!(verdicts(&report, "t/reads"), [Verdict::Fail]);
    for text in [text, journal] {
        assert!(!text.contains("secret-of-the-test"), "{text}");
    }
}
