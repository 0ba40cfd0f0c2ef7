//! Markdown for a comment on a pull request: the sum first, findings folded away. With an earlier
//! report, only what changed since.

use std::fmt::Write;

use super::baseline::{ChangeKind, Changes};
use super::indent::indented;
use super::script::{self, Lines};
use super::summary::{Cause, Counts, Summary, many, things};
use super::{Entry, Finding, Kind, Redacted, Verdict, told, visible};

/// The largest comment that code hosts take is 65,536 characters.
const LONGEST: usize = 60_000;
/// Characters of a body that a comment shows.
const LONGEST_BODY: usize = 1_500;

/// The report as Markdown (GitHub's and GitLab's flavour).
pub fn render(report: &Redacted) -> String {
    let summary = Summary::of(report);
    let kind = match report.kind {
        Kind::Server => "server",
        Kind::Source => "source",
    };
    let mut text = format!("## SCIM {kind}: {}\n\n", summary.headline);
    let _ = writeln!(text, "`{}`\n", code(&report.subject));
    let counts = Verdict::ALL.iter().filter_map(|one| Some((one, summary.counts.get(one)?)));
    let waived = summary.waived.len();
    let counts = counts.map(|(one, count)| (one.as_str(), count.to_string()));
    let counts = counts.chain((waived > 0).then(|| ("waived", waived.to_string())));
    let (names, numbers): (Vec<_>, Vec<_>) = counts.unzip();
    if !names.is_empty() {
        let _ = writeln!(text, "| {} |", names.join(" | "));
        let _ = writeln!(text, "|{}", "---:|".repeat(names.len()));
        let _ = writeln!(text, "| {} |\n", numbers.join(" | "));
    }
    if let Some(changes) = &report.changes {
        self::changes(&mut text, changes);
    }
    for problem in &report.problems {
        let _ = writeln!(text, "- **{}**", words(&problem.to_string()));
    }
    let new = |entry: &&&Entry| {
        report.changes.as_ref().is_none_or(|changes| changes.of(&entry.id).is_some())
    };
    let shown: Vec<&&Entry> = summary.findings.iter().filter(new).collect();
    let mut left = shown.len();
    if let Some(needs) = script::needs(report).filter(|_| left > 0) {
        let _ = writeln!(text, "The lines with curl need `{}`.\n", code(&needs));
    }
    for entry in shown {
        let part = finding(entry, &summary.causes);
        if text.len() + part.len() > LONGEST {
            break;
        }
        text.push_str(&part);
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(text, "\n{left} more findings do not fit here; the HTML page has them.");
    }
    causes(&mut text, &summary);
    if report.changes.is_none() {
        sections(&mut text, &summary);
    }
    steps(&mut text, report);
    tail(&mut text, report, &summary);
    text
}

fn steps(text: &mut String, report: &Redacted) {
    let Some(last) = report.steps.last() else { return };
    let mut table = String::from("| step | | ended |\n|---:|---|---|\n");
    for step in &report.steps {
        let (name, ended) = (words(&step.name), words(&step.ended));
        let _ = writeln!(table, "| {} | {name} | {ended} |", step.number);
    }
    let count = many(last.number, "step");
    let part = format!("<details><summary>{count}</summary>\n\n{table}\n</details>\n\n");
    if text.len() + part.len() <= LONGEST {
        text.push_str(&part);
    }
}

fn changes(text: &mut String, changes: &Changes) {
    let _ = writeln!(text, "Since {}:\n", changes.since);
    if changes.changes.is_empty() {
        let _ = writeln!(text, "Nothing changed.\n");
        return;
    }
    let _ = writeln!(text, "| change | scenario | was | is |\n|---|---|---|---|");
    let word = |verdict: Option<Verdict>| verdict.map_or("–", Verdict::as_str);
    for change in changes.changes.iter().filter(|one| one.kind != ChangeKind::Added) {
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | {} |",
            change.kind.as_str(),
            code(&change.id),
            word(change.was),
            word(change.is)
        );
    }
    let added = changes.count(ChangeKind::Added);
    let _ = writeln!(text, "\n{} unchanged, {added} new without a finding.\n", changes.unchanged);
}

