//! Which earlier assignments leave nobody to a later one.

use std::collections::HashMap;

use super::clash::Logic;
use super::cubes::{Cube, Normal, Placed};
use super::fuel::Fuel;
use super::index::Index;

/// Steps spent on one rule.
const STEPS: usize = 1 << 11;
/// Alternatives of one literal that are looked at one by one.
const ALTERNATIVES: usize = 64;
/// Cubes taken apart, one inside the other.
const SPLITS: usize = 3;
/// Rules without a second condition that are compared about one thing.
const ALONE: usize = 64;

/// The earlier assignments that win wherever this one would, as few as were found.
pub(super) type Blockers = Vec<u32>;

/// Assignments read so far.
pub(super) struct Cover<'m> {
    logic: Logic<'m>,
    index: Index<'m>,
    /// Cubes of one literal, by what it is about: where none of them holds is left to others.
    alone: HashMap<u32, Vec<(Placed, u32)>>,
    /// Rules that leave nobody at all.
    everyone: Option<Blockers>,
    /// The blockers of rules found to be unreachable.
    blocked: HashMap<u32, Blockers>,
}

impl<'m> Cover<'m> {
    /// None yet.
    pub(super) fn new(logic: Logic<'m>) -> Self {
        Self {
            logic,
            index: Index::default(),
            alone: HashMap::new(),
            everyone: None,
            blocked: HashMap::new(),
        }
    }

