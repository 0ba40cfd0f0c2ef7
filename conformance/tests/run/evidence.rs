//! What a finding shows is enough to go on with: the nearest answer that was permitted, what the
//! server said, and the requests that lead there.

use provisor_conformance::report::matrix::{State, matrix};
use provisor_conformance::report::text::Look;
use provisor_conformance::report::{Format, Kind, Redacted, Verdict};
use serde_json::{Value, json};

use super::small::{Small, error, reply};
use super::tell::{entry, fire, found, plain, scenario, verdicts};

#[tokio::test]
async fn of_several_permitted_answers_the_nearest_is_shown() {
    const EITHER: &str = plain!(
        "t/either",
        r#"
steps:
  - send: GET /Users/1
    expect:
      status: 400
      body: { /scimType: invalidValue }
      or: [{ status: 200, body: { /id: "1", /active: true } }, { status: 204 }]
"#
    );
    let server = Small::with(|asked, _| {
        let answer = json!({ "id": "1", "active": "true" });
        (asked.path == "/Users/1").then(|| reply(200, &answer))
    })
    .await;
    let report = fire(&server.url, vec![scenario(EITHER)]).await.unwrap();
    assert_eq!(found(entry(&report, "t/either")), "/active: \"true\"\n");

    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(EITHER)]).await.unwrap();
    let differences = &entry(&report, "t/either").findings[0].differences;
    assert_eq!(differences[0].expected, "400 or 200 or 204", "all that is permitted");
}

#[tokio::test]
async fn what_stops_a_scenario_is_told_in_the_servers_words() {
    const STOPS: &str = plain!(
        "t/stops",
        r#"
steps:
  - send: PUT /Users/1
    body: {}
    as: bob
    expect: { status: 400 }
  - send: GET /Users/${bob/id}
    expect: { status: 200 }
"#
    );
    let says: [Value; 2] =
        [json!({ "detail": "no such person" }), json!({ "message": "no such person" })];
    for body in says {
        let server =
            Small::with(move |asked, _| (asked.method == "PUT").then(|| reply(400, &body))).await;
        let report = fire(&server.url, vec![scenario(STOPS)]).await.unwrap();
        let reason = entry(&report, "t/stops").reason.clone().unwrap();
        assert_eq!(
            reason,
            "step 1 gave nothing to go on with: it answered 400, \"no such person\""
        );
    }
}

