//! A place in a file as numbers for machines: JSON and SARIF share them.

use crate::rules::source::{Sources, Span};

/// Lines and columns of a span, all from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The name shown to people.
    pub(super) file: String,
    /// Where it starts: line and column.
    pub(super) start: (usize, usize),
    /// Just behind its end: line and column.
    pub(super) end: (usize, usize),
    /// Its bytes, from 0.
    pub(super) bytes: (u32, u32),
}

impl Place {
    /// The place of a span; line 1 of a file without name where the file is unknown.
    pub(super) fn of(span: Span, sources: &Sources) -> Self {
        let Some(source) = sources.get(span.file) else {
            return Self { file: String::new(), start: (1, 1), end: (1, 1), bytes: (0, 0) };
        };
        let start = floor(source.text(), span.start as usize);
        let end = floor(source.text(), span.end as usize).max(start);
        let (start, end) = (u32::try_from(start), u32::try_from(end));
        let bytes = (start.unwrap_or(u32::MAX), end.unwrap_or(u32::MAX));
        Self {
            file: source.name().to_owned(),
            start: source.line_column(bytes.0),
            end: source.line_column(bytes.1),
            bytes,
        }
    }
}

/// The nearest character boundary at or before a byte.
pub(super) fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