    /// What is known of the questions.
    pub(super) fn logic(&self) -> &Logic<'m> {
        &self.logic
    }

    /// Rules that together match everyone, so that nobody is left to those after them.
    pub(super) fn everyone(&self) -> Option<&Blockers> {
        self.everyone.as_ref()
    }

    /// The earlier rules that cover an assignment, if that is certain.
    pub(super) fn blockers(&mut self, rule: u32, normal: &Normal) -> Option<Blockers> {
        let mut fuel = Fuel::new(STEPS);
        let mut covers: Vec<Vec<u32>> = Vec::new();
        for cube in &normal.over {
            if !self.logic.impossible(cube, &mut fuel) {
                self.covered(cube, SPLITS, &mut covers, &mut fuel)?;
            }
        }
        let mut blockers = self.fewest(&covers);
        if blockers.is_empty() {
            return None;
        }
        blockers = blockers
            .iter()
            .flat_map(|rule| self.blocked.get(rule).cloned().unwrap_or_else(|| vec![*rule]))
            .collect();
        blockers.sort_unstable();
        blockers.dedup();
        self.blocked.insert(rule, blockers.clone());
        Some(blockers)
    }

    /// Adds an assignment that can match.
    pub(super) fn add(&mut self, rule: u32, normal: &Normal) {
        for cube in normal.under() {
            match cube.as_slice() {
                [] => self.everyone = Some(vec![rule]),
                [only] => {
                    self.index.add(rule, cube, &self.logic);
                    self.add_alone(*only, rule);
                }
                _ => self.index.add(rule, cube, &self.logic),
            }
            if self.everyone.is_some() {
                return;
            }
        }
    }

    /// Lists, for the cube or for each of its parts, the rules that cover it.
    fn covered(
        &mut self,
        cube: &Cube,
        splits: usize,
        covers: &mut Vec<Vec<u32>>,
        fuel: &mut Fuel,
    ) -> Option<()> {
        let found = self.index.find(cube, &self.logic, fuel);
        if !found.covering.is_empty() {
            covers.push(found.covering);
            return Some(());
        }
        let splits = splits.checked_sub(1)?;
        self.alternatives_covered(cube, splits, covers, fuel)
            .or_else(|| self.rest_covered(cube, &found.nearly, splits, covers, fuel))
    }

    /// A literal that is met by one of a few: each of them is covered.
    fn alternatives_covered(
        &mut self,
        cube: &Cube,
        splits: usize,
        covers: &mut Vec<Vec<u32>>,
        fuel: &mut Fuel,
    ) -> Option<()> {
        let start = covers.len();
        for (at, placed) in cube.iter().enumerate() {
            if fuel.is_empty() {
                return None;
            }
            let Some(parts) = self.logic.atoms.parts(placed.lit, ALTERNATIVES) else { continue };
            let all = parts.iter().all(|part| {
                let mut narrower = cube.clone();
                if let Some(place) = narrower.get_mut(at) {
                    place.lit = *part;
                }
                self.logic.impossible(&narrower, fuel)
                    || self.covered(&narrower, splits, covers, fuel).is_some()
            });
            if all {
                return Some(());
            }
            covers.truncate(start);
        }
        None
    }

    /// A rule covers the cube where one more literal holds: others cover the rest.
    fn rest_covered(
        &mut self,
        cube: &Cube,
        nearly: &[(u32, Placed)],
        splits: usize,
        covers: &mut Vec<Vec<u32>>,
        fuel: &mut Fuel,
    ) -> Option<()> {
        let start = covers.len();
        for (rule, missing) in nearly {
            if fuel.is_empty() {
                return None;
            }
            let rest = Placed { lit: missing.lit.not(), ..*missing };
            // Where the literal never holds, the rule covers nothing of the cube.
            if self.logic.implies(cube, rest, fuel) {
                continue;
            }
            let mut narrower = cube.clone();
            let at = narrower.partition_point(|placed| placed.slot <= rest.slot);
            narrower.insert(at, rest);
            covers.push(vec![*rule]);
            if self.covered(&narrower, splits, covers, fuel).is_some() {
                return Some(());
            }
            covers.truncate(start);
        }
        None
    }

    /// A cube of one literal: with the others about the same thing it may leave nobody.
    fn add_alone(&mut self, placed: Placed, rule: u32) {
        let list = self.alone.entry(placed.slot).or_default();
        if list.len() >= ALONE {
            return;
        }
        list.push((placed, rule));
        // Nobody is left where all of them fail to hold together, which needs a denial.
        if list.iter().all(|(placed, _)| placed.lit.holds()) {
            return;
        }
        let denied: Vec<Placed> =
            list.iter().map(|(placed, _)| Placed { lit: placed.lit.not(), ..*placed }).collect();
        if let Some(clash) = self.logic.clash(&denied, &mut Fuel::new(STEPS)) {
            let mut rules: Blockers = list
                .iter()
                .filter(|(placed, _)| clash.iter().any(|c| c.lit == placed.lit.not()))
                .map(|(_, rule)| *rule)
                .collect();
            rules.dedup();
            self.everyone = Some(rules);
        }
    }

    /// Few rules, each needed, of which one covers each cube.
    fn fewest(&self, covers: &[Vec<u32>]) -> Blockers {
        let reachable = |rule: &u32| !self.blocked.contains_key(rule);
        let mut open: Vec<&Vec<u32>> = covers.iter().collect();
        let mut chosen = Blockers::new();
        while !open.is_empty() {
            let mut counts: HashMap<u32, usize> = HashMap::new();
            for rule in open.iter().copied().flatten() {
                *counts.entry(*rule).or_default() += 1;
            }
            let best = counts.into_iter().max_by_key(|(rule, covered)| {
                (*covered, reachable(rule), std::cmp::Reverse(*rule))
            });
            let Some((best, _)) = best else { break };
            chosen.push(best);
            open.retain(|rules| !rules.contains(&best));
        }
        let mut at = 0;
        while at < chosen.len() {
            let without = |rule: &&u32| chosen.get(at) != Some(*rule);
            let enough = covers
                .iter()
                .all(|rules| chosen.iter().filter(without).any(|rule| rules.contains(rule)));
            if enough && chosen.len() > 1 {
                chosen.remove(at);
            } else {
                at += 1;
            }
        }
        chosen
    }
}
