//! The tests of a rules file with every name resolved: what `testing` runs.
//!
//! Numbers (`SeatId` and so on) are those of the [`Model`](crate::rules::model::Model) that came
//! out of the same check; without a model the suite must not be run.

use std::sync::Arc;

use super::payload::{self, Line};

use crate::rules::ast::{Literal, RuleKind};
use crate::rules::model::{
    CaptureId, ChoiceId, Modes, OptionId, ProfileId, SeatId, ValueKind, WorkspaceId,
};
use crate::rules::source::{Span, Spanned};

/// All tests in file order, and what their fixtures say.
#[derive(Debug, Clone, Default)]
pub struct TestSuite {
    /// The tests.
    pub cases: Vec<Case>,
    /// Every attribute line of fixtures and of `with`, in file order and each once, for checks of
    /// the lines themselves (Q704).
    pub lines: Vec<GivenLine>,
}

/// One `test` block.
///
/// The payload is put together on demand: many tests share one fixture, and none of them copies it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// From `test` to the end of the name.
    pub span: Span,
    /// The name of the fixture after `given`.
    pub fixture: String,
    /// What is expected, in the order written.
    pub expects: Vec<Expectation>,
    /// The fixture's lines: first those of the fixture at the end of the `like` chain, last those
    /// behind `with`; later lines win.
    pub(super) layers: Vec<Arc<[Line]>>,
}

impl Case {
    /// The SCIM User: `schemas`, `active` (true unless said), core attributes at the top, others
    /// in the object of their schema; no `groups`.
    pub fn user(&self) -> serde_json::Value {
        payload::user(self.layers.iter().flat_map(|layer| layer.iter()))
    }

    /// The groups, in the order written; to be given as Group resources.
    pub fn groups(&self) -> Vec<GivenGroup> {
        payload::groups(self.layers.iter().flat_map(|layer| layer.iter()))
    }
}

/// A group that the person of a test belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenGroup {
    /// Its name (`displayName`).
    pub name: String,
    /// Its `id`, if said.
    pub id: Option<String>,
    /// Its `externalId`, if said.
    pub external_id: Option<String>,
    /// Direct rather than through another group.
    pub direct: bool,
    /// A name that it had before.
    pub formerly: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// An attribute line of a fixture, resolved.
#[derive(Debug, Clone)]
pub struct GivenLine {
    /// The whole line.
    pub span: Span,
    /// The item that holds it: `user ana` or `test "pilot"`.
    pub context: String,
    /// The attribute as written.
    pub path: String,
    /// Whether it has several values.
    pub multi_valued: bool,
    /// How many values or elements the line gives.
    pub count: usize,
    /// Its plain values, those within elements too.
    pub values: Vec<GivenValue>,
}

/// A plain value in a fixture.
#[derive(Debug, Clone)]
pub struct GivenValue {
    /// The attribute or sub-attribute as people write it: `addresses.country`.
    pub attribute: String,
    /// The value as written.
    pub literal: Spanned<Literal>,
    /// How the attribute compares.
    pub kind: ValueKind,
    /// The only values that it can have, if the rules declare them.
    pub declared: Option<Arc<[String]>>,
}

/// One `expect` line.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// `expect not …`
    pub negated: bool,
    /// What.
    pub wanted: Wanted,
    /// Where the whole line is written.
    pub span: Span,
}

/// What is expected; lists are in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The person is not active.
    Deactivated,
    /// This assignment wins.
    Assignment(String),
    /// Exactly these seats stand.
    Seats(Vec<SeatId>),
    /// This seat stands.
    Seat(SeatId),
    /// This is the home; `None`: the winner names none.
    Home(Option<WorkspaceId>),
    /// This profile stands in that workspace; `None`: none does.
    Workspace {
        /// Where.
        workspace: WorkspaceId,
        /// Which.
        profile: Option<ProfileId>,
    },
    /// Exactly these capture items stand.
    Capture(Vec<CaptureId>),
    /// These capture items stand, perhaps others too.
    CaptureIncludes(Vec<CaptureId>),
    /// This choice of that option; `None`: the answer `none`, or not governed.
    Option {
        /// Of what.
        option: OptionId,
        /// Which.
        choice: Option<ChoiceId>,
    },
    /// Exactly these are withheld.
    Withheld(Vec<Named>),
    /// Exactly these are removed by nevers.
    Removed(Vec<Named>),
    /// Exactly these are vetoed.
    Vetoed(Vec<Named>),
    /// These modes.
    Update(Modes),
    /// This rule had a part in the decision.
    Because {
        /// Which kind of rule.
        kind: RuleKind,
        /// Its place in the model's list of that kind; the default is the last assignment.
        index: usize,
        /// Its name.
        name: String,
    },
}

/// A bare name in `withheld`, `removed` or `vetoed`: a seat, a capture item or a profile; more
/// than one of them where several kinds have an item of that name (any of them will do).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As written.
    pub name: String,
    /// The seat of that name.
    pub seat: Option<SeatId>,
    /// The capture item of that name.
    pub capture: Option<CaptureId>,
    /// The profile of that name (in any workspace).
    pub profile: Option<ProfileId>,
}
