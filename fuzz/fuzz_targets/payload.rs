//! Any bytes as a user, as a group, and line by line as a directory: an error or a person, never a
//! panic; reading bytes and reading a tree agree; a person who was somebody else before is as good
//! as a new one; and the same person gets the same decision, byte for byte.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::decide::{Directory, Groups, Person, RuleSet};
use provisor::json;
use provisor::rules::build::build_text;

/// As many lines of one input are looked at.
const LINES: usize = 64;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let built = build_text("payload.rules", include_str!("payload.rules"));
    built.rules.unwrap_or_else(|| panic!("{:?}", built.diagnostics))
});

fuzz_target!(|bytes: &[u8]| {
    let mut person = Person::new();
    check_user(&mut person, bytes);
    check_group(bytes);

    let mut directory = Directory::new();
    let lines = || bytes.split(|byte| *byte == b'\n').take(LINES);
    for line in lines() {
        let before = directory.len();
        if directory.add_bytes(line).is_err() {
            assert_eq!(directory.len(), before);
        }
    }
    for line in lines() {
        check_user(&mut person, line);
        if person.read_bytes(&RULES, line, Groups::Directory(&directory)).is_ok() {
            let given = directory.memberships(person.identity().id.unwrap_or(""));
            let mut other = Person::new();
            other.read_bytes(&RULES, line, Groups::Given(&given)).expect("as before");
            assert_eq!(decided(&other), decided(&person));
        }
    }
});

/// Reads a user into somebody who was another before.
fn check_user(person: &mut Person, bytes: &[u8]) {
    let read = person.read_bytes(&RULES, bytes, Groups::Own);
    let answer = told(person);
    assert_eq!(told(person), answer);

    let mut new = Person::new();
    let from_tree = json::parse(bytes).and_then(|tree| new.read_value(&RULES, &tree, Groups::Own));
    assert_eq!(read.is_ok(), from_tree.is_ok(), "{read:?} but {from_tree:?}");
    assert_eq!(told(&new), answer, "bytes and tree differ");
    if read.is_err() {
        assert_eq!(told(&Person::new()), answer, "after an error the person is nobody");
    }
}

fn check_group(bytes: &[u8]) {
    let (mut directory, mut other) = (Directory::new(), Directory::new());
    let read = directory.add_bytes(bytes);
    let from_tree = json::parse(bytes).and_then(|tree| other.add(&tree));
    assert_eq!(read.is_ok(), from_tree.is_ok(), "{read:?} but {from_tree:?}");
    for member in ["a", "b", "g", "26118915"] {
        assert_eq!(directory.memberships(member), other.memberships(member));
    }
}

/// Everything that can be told about a person.
fn told(person: &Person) -> String {
    let explanation = RULES.explain(person);
    let target = RULES.decide(person).target();
    let rule = RULES.explain_rule(person, "b");
    format!("{}\n{target:?}\n{rule:?}", serde_json::to_string(&explanation).expect("JSON"))
}

/// The decision, without notes: it matters to them where the groups came from.
fn decided(person: &Person) -> String {
    format!("{:?}", RULES.decide(person).target())
}
