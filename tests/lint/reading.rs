//! Rules from text, and findings as text.

use std::fmt::Write;

use provisor::diagnostic::{Diagnostic, Severity};
use provisor::rules::check::{Checked, check};
use provisor::rules::lint::lint;
use provisor::rules::load::{Memory, Tree, load};
use provisor::rules::source::Sources;

const CATALOGUE: &str = include_str!("catalogue.rules");
const COMPANY: &str = include_str!("company.rules");

/// Reads and checks a file that may use `catalogue.rules`.
pub(super) fn read(text: &str) -> (Tree, Checked) {
    let files = Memory::new()
        .with("test.rules", text)
        .with("catalogue.rules", CATALOGUE)
        .with("company.rules", COMPANY);
    let tree = load(&files, "test.rules");
    let checked = check(&tree);
    (tree, checked)
}

/// For models that no text was read for.
pub(super) fn nothing_read() -> Tree {
    Tree { sources: Sources::new(), files: Vec::new(), diagnostics: Vec::new() }
}

/// What lint finds in a file that has no errors.
pub(super) fn findings(text: &str) -> (Tree, Vec<Diagnostic>) {
    let (tree, checked) = sound(text);
    let found = lint(&checked.model.unwrap(), &tree);
    (tree, found)
}

/// Reads a file that has no errors.
pub(super) fn sound(text: &str) -> (Tree, Checked) {
    let (tree, checked) = read(text);
    let errors: Vec<&Diagnostic> = tree
        .diagnostics
        .iter()
        .chain(&checked.diagnostics)
        .filter(|finding| finding.severity() == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{}", shown(&tree.sources, errors));
    (tree, checked)
}

/// Findings, one part a line.
pub(super) fn shown<'a>(
    sources: &Sources,
    findings: impl IntoIterator<Item = &'a Diagnostic>,
) -> String {
    let mut out = String::new();
    for finding in findings {
        let severity = finding.severity().as_str();
        writeln!(out, "{severity}[{}]: {}", finding.code, finding.message).unwrap();
        let place = sources.locate(finding.span);
        let context = finding.context.as_deref().unwrap_or("the file");
        writeln!(out, "  at {place} in {context}: {}", quote(sources.slice(finding.span))).unwrap();
        if let Some(label) = &finding.label {
            writeln!(out, "     ^ {label}").unwrap();
        }
        for related in &finding.related {
            let place = sources.locate(related.span);
            let text = quote(sources.slice(related.span));
            writeln!(out, "  and {place}: {text}: {}", related.message).unwrap();
        }
        for help in &finding.help {
            writeln!(out, "  help: {help}").unwrap();
        }
        for fix in &finding.fixes {
            writeln!(out, "  fix ({:?}): {}", fix.applicability, fix.title).unwrap();
            for edit in &fix.edits {
                let old = quote(sources.slice(edit.span));
                writeln!(out, "    {old} -> {}", quote(&edit.text)).unwrap();
            }
        }
        out.push('\n');
    }
    out
}

/// The text with every edit of one fix made.
pub(super) fn mended(text: &str, fix: &provisor::diagnostic::Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    edits.into_iter().fold(text.to_owned(), |mut text, edit| {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        text
    })
}

fn quote(text: &str) -> String {
    format!("`{}`", text.replace('\n', "⏎"))
}
