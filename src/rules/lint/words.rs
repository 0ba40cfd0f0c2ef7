//! Wordings that findings share.

use crate::rules::model::RuleHead;
use crate::rules::source::{Sources, Span};

/// Names listed in one message; the rest are counted.
const LISTED: usize = 4;
/// Characters of rules text quoted in a message.
const QUOTED: usize = 60;

/// The rule, inside a sentence: "assignment `Sales`".
pub(super) fn rule(head: &RuleHead) -> String {
    format!("{} `{}`", head.kind.as_str(), head.name)
}

/// The item round a place: `assignment "Sales"`.
pub(super) fn context(head: &RuleHead) -> String {
    format!("{} \"{}\"", head.kind.as_str(), head.name)
}

/// "`a`, `b` and `c`"; of many the first and how many more.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    joined(&names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>())
}

/// "a, b and c"; of many the first and how many more.
pub(super) fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] if parts.len() <= LISTED => format!("{} and {last}", most.join(", ")),
        _ => {
            let shown = parts.get(..LISTED - 1).unwrap_or(parts);
            format!("{} and {} more", shown.join(", "), parts.len() - shown.len())
        }
    }
}

/// The singular or the plural, by number.
pub(super) fn either<'a>(count: usize, one: &'a str, several: &'a str) -> &'a str {
    if count == 1 { one } else { several }
}

/// Rules text for a message: on one line, clipped.
pub(super) fn excerpt(sources: &Sources, span: Span) -> String {
    let mut text = String::new();
    for word in sources.slice(span).split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    if text.chars().count() > QUOTED {
        text = text.chars().take(QUOTED).chain(['…']).collect();
    }
    // Backticks are the marks of a quotation.
    text.replace('`', "'")
}
