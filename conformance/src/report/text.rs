//! The report for a terminal: worst first, each finding with its evidence, then the sum.

mod look;
mod sum;

use std::fmt::Write;

use super::around::around;
use super::common::Common;
use super::script::{self, Lines};
use super::summary::{Cause, Summary};
use super::{Body, Entry, Exchange, Finding, Redacted, Verdict, told, visible};
use crate::scenario::Level;

pub use look::Look;
use look::{FAINT, STRONG, style};

/// Findings that do not fit on a screen.
const MANY: usize = 10;
/// Characters of a body that a terminal shows.
const LONGEST_BODY: usize = 400;

/// The report as text. With an earlier report, only what changed since is shown in full.
pub fn render(report: &Redacted, look: Look) -> String {
    let summary = Summary::of(report);
    let mut text = String::new();
    // Whoever reads a long report from its top sees first how it stands.
    if report.changes.is_none() && summary.findings.len() + summary.causes.len() > MANY {
        sum::head(&mut text, look, report, &summary);
        text.push('\n');
    }
    if report.changes.is_none() {
        common(&mut text, look, &summary.common);
    }
    let new = |entry: &&&Entry| {
        report.changes.as_ref().is_none_or(|changes| changes.of(&entry.id).is_some())
    };
    let shown = |one: &&Cause<'_>| one.blocked.iter().any(|entry| new(&entry));
    let any = summary.findings.iter().any(|one| new(&one))
        || summary.causes.iter().any(|one| shown(&one));
    if let Some(needs) = script::needs(report).filter(|_| any) {
        look.prose(&mut text, "", &format!("the lines with curl need: {needs}"));
        text.push('\n');
    }
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
    for (finding, lines) in entry.findings.iter().zip(script::of(entry)) {
        self::finding(text, look, finding, &lines);
    }
    if matches!(entry.verdict, Verdict::Fail | Verdict::Warn) {
        advice(text, look, entry);
    }
    if let Some(cause) = blocks {
        let ids: Vec<&str> = cause.blocked.iter().map(|one| one.id.as_str()).collect();
        let count =
            if ids.len() == 1 { "1 other".to_owned() } else { format!("{} others", ids.len()) };
        // What is blocked by its id needs no other words.
        let what = match cause.words {
            words if words == entry.id => String::new(),
            words => format!(" ({words})"),
        };
        let words = format!("it blocks {count}{what}: {}", some(&ids));
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
    if let Some(reason) = &first.reason {
        look.prose(text, "  ", &visible::line(&format!("such as {}: {reason}", first.id)));
    }
    for (finding, lines) in first.findings.iter().zip(script::of(first)) {
        self::finding(text, look, finding, &lines);
    }
    text.push('\n');
}

fn heading(text: &mut String, look: Look, verdict: Verdict, words: &str) {
    let verdict = look.paint(verdict.as_str(), style(verdict));
    let _ = writeln!(text, "{verdict}: {}", look.paint(words, STRONG));
}

/// What many findings have in common, before all of them.
fn common(text: &mut String, look: Look, all: &[Common<'_>]) {
    /// Of these a reader takes in the first at most.
    const MOST: usize = 10;
    if all.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", look.paint("causes", STRONG));
    for one in all.iter().take(MOST) {
        let ids: Vec<&str> = one.entries.iter().map(|entry| entry.id.as_str()).collect();
        let words = format!("{} in {}: {}", visible::line(&one.words), ids.len(), some(&ids));
        look.prose(text, "  ", &words);
    }
    text.push('\n');
}

fn finding(text: &mut String, look: Look, finding: &Finding, lines: &Lines) {
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
        let (expected, found) = told::values(difference);
        let words = format!(
            "{}{weaker}: expected {}, found {}",
            visible::line(&difference.place),
            visible::line(&expected),
            visible::line(&found)
        );
        look.prose(text, "    ", &words);
    }
    for line in &lines.before {
        let _ = writeln!(text, "    {line}");
    }
    let places: Vec<&str> = finding.differences.iter().map(|one| one.place.as_str()).collect();
    for (Exchange { request, answer, failed, .. }, line) in
        finding.exchanges.iter().zip(&lines.then)
    {
        let _ = writeln!(text, "    {line}");
        let asked = |name: &str| places.iter().any(|place| place.eq_ignore_ascii_case(name));
        for (name, value) in request.headers.iter().filter(|one| request.received && asked(&one.0))
        {
            let _ = writeln!(text, "      {}: {}", visible::line(name), visible::line(value));
        }
        if let Some(answer) = answer {
            let body = shown(answer.body.as_ref(), &places);
            let _ = writeln!(text, "    answered {}{body}", answer.status);
        }
        if let Some(message) = failed {
            let _ = writeln!(text, "    no answer: {}", visible::line(message));
        }
    }
}

/// What a body has at the places that differ; else its start.
fn shown(body: Option<&Body>, places: &[&str]) -> String {
    let Some(body) = body else { return String::new() };
    let note = body.note().map_or_else(String::new, |note| format!(" ({note})"));
    format!("{note}: {}", around(&body.text, places, LONGEST_BODY))
}

fn advice(text: &mut String, look: Look, entry: &Entry) {
    let (broken, more) = entry.broken();
    if !broken.is_empty() && !entry.says_what_it_breaks() {
        look.prose(text, "  ", "what it breaks is one of:");
    }
    for cited in broken {
        let place = look.paint(&format!("{} {}", cited.id, cited.keyword), FAINT);
        look.prose(text, "  ", &format!("{place} ({}): {}", cited.place, cited.text));
    }
    if more > 0 {
        look.prose(text, "  ", &look.paint(&format!("and {more} more"), FAINT));
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
