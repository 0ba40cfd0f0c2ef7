//! A server that has less than the RFCs' schemas, and asks for more, and says so in its own: nothing
//! of that is a fault.

use provisor_conformance::report::{Entry, Verdict};
use serde_json::{Value, json};

use super::small::{Small, error, reply};
use super::tell::{MAKES, entry, fire, plain, scenario, verdicts};

fn attribute(name: &str, sub: &[&str]) -> Value {
    let sub: Vec<Value> = sub.iter().map(|name| part(name, false)).collect();
    json!({ "name": name, "type": "complex", "subAttributes": sub })
}

fn part(name: &str, required: bool) -> Value {
    json!({ "name": name, "type": "string", "required": required })
}

/// Users have a name with a required whole and addresses of no type; groups want members, each with
/// its address. What the schema lacks is refused.
async fn strict() -> Small {
    let user = json!([
        part("userName", true),
        { "name": "active", "type": "boolean", "required": true },
        part("displayName", false),
        { "name": "name", "type": "complex", "required": true, "subAttributes": [
            part("formatted", true), part("givenName", false), part("familyName", false)] },
        attribute("emails", &["value"]),
    ]);
    let group = json!([
        part("displayName", true),
        { "name": "members", "type": "complex", "multiValued": true, "required": true,
          "subAttributes": [part("value", true), part("$ref", true)] },
    ]);
    let schemas = json!({ "Resources": [
        { "id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": user },
        { "id": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": group },
    ] });
    Small::with(move |asked, _| {
        if asked.path == "/Schemas" {
            return Some(reply(200, &schemas));
        }
        if !matches!(asked.method.as_str(), "POST" | "PUT") {
            return None;
        }
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let wrong = if asked.path.starts_with("/Groups") {
            let members = body["members"].as_array().cloned();
            members.is_none_or(|all| all.iter().any(|one| one.get("$ref").is_none()))
        } else {
            body["name"].get("formatted").is_none()
                || body.get("active").is_none()
                || body.get("title").is_some()
                || body["emails"][0].get("type").is_some()
        };
        wrong.then(|| error(400, "`active` and `name` are required, and nothing else is known"))
    })
    .await
}

async fn fired(text: &str) -> Entry {
    let report = fire(&strict().await.url, vec![scenario(text)]).await.unwrap();
    entry(&report, "t/").clone()
}

#[tokio::test]
async fn what_it_requires_inside_of_values_is_filled_in() {
    assert_eq!(fired(MAKES).await.verdict, Verdict::Pass);
    const GROUPS: &str = plain!(
        "t/groups",
        r#"
given:
  ann: { user: { title: Chef, active: null } }
  empty: { group: {} }
  team: { group: { members: [ann] } }
steps:
  - send: POST /Groups
    body: { displayName: "${run}-other", members: [{ value: "${ann/id}" }] }
    expect: { status: 201 }
  - send: POST /Users
    body: { userName: "${run}-bob", name: { givenName: Bob }, active: true, emails: [{ value: a@b.example, type: work }] }
    expect: { status: 201, body: { /name/givenName: Bob, /emails: { has: { value: a@b.example } } } }
"#
    );
    let entry = fired(GROUPS).await;
    assert_eq!(entry.verdict, Verdict::Pass, "{entry:?}");
}

#[tokio::test]
async fn what_it_does_not_have_is_not_looked_for() {
    const TITLED: &str = plain!(
        "t/titled",
        r#"
steps:
  - send: POST /Users
    body: { userName: "${run}-bob", name: { givenName: Bob }, active: true, title: Chef, emails: [{ value: a@b.example, type: work }] }
    expect: { status: 201, body: { /title: Chef, /emails: { has: { value: a@b.example, type: work } } } }
"#
    );
    let entry = fired(TITLED).await;
    assert_eq!(entry.verdict, Verdict::Skip, "{entry:?}");
    let reason = entry.reason.unwrap();
    assert!(reason.contains("`emails.type`") || reason.contains("`title`"), "{reason}");

    // What it has is judged all the same.
    let wrong = TITLED.replace("/title: Chef", "/title: Chef, /name/givenName: Rob");
    let entry = fired(&wrong).await;
    assert_eq!(entry.verdict, Verdict::Fail);
    let places: Vec<&str> =
        entry.findings[0].differences.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["/name/givenName"]);
}

