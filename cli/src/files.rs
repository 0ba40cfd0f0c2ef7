//! Reading files and standard input (`-`).

use std::fs::File;
use std::io::{self, Read};

use crate::exit::Failure;

/// The name that stands for standard input.
pub const STDIN: &str = "-";

/// How a file is called in messages.
pub fn shown(name: &str) -> &str {
    if name == STDIN { "<stdin>" } else { name }
}

/// Opens a file or standard input, with its size where that is known.
pub fn open(name: &str) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    if name == STDIN {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(name).map_err(|error| Failure::io("read", name, &error))?;
    let metadata = file.metadata().map_err(|error| Failure::io("read", name, &error))?;
    if metadata.is_dir() {
        return Err(Failure::io("read", name, &io::ErrorKind::IsADirectory.into()));
    }
    let size = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(file), size))
}

/// The whole of a file or of standard input, at most `limit` bytes and one more.
pub fn read(name: &str, limit: usize) -> Result<Vec<u8>, Failure> {
    let (reader, size) = open(name)?;
    let mut bytes = Vec::with_capacity(size.map_or(0, |n| n as usize).min(limit) + 1);
    reader
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::io("read", shown(name), &error))?;
    Ok(bytes)
}
