//! What readers want first: how it stands, what blocks most, and which sections are broken.

use std::collections::BTreeMap;

use super::baseline::ChangeKind;
use super::common::{self, Common};
use super::{Entry, Exchange, Kind, Report, Section, Verdict};

/// How many entries of each verdict.
pub type Counts = BTreeMap<Verdict, usize>;

/// A report at a glance.
#[derive(Debug)]
pub struct Summary<'a> {
    /// One line: whether it conforms.
    pub headline: String,
    /// The verdict whose colour that line has.
    pub tone: Verdict,
    /// Verdicts of all that counts.
    pub counts: Counts,
    /// Entries that do not count, since somebody waived them.
    pub waived: Vec<&'a Entry>,
    /// Findings, worst first; blocked ones are under their cause.
    pub findings: Vec<&'a Entry>,
    /// What blocks others, the greatest first.
    pub causes: Vec<Cause<'a>>,
    /// Differences that several of the findings have.
    pub common: Vec<Common<'a>>,
    /// Verdicts by section, in the order of the RFCs.
    pub sections: Vec<(&'a Section, Counts)>,
    /// Requests by verdict.
    pub requests: BTreeMap<Verdict, u64>,
}

/// One thing that blocks entries.
#[derive(Debug)]
pub struct Cause<'a> {
    /// What it is.
    pub words: &'a str,
    /// The finding that shows it, where one does.
    pub finding: Option<&'a Entry>,
    /// What it blocks.
    pub blocked: Vec<&'a Entry>,
}

impl<'a> Summary<'a> {
    /// Of a report.
    pub fn of(report: &'a Report) -> Self {
        let counting = || report.entries.iter().filter(|entry| entry.waived.is_none());
        let causes = causes(report);
        // What only asks again for the same hides nothing; what stopped on the way does.
        let went_on = |one: &Entry| one.findings.iter().all(|one| !one.differences.is_empty());
        let hidden = |cause: &Cause<'_>| {
            let hides = |one: &&&Entry| one.own_verdict.is_none() || !went_on(one);
            cause.blocked.iter().filter(hides).count()
        };
        let blocks = |entry: &Entry| {
            let of_it = |cause: &&Cause<'_>| cause.finding.is_some_and(|one| one.id == entry.id);
            causes.iter().filter(of_it).map(hidden).sum::<usize>()
        };
        let mut findings: Vec<&Entry> =
            counting().filter(|one| one.is_finding() && one.verdict != Verdict::Blocked).collect();
        findings.sort_by_cached_key(|one| {
            let most = std::cmp::Reverse(blocks(one));
            let rank = rank(report.kind, &one.id);
            (one.verdict, rank, most, weight(one), one.section.order(), one.id.clone())
        });
        let mut sections: Vec<(&Section, Counts)> = Vec::new();
        let mut requests = BTreeMap::new();
        for entry in &report.entries {
            *requests.entry(entry.verdict).or_insert(0) += entry.requests;
            let place = sections.iter().position(|(one, _)| one.place == entry.section.place);
            let place = place.unwrap_or_else(|| {
                sections.push((&entry.section, Counts::new()));
                sections.len() - 1
            });
            if let (Some((_, counts)), None) = (sections.get_mut(place), &entry.waived) {
                *counts.entry(entry.verdict).or_insert(0) += 1;
            }
        }
        sections.sort_by_cached_key(|(section, _)| section.order());
        let counts = report.counts();
        Self {
            headline: headline(report, &counts),
            tone: tone(report, &counts),
            counts,
            waived: report.waived_entries().collect(),
            common: common::of(&findings),
            findings,
            causes,
            sections,
            requests,
        }
    }
}

/// Of what is wrong with a source, causes stand before what follows from them: who cannot sign in,
/// or sends requests that are refused, has nothing that arrives.
fn rank(kind: Kind, id: &str) -> u8 {
    match (kind, id.split('/').next().unwrap_or_default()) {
        (Kind::Server, _) | (Kind::Source, "auth") => 0,
        (Kind::Source, "reaction") => 2,
        (Kind::Source, "action" | "state") => 3,
        (Kind::Source, "hygiene") => 4,
        (Kind::Source, _) => 1,
    }
}

/// What stops others, in the same words wherever it happens. `target` is what follows the base
/// URI.
pub fn cause(method: &str, target: &str, status: u16) -> String {
    let kind = target.split(['/', '?']).nth(1).unwrap_or_default();
    format!("{method} /{kind} answers {status}")
}

/// What endangers people and their data comes first, then what a quick run takes as the most
/// telling, then the rest.
fn weight(entry: &Entry) -> usize {
    const LEAST: usize = 2;
    if entry.counting().next().is_some() && entry.counting().all(|finding| finding.minor) {
        return LEAST;
    }
    let has = |tag: &str| entry.tags.iter().any(|one| one == tag);
    ["security", "quick"].iter().position(|tag| has(tag)).unwrap_or(LEAST)
}

