//! What a journal tells of a run that is over.

use std::collections::BTreeMap;
use std::path::Path;

use super::{EVERYWHERE, Line};
use crate::report::{Entry, Kind, Redacted, Report};
use crate::run::repeated;
use crate::scenario::Credential;

/// What may still be at the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Left {
    /// Paths under the base URI, each with whose credential made it.
    pub there: Vec<(String, Credential)>,
    /// Requests whose answers were lost: where to look for something with the mark.
    pub lost: Vec<(String, Credential)>,
}

impl Left {
    /// Nothing may be there.
    pub fn is_empty(&self) -> bool {
        self.there.is_empty() && self.lost.is_empty()
    }
}

/// A run as its journal tells it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Past {
    /// The base URI.
    pub url: String,
    /// When it was begun, or went on last (RFC 3339).
    pub at: String,
    /// The marks of its resources: one for each time that it was begun.
    pub marks: Vec<String>,
    /// Its seed.
    pub seed: u64,
    /// The ids of its scenarios.
    pub scenarios: Vec<String>,
    /// Of those among them that ask again what others ask, the ids of these.
    pub repeats: BTreeMap<String, Vec<String>>,
    /// What was found, by id.
    pub done: BTreeMap<String, Entry>,
    /// What may still be there.
    pub left: Left,
    /// DELETE did not take away what it said: only what is no longer shown is gone.
    pub doubted: bool,
    /// It came to its end.
    pub ended: bool,
}

