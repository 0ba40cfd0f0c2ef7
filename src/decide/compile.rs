//! From the checked model to what decides quickly; done once for a rule set.

use std::sync::Arc;

use hashbrown::HashMap;

use super::bits::Bits;
use super::index::Index;
use super::key::Keys;
use super::layout::Layout;
use super::outcome::{Given, Needs, Outcome};
use super::pattern::Pattern;
use super::program::{Ask, Choices, Form, NO, Order, Program, Step, Test, YES};
use crate::rules::ast::RuleKind;
use crate::rules::model::{
    self, Assignment, Cond, CondKind, Model, Modes, Operand, RuleHead, ValueAtom,
};
use crate::rules::source::{Sources, Span};
use crate::scim::compare::compared;

/// A compiled rule set.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) model: Model,
    pub(super) sources: Sources,
    pub(super) layout: Layout,
    pub(super) index: Index,
    pub(super) program: Program,
    /// Where the condition of each rule starts: assignments, then grants, then nevers.
    pub(super) entries: Vec<u32>,
    /// The number of the first step of each rule; its steps end where those of the next begin.
    firsts: Vec<u32>,
    /// What each rule gives or forbids.
    pub(super) given: Vec<Given>,
    pub(super) needs: Needs,
    /// The outcome of each assignment alone; many share one.
    pub(super) alone: Vec<Arc<Outcome>>,
}

/// A rule by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Assignment(usize),
    Grant(usize),
    Never(usize),
}

impl Compiled {
    pub(super) fn new(mut model: Model, sources: Sources) -> Self {
        let default = model.assignments.last().map(|last| last.head.kind);
        if default != Some(RuleKind::Default) {
            let empty = nothing(model.catalogue.workspaces.len());
            model.assignments.push(empty);
        }
        let mut building = Building::new(&model);
        let heads: Vec<&RuleHead> = heads(&model).collect();
        let mut firsts = vec![0];
        let mut entries = vec![];
        for head in &heads {
            entries.push(building.rule(head));
            firsts.push(building.next());
        }
        let index = building.index(&heads, &model);
        let layout = Layout::new(&model, &building.folded);
        let program = Program { steps: building.steps };
        let needs = Needs::new(&model.catalogue);
        let given = Given::of_all(&model);
        let alone = alone(&model, &needs, &given);
        Self { layout, index, program, entries, firsts, given, needs, alone, model, sources }
    }

    pub(super) fn place(&self, rule: u32) -> Place {
        let rule = rule as usize;
        let assignments = self.model.assignments.len();
        let grants = self.model.grants.len();
        match (rule.checked_sub(assignments), rule.checked_sub(assignments + grants)) {
            (None, _) => Place::Assignment(rule),
            (Some(grant), None) => Place::Grant(grant),
            (_, Some(never)) => Place::Never(never),
        }
    }

    /// All rules in the order of their numbers.
    pub(super) fn heads(&self) -> impl Iterator<Item = &RuleHead> {
        heads(&self.model)
    }

    /// The steps of a rule: those of `except`, then those of `match`.
    pub(super) fn steps_of(&self, rule: usize) -> &[Step] {
        let bound = |place: usize| self.firsts.get(place).map(|step| *step as usize);
        match (bound(rule), bound(rule + 1)) {
            (Some(start), Some(end)) => self.program.steps.get(start..end).unwrap_or(&[]),
            _ => &[],
        }
    }
}

/// The default that a catalogue without rules does not have, so that there always is a winner.
fn nothing(workspaces: usize) -> Assignment {
    let matches = Cond { kind: CondKind::True, span: Span::default() };
    Assignment {
        head: RuleHead {
            kind: RuleKind::Default,
            name: "nothing".to_owned(),
            formerly: None,
            docs: vec![],
            span: Span::default(),
            places: vec![],
            matches,
            except: None,
        },
        seats: vec![],
        workspaces: vec![None; workspaces],
        home: None,
        captures: vec![],
        options: vec![],
        update: Modes::all(false),
    }
}

/// All rules in the order of their numbers.
fn heads(model: &Model) -> impl Iterator<Item = &RuleHead> {
    let assignments = model.assignments.iter().map(|rule| &rule.head);
    let grants = model.grants.iter().map(|rule| &rule.head);
    let nevers = model.nevers.iter().map(|rule| &rule.head);
    assignments.chain(grants).chain(nevers)
}

fn alone(model: &Model, needs: &Needs, given: &[Given]) -> Vec<Arc<Outcome>> {
    let mut known: HashMap<_, Arc<Outcome>> = HashMap::new();
    let mut outcomes = vec![];
    for (assignment, given) in model.assignments.iter().zip(given) {
        let content = (&assignment.seats, &assignment.captures, &assignment.workspaces);
        let alone = || {
            let (grants, nevers) = (std::iter::empty(), std::iter::empty());
            Arc::new(Outcome::new(model, needs, (assignment, given), grants, nevers))
        };
        let outcome = known.entry(content).or_insert_with(alone);
        outcomes.push(Arc::clone(outcome));
    }
    outcomes
}

struct Building {
    steps: Vec<Step>,
    keys: Keys,
    choices: HashMap<(usize, usize), Arc<Choices>>,
    /// Which values some rule compares folded.
    folded: Vec<Vec<bool>>,
}

impl Building {
    fn new(model: &Model) -> Self {
        let folded = model.attributes.iter().map(|a| vec![false; a.values.len()]).collect();
        Self { steps: vec![], keys: Keys::default(), choices: HashMap::new(), folded }
    }

    /// The start of `match … except …`.
    fn rule(&mut self, head: &RuleHead) -> u32 {
        self.keys.count(&head.matches);
        let yes = head.except.as_ref().map_or(YES, |except| self.condition(except, NO, YES));
        self.condition(&head.matches, yes, NO)
    }

