//! Timelines: the format, the state between steps, and the examples.

use provisor::reconcile::timeline::{self, MemberGroup, Simulation, Step, Told};
use provisor::reconcile::{Context, Target};
use provisor::rules::model::{MaxRemovals, Settings};
use serde_json::{Map, Value as Json};

use super::story::{catalogue, show, target};

/// `sales` for members of the group "Sales", also under its former names, else the default;
/// a title is a seat. Deleted groups do not exist.
fn decide(user: &Map<String, Json>, groups: &[MemberGroup]) -> Target {
    if user.get("active") == Some(&Json::Bool(false)) {
        return Target::Deactivated;
    }
    let is_sales = |group: &MemberGroup| {
        !group.deleted
            && (group.name == "Sales" || group.former_names.iter().any(|name| name == "Sales"))
    };
    let seat = user.get("title").and_then(Json::as_str).unwrap_or("gong");
    match groups.iter().any(is_sales) {
        true => target("sales", &format!("automatic; seats {seat}; capture email")),
        false => target("nobody", "default; automatic"),
    }
}

fn play(
    simulation: &mut Simulation,
    step: &Step,
    max: MaxRemovals,
) -> Result<Told, provisor::Error> {
    let catalogue = catalogue();
    let settings = Settings { max_removals: max, propagate_at_once: true, ..Settings::default() };
    simulation.step(&Context::new(&catalogue, &settings), step, &mut decide)
}

/// Plays a timeline and compares what it tells: one line a person and answer.
#[track_caller]
fn check(text: &str, max: MaxRemovals, expected: &str) {
    let timeline = timeline::parse(text).unwrap();
    let again = serde_json::to_string(&timeline).unwrap();
    assert_eq!(timeline::parse(&again).unwrap(), timeline);
    let mut simulation = Simulation::new(&timeline);
    let mut told = Vec::new();
    for (place, step) in timeline.events.iter().enumerate() {
        let before = simulation.clone();
        match play(&mut simulation, step, max) {
            Ok(step) => {
                for (person, answer) in &step.answers {
                    let lines = show(answer).join(" | ");
                    told.push(format!("{} {person}: {lines}", place + 1).trim_end().to_owned());
                }
                if let Some(brake) = step.brake {
                    let on = if brake.on { " on" } else { "" };
                    told.push(format!("{} brake{on}, losing {}", place + 1, brake.losing));
                }
            }
            Err(error) => {
                let help = error.advice().map(|help| format!("; {help}")).unwrap_or_default();
                told.push(format!("{} error: {error}{help}", place + 1));
                assert_eq!(before.people(), simulation.people());
            }
        }
    }
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(expected == told, "it went otherwise:\n\n{}\n", told.join("\n"));
}

#[test]
fn a_person_arrives_is_placed_edited_and_leaves() {
    check(
        r#"{"events": [
            {"create": {"person": "ana", "user": {"title": "gong"}}},
            {"changeGroups": {"person": "ana", "add": ["Sales"]}},
            {"edit": {"person": "ana", "by": "admin", "set": {"seats": {"engage": true}}}},
            {"update": {"person": "ana", "set": {"title": "engage"}}},
            {"note": "she leaves"},
            {"deactivate": "ana"},
            {"reactivate": "ana"},
            {"update": {"person": "ana", "set": {"title": null}}},
            {"changeGroups": {"person": "ana", "remove": ["Sales"]}},
            {"delete": "ana"},
            {"create": {"person": "ana", "user": {}, "groups": ["Sales"]}}
        ]}"#,
        MaxRemovals::None,
        "
        1 ana:
        2 ana: + seat gong  row 3 | + capture email  row 3
        3 ana: x seat engage: locked by sales
        4 ana: + seat engage  row 4, inert | - seat gong  row 4 | i seat engage does nothing without seat gong
        6 ana: - seat engage  released
        7 ana: + seat engage  brought back, inert | i seat engage does nothing without seat gong
        8 ana: - seat engage  row 4 | + seat gong  row 4
        9 ana: - seat gong  row 6 | - capture email  row 6
        10 ana:
        11 ana: + seat gong  row 1 | + capture email  row 1
        ",
    );
}

