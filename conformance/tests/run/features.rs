//! A feature that is refused throughout is one finding, of the scenario that probes it: the same in
//! every order, with any number of jobs, and after a run went on where it stopped.

use std::collections::BTreeMap;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::journal::{Journal, Past};
use provisor_conformance::report::{Redacted, Verdict};
use provisor_conformance::run::Options;
use provisor_conformance::scenario::{Feature, Scenario};
use serde_json::{Value, json};

use super::small::{Asked, Reply, Small, error, reply};
use super::tell::{entry, fire, fire_with, found, plain, scenario, soon, times, verdicts};

const OF_USERS: &str = "rfc7644/3.5.2-patch/of-users";

const PATCHES: &str = plain!(
    "t/patches",
    r#"
given:
  ann: { user: {} }
steps:
  - send: PATCH /Users/${ann/id}
    body: { Operations: [{ op: add, path: title, value: x }] }
    expect: { status: [200, 204] }
"#
);

/// A server that has PATCH by its own word.
async fn patching(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Small {
    Small::with(move |asked, _| match (asked.method.as_str(), asked.path.as_str()) {
        ("PATCH", _) => Some(answer(asked)),
        (_, "/ServiceProviderConfig") => {
            let has = json!({ "supported": true });
            Some(reply(200, &json!({ "patch": has, "filter": has })))
        }
        _ => None,
    })
    .await
}

fn all(report: &Redacted) -> BTreeMap<String, (Verdict, Option<String>)> {
    let entries = report.entries.iter();
    entries.map(|one| (one.id.clone(), (one.verdict, one.blocked_by.clone()))).collect()
}

#[tokio::test]
async fn it_is_told_in_one_place_whatever_the_order() {
    let server = patching(|_| error(501, "no")).await;
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for (seed, jobs) in [(1, 1), (2, 1), (3, 4), (4, 8)] {
        let options = Options { seed, jobs: Some(jobs), ..soon() };
        let report = fire_with(&server.url, times(PATCHES, 8), options).await.unwrap();
        assert_eq!(verdicts(&report, OF_USERS), [Verdict::Fail]);
        assert_eq!(verdicts(&report, "t/"), [Verdict::Blocked; 8]);
        let blocked = entry(&report, "t/patches-003");
        assert_eq!(blocked.blocked_by.as_deref(), Some(OF_USERS));
        assert_eq!(blocked.own_verdict, Some(Verdict::Fail));
        seen.push(all(&report));
    }
    // Broken off behind the probe, and gone on with.
    let path = folder.path().join("journal");
    let journal = Some(Journal::create(&path).unwrap());
    let first = vec![scenario(PATCHES)];
    fire_with(&server.url, first, Options { journal, ..soon() }).await.unwrap();
    let past = Past::read(&path).unwrap();
    assert_eq!(past.done[OF_USERS].verdict, Verdict::Fail);
    let journal = Some(Journal::append(&path).unwrap());
    let options = Options { journal, past: Some(past), ..soon() };
    let report = fire_with(&server.url, times(PATCHES, 8), options).await.unwrap();
    let mut resumed = all(&report);
    resumed.remove("t/patches");
    seen.push(resumed);
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");

    let probe = entry(&report, OF_USERS);
    assert_eq!(probe.findings.len(), 1);
    assert!(probe.findings[0].before.len() >= 5, "the person, and each attribute that was tried");
}

#[tokio::test]
async fn whoever_can_be_deactivated_can_be_patched() {
    for works in ["active", "userName", "name.familyName", "externalId"] {
        let server = patching(move |asked| match asked.body.contains(&format!("\"{works}\"")) {
            true => reply(200, &json!({})),
            false => error(501, "not this one"),
        })
        .await;
        let active = PATCHES.replace("path: title, value: x", "path: active, value: false");
        let both = vec![scenario(PATCHES), scenario(&active.replace("t/patches", "t/active"))];
        let report = fire(&server.url, both).await.unwrap();
        assert_eq!(verdicts(&report, OF_USERS), [Verdict::Pass], "{works}");
        assert_eq!(verdicts(&report, "t/patches"), [Verdict::Fail], "by itself");
        let expected = if works == "active" { Verdict::Pass } else { Verdict::Fail };
        assert_eq!(verdicts(&report, "t/active"), [expected]);
    }
}

#[tokio::test]
async fn what_is_answered_as_it_may_be_is_not_blocked() {
    let refused = PATCHES.replace("status: [200, 204]", "status: 501");
    let server = patching(|_| error(501, "no")).await;
    let report = fire(&server.url, vec![scenario(&refused)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/"), [Verdict::Pass]);
}

const READS_TEAM: &str = plain!(
    "t/team",
    r#"
given:
  ann: { user: {} }
  team: { group: { members: [ann] } }
steps:
  - send: GET /Groups/${team/id}
    expect: { status: 200 }
"#
);

#[tokio::test]
async fn groups_without_the_members_that_were_sent_are_a_failure_that_can_be_repeated() {
    let server = Small::with(|asked, kept| {
        if (asked.method.as_str(), asked.path.as_str()) != ("POST", "/Groups") {
            return None;
        }
        let mut body: Value = serde_json::from_str(&asked.body).unwrap();
        body.as_object_mut().unwrap().remove("members");
        Some(kept.make("Groups", &body.to_string()))
    })
    .await;
    let report = fire(&server.url, times(READS_TEAM, 3)).await.unwrap();
    assert_eq!(verdicts(&report, "t/team"), [Verdict::Blocked; 3]);
    let by = "rfc7643/4.2-group/members";
    assert_eq!(entry(&report, "t/team").blocked_by.as_deref(), Some(by));
    assert_eq!(verdicts(&report, by), [Verdict::Fail]);
    assert!(server.there().is_empty(), "and nothing is left: {:?}", server.there());
    let look = provisor_conformance::report::text::Look::plain();
    let told = provisor_conformance::report::Format::Text.render(&report, look);
    assert!(told.contains(&format!("fail: {by}\n")), "{told}");
    assert!(told.contains(r#""members":[{"value":"'"$ID_1"'"}"#), "{told}");

    let report = fire(&Small::start().await.url, times(READS_TEAM, 3)).await.unwrap();
    assert_eq!(verdicts(&report, "t/team"), [Verdict::Pass; 3]);
}

const WANTS_401: &str = plain!(
    "t/wants",
    r#"
steps:
  - send: GET /Users
    credential: invalid
    expect: { status: 401, headers: { www-authenticate: { present: true } } }
"#
);

#[tokio::test]
async fn a_server_that_asks_for_no_credential_is_one_finding() {
    let by = "rfc7644/2-authentication/reading-is-not-for-everybody";
    let report = fire(&Small::start().await.url, times(WANTS_401, 3)).await.unwrap();
    assert_eq!(verdicts(&report, by), [Verdict::Fail]);
    assert_eq!(entry(&report, by).findings.len(), 2, "{}", found(entry(&report, by)));
    assert_eq!(verdicts(&report, "t/"), [Verdict::Blocked; 3]);
    assert_eq!(entry(&report, "t/").blocked_by.as_deref(), Some(by));

    let writes = WANTS_401.replace("GET /Users", "POST /Users");
    let writes =
        writes.replace("    credential", "    body: { userName: \"${run}\" }\n    credential");
    let server = Small::start().await;
    let report = fire(&server.url, times(&writes, 3)).await.unwrap();
    let by_writing = "rfc7644/2-authentication/writing-is-not-for-everybody";
    assert_eq!(verdicts(&report, by_writing), [Verdict::Fail]);
    assert_eq!(verdicts(&report, "t/"), [Verdict::Blocked; 3]);
    assert!(server.there().is_empty(), "{:?}", server.there());

    // One that asks, and says nothing of how.
    let server = Small::with(|asked, _| {
        let other = asked.authorization.as_deref() != Some("Bearer secret-of-the-test");
        other.then(|| error(401, "who are you?"))
    })
    .await;
    let report = fire(&server.url, times(WANTS_401, 3)).await.unwrap();
    assert_eq!(verdicts(&report, by), [Verdict::Pass]);
    assert_eq!(verdicts(&report, "t/"), [Verdict::Fail; 3]);
}

#[test]
fn each_feature_has_one_scenario_that_probes_it() {
    let built_in = Corpus::built_in().unwrap().scenarios;
    for feature in Feature::ALL {
        let probes = |one: &&Scenario| one.probes.contains(&feature);
        let probing: Vec<&Scenario> = built_in.iter().filter(probes).collect();
        assert_eq!(probing.len(), 1, "{feature:?}");
        assert!(probing[0].dialects.is_empty(), "{feature:?}: it is played in every run");
        assert!(!probing[0].gate, "{feature:?}");
    }
}
