//! What people and groups come as: lines, pages, the wrong kind, the wrong bytes.

use super::run::{Folder, Ran};

const RULES: &str = "provisioning 1\n\nseat gong \"Gong\"\n\nassignment \"Sales\" {\n  match in group \"Sales\"\n  seats gong\n  workspaces { others: none }\n  capture none\n  update manual\n}\n\ndefault assignment \"Rest\" {\n  seats none\n  workspaces { others: none }\n  capture none\n  update manual\n}\n";

fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(files);
    folder.write("a.rules", RULES.as_bytes());
    folder
}

fn eval(users: &str) -> Ran {
    folder(&[("u.json", users)]).run("eval --rules a.rules --users u.json --format csv -q")
}

/// The names of those who were decided.
fn names(ran: &Ran) -> Vec<String> {
    ran.out().lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
}

#[test]
fn a_first_line_that_is_bad_stops_nobody() {
    let ran = eval("hello\n{\"userName\":\"c\"}\n");
    assert_eq!((ran.code(), names(&ran)), (3, vec!["c".to_owned()]));
    assert!(ran.err().starts_with("error: cannot read the person at u.json:1: "), "{ran}");
}

#[test]
fn a_first_person_that_is_too_long_stops_nobody() {
    let huge = "x".repeat(17 * 1024 * 1024);
    let ran = eval(&format!("{{\"userName\":\"{huge}\"}}\n{{\"userName\":\"c\"}}\n"));
    assert_eq!((ran.code(), names(&ran)), (3, vec!["c".to_owned()]));
    insta::assert_snapshot!(ran.err(), @"error: cannot read the person at u.json:1: the user is longer than 16777216 bytes");
}

#[test]
fn a_list_response_a_line_is_unpacked() {
    let ran = eval(
        "{\"totalResults\":3,\"Resources\":[{\"userName\":\"a\"},{\"userName\":\"b\"}]}\n{\"totalResults\":3,\"Resources\":[{\"userName\":\"c\"}]}\n",
    );
    assert_eq!((ran.code(), names(&ran).concat()), (0, "abc".to_owned()), "{ran}");
}

#[test]
fn a_list_response_among_people_is_an_error() {
    let ran =
        eval("{\"userName\":\"a\"}\n{\"totalResults\":1,\"Resources\":[{\"userName\":\"b\"}]}\n");
    assert_eq!((ran.code(), ran.err().lines().count()), (3, 1));
    assert!(ran.err().contains("u.json:2: it is a ListResponse"), "{ran}");
}

#[test]
fn one_page_of_a_longer_list_is_remarked() {
    let page = "{\"totalResults\":246,\"Resources\":[{\"userName\":\"a\"}]}";
    let ran = folder(&[("u.json", page)]).run("eval --rules a.rules --users u.json --format csv");
    assert!(
        ran.err().starts_with("`u.json` is one page of a longer list: it has 1 of 246 resources\n"),
        "{ran}"
    );
    assert_eq!(ran.code(), 0);
}

