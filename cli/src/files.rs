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

/// Fails if standard input is named more than once: it can be read only once.
pub fn stdin_once<'a>(names: impl IntoIterator<Item = &'a String>) -> Result<(), Failure> {
    if names.into_iter().filter(|name| *name == STDIN).count() > 1 {
        return Err(Failure::new("standard input is named twice")
            .why("it can be read only once")
            .help("name a file in one of the places"));
    }
    Ok(())
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

/// Bytes as text; a failure names the place of the first byte that is not UTF-8.
pub fn text(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(unreadable(shown(name)).why("it is written in UTF-16"));
    }
    String::from_utf8(bytes)
        .map_err(|error| not_utf8(shown(name), error.as_bytes(), error.utf8_error().valid_up_to()))
}

/// That a file is not UTF-8 from a byte on.
pub fn not_utf8(file: &str, bytes: &[u8], at: usize) -> Failure {
    let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    unreadable(file).why(format!("line {line} is not UTF-8 (byte {at})"))
}

fn unreadable(file: &str) -> Failure {
    Failure::new(format!("cannot read `{file}`"))
        .help("save it as UTF-8, with or without byte order mark")
}
