//! Conditions as straight code: each step asks one thing and says where to go on.
//!
//! There is no stack and nothing is allocated. Steps are laid down from the last to the first, so
//! that both ways of a step lead to lower numbers: every run ends.

use std::sync::Arc;

use hashbrown::HashSet;

use super::pattern::Pattern;
use super::person::{Cell, CellKind, Person};
use crate::rules::model::Operand;
use crate::scim::compare::{Instant, Number};

/// The condition holds.
pub(super) const YES: u32 = u32::MAX;
/// The condition does not hold.
pub(super) const NO: u32 = u32::MAX - 1;

/// All conditions of a rule set, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) test: Test,
    pub(super) yes: u32,
    pub(super) no: u32,
}

/// What a step asks.
#[derive(Debug)]
pub(super) enum Test {
    /// At least so many entries of a set of groups are met.
    Groups { set: u32, least: u32, directly: bool },
    /// The attribute has a value.
    Whole { attribute: u32 },
    /// Some value of the attribute, or in an element its value, does.
    Value { attribute: u32, value: u32, ask: Ask },
    /// One element of the attribute meets the condition that starts there.
    Element { attribute: u32, start: u32 },
}

/// What is asked of one value; all of it is false of an absent one.
#[derive(Debug)]
pub(super) enum Ask {
    Present,
    Is(Operand),
    IsNot(Operand),
    In(Arc<Choices>),
    NotIn(Arc<Choices>),
    Contains(Box<str>, Form),
    StartsWith(Box<str>, Form),
    EndsWith(Box<str>, Form),
    Order(Order, Operand),
    Like(Pattern, Form),
    Matches(regex::Regex),
}

/// Which form of a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// NFC.
    Exact,
    /// NFC and folded.
    Folded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
}

/// The values of `is in`, found by a look-up.
#[derive(Debug, Default)]
pub(super) struct Choices {
    pub(super) folded: HashSet<Box<str>>,
    pub(super) exact: HashSet<Box<str>>,
    pub(super) numbers: HashSet<Number>,
    pub(super) dates: HashSet<Instant>,
    pub(super) flags: [bool; 2],
}

/// Which groups there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Those that exist.
    Live,
    /// Deleted ones too; for nevers only.
    WithDeleted,
}

impl Program {
    /// Whether the condition that starts at a step holds for a person.
    pub(super) fn holds(&self, start: u32, person: &Person, view: View) -> bool {
        self.run(start, person, view, None)
    }

    fn run(&self, start: u32, person: &Person, view: View, element: Option<(u32, usize)>) -> bool {
        let mut at = start;
        loop {
            match self.steps.get(at as usize) {
                Some(step) => {
                    let held = self.test(&step.test, person, view, element);
                    at = if held { step.yes } else { step.no };
                }
                None => return at == YES,
            }
        }
    }

    /// Whether one test holds; in an element, of that element.
    pub(super) fn test(
        &self,
        test: &Test,
        person: &Person,
        view: View,
        element: Option<(u32, usize)>,
    ) -> bool {
        match test {
            Test::Groups { set, least, directly } => {
                *least == 0 || person.met_of(*set, view, *directly) >= *least
            }
            Test::Whole { attribute } => person.rows(*attribute, view) > 0,
            Test::Value { attribute, value, ask } => match element {
                Some((of, row)) if of == *attribute => {
                    person.cell(of, row, *value).is_some_and(|cell| ask.holds(cell, person))
                }
                _ => (0..person.rows(*attribute, view)).any(|row| {
                    person.cell(*attribute, row, *value).is_some_and(|cell| ask.holds(cell, person))
                }),
            },
            Test::Element { attribute, start } => (0..person.rows(*attribute, view))
                .any(|row| self.run(*start, person, view, Some((*attribute, row)))),
        }
    }
}