    /// Lays a condition down and returns where it starts. Steps behind it are there already.
    fn condition(&mut self, condition: &Cond, yes: u32, no: u32) -> u32 {
        match &condition.kind {
            CondKind::True => yes,
            CondKind::All(parts) => {
                parts.iter().rev().fold(yes, |next, part| self.condition(part, next, no))
            }
            CondKind::Any(parts) => {
                parts.iter().rev().fold(no, |next, part| self.condition(part, yes, next))
            }
            CondKind::Not(inner) => self.condition(inner, no, yes),
            CondKind::Group(atom) => {
                let set = self.keys.groups(atom);
                let least = if atom.all { self.keys.len(set) } else { 1 };
                self.step(Test::Groups { set, least, directly: atom.directly }, yes, no)
            }
            CondKind::Value(atom) => {
                let test = self.value(atom);
                self.step(test, yes, no)
            }
            CondKind::Element { attribute, inner } => {
                let start = self.condition(inner, YES, NO);
                self.step(Test::Element { attribute: attribute.0, start }, yes, no)
            }
        }
    }

    fn step(&mut self, test: Test, yes: u32, no: u32) -> u32 {
        let number = self.next();
        self.steps.push(Step { test, yes, no });
        number
    }

    fn next(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(NO)
    }

    fn value(&mut self, atom: &ValueAtom) -> Test {
        let attribute = atom.attribute.0;
        let Some(value) = atom.value else { return Test::Whole { attribute } };
        let text = |operand: &Operand| match operand {
            Operand::Text { compared, exact } => (compared.as_str().into(), Form::of(*exact)),
            // Checking lets only text here.
            _ => (Box::from(""), Form::Exact),
        };
        let ask = match &atom.test {
            model::Test::Present => Ask::Present,
            model::Test::Equal(operand) => Ask::Is(operand.clone()),
            model::Test::NotEqual(operand) => Ask::IsNot(operand.clone()),
            model::Test::In(list) => Ask::In(self.choices(list)),
            model::Test::NotIn(list) => Ask::NotIn(self.choices(list)),
            model::Test::Contains(operand) => {
                let (text, form) = text(operand);
                Ask::Contains(text, form)
            }
            model::Test::StartsWith(operand) => {
                let (text, form) = text(operand);
                Ask::StartsWith(text, form)
            }
            model::Test::EndsWith(operand) => {
                let (text, form) = text(operand);
                Ask::EndsWith(text, form)
            }
            model::Test::AtLeast(operand) => Ask::Order(Order::AtLeast, operand.clone()),
            model::Test::AtMost(operand) => Ask::Order(Order::AtMost, operand.clone()),
            model::Test::MoreThan(operand) => Ask::Order(Order::MoreThan, operand.clone()),
            model::Test::LessThan(operand) => Ask::Order(Order::LessThan, operand.clone()),
            model::Test::Like { pattern, exact } => {
                Ask::Like(Pattern::new(&compared(pattern, *exact)), Form::of(*exact))
            }
            model::Test::Matches(regex) => Ask::Matches(regex.compiled.clone()),
        };
        if ask.looks_folded() {
            let of_attribute = self.folded.get_mut(attribute as usize);
            if let Some(place) = of_attribute.and_then(|values| values.get_mut(value.index())) {
                *place = true;
            }
        }
        Test::Value { attribute, value: value.0, ask }
    }

    fn choices(&mut self, list: &Arc<[Operand]>) -> Arc<Choices> {
        let place = (list.as_ptr() as usize, list.len());
        let choices = self.choices.entry(place).or_insert_with(|| Arc::new(Choices::new(list)));
        Arc::clone(choices)
    }

    /// Chooses how each rule is found. The default needs no finding.
    fn index(&mut self, heads: &[&RuleHead], model: &Model) -> Index {
        let mut keys = std::mem::take(&mut self.keys);
        let mut rules: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut always = vec![];
        for (number, head) in heads.iter().enumerate() {
            if head.kind == RuleKind::Default {
                continue;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            match keys.choose(&head.matches, true) {
                None => always.push(number),
                Some(mut key) => {
                    key.sets.sort_unstable();
                    key.sets.dedup();
                    for set in key.sets {
                        keys.keep(set);
                        rules.entry(set).or_default().push(number);
                    }
                }
            }
        }
        keys.finish(&rules, always, !model.settings.group_identity_name)
    }
}

impl Ask {
    fn looks_folded(&self) -> bool {
        let folded = |operand: &Operand| matches!(operand, Operand::Text { exact: false, .. });
        match self {
            Self::Present | Self::Matches(_) => false,
            Self::Is(operand) | Self::IsNot(operand) | Self::Order(_, operand) => folded(operand),
            Self::In(choices) | Self::NotIn(choices) => !choices.folded.is_empty(),
            Self::Contains(_, form)
            | Self::StartsWith(_, form)
            | Self::EndsWith(_, form)
            | Self::Like(_, form) => *form == Form::Folded,
        }
    }
}

impl Given {
    fn of_all(model: &Model) -> Vec<Self> {
        let new = |seats: &[model::SeatId], captures: &[model::CaptureId]| Self {
            seats: seats.iter().map(|seat| seat.index()).collect::<Bits>(),
            captures: captures.iter().map(|capture| capture.index()).collect::<Bits>(),
        };
        let assignments = model.assignments.iter().map(|rule| new(&rule.seats, &rule.captures));
        let grants = model.grants.iter().map(|rule| new(&rule.seats, &rule.captures));
        let nevers = model.nevers.iter().map(|rule| new(&rule.seats, &rule.captures));
        assignments.chain(grants).chain(nevers).collect()
    }
}
