//! Syntax: text to tree, with every mistake that the text alone shows.
//!
//! A pipeline in order of data flow: `scan` (tokens, comments, lexical mistakes) → `brackets`
//! (pairs, blocks, nesting) → `layout` (pieces: items, clauses, lines) → `foreign` (operators of
//! other languages) → `cst` (a piece to neutral nodes; the only file with pest) → `repair` (what
//! was probably meant where a piece cannot be read) → `lower` (nodes to tree) → `clauses` (which
//! kind of rule has which clauses). A piece that cannot be read costs that piece alone.
//!
//! Time is linear in the size of the text; [`crate::limits`] bounds size and nesting.

mod brackets;
mod clauses;
mod cst;
mod docs;
mod foreign;
mod header;
mod layout;
mod lower;
mod piece;
mod reader;
mod repair;
pub(super) mod scan;
mod scripts;
mod words;

use super::ast::File;
use super::source::{FileId, Source, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits;

/// What parsing gives: always a tree, of everything that could be read.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree; broken items, clauses and lines are left out.
    pub file: File,
    /// What was found, in order of place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one file. Any text gives a tree and diagnostics (P001–P008).
pub fn parse(id: FileId, source: &Source) -> Parsed {
    let text = source.text();
    if text.len() > limits::FILE_BYTES {
        let file = File { id, edition: None, items: Vec::new() };
        return Parsed { file, diagnostics: vec![too_large(id, text.len())] };
    }
    let (file, findings) = reader::read(id, text);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(findings);
    diagnostics.sort();
    Parsed { file, diagnostics: diagnostics.into_vec() }
}

/// Whether this library reads an edition of the language.
pub(super) fn is_known_edition(edition: u32) -> bool {
    header::is_known(edition)
}

/// The comments of a text, in order.
pub(super) fn comments(text: &str) -> Vec<scan::Comment> {
    scan::Scan::new(FileId(0), text).comments
}

/// P007 for a file of so many bytes.
pub(super) fn too_large(id: FileId, bytes: usize) -> Diagnostic {
    let limit = limits::FILE_BYTES;
    Diagnostic::new(
        Code::P007,
        Span::new(id, 0, 0),
        format!("this file has {bytes} bytes; the limit for one file is {limit}"),
    )
    .help("split it, and put the parts together with `include`")
}
