//! `test`.

use super::run::Folder;

const COMPANY: &str = include_str!("company.rules");

#[test]
fn tests_that_pass_are_listed() {
    let folder = Folder::with(&[("sales.rules", COMPANY)]);
    insta::assert_snapshot!(folder.run("test sales.rules"), @r#"
    exit 0
    ok   account executives are recorded

    warning[Q703]: no test has a person whom never `seats for contractors` matches
      --> sales.rules:16:1   in never "seats for contractors"
       |
    16 | never "seats for contractors" {
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = help: add a `test` with such a person and `expect because "seats for contractors"`

    warning[Q703]: no test has a person whom only the default assignment `Everyone else` matches
      --> sales.rules:31:1   in default assignment "Everyone else"
       |
    31 | default assignment "Everyone else" {
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = help: add a `test` with such a person and `expect assignment "Everyone else"`

    warning[Q703]: no test has a person whom grant `Forecast pilot` matches
      --> sales.rules:38:1   in grant "Forecast pilot"
       |
    38 | grant "Forecast pilot" {
       | ^^^^^^^^^^^^^^^^^^^^^^
       = help: add a `test` with such a person and `expect because "Forecast pilot"`

    sales.rules: 1 passed, 0 failed; tests reach 1 of 4 rules
    "#);
    let quiet = folder.run("test sales.rules --quiet");
    assert!(!quiet.out().contains("ok "), "{quiet}");
}

#[test]
fn a_failed_test_ends_with_exit_code_1_and_says_why() {
    let wrong = COMPANY.replace("expect seats gong", "expect seats none");
    let folder = Folder::with(&[("sales.rules", &wrong)]);
    let ran = folder.run("test sales.rules");
    assert_eq!(ran.code(), 1);
    assert!(ran.out().starts_with("FAIL account executives are recorded\n"), "{ran}");
    assert!(ran.out().contains("error[Q701]"), "{ran}");
    assert!(ran.out().contains("0 passed, 1 failed"), "{ran}");
}

#[test]
fn rules_with_errors_run_no_test() {
    let folder =
        Folder::with(&[("sales.rules", &COMPANY.replace("  seats   all", "  seats   al"))]);
    let ran = folder.run("test sales.rules");
    assert_eq!(ran.code(), 1);
    assert!(ran.out().contains("error[N101]"), "{ran}");
    assert!(!ran.out().contains("passed"), "{ran}");
}

#[test]
fn json_lists_tests_and_coverage() {
    let folder = Folder::with(&[("sales.rules", COMPANY)]);
    let ran = folder.run("test sales.rules --format json");
    let result: serde_json::Value = serde_json::from_str(&ran.out()).unwrap();
    let root = &result["roots"][0];
    assert_eq!((&root["file"], &root["passed"]), (&"sales.rules".into(), &1.into()));
    assert_eq!(root["tests"][0]["assignment"], "Account executives");
    assert_eq!(root["coverage"].as_array().unwrap().len(), 4);
}

#[test]
fn without_tests_there_is_nothing_to_run() {
    let folder = Folder::with(&[("a.rules", "provisioning 1\n")]);
    insta::assert_snapshot!(folder.run("test a.rules"), @"
    exit 2
    --- stderr
    error: `a.rules` decides nobody: it is a catalogue, without an assignment
      = help: name the rules file that uses it, or add a `default assignment`
    ");
}

#[test]
fn every_named_file_must_have_a_test() {
    let bare = COMPANY.split("user ana").next().unwrap();
    let folder = Folder::with(&[("a.rules", bare), ("b.rules", COMPANY)]);
    for (command, code) in [
        ("test a.rules", 2),
        ("test a.rules b.rules", 2),
        ("test a.rules --format json", 2),
        ("test b.rules", 0),
        ("test", 0),
    ] {
        let ran = folder.run(command);
        assert_eq!(ran.code(), code, "{command}: {ran}");
        assert_eq!(ran.err().contains("there is no test in `a.rules`"), code == 2, "{ran}");
    }
    folder.write("b.rules", COMPANY.replace("expect seats gong", "expect seats none").as_bytes());
    let ran = folder.run("test a.rules b.rules");
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(ran.err().contains("there is no test in `a.rules`"), "{ran}");
}

#[test]
fn the_starter_checks_and_tests_clean() {
    let folder = Folder::with(&[]);
    folder.run("init");
    insta::assert_snapshot!(folder.run("check --deny warnings"), @"
    exit 0
    no findings in provisor.rules
    ");
    insta::assert_snapshot!(folder.run("test"), @"
    exit 0
    ok   sales people are recorded
    ok   the pilot adds forecast
    ok   contractors keep the assignment and get no seat
    ok   everybody else may look
    provisor.rules: 4 passed, 0 failed; tests reach 4 of 4 rules
    ");
    assert_eq!(folder.run("fmt --check provisor.rules").code(), 0);
}
