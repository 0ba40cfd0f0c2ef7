//! Accepted and rejected files, each with a snapshot.

use std::fmt::Write;

use provisor::diagnostic::Diagnostic;
use provisor::rules::source::{FileId, Source, Span};
use provisor::rules::syntax::parse;

#[test]
fn accepted_files_have_a_tree_and_no_errors() {
    insta::glob!("accepted/*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let source = Source::new("it.rules", text);
        let parsed = parse(FileId(0), &source);
        let found = plain(&source, &parsed.diagnostics);
        assert!(!found.contains("error"), "{found}");
        insta::assert_snapshot!(found);
    });
}

/// Diagnostics as plain text, every part of them.
pub fn plain(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for found in diagnostics {
        let severity = found.severity().as_str();
        let code = found.code;
        let _ =
            writeln!(out, "{severity}[{code}] {}: {}", place(source, found.span), found.message);
        if let Some(context) = &found.context {
            let _ = writeln!(out, "  in {context}");
        }
        if let Some(label) = &found.label {
            let _ = writeln!(out, "  ^ {label}");
        }
        for related in &found.related {
            let _ = writeln!(out, "  > {}: {}", place(source, related.span), related.message);
        }
        for help in &found.help {
            let _ = writeln!(out, "  help: {help}");
        }
        for fix in &found.fixes {
            let _ = writeln!(out, "  fix ({:?}): {}", fix.applicability, fix.title);
            for edit in &fix.edits {
                let _ = writeln!(
                    out,
                    "    {} {:?} -> {:?}",
                    place(source, edit.span),
                    source.slice(edit.span),
                    edit.text
                );
            }
        }
    }
    out
}

fn place(source: &Source, span: Span) -> String {
    let (line, column) = source.line_column(span.start);
    let (last, end) = source.line_column(span.end);
    if last == line {
        format!("{line}:{column}-{end}")
    } else {
        format!("{line}:{column}-{last}:{end}")
    }
}
