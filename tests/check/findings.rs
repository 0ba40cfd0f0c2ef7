//! Findings as text: everything that a diagnostic holds, one thing a line.

use std::fmt::Write;

use provisor::diagnostic::{Applicability, Diagnostic, Fix};
use provisor::rules::check::Checked;
use provisor::rules::load::Tree;
use provisor::rules::source::Span;

/// `error[N101] 4:14 message`, with the file's name unless it is the one under test.
pub(super) fn line(tree: &Tree, finding: &Diagnostic) -> String {
    let severity = finding.severity().as_str();
    format!("{severity}[{}] {} {}", finding.code, place(tree, finding.span), finding.message)
}

/// All of them.
pub(super) fn write(tree: &Tree, checked: &Checked) -> String {
    let mut out = String::new();
    for finding in &checked.diagnostics {
        let quote = |span: Span| tree.sources.slice(span).replace('\n', "⏎");
        writeln!(out, "{}", line(tree, finding)).unwrap();
        let label = finding.label.as_deref().map(|l| format!("  ({l})")).unwrap_or_default();
        writeln!(out, "  at   {}{label}", quote(finding.span)).unwrap();
        if let Some(context) = &finding.context {
            writeln!(out, "  in   {context}").unwrap();
        }
        for related in &finding.related {
            let (place, text) = (place(tree, related.span), quote(related.span));
            writeln!(out, "  see  {place} {text}: {}", related.message).unwrap();
        }
        for help in &finding.help {
            writeln!(out, "  help {help}").unwrap();
        }
        for fix in &finding.fixes {
            let sure = match fix.applicability {
                Applicability::MachineApplicable => "fix ",
                Applicability::MaybeIncorrect => "fix?",
            };
            writeln!(out, "  {sure} {}", fix.title).unwrap();
            for edit in &fix.edits {
                let text = edit.text.replace('\n', "⏎");
                writeln!(out, "       [{}] -> [{text}]", quote(edit.span)).unwrap();
            }
        }
    }
    out
}

/// The text with a fix applied.
pub(super) fn apply(text: &str, fix: &Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| edit.span.start);
    let mut out = String::new();
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start as usize]);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out + &text[at..]
}

fn place(tree: &Tree, span: Span) -> String {
    tree.sources.locate(span).trim_start_matches("test.rules:").to_owned()
}