fn causes(report: &Report) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for entry in report.entries.iter().filter(|entry| entry.verdict == Verdict::Blocked) {
        let words = entry.blocked_by.as_deref().or(entry.reason.as_deref()).unwrap_or("not known");
        match causes.iter_mut().find(|cause| cause.words == words) {
            Some(cause) => cause.blocked.push(entry),
            None => {
                causes.push(Cause { words, finding: shown_by(report, words), blocked: vec![entry] })
            }
        }
    }
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.blocked.len()));
    causes
}

/// The finding that is about what blocks others: its id, or its evidence, is that.
fn shown_by<'a>(report: &'a Report, words: &str) -> Option<&'a Entry> {
    let by_id = |entry: &&Entry| {
        entry.id == words && matches!(entry.verdict, Verdict::Fail | Verdict::Warn)
    };
    if let Some(entry) = report.entries.iter().find(by_id) {
        return Some(entry);
    }
    // What is refused for what was in it says nothing of another request; only that nothing can be
    // made says something of all that needs it.
    let refused = ["400", "409", "412", "422"].iter().any(|one| words.ends_with(one));
    if refused && !words.starts_with("POST ") {
        return None;
    }
    let base = report.subject.trim_end_matches('/');
    let is_it = |exchange: &Exchange| {
        let target = exchange.request.url.strip_prefix(base).unwrap_or(&exchange.request.url);
        let answer = exchange.answer.as_ref();
        answer.is_some_and(|answer| cause(&exchange.request.method, target, answer.status) == words)
    };
    let failing = report.entries.iter().filter(|entry| entry.verdict == Verdict::Fail);
    let shows =
        |entry: &&Entry| entry.findings.iter().flat_map(|finding| &finding.exchanges).any(is_it);
    // The simplest one, which needed the fewest requests.
    failing.filter(shows).min_by_key(|entry| entry.requests)
}

/// The worst finding; what is skipped takes nothing from what passes.
fn tone(report: &Report, counts: &Counts) -> Verdict {
    let worst = counts.keys().find(|verdict| verdict.is_finding());
    match worst {
        Some(worst) => *worst,
        None if report.interrupted.is_some() => Verdict::Error,
        None if report.known_failures() > 0 => Verdict::Warn,
        None if is_nothing(counts) => Verdict::Skip,
        None => Verdict::Pass,
    }
}

/// Whether nothing was tested at all.
pub(super) fn is_nothing(counts: &Counts) -> bool {
    counts.keys().all(|verdict| *verdict == Verdict::NotExercised)
}

fn headline(report: &Report, counts: &Counts) -> String {
    let count = |verdict| counts.get(&verdict).copied().unwrap_or(0);
    let known = report.known_failures();
    let all = counts.values().sum::<usize>() + report.waived_entries().count();
    let things = if all == 1 { thing(report.kind) } else { things(report.kind) };
    let fail = count(Verdict::Fail);
    if fail > 0 {
        let verb = if fail == 1 { "fails" } else { "fail" };
        let new = report.changes.as_ref().map(|changes| changes.count(ChangeKind::NewFailure));
        let new = match new {
            None => String::new(),
            Some(0) => ", none of them new".to_owned(),
            Some(count) => format!(", {count} of them new"),
        };
        let known = if known > 0 { format!("; {known} more, waived") } else { String::new() };
        return format!("not conformant: {fail} of {all} {things} {verb}{new}{known}");
    }
    if known > 0 {
        let s = if known == 1 { "" } else { "s" };
        let (errors, blocked) = (count(Verdict::Error), count(Verdict::Blocked));
        let but = match (&report.interrupted, errors, blocked) {
            (Some(_), _, _) => ", but the run was broken off".to_owned(),
            (None, 0, 0) => String::new(),
            (None, 0, blocked) => format!(", but {blocked} of {all} {things} are blocked"),
            (None, errors, _) => format!(", but {errors} of {all} {things} could not be run"),
        };
        return format!(
            "not conformant: {known} known failure{s}, waived; nothing else fails{but}"
        );
    }
    if report.interrupted.is_some() {
        return "not known: the run was broken off".to_owned();
    }
    for (verdict, means) in [
        (Verdict::Error, "could not be run"),
        (Verdict::Blocked, "are blocked, so nothing is known of them"),
    ] {
        if count(verdict) > 0 {
            return format!("nothing fails, but {} of {all} {things} {means}", count(verdict));
        }
    }
    match count(Verdict::Warn) {
        0 if all == 0 => format!("not known: there were no {things}"),
        0 if is_nothing(counts) => "not known: nothing was tested".to_owned(),
        0 => "conformant, as far as was tested".to_owned(),
        1 => "conformant, as far as was tested, with 1 warning".to_owned(),
        warn => format!("conformant, as far as was tested, with {warn} warnings"),
    }
}

/// So many things: "1 user", "2 users".
pub fn many(count: impl std::fmt::Display, thing: &str) -> String {
    let count = count.to_string();
    let s = if count == "1" { "" } else { "s" };
    format!("{count} {thing}{s}")
}

