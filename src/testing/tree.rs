//! The value tree of a rule: what each part of its condition came to, and on which values.

use crate::decide::{CondForm, CondTrace, RuleTrace};

/// Rows of one tree; longer ones end in how many more there are.
const ROWS: usize = 24;
/// Words of a condition are padded to this at most.
const WIDTH: usize = 56;

/// One part of a condition.
struct Row {
    words: String,
    held: bool,
    /// The values or groups that it looked at.
    seen: String,
}

/// The rows of a rule's condition: words, `true` or `false`, what it looked at.
pub(super) fn rows(trace: &RuleTrace<'_>) -> Vec<String> {
    let mut rows = Vec::new();
    add(&trace.matches, 1, "", &mut rows);
    if let Some(except) = &trace.except {
        add(except, 1, "except ", &mut rows);
    }
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let width = rows.iter().map(|row| row.words.chars().count()).max().unwrap_or(0).min(WIDTH);
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let held = if row.held { "true " } else { "false" };
            format!("{:width$}  {held}  {}", row.words, row.seen).trim_end().to_owned()
        })
        .collect();
    if more > 0 {
        lines.push(format!("  … and {more} more"));
    }
    lines
}

fn add(trace: &CondTrace<'_>, depth: usize, prefix: &str, rows: &mut Vec<Row>) {
    let indent = "  ".repeat(depth);
    match (trace.form, trace.parts.as_slice()) {
        // The parts of the whole condition stand below each other, as they are written.
        (CondForm::All, parts) if depth == 1 && prefix.is_empty() => {
            parts.iter().for_each(|part| add(part, depth, prefix, rows));
        }
        (CondForm::All | CondForm::Any, parts) => {
            let word = if trace.form == CondForm::All { "all of" } else { "one of" };
            let words = format!("{indent}{prefix}{word}");
            rows.push(Row { words, held: trace.held, seen: String::new() });
            parts.iter().for_each(|part| add(part, depth + 1, "", rows));
        }
        (CondForm::Not, [inner]) => {
            let simple = inner.parts.is_empty();
            let words = format!("{indent}{prefix}{}", trace.words);
            let seen = if simple { seen(inner) } else { String::new() };
            rows.push(Row { words, held: trace.held, seen });
            if !simple {
                add(inner, depth + 1, "", rows);
            }
        }
        (CondForm::Element, parts) => {
            let words = format!("{indent}{prefix}{}", trace.words);
            let seen =
                trace.element.map_or("(none there)".to_owned(), |at| format!("(the {})", nth(at)));
            rows.push(Row { words, held: trace.held, seen });
            if trace.element.is_some() {
                parts.iter().for_each(|part| add(part, depth + 1, "", rows));
            }
        }
        _ => rows.push(Row {
            words: format!("{indent}{prefix}{}", trace.words),
            held: trace.held,
            seen: seen(trace),
        }),
    }
}

/// What a condition looked at: `("Account Executive")`, `(Sales - EMEA)`, `(absent)`.
fn seen(trace: &CondTrace<'_>) -> String {
    let mut seen: Vec<String> = trace.values.iter().map(ToString::to_string).collect();
    seen.extend(trace.groups.iter().map(|group| (*group).to_owned()));
    if trace.more > 0 {
        seen.push(format!("{} more", trace.more));
    }
    match (seen.is_empty(), trace.form) {
        (false, _) => format!("({})", seen.join(", ")),
        (true, CondForm::Test) => "(absent)".to_owned(),
        (true, _) => String::new(),
    }
}

fn nth(place: usize) -> String {
    match place {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{place}th"),
    }
}
