//! Counting outcomes: the summary at the end of `eval` and `demo`.

use std::collections::BTreeMap;

use provisor::decide::report::Report;
use provisor::rules::model::Model;

use crate::output::{self, Look};

/// Counts over many people; partial ones can be added.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    people: u64,
    deactivated: u64,
    unread: u64,
    assignments: BTreeMap<String, u64>,
    /// People with at least one item dropped for that cause.
    dropped: BTreeMap<&'static str, u64>,
    noted: u64,
}

impl Tally {
    /// Counts a person.
    pub fn count(&mut self, report: &Report<'_>) {
        self.people += 1;
        if !report.notes.is_empty() {
            self.noted += 1;
        }
        let Some(gets) = &report.outcome else {
            self.deactivated += 1;
            return;
        };
        match self.assignments.get_mut(gets.assignment.name) {
            Some(count) => *count += 1,
            None => {
                self.assignments.insert(gets.assignment.name.to_owned(), 1);
            }
        }
        for cause in CAUSES {
            if gets.dropped.iter().any(|item| item.cause == cause.0) {
                *self.dropped.entry(cause.0).or_default() += 1;
            }
        }
    }

    /// Counts somebody who could not be read.
    pub fn count_unread(&mut self) {
        self.unread += 1;
    }

    /// How many could not be read.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// Adds the counts of others.
    pub fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.deactivated += other.deactivated;
        self.unread += other.unread;
        self.noted += other.noted;
        for (name, count) in &other.assignments {
            *self.assignments.entry(name.clone()).or_default() += count;
        }
        for (cause, count) in &other.dropped {
            *self.dropped.entry(cause).or_default() += count;
        }
    }

    /// The counts in lines, each ended; assignments in the order of the rules.
    pub fn render(&self, model: &Model, look: Look) -> String {
        let width = self.people.max(self.unread).to_string().len();
        let mut lines = vec![look.paint(&people(self.people), output::STRONG)];
        for assignment in &model.assignments {
            let name = &assignment.head.name;
            if let Some(count) = self.assignments.get(name) {
                lines.push(format!("  {count:>width$}  {}", output::shown(name)));
            }
        }
        if self.deactivated > 0 {
            lines.push(format!("  {:>width$}  deactivated", self.deactivated));
        }
        for (cause, words) in CAUSES {
            if let Some(count) = self.dropped.get(cause) {
                lines.push(format!("{} {words}", people(*count)));
            }
        }
        if self.noted > 0 {
            let people = people(self.noted);
            lines.push(format!("{people} with notes; `explain` and JSON show them"));
        }
        if self.unread > 0 {
            let text = format!("{} could not be read", people(self.unread));
            lines.push(look.paint(&text, output::ERROR));
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Causes, with what they mean for the people counted.
const CAUSES: [(&str, &str); 4] = [
    ("removed", "with something removed by a never"),
    ("vetoed", "with something switched off by a veto"),
    ("withheld", "with something withheld for want of a prerequisite"),
    ("lowered", "with a profile lowered by a never"),
];

fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