/// What an entry is called.
pub fn thing(kind: Kind) -> &'static str {
    match kind {
        Kind::Server => "scenario",
        Kind::Source => "rule",
    }
}

/// What entries are called.
pub fn things(kind: Kind) -> &'static str {
    match kind {
        Kind::Server => "scenarios",
        Kind::Source => "rules",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(counts: &[(Verdict, usize)]) -> (String, Verdict) {
        let report = Report::new(Kind::Server, "http://h");
        let counts = counts.iter().copied().collect();
        (headline(&report, &counts), tone(&report, &counts))
    }

    #[test]
    fn what_hides_others_comes_first_then_what_endangers_people() {
        let entry = |id: &str, verdict: &str, tags: &[&str]| {
            let entry = serde_json::json!({
                "id": id, "title": id, "verdict": verdict, "level": "must", "tags": tags,
                "section": { "place": "RFC 7644, 3.3", "title": "" },
                "why": "w", "fix": "f", "requests": 1, "millis": 1,
            });
            serde_json::from_value::<Entry>(entry).unwrap()
        };
        let blocked = |id: &str, by: &str| Entry {
            blocked_by: Some(by.to_owned()),
            ..entry(id, "blocked", &["security"])
        };
        let mut report = Report::new(Kind::Server, "http://h");
        report.entries = vec![
            entry("a-plain", "fail", &[]),
            entry("b-warning", "warn", &["security"]),
            entry("c-quick", "fail", &["patch", "quick"]),
            entry("d-repeated", "fail", &[]),
            entry("e-security", "fail", &["quick", "security"]),
            entry("f-blocking", "fail", &[]),
            blocked("g-blocked", "f-blocking"),
            Entry { own_verdict: Some(Verdict::Fail), ..blocked("h-again", "d-repeated") },
        ];
        let order: Vec<&str> =
            Summary::of(&report).findings.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(
            order,
            ["f-blocking", "e-security", "c-quick", "a-plain", "d-repeated", "b-warning"]
        );
    }

    #[test]
    fn a_refusal_of_one_request_is_not_blamed_for_that_of_another() {
        let fails = |method: &str, status: u16| {
            let exchange = serde_json::json!({
                "request": { "method": method, "url": "http://h/Users?x", "headers": [] },
                "answer": { "status": status, "headers": [] },
                "started": "2026-01-01T00:00:00.000Z",
            });
            let entry = serde_json::json!({
                "id": "fails", "title": "t", "verdict": "fail", "level": "must",
                "section": { "place": "RFC 7644, 3.3", "title": "" },
                "why": "w", "fix": "f", "requests": 1, "millis": 1,
                "findings": [{
                    "name": "n", "level": "must", "differences": [], "exchanges": [exchange],
                }],
            });
            let mut report = Report::new(Kind::Server, "http://h");
            report.entries = vec![serde_json::from_value::<Entry>(entry).unwrap()];
            let words = cause(method, "/Users", status);
            shown_by(&report, &words).is_some()
        };
        assert!(fails("GET", 500) && fails("PATCH", 501) && fails("POST", 400));
        assert!(!fails("GET", 400) && !fails("PATCH", 400) && !fails("PUT", 409));
    }

    #[test]
    fn the_headline_says_no_more_than_is_known() {
        use Verdict::{Blocked, Error, Fail, NotExercised, Pass, Skip, Warn};
        for (counts, words, tone) in [
            (&[][..], "not known: there were no scenarios", Skip),
            (&[(Pass, 3), (Skip, 2)], "conformant, as far as was tested", Pass),
            (&[(Pass, 3), (NotExercised, 2)], "conformant, as far as was tested", Pass),
            (&[(NotExercised, 5)], "not known: nothing was tested", Skip),
            (&[(Pass, 3), (Warn, 1)], "conformant, as far as was tested, with 1 warning", Warn),
            (&[(Pass, 3), (Fail, 1), (Error, 9)], "not conformant: 1 of 13 scenarios fails", Fail),
            (
                &[(Pass, 3), (Error, 1)],
                "nothing fails, but 1 of 4 scenarios could not be run",
                Error,
            ),
            (
                &[(Pass, 1), (Blocked, 2)],
                "nothing fails, but 2 of 3 scenarios are blocked, so nothing is known of them",
                Blocked,
            ),
        ] {
            assert_eq!(says(counts), (words.to_owned(), tone));
        }
    }

    #[test]
    fn of_a_source_causes_stand_before_what_follows_from_them() {
        let ids = ["auth/not-in-url", "media/accept", "reaction/waits", "action/add-members"];
        let ranks = ids.map(|id| rank(Kind::Source, id));
        assert!(ranks.is_sorted() && ranks[0] < ranks[3], "{ranks:?}");
    }

    #[test]
    fn a_cause_has_the_same_words_wherever_it_happens() {
        assert_eq!(cause("POST", "/Users", 500), "POST /Users answers 500");
        assert_eq!(cause("PATCH", "/Groups/1?attributes=id", 400), "PATCH /Groups answers 400");
    }
}
