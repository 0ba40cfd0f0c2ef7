//! Each file of `lint/rejected` breaks the rule that it is named after; those of `lint/accepted`
//! break none. `acme.schema.json` is known to all of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use provisor_conformance::lint::rule::ALL;
use provisor_conformance::lint::{Definitions, Node, Problem, Sender, lint, place};
use provisor_conformance::requirement::Requirement;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint").join(folder);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn problems(text: &str, sender: Option<Sender>) -> Vec<Problem> {
    let schema = Node::read(include_str!("lint/acme.schema.json")).unwrap();
    let definitions = Definitions::rfc().with(&schema).unwrap();
    lint(&Node::read(text).unwrap(), &definitions, sender)
}

/// Rules that bind clients are broken by clients; all others by what a provider sends.
fn sender_of(id: &str) -> Sender {
    let binds = ALL.iter().find(|rule| rule.id == id).and_then(|rule| rule.binds);
    // A request need not have what only a provider adds.
    binds.unwrap_or(Sender::Client)
}

#[test]
fn each_rule_has_a_file_that_breaks_it_and_nothing_else() {
    let (mut seen, mut report) = (BTreeSet::new(), String::new());
    for file in files("rejected") {
        let id = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let found = problems(&text, Some(sender_of(&id)));
        let _ = writeln!(report, "{id}");
        for Problem { rule, at, pointer, message } in &found {
            let (line, column) = place(&text, *at);
            let _ = writeln!(report, "  {line}:{column} {pointer} [{}] {message}", rule.id);
        }
        assert!(found.iter().any(|problem| problem.rule.id == id), "{id}: {found:#?}");
        seen.insert(id);
    }
    let missing: Vec<&str> =
        ALL.iter().map(|rule| rule.id).filter(|id| !seen.contains(*id)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "rules without a file");
    insta::assert_snapshot!("lint_rejected", report);
}

#[test]
fn what_the_rfcs_permit_breaks_no_rule() {
    for file in files("accepted") {
        let text = fs::read_to_string(&file).unwrap();
        let request =
            ["patch", "bulk", "search"].iter().any(|name| file.file_stem().unwrap() == *name);
        let sender = if request { Sender::Client } else { Sender::Server };
        assert_eq!(problems(&text, Some(sender)), [], "{}", file.display());
    }
}

#[test]
fn each_rule_names_requirements_that_exist() {
    let mut ids = BTreeSet::new();
    for rule in ALL {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert!(!rule.requirements.is_empty(), "{}", rule.id);
        for id in rule.requirements {
            assert!(Requirement::find(id).is_some(), "{}: no requirement `{id}`", rule.id);
        }
    }
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (text, line, column, words) in [
        ("", 1, 1, "EOF while parsing a value"),
        ("{\n  \"a\": tru }", 2, 11, "expected ident"),
        ("[1, ]", 1, 5, "expected value"),
        ("{ // no\n}", 1, 3, "key must be a string"),
        ("{} {}", 1, 4, "trailing characters"),
        ("{'a': 1}", 1, 2, "key must be a string"),
    ] {
        let error = Node::read(text).unwrap_err();
        assert_eq!(
            (place(text, error.at), error.message.as_str()),
            ((line, column), words),
            "{text}"
        );
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(Node::read(&deep).unwrap_err().message, "it is nested more than 512 deep");
}

#[test]
fn dates_are_those_of_xsd() {
    let user = |date: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","meta":{{"created":"{date}"}}}}"#
        )
    };
    for good in [
        "2024-02-29T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T09:30:00.123456789012+14:00",
        "-0044-03-15T12:00:00",
        "12026-12-31T23:59:59Z",
    ] {
        assert_eq!(problems(&user(good), None), [], "{good}");
    }
    for bad in [
        "2026-02-29T00:00:00Z",
        "2026-01-31",
        "2026-01-31 09:30:00Z",
        "2026-01-31T09:30Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T24:00:01Z",
        "2026-01-31T09:30:00+15:00",
        "2026-1-31T09:30:00Z",
        "2026-01-31t09:30:00z",
        "1700000000",
        "",
    ] {
        let found = problems(&user(bad), None);
        assert_eq!(found.iter().map(|one| one.rule.id).collect::<Vec<_>>(), ["date-time"], "{bad}");
    }
}

proptest::proptest! {
    /// Whatever a file holds, there are problems or none; and places are within the text.
    #[test]
    fn no_document_breaks_the_checks(text in r#"[\[\]{}:,"a-z0-9.\\ ]{0,60}"#) {
        if let Ok(node) = Node::read(&text) {
            for problem in lint(&node, Definitions::rfc(), None) {
                proptest::prop_assert!(problem.at <= text.len());
            }
        }
    }
}