#[tokio::test]
async fn what_an_answer_lacks_blocks_what_needs_it() {
    const LACKS: &str = plain!(
        "t/lacks",
        r#"
steps:
  - send: GET /Users
    as: list
  - send: GET /Users/${list/Resources/0/id}
    expect: { status: 200 }
"#
    );
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(LACKS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/lacks"), [Verdict::Blocked]);
    assert_eq!(
        entry(&report, "t/lacks").reason.as_deref(),
        Some(
            "step 2 needs `list/Resources/0/id`, which the answer to step 1 (GET /Users) does not have"
        )
    );
    let mut typo = scenario(LACKS);
    typo.steps[1].send = "GET /Users/${lust/id}".to_owned();
    let report = fire(&server.url, vec![typo]).await.unwrap();
    assert_eq!(verdicts(&report, "t/lacks"), [Verdict::Error], "a mistake of the scenario");
}

#[tokio::test]
async fn a_sub_attribute_may_be_what_a_scenario_needs() {
    const NEEDS: &str = plain!(
        "t/needs",
        r#"
attributes: [emails.value, emails.type]
steps:
  - send: GET /Users
"#
    );
    for (sub, verdict) in [("type", Verdict::Pass), ("kind", Verdict::Skip)] {
        let schemas = json!({ "Resources": [{
            "id": "urn:ietf:params:scim:schemas:core:2.0:User",
            "attributes": [{ "name": "emails", "type": "complex", "multiValued": true,
                "subAttributes": [{ "name": "value" }, { "name": sub }] }],
        }] });
        let server =
            Small::with(move |asked, _| (asked.path == "/Schemas").then(|| reply(200, &schemas)))
                .await;
        let report = fire(&server.url, vec![scenario(NEEDS)]).await.unwrap();
        assert_eq!(verdicts(&report, "t/needs"), [verdict]);
    }
}

#[tokio::test]
async fn a_parameter_that_a_challenge_has_twice_is_found() {
    let text = include_str!("../../scenarios/rfc6750/3-challenge/parameters-once.yaml");
    for (challenge, verdict) in [
        (r#"Bearer realm="a, realm", scope="x y", error=invalid_token"#, Verdict::Pass),
        (r#"Bearer realm="a", Basic realm="b""#, Verdict::Pass),
        (
            r#"Bearer error="invalid_token", error_description="an error", error_uri=x"#,
            Verdict::Pass,
        ),
        (r#"Bearer realm="a", realm="b""#, Verdict::Fail),
        (r#"Bearer realm="a", scope=x, error=e, SCOPE = "y""#, Verdict::Fail),
        (r#"Bearer error_description="a \" b", error=x, error_description="c""#, Verdict::Fail),
    ] {
        let server = Small::with(move |asked, _| {
            let other = asked.authorization.as_deref() != Some("Bearer secret-of-the-test");
            other.then(|| {
                let mut refused = error(401, "who are you?");
                refused.headers.push(("www-authenticate", challenge.to_owned()));
                refused
            })
        })
        .await;
        let report = fire(&server.url, vec![scenario(text)]).await.unwrap();
        assert_eq!(verdicts(&report, "rfc6750/"), [verdict], "{challenge}");
    }
}

#[tokio::test]
async fn an_answer_that_may_be_meant_as_several_is_held_against_all_of_them() {
    const LISTS: &str = plain!(
        "t/lists",
        r#"
steps:
  - send: GET /Users?filter=title pr
    expect:
      status: 200
      body: { /totalResults: 0 }
      or: [{ status: 200, body: { /Resources/0/id: "7" } }, { status: 400, body: { /scimType: invalidFilter } }]
"#
    );
    for (status, body, expected, came) in [
        (
            400,
            json!({ "scimType": "invalidValue" }),
            r#"200 with `/totalResults` 0, or 200 with `/Resources/0/id` "7", or 400 with `/scimType` "invalidFilter""#,
            r#"400 with `/scimType` "invalidValue""#,
        ),
        (
            200,
            json!({ "totalResults": 1, "Resources": [{ "id": "8" }] }),
            r#"200 with `/totalResults` 0, or 200 with `/Resources/0/id` "7", or 400 with `/scimType` "invalidFilter""#,
            r#"200 with `/totalResults` 1, `/Resources/0/id` "8""#,
        ),
    ] {
        let answer = body.clone();
        let server = Small::with(move |asked, _| {
            asked.query.contains("title").then(|| reply(status, &answer))
        })
        .await;
        let report = fire(&server.url, super::tell::times(LISTS, 3)).await.unwrap();
        let differences = &entry(&report, "t/lists").findings[0].differences;
        assert_eq!(differences.len(), 1, "{differences:?}");
        assert_eq!(differences[0].expected, expected);
        assert_eq!(differences[0].found, came);
        let told = text(&report);
        assert!(!told.contains("not the one expected"), "no cause that is none: {told}");
    }
    // Where all differ at one place, that is the place.
    let one = LISTS.replace("/Resources/0/id: \"7\"", "/totalResults: 2");
    let server = Small::with(|asked, _| {
        asked.query.contains("title").then(|| reply(200, &json!({ "totalResults": 1 })))
    })
    .await;
    let report = fire(&server.url, vec![scenario(&one)]).await.unwrap();
    let differences = &entry(&report, "t/lists").findings[0].differences;
    assert_eq!(
        (differences[0].place.as_str(), differences[0].expected.as_str()),
        ("/totalResults", "0, or 2")
    );
    // An inner error is none of them.
    let server =
        Small::with(|asked, _| asked.query.contains("title").then(|| error(500, "no"))).await;
    let report = fire(&server.url, vec![scenario(LISTS)]).await.unwrap();
    let differences = &entry(&report, "t/lists").findings[0].differences;
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(differences[0].expected, "200 or 400");
}

#[tokio::test]
async fn only_what_a_step_breaks_has_failed_and_its_fix_is_told() {
    const TWO: &str = r#"
id: t/two
title: two
why: w
level: must
covers: [RFC7644-3.3-08, RFC7644-3.3-12, RFC7644-3.3-09]
steps:
  - send: GET /Users
    expect: { breaks: [RFC7644-3.3-12], fix: mend the list, status: 200 }
  - send: GET /Users/1
    expect: { breaks: [RFC7644-3.3-08], fix: mend the read, status: 200 }
  - send: GET /Users/2
    expect: { breaks: [RFC7644-3.3-09], level: should, status: 200 }
fix: mend it
"#;
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(TWO)]).await.unwrap();
    let two = entry(&report, "t/two");
    assert_eq!(two.fix, "mend the read mend it");
    let all = |report: &Redacted| matrix(Kind::Server, &report.entries, |_| true);
    let of = |id: &str| {
        let all = all(&report);
        let standing = all.iter().find(|one| one.requirement.id == id).unwrap();
        (standing.state, standing.verdict)
    };
    assert_eq!(of("RFC7644-3.3-08"), (State::Tested, Some(Verdict::Fail)));
    assert_eq!(of("RFC7644-3.3-12"), (State::Tested, Some(Verdict::Pass)), "its step holds");
    assert_eq!(of("RFC7644-3.3-09"), (State::Tested, Some(Verdict::Warn)));

    let unsaid =
        TWO.replace("breaks: [RFC7644-3.3-08], ", "").replace("level: should, ", "level: may, ");
    let report = fire(&server.url, vec![scenario(&unsaid)]).await.unwrap();
    let failed = all(&report).into_iter().filter(|one| one.verdict == Some(Verdict::Fail));
    assert_eq!(failed.count(), 1, "one of the three");
    assert!(text(&report).contains("what it breaks is one of:\n"));
}

const CHANGES: &str = r#"
id: t/changes
title: changes
why: w
level: must
covers: [RFC7644-3.3-01, RFC7644-3.3-12, RFC7644-3.5.1-01, RFC7644-3.4.3-01, RFC7644-3.5.1-02]
given:
  ann: { user: {} }
steps:
  - send: POST /Groups
    body: { displayName: "${run}-team", members: [{ value: "${ann/id}" }] }
    as: team
  - send: GET /Groups/${team/id}
    expect: { status: 200, body: { "/members[value=${ann/id}]/display": ann, /members/0/type: User } }
fix: f
"#;

fn text(report: &Redacted) -> String {
    Format::Text.render(report, Look::plain())
}

#[tokio::test]
async fn the_requests_that_lead_to_a_finding_are_told_with_ids_and_names_as_variables() {
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(CHANGES)]).await.unwrap();
    let finding = &entry(&report, "t/changes").findings[0];
    assert_eq!(finding.before.len(), 2, "Ann and the group; not what only reads");
    let told = text(&report);
    let lines: Vec<&str> = told.lines().map(str::trim).collect();
    let at = |begin: &str| lines.iter().position(|line| line.starts_with(begin)).unwrap();
    let (ann, team) = (at("N=$(date +%s); ID_1=$(curl -s -X POST"), at("ID_2=$(curl -s -X POST"));
    assert!(lines[ann].contains("/scim/Users | jq -r .id)"), "{told}");
    assert!(lines[team].contains(r#"{"value":"'"$ID_1"'"}"#), "{told}");
    // A second try makes names of its own.
    assert!(lines[ann].contains(r#""userName":"'"$N"'-0"#), "{told}");
    assert!(lines[team].contains(r#""displayName":"'"$N"'-0"#), "{told}");
    assert!(!lines[ann].contains(&report.mark) && !lines[team].contains(&report.mark), "{told}");
    let then = at("curl -i");
    assert!(ann < team && team < then, "{told}");
    assert!(lines[then].ends_with(r#"/scim/Groups/'"$ID_2""#), "{told}");
    assert!(lines[ann].ends_with("| jq -r .id); : it was 2"), "no comment: {told}");
    assert!(!told.contains("secret-of-the-test"));
    let needs = "the lines with curl need: export TOKEN=… (the bearer token)\n";
    assert_eq!(told.matches(needs).count(), 1, "{told}");
    let comment = Format::Markdown.render(&report, Look::plain());
    assert!(comment.contains("\nID_2=$(curl -s"), "a comment on a pull request too: {comment}");
    assert!(comment.contains("need `export TOKEN=… (the bearer token)`"), "{comment}");
    let page = Format::Html.render(&report, Look::plain());
    assert!(page.contains("ID_2=$(curl -s"), "the page tells them too");
}

#[tokio::test]
async fn of_what_a_scenario_covers_the_broken_is_told_first() {
    let server = Small::start().await;
    let report = fire(&server.url, vec![scenario(CHANGES)]).await.unwrap();
    let (first, more) = entry(&report, "t/changes").broken();
    let first: Vec<&str> = first.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(first.len() + more, 5);
    assert_eq!(first.len(), 3);
    assert!(!first.contains(&"RFC7644-3.4.3-01"), "no MAY is broken by a failure: {first:?}");
    assert!(text(&report).contains("  and 2 more\n"));

    let said = CHANGES
        .replace("expect: { status: 200,", "expect: { breaks: [RFC7644-3.5.1-02], status: 200,");
    let report = fire(&server.url, vec![scenario(&said)]).await.unwrap();
    let (first, more) = entry(&report, "t/changes").broken();
    assert_eq!((first[0].id.as_str(), first.len(), more), ("RFC7644-3.5.1-02", 1, 4));
}

#[tokio::test]
async fn long_evidence_is_cut_to_what_differs() {
    let server = Small::with(|asked, kept| {
        let mut answer = kept.answer(asked);
        if asked.method == "GET" && asked.path.starts_with("/Groups/") {
            let mut body: Value = serde_json::from_str(&answer.body).unwrap();
            body["aaa"] = json!("x".repeat(5_000));
            body["members"][0]["type"] = json!("Person");
            answer.body = body.to_string();
        }
        Some(answer)
    })
    .await;
    let report = fire(&server.url, vec![scenario(CHANGES)]).await.unwrap();
    let told = text(&report);
    let line = told.lines().find(|line| line.contains("answered 200: ")).unwrap();
    assert!(line.contains(r#""type":"Person""#) && line.contains("other members"), "{line}");
    assert!(line.chars().count() < 500, "{line}");
}

#[tokio::test]
async fn what_many_findings_have_in_common_is_told_before_them() {
    const STATUS: &str = plain!(
        "t/status",
        r#"
steps:
  - send: GET /Users/7
    expect: { status: 404, body: { /status: "404" } }
"#
    );
    let server = Small::with(|asked, _| {
        (asked.path == "/Users/7").then(|| reply(404, &json!({ "status": 404 })))
    })
    .await;
    let report = fire(&server.url, super::tell::times(STATUS, 12)).await.unwrap();
    let told = text(&report);
    assert!(
        told.contains(
            "\n\nthe same difference in several\n  `/status` is a number, not a text in 12: t/status-000, t/status-001"
        ),
        "{told}"
    );
    let head = format!(
        "server {}\nnot conformant: 12 of 12 scenarios fail\n  12 fail\n\nfindings, the worst first\n  fail  t/status-000\n",
        server.url
    );
    assert!(told.starts_with(&head), "a long report begins with how it stands: {told}");
    assert!(told.contains("/status: expected the text \"404\", found the number 404\n"), "{told}");
    let page = Format::Html.render(&report, Look::plain());
    assert!(page.contains("<h2>The same in several</h2>"));
}

#[tokio::test]
async fn each_of_several_requests_at_once_is_told_as_it_was_sent() {
    const RACE: &str = plain!(
        "t/race",
        r#"
steps:
  - send: POST /Users
    at_once: 3
    body: { userName: "${run}-@{turn}" }
    expect: { among: { "200": 3 } }
"#
    );
    let server = Small::with(|asked, _| {
        let second = asked.method == "POST" && asked.body.contains("-2\"");
        second.then(|| error(409, "not this one"))
    })
    .await;
    let report = fire(&server.url, vec![scenario(RACE)]).await.unwrap();
    let finding = &entry(&report, "t/race").findings[0];
    let bodies = finding.exchanges.iter().map(|one| one.request.body.as_ref().unwrap());
    let bodies: Vec<&str> = bodies.map(|body| body.text.as_str()).collect();
    assert!(bodies.iter().all(|body| !body.contains("@{turn}")), "{bodies:?}");
    let refused = finding.exchanges.iter().find(|one| one.answer.as_ref().unwrap().status == 409);
    let refused = refused.unwrap().request.body.clone().unwrap();
    assert!(refused.text.contains("-2\""), "the one that was refused: {}", refused.text);
}
