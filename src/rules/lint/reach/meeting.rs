//! Whether two rules can match the same person.

use super::atoms::Atoms;
use super::clash::Logic;
use super::cubes::{Cube, Normal, normal};
use super::fuel::Fuel;
use crate::rules::model::{AttributeDef, RuleHead};

/// Steps for all pairs together; beyond them every pair is taken to meet.
const STEPS: usize = 1 << 18;
/// Pairs of alternatives that are looked at for one pair of rules.
const PAIRS: usize = 64;

/// The conditions of rules, to be held against each other two by two.
pub(in crate::rules::lint) struct Meetings<'m> {
    logic: Logic<'m>,
    left: Vec<Normal>,
    right: Vec<Normal>,
    fuel: Fuel,
}

impl<'m> Meetings<'m> {
    /// For rules of two lists, which are known by their place in them.
    pub(in crate::rules::lint) fn new(
        left: impl Iterator<Item = &'m RuleHead>,
        right: impl Iterator<Item = &'m RuleHead>,
        attributes: &'m [AttributeDef],
    ) -> Self {
        let mut atoms = Atoms::default();
        let left = left.map(|head| normal(head, attributes, &mut atoms)).collect();
        let right = right.map(|head| normal(head, attributes, &mut atoms)).collect();
        Self { logic: Logic::new(atoms, attributes), left, right, fuel: Fuel::new(STEPS) }
    }

    /// Whether they can never match one person; `false` also where that is not easy to see.
    pub(in crate::rules::lint) fn never(&mut self, left: usize, right: usize) -> bool {
        let (Some(left), Some(right)) = (self.left.get(left), self.right.get(right)) else {
            return false;
        };
        if left.over.len().saturating_mul(right.over.len()) > PAIRS {
            return false;
        }
        left.over.iter().all(|one| {
            right.over.iter().all(|other| {
                // Only what is about one thing can clash.
                let shared = || one.iter().any(|a| other.iter().any(|b| a.slot == b.slot));
                self.fuel.spend(one.len().saturating_mul(other.len()))
                    && shared()
                    && self.logic.impossible(&both(one, other), &mut self.fuel)
            })
        })
    }
}

fn both(one: &Cube, other: &Cube) -> Cube {
    let mut cube: Cube = one.iter().chain(other).copied().collect();
    cube.sort_by_key(|placed| (placed.slot, placed.lit, placed.span));
    cube.dedup_by_key(|placed| placed.lit);
    cube
}
