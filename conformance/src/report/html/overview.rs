//! What stands around the entries: how it stands, what changed, sections, requirements.

use maud::{Markup, html};

use super::{class, entry};
use crate::report::matrix::{Standing, State};
use crate::report::summary::{Counts, Summary, things};
use crate::report::{Kind, Redacted, Section, Verdict, stays, visible};

pub(super) fn header(report: &Redacted, summary: &Summary<'_>) -> Markup {
    let what = match report.kind {
        Kind::Server => "SCIM 2.0 conformance of a server",
        Kind::Source => "SCIM 2.0 conformance of a source",
    };
    let judged = match report.judged_by.as_slice() {
        [] => "RFC 7643, RFC 7644, RFC 9865".to_owned(),
        names => format!("RFC 7643, RFC 7644, RFC 9865, {}", names.join(", ")),
    };
    let mut facts = vec![
        ("begun", report.started.clone()),
        ("took", format!("{:.1} s", report.millis as f64 / 1000.0)),
        ("requests", report.requests.to_string()),
    ];
    if let Some(latency) = &report.latency {
        let all = [("p50", latency.p50), ("p95", latency.p95), ("p99", latency.p99)];
        let all = all.map(|(name, millis)| format!("{name} {millis} ms"));
        facts.push(("answers", all.join(", ")));
    }
    facts.push(("judged by", judged));
    if !report.mark.is_empty() {
        facts.push(("mark", report.mark.clone()));
    }
    facts.extend(report.seed.map(|seed| ("seed", seed.to_string())));
    facts.push(("provisor", report.tool.clone()));
    html! {
        header {
            p .kicker { (what) }
            h1 .(class(summary.tone)) { (capital(&summary.headline)) }
            p .subject { (visible::line(&report.subject)) }
            dl .facts { @for (name, value) in facts { div { dt { (name) } dd { (visible::line(&value)) } } } }
            @if let Some(why) = &report.interrupted {
                p .alert { b { "Broken off: " } (visible::line(why)) }
            }
            @for problem in &report.problems { p .alert { (visible::line(&problem.to_string())) } }
            @if let Some(told) = stays::told(report) {
                div .alert {
                    b { "Left behind, because it could not be taken away" }
                    ul { @for path in &report.left_behind { li { code { (visible::line(path)) } } } }
                    p { (entry::prose(&told)) }
                }
            }
            @if !report.steps.is_empty() {
                details {
                    summary { "How each step ended" }
                    ol {
                        @for step in &report.steps {
                            li value=(step.number) {
                                (visible::line(&step.name)) ": " (visible::line(&step.ended))
                            }
                        }
                    }
                }
            }
            @for note in &report.notes { p .muted { (visible::line(note)) } }
        }
    }
}

pub(super) fn changes(report: &Redacted) -> Markup {
    let Some(changes) = &report.changes else { return html! {} };
    let word = |verdict: Option<Verdict>| verdict.map_or("not there", Verdict::as_str);
    html! {
        section #changes {
            h2 { "Since " (visible::line(&changes.since)) }
            @if let Some(other) = &changes.other_subject {
                p .muted { "That was a run against " (visible::line(other)) "." }
            }
            ul {
                @for change in &changes.changes {
                    li {
                        b { (change.kind.as_str()) } ": "
                        @if change.is.is_some() {
                            a href=(format!("#{}", change.id)) { (visible::line(&change.title)) }
                        } @else { (visible::line(&change.title)) " (" code { (change.id) } ")" }
                        span .muted { ", " (word(change.was)) " → " (word(change.is)) }
                    }
                }
            }
            p .muted { (changes.unchanged) " unchanged." }
        }
    }
}

