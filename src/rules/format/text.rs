//! Literals as they are written.

use std::fmt::Write;

use crate::rules::ast::{GroupBy, GroupRef, Literal};

/// A text in double quotes, with the escapes of JSON. What the eye cannot see is escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if is_unseen(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// A pattern between slashes; a slash inside gets its `\` back.
pub(super) fn pattern(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 2);
    out.push('/');
    let mut escaped = false;
    for c in pattern.chars() {
        if c == '/' && !escaped {
            out.push('\\');
        }
        out.push(c);
        escaped = c == '\\' && !escaped;
    }
    out.push('/');
    out
}

pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => quoted(text),
        Literal::Number(number) => number.clone(),
        Literal::Flag(flag) => flag.to_string(),
        Literal::Null => "null".to_owned(),
        Literal::Regex(regex) => pattern(regex),
    }
}

pub(super) fn group(group: &GroupRef) -> String {
    let by = match group.by {
        GroupBy::Name => "",
        GroupBy::Id => "id ",
        GroupBy::ExternalId => "externalId ",
        GroupBy::Like => "like ",
    };
    format!("{by}{}", quoted(&group.text))
}

/// How many columns a text takes, near enough: its characters.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(quoted("a\"b\\c\n\u{202e}é😀"), r#""a\"b\\c\n\u202eé😀""#);
        assert_eq!(pattern("a/b"), r"/a\/b/");
        assert_eq!(pattern(r"a\\/b"), r"/a\\\/b/");
    }
}
