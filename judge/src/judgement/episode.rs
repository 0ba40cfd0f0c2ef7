//! What a step showed, all in one place for the judges.

use std::collections::BTreeSet;

use super::hygiene::Cost;
use super::state::Lack;
use crate::action::Step;
use crate::exchange::Exchange;
use crate::provider::State;

/// A step of a run with what passed and what changed.
#[derive(Debug, Clone, Copy)]
pub struct Episode<'a> {
    /// The place of the step in the run.
    pub step: usize,
    /// What was to happen.
    pub action: &'a Step,
    /// What passed.
    pub exchanges: &'a [Exchange],
    /// What the provider had before, after preparations.
    pub before: &'a State,
    /// What it had in the end.
    pub after: &'a State,
    /// What it lacks of what the action wants.
    pub lacks: &'a [Lack],
    /// What the exchanges cost.
    pub cost: Cost,
    /// Whether the source connected, or had a connection.
    pub connected: bool,
    /// Whether the source came to the provider in an earlier step, and so takes its certificate.
    pub came_before: bool,
    /// People whom the judge made in place of the source, by id: what changes of them is no loss.
    pub fresh: Option<&'a BTreeSet<String>>,
    /// The earlier step whose fault it is that nothing arrived.
    pub blocked: Option<usize>,
    /// Whether there is a token endpoint.
    pub has_token_endpoint: bool,
}

impl Episode<'_> {
    /// Whether what the action wants is there.
    pub fn arrived(&self) -> bool {
        self.lacks.is_empty()
    }
}

#[cfg(test)]
impl<'a> Episode<'a> {
    /// A step of a source that came before, in which nothing passed and nothing is lacking.
    pub(super) fn quiet(action: &'a Step, before: &'a State, after: &'a State) -> Self {
        Self {
            step: 1,
            action,
            exchanges: &[],
            before,
            after,
            lacks: &[],
            cost: Cost::default(),
            connected: true,
            came_before: true,
            fresh: None,
            blocked: None,
            has_token_endpoint: false,
        }
    }
}
