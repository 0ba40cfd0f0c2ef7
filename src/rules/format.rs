//! The canonical form of a rules file.
//!
//! The printer writes a tree; with the source at hand it also puts every comment back where it
//! stood, and keeps single blank lines. What it writes parses to the same tree, and formatting it
//! again changes nothing.
//!
//! Keywords of clauses are padded to one column, declarations that follow one another directly are
//! set as a table, and what does not fit `WIDTH` columns is broken: conditions before `and` and
//! `or`, lists after commas. The order of items and clauses is the author's.

mod catalogue;
mod conditions;
mod notes;
mod printer;
mod rules;
mod tests;
mod text;

use super::ast::File;
use super::source::{FileId, Source, Span};
use super::syntax;
use crate::diagnostic::Applicability::MachineApplicable;
use crate::diagnostic::{Code, Diagnostic, Severity};
use notes::Notes;
use printer::Printer;

/// Columns of a line that is not broken.
pub(super) const WIDTH: usize = 100;

/// How comparisons are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// In words: `starts with`.
    #[default]
    Words,
    /// As SCIM operators where there is one: `sw`.
    Scim,
}

/// Formats a file, with all its comments.
///
/// # Errors
/// The diagnostics, if the file has mistakes of syntax: what could not be read would be lost.
pub fn format(source: &Source, style: Style) -> Result<String, Vec<Diagnostic>> {
    let parsed = syntax::parse(FileId(0), source);
    if parsed.diagnostics.iter().any(|found| found.severity() == Severity::Error) {
        return Err(parsed.diagnostics);
    }
    let comments = syntax::comments(source.text());
    let notes = Notes::new(source, &comments);
    Ok(Printer::new(style, Some(notes)).file(&parsed.file))
}

/// Prints a tree in canonical form. It has no comments but the documentation.
pub fn print(file: &File, style: Style) -> String {
    Printer::new(style, None).file(file)
}

/// Y801, if a file is not in canonical form, be it in words or in SCIM operators. Nothing for a
/// file with mistakes of syntax.
pub fn hint(id: FileId, source: &Source) -> Option<Diagnostic> {
    let words = format(source, Style::Words).ok()?;
    let text = source.text();
    if words == text || format(source, Style::Scim).is_ok_and(|scim| scim == text) {
        return None;
    }
    let (start, end, new) = difference(text, &words);
    let line = source.line_of(u32::try_from(start).unwrap_or(0));
    let first = Span::new(id, start, start + source.line(line).len());
    Some(
        Diagnostic::new(Code::Y801, first, "this file is not formatted")
            .label("first difference")
            .help("`provisor fmt --write` does it; comments stay, and nothing changes its meaning")
            .fix("format it", Span::new(id, start, end), new, MachineApplicable),
    )
}

/// The lines in which two texts differ: the bytes of the first, and what stands there in the other.
fn difference<'a>(old: &str, new: &'a str) -> (usize, usize, &'a str) {
    let same = |(a, b): &(&str, &str)| a == b;
    let (old_lines, new_lines) = (old.split_inclusive('\n'), new.split_inclusive('\n'));
    let start: usize =
        old_lines.clone().zip(new_lines).take_while(same).map(|(line, _)| line.len()).sum();
    let (old_rest, new_rest) = (old.get(start..).unwrap_or(""), new.get(start..).unwrap_or(""));
    let (old_back, new_back) =
        (old_rest.split_inclusive('\n').rev(), new_rest.split_inclusive('\n').rev());
    let tail: usize = old_back.zip(new_back).take_while(same).map(|(line, _)| line.len()).sum();
    let new = new_rest.get(..new_rest.len() - tail).unwrap_or(new_rest);
    (start, old.len() - tail, new)
}