#[tokio::test]
async fn what_must_be_sent_as_it_is_says_nothing_there() {
    const RAW: &str = plain!(
        "t/raw",
        r#"
steps:
  - send: POST /Users
    raw: '{ "userName": "${run}-bob", "title": "Chef" }'
    expect: { status: 201 }
"#
    );
    let entry = fired(RAW).await;
    assert_eq!(entry.verdict, Verdict::Blocked, "{entry:?}");
    let cause = "bodies that are sent as they are do not fit the schema";
    assert_eq!(entry.blocked_by.as_deref(), Some(cause));
}

#[tokio::test]
async fn members_under_other_values_are_one_finding() {
    const OWN: &str = r#"
id: rfc7643/4.2-group/members
title: members
why: w
level: must
covers: [RFC7643-4.2-04]
probes: [members]
given:
  ann: { user: {} }
steps:
  - send: POST /Groups
    body: { displayName: "${run}-team", members: [{ value: "${ann/id}" }] }
    as: team
  - send: GET /Groups/${team/id}
    expect: { status: 200, body: { /members: { has: { value: "${ann/id}" } } } }
fix: f
"#;
    const GIVEN: &str = plain!(
        "t/given",
        r#"
given:
  ann: { user: {} }
  team: { group: { members: [ann] } }
steps:
  - send: GET /Groups/${team/id}
    expect: { status: 200, body: { /members: { has: { value: "${ann/id}" } } } }
"#
    );
    let server = Small::with(|asked, kept| {
        let group = asked.method == "GET" && asked.path.starts_with("/Groups/");
        let mut body = kept.resources.get(&asked.path).filter(|_| group)?.clone();
        for member in body["members"].as_array_mut()? {
            member["value"] = json!("her-name");
        }
        Some(reply(200, &body))
    })
    .await;
    let report = fire(&server.url, vec![scenario(OWN), scenario(GIVEN)]).await.unwrap();
    assert_eq!(verdicts(&report, "rfc7643/4.2-group/members"), [Verdict::Fail]);
    let given = entry(&report, "t/given");
    assert_eq!(given.verdict, Verdict::Blocked, "{given:?}");
    assert_eq!(given.blocked_by.as_deref(), Some("rfc7643/4.2-group/members"));
    assert!(server.there().is_empty(), "{:?}", server.there());
}

#[tokio::test]
async fn what_a_provider_sends_is_sent_as_it_is() {
    const WISH: &str = plain!(
        "t/wish",
        r#"
dialects: [entra]
steps:
  - send: POST /Users
    body: { userName: "${run}-bob", name: { givenName: Bob, formatted: Bob }, active: true, title: Chef }
    expect: { status: 201 }
"#
    );
    assert_eq!(fired(WISH).await.verdict, Verdict::Fail);
    assert_eq!(fired(&WISH.replace("dialects: [entra]\n", "")).await.verdict, Verdict::Pass);
}

#[tokio::test]
async fn what_it_drops_in_silence_since_its_schema_lacks_it_is_no_fault() {
    const KEEPS: &str = plain!(
        "t/keeps",
        r#"
given:
  ann: { user: { nickName: Annie } }
steps:
  - send: GET /Users/${ann/id}
    expect: { status: 200, body: { /nickName: Annie } }
"#
    );
    let server = |has: bool| {
        let mut attributes = vec![part("userName", true)];
        attributes.extend(has.then(|| part("nickName", false)));
        let schemas = json!({ "Resources": [
            { "id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": attributes },
        ] });
        Small::with(move |asked, kept| {
            if asked.path == "/Schemas" {
                return Some(reply(200, &schemas));
            }
            let mut body: Value = serde_json::from_str(&asked.body).ok()?;
            body.as_object_mut()?.remove("nickName");
            (asked.method == "POST").then(|| kept.make("Users", &body.to_string()))
        })
    };
    let report = fire(&server(false).await.url, vec![scenario(KEEPS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/keeps"), [Verdict::Skip]);
    let other = KEEPS.replace("/nickName: Annie", "/nickName: { present: false }");
    let keeps = Small::with(|asked, _| {
        let schemas = json!({ "Resources": [{
            "id": "urn:ietf:params:scim:schemas:core:2.0:User",
            "attributes": [part("userName", true)],
        }] });
        (asked.path == "/Schemas").then(|| reply(200, &schemas))
    })
    .await;
    let report = fire(&keeps.url, vec![scenario(&other)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/keeps"), [Verdict::Fail], "what comes is looked at");
    let report = fire(&server(true).await.url, vec![scenario(KEEPS)]).await.unwrap();
    assert_eq!(verdicts(&report, "t/keeps"), [Verdict::Fail], "it has it by its own word");
}
