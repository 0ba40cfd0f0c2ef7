//! Whether literals contradict or imply each other.

use super::atoms::{Ask, Atom, Atoms, Lit, Point};
use super::cubes::Placed;
use super::fuel::Fuel;
use super::groups::Memberships;
use super::values;
use crate::rules::model::{AttributeDef, AttributeId, ValueId};

/// Literals about one thing; more are not minimised.
const MINIMISED: usize = 64;

/// What is known of all questions.
#[derive(Debug)]
pub(super) struct Logic<'m> {
    pub(super) atoms: Atoms<'m>,
    /// `active` of the core schema: people of whom it is false are deactivated before any rule.
    active: Option<AttributeId>,
}

impl<'m> Logic<'m> {
    /// The questions must be complete.
    pub(super) fn new(mut atoms: Atoms<'m>, attributes: &[AttributeDef]) -> Self {
        atoms.groups.compare_patterns();
        let core = |def: &AttributeDef| def.schema.ends_with(":core:2.0:User");
        let active = attributes.iter().position(|def| core(def) && def.name == "active");
        let active = active.and_then(|at| u32::try_from(at).ok()).map(AttributeId);
        Self { atoms, active }
    }

    /// Literals of a cube that cannot all hold, as few as possible; `None` if none are known.
    pub(super) fn clash(&self, cube: &[Placed], fuel: &mut Fuel) -> Option<Vec<Placed>> {
        cube.chunk_by(|a, b| a.slot == b.slot)
            .find(|part| self.contradictory(&lits(part), fuel))
            .map(|part| self.minimal(part))
    }

    /// Whether the literals of a cube cannot all hold.
    pub(super) fn impossible(&self, cube: &[Placed], fuel: &mut Fuel) -> bool {
        cube.chunk_by(|a, b| a.slot == b.slot).any(|part| self.contradictory(&lits(part), fuel))
    }

    /// Whether a literal holds wherever a cube does.
    pub(super) fn implies(&self, cube: &[Placed], wanted: Placed, fuel: &mut Fuel) -> bool {
        let part = about(cube, wanted.slot);
        if part.is_empty() || !fuel.spend(part.len()) {
            return false;
        }
        if part.iter().any(|placed| placed.lit == wanted.lit) {
            return true;
        }
        let mut facts = lits(part);
        facts.push(wanted.lit.not());
        self.contradictory(&facts, fuel)
    }

    /// Whether the contradiction is that the person would not be active.
    pub(super) fn inactive(&self, clash: &[Placed]) -> bool {
        let [only] = clash else { return false };
        match self.atoms.get(only.lit) {
            Some(Atom::Value(attribute, _, ask)) => self.denies_active(*attribute, ask),
            _ => false,
        }
    }

    fn denies_active(&self, attribute: AttributeId, ask: &Ask<'_>) -> bool {
        self.active == Some(attribute) && *ask == Ask::Equal(Point::Flag(false))
    }

