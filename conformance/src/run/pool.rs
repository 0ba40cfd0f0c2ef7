//! Resources that several scenarios are given alike and only read: made once, taken away after
//! the last of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::OnceCell;

use super::outcome::Exchange;
use super::shape::reads_only_steps;
use super::stop::Stop;
use crate::scenario::Scenario;
use crate::template::Scope;

/// By what scenarios are given.
#[derive(Debug, Default)]
pub(super) struct Pool {
    sets: BTreeMap<String, Arc<Set>>,
}

/// What some scenarios share.
#[derive(Debug)]
pub(super) struct Set {
    /// Tells its resources from those of others.
    pub(super) number: usize,
    /// Scenarios that still need it.
    left: AtomicUsize,
    pub(super) made: OnceCell<Result<Made, Stop>>,
    /// Somebody wants to look at it.
    kept: AtomicBool,
}

/// What was made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) scope: Scope,
    pub(super) paths: Vec<String>,
    /// The requests that made it.
    pub(super) led: Vec<Exchange>,
    /// What the endpoint's schema did not let them have.
    pub(super) left_out: Vec<String>,
}

impl Pool {
    /// For scenarios that are to be played, each so many times.
    pub(super) fn of<'a>(scenarios: impl Iterator<Item = &'a Scenario>, times: usize) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for key in scenarios.filter_map(Scenario::shared) {
            *counts.entry(key).or_insert(0) += 1;
        }
        let shared = counts.into_iter().filter(|(_, count)| count * times > 1).enumerate();
        let sets = shared.map(|(number, (key, count))| {
            let left = AtomicUsize::new(count);
            (
                key,
                Arc::new(Set { number, left, made: OnceCell::new(), kept: AtomicBool::default() }),
            )
        });
        Self { sets: sets.collect() }
    }

    /// What a scenario shares with others, if it does.
    pub(super) fn set(&self, scenario: &Scenario) -> Option<Arc<Set>> {
        self.sets.get(&scenario.shared()?).cloned()
    }
}

impl Set {
    /// It is not taken away after the last scenario.
    pub(super) fn keep(&self) {
        self.kept.store(true, Ordering::SeqCst);
    }

    /// One scenario less needs it. What to take away, if that was the last, and whether somebody
    /// wants to keep it.
    pub(super) fn done(&self) -> Option<(Vec<String>, bool)> {
        let last = self.left.fetch_sub(1, Ordering::SeqCst) == 1;
        let made = self.made.get().and_then(|made| made.as_ref().ok());
        let kept = self.kept.load(Ordering::SeqCst);
        made.filter(|_| last).map(|made| (made.paths.clone(), kept))
    }
}

impl Scenario {
    /// What it is given, where it only reads that: scenarios that are given the same then share it.
    pub fn shared(&self) -> Option<String> {
        let shares = !self.given.is_empty() && !self.gate && reads_only_steps(self);
        shares.then(|| format!("{:?}", self.given))
    }
}
