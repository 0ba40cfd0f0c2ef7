//! One thing that was judged, with its evidence.

use serde::{Deserialize, Serialize};

use super::{Exchange, Verdict};
use crate::expect::Difference;
use crate::requirement::Requirement;
use crate::scenario::Level;

/// One thing that was judged: a scenario, or a rule of the judge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id, the same in every run.
    pub id: String,
    /// What is right, in one line.
    pub title: String,
    /// What was found.
    pub verdict: Verdict,
    /// How strongly it is asked for.
    pub level: Level,
    /// Under which heading it stands.
    pub section: Section,
    /// Words to select by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Dialects or contract in which it was judged; by the letter of the RFCs where none is named.
    #[serde(default)]
    pub dialects: Vec<String>,
    /// Why it matters, to a person whose software failed it.
    pub why: String,
    /// What to change.
    pub fix: String,
    /// Why it is blocked, skipped, not exercised or in error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What blocks it, in words that are the same for everything that this one thing blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<String>,
    /// What it found by itself, where it is blocked since another entry found the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_verdict: Option<Verdict>,
    /// The requirements that it stands on.
    #[serde(default)]
    pub requirements: Vec<Cited>,
    /// How it differed from what was expected.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Ids of requirements that it found to hold, though it fails by others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<String>,
    /// What was chosen where the RFCs leave a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<String>,
    /// Requests that it took; of a rule about sources, those that it was looked at in.
    pub requests: u64,
    /// Milliseconds that it took.
    pub millis: u64,
    /// Every exchange, where the run keeps them all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
    /// Why it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

/// A heading that entries are gathered under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Such as `RFC 7644, 3.5.2`, or the name of a contract.
    pub place: String,
    /// Its title.
    pub title: String,
}

/// A requirement as a report cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    /// Its id, such as `RFC7644-3.3-12`.
    pub id: String,
    /// MUST, SHOULD, STATED and so on.
    pub keyword: String,
    /// Such as `RFC 7644, 3.3`.
    pub place: String,
    /// What it says, restated.
    pub text: String,
}

/// What one step noticed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The step, from 1; none for what stands beside the steps, such as what must not change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// What it does, or what was looked at.
    pub name: String,
    /// How strongly what it misses is asked for.
    pub level: Level,
    /// It endangers nobody, whatever the entry is about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minor: bool,
    /// Ids of the requirements that it breaks, where the scenario says which of those it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<String>,
    /// What was sent since the finding before this one and may have changed something: what made
    /// that which this one is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Exchange>,
    /// How it differed; each says where, what was expected and what was there.
    pub differences: Vec<Difference>,
    /// What was sent and what came: the evidence. May be empty, where something never came.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
}

/// Why an entry does not count: somebody wrote down that it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// The reason.
    pub reason: String,
    /// The last day of the waiver (RFC 3339 full-date).
    pub expires: String,
}

/// Requirements that a reader is shown where a scenario does not say which of them is broken.
const MOST: usize = 3;

impl Entry {
    /// The requirements that a reader should see first, and how many there are besides: those that
    /// the findings say they break; else the strongest. Of what is a failure no MAY is broken, and
    /// of a warning no MUST is.
    pub fn broken(&self) -> (Vec<&Cited>, usize) {
        let said = |one: &&Cited| self.counting().any(|finding| finding.breaks.contains(&one.id));
        let mut few: Vec<&Cited> = self.requirements.iter().filter(said).collect();
        if few.is_empty() {
            few = self.strongest();
            few.truncate(MOST);
            let is_must = |one: &&Cited| {
                ["MUST", "SHALL", "REQUIRED"].iter().any(|word| one.keyword.starts_with(*word))
            };
            // What is no more than a warning breaks no MUST that it is about.
            if self.verdict == Verdict::Warn && few.iter().all(is_must) {
                return (Vec::new(), 0);
            }
        }
        let more = self.requirements.len() - few.len();
        (few, more)
    }

    /// What it says of one of its requirements. Of a failure that is its verdict for what the
    /// findings break, which a finding names or else is the strongest. What a step found to hold
    /// is a pass; of the others nothing is known.
    pub fn of_requirement(&self, id: &str) -> Option<Verdict> {
        if !matches!(self.verdict, Verdict::Fail | Verdict::Warn) {
            return Some(self.verdict);
        }
        let is_strongest = self.strongest().first().is_some_and(|one| one.id == id);
        let blamed = |finding: &&Finding| match finding.breaks.as_slice() {
            [] => is_strongest,
            breaks => breaks.iter().any(|one| one == id),
        };
        let Some(worst) = self.counting().filter(blamed).map(|finding| finding.level).min() else {
            return self.held.iter().any(|one| one == id).then_some(Verdict::Pass);
        };
        let own = if worst == Level::Must { Verdict::Fail } else { Verdict::Warn };
        Some(own.max(self.verdict))
    }

    /// Findings that are more than the report of a choice.
    pub(crate) fn counting(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level != Level::May)
    }

    /// Those that a finding of this verdict can break, the strongest first.
    fn strongest(&self) -> Vec<&Cited> {
        let level =
            |one: &Cited| Requirement::find(&one.id).map_or(Level::Must, Requirement::level);
        let fits = |one: &&Cited| match self.verdict {
            Verdict::Fail => level(one) != Level::May,
            Verdict::Warn => level(one) == Level::Should,
            _ => true,
        };
        let mut some: Vec<&Cited> = self.requirements.iter().filter(fits).collect();
        if some.is_empty() {
            some = self.requirements.iter().collect();
        }
        some.sort_by_cached_key(|one| level(one));
        some
    }

    /// Whether its findings say which of its requirements they break; what passed breaks none.
    pub fn says_what_it_breaks(&self) -> bool {
        !matches!(self.verdict, Verdict::Fail | Verdict::Warn)
            || self.requirements.len() < 2
            || self.counting().any(|finding| !finding.breaks.is_empty())
    }

    /// Whether a reader should see it in full.
    pub fn is_finding(&self) -> bool {
        self.verdict.is_finding() && self.waived.is_none()
    }
}

impl Section {
    /// The section of the first of some requirements that is known.
    pub fn of(requirements: &[String]) -> Option<Self> {
        let first = requirements.iter().find_map(|id| Requirement::find(id))?;
        Some(Self { place: first.place(), title: first.section.to_owned() })
    }

    /// Sorts as people count: `3.9` before `3.10`, RFC before RFC.
    pub fn order(&self) -> Vec<(u64, String)> {
        let parts = self.place.split(['.', ',', ' ']).filter(|part| !part.is_empty());
        parts.map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned())).collect()
    }
}

impl Cited {
    /// The requirement of an id, as a report cites it.
    pub fn of(id: &str) -> Option<Self> {
        let requirement = Requirement::find(id)?;
        Some(Self {
            id: requirement.id.to_owned(),
            keyword: requirement.keyword.to_owned(),
            place: requirement.place(),
            text: requirement.text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_stand_in_the_order_of_their_numbers() {
        let order = |place: &str| Section { place: place.to_owned(), title: String::new() }.order();
        assert!(order("RFC 7643, 8.7") < order("RFC 7644, 3.1"));
        assert!(order("RFC 7644, 3.9") < order("RFC 7644, 3.10"));
        assert!(order("RFC 7644, 3.5") < order("RFC 7644, 3.5.2"));
    }
}
