//! Items sorted by kind, and their names declared.

use super::blank;
use super::merge::Placed;
use super::names::{Kind, Names};
use super::report::{Report, context_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::rules::ast::{
    Attribute, Capture, Fixture, Ident, ItemKind, Limit, OptionDecl, Profile, Prove, Rule, Seat,
    Set, Setting, Test, Text, Workspace,
};
use crate::rules::source::{Span, Spanned};

/// What the files declare, by kind and in order. Each list of named things holds the first
/// declaration of each name only, so a place in it is the item's number.
#[derive(Default)]
pub(super) struct Collected<'t> {
    pub(super) seats: Vec<&'t Seat>,
    pub(super) profiles: Vec<&'t Profile>,
    pub(super) workspaces: Vec<&'t Workspace>,
    pub(super) captures: Vec<&'t Capture>,
    pub(super) options: Vec<&'t OptionDecl>,
    pub(super) sets: Vec<&'t Set>,
    pub(super) attributes: Vec<&'t Attribute>,
    pub(super) fixtures: Vec<Spanned<&'t Fixture>>,
    pub(super) limits: Vec<Spanned<(&'t Ident, &'t Limit)>>,
    pub(super) orders: Vec<Spanned<&'t [Ident]>>,
    pub(super) settings: Vec<&'t Setting>,
    pub(super) rules: Vec<Written<'t>>,
    pub(super) tests: Vec<Spanned<&'t Test>>,
    pub(super) proofs: Vec<Spanned<&'t Prove>>,
}

/// A rule as written.
#[derive(Clone, Copy)]
pub(super) struct Written<'t> {
    pub(super) rule: &'t Rule,
    pub(super) docs: &'t [Text],
    /// The whole item without its documentation.
    pub(super) span: Span,
}

/// Sorts all items and declares their names (N102); counts rules and set entries (P007).
pub(super) fn collect<'t>(
    items: &[Placed<'t>],
    names: &mut Names<'t>,
    report: &mut Report,
) -> Collected<'t> {
    let mut to = Collected::default();
    for Placed { item, role } in items {
        let span = item.node.span;
        report.leave();
        blank::check(&item.node.node, report);
        let mut declare = |kind, id: &'t Ident, report: &mut Report| {
            report.leave();
            names.declare(kind, id, *role, report)
        };
        match &item.node.node {
            ItemKind::Include(_) | ItemKind::Use(_) | ItemKind::UseCatalogue { .. } => {}
            ItemKind::Seat(it) if declare(Kind::Seat, &it.id, report) => to.seats.push(it),
            ItemKind::Profile(it) if declare(Kind::Profile, &it.id, report) => to.profiles.push(it),
            ItemKind::Workspace(it) if declare(Kind::Workspace, &it.id, report) => {
                to.workspaces.push(it);
            }
            ItemKind::Capture(it) if declare(Kind::Capture, &it.id, report) => to.captures.push(it),
            ItemKind::Option(it) if declare(Kind::Option, &it.id, report) => to.options.push(it),
            ItemKind::Set(it) if declare(Kind::Set, &it.id, report) => to.sets.push(it),
            ItemKind::Attribute(it) if declare(Kind::Attribute, &it.id, report) => {
                to.attributes.push(it);
            }
            ItemKind::Fixture(it) if declare(Kind::Fixture, &it.id, report) => {
                to.fixtures.push(Spanned::new(it, span));
            }
            ItemKind::Seat(_)
            | ItemKind::Profile(_)
            | ItemKind::Workspace(_)
            | ItemKind::Capture(_)
            | ItemKind::Option(_)
            | ItemKind::Set(_)
            | ItemKind::Attribute(_)
            | ItemKind::Fixture(_) => {}
            ItemKind::Limit { seat, limit } => {
                to.limits.push(Spanned::new((seat, limit), span));
            }
            ItemKind::ProfileOrder(order) => to.orders.push(Spanned::new(order, span)),
            ItemKind::Setting(it) => to.settings.push(it),
            ItemKind::Rule(rule) => {
                if to.rules.len() == limits::RULES {
                    report.enter(context_of(&item.node.node).unwrap_or_default());
                    report.push(too_many_rules(rule.name.span));
                }
                to.rules.push(Written { rule, docs: &item.docs, span });
            }
            ItemKind::Test(it) => to.tests.push(Spanned::new(it, span)),
            ItemKind::Prove(it) => to.proofs.push(Spanned::new(it, span)),
        }
    }
    report.leave();
    to
}

fn too_many_rules(span: Span) -> Diagnostic {
    Diagnostic::new(Code::P007, span, format!("more than {} rules in one rule set", limits::RULES))
        .help("put people into groups or sets, and name those in fewer rules")
}
