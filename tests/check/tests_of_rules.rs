//! Fixtures and tests: the payloads and expectations that come out.

use provisor::rules::check::suite::{Case, Wanted};
use serde_json::{Value, json};

use super::{checked_rules, lines};

fn cases(rules: &str) -> Vec<Case> {
    let (tree, checked) = checked_rules(rules);
    assert!(checked.model.is_some(), "{:#?}", lines(&tree, &checked));
    checked.tests.cases
}

/// The payload of a person with these lines, without what every payload has.
fn person(lines: &str) -> Value {
    let rules = format!("user p {{\n{lines}\n}}\ntest \"t\" {{\n given p\n expect deactivated\n}}");
    let mut user = cases(&rules).remove(0).user();
    let object = user.as_object_mut().unwrap();
    object.remove("schemas");
    assert_eq!(object.remove("active"), Some(json!(true)));
    user
}

#[test]
fn values_stand_where_their_schema_has_them() {
    assert_eq!(person("title \"AE\""), json!({ "title": "AE" }));
    assert_eq!(
        person("department \"Sales\"\nsegment \"SMB\"\nlevel 3\ntags \"a\", \"b\""),
        json!({
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Sales" },
            "urn:acme:params:scim:schemas:1.0:User": {
                "segment": "SMB", "level": 3, "tags": ["a", "b"],
            },
        })
    );
}

#[test]
fn complex_values_are_objects_however_they_are_written() {
    assert_eq!(
        person("name.givenName \"Ana\"\nname.familyName \"Sol\"\nmanager \"m-1\""),
        json!({
            "name": { "givenName": "Ana", "familyName": "Sol" },
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
                "manager": { "value": "m-1" },
            },
        })
    );
    assert_eq!(
        person("emails \"a@acme.com\", \"b@acme.com\"\naddresses.country \"DE\""),
        json!({
            "emails": [{ "value": "a@acme.com" }, { "value": "b@acme.com" }],
            "addresses": [{ "country": "DE" }],
        })
    );
    assert_eq!(
        person(
            "addresses [ TYPE \"work\", country \"DE\" ], [ type \"home\" ]\nname [ givenName \"Ana\" ]"
        ),
        json!({
            "addresses": [{ "type": "work", "country": "DE" }, { "type": "home" }],
            "name": { "givenName": "Ana" },
        })
    );
}

#[test]
fn what_a_source_should_not_send_can_be_tried() {
    // Q704 warns of it; reading is tolerant, so tests can say it.
    assert_eq!(
        person("title \"AE\", \"CEO\"\nlevel \"3\"\nemployeeNumber 7\nprofileUrl null"),
        json!({
            "title": ["AE", "CEO"],
            "profileUrl": null,
            "urn:acme:params:scim:schemas:1.0:User": { "level": "3" },
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": 7 },
        })
    );
}

#[test]
fn a_fixture_takes_over_what_it_does_not_replace() {
    let cases = cases(
        r#"
        user base {
          title  "AE"
          locale "de-DE"
          groups "A", "B" id "g-2" externalId "x" indirectly formerly "Old B"
        }
        user ana like base {
          title  "CEO"
          groups + "C"
        }
        test "t" {
          given  ana with groups - "A" with locale none with active false
          expect deactivated
        }
        "#,
    );
    let case = &cases[0];
    assert_eq!(case.fixture, "ana");
    let user = case.user();
    assert_eq!((&user["title"], &user["active"]), (&json!("CEO"), &json!(false)));
    assert_eq!(user.get("locale"), None);
    let groups = case.groups();
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["B", "C"]);
    let b = &groups[0];
    assert_eq!(b.id.as_deref(), Some("g-2"));
    assert_eq!(b.external_id.as_deref(), Some("x"));
    assert_eq!(b.formerly.as_deref(), Some("Old B"));
    assert!(!b.direct);
    assert!(groups[1].direct);
}

