//! Requirements × verdict: what a run says of each requirement, and which it says nothing of.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Cited, Entry, Kind, Verdict};
use crate::lint::rule;
use crate::requirement::Requirement;

/// How one requirement stands after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Which.
    pub requirement: Cited,
    /// How it stands.
    pub state: State,
    /// The worst verdict of what tests it; none where nothing of this run does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Why there is no verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ids of what tests it, of this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<String>,
}

/// Whether a requirement was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Something of this run tests it, and found whether it holds.
    Tested,
    /// Something of this run tests it, and came to no answer: it was skipped, blocked, in error,
    /// or never exercised.
    NotReached,
    /// Something tests it that was not chosen for this run, or `provisor conform lint` does.
    NotChosen,
    /// Nothing tests it.
    NotCovered,
    /// Nothing from outside can.
    NotTestable,
}

/// Every requirement that binds what was tested, in the order of ids. `covered` says whether
/// anything tests a requirement at all, chosen or not.
pub fn matrix(kind: Kind, entries: &[Entry], covered: impl Fn(&str) -> bool) -> Vec<Standing> {
    let all = Requirement::all().filter(|one| binds(one, kind));
    all.filter_map(|one| {
        let cites = |entry: &&Entry| entry.requirements.iter().any(|cited| cited.id == one.id);
        let mine: Vec<&Entry> = entries.iter().filter(cites).collect();
        // A rule of the judge is what its requirements say together; of a scenario one step fails.
        let says = |entry: &&Entry| match kind {
            Kind::Source => Some(entry.verdict),
            Kind::Server => entry.of_requirement(one.id),
        };
        let said: Vec<Verdict> = mine.iter().filter_map(says).collect();
        let verdict = said.iter().min().copied();
        let (state, reason) = match verdict {
            Some(_) if said.iter().any(|one| one.is_answer()) => (State::Tested, None),
            Some(_) => (State::NotReached, None),
            None if !mine.is_empty() => {
                let reason = "what tests it fails by something else";
                (State::NotReached, Some(reason.to_owned()))
            }
            None if covered(one.id) => (State::NotChosen, None),
            None => untested(one),
        };
        let entries = mine.iter().map(|entry| entry.id.clone()).collect();
        Some(Standing { requirement: Cited::of(one.id)?, state, verdict, reason, entries })
    })
    .collect()
}

/// Requirements that a rule of `lint` checks.
static LINTED: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| rule::ALL.iter().flat_map(|rule| rule.requirements).copied().collect());

fn binds(requirement: &Requirement, kind: Kind) -> bool {
    match kind {
        // What binds clients can be a server's to refuse.
        Kind::Server if requirement.testable == "not-testable" => requirement.party != "client",
        Kind::Server => requirement.is_for_servers(),
        Kind::Source => matches!(requirement.party, "client" | "both"),
    }
}

fn untested(requirement: &Requirement) -> (State, Option<String>) {
    match requirement.testable {
        "not-testable" => {
            let reason = "no exchange with it can show this from outside";
            (State::NotTestable, Some(reason.to_owned()))
        }
        _ if LINTED.contains(requirement.id) => {
            (State::NotChosen, Some("`provisor conform lint` checks it in files".to_owned()))
        }
        _ => (State::NotCovered, requirement.why_uncovered().map(str::to_owned)),
    }
}
