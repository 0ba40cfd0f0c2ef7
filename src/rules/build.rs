//! From files to a rule set: every stage in one call.

use super::check::{TestSuite, check};
use super::lint::lint;
use super::load::{Loader, MemoryLoader, load};
use super::source::Sources;
use crate::decide::RuleSet;
use crate::diagnostic::Diagnostics;

/// What building gives: always the findings, and the rules if none of them is an error.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The rules, ready to decide; `None` if a finding is an error.
    pub rules: Option<RuleSet>,
    /// The `test` blocks.
    pub tests: TestSuite,
    /// What was found, sorted.
    pub diagnostics: Diagnostics,
    /// The files that were read.
    pub sources: Sources,
}

/// Reads a rules file with all that it uses and includes, checks it and compiles it.
pub fn build(loader: &dyn Loader, root: &str) -> Built {
    let tree = load(loader, root);
    let checked = check(&tree);
    let mut diagnostics = checked.diagnostics;
    if let Some(model) = &checked.model {
        diagnostics.extend(lint(model, &tree));
    }
    diagnostics.sort();
    let rules = match checked.model {
        Some(model) if !diagnostics.has_errors() => Some(RuleSet::new(model, tree.sources.clone())),
        _ => None,
    };
    Built { rules, tests: checked.tests, diagnostics, sources: tree.sources }
}

/// The same for one file whose text is at hand; it can use built-in catalogues but no other file.
pub fn build_text(name: &str, text: &str) -> Built {
    build(&MemoryLoader::new([(name, text)]), name)
}
