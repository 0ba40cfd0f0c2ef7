//! `explain`.

use super::run::Folder;

fn folder() -> Folder {
    Folder::with(&[
        ("sales.rules", include_str!("company.rules")),
        ("people.json", include_str!("people.json")),
    ])
}

#[test]
fn the_value_behind_each_condition_is_shown() {
    let folder = folder();
    insta::assert_snapshot!(folder.run("explain ana --rules sales.rules --users people.json"), @r#"
    exit 0
    ana@acme.com
      assignment  "Account executives"   sales.rules:21   the only one that matches
          in group "Sales - EMEA"                 true    (Sales - EMEA)
          title starts with "Account Executive"   true    ("Account Executive II")
          except in group "Sales on leave"        false
      seats       gong
      home        emea
      workspaces  emea rep, global viewer
      capture     calendar, phone
      update      automatic
    "#);
    insta::assert_snapshot!(folder.run("explain bert --rules sales.rules --users people.json"), @r#"
    exit 0
    bert@ext.acme.com
      assignment  "Account executives"   sales.rules:21   the only one that matches
          in group "Sales - EMEA"                 true    (Sales - EMEA)
          title starts with "Account Executive"   true    ("Account Executive")
          except in group "Sales on leave"        false
      seats       none
          gong   from the assignment, removed by never "seats for contractors" (userType is "Contractor")
          forecast   from grant "Forecast pilot", removed by never "seats for contractors" (userType is "Contractor")
      home        emea
      workspaces  emea none (rep withheld: needs seat gong), global viewer
      capture     calendar
          phone   withheld: needs seat gong
      update      automatic
      notes       home is `emea`, but no profile stands there
    "#);
    insta::assert_snapshot!(folder.run("explain dan --rules sales.rules --users people.json"), @r#"
    exit 0
    dan@acme.com
      assignment  "Everyone else"   sales.rules:31   the default: no other matches
      seats       none
      workspaces  none
      capture     none
      update      automatic
    "#);
    insta::assert_snapshot!(folder.run("explain cleo --rules sales.rules --users people.json"), @"
    exit 0
    cleo@acme.com
      deactivated  the source says that the person is not active
    ");
}

#[test]
fn a_person_goes_by_many_names() {
    let folder = folder();
    let who = |name: &str| {
        let ran = folder.run(&format!("explain {name} --rules sales.rules --users people.json"));
        ran.out().lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(who("ana@acme.com"), "ana@acme.com");
    assert_eq!(who("ANA@ACME.COM"), "ana@acme.com");
    assert_eq!(who("ana.bauer@acme.com"), "ana@acme.com");
    assert_eq!(who("ana.bauer"), "ana@acme.com");
    assert_eq!(who("1"), "ana@acme.com");
    assert_eq!(who("e-4"), "dan@acme.com");
}

#[test]
fn nobody_and_several_people_are_said() {
    let folder = folder();
    insta::assert_snapshot!(folder.run("explain brt --rules sales.rules --users people.json"), @"
    exit 2
    --- stderr
    error: nobody is called `brt`: none of 4 people has that name, id or e-mail
      = help: did you mean `bert`?
    ");
    folder.write(
        "twins.json",
        br#"[{"id":"1","userName":"ana@a.com"},{"id":"2","userName":"ana@b.com"}]"#,
    );
    insta::assert_snapshot!(folder.run("explain ana --rules sales.rules --users twins.json"), @"
    exit 2
    --- stderr
    error: `ana` is more than one person
      = help: `ana@a.com` at twins.json:1
      = help: `ana@b.com` at twins.json:1
    ");
}

#[test]
fn one_rule_is_explained_whether_it_matched_or_not() {
    let folder = folder();
    let run = |name: &str| {
        let mut command =
            folder.command("explain dan --rules sales.rules --users people.json --rule");
        let output = command.arg(name).output().unwrap();
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        format!("exit {}\n{text}", output.status.code().unwrap())
    };
    insta::assert_snapshot!(run("Account executives"), @r#"
    exit 0
    assignment "Account executives"   sales.rules:21   does not match
          in group "Sales - EMEA"                 false
          title starts with "Account Executive"   false   ("Engineer")
          except in group "Sales on leave"        false
    "#);
    insta::assert_snapshot!(run("seats for contractors"), @r#"
    exit 0
    never "seats for contractors"   sales.rules:16   does not match
          one of these                 false
            userType is "Contractor"   false   (no value)
            in group like "Ext - *"    false
    "#);
    insta::assert_snapshot!(run("Acount executives"), @"
    exit 2
    error: no rule is called `Acount executives`
      = help: did you mean `Account executives`?
    ");
}

#[test]
fn json_has_decision_and_traces() {
    let ran = folder().run("explain ana --rules sales.rules --users people.json --format json");
    let explanation: serde_json::Value = serde_json::from_str(&ran.out()).unwrap();
    assert_eq!(explanation["decision"]["assignment"]["name"], "Account executives");
    assert!(explanation["rules"].as_array().unwrap().iter().any(|rule| rule["won"] == true));
}

#[test]
fn names_from_outside_do_not_command_the_terminal() {
    let folder = folder();
    folder.write("evil.json", br#"{"userName":"eve\u001b[31m","id":"1","title":"\u001b[2J"}"#);
    let ran = folder.run("explain 1 --rules sales.rules --users evil.json");
    assert!(!ran.out().contains('\u{1b}'), "{ran}");
    let ran = folder.run("eval --rules sales.rules --users evil.json");
    assert!(!ran.out().contains('\u{1b}'), "{ran}");
}
