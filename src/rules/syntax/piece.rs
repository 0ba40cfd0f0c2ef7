//! The text of one piece with its mends, and the way back to the places of the file.

use std::borrow::Cow;

use super::scan::Mend;
use crate::rules::source::{FileId, Span};

/// A piece as it is read: the text of the file where nothing had to be mended.
#[derive(Debug)]
pub(super) struct PieceText<'s> {
    /// The whole file.
    source: &'s str,
    file: FileId,
    start: usize,
    end: usize,
    mends: Vec<Mend>,
    /// What the parser reads.
    pub(super) text: Cow<'s, str>,
}

impl<'s> PieceText<'s> {
    /// Bytes `start..end` of a file; `mends` are all of the file, in order.
    pub(super) fn new(
        source: &'s str,
        file: FileId,
        start: usize,
        end: usize,
        mends: &[Mend],
    ) -> Self {
        let first = mends
            .partition_point(|mend| mend.end < start || mend.end == start && mend.start < start);
        let within = mends.get(first..).unwrap_or(&[]);
        let last =
            within.partition_point(|mend| mend.start < end || mend.start == end && mend.end == end);
        let mut piece = Self {
            source,
            file,
            start,
            end,
            mends: within.get(..last).unwrap_or(&[]).to_vec(),
            text: Cow::Borrowed(""),
        };
        piece.write();
        piece
    }

    /// The piece with insertions, in bytes of the file and in order.
    pub(super) fn with(mut self, insertions: impl Iterator<Item = (usize, &'static str)>) -> Self {
        let before = self.mends.len();
        for (at, text) in insertions {
            self.mends.push(Mend { start: at, end: at, text: text.into() });
        }
        if self.mends.len() > before {
            self.mends.sort_by_key(|mend| (mend.start, mend.end));
            self.write();
        }
        self
    }

    /// The piece with one more replacement, in bytes of the mended text. Nothing if it would cut
    /// an earlier replacement in two.
    pub(super) fn mended(&self, start: usize, end: usize, text: String) -> Option<Self> {
        let from = self.locate(start, false).ok()?;
        let to = self.locate(end, true).ok()?.max(from);
        let edit = Mend { start: from, end: to, text: text.into() };
        let (mut before, mut after) = (Vec::with_capacity(self.mends.len() + 1), Vec::new());
        let (mut read, mut written) = (self.start, 0);
        for mend in &self.mends {
            let at = written + (mend.start - read);
            (read, written) = (mend.end, at + mend.text.len());
            if written <= start {
                before.push(mend.clone());
            } else if at >= end {
                after.push(mend.clone());
            }
        }
        before.push(edit);
        before.append(&mut after);
        let Self { source, file, start, end, .. } = *self;
        let mut piece = Self { source, file, start, end, mends: before, text: Cow::Borrowed("") };
        piece.write();
        Some(piece)
    }

    /// A part of the piece, in bytes of the mended text.
    pub(super) fn part(&self, start: usize, end: usize) -> Self {
        let from = self.original(start, false);
        let to = self.original(end, true).max(from);
        Self::new(self.source, self.file, from, to, &self.mends)
    }

    /// The place in the file of bytes of the mended text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let from = self.original(start, false);
        let to = self.original(end, true);
        Span::new(self.file, from, to.max(from))
    }

    fn write(&mut self) {
        let plain = self.source.get(self.start..self.end).unwrap_or("");
        if self.mends.is_empty() {
            self.text = Cow::Borrowed(plain);
            return;
        }
        let mut out = String::with_capacity(plain.len() + 16 * self.mends.len());
        let mut at = self.start;
        let mut kept = Vec::with_capacity(self.mends.len());
        for mend in self.mends.drain(..) {
            // Of two replacements of one place the first counts.
            if mend.start < at || mend.end > self.end {
                continue;
            }
            out.push_str(self.source.get(at..mend.start).unwrap_or(""));
            out.push_str(&mend.text);
            at = mend.end;
            kept.push(mend);
        }
        out.push_str(self.source.get(at..self.end).unwrap_or(""));
        self.mends = kept;
        self.text = Cow::Owned(out);
    }

    /// The byte of the file for a byte of the mended text; inside a replacement the start or the
    /// end of what it replaces.
    fn original(&self, offset: usize, end: bool) -> usize {
        match self.locate(offset, end) {
            Ok(at) => at,
            Err(mend) if end => mend.end,
            Err(mend) => mend.start,
        }
    }

    /// The byte of the file for a byte of the mended text, or the replacement that it lies in.
    fn locate(&self, offset: usize, end: bool) -> Result<usize, &Mend> {
        let (mut read, mut written) = (self.start, 0);
        for mend in &self.mends {
            let from = written + (mend.start - read);
            if offset < from
                || offset == from && end && !(mend.start == mend.end && mend.text.is_empty())
            {
                break;
            }
            let to = from + mend.text.len();
            if offset == from && !end {
                return Ok(mend.start);
            }
            if offset < to {
                return Err(mend);
            }
            if offset == to && end {
                return Ok(mend.end);
            }
            (read, written) = (mend.end, to);
        }
        Ok(read + offset.saturating_sub(written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mend(start: usize, end: usize, text: &'static str) -> Mend {
        Mend { start, end, text: text.into() }
    }

    #[test]
    fn places_lead_back_to_the_file() {
        let source = "match title == 'x' and (a pr";
        let mends = [mend(12, 14, "is"), mend(15, 18, "\"x\""), mend(28, 28, ")")];
        let piece = PieceText::new(source, FileId(0), 0, 28, &mends);
        assert_eq!(piece.text, "match title is \"x\" and (a pr)");
        let place = |a, b| {
            let span = piece.span(a, b);
            (span.start, span.end)
        };
        assert_eq!(place(6, 11), (6, 11));
        assert_eq!(place(12, 14), (12, 14));
        assert_eq!(place(15, 18), (15, 18));
        assert_eq!(place(23, 29), (23, 28));
        let more = piece.mended(6, 11, "nickName".to_owned()).unwrap();
        assert_eq!(more.text, "match nickName is \"x\" and (a pr)");
        assert!(piece.mended(13, 14, String::new()).is_none());
    }
}