#[test]
fn groups_are_not_decided_as_people() {
    let ran = eval(
        "[{\"displayName\":\"Sales\",\"members\":[]},\n{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"id\":\"g\"}]",
    );
    insta::assert_snapshot!(ran.err(), @"
    error: cannot read the person at u.json:1: it is a SCIM Group, not a User; groups belong to `--groups`
    error: cannot read the person at u.json:2: it is a SCIM Group, not a User; groups belong to `--groups`
    ");
    assert_eq!((ran.code(), names(&ran).len()), (3, 0));
}

#[test]
fn people_are_not_taken_for_groups() {
    let people = "[{\"id\":\"1\",\"userName\":\"a\"},\n{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]}]";
    let ran =
        folder(&[("u.json", people)]).run("eval --rules a.rules --users u.json --groups u.json");
    insta::assert_snapshot!(ran, @"
    exit 2
    --- stderr
    error: cannot read the group at u.json:1: it is a SCIM User, not a Group; people belong to `--users`
    error: cannot read the group at u.json:2: it is a SCIM User, not a Group; people belong to `--users`
    error: nobody is decided: some groups could not be read, and their members would be decided wrongly
    ");
}

#[test]
fn of_two_groups_with_one_id_the_last_counts_and_it_is_said() {
    let groups = "[{\"id\":\"g\",\"displayName\":\"Sales\",\"members\":[{\"value\":\"1\"}]},\n{\"id\":\"g\",\"displayName\":\"Sales\",\"members\":[]}]";
    let people = "{\"id\":\"1\",\"userName\":\"a\"}";
    let ran = folder(&[("u.json", people), ("g.json", groups)])
        .run("eval --rules a.rules --users u.json --groups g.json");
    insta::assert_snapshot!(ran, @"
    exit 0
    person  assignment  seats  workspaces  capture  update
    a       Rest        none   none        none     manual

    1 person
      1  Rest
    --- stderr
    warning: group `g` is at g.json:1 and again at g.json:2; the last one counts
    ");
}

#[test]
fn groups_that_cannot_be_read_are_told_as_groups() {
    let ran = folder(&[("u.json", "{}"), ("g.json", "5")])
        .run("eval --rules a.rules --users u.json --groups g.json");
    insta::assert_snapshot!(ran, @"
    exit 2
    --- stderr
    error: cannot read `g.json`: it is JSON, but a number
      = help: expected is a SCIM Group, a ListResponse, a JSON array, or one Group a line
    ");
}

#[test]
fn bytes_that_are_not_utf_8_are_named() {
    let folder = folder(&[]);
    folder.write("u.json", b"{\n\"userName\": \"\xff\"}");
    insta::assert_snapshot!(folder.run("eval --rules a.rules --users u.json"), @"
    exit 2
    --- stderr
    error: cannot read `u.json`: line 2 is not UTF-8 (byte 15)
      = help: save it as UTF-8, with or without byte order mark
    ");
}

#[test]
fn a_file_is_no_folder() {
    let ran = folder(&[("u.json", "{}")]).run("eval --rules a.rules --users u.json/x");
    insta::assert_snapshot!(ran, @"
    exit 2
    --- stderr
    error: cannot read `u.json/x`: a part of its path is a file and no folder
      = help: look at the spelling of the path
    ");
}

#[test]
fn of_many_who_cannot_be_read_some_are_named() {
    let ran = eval(&format!("{{\"userName\":\"a\"}}\n{}", "[]\n".repeat(50)));
    assert_eq!((ran.code(), ran.err().lines().count()), (3, 21));
    assert!(ran.err().ends_with("\nand 30 more that could not be read\n"), "{ran}");
}

#[test]
fn a_catalogue_decides_nobody_and_says_so() {
    let folder = folder(&[("c.rules", "provisioning 1\nseat gong \"Gong\"\n"), ("u.json", "{}")]);
    folder.write("t.json", b"{\"events\":[{\"rules\":\"c.rules\"}]}");
    insta::assert_snapshot!(folder.run("eval --rules c.rules --users u.json"), @"
    exit 2
    --- stderr
    error: `c.rules` decides nobody: it is a catalogue, without an assignment
      = help: name the rules file that uses it, or add a `default assignment`
    ");
    for command in [
        "explain a --rules c.rules --users u.json",
        "simulate t.json --rules c.rules",
        "simulate t.json --rules a.rules",
        "test c.rules",
    ] {
        let ran = folder.run(command);
        assert_eq!(ran.code(), 2, "{command}: {ran}");
        assert!(ran.err().contains("error: `c.rules` decides nobody: it is a catalogue"), "{ran}");
    }
}

#[test]
fn nothing_reaches_the_terminal_as_a_command() {
    let name = "A\\u001b[31m\\u0007\\n";
    let rules = RULES.replace("\"Sales\" {", &format!("\"{name}\" {{"));
    let rules = rules.replace("in group \"Sales\"", "title is \"\\u001b\"");
    let test = format!(
        "\nuser a {{ title \"\\u001b\" }}\ntest \"{name}\" {{\n  given a\n  expect assignment \"{name}\"\n}}\n"
    );
    let people = "[{\"userName\":\"a\\u001b\",\"displayName\":\"\\u0007\",\"title\":\"\\u001b\"}]";
    let folder = folder(&[("b.rules", &format!("{rules}{test}")), ("u.json", people)]);
    let timeline = "{\"events\":[{\"note\":\"\\u001b\"},{\"create\":{\"person\":\"\\u001b\",\"user\":{\"title\":\"\\u001b\"}}}]}";
    folder.write("t.json", timeline.as_bytes());
    for command in [
        "check b.rules",
        "test b.rules",
        "eval --rules b.rules --users u.json",
        "eval --rules b.rules --users u.json --explain",
        "eval --rules b.rules --users u.json --format csv",
        "eval --rules b.rules --users u.json --format ndjson",
        "explain a\u{1b} --rules b.rules --users u.json",
        "explain a\u{1b} --rules b.rules --users u.json --rule x",
        "simulate t.json --rules b.rules",
    ] {
        let ran = folder.run(command);
        let all = format!("{}{}", ran.out().replace("\r\n", "\n"), ran.err());
        assert!(!all.contains(|c: char| c.is_control() && c != '\n'), "{command}: {all:?}");
        assert!(
            all.contains('␛') || command.contains("json") || command.contains("check"),
            "{command}: {ran}"
        );
    }
    let ran = folder.run("eval --rules b.rules --users u.json");
    assert!(ran.out().contains("\n  1  A␛[31m␇␊\n"), "{ran}");
}

#[test]
fn a_table_that_goes_to_a_program_is_never_wrapped() {
    let long = "y".repeat(200);
    let ran = folder(&[("u.json", &format!("[{{\"userName\":\"{long}\"}}]"))])
        .run("eval --rules a.rules --users u.json -q");
    assert_eq!(ran.out().lines().count(), 2, "{ran}");
    assert!(ran.out().contains(&long), "{ran}");
}

#[test]
fn explain_tells_of_lines_that_could_not_be_read() {
    let folder = folder(&[("u.json", "{\"userName\":\"q\"}\n{\"userName\"\n")]);
    insta::assert_snapshot!(folder.run("explain zed --rules a.rules --users u.json"), @"
    exit 2
    --- stderr
    error: nobody is called `zed`: the only person has another name, id and e-mail
      = help: look at what was left out: 1 person could not be read, at u.json:2
    ");
    let ran = folder.run("explain q --rules a.rules --users u.json");
    assert_eq!(ran.code(), 3, "{ran}");
    insta::assert_snapshot!(ran.err(), @"warning: 1 person could not be read, at u.json:2");
}
