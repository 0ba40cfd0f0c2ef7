//! One thing that was judged: what was found, the evidence, why it matters, how to mend it.

use maud::{Markup, html};

use super::class;
use crate::report::indent::indented;
use crate::report::script::{self, Lines};
use crate::report::summary::{Cause, Summary};
use crate::report::visible::Part;
use crate::report::{Body, Cited, Entry, Exchange, Finding, Redacted, Verdict, told, visible};
use crate::scenario::Level;

pub(super) fn shown(report: &Redacted, summary: &Summary<'_>, entry: &Entry) -> Markup {
    let verdict = class(entry.verdict);
    let filtered = if entry.waived.is_some() { "waived" } else { verdict };
    let change = report.changes.as_ref().and_then(|changes| changes.of(&entry.id));
    let of_it = |cause: &&Cause<'_>| cause.finding.is_some_and(|one| one.id == entry.id);
    html! {
        details .entry .(filtered) id=(entry.id) data-verdict=(filtered)
            data-section=(entry.section.place) {
            summary {
                span .badge { (entry.verdict.as_str()) }
                @if let Some(change) = change { span .badge.light { (change.kind.as_str()) } }
                span .name { (prose(&entry.title)) }
                code .id { (entry.id) }
            }
            div .in {
                @if let Some(waived) = &entry.waived {
                    p { b { "Waived until " (waived.expires) ": " } (visible::line(&waived.reason)) }
                }
                @if let Some(reason) = &entry.reason { p { (prose(reason)) } }
                @if let Some(chosen) = &entry.chosen { p { b { "Chosen: " } (visible::line(chosen)) } }
                @if let Some(cause) = summary.causes.iter().find(of_it) {
                    p { "It blocks " a href=(format!("#{}", anchor(cause))) {
                        (cause.blocked.len()) @if cause.blocked.len() == 1 { " other" } @else { " others" } } "." }
                }
                h3 { "Why it matters" }
                p { (prose(&entry.why)) }
                @for (one, lines) in entry.findings.iter().zip(script::of(entry, &report.mark)) { (finding(one, &lines)) }
                (requirements(entry))
                @if entry.verdict != Verdict::Pass {
                    h3 { "How to fix it" }
                    p { (prose(&entry.fix)) }
                }
                p .note { (about(entry)) " " a href=(format!("#{}", entry.id)) { "Link to this" } }
            }
        }
    }
}

/// What is broken, and folded away what else the scenario stands on.
fn requirements(entry: &Entry) -> Markup {
    let (first, more) = entry.broken();
    let is_first = |cited: &&Cited| first.iter().any(|one| one.id == cited.id);
    let shown = |cited: &Cited| {
        html! {
            blockquote {
                p { (prose(&cited.text)) }
                p .muted { b { (cited.keyword) } " " (cited.place) ", " (cited.id) }
            }
        }
    };
    html! {
        @if !first.is_empty() {
            h3 { "What is asked for" }
            @if !entry.says_what_it_breaks() { p { "What it breaks is one of these:" } }
            @for cited in &first { (shown(cited)) }
        }
        @if more > 0 {
            details .list {
                summary { "and " (more) " more" }
                @for cited in entry.requirements.iter().filter(|one| !is_first(one)) { (shown(cited)) }
            }
        }
    }
}

/// Text on one line; what stands between backticks is code.
pub(super) fn prose(text: &str) -> Markup {
    let text = visible::line(text);
    html! {
        @for part in visible::parts(&text) {
            @match part {
                Part::Words(text) => (text),
                Part::Code(text) => code { (text) },
            }
        }
    }
}

/// Where what one thing blocks is listed.
pub(super) fn anchor(cause: &Cause<'_>) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("blocked-{}", cause.words.chars().take(60).map(word).collect::<String>())
}

fn about(entry: &Entry) -> String {
    let mut parts =
        vec![format!("{}, {}", entry.section.place, visible::line(&entry.section.title))];
    if !entry.tags.is_empty() {
        parts.push(format!("tags {}", entry.tags.join(", ")));
    }
    if !entry.dialects.is_empty() {
        parts.push(format!("judged by {}", entry.dialects.join(", ")));
    }
    // Of a source it is not known what a rule took.
    let millis = if entry.millis > 0 { format!(", {} ms", entry.millis) } else { String::new() };
    parts.push(format!("{} requests{millis}", entry.requests));
    format!("{}.", parts.join("; "))
}

fn finding(finding: &Finding, lines: &Lines) -> Markup {
    html! {
        h3 { @if let Some(step) = finding.step { "Step " (step) ": " } "what happened" }
        p {
            (visible::line(&finding.name))
            @match finding.level {
                Level::Must => {}
                Level::Should => { " " span .muted { "(a SHOULD)" } }
                Level::May => { " " span .muted { "(a MAY)" } }
            }
        }
        @if !finding.differences.is_empty() {
            dl .diff {
                @for one in &finding.differences {
                    @let (expected, found) = told::values(one);
                    div {
                        dt { (visible::line(&one.place)) }
                        dd .expected { b { "expected " } (visible::line(&expected)) }
                        dd .found { b { "found " } (visible::line(&found)) }
                    }
                }
            }
        }
        @for (place, (one, line)) in finding.exchanges.iter().zip(&lines.then).enumerate() {
            @let before = if place == 0 { lines.before.as_slice() } else { &[] };
            (exchange(one, before, line))
        }
    }
}

/// An exchange with the lines that repeat it: first what was sent before it, then itself.
fn exchange(exchange: &Exchange, before: &[String], line: &str) -> Markup {
    let Exchange { request, answer, failed, millis, .. } = exchange;
    html! {
        div .curl {
            div .tools {
                @if request.received {
                    h3 { "What came" }
                } @else {
                    h3 { "To repeat it" }
                    button .copy type="button" hidden { "Copy" }
                }
            }
            pre tabindex="0" {
                code { @for one in before { (one) "\n" } (line) }
            }
        }
        div .exchange.both {
            div {
                h3 { "Request" }
                pre tabindex="0" {
                    (visible::lines(&format!("{} {}\n", request.method, request.url)))
                    (headers(&request.headers)) (body(request.body.as_ref()))
                }
                (note(request.body.as_ref()))
            }
            div {
                h3 { "Answer" @if let Some(millis) = millis { " after " (rounded(*millis)) " ms" } }
                @if let Some(answer) = answer {
                    pre tabindex="0" {
                        (answer.status) "\n" (headers(&answer.headers)) (body(answer.body.as_ref()))
                    }
                    (note(answer.body.as_ref()))
                }
                @if let Some(message) = failed { p { "None: " (visible::line(message)) } }
            }
        }
    }
}

fn headers(headers: &[(String, String)]) -> String {
    let lines = headers.iter().map(|(name, value)| format!("{name}: {}\n", visible::line(value)));
    lines.collect()
}

fn body(body: Option<&Body>) -> String {
    body.map_or_else(String::new, |body| format!("\n{}", visible::lines(&indented(&body.text))))
}

fn note(body: Option<&Body>) -> Markup {
    html! {
        @if let Some(note) = body.and_then(Body::note) { p .note { "The body has " (note) "." } }
    }
}

fn rounded(millis: f64) -> f64 {
    (millis * 10.0).round() / 10.0
}