/// What many findings have in common: mended once, all of them are.
pub(super) fn common(summary: &Summary<'_>) -> Markup {
    html! {
        @if !summary.common.is_empty() {
            section #causes {
                h2 { "The same in several" }
                p .muted { "Differences that several findings have in common. Often one change mends them all, but they can have several reasons." }
                @for one in &summary.common {
                    details .list {
                        summary { (entry::prose(&one.words)) " " span .muted { (one.entries.len()) } }
                        ul {
                            @for entry in &one.entries {
                                li { a href=(format!("#{}", entry.id)) { (entry::prose(&entry.title)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is blocked, under what blocks it.
pub(super) fn causes(report: &Redacted, summary: &Summary<'_>) -> Markup {
    html! {
        @for cause in &summary.causes {
            details .group.blocked open[cause.finding.is_none()] id=(entry::anchor(cause)) {
                summary {
                    "Blocked: " (visible::line(cause.words)) " "
                    span .muted { (cause.blocked.len()) }
                }
                @match cause.finding {
                    Some(finding) => p {
                        "What blocks them is "
                        a href=(format!("#{}", finding.id)) { (entry::prose(&finding.title)) } "."
                    },
                    None => p { "Mend this one thing first; nothing is known of what it blocks." },
                }
                @for one in &cause.blocked { (entry::shown(report, summary, one)) }
            }
        }
    }
}

pub(super) fn sections(summary: &Summary<'_>) -> Markup {
    let known = summary.sections.iter().filter(|(_, counts)| !counts.is_empty());
    let is_broken = |counts: &Counts| counts.keys().any(|verdict| verdict.is_finding());
    let (broken, whole): (Vec<_>, Vec<_>) = known.partition(|(_, counts)| is_broken(counts));
    html! {
        section {
            h2 { "By section" }
            @if !broken.is_empty() { (list(&broken)) }
            @if !whole.is_empty() {
                details { summary { (whole.len()) " without a finding" } (list(&whole)) }
            }
        }
    }
}

fn list(sections: &[&(&Section, Counts)]) -> Markup {
    html! {
        ul .sections {
            @for (section, counts) in sections {
                li {
                    span { (section.place) " " span .muted { (visible::line(&section.title)) } }
                    (bar(counts))
                    span .counts { (counted(counts)) }
                }
            }
        }
    }
}

fn bar(counts: &Counts) -> Markup {
    html! {
        span .bar aria-hidden="true" {
            @for (verdict, count) in counts {
                span .(class(*verdict)) style=(format!("flex:{count}")) {}
            }
        }
    }
}

fn counted(counts: &Counts) -> Markup {
    html! {
        @for (place, (verdict, count)) in counts.iter().enumerate() {
            @if place > 0 { ", " }
            b .(class(*verdict)) { (count) } " " (verdict.as_str())
        }
    }
}

pub(super) fn requirements(report: &Redacted) -> Markup {
    let count = |state: State| report.requirements.iter().filter(|one| one.state == state).count();
    let states = [
        (State::Tested, "tested"),
        (State::NotReached, "not reached: skipped, blocked, in error or not exercised"),
        (State::NotChosen, "not chosen for this run"),
        (State::NotCovered, "not covered"),
        (State::NotTestable, "not testable from outside"),
    ];
    html! {
        @if !report.requirements.is_empty() {
            section #requirements {
                h2 { "Requirements" }
                @for (state, words) in states {
                    @if count(state) > 0 {
                        details .list {
                            summary { (count(state)) " " (words) }
                            ul .matrix {
                                @for one in report.requirements.iter().filter(|one| one.state == state) {
                                    (requirement(one))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn requirement(standing: &Standing) -> Markup {
    let Standing { requirement, verdict, reason, entries, .. } = standing;
    html! {
        li {
            @if let Some(verdict) = verdict {
                span .badge .(class(*verdict)) { (verdict.as_str()) }
            }
            b { (requirement.id) } " " span .muted { (requirement.keyword) } " " (entry::prose(&requirement.text))
            @if let Some(reason) = reason { span .muted { " – " (reason) } }
            @for id in entries { " " a href=(format!("#{id}")) { (id) } }
        }
    }
}

pub(super) fn footer(report: &Redacted) -> Markup {
    html! {
        footer {
            p {
                "The lines to repeat a request hold no credential: set it first, such as "
                code { "export TOKEN=…" } ". Secrets are taken out of this page; each stands as "
                code { "[redacted]" } "."
            }
            p { (report.entries.len()) " " (things(report.kind)) ". Made by provisor " (report.tool) "." }
        }
    }
}

/// A sentence's first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
