//! The end of the report: what changed, the sections, and the sum.

use std::fmt::Write;

use super::Look;
use super::look::{FAINT, STRONG, style};
use crate::report::baseline::ChangeKind;
use crate::report::matrix::State;
use crate::report::summary::{Counts, Summary, many, things};
use crate::report::{Kind, Redacted, Verdict, visible};

pub(super) fn write(text: &mut String, look: Look, report: &Redacted, summary: &Summary<'_>) {
    changes(text, look, report);
    sections(text, look, summary);
    for entry in &summary.waived {
        if let Some(waived) = &entry.waived {
            let words = format!("{}, until {}: {}", entry.id, waived.expires, waived.reason);
            look.prose(text, "", &format!("waived: {} {words}", entry.verdict.as_str()));
        }
    }
    if !summary.waived.is_empty() {
        text.push('\n');
    }
    for step in &report.steps {
        let (name, ended) = (visible::line(&step.name), visible::line(&step.ended));
        look.prose(text, "", &format!("step {}: {name}: {ended}", step.number));
    }
    if !report.steps.is_empty() {
        text.push('\n');
    }
    for note in &report.notes {
        look.prose(text, "", &format!("note: {}", visible::line(note)));
    }
    if !report.notes.is_empty() {
        text.push('\n');
    }
    head(text, look, report, summary);
    numbers(text, report, summary);
    matrix(text, report);
    let mut about = vec![format!("provisor {}", report.tool), report.started.clone()];
    if !report.judged_by.is_empty() {
        about.push(format!("judged by {}", report.judged_by.join(", ")));
    }
    if !report.mark.is_empty() {
        about.push(format!("mark {}", report.mark));
    }
    about.extend(report.seed.map(|seed| format!("seed {seed}")));
    let _ = writeln!(text, "  {}", look.paint(&about.join(", "), FAINT));
    if let Some(why) = &report.interrupted {
        let _ = writeln!(text, "broken off: {}", visible::line(why));
    }
    for path in &report.left_behind {
        let _ = writeln!(text, "left behind: {}", visible::line(path));
    }
    for problem in &report.problems {
        let _ = writeln!(text, "{}", visible::line(&problem.to_string()));
    }
}

/// What was tested, whether it conforms, and how many verdicts of each sort there are.
pub(super) fn head(text: &mut String, look: Look, report: &Redacted, summary: &Summary<'_>) {
    let kind = match report.kind {
        Kind::Server => "server",
        Kind::Source => "source",
    };
    let subject = visible::line(&report.subject);
    let _ = writeln!(text, "{kind} {}", look.paint(&subject, STRONG));
    let _ = writeln!(text, "{}", look.paint(&summary.headline, style(summary.tone)));
    let mut counts = counted(look, &summary.counts);
    if !summary.waived.is_empty() {
        let comma = if counts.is_empty() { "" } else { ", " };
        counts.push_str(&format!("{comma}{} waived", summary.waived.len()));
    }
    let _ = writeln!(text, "  {counts}");
}

fn changes(text: &mut String, look: Look, report: &Redacted) {
    let Some(changes) = &report.changes else { return };
    let _ = writeln!(text, "{}", look.paint(&format!("since {}", changes.since), STRONG));
    if let Some(other) = &changes.other_subject {
        let _ = writeln!(text, "  that was a run against {}", visible::line(other));
    }
    for change in &changes.changes {
        let word = |verdict: Option<Verdict>| verdict.map_or("not there", Verdict::as_str);
        let kind = match change.kind {
            ChangeKind::NewFailure => look.paint("new failure", style(Verdict::Fail)),
            ChangeKind::Mended => look.paint("mended", style(Verdict::Pass)),
            other => other.as_str().to_owned(),
        };
        let _ = writeln!(
            text,
            "  {kind}: {} ({}, was {})",
            visible::line(&change.id),
            word(change.is),
            word(change.was)
        );
    }
    let _ = writeln!(text, "  {} unchanged\n", changes.unchanged);
}

/// Sections in which something is wrong, and the others in a line.
fn sections(text: &mut String, look: Look, summary: &Summary<'_>) {
    let is_broken = |counts: &Counts| counts.keys().any(|verdict| verdict.is_finding());
    let (broken, rest): (Vec<_>, Vec<_>) =
        summary.sections.iter().partition(|(_, counts)| is_broken(counts));
    let name = |place: &str, title: &str| format!("{place} {title}");
    let width = broken.iter().map(|(one, _)| name(&one.place, &one.title).chars().count()).max();
    let Some(width) = width else { return };
    let _ = writeln!(text, "{}", look.paint("by section", STRONG));
    for (section, counts) in broken {
        let name = name(&section.place, &section.title);
        let _ = writeln!(text, "  {name:<width$}  {}", counted(look, counts));
    }
    let mut others = Counts::new();
    for (verdict, count) in rest.iter().flat_map(|(_, counts)| counts) {
        *others.entry(*verdict).or_insert(0) += count;
    }
    if !others.is_empty() {
        let name = match rest.len() {
            1 => "1 other section".to_owned(),
            count => format!("{count} other sections"),
        };
        let _ = writeln!(text, "  {name:<width$}  {}", counted(look, &others));
    }
    text.push('\n');
}

fn numbers(text: &mut String, report: &Redacted, summary: &Summary<'_>) {
    let _ = write!(
        text,
        "  {}, {} in {:.1} s",
        many(report.entries.len(), things(report.kind).trim_end_matches('s')),
        many(report.requests, "request"),
        report.millis as f64 / 1000.0
    );
    if let Some(latency) = &report.latency {
        let _ = write!(
            text,
            "; answers took {} ms (p50), {} ms (p95), {} ms (p99)",
            latency.p50, latency.p95, latency.p99
        );
    }
    text.push('\n');
    // A request of a source is looked at by many rules, so there is no sum.
    let verdicts: &[Verdict] = if report.kind == Kind::Source { &[] } else { &Verdict::ALL };
    let spent: Vec<String> = verdicts
        .iter()
        .filter_map(|one| Some((one, summary.requests.get(one).filter(|count| **count > 0)?)))
        .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
        .collect();
    if !spent.is_empty() {
        // Discovery, what several scenarios share, and cleaning up.
        let counted = verdicts.iter().filter_map(|one| summary.requests.get(one)).sum::<u64>();
        let besides = match report.requests.saturating_sub(counted) {
            0 => String::new(),
            rest => format!("; {rest} before and after them"),
        };
        let _ = writeln!(text, "  requests by verdict: {}{besides}", spent.join(", "));
    }
}

fn matrix(text: &mut String, report: &Redacted) {
    if report.requirements.is_empty() {
        return;
    }
    let count =
        |wanted: State| report.requirements.iter().filter(|one| one.state == wanted).count();
    let _ = writeln!(
        text,
        "  requirements: {} tested, {} not reached, {} not chosen, {} not covered, {} not testable \
         from outside",
        count(State::Tested),
        count(State::NotReached),
        count(State::NotChosen),
        count(State::NotCovered),
        count(State::NotTestable)
    );
}

fn counted(look: Look, counts: &Counts) -> String {
    let some = Verdict::ALL.iter().filter_map(|one| Some((*one, counts.get(one)?)));
    let words =
        some.map(|(one, count)| look.paint(&format!("{count} {}", one.as_str()), style(one)));
    words.collect::<Vec<_>>().join(", ")
}
