//! From files to a rule set: every stage in one call.

use super::check::{TestSuite, check};
use super::lint::lint;
use super::load::{Loader, Memory, load};
use super::source::Sources;
use crate::decide::RuleSet;
use crate::diagnostic::Diagnostics;
use crate::testing::impossible;

/// What building gives: always the findings, and the rules if none of them is an error.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The rules, ready to decide; `None` if a finding is an error, or if the file is a catalogue.
    pub rules: Option<RuleSet>,
    /// The `test` blocks.
    pub tests: TestSuite,
    /// What was found, sorted: by reading, checking and lint, and people in tests who cannot exist.
    pub diagnostics: Diagnostics,
    /// The files that were read.
    pub sources: Sources,
}

/// Reads a rules file with all that it uses and includes, checks it and compiles it.
pub fn build(loader: &dyn Loader, root: &str) -> Built {
    let tree = load(loader, root);
    let checked = check(&tree);
    let mut diagnostics = checked.diagnostics;
    diagnostics.extend(impossible(&checked.tests));
    if let Some(model) = &checked.model {
        diagnostics.extend(lint(model, &tree));
    }
    diagnostics.sort();
    let sources = tree.sources;
    let rules = checked
        .model
        .filter(|model| !model.assignments.is_empty() && !diagnostics.has_errors())
        .map(|model| RuleSet::new(model, sources.clone()));
    Built { rules, tests: checked.tests, diagnostics, sources }
}

/// The same for one file whose text is at hand; it can use built-in catalogues but no other file.
pub fn build_text(name: &str, text: &str) -> Built {
    build(&Memory::new().with(name, text), name)
}
