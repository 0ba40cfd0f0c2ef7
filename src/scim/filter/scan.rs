//! A look over the text before it is parsed, so that size and nesting have our limits.

use crate::error::{Error, ErrorKind};
use crate::limits;

/// What the look found.
pub(super) struct Scan {
    /// The innermost bracket or parenthesis that is not closed: its byte and character.
    pub(super) unclosed: Option<(usize, char)>,
}

/// Checks length, nesting and that strings end.
pub(super) fn scan(text: &str, kind: ErrorKind) -> Result<Scan, Error> {
    let limit = |message: String, at| {
        Err(Error::new(ErrorKind::Limit, message).at(at).help("ask for less in one filter"))
    };
    if text.len() > limits::FILTER_BYTES {
        let message = format!("the filter has more than {} bytes", limits::FILTER_BYTES);
        return limit(message, limits::FILTER_BYTES);
    }
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut string: Option<usize> = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (string, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(_), '"') => string = None,
            (None, '"') => string = Some(at),
            (None, '(' | '[') => {
                if open.len() == limits::NESTING {
                    let message = format!(
                        "more than {} parentheses and brackets are inside one another",
                        limits::NESTING
                    );
                    return limit(message, at);
                }
                open.push((at, character));
            }
            (None, ')' | ']') => {
                open.pop();
            }
            _ => {}
        }
    }
    if let Some(start) = string {
        return Err(Error::new(kind, "a text that begins here does not end")
            .at(start)
            .help("close it with `\"`; a `\"` inside is written `\\\"`"));
    }
    Ok(Scan { unclosed: open.pop() })
}
