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
      2  the source sends ana
           ana   "Everyone else"   nothing changes
      3  ana joins Sales - EMEA
           ana   "Account executives"
             + seat `gong`: off -> on (row 3: first placement)
             + profile in `emea`: none -> `rep` (row 3: first placement)
             + profile in `global`: none -> `viewer` (row 3: first placement)
             + home: none -> `emea` (row 3: first placement)
             + capture `calendar`: off -> on (row 3: first placement)
             + capture `phone`: off -> on (row 3: first placement)
      4  an admin edits ana by hand
           ana   "Account executives"
             refused  capture `phone` is locked: assignment `Account executives` updates capture automatically
               help: change the assignment, or the person's groups at the source
      5  the source changes userType of ana
           ana   "Account executives"
             - seat `gong`: on -> off (never `seats for contractors`)
             - profile in `emea`: `rep` -> none (row 4: same assignment, automatic)
             - capture `phone`: on -> off (row 4: same assignment, automatic)
      6  the source deactivates ana
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
    error: cannot read `week.json`: unknown variant `creat`, expected one of `note`, `create`, `adopt`, `update`, `changeGroups`, `edit`, `deactivate`, `reactivate`, `delete`, `deleteGroup`, `renameGroup`, `rules`, `apply`, `confirm` at line 1 column 23
      = help: `provisor simulate --help` shows the form of a timeline
    ");
    insta::assert_snapshot!(run(r#"{ "events": [ { "deactivate": "ana" } ] }"#), @"
    exit 2
    --- stderr
    error: cannot play step 1 of `week.json`: the timeline has no person `ana`
    ");
    insta::assert_snapshot!(run("{"), @"
    exit 2
    --- stderr
    error: cannot read `week.json`: EOF while parsing an object at line 1 column 1
      = help: `provisor simulate --help` shows the form of a timeline
    ");
}

#[test]
fn the_demo_decides_the_example_company() {
    let ran = Folder::with(&[]).run("demo");
    assert_eq!((ran.code(), ran.err().as_str()), (0, ""));
    assert!(ran.out().contains("\n430 people\n"), "{ran}");
    assert!(!ran.out().contains("could not be read"), "{ran}");
}
