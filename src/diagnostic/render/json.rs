//! JSON for programs. The shape, version 1:
//!
//! ```text
//! { "version": 1,
//!   "errors": 1, "warnings": 0, "hints": 0,
//!   "more": 0,                              findings beyond the limit, counted above, not listed
//!   "diagnostics": [
//!     { "code": "P003", "severity": "error", "message": "…",
//!       "place": { "file": "sales.rules",
//!                  "start": { "line": 27, "column": 17, "byte": 812 },
//!                  "end":   { "line": 27, "column": 18, "byte": 813 } },
//!       "label": "…" | null, "context": "assignment \"…\"" | null,
//!       "related": [ { "place": …, "message": "…" } ],
//!       "help": [ "…" ],
//!       "fixes": [ { "title": "…", "applicability": "machine" | "maybe",
//!                    "edits": [ { "place": …, "text": "…" } ] } ] } ] }
//! ```
//!
//! Lines and columns count from 1, columns in characters, bytes from 0; an end lies just behind
//! its place. Members may be added within a version; none changes its meaning or goes away.

use serde::Serialize;

use super::place::Place;
use crate::diagnostic::{Applicability, Diagnostic, Diagnostics, Severity};
use crate::limits;
use crate::rules::source::{Sources, Span};

/// The version of the shape.
pub const VERSION: u32 = 1;

/// All findings as one JSON object.
#[derive(Debug, Serialize)]
struct Report<'a> {
    version: u32,
    errors: usize,
    warnings: usize,
    hints: usize,
    more: usize,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Debug, Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    place: At,
    label: Option<&'a str>,
    context: Option<&'a str>,
    related: Vec<Related<'a>>,
    help: &'a [String],
    fixes: Vec<Fix<'a>>,
}

#[derive(Debug, Serialize)]
struct At {
    file: String,
    start: Point,
    end: Point,
}

#[derive(Debug, Serialize)]
struct Point {
    line: usize,
    column: usize,
    byte: u32,
}

#[derive(Debug, Serialize)]
struct Related<'a> {
    place: At,
    message: &'a str,
}

#[derive(Debug, Serialize)]
struct Fix<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Debug, Serialize)]
struct Edit<'a> {
    place: At,
    text: &'a str,
}

/// The findings as an indented JSON object without a final line break.
pub fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    render_all(&[(diagnostics, sources)])
}

/// The findings of several roots as one object.
pub fn render_all(roots: &[(&Diagnostics, &Sources)]) -> String {
    serde_json::to_string_pretty(&report(roots)).unwrap_or_default()
}

/// The findings as a JSON value, to put into a larger one.
pub fn value(diagnostics: &Diagnostics, sources: &Sources) -> serde_json::Value {
    serde_json::to_value(report(&[(diagnostics, sources)])).unwrap_or_default()
}

fn report<'a>(roots: &[(&'a Diagnostics, &Sources)]) -> Report<'a> {
    let count = |severity| roots.iter().map(|(found, _)| found.count(severity)).sum();
    let all: usize = roots.iter().map(|(found, _)| found.len()).sum();
    let findings = roots.iter().flat_map(|(found, sources)| {
        found.iter().map(move |diagnostic| finding(diagnostic, sources))
    });
    Report {
        version: VERSION,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        hints: count(Severity::Hint),
        more: all.saturating_sub(limits::DIAGNOSTICS),
        diagnostics: findings.take(limits::DIAGNOSTICS).collect(),
    }
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Finding<'a> {
    Finding {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity().as_str(),
        message: &diagnostic.message,
        place: at(diagnostic.span, sources),
        label: diagnostic.label.as_deref(),
        context: diagnostic.context.as_deref(),
        related: diagnostic
            .related
            .iter()
            .map(|r| Related { place: at(r.span, sources), message: &r.message })
            .collect(),
        help: &diagnostic.help,
        fixes: diagnostic.fixes.iter().map(|f| fix(f, sources)).collect(),
    }
}

fn fix<'a>(fix: &'a crate::diagnostic::Fix, sources: &Sources) -> Fix<'a> {
    Fix {
        title: &fix.title,
        applicability: match fix.applicability {
            Applicability::MachineApplicable => "machine",
            Applicability::MaybeIncorrect => "maybe",
        },
        edits: fix
            .edits
            .iter()
            .map(|e| Edit { place: at(e.span, sources), text: &e.text })
            .collect(),
    }
}

fn at(span: Span, sources: &Sources) -> At {
    let Place { file, start, end, bytes } = Place::of(span, sources);
    let point = |(line, column), byte| Point { line, column, byte };
    At { file, start: point(start, bytes.0), end: point(end, bytes.1) }
}
