//! `simulate` and `demo`.

use super::run::Folder;

const TIMELINE: &str = r#"{ "events": [
  { "note": "SCIM sends the person first and the groups later" },
  { "create": { "person": "ana", "user": { "userName": "ana@acme.com", "title": "Account Executive" } } },
  { "changeGroups": { "person": "ana", "add": ["Sales - EMEA"] } },
  { "edit": { "person": "ana", "by": "admin", "set": { "capture": { "phone": false } } } },
  { "update": { "person": "ana", "set": { "userType": "Contractor" } } },
  { "deactivate": "ana" }
] }"#;

fn folder(timeline: &str) -> Folder {
    Folder::with(&[("sales.rules", include_str!("company.rules")), ("week.json", timeline)])
}

#[test]
fn every_change_and_refusal_is_printed() {
    insta::assert_snapshot!(folder(TIMELINE).run("simulate week.json --rules sales.rules"), @r#"
    exit 0
    # SCIM sends the person first and the groups later
      1  the source sends ana
           ana   "Everyone else"   nothing changes
      2  ana joins Sales - EMEA
           ana   "Account executives"
             + seat `gong`: off -> on (row 3: first placement)
             + profile in `emea`: none -> `rep` (row 3: first placement)
             + profile in `global`: none -> `viewer` (row 3: first placement)
             + home: none -> `emea` (row 3: first placement)
             + capture `calendar`: off -> on (row 3: first placement)
             + capture `phone`: off -> on (row 3: first placement)
      3  an admin edits ana by hand
           ana   "Account executives"
             refused  capture `phone` is locked: assignment `Account executives` updates capture automatically
               help: change the assignment, or the person's groups at the source
      4  the source changes userType of ana
           ana   "Account executives"
             - seat `gong`: on -> off (never `seats for contractors`)
             - profile in `emea`: `rep` -> none (row 4: same assignment, automatic)
             - capture `phone`: on -> off (row 4: same assignment, automatic)
             note     home is `emea`, but no profile stands there
      5  the source deactivates ana
           ana   deactivated   nothing changes
    "#);
}

#[test]
fn ndjson_has_an_object_a_step() {
    let ran = folder(TIMELINE).run("simulate week.json --rules sales.rules --format ndjson");
    let steps: Vec<serde_json::Value> =
        ran.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(steps.len(), 6);
    assert_eq!(steps[5]["event"]["deactivate"], "ana");
    assert_eq!(steps[2]["answers"][0]["person"], "ana");
}

#[test]
fn mistakes_in_a_timeline_are_named() {
    let run = |timeline| folder(timeline).run("simulate week.json --rules sales.rules");
    insta::assert_snapshot!(run(r#"{ "events": [ { "creat": {} } ] }"#), @"
    exit 2
    --- stderr
    error: cannot read `week.json`: step 1 is a `creat`, which is no step (line 1)
      = help: did you mean `create`?
      = help: `provisor simulate --help` shows the form of a timeline
    ");
    insta::assert_snapshot!(run(r#"{ "events": [ { "deactivate": "ana" } ] }"#), @"
    exit 2
    --- stderr
    error: cannot play step 1 of `week.json`: the timeline has no person `ana`
    ");
    insta::assert_snapshot!(run(""), @r#"
    exit 2
    --- stderr
    error: cannot read `week.json`: it is empty
      = help: a timeline is `{ "events": [ … ] }`
      = help: `provisor simulate --help` shows the form of a timeline
    "#);
    insta::assert_snapshot!(run("5"), @r#"
    exit 2
    --- stderr
    error: cannot read `week.json`: the timeline must be an object, not a number (line 1)
      = help: a timeline is `{ "events": [ … ] }`
      = help: `provisor simulate --help` shows the form of a timeline
    "#);
    insta::assert_snapshot!(run(r#"{ "people": { "ana": { "user": {} } }, "events": [ { "note": "x" }, { "deactivate": "anna" } ] }"#), @"
    exit 2
    # x
    --- stderr
    error: cannot play step 1 of `week.json`: the timeline has no person `anna`
      = help: did you mean `ana`?
    ");
    insta::assert_snapshot!(run("{"), @"
    exit 2
    --- stderr
    error: cannot read `week.json`: a key in double quotes was expected, but the text ends (line 1)
      = help: the text is cut off: was it transferred whole?
      = help: `provisor simulate --help` shows the form of a timeline
    ");
}

#[test]
fn a_deleted_group_tells_which_rules_still_name_it() {
    let timeline = r#"{ "events": [
  { "create": { "person": "ana", "user": { "title": "Account Executive" }, "groups": ["Sales - EMEA"] } },
  { "deleteGroup": "Sales - EMEA" }
] }"#;
    let folder = folder(timeline);
    insta::assert_snapshot!(folder.run("simulate week.json --rules sales.rules"), @r#"
    exit 0
      1  the source sends ana
           ana   "Account executives"
             + seat `gong`: off -> on (row 1: creation)
             + profile in `emea`: none -> `rep` (row 1: creation)
             + profile in `global`: none -> `viewer` (row 1: creation)
             + home: none -> `emea` (row 1: creation)
             + capture `calendar`: off -> on (row 1: creation)
             + capture `phone`: off -> on (row 1: creation)
      2  the source deletes the group Sales - EMEA
           warning  assignment "Account executives" still names it, at sales.rules:22:11
           ana   "Everyone else"
             - seat `gong`: on -> off (row 6: move to automatic)
             - profile in `emea`: `rep` -> none (row 6: move to automatic)
             - profile in `global`: `viewer` -> none (row 6: move to automatic)
             - capture `calendar`: on -> off (row 6: move to automatic)
             - capture `phone`: on -> off (row 6: move to automatic)
           brake: takes from 1 member, allowed are 5
    "#);
    let ran = folder.run("simulate week.json --rules sales.rules --format ndjson");
    let last: serde_json::Value = serde_json::from_str(ran.out().lines().last().unwrap()).unwrap();
    assert_eq!(last["namedBy"][0]["name"], "Account executives");
    assert_eq!(last["namedBy"][0]["place"], "sales.rules:22:11");
}

#[test]
fn a_match_by_a_former_name_is_noted() {
    let timeline = r#"{ "people": { "ana": { "user": { "title": "Account Executive" }, "groups": ["Sales - EMEA"] } }, "events": [
  { "update": { "person": "ana", "set": {} } },
  { "renameGroup": { "group": "Sales - EMEA", "to": "Field - EMEA" } },
  { "update": { "person": "ana", "set": {} } },
  { "deleteGroup": "Field - EMEA" }
] }"#;
    insta::assert_snapshot!(folder(timeline).run("simulate week.json --rules sales.rules"), @r#"
    exit 0
      1  the source sends ana
           ana   "Account executives"
             + seat `gong`: off -> on (row 1: creation)
             + profile in `emea`: none -> `rep` (row 1: creation)
             + profile in `global`: none -> `viewer` (row 1: creation)
             + home: none -> `emea` (row 1: creation)
             + capture `calendar`: off -> on (row 1: creation)
             + capture `phone`: off -> on (row 1: creation)
      2  the source renames the group Sales - EMEA to Field - EMEA
           ana   "Account executives"
             note     group `Field - EMEA` is found by its former name `Sales - EMEA`
           brake: takes from 0 members, allowed are 5
      3  the source sends ana again
           ana   "Account executives"   nothing changes
      4  the source deletes the group Field - EMEA
           warning  assignment "Account executives" still names it, at sales.rules:22:11
           ana   "Everyone else"
             - seat `gong`: on -> off (row 6: move to automatic)
             - profile in `emea`: `rep` -> none (row 6: move to automatic)
             - profile in `global`: `viewer` -> none (row 6: move to automatic)
             - capture `calendar`: on -> off (row 6: move to automatic)
             - capture `phone`: on -> off (row 6: move to automatic)
           brake: takes from 1 member, allowed are 5
    "#);
}

#[test]
fn a_seat_that_does_not_come_back_is_noted() {
    let timeline = r#"{ "events": [
  { "create": { "person": "ana", "user": { "title": "Account Executive" }, "groups": ["Sales - EMEA"] } },
  { "deactivate": "ana" },
  { "note": "she comes back as a contractor" },
  { "update": { "person": "ana", "set": { "active": true, "userType": "Contractor" } } }
] }"#;
    insta::assert_snapshot!(folder(timeline).run("simulate week.json --rules sales.rules"), @r#"
    exit 0
      1  the source sends ana
           ana   "Account executives"
             + seat `gong`: off -> on (row 1: creation)
             + profile in `emea`: none -> `rep` (row 1: creation)
             + profile in `global`: none -> `viewer` (row 1: creation)
             + home: none -> `emea` (row 1: creation)
             + capture `calendar`: off -> on (row 1: creation)
             + capture `phone`: off -> on (row 1: creation)
      2  the source deactivates ana
           ana   deactivated
             - seat `gong`: on -> off (released)

    # she comes back as a contractor
      3  the source changes active, userType of ana
           ana   "Account executives"
             - profile in `emea`: `rep` -> none (row 4: same assignment, automatic)
             - capture `phone`: on -> off (row 4: same assignment, automatic)
             note     seat `gong` is not brought back: never `seats for contractors` forbids it
             note     home is `emea`, but no profile stands there
    "#);
}

#[test]
fn the_demo_decides_the_example_company() {
    let ran = Folder::with(&[]).run("demo");
    assert_eq!((ran.code(), ran.err().as_str()), (0, ""));
    assert!(ran.out().contains("\n430 people\n"), "{ran}");
    assert!(!ran.out().contains("could not be read"), "{ran}");
}
