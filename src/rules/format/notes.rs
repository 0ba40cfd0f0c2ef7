//! Comments on their way from the source to the printed text.

use crate::rules::source::Source;
use crate::rules::syntax::scan::Comment;

/// The comments of a source that have not been printed yet.
pub(super) struct Notes<'a> {
    source: &'a Source,
    all: &'a [Comment],
    /// Those that have not been printed.
    comments: &'a [Comment],
    /// Line of the last thing that was printed.
    line: usize,
}

impl<'a> Notes<'a> {
    pub(super) fn new(source: &'a Source, comments: &'a [Comment]) -> Self {
        Self { source, all: comments, comments, line: 0 }
    }

    /// Whether a comment that starts before a byte is still to be printed.
    pub(super) fn pending(&self, before: u32) -> bool {
        self.comments.first().is_some_and(|comment| comment.start < before)
    }

    /// Whether the next comment stands on a line of its own.
    pub(super) fn alone(&self) -> bool {
        self.comments.first().is_some_and(|comment| comment.alone)
    }

    /// The next comment that starts before a byte, and whether a blank line stands above it.
    pub(super) fn next(&mut self, before: u32) -> Option<(&'a str, bool)> {
        let (comment, rest) =
            self.comments.split_first().filter(|(first, _)| first.start < before)?;
        self.comments = rest;
        let blank = self.blank(comment.start);
        self.line = self.source.line_of(comment.start);
        let text = self.source.text().get(comment.start as usize..comment.end as usize);
        Some((text.unwrap_or("").trim_end(), blank))
    }

    /// The next comment if it belongs to what ends at a byte: inside it, or behind it on its line.
    pub(super) fn behind(&mut self, end: u32) -> Option<&'a str> {
        let line = self.source.line_of(end.saturating_sub(1));
        let first = self.comments.first()?;
        let same_line = !first.alone && self.source.line_of(first.start) == line;
        let before = if same_line { first.start + 1 } else { end };
        let comment = self.next(before).map(|(text, _)| text);
        self.line = self.line.max(line);
        comment
    }

    /// Whether a blank line stands between the last thing printed and a byte.
    pub(super) fn blank(&self, start: u32) -> bool {
        self.line > 0 && self.source.line_of(start) > self.line + 1
    }

    /// The first byte from one on that is neither blank nor in a comment.
    pub(super) fn code(&self, from: u32) -> u32 {
        let mut at = from;
        loop {
            let rest = self.source.text().get(at as usize..).unwrap_or("");
            let blanks = rest.len() - rest.trim_start().len();
            at = at.saturating_add(u32::try_from(blanks).unwrap_or(u32::MAX));
            let next = self.all.partition_point(|comment| comment.start < at);
            match self.all.get(next).filter(|comment| comment.start == at) {
                Some(comment) => at = comment.end,
                None => return at,
            }
        }
    }

    /// Whether a blank line stands between two bytes.
    pub(super) fn separated(&self, end: u32, start: u32) -> bool {
        let lines = self.source.line_of(end) + 1..self.source.line_of(start);
        lines.into_iter().any(|line| self.source.line(line).trim().is_empty())
    }

    /// Something that ends at a byte was printed.
    pub(super) fn printed(&mut self, end: u32) {
        self.line = self.line.max(self.source.line_of(end.saturating_sub(1)));
    }
}
