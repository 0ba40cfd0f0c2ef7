//! What is expected of an answer.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Level, Matcher};

/// What is expected of an answer.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// The status: a number, a class such as `4xx`, or a list of them.
    pub status: Option<Statuses>,
    /// Headers by name.
    pub headers: BTreeMap<String, Matcher>,
    /// Values of the body by JSON Pointer (RFC 6901), whose segments compare as SCIM's names do.
    pub body: BTreeMap<String, Matcher>,
    /// Of requests sent at once: status → how many of the answers have it.
    pub among: BTreeMap<String, u32>,
    /// How long something may have taken: the name of a measure → what it is held against.
    pub took: BTreeMap<String, Took>,
    /// The level of this expectation where it is weaker than the scenario's.
    pub level: Option<Level>,
    /// Requirements among those that the scenario covers that an answer breaks which differs.
    pub breaks: Vec<String>,
    /// What to change in a server whose answer differs, where that is not what the scenario says.
    pub fix: Option<String>,
    /// Other answers that the RFCs permit as well.
    pub or: Vec<Expectation>,
}

impl Expectation {
    /// Every answer that is permitted: itself, and what stands under `or`, however deep.
    pub(crate) fn ways(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.or.iter().flat_map(Self::ways)).collect()
    }
}

/// How long a measure may be, beside another of the same run. Times are never judged by themselves:
/// how fast a server is depends on where it stands.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Took {
    /// The other measure.
    pub of: String,
    /// So many times the other.
    pub times: f64,
    /// Milliseconds more than the other that are never too long: what chance can do.
    pub floor: f64,
    /// Both in milliseconds, this one first, once they are known.
    #[serde(skip)]
    pub measured: Option<(f64, f64)>,
}

/// One of the ways that are open to a server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What the server does then, as the report says it: "takes it", "refuses it". Templates are
    /// filled in.
    pub says: String,
    /// How its answer shows that.
    pub when: Expectation,
}

/// Statuses that fit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Statuses {
    /// One.
    Code(u16),
    /// A class, or one as text.
    Class(String),
    /// Several.
    Any(Vec<Statuses>),
}
