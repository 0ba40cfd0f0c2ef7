//! A condition as alternatives: it holds where every literal of one of its cubes does.

use super::atoms::{Ask, Atom, Atoms, Lit};
use crate::limits;
use crate::rules::model::{
    AttributeDef, AttributeId, Cond, CondKind, RuleHead, ValueAtom, ValueId,
};
use crate::rules::source::Span;

/// Literals of one rule's cubes, beyond which its form is a bound and not exact.
const LITERALS: usize = 256;

/// Literals that hold together, sorted by [`Placed::slot`], each once.
pub(super) type Cube = Vec<Placed>;

/// A literal and where it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// What it is about: groups 0, attributes from 1. Literals about different things never
    /// contradict each other.
    pub(super) slot: u32,
    /// The literal.
    pub(super) lit: Lit,
    /// Where it is written.
    pub(super) span: Span,
    /// What is written there must hold rather than must not. (`title is not "x"` that must hold
    /// is the literal of `title is "x"` that must not.)
    pub(super) asked: bool,
}

/// A condition as alternatives.
#[derive(Debug)]
pub(super) struct Normal {
    /// Cubes that hold wherever the condition holds, and perhaps elsewhere.
    pub(super) over: Vec<Cube>,
    /// Cubes that hold only where the condition holds; `None`: the same as `over`.
    under: Option<Vec<Cube>>,
}

impl Normal {
    /// Cubes that hold only where the condition holds.
    pub(super) fn under(&self) -> &[Cube] {
        self.under.as_deref().unwrap_or(&self.over)
    }
}

/// The form of a rule: `match` and not `except`.
pub(super) fn normal<'m>(
    head: &'m RuleHead,
    attributes: &'m [AttributeDef],
    atoms: &mut Atoms<'m>,
) -> Normal {
    let mut build = |over| {
        let mut builder = Builder {
            atoms,
            attributes,
            over,
            element: false,
            clipped: false,
            depth: 0,
            negation: None,
        };
        let mut cubes = builder.cubes(&head.matches, true);
        if let Some(except) = &head.except {
            let others = builder.cubes(except, false);
            cubes = builder.product(cubes, others);
        }
        for cube in &mut cubes {
            cube.sort_by_key(|placed| (placed.slot, placed.lit, placed.span));
            cube.dedup_by_key(|placed| placed.lit);
        }
        (cubes, builder.clipped)
    };
    let (over, clipped) = build(true);
    let under = clipped.then(|| build(false).0);
    Normal { over, under }
}

struct Builder<'a, 'm> {
    atoms: &'a mut Atoms<'m>,
    attributes: &'m [AttributeDef],
    /// Where cubes become too many: leave out literals (holds more often), not cubes.
    over: bool,
    /// Inside `a[…]`, where a value is that of one element.
    element: bool,
    /// Something was left out.
    clipped: bool,
    /// A negation that is part of its words (`is not`, `in no group`), and whether it must hold.
    negation: Option<(Span, bool)>,
    depth: usize,
}

