//! Every distinct question that rules ask, each with a number.
//!
//! A literal is a question with the answer that a rule wants. Equal questions have one number,
//! wherever they are written, so that most comparisons of conditions are comparisons of numbers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::groups::Groups;
use super::patterns::{Shape, shape};
use crate::rules::model::{AttributeId, GroupAtom, Operand, Test, ValueId};
use crate::scim::compare::{Instant, Number, compared};

/// A question and the answer wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lit(u32);

impl Lit {
    /// The question of that number, answered `holds`.
    pub(super) fn new(atom: u32, holds: bool) -> Self {
        Self(atom << 1 | u32::from(!holds))
    }

    /// The number of the question.
    pub(super) fn atom(self) -> u32 {
        self.0 >> 1
    }

    /// The answer wanted.
    pub(super) fn holds(self) -> bool {
        self.0 & 1 == 0
    }

    /// The same question, answered the other way.
    pub(super) fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom<'m> {
    /// In at least one group of a set, or in all of them; sets by their number in [`Groups`].
    Group {
        /// The set.
        set: u32,
        /// All of them.
        all: bool,
        /// Only direct membership counts.
        directly: bool,
    },
    /// The attribute is there.
    Whole(AttributeId),
    /// About the one value that a single-valued attribute, or one element of a list, has there.
    Value(AttributeId, ValueId, Ask<'m>),
    /// Some element of a multi-valued attribute meets all of these, which are [`Atom::Value`]s.
    Some(AttributeId, Vec<Lit>),
}

/// What is asked of one value; false where the value is absent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Ask<'m> {
    /// It is there.
    Present,
    /// It is this.
    Equal(Point<'m>),
    /// It is one of these: a set by its number in [`Atoms::points`].
    In(u32),
    /// Text at its start.
    StartsWith(Fixed<'m>),
    /// Text at its end.
    EndsWith(Fixed<'m>),
    /// Text within.
    Contains(Fixed<'m>),
    /// Greater, or as great where not `strict`.
    Above { bound: Point<'m>, strict: bool },
    /// Less, or as little where not `strict`.
    Below { bound: Point<'m>, strict: bool },
    /// A pattern that is none of the above.
    Like { pattern: &'m str, exact: bool },
    /// A regular expression.
    Matches(Pattern<'m>),
}

/// Text in its compared form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fixed<'m> {
    /// In NFC, folded unless `exact`.
    pub(super) text: Cow<'m, str>,
    /// Letter case counts.
    pub(super) exact: bool,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Point<'m> {
    /// Text.
    Text(Fixed<'m>),
    /// A number.
    Number(&'m Number),
    /// A flag.
    Flag(bool),
    /// An instant.
    Date(&'m Instant),
}

/// A regular expression; equal where its text and its treatment of letter case are.
#[derive(Debug, Clone)]
pub(super) struct Pattern<'m>(pub(super) &'m crate::rules::model::Regex);

impl PartialEq for Pattern<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.compiled.as_str() == other.0.compiled.as_str() && self.0.pattern == other.0.pattern
    }
}

impl Eq for Pattern<'_> {}

impl std::hash::Hash for Pattern<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.pattern.hash(state);
    }
}

/// A set of values, in the order written and for look-up.
#[derive(Debug)]
pub(super) struct PointSet<'m> {
    /// In the order written.
    pub(super) list: Vec<Point<'m>>,
    lookup: std::collections::HashSet<Point<'m>>,
}

impl<'m> PointSet<'m> {
    /// Whether exactly this value is among them.
    pub(super) fn contains(&self, point: &Point<'m>) -> bool {
        self.lookup.contains(point)
    }
}

/// All questions of a model.
#[derive(Debug, Default)]
pub(super) struct Atoms<'m> {
    list: Vec<Rc<Atom<'m>>>,
    numbers: HashMap<Rc<Atom<'m>>, u32>,
    points: Vec<PointSet<'m>>,
    point_sets: HashMap<usize, u32>,
    /// The groups that rules name.
    pub(super) groups: Groups<'m>,
}

impl<'m> Atoms<'m> {
    /// The question of a number.
    pub(super) fn get(&self, lit: Lit) -> Option<&Atom<'m>> {
        self.list.get(lit.atom() as usize).map(Rc::as_ref)
    }

    /// The literal that answers a question `holds`.
    pub(super) fn lit(&mut self, atom: Atom<'m>, holds: bool) -> Lit {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX >> 1);
        let atom = Rc::new(atom);
        let list = &mut self.list;
        let number = *self.numbers.entry(Rc::clone(&atom)).or_insert_with(|| {
            list.push(atom);
            next
        });
        Lit::new(number, holds)
    }

    /// A set of values by its number.
    pub(super) fn points(&self, set: u32) -> Option<&PointSet<'m>> {
        self.points.get(set as usize)
    }

    /// The alternatives of a literal that is met by one of a few: together they say the same.
    pub(super) fn parts(&mut self, lit: Lit, most: usize) -> Option<Vec<Lit>> {
        let atom = Rc::clone(self.list.get(lit.atom() as usize)?);
        match atom.as_ref() {
            Atom::Group { set, all, directly } if lit.holds() != *all => {
                let keys = self.groups.keys(*set).to_vec();
                if !(2..=most).contains(&keys.len()) {
                    return None;
                }
                let sets: Vec<u32> = keys.into_iter().map(|key| self.groups.single(key)).collect();
                let one = |set| Atom::Group { set, all: false, directly: *directly };
                Some(sets.into_iter().map(|set| self.lit(one(set), lit.holds())).collect())
            }
            Atom::Value(attribute, value, Ask::In(set)) if lit.holds() => {
                let points = self.points(*set)?.list.get(..).filter(|p| p.len() <= most)?.to_vec();
                let one = |point| Atom::Value(*attribute, *value, Ask::Equal(point));
                Some(points.into_iter().map(|point| self.lit(one(point), true)).collect())
            }
            Atom::Some(attribute, inner) if lit.holds() => {
                let (at, parts) = inner
                    .iter()
                    .enumerate()
                    .find_map(|(at, lit)| Some((at, self.parts(*lit, most)?)))?;
                let with = |part| {
                    let mut inner = inner.clone();
                    if let Some(place) = inner.get_mut(at) {
                        *place = part;
                    }
                    inner.sort_unstable();
                    Atom::Some(*attribute, inner)
                };
                Some(parts.into_iter().map(|part| self.lit(with(part), true)).collect())
            }
            _ => None,
        }
    }

    /// The question of a group test; a constant if the test has the same answer for everybody.
    pub(super) fn group(&mut self, atom: &'m GroupAtom) -> Result<Atom<'m>, bool> {
        if atom.groups.is_empty() {
            return Err(atom.all);
        }
        let all = atom.all && atom.groups.len() > 1;
        let set = self.groups.set(&atom.groups);
        Ok(Atom::Group { set, all, directly: atom.directly })
    }

    /// What a test asks of one value; `NotEqual` and `NotIn` give what they deny, with `false`.
    /// `None`: no value meets it.
    pub(super) fn ask(&mut self, test: &'m Test) -> Option<(Ask<'m>, bool)> {
        let bounded = |bound, strict| (Ask::Above { bound: point(bound), strict }, true);
        let capped = |bound, strict| (Ask::Below { bound: point(bound), strict }, true);
        Some(match test {
            Test::Present => (Ask::Present, true),
            Test::Equal(operand) => (Ask::Equal(point(operand)), true),
            Test::NotEqual(operand) => (Ask::Equal(point(operand)), false),
            Test::In(operands) => (self.one_of(operands)?, true),
            Test::NotIn(operands) => match self.one_of(operands) {
                Some(ask) => (ask, false),
                None => (Ask::Present, true),
            },
            Test::Contains(operand) => (text(operand, Ask::Contains)?, true),
            Test::StartsWith(operand) => (text(operand, Ask::StartsWith)?, true),
            Test::EndsWith(operand) => (text(operand, Ask::EndsWith)?, true),
            Test::AtLeast(operand) => bounded(operand, false),
            Test::MoreThan(operand) => bounded(operand, true),
            Test::AtMost(operand) => capped(operand, false),
            Test::LessThan(operand) => capped(operand, true),
            Test::Like { pattern, exact } => (like(pattern, *exact), true),
            Test::Matches(regex) => (Ask::Matches(Pattern(regex)), true),
        })
    }

    fn one_of(&mut self, operands: &'m Arc<[Operand]>) -> Option<Ask<'m>> {
        match operands.as_ref() {
            [] => None,
            [only] => Some(Ask::Equal(point(only))),
            _ => {
                let address = operands.as_ptr() as usize;
                if let Some(known) = self.point_sets.get(&address) {
                    return Some(Ask::In(*known));
                }
                let list: Vec<_> = operands.iter().map(point).collect();
                let lookup = list.iter().cloned().collect();
                let number = u32::try_from(self.points.len()).unwrap_or(u32::MAX);
                self.points.push(PointSet { list, lookup });
                self.point_sets.insert(address, number);
                Some(Ask::In(number))
            }
        }
    }
}

fn point(operand: &Operand) -> Point<'_> {
    match operand {
        Operand::Text { compared, exact } => {
            Point::Text(Fixed { text: Cow::Borrowed(compared), exact: *exact })
        }
        Operand::Number(number) => Point::Number(number),
        Operand::Flag(flag) => Point::Flag(*flag),
        Operand::Date(date) => Point::Date(date),
    }
}

fn text<'m>(operand: &'m Operand, ask: impl Fn(Fixed<'m>) -> Ask<'m>) -> Option<Ask<'m>> {
    match point(operand) {
        // Every text starts with, ends with and contains nothing.
        Point::Text(fixed) if fixed.text.is_empty() => Some(Ask::Present),
        Point::Text(fixed) => Some(ask(fixed)),
        _ => None,
    }
}

fn like(pattern: &str, exact: bool) -> Ask<'_> {
    let folded = compared(pattern, exact);
    let fixed = |text: String| Fixed { text: Cow::Owned(text), exact };
    match shape(&folded) {
        Shape::Anything => Ask::Present,
        Shape::Whole(text) => Ask::Equal(Point::Text(fixed(text))),
        Shape::Start(text) => Ask::StartsWith(fixed(text)),
        Shape::End(text) => Ask::EndsWith(fixed(text)),
        Shape::Within(text) => Ask::Contains(fixed(text)),
        Shape::Other => Ask::Like { pattern, exact },
    }
}
