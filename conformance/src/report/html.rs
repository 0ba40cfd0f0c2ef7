//! The report as one page: no other file, no network, whole without scripts. What servers said
//! is text to it; the page's own script is the only one that its policy lets run.

mod entry;
mod overview;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::script;
use super::summary::{Summary, things};
use super::{Entry, Kind, Redacted, Verdict, visible};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
/// The SHA-256 of the script in Base64, which lets it run and no other.
const SCRIPT_HASH: &str = "M/U3qcuOFRRSrhJOyBqbYe4YUZn6KRWf2U9BxYblx9E=";

/// The report as HTML.
pub fn render(report: &Redacted) -> String {
    page(report).into_string()
}

fn page(report: &Redacted) -> Markup {
    let summary = Summary::of(report);
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{SCRIPT_HASH}'; \
         img-src data:; base-uri 'none'; form-action 'none'"
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "SCIM conformance: " (visible::line(&report.subject)) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                (overview::header(report, &summary))
                (filters(report, &summary))
                main {
                    (overview::changes(report))
                    (overview::common(&summary))
                    @if let Some(needs) = script::needs(report) {
                        p .muted { "The lines with curl need " code { (needs) } "." }
                    }
                    (entries(report, &summary))
                    (overview::sections(&summary))
                    (overview::requirements(report))
                }
                (overview::footer(report))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// The class and the filter's value of a verdict.
fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotExercised => "not-exercised",
        other => other.as_str(),
    }
}

fn filters(report: &Redacted, summary: &Summary<'_>) -> Markup {
    let mut documents: Vec<&str> = Vec::new();
    for (section, _) in &summary.sections {
        let document = section.place.split(',').next().unwrap_or_default();
        if documents.last() != Some(&document) {
            documents.push(document);
        }
    }
    html! {
        form #filters hidden {
            fieldset .pills {
                legend { "Verdicts to show" }
                @for (verdict, count) in &summary.counts {
                    label .pill .(class(*verdict)) {
                        input type="checkbox" name="verdict" value=(class(*verdict));
                        (verdict.as_str()) " " b { (count) }
                    }
                }
                @if !summary.waived.is_empty() {
                    label .pill.waived {
                        input type="checkbox" name="verdict" value="waived";
                        "waived " b { (summary.waived.len()) }
                    }
                }
            }
            div .row {
                select name="section" aria-label="Section" {
                    option value="" { "all sections" }
                    @for document in documents {
                        option value=(document) { (document) }
                        @for (section, _) in &summary.sections {
                            @if section.place.split(',').next() == Some(document)
                                && section.place != document {
                                option value=(section.place) {
                                    "\u{2003}" (section.place) " " (visible::line(&section.title))
                                }
                            }
                        }
                    }
                }
                input type="search" name="text" placeholder="words, such as members or RFC7644-3.5"
                    aria-label="Words to look for" autocomplete="off";
            }
            div .end {
                output #shown { (report.entries.len()) " in all" }
                span {
                    button #open type="button" { "Open or close all" } " "
                    button type="reset" { "Show all" }
                }
            }
        }
        p #none hidden { "Nothing fits. " b { "Show all" } " takes the filters away." }
    }
}

fn entries(report: &Redacted, summary: &Summary<'_>) -> Markup {
    let of = |verdict: Verdict| {
        let all = summary.findings.iter().copied();
        all.filter(|entry| entry.verdict == verdict).collect::<Vec<_>>()
    };
    let quiet = |wanted: &dyn Fn(&Entry) -> bool| {
        let all = report.entries.iter().filter(|one| one.waived.is_none() && wanted(one));
        all.collect::<Vec<_>>()
    };
    let chosen = quiet(&|one| one.verdict == Verdict::Pass && one.chosen.is_some());
    let passed = quiet(&|one| one.verdict == Verdict::Pass && one.chosen.is_none());
    let who = match report.kind {
        Kind::Server => "the server",
        Kind::Source => "the source",
    };
    html! {
        (group("Failures", "a MUST is broken", true, &of(Verdict::Fail), report, summary))
        (group("Errors", "no answer, or a fault of the tester", true, &of(Verdict::Error), report, summary))
        (overview::causes(report, summary))
        (group("Warnings", "a SHOULD is broken", true, &of(Verdict::Warn), report, summary))
        (group("Waived", "known, with a reason", false, &summary.waived, report, summary))
        (group("Choices", &format!("what {who} does where the RFCs leave it free"), false, &chosen, report, summary))
        (group("Not exercised", "it never came to this", false, &quiet(&|one| one.verdict == Verdict::NotExercised), report, summary))
        (group("Skipped", "what is needed is not offered", false, &quiet(&|one| one.verdict == Verdict::Skip), report, summary))
        (group("Passed", "", false, &passed, report, summary))
        @if report.entries.is_empty() { p { "There were no " (things(report.kind)) "." } }
    }
}

fn group(
    title: &str,
    says: &str,
    open: bool,
    entries: &[&Entry],
    report: &Redacted,
    summary: &Summary<'_>,
) -> Markup {
    html! {
        @if !entries.is_empty() {
            details .group open[open] {
                summary {
                    (title) " " span .muted {
                        (entries.len()) @if !says.is_empty() { ": " (says) }
                    }
                }
                @for entry in entries { (entry::shown(report, summary, entry)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_lets_the_script_run() {
        let hash = STANDARD.encode(Sha256::digest(SCRIPT));
        assert_eq!(SCRIPT_HASH, hash, "write this hash into SCRIPT_HASH");
    }

    #[test]
    fn style_and_script_cannot_end_early_nor_load_anything() {
        for text in [STYLE, SCRIPT] {
            for word in ["</", "<!--", "http:", "https:", "@import", "url(", "fetch(", "eval("] {
                assert!(!text.contains(word), "{word}");
            }
        }
    }
}