    /// Whether literals about one thing cannot all hold.
    fn contradictory(&self, facts: &[Lit], fuel: &mut Fuel) -> bool {
        if !fuel.spend(facts.len()) {
            return false;
        }
        let mut sorted = facts.to_vec();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| matches!(pair, [a, b] if *b == a.not())) {
            return true;
        }
        match facts.first().and_then(|lit| self.atoms.get(*lit)) {
            Some(Atom::Group { .. }) => {
                let mut known = Memberships::default();
                for lit in facts {
                    let Some(Atom::Group { set, all, directly }) = self.atoms.get(*lit) else {
                        continue;
                    };
                    let list = match (lit.holds(), all) {
                        (true, true) => &mut known.all,
                        // A set of one is in both; `all` lets its member be compared singly.
                        (true, false) if self.atoms.groups.keys(*set).len() == 1 => &mut known.all,
                        (true, false) => &mut known.any,
                        (false, false) => &mut known.none,
                        (false, true) => &mut known.not_all,
                    };
                    list.push((*set, *directly));
                }
                self.atoms.groups.contradictory(&known, fuel)
            }
            Some(_) => self.attribute_contradictory(facts, fuel),
            None => false,
        }
    }

    fn attribute_contradictory(&self, facts: &[Lit], fuel: &mut Fuel) -> bool {
        if self.values_contradictory(facts, fuel) {
            return true;
        }
        let mut absent = false;
        let mut surely_there = false;
        let mut some: Vec<&[Lit]> = Vec::new();
        let mut none: Vec<&[Lit]> = Vec::new();
        for lit in facts {
            match self.atoms.get(*lit) {
                Some(Atom::Whole(_)) => absent |= !lit.holds(),
                Some(Atom::Value(attribute, _, ask)) if lit.holds() => {
                    surely_there = true;
                    if self.denies_active(*attribute, ask) {
                        return true;
                    }
                }
                Some(Atom::Some(_, inner)) if lit.holds() => {
                    surely_there |= inner.iter().any(|lit| self.needs_value(*lit));
                    some.push(inner);
                }
                Some(Atom::Some(_, inner)) => none.push(inner),
                _ => {}
            }
        }
        (absent && surely_there)
            || some.iter().any(|element| self.element_impossible(element, &none, fuel))
    }

    /// Whether no element can meet all of these while none meets all of any of the others.
    fn element_impossible(&self, element: &[Lit], none: &[&[Lit]], fuel: &mut Fuel) -> bool {
        let mut facts = element.to_vec();
        loop {
            if self.values_contradictory(&facts, fuel) {
                return true;
            }
            let known = facts.len();
            for other in none {
                let mut missing = None;
                let mut several = false;
                for lit in *other {
                    if !self.element_implies(&facts, *lit, fuel) {
                        several = missing.replace(*lit).is_some();
                        if several {
                            break;
                        }
                    }
                }
                match missing {
                    _ if several => {}
                    None => return true,
                    // All but one hold: that one does not.
                    Some(lit) if !facts.contains(&lit.not()) => facts.push(lit.not()),
                    Some(_) => {}
                }
            }
            if facts.len() == known || fuel.is_empty() {
                return false;
            }
        }
    }

    fn element_implies(&self, facts: &[Lit], wanted: Lit, fuel: &mut Fuel) -> bool {
        facts.contains(&wanted) || {
            let mut facts = facts.to_vec();
            facts.push(wanted.not());
            self.values_contradictory(&facts, fuel)
        }
    }

    /// Whether one value, or one sub-value of an element, cannot be as the literals say.
    fn values_contradictory(&self, facts: &[Lit], fuel: &mut Fuel) -> bool {
        let mut asked: Vec<(ValueId, values::Fact<'_, 'm>)> = facts
            .iter()
            .filter_map(|lit| match self.atoms.get(*lit)? {
                Atom::Value(_, value, ask) => Some((*value, (ask, lit.holds()))),
                _ => None,
            })
            .collect();
        asked.sort_by_key(|(value, _)| *value);
        asked.chunk_by(|a, b| a.0 == b.0).any(|part| {
            let facts: Vec<_> = part.iter().map(|(_, fact)| *fact).collect();
            values::contradictory(&facts, &self.atoms, fuel)
        })
    }

    fn needs_value(&self, lit: Lit) -> bool {
        lit.holds() && matches!(self.atoms.get(lit), Some(Atom::Value(..)))
    }

    /// Leaves out what the contradiction does not need.
    fn minimal(&self, part: &[Placed]) -> Vec<Placed> {
        let mut kept = part.to_vec();
        if kept.len() > MINIMISED {
            return kept;
        }
        let mut fuel = Fuel::new(1 << 20);
        let mut at = 0;
        while at < kept.len() {
            let mut fewer = kept.clone();
            fewer.remove(at);
            if !fewer.is_empty() && self.contradictory(&lits(&fewer), &mut fuel) {
                kept = fewer;
            } else {
                at += 1;
            }
        }
        kept
    }
}

/// The literals of a cube about one thing.
pub(super) fn about(cube: &[Placed], slot: u32) -> &[Placed] {
    let start = cube.partition_point(|placed| placed.slot < slot);
    let end = cube.partition_point(|placed| placed.slot <= slot);
    cube.get(start..end).unwrap_or(&[])
}

fn lits(part: &[Placed]) -> Vec<Lit> {
    part.iter().map(|placed| placed.lit).collect()
}
