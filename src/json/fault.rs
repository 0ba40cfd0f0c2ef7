//! What can be wrong with JSON text, and the words for it.

use crate::error::{Error, ErrorKind};
use crate::limits;

/// A mistake and its byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: What,
}

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Something other than a value.
    NoValue,
    /// Something other than a key.
    NoKey,
    /// A key without its colon.
    NoColon,
    /// Neither a comma nor the end of an object.
    NoCommaInObject,
    /// Neither a comma nor the end of an array.
    NoCommaInArray,
    /// A string without its end; the place is its start.
    OpenString,
    /// A raw control character in a string.
    Control,
    /// A backslash before something that it does not escape.
    Escape,
    /// `\u` without four hexadecimal digits.
    Hex,
    /// Half a surrogate pair.
    Surrogate,
    /// A number that begins with a superfluous 0.
    LeadingZero,
    /// A number without the digits that its `-`, `.` or `e` announces.
    NoDigits,
    /// Too many open objects and arrays.
    Depth,
    /// Text behind the value.
    Trailing,
}

/// The words for a mistake in a text. Payload values do not occur in them.
#[cold]
pub(super) fn error(text: &str, fault: Fault) -> Error {
    let rest = text.get(fault.at..).unwrap_or("");
    let found = found(rest);
    let (message, help) = match fault.what {
        What::NoValue => (format!("a JSON value was expected, but {found}"), value_help(rest)),
        What::NoKey => (
            format!("a key in double quotes was expected, but {found}"),
            match rest.chars().next() {
                Some('}') => "remove the comma before `}`",
                Some('\'') => "write double quotes, not single ones",
                Some(_) => "put the key in double quotes",
                None => "the text is cut off: was it transferred whole?",
            },
        ),
        What::NoColon => {
            (format!("`:` was expected after the key, but {found}"), "write `\"key\": value`")
        }
        What::NoCommaInObject => comma("object", '}', rest, &found),
        What::NoCommaInArray => comma("array", ']', rest, &found),
        What::OpenString => (
            "a string that begins here does not end".to_owned(),
            "close it with `\"`; a `\"` inside is written `\\\"`",
        ),
        What::Control => {
            let code = rest.chars().next().map_or(0, u32::from);
            (
                format!("the control character U+{code:04X} stands in a string"),
                "write it as an escape, such as `\\n` or `\\u0000`",
            )
        }
        What::Escape => (
            "a backslash stands before a character that it does not escape".to_owned(),
            "JSON has `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with \
             four hexadecimal digits",
        ),
        What::Hex => (
            "`\\u` is not followed by four hexadecimal digits".to_owned(),
            "write it as in `\\u00e9`",
        ),
        What::Surrogate => (
            "half a surrogate pair stands alone in a string".to_owned(),
            "write the character itself, or both halves: a `\\u` escape from d800 to dbff, then \
             one from dc00 to dfff",
        ),
        What::LeadingZero => (
            "a number begins with a superfluous `0`".to_owned(),
            "remove the zero, or write the number in double quotes if it is a text",
        ),
        What::NoDigits => {
            (format!("a digit was expected in a number, but {found}"), "write it as in `-1.5e3`")
        }
        What::Depth => {
            let limit = limits::JSON_NESTING;
            let message = format!("more than {limit} objects and arrays are inside one another");
            let error = Error::new(ErrorKind::Limit, message);
            return place(text, fault.at, error.help("SCIM resources need no more than 4 levels"));
        }
        What::Trailing => (
            format!("the text should end after the value, but {found}"),
            "send one value; in NDJSON each value has a line of its own",
        ),
    };
    place(text, fault.at, Error::new(ErrorKind::Json, message).help(help))
}

/// The error for bytes that are not UTF-8.
#[cold]
pub(super) fn not_utf8(bytes: &[u8], at: usize) -> Error {
    let message = match (at, bytes.get(at)) {
        (0, Some(0xfe | 0xff)) => "the text is UTF-16, not UTF-8".to_owned(),
        (_, Some(byte)) => format!("the byte 0x{byte:02X} is not part of UTF-8 text"),
        (_, None) => "the text is not UTF-8".to_owned(),
    };
    let line = 1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    Error::new(ErrorKind::Json, message)
        .at(at)
        .on_line(line)
        .help("send JSON as UTF-8 (RFC 8259, 8.1)")
}

fn place(text: &str, at: usize, error: Error) -> Error {
    let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    error.at(at).on_line(line)
}

fn comma(container: &str, end: char, rest: &str, found: &str) -> (String, &'static str) {
    let help = match rest.chars().next() {
        None => "the text is cut off: was it transferred whole?",
        Some(':') => "in an object a key stands before each `:`",
        Some('}' | ']') => "close brackets in the order in which they were opened",
        Some('"' | '{' | '[' | '-' | '0'..='9' | 't' | 'f' | 'n') => "put a comma between them",
        Some('/') => "JSON has no comments",
        Some(_) => "text is written in double quotes; a `\"` inside is written `\\\"`",
    };
    (format!("`,` or `{end}` was expected in the {container}, but {found}"), help)
}

fn value_help(rest: &str) -> &'static str {
    let first = rest.chars().next();
    let word: String =
        rest.chars().take(10).take_while(char::is_ascii_alphabetic).collect::<String>();
    match (first, word.to_ascii_lowercase().as_str()) {
        (None, _) => "the text is empty or cut off: was it transferred whole?",
        (Some(']' | '}'), _) => "remove the comma before it, or write the missing value",
        (Some(','), _) => "remove one comma, or write the missing value",
        (Some('\''), _) => "write double quotes, not single ones",
        (Some('/' | '#'), _) => "JSON has no comments",
        (Some('+' | '.'), _) => "a number begins with `-` or a digit",
        (Some('<'), _) => "this looks like HTML or XML: was an error page received?",
        (_, "true" | "false" | "null") => "write `true`, `false` and `null` in small letters",
        (_, "none" | "nil" | "undefined") => "write `null`",
        (_, "nan" | "infinity" | "inf") => "JSON has no such number: write `null`",
        _ => "text is written in double quotes",
    }
}

/// What stands there, without giving a payload away.
fn found(rest: &str) -> String {
    match rest.chars().next() {
        None => "the text ends".to_owned(),
        Some(c) if c.is_ascii_punctuation() => format!("`{c}` was found"),
        Some(c) if c.is_ascii_digit() => "a digit was found".to_owned(),
        Some(c) if c.is_alphabetic() => "a letter was found".to_owned(),
        Some(c) => format!("U+{:04X} was found", u32::from(c)),
    }
}