#[test]
fn a_renamed_group_keeps_its_former_name_until_another_group_bears_it() {
    check(
        r#"{"events": [
            {"create": {"person": "ana", "user": {}, "groups": ["Sales"]}},
            {"renameGroup": {"group": "Sales", "to": "Field"}},
            {"update": {"person": "ana", "set": {}}},
            {"create": {"person": "bo", "user": {}, "groups": ["Sales"]}},
            {"update": {"person": "ana", "set": {}}}
        ]}"#,
        MaxRemovals::None,
        "
        1 ana: + seat gong  row 1 | + capture email  row 1
        2 ana:
        2 brake, losing 0
        3 ana:
        4 bo: + seat gong  row 1 | + capture email  row 1
        5 ana: - seat gong  row 6 | - capture email  row 6
        ",
    );
}

#[test]
fn a_renamed_group_whose_former_name_is_not_listed_moves_its_members() {
    check(
        r#"{"events": [
            {"create": {"person": "ana", "user": {}, "groups": ["Sales"]}},
            {"renameGroup": {"group": "Sales", "to": "Field", "formerNameListed": false}}
        ]}"#,
        MaxRemovals::None,
        "
        1 ana: + seat gong  row 1 | + capture email  row 1
        2 ana: - seat gong  row 6 | - capture email  row 6
        2 brake, losing 1
        ",
    );
}

#[test]
fn the_brake_holds_what_a_deleted_group_would_take_until_it_is_confirmed() {
    check(
        r#"{"events": [
            {"create": {"person": "ana", "user": {}, "groups": ["Sales"]}},
            {"create": {"person": "bo", "user": {}, "groups": ["Sales"]}},
            {"deleteGroup": "Sales"},
            {"changeGroups": {"person": "ana", "add": ["Sales"]}},
            {"confirm": []},
            {"confirm": ["bo"]}
        ]}"#,
        MaxRemovals::Count(1),
        "
        1 ana: + seat gong  row 1 | + capture email  row 1
        2 bo: + seat gong  row 1 | + capture email  row 1
        3 ana: held - seat gong  row 6 | held - capture email  row 6
        3 bo: held - seat gong  row 6 | held - capture email  row 6
        3 brake on, losing 2
        4 ana:
        5 ana:
        5 bo: - seat gong  confirmed | - capture email  confirmed
        6 bo:
        ",
    );
}

#[test]
fn rules_and_apply_reach_people_with_a_record() {
    check(
        r#"{
            "groups": {"Sales": {"id": "g1", "externalId": "x1"}},
            "people": {
                "ana": {"user": {}, "groups": ["Sales"], "record": {"version": 1, "active": true}},
                "bo": {"user": {}, "groups": ["Sales"]}
            },
            "events": [
                {"rules": "other.rules"},
                {"apply": []},
                {"adopt": {"person": "bo", "user": {}, "groups": ["Sales"], "has": {"seats": ["gong"]}}}
            ]
        }"#,
        MaxRemovals::None,
        "
        1 ana: + seat gong  row 1 | + capture email  row 1
        1 brake, losing 0
        2 ana:
        2 brake, losing 0
        3 bo: + capture email  row 2
        ",
    );
}

#[test]
fn what_a_timeline_does_not_have_is_an_error_with_a_suggestion() {
    check(
        r#"{"events": [
            {"create": {"person": "ana", "user": {}, "groups": ["Sales", "Field"]}},
            {"deactivate": "anna"},
            {"apply": ["ana", "zed"]},
            {"deleteGroup": "sales"},
            {"renameGroup": {"group": "Sales", "to": "Field"}},
            {"deleteGroup": "Field"},
            {"deleteGroup": "Field"},
            {"delete": "ana"},
            {"deactivate": "ana"}
        ]}"#,
        MaxRemovals::None,
        "
        1 ana: + seat gong  row 1 | + capture email  row 1
        2 error: the timeline has no person `anna`; did you mean `ana`?
        3 error: the timeline has no person `zed`
        4 error: the timeline has no group `sales`; did you mean `Sales`?
        5 error: there is a group `Field` already
        6 ana:
        6 brake, losing 0
        7 error: group `Field` was deleted before
        8 ana: - seat gong  released
        9 error: `ana` was deleted before
        ",
    );
}

