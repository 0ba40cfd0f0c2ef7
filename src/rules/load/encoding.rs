//! Bytes to text. Rules files are UTF-8; any other bytes give a text too, and a finding.

use crate::diagnostic::{Code, Diagnostic};
use crate::rules::source::{FileId, Span};

/// Bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// UTF-16, as some editors and shells write it.
    Utf16,
    /// A byte that begins no character, and where.
    Byte { at: usize, byte: u8 },
}

/// The text of a file. What is no character becomes U+FFFD.
pub(super) fn decode(bytes: Vec<u8>) -> (String, Option<Fault>) {
    let order = match bytes.as_slice() {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes as fn([u8; 2]) -> u16),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes as fn([u8; 2]) -> u16),
        // Without a mark: rules begin with ASCII, of which every other byte is zero.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(u16::from_le_bytes as fn([u8; 2]) -> u16),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(u16::from_be_bytes as fn([u8; 2]) -> u16),
        _ => None,
    };
    if let Some(unit) = order {
        let marked = matches!(bytes.as_slice(), [0xfe | 0xff, ..]);
        let units = bytes
            .chunks_exact(2)
            .skip(usize::from(marked))
            .filter_map(|pair| pair.try_into().ok())
            .map(unit);
        let text =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        return (text, Some(Fault::Utf16));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(at).copied().unwrap_or(0);
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some(Fault::Byte { at, byte }))
        }
    }
}

impl Fault {
    /// P002 in the file.
    pub(super) fn diagnostic(self, id: FileId) -> Diagnostic {
        let (place, message) = match self {
            Self::Utf16 => (Span::new(id, 0, 0), "this file is UTF-16, not UTF-8".to_owned()),
            // What stands for the byte begins where it stood, because all before it is kept.
            Self::Byte { at, byte } => (
                Span::new(id, at, at + char::REPLACEMENT_CHARACTER.len_utf8()),
                format!("this file is not UTF-8: byte {byte:#04x} begins no character"),
            ),
        };
        Diagnostic::new(Code::P002, place, message)
            .label("not UTF-8")
            .help("save the file as UTF-8; editors call it the encoding")
    }
}