#[test]
fn expectations_are_resolved() {
    let cases = cases(
        r#"
        assignment "Sales" like "Everyone else" {
          match in group "Sales"
        }
        never "no seats" {
          match in group "Guests"
          seats all
        }
        user ana { title "AE" }
        test "all of them" {
          given  ana
          expect assignment "Sales"
          expect seats none
          expect not seat gong
          expect home emea
          expect home none
          expect workspace emea rep
          expect workspace apac none
          expect capture calendar, email
          expect capture includes email
          expect option consent eu
          expect withheld email, gong, rep
          expect removed none
          expect vetoed web_conferences
          expect update automatic except capture
          expect because "no seats"
          expect because "Everyone else"
        }
        "#,
    );
    let found: Vec<String> = cases[0]
        .expects
        .iter()
        .map(|expect| {
            let not = if expect.negated { "not " } else { "" };
            let text = match &expect.wanted {
                Wanted::Withheld(named) | Wanted::Removed(named) | Wanted::Vetoed(named) => named
                    .iter()
                    .map(|n| format!("{} {:?} {:?} {:?}", n.name, n.seat, n.capture, n.profile))
                    .collect::<Vec<_>>()
                    .join("; "),
                other => format!("{other:?}"),
            };
            format!("{not}{text}")
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"), @r#"
    Assignment("Sales")
    Seats([])
    not Seat(SeatId(0))
    Home(Some(WorkspaceId(1)))
    Home(None)
    Workspace { workspace: WorkspaceId(1), profile: Some(ProfileId(1)) }
    Workspace { workspace: WorkspaceId(2), profile: None }
    Capture([CaptureId(0), CaptureId(2)])
    CaptureIncludes([CaptureId(2)])
    Option { option: OptionId(0), choice: Some(ChoiceId(0)) }
    email None Some(CaptureId(2)) None; gong Some(SeatId(0)) None None; rep None None Some(ProfileId(1))

    web_conferences None Some(CaptureId(1)) None
    Update(Modes { seats: true, workspaces: true, capture: false, options: true })
    Because { kind: Never, index: 0, name: "no seats" }
    Because { kind: Default, index: 1, name: "Everyone else" }
    "#);
}

#[test]
fn lines_are_kept_for_checks_of_their_own() {
    let (_, checked) = checked_rules(
        "user ana { segment \"XL\"\n addresses [ country \"DE\" ] }\n\
         test \"t\" { given ana with title 7\n expect deactivated }",
    );
    let found: Vec<String> = checked
        .tests
        .lines
        .iter()
        .map(|line| {
            let values = line.values.iter().map(|value| {
                let declared = value.declared.as_ref().map_or(0, |list| list.len());
                format!("{} {:?} {declared}", value.attribute, value.literal.node)
            });
            let values = values.collect::<Vec<_>>().join(", ");
            format!(
                "{}: {} {} {} [{values}]",
                line.context, line.path, line.multi_valued, line.count
            )
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"), @r#"
    user ana: segment false 1 [segment Text("XL") 3]
    user ana: addresses true 1 [addresses.country Text("DE") 0]
    test "t": title false 1 [title Number("7") 0]
    "#);
}

#[test]
fn wrong_fixtures_are_told() {
    let (tree, checked) = checked_rules(
        r#"
        user a like b { title "AE" }
        user b like a { titel "AE" }
        user c { addresses "Berlin"
          title [ value "AE" ]
          locale "x"
          locale "y"
        }
        test "t" {
          given  nobody
          expect deactivated
        }
        test "u" {
          given  c
          expect seats gong, gong
        }
        "#,
    );
    insta::assert_snapshot!(lines(&tree, &checked).join("\n"), @r#"
    error[P008] 4:21 user `a` is like itself
    error[N101] 5:25 no attribute is called `titel`
    error[T201] 6:18 `addresses` has several parts, so it cannot be compared as a whole
    error[T203] 7:11 `title` is a plain value without parts
    error[N102] 9:11 `locale` stands twice in this person
    error[N101] 12:18 no user is called `nobody`
    error[N102] 17:30 `gong` stands twice in this list
    "#);
}
