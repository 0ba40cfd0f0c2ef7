//! Why a body is no JSON document, at the place where it breaks.

use serde_json::Value;

use super::{Difference, short};

/// Characters before and behind the place that are shown.
const AROUND: usize = 40;
/// Stands where half a surrogate pair stood: no text may have it (Unicode, 23.7).
const MARK: char = '\u{fdd0}';

/// How a body that cannot be read as JSON differs from one that can.
pub(super) fn difference(text: &str) -> Difference {
    let differ = |expected: &str, found: String| Difference {
        place: "body".to_owned(),
        expected: expected.to_owned(),
        found,
    };
    if text.trim().is_empty() {
        return differ("a JSON document", "nothing".to_owned());
    }
    if let Some((escape, pointer)) = half_a_pair(text) {
        // By its grammar JSON may have it, and many readers stop there (RFC 8259, 8.2).
        return differ(
            "text that everybody can read",
            format!("half a surrogate pair (`{escape}`) at {pointer}, which is no Unicode"),
        );
    }
    let found = match serde_json::from_str::<Value>(text) {
        // What does not even begin like one is known by its start.
        Err(error) if text.trim_start().starts_with(['{', '[']) => {
            let words = error.to_string();
            let why = words.split(" at line ").next().unwrap_or(&words);
            format!("{why}, at `{}`", near(text, error.line(), error.column()))
        }
        _ => short(text),
    };
    differ("a JSON document", found)
}

/// The first escape that is half a surrogate pair, and the pointer to the text that has it.
fn half_a_pair(text: &str) -> Option<(String, String)> {
    let (mut mended, mut first) = (String::with_capacity(text.len()), None);
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        mended.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                first.get_or_insert_with(|| escape.get(..6).unwrap_or_default().to_owned());
                mended.push(MARK);
                rest = escape.get(6..)?;
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        mended.push_str(escape.get(..length)?);
        rest = escape.get(length..)?;
    }
    mended.push_str(rest);
    let body: Value = serde_json::from_str(&mended).ok()?;
    Some((first?, marked(&body)?))
}

/// The code unit of an escape such as `\ud83d` at the start of a text.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

/// The pointer to the first text with the mark.
fn marked(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(MARK).then(String::new),
        Value::Array(all) => all
            .iter()
            .enumerate()
            .find_map(|(place, one)| Some(format!("/{place}{}", marked(one)?))),
        Value::Object(all) => {
            all.iter().find_map(|(name, one)| Some(format!("/{name}{}", marked(one)?)))
        }
        _ => None,
    }
}

/// What stands around a place, which counts lines from 1 and bytes of a line.
fn near(text: &str, line: usize, column: usize) -> String {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let mut place = column.min(line.len());
    while !line.is_char_boundary(place) {
        place -= 1;
    }
    let (before, behind) = line.split_at(place);
    let start: String = before.chars().rev().take(AROUND).collect();
    let start: String = start.chars().rev().collect();
    let end: String = behind.chars().take(AROUND).collect();
    let cut = if start.len() < before.len() { "…" } else { "" };
    let more = if end.len() < behind.len() { "…" } else { "" };
    format!("{cut}{start}{end}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_half_a_pair_is_told() {
        let text = r#"{"Resources":[{"a":"\ud83d\ude00 \\ud83d"},{"displayName":"half \ud83d"}]}"#;
        let found = difference(text).found;
        assert_eq!(
            found,
            "half a surrogate pair (`\\ud83d`) at /Resources/1/displayName, which is no Unicode"
        );
    }

    #[test]
    fn what_breaks_a_long_body_is_shown() {
        let text = format!("{{\"a\":\"{}\",\"b\":tru,\"c\":1}}", "x".repeat(500));
        let found = difference(&text).found;
        assert!(found.contains("\"b\":tru") && found.chars().count() < 150, "{found}");
        assert_eq!(difference(" ").found, "nothing");
        assert_eq!(difference("<html>é").found, "<html>é");
    }
}
