//! One JSON document: a resource, a ListResponse, or an array.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Chunk, Parts};
use crate::exit::Failure;
use crate::files;

/// Resources of a chunk.
const CHUNK: usize = 256;

/// Whether a line is a JSON value of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complete {
    Yes,
    /// It may go on.
    No,
    /// Nothing that follows could mend it.
    Broken,
}

pub(super) fn is_complete(line: &[u8]) -> Complete {
    match serde_json::from_slice::<IgnoredAny>(line) {
        Ok(_) => Complete::Yes,
        Err(error) if error.is_eof() => Complete::No,
        Err(_) => Complete::Broken,
    }
}

/// A ListResponse (RFC 7644, 3.4.2), as far as it matters here.
#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, rename = "Resources", alias = "resources")]
    resources: Option<Vec<&'a RawValue>>,
    #[serde(borrow, rename = "totalResults")]
    total: Option<&'a RawValue>,
}

/// The resources of a line that is a ListResponse; nothing if it is none.
pub(super) fn of_page(line: &[u8]) -> Option<Vec<&[u8]>> {
    let list: List<'_> = serde_json::from_slice(line).ok()?;
    let all = match (list.resources, list.total) {
        (Some(resources), _) => resources,
        (None, Some(_)) => Vec::new(),
        (None, None) => return None,
    };
    Some(all.into_iter().map(|value| value.get().as_bytes()).collect())
}

/// The resources of a document.
pub(super) fn chunks(file: Arc<str>, text: Vec<u8>, expected: &str) -> Result<Vec<Chunk>, Failure> {
    let (ranges, total) = ranges(&file, &text, expected)?;
    let mut remark = total.filter(|total| *total > ranges.len() as u64).map(|total| {
        let there = ranges.len();
        format!("`{file}` is one page of a longer list: it has {there} of {total} resources")
    });
    let text = Arc::new(text);
    let mut counted = (0, 1);
    let mut chunks = Vec::new();
    for some in ranges.chunks(CHUNK) {
        let mut parts = Vec::with_capacity(some.len());
        let mut size = 0;
        for range in some {
            let between = text.get(counted.0..range.start).unwrap_or_default();
            counted.1 += between.iter().filter(|byte| **byte == b'\n').count() as u64;
            counted.0 = range.start;
            parts.push((counted.1, range.clone()));
            size += range.len() as u64;
        }
        let (file, text) = (file.clone(), text.clone());
        let remark = remark.take();
        chunks.push(Chunk { file, text, parts: Parts::Ranges(parts), size, remark });
    }
    if remark.is_some() {
        let parts = Parts::Ranges(Vec::new());
        chunks.push(Chunk { file, text, parts, size: 0, remark });
    }
    Ok(chunks)
}

/// Where the resources are, and how many the whole list is said to have.
fn ranges(
    file: &str,
    text: &[u8],
    expected: &str,
) -> Result<(Vec<Range<usize>>, Option<u64>), Failure> {
    let failure = || Failure::new(format!("cannot read `{file}`"));
    if text.trim_ascii().is_empty() {
        return Err(failure().why("it is empty").help(expected));
    }
    if let Err(error) = std::str::from_utf8(text) {
        return Err(files::not_utf8(file, text, error.valid_up_to()));
    }
    let no_json = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let why = if error.is_eof() {
            format!("it ends in the middle, on line {line}")
        } else {
            format!("it is no JSON at line {line}, column {column}")
        };
        failure().why(why).help(expected)
    };
    let mut total = None;
    let all: Vec<&RawValue> = match text.trim_ascii().first() {
        Some(b'[') => serde_json::from_slice(text).map_err(no_json)?,
        Some(b'{') => {
            let list: List<'_> = serde_json::from_slice(text).map_err(no_json)?;
            match (list.resources, list.total) {
                (Some(resources), said) => {
                    total = said.and_then(|said| said.get().parse().ok());
                    resources
                }
                (None, Some(_)) => Vec::new(),
                (None, None) => vec![serde_json::from_slice(text).map_err(no_json)?],
            }
        }
        _ => {
            return Err(match serde_json::from_slice::<serde_json::Value>(text) {
                Err(error) => no_json(error),
                Ok(value) => {
                    failure().why(format!("it is JSON, but {}", kind(&value))).help(expected)
                }
            });
        }
    };
    let start = text.as_ptr() as usize;
    let ranges = all.into_iter().map(|value| {
        let from = (value.get().as_ptr() as usize).saturating_sub(start);
        from..from + value.get().len()
    });
    Ok((ranges.collect(), total))
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a flag",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a text",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
    }
}
