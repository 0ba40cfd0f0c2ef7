//! Which scenarios a quick run should have: few requests, most faults.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::report::Verdict;
use provisor_conformance::scenario::Scenario;

use crate::detect::Detection;
use crate::faults;
use crate::host::Clean;
use crate::matrix::{self, Row};
use crate::side_by_side::side_by_side;
use crate::suite;

/// Requests that a quick run may send.
pub const REQUESTS: u32 = 250;
/// Requests that every run sends before its scenarios: discovery.
pub const BEFORE: u32 = 6;

/// A choice of scenarios.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The scenarios, in the order in which they were chosen.
    pub scenarios: Vec<String>,
    /// Their requests together.
    pub requests: u32,
    /// Faults that they catch.
    pub caught: usize,
    /// Faults that all scenarios together catch.
    pub of: usize,
}

/// The scenarios that fail on each fault.
pub type Fails<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The choice from a measurement.
pub fn of(detection: &Detection) -> Choice {
    choose(&detection.alone, &fails(matrix::of(&detection.faults)), &detection.first)
}

/// What fails on each fault, of a matrix: faults by the letter alone, since a quick run has no
/// dialect, and those that servers in the field are known to have.
pub fn fails<'a>(rows: impl Iterator<Item = Row<'a>>) -> Fails<'a> {
    let mut all = Fails::new();
    for Row { fault, scenario, verdict, .. } in rows {
        let is_wish = scenario.starts_with("dialects/");
        if verdict == Verdict::Fail && !is_wish && faults::is_of_the_survey(fault) {
            all.entry(fault).or_default().insert(scenario);
        }
    }
    all
}

/// What a run does before each of some scenarios by itself: the gate, what probes the features that
/// the scenario uses, and making what it is given, where others share that.
pub type First = BTreeMap<String, BTreeSet<String>>;

/// That of the scenarios by the letter.
pub fn first() -> Result<First, String> {
    let all = suite::by_the_letter()?;
    let shared = shared(&all);
    let ids = |one: &Scenario| -> BTreeSet<String> {
        let before = Corpus::before(std::slice::from_ref(one));
        let given = before.iter().chain([one]).filter_map(|one| shared.get(&one.id)).cloned();
        given.chain(before.iter().map(|one| one.id.clone())).collect()
    };
    Ok(all.iter().map(|one| (one.id.clone(), ids(one))).collect())
}

/// A short name of what each scenario is given that others may share, by the scenario's id.
fn shared(all: &[Scenario]) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let named = all.iter().filter_map(|one| {
        let name = names.entry(one.shared()?).or_insert_with(|| format!("given to {}", one.id));
        Some((one.id.clone(), name.clone()))
    });
    named.collect()
}

/// The requests of each scenario by itself, and those of making and taking away what several may
/// share.
pub async fn requests(at_once: usize) -> Result<BTreeMap<String, u32>, String> {
    let scenarios = suite::by_the_letter()?;
    let alone = |one: Scenario| suite::fire(Arc::new(Clean), None, vec![one], 1);
    let found = side_by_side(scenarios.clone(), at_once, alone).await?;
    let mut all: BTreeMap<String, u32> = found.into_iter().flat_map(|one| one.requests).collect();
    let shared = shared(&scenarios);
    for scenario in scenarios {
        let Some(shared) = shared.get(&scenario.id) else { continue };
        // A POST and a DELETE each.
        let given = 2 * u32::try_from(scenario.given.len()).unwrap_or_default();
        all.entry(scenario.id).and_modify(|own| *own = own.saturating_sub(given));
        all.insert(shared.clone(), given);
    }
    Ok(all)
}

/// Chooses scenarios that catch most faults together within [`REQUESTS`], what is played before
/// them counted. `requests` are those of each scenario.
///
/// The most for its requests is taken first, again and again; then one and two of them are left out
/// in turn, as long as others catch more in their place, or the same with less.
pub fn choose(requests: &BTreeMap<String, u32>, fails: &Fails<'_>, first: &First) -> Choice {
    let field = Field { requests, fails, first };
    let mut best = field.fill(Vec::new(), &[]);
    loop {
        let all = &best.scenarios;
        let ones = all.iter().map(|one| vec![*one]);
        let pairs = all
            .iter()
            .enumerate()
            .flat_map(|(place, one)| all.iter().skip(place + 1).map(|other| vec![*one, *other]));
        let better = ones.chain(pairs).find_map(|out| {
            let rest = all.iter().filter(|one| !out.contains(one)).copied().collect();
            let other = field.fill(rest, &out);
            (other.worth() > best.worth()).then_some(other)
        });
        match better {
            Some(better) => best = better,
            None => break,
        }
    }
    Choice {
        scenarios: best.scenarios.into_iter().map(str::to_owned).collect(),
        requests: best.requests,
        caught: best.caught,
        of: fails.len(),
    }
}

/// What is chosen from.
struct Field<'a> {
    requests: &'a BTreeMap<String, u32>,
    fails: &'a Fails<'a>,
    first: &'a First,
}

/// Some scenarios, with what a [`Choice`] says of them.
struct Part<'a> {
    scenarios: Vec<&'a str>,
    requests: u32,
    caught: usize,
}

impl Part<'_> {
    fn worth(&self) -> (usize, Reverse<u32>) {
        (self.caught, Reverse(self.requests))
    }
}

impl<'a> Field<'a> {
    /// Adds to some scenarios, again and again, the one that catches the most new faults for its
    /// requests; none of those that are left out.
    fn fill(&self, chosen: Vec<&'a str>, out: &[&str]) -> Part<'a> {
        let mut played: BTreeSet<&str> = BTreeSet::new();
        for id in &chosen {
            played.extend(self.with(id, &played));
        }
        let mut left: Vec<&BTreeSet<&str>> =
            self.fails.values().filter(|by| by.is_disjoint(&played)).collect();
        let requests = BEFORE + self.cost(&played);
        let caught = self.fails.len() - left.len();
        let mut choice = Part { requests, caught, scenarios: chosen };
        loop {
            let room = REQUESTS.saturating_sub(choice.requests);
            let candidates: BTreeSet<&'a str> = left.iter().copied().flatten().copied().collect();
            let worth = candidates.into_iter().filter(|id| !out.contains(id)).map(|id| {
                let with = self.with(id, &played);
                let gain = left.iter().filter(|by| !by.is_disjoint(&with)).count();
                (id, self.cost(&with), gain, with)
            });
            // Worth is compared by multiplication, so that it is exact; the first by name wins.
            let per = |gain: usize, cost: u32| u64::try_from(gain).unwrap_or(0) * u64::from(cost);
            let best = worth.filter(|(_, cost, ..)| *cost <= room).reduce(|best, one| {
                if per(one.2, best.1) > per(best.2, one.1) { one } else { best }
            });
            let Some((id, cost, gain, with)) = best else { return choice };
            choice.requests += cost;
            choice.scenarios.push(id);
            choice.caught += gain;
            left.retain(|by| by.is_disjoint(&with));
            played.extend(with);
        }
    }

    fn cost(&self, ids: &BTreeSet<&str>) -> u32 {
        ids.iter().map(|id| self.requests.get(*id).copied().unwrap_or(REQUESTS).max(1)).sum()
    }

    /// A scenario with what is played before it, as far as that is not played already.
    fn with(&self, id: &'a str, played: &BTreeSet<&str>) -> BTreeSet<&'a str> {
        let before = self.first.get(id).into_iter().flatten().map(String::as_str);
        before.chain([id]).filter(|one| !played.contains(one)).collect()
    }
}
