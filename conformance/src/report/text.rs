//! The report for a terminal: worst first, each finding with its evidence, then the sum.

mod look;
mod sum;

use std::fmt::Write;

use super::summary::{Cause, Summary};
use super::{Body, Entry, Exchange, Finding, Redacted, Verdict, visible};
use crate::scenario::Level;

pub use look::Look;
use look::{FAINT, STRONG, style};

/// Characters of a body that a terminal shows.
const LONGEST_BODY: usize = 400;

/// The report as text. With an earlier report, only what changed since is shown in full.
pub fn render(report: &Redacted, look: Look) -> String {
    let summary = Summary::of(report);
    let mut text = String::new();
    let new = |entry: &&&Entry| {
        report.changes.as_ref().is_none_or(|changes| changes.of(&entry.id).is_some())
    };
    for entry in summary.findings.iter().filter(new) {
        let blocks = summary
            .causes
            .iter()
            .find(|cause| cause.finding.is_some_and(|finding| finding.id == entry.id));
        one(&mut text, look, entry, blocks);
    }
    for cause in summary.causes.iter().filter(|cause| cause.finding.is_none()) {
        if cause.blocked.iter().any(|entry| new(&entry)) {
            blocked(&mut text, look, cause);
        }
    }
    sum::write(&mut text, look, report, &summary);
    text
}

fn one(text: &mut String, look: Look, entry: &Entry, blocks: Option<&Cause<'_>>) {
    heading(text, look, entry.verdict, &entry.id);
    look.prose(text, "  ", &visible::line(&entry.title));
    if let Some(reason) = &entry.reason {
        look.prose(text, "  ", &visible::line(reason));
    }
    for finding in &entry.findings {
        self::finding(text, look, finding);
    }
    if matches!(entry.verdict, Verdict::Fail | Verdict::Warn) {
        advice(text, look, entry);
    }
    if let Some(cause) = blocks {
        let ids: Vec<&str> = cause.blocked.iter().map(|one| one.id.as_str()).collect();
        let count =
            if ids.len() == 1 { "1 other".to_owned() } else { format!("{} others", ids.len()) };
        let words = format!("it blocks {count} ({}): {}", cause.words, some(&ids));
        look.prose(text, "  ", &words);
    }
    text.push('\n');
}

/// What blocks others and is itself no finding of a scenario.
fn blocked(text: &mut String, look: Look, cause: &Cause<'_>) {
    let Some(first) = cause.blocked.first() else { return };
    let ids: Vec<&str> = cause.blocked.iter().map(|one| one.id.as_str()).collect();
    let words = format!("{} ({} blocked)", visible::line(cause.words), ids.len());
    heading(text, look, Verdict::Blocked, &words);
    look.prose(text, "  ", &format!("blocks {}", some(&ids)));
    let say = format!("such as {}: {}", first.id, first.reason.as_deref().unwrap_or_default());
    look.prose(text, "  ", &visible::line(&say));
    for finding in &first.findings {
        self::finding(text, look, finding);
    }
    text.push('\n');
}

fn heading(text: &mut String, look: Look, verdict: Verdict, words: &str) {
    let verdict = look.paint(verdict.as_str(), style(verdict));
    let _ = writeln!(text, "{verdict}: {}", look.paint(words, STRONG));
}

fn finding(text: &mut String, look: Look, finding: &Finding) {
    let name = visible::line(&finding.name);
    let _ = match finding.step {
        None => writeln!(text, "  {name}"),
        Some(step) => writeln!(text, "  step {step}: {name}"),
    };
    for difference in &finding.differences {
        let weaker = match finding.level {
            Level::Must => "",
            Level::Should => " (SHOULD)",
            Level::May => " (MAY)",
        };
        let words = format!(
            "{}{weaker}: expected {}, found {}",
            visible::line(&difference.place),
            visible::line(&difference.expected),
            visible::line(&difference.found)
        );
        look.prose(text, "    ", &words);
    }
    for Exchange { request, answer, failed, .. } in &finding.exchanges {
        let _ = writeln!(text, "    {}", request.curl());
        if let Some(answer) = answer {
            let _ = writeln!(text, "    answered {}{}", answer.status, shown(answer.body.as_ref()));
        }
        if let Some(message) = failed {
            let _ = writeln!(text, "    no answer: {}", visible::line(message));
        }
    }
}

/// The start of a body.
fn shown(body: Option<&Body>) -> String {
    let Some(body) = body else { return String::new() };
    let note = body.note().map_or_else(String::new, |note| format!(" ({note})"));
    format!("{note}: {}", visible::start(&body.text, LONGEST_BODY))
}

fn advice(text: &mut String, look: Look, entry: &Entry) {
    for cited in &entry.requirements {
        let place = look.paint(&format!("{} {}", cited.id, cited.keyword), FAINT);
        look.prose(text, "  ", &format!("{place} ({}): {}", cited.place, cited.text));
    }
    look.prose(text, "  ", &format!("why it matters: {}", visible::line(&entry.why)));
    look.prose(text, "  ", &format!("to fix: {}", visible::line(&entry.fix)));
}

/// A few of many names.
fn some(names: &[&str]) -> String {
    const MOST: usize = 4;
    let few = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => few,
        more => format!("{few} and {more} more"),
    }
}

/// One entry's evidence as plain text, for reports that hold text within.
pub(super) fn evidence(entry: &Entry) -> String {
    let mut text = String::new();
    one(&mut text, Look::plain(), entry, None);
    text.truncate(text.trim_end().len());
    text
}