/// The error of a text that is no timeline, with its advice.
fn fault(text: &str) -> String {
    let error = timeline::parse(text).unwrap_err();
    let advice = error.advice().map(|advice| format!("\n  {advice}")).unwrap_or_default();
    format!("{:?}, line {}: {}{advice}", error.kind(), error.line().unwrap_or(0), error.message())
}

#[test]
fn text_that_is_no_timeline_gives_an_error_with_its_place() {
    let all: Vec<String> = [
        "",
        "{",
        "5",
        "[]",
        "{}",
        r#"{"events": 5}"#,
        r#"{"evnts": []}"#,
        r#"{"events": [], "events": []}"#,
        "{\"events\": [\n{\"note\": \"x\"},\n{\"crate\": {}}]}",
        r#"{"events": [{"teleport": {}}]}"#,
        r#"{"events": [{}]}"#,
        r#"{"events": [[]]}"#,
        r#"{"events": [{"delete": "a", "note": "b"}]}"#,
        r#"{"events": [{"update": {"person": "a"}}]}"#,
        r#"{"events": [{"create": {"persn": "a"}}]}"#,
        r#"{"events": [{"create": {"person": "a", "user": "b"}}]}"#,
        r#"{"events": [{"edit": {"person": "a", "by": "amdin", "set": {}}}]}"#,
        r#"{"events": [{"edit": {"person": "a", "by": "csv", "set": {"seats": {"gong": 1}}}}]}"#,
        r#"{"events": [{"apply": "ana"}]}"#,
        r#"{"groups": {"Sales": {"ID": "g"}}, "events": []}"#,
        r#"{"people": {"ana": {"user": {}, "record": {"version": 9}}}, "events": []}"#,
        r#"{"events": [{"create": {"person": "a", "user": {"n": 1e999999}}}]}"#,
    ]
    .iter()
    .map(|text| fault(text))
    .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    Json, line 0: it is empty
      a timeline is `{ "events": [ … ] }`
    Json, line 1: a key in double quotes was expected, but the text ends
      the text is cut off: was it transferred whole?
    Payload, line 1: the timeline must be an object, not a number
      a timeline is `{ "events": [ … ] }`
    Payload, line 1: the timeline must be an object, not a list
      a timeline is `{ "events": [ … ] }`
    Payload, line 1: the timeline has no `events`
      add `events`: a list of steps
    Payload, line 1: `events` must be a list of steps, not a number
    Payload, line 1: the timeline has no field `evnts`
      did you mean `events`?
    Payload, line 1: the timeline has `events` twice
      a timeline is `{ "events": [ … ] }`
    Payload, line 3: step 1 is a `crate`, which is no step
      did you mean `create`?
    Payload, line 1: step 1 is a `teleport`, which is no step
      there are: note, create, adopt, update, changeGroups, edit, deactivate, reactivate, delete, deleteGroup, renameGroup, rules, apply, confirm
    Payload, line 1: step 1 is empty
      say what happens: `{ "deactivate": "ana" }`
    Payload, line 1: step 1 must be an object, not a list
    Payload, line 1: step 1 has two fields, and what happens is one
      make it two steps
    Payload, line 1: `update` of step 1 has no `set`
      add `set`: an object of SCIM attributes
    Payload, line 1: `create` of step 1 has no field `persn`
      did you mean `person`?
    Payload, line 1: `create.user` of step 1 must be an object of SCIM attributes, not a text
    Payload, line 1: `edit.by` of step 1 is `amdin`, which is none of its words
      did you mean `admin`?
    Payload, line 1: `edit.set.seats.gong` of step 1 must be `true` or `false`, not a number
    Payload, line 1: `apply` of step 1 must be a list of names, not a text
    Payload, line 1: `groups.Sales` has no field `ID`
      did you mean `id`?
    Payload, line 1: `people.ana.record` is no record that this version can read
      copy it from the `record` of an answer, whole
    Payload, line 1: a value cannot be read; it is too large or too deeply nested
    "#);
}

#[test]
fn deep_json_is_an_error_and_no_overflow() {
    let deep = format!(
        r#"{{"events": [{{"update": {{"person": "a", "set": {}1{}}}}}]}}"#,
        r#"{"a":"#.repeat(100_000),
        "}".repeat(100_000)
    );
    assert!(timeline::parse(&deep).is_err());
}

#[test]
fn the_examples_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/timelines");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let timeline = timeline::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(!timeline.events.is_empty(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 3);
}
