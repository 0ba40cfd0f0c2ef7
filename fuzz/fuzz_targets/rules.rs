//! Any bytes as a rules file, through every stage: load, check, lint, build, tests, rendering. Two
//! runs give the same findings, whose places lie in the text; and formatting what is accepted is
//! stable, keeps the tree, and keeps every decision about some people.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::decide::{Groups, Person, RuleSet};
use provisor::diagnostic::render::{self, Options};
use provisor::diagnostic::{Diagnostic, Diagnostics};
use provisor::rules::build::{Built, build};
use provisor::rules::format::{Style, format, hint, print};
use provisor::rules::load::Memory;
use provisor::rules::source::{FileId, Source, Sources, Span};
use provisor::rules::syntax::parse;
use provisor::testing;
use serde_json::Value;

/// What the root can use and include besides itself.
const SHARED: &str = include_str!("rules.shared.rules");

static PEOPLE: LazyLock<Vec<Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("rules.people.json")).expect("a list of users")
});

fuzz_target!(|bytes: &[u8]| {
    let built = build_bytes(bytes);
    check_findings(&built.diagnostics, &built.sources);
    assert_eq!(build_bytes(bytes).diagnostics, built.diagnostics, "two runs differ");
    if let Some(rules) = &built.rules {
        let report = testing::run(rules, &built.tests);
        check_findings(&report.diagnostics.into_iter().collect(), &built.sources);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let source = Source::new("it.rules", text);
    if let Some(found) = hint(FileId(0), &source) {
        check_place(&found, &built.sources);
    }
    for style in [Style::Words, Style::Scim] {
        check_format(&source, style, &built);
    }
});

fn build_bytes(bytes: &[u8]) -> Built {
    let files = Memory::new().with("it.rules", bytes).with("shared.rules", SHARED);
    build(&files, "it.rules")
}

fn check_findings(found: &Diagnostics, sources: &Sources) {
    for diagnostic in found {
        check_place(diagnostic, sources);
    }
    let style = render::Style::default();
    for width in [20, 100] {
        let options = Options { width, ..Options::new(&style) };
        let text = render::text::render(found, sources, &options);
        assert_eq!(text.is_empty(), found.is_empty());
    }
    for json in [render::json::render(found, sources), render::sarif::render(found, sources)] {
        serde_json::from_str::<Value>(&json).expect("JSON");
    }
}

fn check_place(found: &Diagnostic, sources: &Sources) {
    let inside = |span: Span| {
        let text = sources.get(span.file).expect("a file that was read").text();
        let place = text.get(span.start as usize..span.end as usize);
        assert!(place.is_some(), "{span:?} is not in the text: {found:?}");
    };
    let lines = found.related.iter().map(|related| &related.message).chain(&found.help);
    for line in lines.chain([&found.message]) {
        assert!(!line.is_empty() && !line.contains('\n'), "not one line: {found:?}");
    }
    inside(found.span);
    found.related.iter().for_each(|related| inside(related.span));
    for fix in &found.fixes {
        let mut spans: Vec<Span> = fix.edits.iter().map(|edit| edit.span).collect();
        spans.iter().for_each(|span| inside(*span));
        spans.sort();
        let apart = |pair: &[Span]| pair[0].file != pair[1].file || pair[0].end <= pair[1].start;
        assert!(spans.windows(2).all(apart), "edits overlap: {found:?}");
    }
}

fn check_format(source: &Source, style: Style, built: &Built) {
    let Ok(once) = format(source, style) else { return };
    let formatted = Source::new("it.rules", once.as_str());
    assert_eq!(format(&formatted, style).as_ref(), Ok(&once), "not stable");
    let (before, after) = (parse(FileId(0), source).file, parse(FileId(0), &formatted).file);
    assert_eq!(after, before, "formatting changes the tree: {once}");
    let printed = Source::new("it.rules", print(&before, style));
    assert_eq!(parse(FileId(0), &printed).file, before, "printing changes the tree");
    let Some(rules) = &built.rules else { return };
    let again = build_bytes(once.as_bytes());
    let again = again.rules.unwrap_or_else(|| panic!("{:?}\n{once}", again.diagnostics));
    for user in PEOPLE.iter() {
        assert_eq!(decide(&again, user), decide(rules, user));
    }
}

/// A decision without its places.
fn decide(rules: &RuleSet, user: &Value) -> Value {
    let mut person = Person::new();
    person.read_value(rules, user, Groups::Own).expect("an object");
    let mut report = serde_json::to_value(rules.decide(&person).report()).expect("JSON");
    if let Some(assignment) = report.get_mut("assignment").and_then(Value::as_object_mut) {
        assignment.remove("place");
    }
    report
}
