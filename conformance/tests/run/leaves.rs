//! What stays at an endpoint is told, counted, and known to whoever cleans up or goes on.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use provisor_conformance::clean::clean;
use provisor_conformance::http::{self, FaultKind};
use provisor_conformance::journal::{Journal, Past};
use provisor_conformance::report::Verdict;
use provisor_conformance::run::{Event, Options, run};
use serde_json::json;

use super::small::{Reply, Small, error};
use super::tell::{
    GATE, MAKES, READS, broken_off, endpoint, fire, fire_with, scenario, soon, times, verdicts,
};

/// A server whose DELETE is answered and does nothing.
async fn keeps_all() -> Small {
    Small::with(|asked, _| {
        let nothing = Reply { status: 204, headers: Vec::new(), body: String::new() };
        (asked.method == "DELETE").then_some(nothing)
    })
    .await
}

#[tokio::test]
async fn what_a_delete_leaves_is_told_and_so_is_how_to_go_on() {
    let server = keeps_all().await;
    let report = fire(&server.url, times(MAKES, 3)).await.unwrap();
    assert_eq!(report.left_behind, server.there());
    assert_eq!(report.left_behind.len(), 1);
    let note = report.notes.iter().find(|note| note.contains("nothing more was made")).unwrap();
    assert!(note.contains(GATE) && note.contains("--allow-left-behind goes on"), "{note}");
}

#[tokio::test]
async fn all_that_a_delete_leaves_is_told_by_a_run_and_by_who_cleans_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let server = keeps_all().await;
    server.kept.lock().unwrap().make("Users", r#"{ "userName": "somebody-else" }"#);
    let options = Options {
        allow_left_behind: true,
        allow_existing_data: true,
        journal: Some(Journal::create(&path).unwrap()),
        ..soon()
    };
    let report = fire_with(&server.url, times(MAKES, 12), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass; 12]);
    let mut ours = server.there();
    ours.retain(|path| path != "/Users/1");
    assert_eq!((report.left_behind.clone(), report.may_be_left), (ours.clone(), 0));
    assert_eq!(ours.len(), 13);
    let notes = report.notes.join("\n");
    assert!(!notes.contains("nothing more was made"), "{notes}");
    assert!(notes.contains("it went on after"), "{notes}");

    let past = Past::read(&path).unwrap();
    assert_eq!(past.left.there.len(), 13, "the journal knows them");
    let journal = Some(Journal::append(&path).unwrap());
    let cleaned = clean(endpoint(&server), &past, journal, http::Options::default()).await.unwrap();
    assert_eq!((cleaned.gone.len(), cleaned.left), (0, ours));
    assert_eq!(Past::read(&path).unwrap().left.there.len(), 13, "and still does");
}

#[tokio::test]
async fn what_is_shown_a_moment_after_it_was_deleted_is_gone_in_the_end() {
    // The first look after a DELETE still shows what is gone.
    let gone: Mutex<Option<(String, serde_json::Value)>> = Mutex::default();
    let server = Small::with(move |asked, kept| {
        let mut gone = gone.lock().unwrap();
        if asked.method == "DELETE" && gone.is_none() {
            *gone = kept.resources.get(&asked.path).map(|one| (asked.path.clone(), one.clone()));
        } else if asked.method == "GET"
            && let Some((_, one)) = gone.as_mut().filter(|(path, _)| *path == asked.path)
        {
            return Some(super::small::reply(200, &one.take())).filter(|one| one.body != "null");
        }
        None
    })
    .await;
    let report = fire(&server.url, times(MAKES, 1)).await.unwrap();
    assert_eq!(report.left_behind, Vec::<String>::new());
    assert_eq!(server.there(), Vec::<String>::new());
}

#[tokio::test]
async fn resources_of_a_run_are_in_nobody_s_way_when_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let server = Small::start().await;
    let first = broken_off(&server, &path).await;
    // What no line of the journal tells of.
    let ours = json!({ "userName": format!("{}-0007-ann", first.mark) }).to_string();
    server.kept.lock().unwrap().make("Users", &ours);
    server.kept.lock().unwrap().make("Users", r#"{ "userName": "somebody-else" }"#);
    let again = || Options {
        journal: Some(Journal::append(&path).unwrap()),
        past: Some(Past::read(&path).unwrap()),
        ..soon()
    };
    let refused = fire_with(&server.url, times(MAKES, 12), again()).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::ExistingData);
    assert!(refused.message.starts_with("1 user and 0 groups are there"), "{}", refused.message);
    assert_eq!(server.there().len(), 2, "nothing was taken away either");

    let other = server.there().pop().unwrap();
    server.kept.lock().unwrap().resources.remove(&other);
    let second = fire_with(&server.url, times(MAKES, 12), again()).await.unwrap();
    assert_eq!(second.entries.len(), 13);
    assert_eq!(server.there(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn cleaning_up_has_a_time_of_its_own() {
    // Slower than the time that answers have, and not slower than cleaning up may be.
    let server = Small::with(|asked, _| {
        if asked.method == "DELETE" && asked.path != "/Users/1" {
            thread::sleep(Duration::from_millis(900));
        }
        None
    })
    .await;
    let options = Options { jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, times(MAKES, 2), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Pass; 2]);
    assert_eq!((report.left_behind.len(), report.may_be_left), (0, 0));
    assert_eq!(server.count("DELETE"), 3, "each is waited for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_is_made_after_nobody_waits_any_more_is_found() {
    let server = Small::with(|asked, _| {
        if asked.method == "POST" && asked.body.contains("-0001-ann") {
            thread::sleep(Duration::from_millis(900));
        }
        None
    })
    .await;
    let options = Options { jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, times(MAKES, 1), options).await.unwrap();
    assert_eq!(verdicts(&report, "t/makes"), [Verdict::Error]);
    assert_eq!(server.there(), Vec::<String>::new());
    assert_eq!((report.left_behind.len(), report.may_be_left), (0, 0));
}

#[tokio::test]
async fn what_could_not_be_looked_for_is_told() {
    let server = Small::with(|asked, _| {
        let lost = asked.method == "POST" && asked.body.contains("-0001-ann");
        let looked = asked.method == "GET" && asked.query.contains("startIndex");
        (lost || looked).then(|| error(500, "an accident"))
    })
    .await;
    let options = Options { jobs: Some(1), ..soon() };
    let report = fire_with(&server.url, times(MAKES, 1), options).await.unwrap();
    assert_eq!((report.left_behind.len(), report.may_be_left), (0, 1));
}

#[tokio::test]
async fn what_measures_is_played_after_all_others() {
    let measures = READS
        .replace("id: t/reads", "id: t/measures")
        .replace("    expect", "    took: time\n    expect");
    let server = Small::start().await;
    let ids: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&ids);
    let on_event = move |event: &Event| {
        if let Event::Done { id, .. } = event {
            seen.lock().unwrap().push(id.clone());
        }
    };
    for seed in 0..4 {
        let mut all = times(MAKES, 5);
        all.insert(0, scenario(&measures));
        let options = Options { seed, ..soon() };
        run(endpoint(&server), all, options, on_event.clone()).await.unwrap();
        assert_eq!(ids.lock().unwrap().pop().as_deref(), Some("t/measures"), "seed {seed}");
    }
}
