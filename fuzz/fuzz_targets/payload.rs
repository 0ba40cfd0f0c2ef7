//! Any bytes as a user, and as a group: an error or a person, never a panic; and reading them as a
//! tree gives the same person.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use provisor::decide::{Directory, Groups, Person, RuleSet};
use provisor::json;
use provisor::rules::build::build_text;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let built = build_text("payload.rules", include_str!("payload.rules"));
    built.rules.expect("rules without mistakes")
});

fuzz_target!(|bytes: &[u8]| {
    let (mut person, mut other) = (Person::new(), Person::new());
    let mut directory = Directory::new();
    let _ = directory.add_bytes(bytes);
    let read = person.read_bytes(&RULES, bytes, Groups::Own);
    let tree = json::parse(bytes).and_then(|tree| other.read_value(&RULES, &tree, Groups::Own));
    assert_eq!(read.is_ok(), tree.is_ok());
    assert_eq!(report(&person), report(&other));
    if person.read_bytes(&RULES, bytes, Groups::Directory(&directory)).is_ok() {
        let _ = RULES.explain(&person);
    }
});

fn report(person: &Person) -> String {
    serde_json::to_string(&RULES.explain(person)).expect("an explanation is JSON")
}
