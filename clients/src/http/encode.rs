//! Query strings: each client encodes in its own way.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Some of what RFC 3986 allows in a query stays as it is.
const READABLE: &AsciiSet =
    &UNRESERVED.remove(b'@').remove(b'[').remove(b']').remove(b':').remove(b'/').remove(b'\'');

/// A text for a query or a segment of a path, all but unreserved characters encoded.
pub fn percent(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// The same with `@`, `[`, `]`, `:`, `/` and `'` as they are.
pub fn readable(text: &str) -> String {
    utf8_percent_encode(text, READABLE).to_string()
}

/// As a form is encoded: a space is `+`.
pub fn form(text: &str) -> String {
    percent(text).replace("%20", "+")
}

/// A text literal of a filter: a JSON string (RFC 7644, 3.4.2.2).
pub fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text between quotes without any escaping, as some clients write it.
pub fn bare_literal(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form() {
        let filter = format!("userName eq {}", literal("a+b\"c\\d@x.example"));
        assert_eq!(percent(&filter), "userName%20eq%20%22a%2Bb%5C%22c%5C%5Cd%40x.example%22");
        assert_eq!(readable(&filter), "userName%20eq%20%22a%2Bb%5C%22c%5C%5Cd@x.example%22");
        assert_eq!(form("userName eq \"x\""), "userName+eq+%22x%22");
        assert_eq!(bare_literal("a\"b"), "\"a\"b\"");
    }
}
