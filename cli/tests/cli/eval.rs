//! `eval`: forms of input and output, people who cannot be read, streams.

use std::io::Read;
use std::process::Stdio;

use super::run::Folder;

const COMPANY: &str = include_str!("company.rules");
const PEOPLE: &str = include_str!("people.json");

fn folder() -> Folder {
    Folder::with(&[("sales.rules", COMPANY), ("people.json", PEOPLE)])
}

#[test]
fn a_table_for_people() {
    insta::assert_snapshot!(folder().run("eval --rules sales.rules --users people.json"), @"
    exit 0
    person             assignment          seats                           workspaces                          capture                     update
    ana@acme.com       Account executives  gong                            emea rep (home), global viewer      calendar, phone             automatic
    bert@ext.acme.com  Account executives  none (removed: gong, forecast)  global viewer (withheld: emea rep)  calendar (withheld: phone)  automatic
    cleo@acme.com      deactivated
    dan@acme.com       Everyone else       none                            none                                none                        automatic

    4 people
      2  Account executives
      1  Everyone else
      1  deactivated
    1 person with something removed by a never
    1 person with something withheld for want of a prerequisite
    1 person with notes; `explain` and JSON show them
    ");
}

#[test]
fn csv_for_spreadsheets() {
    let ran = folder().run("eval --rules sales.rules --users people.json --format csv --quiet");
    assert_eq!(ran.err(), "");
    insta::assert_snapshot!(ran.out().replace("\r\n", "\n"), @r#"
    userName,id,externalId,displayName,active,assignment,seats,home,workspaces,capture,options,update,removed,vetoed,withheld,lowered
    ana@acme.com,1,,,true,Account executives,gong,emea,emea=rep global=viewer,calendar phone,,automatic,,,,
    bert@ext.acme.com,2,,,true,Account executives,,emea,global=viewer,calendar,,automatic,gong forecast,,phone emea=rep,
    cleo@acme.com,3,,,false,,,,,,,,,,,
    dan@acme.com,4,e-4,"Dan, the ""Man""",true,Everyone else,,,,,,automatic,,,,
    "#);
}

#[test]
fn json_is_one_array_and_ndjson_an_object_a_line() {
    let folder = folder();
    let json = folder.run("eval --rules sales.rules --users people.json --format json");
    let all: Vec<serde_json::Value> = serde_json::from_str(&json.out()).unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(all[0]["assignment"]["name"], "Account executives");
    assert_eq!(all[2]["deactivated"], true);
    assert!(json.err().starts_with("4 people\n"), "{json}");
    let lines = folder.run("eval --rules sales.rules --users people.json --format ndjson -q");
    let each: Vec<serde_json::Value> =
        lines.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(each, all);
    let none = folder.run_with("eval --rules sales.rules --users - --format json -q", b"[]");
    assert_eq!(none.out(), "[]\n");
}

#[test]
fn people_come_in_any_form_and_from_several_files() {
    let folder = folder();
    let one = r#"{"userName": "eva@acme.com"}"#;
    folder.write("one.json", one.as_bytes());
    folder.write("array.json", format!("[{one},\n{one}]").as_bytes());
    folder.write("lines.ndjson", format!("{one}\n\n{one}\r\n{one}").as_bytes());
    let count = |users: &str, input: &str| {
        let arguments = format!("eval --rules sales.rules --users {users} --format ndjson");
        folder.run_with(&arguments, input.as_bytes()).out().lines().count()
    };
    assert_eq!(count("one.json", ""), 1);
    assert_eq!(count("array.json", ""), 2);
    assert_eq!(count("lines.ndjson", ""), 3);
    assert_eq!(count("one.json lines.ndjson people.json", ""), 8);
    assert_eq!(count("-", "\u{feff}{\n  \"userName\": \"eva\"\n}\n"), 1);
}

#[test]
fn groups_come_from_group_resources() {
    let folder = folder();
    let groups = r#"[{"id":"g9","displayName":"All sales","members":[{"value":"g8","type":"Group"}]},
{"id":"g8","displayName":"Ext - Agency","members":[{"value":"1"}]},
{"id":"g7","displayName":"Sales - EMEA","members":[{"value":"1"}]}]"#;
    folder.write("groups.json", groups.as_bytes());
    let ran = folder.run("eval --rules sales.rules --users people.json --groups groups.json");
    insta::assert_snapshot!(ran, @"
    exit 0
    person             assignment          seats                 workspaces                          capture                     update
    ana@acme.com       Account executives  none (removed: gong)  global viewer (withheld: emea rep)  calendar (withheld: phone)  automatic
    bert@ext.acme.com  Everyone else       none                  none                                none                        automatic
    cleo@acme.com      deactivated
    dan@acme.com       Everyone else       none                  none                                none                        automatic

    4 people
      1  Account executives
      2  Everyone else
      1  deactivated
    1 person with something removed by a never
    1 person with something withheld for want of a prerequisite
    1 person with notes; `explain` and JSON show them
    ");
}

#[test]
fn a_group_that_cannot_be_read_ends_the_run() {
    let folder = folder();
    folder.write("groups.json", b"[{\"id\":\"g7\"},\n7]");
    insta::assert_snapshot!(folder.run("eval --rules sales.rules --users people.json --groups groups.json"), @"
    exit 2
    --- stderr
    error: cannot read the group at groups.json:2: a group must be a JSON object
    error: nobody is decided: some groups could not be read, and their members would be decided wrongly
    ");
}

#[test]
fn somebody_who_cannot_be_read_is_named_and_does_not_stop_the_others() {
    let folder = folder();
    let lines = "{\"userName\":\"eva@acme.com\"}\n{\"userName\":\"fa\n[1]\n{\"userName\":\"gus@acme.com\"}\n";
    folder.write("lines.ndjson", lines.as_bytes());
    insta::assert_snapshot!(folder.run("eval --rules sales.rules --users lines.ndjson"), @"
    exit 3
    person        assignment     seats  workspaces  capture  update
    eva@acme.com  Everyone else  none   none        none     automatic
    gus@acme.com  Everyone else  none   none        none     automatic

    2 people
      2  Everyone else
    2 people could not be read
    --- stderr
    error: cannot read the person at lines.ndjson:2: a string that begins here does not end (byte 12 of it)
    error: cannot read the person at lines.ndjson:3: a user must be a JSON object
    ");
}

#[test]
fn what_is_no_json_at_all_ends_with_exit_code_2() {
    let folder = folder();
    folder.write("people.csv", b"userName,title\nana,Boss\n");
    folder.write("half.json", b"[\n{\"userName\": \"ana\"},\n");
    insta::assert_snapshot!(folder.run("eval --rules sales.rules --users people.csv"), @"
    exit 2
    --- stderr
    error: cannot read `people.csv`: it is no JSON at line 1, column 1
      = help: expected is a SCIM User, a ListResponse, a JSON array, or one User a line
    ");
    insta::assert_snapshot!(folder.run("eval --rules sales.rules --users half.json"), @"
    exit 2
    --- stderr
    error: cannot read `half.json`: it ends in the middle, on line 3
      = help: expected is a SCIM User, a ListResponse, a JSON array, or one User a line
    ");
    insta::assert_snapshot!(folder.run("eval --rules sales.rules --users missing.json"), @"
    exit 2
    --- stderr
    error: cannot read `missing.json`: there is no such file
      = help: look at the spelling; paths are relative to the folder you are in
    ");
    insta::assert_snapshot!(folder.run("eval --rules missing.rules --users people.json"), @"
    exit 2
    --- stderr
    error: cannot read `missing.rules`: there is no such file
      = help: look at the spelling; paths are relative to the folder you are in
    ");
}

#[test]
fn rules_with_errors_decide_nobody() {
    let folder = folder();
    folder.write("bad.rules", COMPANY.replace("seats   all", "seats   al").as_bytes());
    let ran = folder.run("eval --rules bad.rules --users people.json");
    assert_eq!((ran.code(), ran.out().as_str()), (1, ""));
    assert!(ran.err().contains("error[N101]"), "{ran}");
}

#[test]
fn explanations_of_everybody() {
    let folder = folder();
    let ran = folder.run("eval --rules sales.rules --users people.json --explain --quiet");
    assert!(ran.out().contains("bert@ext.acme.com\n  assignment"), "{ran}");
    let lines =
        folder.run("eval --rules sales.rules --users people.json --explain --format ndjson");
    let first: serde_json::Value =
        serde_json::from_str(lines.out().lines().next().unwrap()).unwrap();
    assert_eq!(first["decision"]["user"]["userName"], "ana@acme.com");
    insta::assert_snapshot!(folder.run("eval --rules sales.rules --users people.json --explain --format csv"), @"
    exit 2
    --- stderr
    error: CSV has no room for an explanation
      = help: leave out `--explain`, or use `--format ndjson`
    ");
}

#[test]
fn the_order_of_a_long_stream_is_kept() {
    let folder = folder();
    let lines: String = (0..20_000)
        .map(|n| format!("{{\"userName\":\"p{n}\",\"title\":\"{}\"}}\n", "x".repeat(n % 90)))
        .collect();
    folder.write("lines.ndjson", lines.as_bytes());
    let ran = folder.run("eval --rules sales.rules --users lines.ndjson --format csv -q");
    let names: Vec<String> =
        ran.out().lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(names, (0..20_000).map(|n| format!("p{n}")).collect::<Vec<_>>());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = folder();
    let lines: String = (0..20_000).map(|n| format!("{{\"userName\":\"p{n}\"}}\n")).collect();
    folder.write("lines.ndjson", lines.as_bytes());
    let mut child = folder
        .command("eval --rules sales.rules --users lines.ndjson --format ndjson")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_reader_that_goes_away_is_noticed_while_input_is_still_awaited() {
    let folder = folder();
    let mut child = folder
        .command("eval --rules sales.rules --users - --format ndjson")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    let lines = "{\"userName\":\"p\"}\n".repeat(40_000);
    // It may end before it has read them all; that is the point.
    let _ = std::io::Write::write_all(&mut stdin, lines.as_bytes());
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
    drop(stdin);
}

#[test]
fn standard_input_is_read_once() {
    let ran = folder().run_with("eval --rules - --users -", COMPANY.as_bytes());
    insta::assert_snapshot!(ran, @"
    exit 2
    --- stderr
    error: standard input is named twice: it can be read only once
      = help: name a file in one of the places
    ");
    let ran = folder().run_with("eval --rules - --users people.json -q", COMPANY.as_bytes());
    assert_eq!(ran.code(), 0, "{ran}");
}