impl Ask {
    /// Whether a value does.
    pub(super) fn holds(&self, cell: &Cell, person: &Person) -> bool {
        if matches!(cell.kind, CellKind::Absent) {
            return false;
        }
        match self {
            Self::Present => true,
            Self::Is(operand) => is(cell, operand, person),
            Self::IsNot(operand) => !is(cell, operand, person),
            Self::In(choices) => choices.contain(cell, person),
            Self::NotIn(choices) => !choices.contain(cell, person),
            Self::Contains(text, form) => {
                person.text(cell, *form).is_some_and(|t| t.contains(&**text))
            }
            Self::StartsWith(text, form) => {
                person.text(cell, *form).is_some_and(|t| t.starts_with(&**text))
            }
            Self::EndsWith(text, form) => {
                person.text(cell, *form).is_some_and(|t| t.ends_with(&**text))
            }
            Self::Order(order, operand) => ordered(*order, cell, operand, person),
            Self::Like(pattern, form) => person.text(cell, *form).is_some_and(|t| pattern.fits(t)),
            Self::Matches(regex) => {
                person.text(cell, Form::Exact).is_some_and(|t| regex.is_match(t))
            }
        }
    }
}

impl Form {
    pub(super) fn of(exact: bool) -> Self {
        if exact { Self::Exact } else { Self::Folded }
    }
}

impl Choices {
    pub(super) fn new(operands: &[Operand]) -> Self {
        let mut choices = Self::default();
        for operand in operands {
            match operand {
                Operand::Text { compared, exact: false } => {
                    choices.folded.insert(compared.as_str().into());
                }
                Operand::Text { compared, exact: true } => {
                    choices.exact.insert(compared.as_str().into());
                }
                Operand::Number(number) => {
                    choices.numbers.insert(number.clone());
                }
                Operand::Date(date) => {
                    choices.dates.insert(*date);
                }
                Operand::Flag(flag) => {
                    if let Some(place) = choices.flags.get_mut(usize::from(*flag)) {
                        *place = true;
                    }
                }
            }
        }
        choices
    }

    fn contain(&self, cell: &Cell, person: &Person) -> bool {
        let text = |set: &HashSet<Box<str>>, form| {
            !set.is_empty() && person.text(cell, form).is_some_and(|text| set.contains(text))
        };
        match cell.kind {
            CellKind::Absent => false,
            CellKind::Text { .. } => {
                text(&self.folded, Form::Folded) || text(&self.exact, Form::Exact)
            }
            CellKind::Flag(flag) => self.flags.get(usize::from(flag)).is_some_and(|held| *held),
            CellKind::Number(_) => person.number(cell).is_some_and(|n| self.numbers.contains(n)),
            CellKind::Date(date) => self.dates.contains(&date),
        }
    }
}

fn is(cell: &Cell, operand: &Operand, person: &Person) -> bool {
    match operand {
        Operand::Text { compared, exact } => {
            person.text(cell, Form::of(*exact)) == Some(compared.as_str())
        }
        Operand::Number(number) => person.number(cell) == Some(number),
        Operand::Flag(flag) => matches!(cell.kind, CellKind::Flag(found) if found == *flag),
        Operand::Date(date) => matches!(cell.kind, CellKind::Date(found) if found == *date),
    }
}

fn ordered(order: Order, cell: &Cell, operand: &Operand, person: &Person) -> bool {
    let found = match operand {
        Operand::Text { compared, exact } => {
            person.text(cell, Form::of(*exact)).map(|text| text.cmp(compared.as_str()))
        }
        Operand::Number(number) => person.number(cell).map(|found| found.cmp(number)),
        Operand::Date(date) => match cell.kind {
            CellKind::Date(found) => Some(found.cmp(date)),
            _ => None,
        },
        // `false` and `true` have no order (RFC 7644, 3.4.2.2); checking refuses it.
        Operand::Flag(_) => None,
    };
    found.is_some_and(|found| match order {
        Order::AtLeast => found.is_ge(),
        Order::AtMost => found.is_le(),
        Order::MoreThan => found.is_gt(),
        Order::LessThan => found.is_lt(),
    })
}
