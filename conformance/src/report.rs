//! What a run found, as data.

pub mod text;

use std::collections::BTreeMap;

use crate::expect::Difference;
use crate::http::Exchange;
use crate::scenario::Scenario;

/// What a scenario says of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It does what is asked.
    Pass,
    /// A MUST is broken.
    Fail,
    /// A SHOULD is broken.
    Warn,
    /// What is needed did not come about because of another fault.
    Blocked,
    /// The server does not offer what is needed.
    Skip,
    /// No answer, or a fault of this side.
    Error,
}

impl Verdict {
    /// All of them, worst first.
    pub const ALL: [Self; 6] =
        [Self::Fail, Self::Error, Self::Blocked, Self::Warn, Self::Skip, Self::Pass];

    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Blocked => "blocked",
            Self::Skip => "skip",
            Self::Error => "error",
        }
    }
}

/// The outcome of one scenario.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its verdict.
    pub verdict: Verdict,
    /// Why it is blocked, skipped or in error.
    pub reason: Option<String>,
    /// How answers differed, each with the step that noticed it.
    pub findings: Vec<Finding>,
    /// Requests that it sent.
    pub requests: u32,
}

/// Differences that one step noticed.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The step, from 1; 0 for what should not have changed.
    pub step: usize,
    /// What it does.
    pub name: String,
    /// The exchange.
    pub exchange: Exchange,
    /// How the answer differed.
    pub differences: Vec<Difference>,
}

/// Everything that a run found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The base URI.
    pub url: String,
    /// The mark of everything that the run made.
    pub mark: String,
    /// Scenarios with their outcomes, in the order of ids.
    pub outcomes: Vec<(Scenario, Outcome)>,
    /// Requests sent in all.
    pub requests: u64,
    /// Milliseconds from start to end.
    pub millis: u64,
    /// Paths of resources that could not be taken away.
    pub left_behind: Vec<String>,
}

impl Report {
    /// How many scenarios have each verdict.
    pub fn counts(&self) -> BTreeMap<Verdict, usize> {
        let mut counts = BTreeMap::new();
        for (_, outcome) in &self.outcomes {
            *counts.entry(outcome.verdict).or_insert(0) += 1;
        }
        counts
    }

    /// Whether the server conforms as far as was tested.
    pub fn conforms(&self) -> bool {
        !self.outcomes.iter().any(|(_, outcome)| outcome.verdict == Verdict::Fail)
    }

    /// Whether everything could be run.
    pub fn ran(&self) -> bool {
        !self.outcomes.iter().any(|(_, outcome)| outcome.verdict == Verdict::Error)
    }
}
