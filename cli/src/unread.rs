//! People and groups that could not be read: the first are named, the rest is counted.

use crate::output::{self, Output};

/// How many are named.
const NAMED: u64 = 20;

/// Complains on standard error.
pub struct Unread<'a> {
    /// `person`
    kind: &'static str,
    output: &'a Output,
    count: u64,
}

impl<'a> Unread<'a> {
    /// Nobody yet.
    pub fn new(kind: &'static str, output: &'a Output) -> Self {
        Self { kind, output, count: 0 }
    }

    /// One more: `file:line: why`.
    pub fn add(&mut self, what: &str) {
        self.count += 1;
        if self.count <= NAMED {
            let label = self.output.err.paint("error", output::ERROR);
            let what = output::shown(what);
            self.output.complain(&format!("{label}: cannot read the {} at {what}", self.kind));
        }
    }

    /// Says how many were not named; answers how many there are in all.
    pub fn end(self) -> u64 {
        if self.count > NAMED {
            let more = self.count - NAMED;
            self.output.complain(&format!("and {more} more that could not be read"));
        }
        self.count
    }
}