impl Past {
    /// Reads a journal. Its last line may be half of one; any other that cannot be read is an
    /// error, since what it says may be there would stay.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        Self::of(&text)
    }

    /// What was found until it broke off.
    pub fn report(&self, why: &str) -> Redacted {
        let mut report = Report::new(Kind::Server, &self.url);
        report.started.clone_from(&self.at);
        report.mark = self.marks.last().cloned().unwrap_or_default();
        report.seed = Some(self.seed);
        report.entries = self.done.values().cloned().collect();
        repeated::settle(&mut report.entries, &self.repeats);
        report.requests = report.entries.iter().map(|entry| entry.requests).sum();
        let (all, done) = (self.scenarios.len(), report.entries.len());
        let left = all.saturating_sub(done);
        report.interrupted = Some(format!("{why}: {left} of {all} scenarios were not played"));
        report.left_behind = self.left.there.iter().map(|(path, _)| path.clone()).collect();
        report.may_be_left = self.left.lost.len();
        // Entries in a journal have no secrets.
        report.redacted(&[])
    }

    fn of(text: &str) -> Result<Self, String> {
        let mut past = Self::default();
        let mut there: BTreeMap<String, Credential> = BTreeMap::new();
        let mut open: BTreeMap<(usize, u64), (String, Credential)> = BTreeMap::new();
        let lines: Vec<&str> = text.lines().collect();
        for (place, text) in lines.iter().enumerate() {
            if text.trim().is_empty() {
                continue;
            }
            let line: Line = match serde_json::from_str(text) {
                Ok(line) => line,
                // Half a line: the program ended in it, and perhaps went on behind an empty line.
                Err(error) if error.is_eof() => continue,
                Err(_) if past.marks.is_empty() => {
                    return Err("it does not begin as a journal does".to_owned());
                }
                Err(error) => {
                    return Err(format!("line {} cannot be read: {error}", place + 1));
                }
            };
            let turn = past.marks.len();
            match line {
                Line::Begin { url, mark, seed, at, scenarios, repeats, .. } => {
                    (past.url, past.seed, past.at) = (url, seed, at);
                    // Cleaning up plays none, and changes nothing of what was to be played.
                    if !scenarios.is_empty() {
                        (past.scenarios, past.repeats) = (scenarios, repeats);
                    }
                    past.marks.push(mark);
                    past.ended = false;
                }
                Line::Asks { number, to, with } => {
                    open.insert((turn, number), (to, with));
                }
                Line::Made { path, with, .. } => {
                    there.insert(path, with);
                }
                Line::Answered { number } => {
                    open.remove(&(turn, number));
                }
                Line::Gone { path } => {
                    there.remove(&path);
                }
                Line::Doubted => {
                    past.doubted = true;
                    open.insert((turn, 0), (EVERYWHERE.to_owned(), Credential::Main));
                }
                Line::Searched => open.clear(),
                Line::Done { entry } => {
                    past.done.insert(entry.id.clone(), *entry);
                }
                // A run that came to its end has looked for what came of lost answers.
                Line::End => {
                    past.ended = true;
                    open.clear();
                }
            }
        }
        if past.marks.is_empty() {
            return Err("it does not begin as a journal does".to_owned());
        }
        past.left = Left { there: there.into_iter().collect(), lost: open.into_values().collect() };
        Ok(past)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verdict;

    const BEGIN: &str = r#"{"line":"begin","version":1,"url":"http://x","mark":"pvc1","seed":7,"at":"2026-01-01T00:00:00Z","scenarios":["a","b"]}"#;

    #[test]
    fn what_was_made_and_not_taken_away_is_left() {
        let text = [
            BEGIN,
            r#"{"line":"asks","number":1,"to":"/Users","with":"main"}"#,
            r#"{"line":"made","number":1,"path":"/Users/1","with":"main"}"#,
            r#"{"line":"answered","number":1}"#,
            r#"{"line":"asks","number":2,"to":"/Users","with":"second-tenant"}"#,
            r#"{"line":"made","number":2,"path":"/Users/2","with":"second-tenant"}"#,
            r#"{"line":"answered","number":2}"#,
            r#"{"line":"gone","path":"/Users/1"}"#,
            r#"{"line":"asks","number":3,"to":"/Groups","with":"main"}"#,
            r#"{"line":"as"#,
        ];
        let past = Past::of(&text.join("\n")).unwrap();
        assert_eq!(past.left.there, [("/Users/2".to_owned(), Credential::SecondTenant)]);
        assert_eq!(past.left.lost, [("/Groups".to_owned(), Credential::Main)]);
        assert_eq!((past.seed, past.ended), (7, false));
    }

    #[test]
    fn a_run_that_went_on_counts_its_requests_anew() {
        let asks = r#"{"line":"asks","number":1,"to":"/Users","with":"main"}"#;
        let answered = r#"{"line":"answered","number":1}"#;
        let mut text = [BEGIN, asks, "", BEGIN, asks, answered].join("\n");
        let past = Past::of(&text).unwrap();
        assert_eq!(past.left.lost.len(), 1, "the first one's answer is still lost");
        text.push_str("\n{\"line\":\"end\"}");
        assert!(Past::of(&text).unwrap().left.is_empty(), "the end has looked for it");
        let text = [BEGIN, asks, r#"{"line":"searched"}"#].join("\n");
        let past = Past::of(&text).unwrap();
        assert!(past.left.is_empty() && !past.ended, "it was looked for before it was broken off");
    }

    #[test]
    fn what_a_delete_did_not_take_away_may_be_there() {
        let doubted = r#"{"line":"doubted"}"#;
        let past = Past::of(&[BEGIN, doubted].join("\n")).unwrap();
        assert_eq!(past.left.lost, [("/".to_owned(), Credential::Main)]);
        let searched = [BEGIN, doubted, r#"{"line":"searched"}"#].join("\n");
        let past = Past::of(&searched).unwrap();
        assert!(past.left.is_empty() && past.doubted, "still no DELETE is believed");
    }

    #[test]
    fn what_was_found_until_a_run_broke_off_is_a_report() {
        let asks = r#"{"line":"asks","number":1,"to":"/Users","with":"main"}"#;
        let made = r#"{"line":"made","number":1,"path":"/Users/1","with":"main"}"#;
        let report = Past::of(&[BEGIN, asks, made].join("\n")).unwrap().report("ended at once");
        assert_eq!(report.may_be_left, 1, "it was not answered");
        assert_eq!(
            report.interrupted.as_deref(),
            Some("ended at once: 2 of 2 scenarios were not played")
        );
        assert_eq!(
            (report.seed, report.left_behind.as_slice()),
            (Some(7), &["/Users/1".to_owned()][..])
        );
    }

    #[test]
    fn what_repeats_a_finding_is_no_other_one_in_the_report() {
        let done = |id: &str| {
            let section = r#"{"place":"RFC 7644, 3.3","title":"t"}"#;
            format!(
                r#"{{"line":"done","entry":{{"id":"{id}","title":"t","verdict":"fail","level":"must","section":{section},"why":"w","fix":"f","requests":1,"millis":1}}}}"#
            )
        };
        let begin = BEGIN
            .replace(r#""scenarios":["a","b"]"#, r#""scenarios":["a","b"],"repeats":{"b":["a"]}"#);
        let verdicts = |begin: &str| {
            let past = Past::of(&[begin, &done("a"), &done("b")].join("\n")).unwrap();
            let report = past.report("ended at once");
            report.entries.iter().map(|one| one.verdict).collect::<Vec<_>>()
        };
        assert_eq!(verdicts(&begin), [Verdict::Fail, Verdict::Blocked]);
        assert_eq!(verdicts(BEGIN), [Verdict::Fail; 2], "a journal that does not tell");
    }

    #[test]
    fn cleaning_up_does_not_change_what_was_to_be_played() {
        let clean = BEGIN.replace(r#"["a","b"]"#, "[]");
        let past = Past::of(&[BEGIN, &clean, r#"{"line":"end"}"#].join("\n")).unwrap();
        assert_eq!(past.scenarios, ["a", "b"]);
    }

    #[test]
    fn what_is_no_journal_is_refused() {
        for text in ["", "hello\n", "{\n  \"version\": 1,\n}", "{}"] {
            let told = Past::of(text).unwrap_err();
            assert_eq!(told, "it does not begin as a journal does", "{text}");
        }
        let told = Past::of(&format!("{BEGIN}\nhello\n")).unwrap_err();
        assert!(told.starts_with("line 2 cannot be read"), "{told}");
    }
}
