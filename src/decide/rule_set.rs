//! Rules ready to decide.

use std::fmt;
use std::sync::Arc;

use super::compile::{Compiled, Place};
use super::decision::{Active, Decision};
use super::layout::Layout;
use super::outcome::Outcome;
use super::person::Person;
use super::program::View;
use crate::rules::model::Model;
use crate::rules::source::Sources;

/// Checked rules, compiled. Immutable, shared by cloning, usable from any thread.
#[derive(Clone)]
pub struct RuleSet {
    compiled: Arc<Compiled>,
}

impl RuleSet {
    /// Compiles a model that checking made, with the files that its places point into.
    ///
    /// A catalogue without rules gets a default assignment that gives nothing.
    pub fn new(model: Model, sources: Sources) -> Self {
        Self { compiled: Arc::new(Compiled::new(model, sources)) }
    }

    /// The model that it was made from.
    pub fn model(&self) -> &Model {
        &self.compiled.model
    }

    /// The files that its places point into.
    pub fn sources(&self) -> &Sources {
        &self.compiled.sources
    }

    /// Decides a person: steps 2 to 5 of the meaning.
    ///
    /// Never fails, and the same person gives the same decision. The person is decided by the
    /// rules it was read for; if that is another rule set than this, by the other one.
    pub fn decide<'a>(&'a self, person: &'a Person) -> Decision<'a> {
        let rules = person.rules.as_ref().unwrap_or(self);
        let compiled = &*rules.compiled;
        if !person.active {
            return Decision { compiled, person, active: None };
        }
        let (mut winner, mut matched) = (None, vec![]);
        for rule in candidates(person, &compiled.index.always) {
            let place = compiled.place(rule);
            if !matches(compiled, person, rule, place) {
                continue;
            }
            match place {
                Place::Assignment(number) if winner.is_none() => winner = Some(number),
                _ => matched.push(rule),
            }
        }
        let winner = winner.unwrap_or(compiled.model.assignments.len().saturating_sub(1));
        let outcome = outcome(compiled, winner, &matched);
        Decision { compiled, person, active: Some(Active { winner, matched, outcome }) }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.compiled.layout
    }

    /// Whether both are the same, not only equal.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.compiled, &other.compiled)
    }

    /// Looks up what was just read.
    pub(super) fn settle(&self, person: &mut Person) {
        self.compiled.index.settle(person, &self.compiled.layout);
    }
}

/// Whether the condition of a rule holds; a never's with or without deleted groups.
fn matches(compiled: &Compiled, person: &Person, rule: u32, place: Place) -> bool {
    let Some(start) = compiled.entries.get(rule as usize) else { return false };
    let holds = |view| compiled.program.holds(*start, person, view);
    holds(View::Live)
        || matches!(place, Place::Never(_))
            && person.settled.any_deleted
            && holds(View::WithDeleted)
}

/// Steps 3 to 5; where no grant and no never matches, they were done when compiling.
fn outcome(compiled: &Compiled, winner: usize, matched: &[u32]) -> Arc<Outcome> {
    let model = &compiled.model;
    // Assignments have the lowest numbers.
    let others = matched.partition_point(|rule| (*rule as usize) < model.assignments.len());
    let adding = matched.get(others..).unwrap_or(&[]);
    if adding.is_empty() {
        return compiled.alone.get(winner).cloned().unwrap_or_default();
    }
    let given = |rule: usize| compiled.given.get(rule);
    let Some(winner) = model.assignments.get(winner).zip(given(winner)) else {
        return Arc::default();
    };
    let grants = adding.iter().filter_map(|rule| match compiled.place(*rule) {
        Place::Grant(number) => model.grants.get(number).zip(given(*rule as usize)),
        Place::Assignment(_) | Place::Never(_) => None,
    });
    let nevers = adding.iter().filter_map(|rule| match compiled.place(*rule) {
        Place::Never(number) => model.nevers.get(number).zip(given(*rule as usize)),
        Place::Assignment(_) | Place::Grant(_) => None,
    });
    Arc::new(Outcome::new(model, &compiled.needs, winner, grants, nevers))
}

/// Rules that can match, in the order of their numbers: those found by what the person has, and
/// those that nothing finds.
fn candidates<'a>(person: &'a Person, always: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let mut found = person.settled.candidates.iter().copied().peekable();
    let mut always = always.iter().copied().peekable();
    std::iter::from_fn(move || match (found.peek(), always.peek()) {
        (Some(one), Some(other)) if one < other => found.next(),
        (_, Some(_)) => always.next(),
        (_, None) => found.next(),
    })
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = self.model();
        f.debug_struct("RuleSet")
            .field("assignments", &model.assignments.len())
            .field("grants", &model.grants.len())
            .field("nevers", &model.nevers.len())
            .finish_non_exhaustive()
    }
}