impl<'m> Builder<'_, 'm> {
    /// The cubes of a condition answered `holds`.
    fn cubes(&mut self, cond: &'m Cond, holds: bool) -> Vec<Cube> {
        if self.depth > 2 * limits::NESTING {
            return self.give_up();
        }
        self.depth += 1;
        let cubes = match (&cond.kind, holds) {
            (CondKind::True, _) => constant(holds),
            (CondKind::Not(inner), _) => {
                if inner.span == cond.span {
                    self.negation = Some((cond.span, holds));
                }
                self.cubes(inner, !holds)
            }
            (CondKind::All(parts), true) | (CondKind::Any(parts), false) => {
                let mut cubes = constant(true);
                for part in parts {
                    let more = self.cubes(part, holds);
                    cubes = self.product(cubes, more);
                }
                cubes
            }
            (CondKind::Any(parts), true) | (CondKind::All(parts), false) => {
                let mut cubes = Vec::new();
                for part in parts {
                    cubes.append(&mut self.cubes(part, holds));
                }
                self.clip(cubes)
            }
            (CondKind::Group(atom), _) => match self.atoms.group(atom) {
                Ok(atom) => vec![vec![self.placed(0, atom, holds, cond.span)]],
                Err(always) => constant(always == holds),
            },
            (CondKind::Value(atom), _) => self.value(atom, cond.span, holds),
            (CondKind::Element { attribute, inner }, _) => {
                let outer = (self.element, self.over);
                self.element = true;
                self.over = self.over == holds;
                let inner = self.cubes(inner, true);
                (self.element, self.over) = outer;
                self.elements(*attribute, inner, cond.span, holds)
            }
        };
        self.depth -= 1;
        cubes
    }

    fn value(&mut self, atom: &'m ValueAtom, span: Span, holds: bool) -> Vec<Cube> {
        let Some(value) = atom.value else {
            return vec![vec![self.placed(
                slot(atom.attribute),
                Atom::Whole(atom.attribute),
                holds,
                span,
            )]];
        };
        let Some((ask, positive)) = self.atoms.ask(&atom.test) else { return constant(!holds) };
        let one = |ask| Atom::Value(atom.attribute, value, ask);
        let several = !self.element && self.is_list(atom.attribute);
        if several {
            let mut cube = vec![self.literal(atom.attribute, value, ask, positive, span)];
            if !positive {
                cube.push(self.literal(atom.attribute, value, Ask::Present, true, span));
            }
            return self.elements(atom.attribute, vec![cube], span, holds);
        }
        let slot = slot(atom.attribute);
        if positive {
            return vec![vec![self.placed(slot, one(ask), holds, span)]];
        }
        let differs = self.placed(slot, one(ask), !holds, span);
        let there = self.placed(slot, one(Ask::Present), holds, span);
        if holds { vec![vec![differs, there]] } else { vec![vec![differs], vec![there]] }
    }

    /// Some element meets one of the inner cubes; or none does.
    fn elements(
        &mut self,
        attribute: AttributeId,
        inner: Vec<Cube>,
        span: Span,
        holds: bool,
    ) -> Vec<Cube> {
        let mut literals = Vec::with_capacity(inner.len());
        for cube in inner {
            let mut lits: Vec<Lit> = cube.iter().map(|placed| placed.lit).collect();
            lits.sort_unstable();
            lits.dedup();
            literals.push(self.placed(slot(attribute), Atom::Some(attribute, lits), holds, span));
        }
        if holds { literals.into_iter().map(|lit| vec![lit]).collect() } else { vec![literals] }
    }

    fn is_list(&self, attribute: AttributeId) -> bool {
        self.attributes.get(attribute.index()).is_none_or(|def| def.multi_valued)
    }

    fn literal(
        &mut self,
        attribute: AttributeId,
        value: ValueId,
        ask: Ask<'m>,
        holds: bool,
        span: Span,
    ) -> Placed {
        self.placed(slot(attribute), Atom::Value(attribute, value, ask), holds, span)
    }

    fn placed(&mut self, slot: u32, atom: Atom<'m>, holds: bool, span: Span) -> Placed {
        let asked = match self.negation {
            Some((negated, asked)) if negated == span => asked,
            _ => holds,
        };
        Placed { slot, lit: self.atoms.lit(atom, holds), span, asked }
    }

    /// Both: every pair of cubes joined.
    fn product(&mut self, left: Vec<Cube>, right: Vec<Cube>) -> Vec<Cube> {
        let size = weight(&left) * right.len() + weight(&right) * left.len();
        let mut room = LITERALS.max(4 * (weight(&left) + weight(&right)));
        if size > room {
            self.clipped = true;
            if self.over {
                // Either of the two alone still holds wherever both do.
                return if left.len() <= right.len() { left } else { right };
            }
        }
        let mut cubes = Vec::new();
        for one in &left {
            for other in &right {
                let Some(rest) = room.checked_sub(one.len() + other.len()) else { return cubes };
                room = rest;
                cubes.push(one.iter().chain(other).copied().collect());
            }
        }
        cubes
    }

    /// Either: too many cubes are one that says nothing, or fewer.
    fn clip(&mut self, mut cubes: Vec<Cube>) -> Vec<Cube> {
        if cubes.len() <= limits::CONDITIONS_PER_RULE {
            return cubes;
        }
        self.clipped = true;
        if self.over {
            return constant(true);
        }
        cubes.truncate(limits::CONDITIONS_PER_RULE);
        cubes
    }

    fn give_up(&mut self) -> Vec<Cube> {
        self.clipped = true;
        constant(self.over)
    }
}

fn weight(cubes: &[Cube]) -> usize {
    cubes.iter().map(|cube| cube.len().max(1)).sum()
}

fn constant(holds: bool) -> Vec<Cube> {
    if holds { vec![Vec::new()] } else { Vec::new() }
}

fn slot(attribute: AttributeId) -> u32 {
    attribute.0.saturating_add(1)
}
