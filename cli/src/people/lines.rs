//! NDJSON: chunks of whole lines.

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::sync::Arc;

use provisor::limits;

use super::{Chunk, Parts};
use crate::exit::Failure;

/// Bytes of a chunk, about: large enough to be worth a hand-over, small enough to keep all cores
/// busy to the end.
const CHUNK: usize = 256 * 1024;

/// Appends the next line that is not blank, and the blank ones before it, to `head`; gives its
/// range. Of a line it reads at most `limit` bytes.
pub(super) fn read_line(
    reader: &mut impl BufRead,
    head: &mut Vec<u8>,
    limit: u64,
) -> io::Result<Range<usize>> {
    loop {
        let start = head.len();
        let read = reader.by_ref().take(limit).read_until(b'\n', head)?;
        let line = head.get(start..).unwrap_or_default();
        if read == 0 || !line.trim_ascii().is_empty() {
            return Ok(start..head.len());
        }
    }
}

/// The lines of a reader in chunks.
pub(super) struct Lines<R> {
    file: Arc<str>,
    reader: R,
    /// Read, and not yet handed on.
    rest: Vec<u8>,
    /// The number of the first line of `rest`.
    line: u64,
    ended: bool,
    /// Lines may be lists.
    pages: bool,
}

impl<R: BufRead> Lines<R> {
    /// `head` was read from the reader already.
    pub(super) fn new(file: Arc<str>, head: Vec<u8>, reader: R, pages: bool) -> Self {
        Self { file, reader, rest: head, line: 1, ended: false, pages }
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(self.rest.len()) as u64;
        if missing > 0 {
            let read = self.reader.by_ref().take(missing).read_to_end(&mut self.rest)?;
            self.ended = (read as u64) < missing;
        }
        Ok(())
    }

    fn next_chunk(&mut self) -> io::Result<Option<Chunk>> {
        let mut wanted = CHUNK;
        loop {
            self.fill(wanted)?;
            if self.rest.is_empty() {
                return Ok(None);
            }
            let last_end = self.rest.iter().rposition(|byte| *byte == b'\n');
            let length = match last_end {
                _ if self.ended && self.rest.len() < wanted => self.rest.len(),
                Some(end) => end + 1,
                None if self.rest.len() > limits::PERSON_BYTES => return self.skip().map(Some),
                None => {
                    wanted = (wanted * 2).min(limits::PERSON_BYTES + 1);
                    continue;
                }
            };
            let rest = self.rest.split_off(length);
            let text = std::mem::replace(&mut self.rest, rest);
            let first = self.line;
            self.line += text.iter().filter(|byte| **byte == b'\n').count() as u64;
            let size = text.len() as u64;
            let file = self.file.clone();
            let parts = if self.pages { Parts::Pages(first) } else { Parts::Lines(first) };
            return Ok(Some(Chunk { file, text: Arc::new(text), parts, size, remark: None }));
        }
    }

    /// Leaves out a line that is too long.
    fn skip(&mut self) -> io::Result<Chunk> {
        let mut size = self.rest.len() as u64;
        self.rest.clear();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                self.ended = true;
                break;
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(used);
            size += used as u64;
            if end.is_some() {
                break;
            }
        }
        let parts = Parts::TooLong(self.line);
        self.line += 1;
        Ok(Chunk { file: self.file.clone(), text: Arc::default(), parts, size, remark: None })
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Chunk, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.next_chunk();
        if chunk.is_err() {
            self.rest.clear();
            self.ended = true;
        }
        chunk.map_err(|error| Failure::io("read", &self.file, &error)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_end_with_lines_and_number_them() {
        let line = format!("{{\"id\":\"{}\"}}\n", "x".repeat(1000));
        let text = line.repeat(1000);
        let lines = Lines::new("f".into(), Vec::new(), io::Cursor::new(text.into_bytes()), false);
        let chunks: Vec<Chunk> = lines.map(Result::unwrap).collect();
        assert!(chunks.len() > 3);
        let numbers: Vec<u64> =
            chunks.iter().flat_map(Chunk::resources).map(|resource| resource.line).collect();
        assert_eq!(numbers, (1..=1000).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_longer_than_any_person_is_left_out_and_the_next_is_read() {
        let mut text = vec![b'x'; limits::PERSON_BYTES + 10];
        text.extend_from_slice(b"\n{}\n");
        let reader = io::BufReader::new(io::Cursor::new(text));
        let lines = Lines::new("f".into(), Vec::new(), reader, false);
        let chunks: Vec<Chunk> = lines.map(Result::unwrap).collect();
        let seen: Vec<_> =
            chunks.iter().flat_map(Chunk::resources).map(|r| (r.line, r.json)).collect();
        assert_eq!(seen, [(1, None), (2, Some(&b"{}"[..]))]);
    }
}
