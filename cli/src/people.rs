//! SCIM resources from files: one User, a ListResponse, a JSON array, or NDJSON.
//!
//! What a file holds is seen from its beginning, not from its name. NDJSON is handed on in chunks
//! of lines and never held as a whole; the other forms are one JSON document and read at once.

mod document;
mod kind;
mod lines;

use std::io::{BufRead, BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use provisor::limits;

use crate::exit::Failure;
use crate::files;
use document::Complete;
pub use kind::{check_group, read_user};

/// What a file is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// SCIM Users.
    Users,
    /// SCIM Groups.
    Groups,
}

impl Expected {
    /// The forms in which they may come.
    fn forms(self) -> String {
        let one = match self {
            Self::Users => "User",
            Self::Groups => "Group",
        };
        format!("expected is a SCIM {one}, a ListResponse, a JSON array, or one {one} a line")
    }
}

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
    /// What is to be said about the file.
    pub remark: Option<String>,
}

#[derive(Debug)]
enum Parts {
    /// Every line that is not blank is one; the number is that of the first line.
    Lines(u64),
    /// The same, and a line may be a ListResponse.
    Pages(u64),
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
            Parts::Lines(first) => self.lines(*first).collect(),
            Parts::Pages(first) => self
                .lines(*first)
                .flat_map(|resource| {
                    let page = resource.json.and_then(document::of_page);
                    let Some(all) = page else { return vec![resource] };
                    all.into_iter().map(|json| Resource { json: Some(json), ..resource }).collect()
                })
                .collect(),
        }
    }

    fn lines(&self, first: u64) -> impl Iterator<Item = Resource<'_>> {
        self.text
            .split(|byte| *byte == b'\n')
            .zip(first..)
            .filter(|(line, _)| !line.trim_ascii().is_empty())
            .map(|(json, line)| Resource { line, json: Some(json) })
    }
}

/// The resources of a file or of standard input, and the size of the file where it is known.
pub fn open(name: &str, expected: Expected) -> Result<(Chunks, Option<u64>), Failure> {
    let (reader, size) = files::open(name)?;
    let file: Arc<str> = files::shown(name).into();
    Ok((chunks(file, reader, expected)?, size))
}

/// The resources of a text that is at hand.
pub fn of_text(name: &str, text: &'static str) -> Result<Chunks, Failure> {
    chunks(name.into(), Box::new(text.as_bytes()), Expected::Users)
}

/// Why a resource cannot be read; its place is counted from where the resource begins, since the
/// library sees no more.
pub fn fault(error: &provisor::Error) -> String {
    match error.offset() {
        Some(offset) => format!("{} (byte {offset} of it)", error.message()),
        None => error.message().to_owned(),
    }
}

fn chunks(
    file: Arc<str>,
    reader: Box<dyn Read + Send>,
    expected: Expected,
) -> Result<Chunks, Failure> {
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
    let first = lines::read_line(&mut reader, &mut head, u64::MAX).map_err(cannot_read)?;
    let limit = limits::PERSON_BYTES as u64 + 1;
    let second = lines::read_line(&mut reader, &mut head, limit).map_err(cannot_read)?;
    let line = |range: Range<usize>| head.get(range).unwrap_or_default().trim_ascii();
    if is_lines(line(first.clone()), line(second)) {
        let pages = document::of_page(line(first)).is_some();
        return Ok(Box::new(lines::Lines::new(file, head, reader, pages)));
    }
    let mut text = head;
    reader.read_to_end(&mut text).map_err(cannot_read)?;
    Ok(Box::new(document::chunks(file, text, &expected.forms())?.into_iter().map(Ok)))
}

/// Whether a text is NDJSON, seen from its first two lines.
fn is_lines(first: &[u8], second: &[u8]) -> bool {
    let second_stands_alone =
        || second.starts_with(b"{") && document::is_complete(second) == Complete::Yes;
    match document::is_complete(first) {
        Complete::Yes => !second.is_empty(),
        // A document may go on with the next line; what comes after half a person may not.
        Complete::No => {
            let both = [first, b"\n", second].concat();
            document::is_complete(&both) == Complete::Broken && second_stands_alone()
        }
        Complete::Broken => first.starts_with(b"{") && !second.is_empty() || second_stands_alone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line: json` of every resource.
    fn check(text: &str) -> Vec<String> {
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        let all = match chunks("people".into(), Box::new(bytes), Expected::Users) {
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
        assert_eq!(check("hello\n{\"id\":\"2\"}\n"), ["1: hello", r#"2: {"id":"2"}"#]);
        assert_eq!(check("5\n{\"id\":\"2\"}\n"), ["1: 5", r#"2: {"id":"2"}"#]);
    }

    #[test]
    fn a_document_with_a_mistake_is_no_lines() {
        assert_eq!(
            check("{\n  \"id\" 5\n}\n"),
            ["cannot read `people`: it is no JSON at line 2, column 8"]
        );
        let list = "{\"Resources\":[\n{\"id\":\"1\"}\n,{\"id\":}]}";
        assert_eq!(check(list), ["cannot read `people`: it is no JSON at line 3, column 8"]);
    }

    #[test]
    fn a_list_with_a_resource_a_line_is_one_document_with_either_line_end() {
        let list = "{\"totalResults\":2,\"Resources\":[\n{\"id\":\"1\"},\n{\"id\":\"2\"}\n]}\n";
        for list in [list.to_owned(), list.replace('\n', "\r\n")] {
            assert_eq!(check(&list), [r#"2: {"id":"1"}"#, r#"3: {"id":"2"}"#]);
        }
    }

    #[test]
    fn a_list_a_line() {
        let page = "{\"totalResults\":3,\"Resources\":[{\"id\":\"1\"},{\"id\":\"2\"}]}\n";
        let last = "{\"totalResults\":3,\"Resources\":[{\"id\":\"3\"}]}\nhm\n";
        assert_eq!(
            check(&format!("{page}{last}")),
            [r#"1: {"id":"1"}"#, r#"1: {"id":"2"}"#, r#"2: {"id":"3"}"#, "3: hm"]
        );
    }

    #[test]
    fn a_first_person_that_is_too_long_hides_nobody() {
        let huge = format!("{{\"id\":\"{}\"}}", "x".repeat(limits::PERSON_BYTES));
        let seen = check(&format!("{huge}\n{{\"id\":\"2\"}}\n"));
        assert_eq!(seen.len(), 2);
        assert_eq!(seen.last().unwrap(), r#"2: {"id":"2"}"#);
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
        assert_eq!(check("5"), ["cannot read `people`: it is JSON, but a number"]);
        assert_eq!(check("null\n"), ["cannot read `people`: it is JSON, but null"]);
    }
}
