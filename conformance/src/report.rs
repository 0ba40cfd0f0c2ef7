//! What a run found, as data: of a server, or of a client that the judge watched. Nothing here
//! knows scenarios; reporters print this and nothing else.
//!
//! A [`Report`] is filled by whoever runs. [`Report::redacted`] takes the secrets out and gives
//! a [`Redacted`], the only thing that a reporter takes.

mod around;
pub mod badge;
pub mod baseline;
pub mod common;
mod curl;
pub mod entry;
pub mod exchange;
pub mod format;
pub mod har;
pub mod html;
pub mod indent;
pub mod json;
pub mod junit;
pub mod latency;
pub mod markdown;
pub mod matrix;
pub mod redact;
pub mod sarif;
mod script;
pub mod summary;
pub mod text;
mod told;
pub mod verdict;
pub mod visible;
pub mod waivers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use baseline::Changes;
pub use entry::{Cited, Entry, Finding, Section, Waived};
pub use exchange::{Answer, Body, Exchange, Request};
pub use format::Format;
pub use latency::Latency;
pub use matrix::Standing;
pub use redact::Redacted;
pub use verdict::Verdict;
pub use waivers::Problem;

/// The version of the JSON form. It rises when something that was there goes or changes its
/// meaning; more members do not change it.
pub const VERSION: u32 = 1;

/// Everything that a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`] of the form.
    pub version: u32,
    /// What was tested.
    pub kind: Kind,
    /// The version of this tool.
    pub tool: String,
    /// The base URI of the server; for a client, what it is called.
    pub subject: String,
    /// By what it was judged besides the RFCs: names of dialects, or of the contract.
    pub judged_by: Vec<String>,
    /// The mark of everything that the run made.
    pub mark: String,
    /// The seed that repeats the run, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// When it began (RFC 3339).
    pub started: String,
    /// Milliseconds from start to end.
    pub millis: u64,
    /// Why it ended before everything was done; none where everything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<String>,
    /// Requests in all, those of setting up and cleaning up too.
    pub requests: u64,
    /// How long answers took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// What was judged, in the order of ids.
    pub entries: Vec<Entry>,
    /// How each requirement stands, where that was worked out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Standing>,
    /// What changed since an earlier report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// What is wrong with the waivers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Paths of resources that could not be taken away.
    #[serde(default)]
    pub left_behind: Vec<String>,
    /// The steps of a run that goes through some, and how each ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What readers should know besides, a line each.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number, from 1.
    pub number: usize,
    /// What it was about.
    pub name: String,
    /// How it ended, in words.
    pub ended: String,
}

/// What was tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A SCIM service provider.
    Server,
    /// A SCIM client: the source of people and groups.
    Source,
}

impl Report {
    /// An empty report that begins now.
    pub fn new(kind: Kind, subject: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            kind,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            subject: subject.into(),
            judged_by: Vec::new(),
            mark: String::new(),
            seed: None,
            started: exchange::now(),
            millis: 0,
            interrupted: None,
            requests: 0,
            latency: None,
            entries: Vec::new(),
            requirements: Vec::new(),
            changes: None,
            problems: Vec::new(),
            left_behind: Vec::new(),
            steps: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// How many entries have each verdict; waived ones are not among them.
    pub fn counts(&self) -> BTreeMap<Verdict, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.waived.is_none()) {
            *counts.entry(entry.verdict).or_insert(0) += 1;
        }
        counts
    }

    /// Entries that do not count, since somebody waived them.
    pub fn waived_entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.waived.is_some())
    }

    /// Whether what was tested conforms, as far as it was tested. What is waived does not count.
    pub fn conforms(&self) -> bool {
        !self.counts().contains_key(&Verdict::Fail)
    }

    /// Whether everything could be run, and anything was.
    pub fn ran(&self) -> bool {
        let counts = self.counts();
        let nothing = counts.len() == 1 && counts.contains_key(&Verdict::NotExercised);
        self.interrupted.is_none() && !counts.contains_key(&Verdict::Error) && !nothing
    }

    /// The entry of an id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }
}
