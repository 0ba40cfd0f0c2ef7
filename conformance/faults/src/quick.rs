//! Which scenarios a quick run should have: few requests, most faults.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::scenario::Scenario;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::detect::Detection;
use crate::document;
use crate::faults;
use crate::host::Clean;
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
pub type Fails = BTreeMap<String, BTreeSet<String>>;

/// The choice from a measurement: faults by the letter alone, since a quick run has no dialect, and
/// those that servers in the field are known to have.
pub fn of(detection: &Detection) -> Choice {
    let fails = matrix(&document::matrix(&detection.faults));
    choose(&detection.alone, &fails, &detection.first)
}

/// What fails on each fault, of the matrix as it is committed.
pub fn matrix(text: &str) -> Fails {
    let mut all = Fails::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [fault, scenario, "fail", _] = cells.as_slice()
            && !scenario.starts_with("dialects/")
            && faults::is_of_the_survey(fault)
        {
            all.entry((*fault).to_owned()).or_default().insert((*scenario).to_owned());
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
    let before = |one: &Scenario| Corpus::before(std::slice::from_ref(one));
    let ids = |one: &Scenario| -> BTreeSet<String> {
        let before = before(one);
        let shared = before.iter().chain([one]).filter_map(Scenario::shared).collect::<Vec<_>>();
        before.into_iter().map(|one| one.id).chain(shared).collect()
    };
    Ok(all.iter().map(|one| (one.id.clone(), ids(one))).collect())
}

/// The requests of each scenario by itself, and those of making and taking away what several may
/// share.
pub async fn requests(at_once: usize) -> Result<BTreeMap<String, u32>, String> {
    let turns = Arc::new(Semaphore::new(at_once.max(1)));
    let mut running = JoinSet::new();
    for scenario in suite::by_the_letter()? {
        let turns = Arc::clone(&turns);
        running.spawn(async move {
            // The semaphore is never closed.
            let _turn = turns.acquire().await.ok();
            suite::fire(Arc::new(Clean), None, vec![scenario], 1).await
        });
    }
    let mut all: BTreeMap<String, u32> = BTreeMap::new();
    while let Some(found) = running.join_next().await {
        all.extend(found.map_err(|error| error.to_string())??.requests);
    }
    for scenario in suite::by_the_letter()? {
        let Some(shared) = scenario.shared() else { continue };
        // A POST and a DELETE each.
        let given = 2 * u32::try_from(scenario.given.len()).unwrap_or_default();
        all.entry(scenario.id).and_modify(|own| *own = own.saturating_sub(given));
        all.insert(shared, given);
    }
    Ok(all)
}

/// Chooses scenarios that catch most faults together within [`REQUESTS`], what is played before
/// them counted. `requests` are those of each scenario.
///
/// The most for its requests is taken first, again and again; then one and two of them are left out
/// in turn, as long as others catch more in their place, or the same with less.
pub fn choose(requests: &BTreeMap<String, u32>, fails: &Fails, first: &First) -> Choice {
    let field = Field { requests, fails, first };
    let mut best = field.fill(Vec::new(), &[]);
    loop {
        let all = &best.scenarios;
        let ones = all.iter().map(|one| vec![one]);
        let pairs = all
            .iter()
            .enumerate()
            .flat_map(|(place, one)| all.iter().skip(place + 1).map(move |other| vec![one, other]));
        let better = ones.chain(pairs).find_map(|out| {
            let rest = all.iter().filter(|one| !out.contains(one)).cloned().collect();
            let other = field.fill(rest, &out);
            let worth = |one: &Choice| (one.caught, std::cmp::Reverse(one.requests));
            (worth(&other) > worth(&best)).then_some(other)
        });
        match better {
            Some(better) => best = better,
            None => return best,
        }
    }
}

/// What is chosen from.
struct Field<'a> {
    requests: &'a BTreeMap<String, u32>,
    fails: &'a Fails,
    first: &'a First,
}

impl Field<'_> {
    /// Adds to some scenarios, again and again, the one that catches the most new faults for its
    /// requests; none of those that are left out.
    fn fill(&self, chosen: Vec<String>, out: &[&String]) -> Choice {
        let mut played: BTreeSet<String> = BTreeSet::new();
        for id in &chosen {
            played.extend(with(id, self.first, &played));
        }
        let mut left: Vec<&BTreeSet<String>> =
            self.fails.values().filter(|by| by.is_disjoint(&played)).collect();
        let of = self.fails.len();
        let requests = BEFORE + self.cost(&played);
        let mut choice = Choice { of, requests, caught: of - left.len(), scenarios: chosen };
        loop {
            let room = REQUESTS.saturating_sub(choice.requests);
            let candidates: BTreeSet<&String> = left.iter().copied().flatten().collect();
            let worth = candidates.into_iter().filter(|id| !out.contains(id)).map(|id| {
                let with = with(id, self.first, &played);
                let gain = left.iter().filter(|by| !by.is_disjoint(&with)).count();
                (id.clone(), self.cost(&with), gain, with)
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

    fn cost(&self, ids: &BTreeSet<String>) -> u32 {
        ids.iter().map(|id| self.requests.get(id).copied().unwrap_or(REQUESTS).max(1)).sum()
    }
}

/// A scenario with what is played before it, as far as that is not played already.
fn with(id: &String, first: &First, played: &BTreeSet<String>) -> BTreeSet<String> {
    let before = first.get(id).into_iter().flatten();
    before.chain([id]).filter(|one| !played.contains(*one)).cloned().collect()
}
