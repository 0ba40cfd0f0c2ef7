//! One JSON document: a resource, a ListResponse, or an array.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Chunk, Parts};
use crate::exit::Failure;

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
    #[serde(rename = "totalResults")]
    total: Option<IgnoredAny>,
}

/// The resources of a document.
pub(super) fn chunks(file: Arc<str>, text: Vec<u8>) -> Result<Vec<Chunk>, Failure> {
    let ranges = ranges(&file, &text)?;
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
        chunks.push(Chunk { file, text, parts: Parts::Ranges(parts), size });
    }
    Ok(chunks)
}

fn ranges(file: &str, text: &[u8]) -> Result<Vec<Range<usize>>, Failure> {
    let failure = || Failure::new(format!("cannot read `{file}`"));
    let expected = "expected is a SCIM User, a ListResponse, a JSON array, or one User a line";
    if text.trim_ascii().is_empty() {
        return Err(failure().why("it is empty").help(expected));
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
    let all: Vec<&RawValue> = match text.trim_ascii().first() {
        Some(b'[') => serde_json::from_slice(text).map_err(no_json)?,
        Some(b'{') => {
            let list: List<'_> = serde_json::from_slice(text).map_err(no_json)?;
            match (list.resources, list.total) {
                (Some(resources), _) => resources,
                (None, Some(_)) => Vec::new(),
                (None, None) => vec![serde_json::from_slice(text).map_err(no_json)?],
            }
        }
        _ => {
            let error = serde_json::from_slice::<List<'_>>(text).err();
            return Err(error.map_or_else(failure, no_json));
        }
    };
    let start = text.as_ptr() as usize;
    Ok(all
        .into_iter()
        .map(|value| {
            let from = (value.get().as_ptr() as usize).saturating_sub(start);
            from..from + value.get().len()
        })
        .collect())
}
