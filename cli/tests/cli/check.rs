//! `check`: findings, formats, fixes, and everything that can be wrong with a file.

use super::run::Folder;

const COMPANY: &str = include_str!("company.rules");
const TYPO: &str = "provisioning 1\n\nseat gong \"Gong\"\n\nnever \"x\" {\n  match   title = \"Intern\"\n  seats   gnog\n}\n\ndefault assignment \"All\" {\n  seats   none\n  workspaces {}\n  capture none\n  update  manual\n}\n";

#[test]
fn rules_without_findings_say_so() {
    let folder = Folder::with(&[("sales.rules", COMPANY)]);
    insta::assert_snapshot!(folder.run("check sales.rules"), @"
    exit 0
    no findings in sales.rules
    ");
    insta::assert_snapshot!(folder.run("check sales.rules --quiet"), @"exit 0");
}

#[test]
fn errors_end_with_exit_code_1() {
    let folder = Folder::with(&[("sales.rules", TYPO)]);
    insta::assert_snapshot!(folder.run("check sales.rules"), @r#"
    exit 1
    error[P003]: `=` is not used to compare; write `is`
     --> sales.rules:6:17   in never "x"
      |
    6 |   match   title = "Intern"
      |                 ^ replace with `is`

    error[N101]: no seat is called `gnog`
     --> sales.rules:7:11   in never "x"
      |
    7 |   seats   gnog
      |           ^^^^ not declared
      = help: did you mean `gong`?
      = fix: write `gong` (look at it first)
    7 -   seats   gnog
    7 +   seats   gong

    2 errors in sales.rules
    "#);
}

#[test]
fn warnings_are_denied_only_on_request() {
    let warns = COMPANY.replace("update  automatic", "update  manual");
    let folder = Folder::with(&[("sales.rules", &warns)]);
    let ran = folder.run("check sales.rules");
    assert_eq!(ran.code(), 0);
    assert!(ran.out().contains("warning[S311]"), "{ran}");
    assert_eq!(folder.run("check sales.rules --deny warnings").code(), 1);
}

#[test]
fn standard_input_is_a_file_called_stdin() {
    let ran = Folder::with(&[]).run_with("check -", b"seat gong \"Gong\"\n");
    insta::assert_snapshot!(ran, @r#"
    exit 1
    error[P001]: a rules file begins with `provisioning 1`, which fixes what its rules mean
     --> <stdin>:1:1   in seat `gong`
      |
    1 | seat gong "Gong"
      | ^ the header is missing here
      = fix: add the header
    1 + provisioning 1
    2 +

    1 error in <stdin>
    "#);
}

#[test]
fn without_a_name_all_rules_of_the_folder_are_checked_each_once() {
    let folder = Folder::with(&[
        ("a.rules", "provisioning 1\n\nuse \"parts.rules\"\n"),
        ("parts.rules", "provisioning 1\n\nset unused = { \"a\" }\n"),
        ("b.rules", "provisioning 1\n"),
        ("notes.txt", "no rules"),
    ]);
    insta::assert_snapshot!(folder.run("check"), @"
    exit 0
    no findings in a.rules and the file that it brings in
    no findings in b.rules
    ");
    insta::assert_snapshot!(Folder::with(&[]).run("check"), @"
    exit 2
    --- stderr
    error: there are no rules here: no file is named, and none in this folder ends in `.rules`
      = help: name a file, such as `sales.rules`, or `-` for standard input
      = help: or write one to start from: `provisor init`
    ");
}

#[test]
fn json_and_sarif_are_complete_documents() {
    let folder = Folder::with(&[("a.rules", TYPO), ("b.rules", "seat x \"X\"\n")]);
    let json = |arguments: &str| -> serde_json::Value {
        let ran = folder.run(arguments);
        assert_eq!((ran.code(), ran.err().as_str()), (1, ""));
        serde_json::from_str(&ran.out()).unwrap()
    };
    let found = json("check a.rules b.rules --format json");
    assert_eq!(found["version"], 1);
    let codes: Vec<_> =
        found["diagnostics"].as_array().unwrap().iter().map(|d| &d["code"]).collect();
    assert_eq!(found["errors"].as_u64().unwrap() as usize, codes.len());
    let places: Vec<_> =
        found["diagnostics"].as_array().unwrap().iter().map(|d| &d["place"]["file"]).collect();
    assert!(places.iter().any(|f| *f == "a.rules") && places.iter().any(|f| *f == "b.rules"));
    let log = json("check a.rules b.rules --format sarif");
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"].as_array().unwrap().len(), 2);
}

#[test]
fn fixes_that_are_certain_are_written_and_the_rest_is_said() {
    let folder = Folder::with(&[("sales.rules", TYPO)]);
    insta::assert_snapshot!(folder.run("check --fix sales.rules"), @r#"
    exit 1
    error[N101]: no seat is called `gnog`
     --> sales.rules:7:11   in never "x"
      |
    7 |   seats   gnog
      |           ^^^^ not declared
      = help: did you mean `gong`?
      = fix: write `gong` (look at it first)
    7 -   seats   gnog
    7 +   seats   gong

    1 error in sales.rules
    --- stderr
    applied 1 fix to 1 file of sales.rules
    "#);
    insta::assert_snapshot!(folder.read("sales.rules"), @r#"
    provisioning 1

    seat gong "Gong"

    never "x" {
      match   title is "Intern"
      seats   gnog
    }

    default assignment "All" {
      seats   none
      workspaces {}
      capture none
      update  manual
    }
    "#);
    let before = folder.read("sales.rules");
    folder.run("check --fix sales.rules");
    assert_eq!(folder.read("sales.rules"), before, "a second time changes nothing");
    insta::assert_snapshot!(folder.run_with("check --fix -", TYPO.as_bytes()), @"
    exit 2
    --- stderr
    error: cannot fix standard input: there is no file to write to
      = help: name the file: `provisor check --fix sales.rules`
    ");
}

#[test]
fn fixes_reach_included_files_and_keep_line_ends() {
    let part = TYPO.replace('\n', "\r\n");
    let folder = Folder::with(&[
        ("root.rules", "provisioning 1\n\ninclude \"part.rules\"\n"),
        ("part.rules", &part),
    ]);
    folder.run("check --fix root.rules");
    let mended = folder.read("part.rules");
    assert!(mended.contains("title is \"Intern\""), "{mended}");
}

#[test]
fn files_that_cannot_be_read_end_with_exit_code_2() {
    let folder = Folder::with(&[("folder/a.rules", "")]);
    insta::assert_snapshot!(folder.run("check missing.rules"), @"
    exit 2
    --- stderr
    error: cannot read `missing.rules`: there is no such file
      = help: look at the spelling; paths are relative to the folder you are in
    ");
    insta::assert_snapshot!(folder.run("check folder"), @"
    exit 2
    --- stderr
    error: cannot read `folder`: it is a folder
      = help: name a file in it: `folder/…`
    ");
}

#[test]
fn a_file_that_is_not_utf8_is_a_finding_with_its_place() {
    let folder = Folder::with(&[]);
    folder.write("sales.rules", b"provisioning 1\n\nseat g\xffng \"Gong\"\n");
    let ran = folder.run("check sales.rules");
    assert_eq!(ran.code(), 1);
    assert!(ran.out().contains("sales.rules:3:7"), "{ran}");
    assert!(ran.out().contains("UTF-8"), "{ran}");
}

#[test]
fn files_outside_the_folder_of_the_root_are_refused() {
    let folder = Folder::with(&[
        ("secret.rules", "provisioning 1\n"),
        ("rules/a.rules", "provisioning 1\n\nuse \"../secret.rules\"\n"),
    ]);
    let ran = folder.run("check rules/a.rules");
    assert_eq!(ran.code(), 1);
    assert!(ran.out().contains("error[N104]"), "{ran}");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused_and_a_linked_root_is_not() {
    let folder = Folder::with(&[
        ("secret.rules", "provisioning 1\n"),
        ("rules/a.rules", "provisioning 1\n\nuse \"link.rules\"\n"),
    ]);
    std::os::unix::fs::symlink("../secret.rules", folder.path().join("rules/link.rules")).unwrap();
    let ran = folder.run("check rules/a.rules");
    assert!(ran.out().contains("error[N104]"), "{ran}");
    assert_eq!(folder.run("check rules/link.rules").code(), 0);
}

#[test]
fn a_file_that_is_too_long_is_not_fixed() {
    let folder = Folder::with(&[]);
    let text = format!("provisioning 1\n{}", "# x\n".repeat(1_300_000));
    folder.write("a.rules", text.as_bytes());
    insta::assert_snapshot!(folder.run("check --fix a.rules"), @"
    exit 2
    --- stderr
    error: did not fix `a.rules`: it is longer than 4194304 bytes, and so was not read
      = help: move some of its rules into another file, and `include` that
    ");
    assert_eq!(folder.read("a.rules").len(), text.len());
}
