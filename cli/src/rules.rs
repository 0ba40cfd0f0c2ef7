//! Rules from files: the one place that knows how the stages of the library are called.

use provisor::decide::RuleSet;
use provisor::diagnostic::render::text;
use provisor::diagnostic::{Diagnostic, Diagnostics, Severity};
use provisor::rules::check::{TestSuite, check};
use provisor::rules::lint::lint;
use provisor::rules::load::load as read;
use provisor::rules::source::Sources;

use crate::disk::Disk;
use crate::exit::{Exit, Stop};
use crate::output::Output;

/// What became of a root file and everything that it brings in.
#[derive(Debug)]
pub struct Loaded {
    /// The texts.
    pub sources: Sources,
    /// Everything that was found.
    pub diagnostics: Diagnostics,
    /// Rules that decide; only without errors.
    pub rules: Option<RuleSet>,
    /// The `test` blocks; to be run only with rules.
    pub tests: TestSuite,
}

impl Loaded {
    /// Reads, checks and lints.
    pub fn from(disk: &Disk) -> Self {
        let tree = read(disk, disk.root());
        let checked = check(&tree);
        let mut diagnostics = checked.diagnostics;
        if let Some(model) = &checked.model {
            diagnostics.extend(lint(model, &tree));
            diagnostics.sort();
        }
        let sources = tree.sources;
        let rules = checked
            .model
            .filter(|_| !diagnostics.has_errors())
            .map(|model| RuleSet::new(model, sources.clone()));
        Self { sources, diagnostics, rules, tests: checked.tests }
    }
}

/// Rules that decide. Errors are printed on standard error, and the run ends with them; of
/// warnings only their number is said.
pub fn load(name: &str, output: &Output) -> Result<RuleSet, Stop> {
    let loaded = Loaded::from(&Disk::new(name)?);
    let Some(rules) = loaded.rules else {
        let errors = only_errors(&loaded.diagnostics);
        output.complain(findings(&errors, &loaded.sources, output, true).trim_end());
        return Err(Exit::Findings.into());
    };
    let warnings = loaded.diagnostics.count(Severity::Warning);
    if warnings > 0 {
        let plural = if warnings == 1 { "" } else { "s" };
        output.remark(&format!("{warnings} warning{plural}; see: provisor check {name}"));
    }
    Ok(rules)
}

fn only_errors(diagnostics: &Diagnostics) -> Diagnostics {
    diagnostics.iter().filter(|d| d.severity() == Severity::Error).cloned().collect()
}

/// Findings as text for standard output, or for standard error.
pub fn findings(
    diagnostics: &Diagnostics,
    sources: &Sources,
    output: &Output,
    to_stderr: bool,
) -> String {
    let look = if to_stderr { output.err } else { output.out };
    let style = look.diagnostics();
    let options = text::Options { width: look.width, ..text::Options::new(&style) };
    text::render(diagnostics, sources, &options)
}

/// Findings of both lists in the order of places.
pub fn together(first: &Diagnostics, second: Vec<Diagnostic>) -> Diagnostics {
    let mut all = first.clone();
    all.extend(second);
    all.sort();
    all
}