fn finding(entry: &Entry, causes: &[Cause<'_>]) -> String {
    let verdict = entry.verdict.as_str();
    let mut text = format!(
        "<details><summary><b>{verdict}</b> {}</summary>\n\n`{}`\n\n",
        tagged(&entry.title),
        code(&entry.id)
    );
    if let Some(reason) = &entry.reason {
        let _ = writeln!(text, "{}\n", words(reason));
    }
    for (finding, lines) in entry.findings.iter().zip(script::of(entry)) {
        step(&mut text, finding, &lines);
    }
    let (broken, more) = entry.broken();
    for cited in broken {
        let _ = writeln!(
            text,
            "> **{}** {} ({}): {}\n>",
            cited.keyword,
            cited.id,
            cited.place,
            words(&cited.text)
        );
    }
    if more > 0 {
        let _ = writeln!(text, "> and {more} more\n>");
    }
    if matches!(entry.verdict, Verdict::Fail | Verdict::Warn) {
        let _ = writeln!(text, "\n**Why it matters.** {}\n", words(&entry.why));
        let _ = writeln!(text, "**To fix.** {}\n", words(&entry.fix));
    }
    let blocks = |cause: &&Cause<'_>| cause.finding.is_some_and(|one| one.id == entry.id);
    if let Some(cause) = causes.iter().find(blocks) {
        let _ = writeln!(text, "It blocks {}.\n", others(cause.blocked.len()));
    }
    text.push_str("</details>\n\n");
    text
}

fn others(count: usize) -> String {
    if count == 1 { "1 other".to_owned() } else { format!("{count} others") }
}

fn step(text: &mut String, finding: &Finding, lines: &Lines) {
    let step = finding.step.map_or_else(String::new, |step| format!("Step {step}: "));
    let _ = writeln!(text, "{step}{}\n", words(&finding.name));
    if !finding.differences.is_empty() {
        let _ = writeln!(text, "| where | expected | found |\n|---|---|---|");
        for one in &finding.differences {
            let (expected, found) = told::values(one);
            let (place, expected, found) = (cell(&one.place), cell(&expected), cell(&found));
            let _ = writeln!(text, "| {place} | {expected} | {found} |");
        }
        text.push('\n');
    }
    for (place, (exchange, line)) in finding.exchanges.iter().zip(&lines.then).enumerate() {
        let mut script = if place == 0 { lines.before.clone() } else { Vec::new() };
        script.push(line.clone());
        let kind = if exchange.request.received { "" } else { "sh" };
        fence(text, kind, &script.join("\n"));
        if let Some(answer) = &exchange.answer {
            let mut shown = format!("{}\n", answer.status);
            if let Some(body) = &answer.body {
                let start: String = indented(&body.text).chars().take(LONGEST_BODY).collect();
                shown.push_str(&start);
                if let Some(note) = body.note() {
                    shown.push_str(&format!("\n({note})"));
                }
            }
            fence(text, "", &visible::lines(&shown));
        }
        if let Some(message) = &exchange.failed {
            let _ = writeln!(text, "No answer: {}\n", words(message));
        }
    }
}

fn causes(text: &mut String, summary: &Summary<'_>) {
    for cause in &summary.causes {
        let say = match cause.finding {
            Some(finding) => format!("see `{}`", code(&finding.id)),
            None => "no scenario is about that".to_owned(),
        };
        let _ =
            writeln!(text, "- {} **blocked**: {} ({say})", cause.blocked.len(), words(cause.words));
    }
    if !summary.causes.is_empty() {
        text.push('\n');
    }
}

fn sections(text: &mut String, summary: &Summary<'_>) {
    let is_broken = |counts: &Counts| counts.keys().any(|verdict| verdict.is_finding());
    let broken: Vec<_> = summary.sections.iter().filter(|(_, one)| is_broken(one)).collect();
    if broken.is_empty() {
        return;
    }
    let _ = writeln!(text, "| section | findings | pass |\n|---|---|---:|");
    for (section, counts) in broken {
        let findings: Vec<String> = counts
            .iter()
            .filter(|(verdict, _)| verdict.is_finding())
            .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
            .collect();
        let _ = writeln!(
            text,
            "| {} {} | {} | {} |",
            section.place,
            words(&section.title),
            findings.join(", "),
            counts.get(&Verdict::Pass).unwrap_or(&0)
        );
    }
    text.push('\n');
}

fn tail(text: &mut String, report: &Redacted, summary: &Summary<'_>) {
    for entry in &summary.waived {
        if let Some(waived) = &entry.waived {
            let (id, until) = (code(&entry.id), &waived.expires);
            let _ = writeln!(text, "- waived until {until}: `{id}`: {}", words(&waived.reason));
        }
    }
    for path in &report.left_behind {
        let _ = writeln!(text, "- left behind: `{}`", code(path));
    }
    for note in report.notes.iter().chain(&report.interrupted) {
        let _ = writeln!(text, "- {}", words(note));
    }
    let _ = write!(
        text,
        "\n<sub>{}, {} in {:.1} s",
        many(report.entries.len(), things(report.kind).trim_end_matches('s')),
        many(report.requests, "request"),
        report.millis as f64 / 1000.0
    );
    if let Some(latency) = &report.latency {
        let _ = write!(text, ", p50 {} ms, p99 {} ms", latency.p50, latency.p99);
    }
    let _ = writeln!(text, "; provisor {}, {}</sub>", report.tool, report.started);
}

/// Text from outside as Markdown prose: no tag, no link, no mention, no table. What stands between
/// backticks is code, in which nothing is escaped.
fn words(text: &str) -> String {
    let text = visible::line(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(&text);
    }
    let parts = parts.iter().enumerate().map(|(place, part)| match place % 2 {
        1 if !part.is_empty() => format!("`{}`", code(part)),
        _ => escaped(part),
    });
    parts.collect()
}

/// The same where a tag is around it, within which Markdown is none.
fn tagged(text: &str) -> String {
    let plain = |text: &str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('@', "&#64;").replace('#', "&#35;")
    };
    let text = visible::line(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(&text);
    }
    let parts = parts.iter().enumerate().map(|(place, part)| match place % 2 {
        1 => format!("<code>{}</code>", plain(part)),
        _ => plain(part),
    });
    parts.collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '$' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Text within single backticks.
fn code(text: &str) -> String {
    visible::line(text).replace('`', "'").replace('|', "¦")
}

/// Text within backticks in a table.
fn cell(text: &str) -> String {
    format!("`{}`", code(&visible::start(text, 200)))
}

/// A fence that its text cannot close.
fn fence(text: &mut String, language: &str, body: &str) {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "{fence}{language}\n{}\n{fence}\n", body.trim_end());
}
