//! SCIM resources from files: one User, a ListResponse, a JSON array, or NDJSON.
//!
//! What a file holds is seen from its beginning, not from its name. NDJSON is handed on in chunks
//! of lines and never held as a whole; the other forms are one JSON document and read at once.

mod document;
mod lines;

use std::io::{BufRead, BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use crate::exit::Failure;
use crate::files;

/// Resources of a file, some at a time.
pub type Chunks = Box<dyn Iterator<Item = Result<Chunk, Failure>> + Send>;

/// Some resources of a file.
#[derive(Debug)]
pub struct Chunk {
    /// The file as shown to people.
    pub file: Arc<str>,
    /// The text that holds them.
    text: Arc<Vec<u8>>,
    parts: Parts,
    /// Bytes of the file that this chunk stands for.
    pub size: u64,
}

#[derive(Debug)]
enum Parts {
    /// Every line that is not blank is one; the number is that of the first line.
    Lines(u64),
    /// These, each with its line.
    Ranges(Vec<(u64, Range<usize>)>),
    /// The line is longer than any person.
    TooLong(u64),
}

/// One resource, or the line where one is too long to be read.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    /// Line of the file, from 1.
    pub line: u64,
    /// Its JSON; `None` if it is longer than the limit.
    pub json: Option<&'a [u8]>,
}

impl Chunk {
    /// Its resources in order.
    pub fn resources(&self) -> Vec<Resource<'_>> {
        match &self.parts {
            Parts::TooLong(line) => vec![Resource { line: *line, json: None }],
            Parts::Ranges(ranges) => ranges
                .iter()
                .map(|(line, range)| Resource { line: *line, json: self.text.get(range.clone()) })
                .collect(),
            Parts::Lines(first) => self
                .text
                .split(|byte| *byte == b'\n')
                .zip(*first..)
                .filter(|(line, _)| !line.trim_ascii().is_empty())
                .map(|(json, line)| Resource { line, json: Some(json) })
                .collect(),
        }
    }
}

/// The resources of a file or of standard input, and the size of the file where it is known.
pub fn open(name: &str) -> Result<(Chunks, Option<u64>), Failure> {
    let (reader, size) = files::open(name)?;
    let file: Arc<str> = files::shown(name).into();
    Ok((chunks(file, reader)?, size))
}

/// The resources of a text that is at hand.
pub fn of_text(name: &str, text: &'static str) -> Result<Chunks, Failure> {
    chunks(name.into(), Box::new(text.as_bytes()))
}

/// Why a resource cannot be read; its place is counted from where the resource begins, since the
/// library sees no more.
pub fn fault(error: &provisor::Error) -> String {
    match error.offset() {
        Some(offset) => format!("{} (byte {offset} of it)", error.message()),
        None => error.message().to_owned(),
    }
}

fn chunks(file: Arc<str>, reader: Box<dyn Read + Send>) -> Result<Chunks, Failure> {
    let cannot_read = |error| Failure::io("read", &file, &error);
    let mut reader = BufReader::with_capacity(64 * 1024, reader);
    let start = reader.fill_buf().map_err(cannot_read)?;
    if start.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    } else if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Err(Failure::new(format!("cannot read `{file}`"))
            .why("it is written in UTF-16")
            .help("save it as UTF-8"));
    }
    // Enough of the beginning to tell the form: the first line that is not blank, and the next.
    let mut head = Vec::new();
    let first = lines::read_line(&mut reader, &mut head).map_err(cannot_read)?;
    let first_line = head.get(first.clone()).unwrap_or_default().trim_ascii();
    let is_lines = first_line.starts_with(b"{") && {
        let complete = document::is_complete(first_line);
        let middle = head.len();
        let second = lines::read_line(&mut reader, &mut head).map_err(cannot_read)?;
        let second_line = head.get(second.start.max(middle)..second.end).unwrap_or_default();
        match complete {
            // One document may go on with the next line; what comes after half a person may not.
            document::Complete::No => {
                let both = head.get(first.start..second.end).unwrap_or_default();
                document::is_complete(both) == document::Complete::Broken
            }
            document::Complete::Yes => !second_line.trim_ascii().is_empty(),
            document::Complete::Broken => true,
        }
    };
    if is_lines {
        return Ok(Box::new(lines::Lines::new(file, head, reader)));
    }
    let mut text = head;
    reader.read_to_end(&mut text).map_err(cannot_read)?;
    Ok(Box::new(document::chunks(file, text)?.into_iter().map(Ok)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line: json` of every resource.
    fn check(text: &str) -> Vec<String> {
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        let all = match chunks("people".into(), Box::new(bytes)) {
            Ok(chunks) => chunks.collect::<Result<Vec<_>, _>>().unwrap(),
            Err(failure) => return vec![format!("{}: {}", failure.what, failure.why.unwrap())],
        };
        all.iter()
            .flat_map(Chunk::resources)
            .map(|r| {
                format!("{}: {}", r.line, String::from_utf8_lossy(r.json.unwrap_or(b"too long")))
            })
            .collect()
    }

    #[test]
    fn one_user() {
        assert_eq!(check(r#"{"id":"1"}"#), [r#"1: {"id":"1"}"#]);
        assert_eq!(check("\u{feff}\n{\n \"id\": \"1\"\n}\n"), ["2: {\n \"id\": \"1\"\n}"]);
    }

    #[test]
    fn a_list_response() {
        let list = "{\"totalResults\":2,\n\"Resources\":[\n{\"id\":\"1\"},\n{\"id\":\"2\"}]}";
        assert_eq!(check(list), [r#"3: {"id":"1"}"#, r#"4: {"id":"2"}"#]);
        let list = "{\"Resources\":[\n{\"id\":\"1\"},\n{\"id\":\"2\"}]}";
        assert_eq!(check(list), [r#"2: {"id":"1"}"#, r#"3: {"id":"2"}"#]);
        assert_eq!(check(r#"{"totalResults":0}"#), [""; 0]);
    }

    #[test]
    fn an_array() {
        assert_eq!(check("[\n{\"id\":\"1\"}, 7]"), [r#"2: {"id":"1"}"#, "2: 7"]);
        assert_eq!(check("[]"), [""; 0]);
    }

    #[test]
    fn lines_with_blank_ones_between() {
        let lines = "\n{\"id\":\"1\"}\r\n\n{\"id\":\"2\"}";
        assert_eq!(check(lines), ["2: {\"id\":\"1\"}\r", r#"4: {"id":"2"}"#]);
    }

    #[test]
    fn a_bad_first_line_does_not_hide_that_there_are_lines() {
        assert_eq!(check("{\"id\"\n{\"id\":\"2\"}\n"), ["1: {\"id\"", r#"2: {"id":"2"}"#]);
        assert_eq!(check("{\"id\":\"\n{\"id\":\"2\"}\n"), ["1: {\"id\":\"", r#"2: {"id":"2"}"#]);
        assert_eq!(check("{]\n{\"id\":\"2\"}\n"), ["1: {]", r#"2: {"id":"2"}"#]);
    }

    #[test]
    fn what_is_no_json_says_where() {
        assert_eq!(
            check("userName,id\n"),
            ["cannot read `people`: it is no JSON at line 1, column 1"]
        );
        assert_eq!(
            check("[\n{\"id\":1}\n"),
            ["cannot read `people`: it ends in the middle, on line 3"]
        );
        assert_eq!(check(""), ["cannot read `people`: it is empty"]);
    }
}
