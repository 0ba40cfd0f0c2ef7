//! Any bytes as a rules file: a tree and findings, whose places lie in the text; and what is
//! accepted is formatted to something that is accepted, and stays as it is when formatted again.
//!
//! `cargo fuzz run rules -- -max_total_time=60`

#![no_main]

use libfuzzer_sys::fuzz_target;
use provisor::rules::format::{Style, format};
use provisor::rules::load::{Memory, load};
use provisor::rules::source::Source;

fuzz_target!(|bytes: &[u8]| {
    let tree = load(&Memory::new().with("it.rules", bytes), "it.rules");
    for found in &tree.diagnostics {
        let source = tree.sources.get(found.span.file).expect("the place is in a file");
        let (start, end) = (found.span.start as usize, found.span.end as usize);
        assert!(source.text().get(start..end).is_some(), "{found:?}");
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(once) = format(&Source::new("it.rules", text), Style::Words) {
        let twice = format(&Source::new("it.rules", once.as_str()), Style::Words);
        assert_eq!(twice.as_ref(), Ok(&once));
    }
});
