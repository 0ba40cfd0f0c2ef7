//! Diagnostics as plain text, every part of them.

use std::fmt::Write;

use provisor::diagnostic::Diagnostic;
use provisor::rules::source::{FileId, Source, Sources, Span};
use provisor::rules::syntax::{Parsed, parse};

/// Parses a text that is file 0 of nothing.
pub(super) fn parsed(text: &str) -> (Source, Parsed) {
    let source = Source::new("it.rules", text);
    let parsed = parse(FileId(0), &source);
    (source, parsed)
}

/// The findings about a text.
pub(super) fn findings(text: &str) -> String {
    let (source, parsed) = parsed(text);
    let mut sources = Sources::new();
    sources.add(source);
    plain(&sources, &parsed.diagnostics)
}

/// The findings about rules to which the header is added.
pub(super) fn rules(text: &str) -> String {
    findings(&format!("provisioning 1\n{text}"))
}

/// The findings about one clause of an assignment that is otherwise whole.
pub(super) fn clause(text: &str) -> String {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
    let others = [
        "match everyone",
        "seats none",
        "workspaces { others: none }",
        "capture none",
        "update manual",
    ]
    .iter()
    .filter(|other| !other.starts_with(word))
    .fold(String::new(), |all, other| format!("{all}  {other}\n"));
    // The clause stands on line 3.
    rules(&format!("assignment \"A\" {{\n  {text}\n{others}}}\n"))
}

pub(super) fn plain(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for found in diagnostics {
        let severity = found.severity().as_str();
        let _ = writeln!(
            out,
            "{severity}[{}] {}: {}",
            found.code,
            place(sources, found.span),
            found.message
        );
        if let Some(context) = &found.context {
            let _ = writeln!(out, "  in {context}");
        }
        if let Some(label) = &found.label {
            let _ = writeln!(out, "  ^ {label}");
        }
        for related in &found.related {
            let _ = writeln!(out, "  > {}: {}", place(sources, related.span), related.message);
        }
        for help in &found.help {
            let _ = writeln!(out, "  help: {help}");
        }
        for fix in &found.fixes {
            let _ = writeln!(out, "  fix ({:?}): {}", fix.applicability, fix.title);
            for edit in &fix.edits {
                let old = sources.slice(edit.span);
                let _ =
                    writeln!(out, "    {} {old:?} -> {:?}", place(sources, edit.span), edit.text);
            }
        }
    }
    out
}

fn place(sources: &Sources, span: Span) -> String {
    let source = sources.get(span.file).unwrap();
    let (line, column) = source.line_column(span.start);
    let (last, end) = source.line_column(span.end);
    let file =
        if sources.iter().count() > 1 { format!("{}:", source.name()) } else { String::new() };
    if last == line {
        format!("{file}{line}:{column}-{end}")
    } else {
        format!("{file}{line}:{column}-{last}:{end}")
    }
}
