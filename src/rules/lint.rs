//! Findings about checked rules: what they would do to people that nobody can have meant.
//!
//! Every check reads the checked [`Model`] and, for its fixes, the syntax tree. A check is a
//! function of `Lint` in `CHECKS`; one file holds a check or a family.

mod home;
mod manual;
mod plan;
mod reach;
mod regexes;
mod repeats;
mod requirements;
mod vetoes;
mod words;
mod workspaces;

use std::collections::BTreeMap;

use super::ast::{self, ClauseKind, ItemKind, Picks};
use super::load::Tree;
use super::model::{Model, RuleHead};
use super::source::{FileId, Sources, Span};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Every check, in the order of its codes.
const CHECKS: &[fn(&Lint<'_>, &mut Diagnostics)] = &[
    regexes::check,
    requirements::check,
    home::check,
    plan::check,
    workspaces::check,
    vetoes::check,
    manual::check,
    reach::check,
    repeats::check,
];

/// All findings about checked rules, in the order in which they are shown.
///
/// The tree is the one that the model was checked from; without its texts the findings are the
/// same, but name no clauses and offer no fixes.
pub fn lint(model: &Model, tree: &Tree) -> Vec<Diagnostic> {
    let lint = Lint::new(model, tree);
    let mut found = Diagnostics::new();
    for check in CHECKS {
        check(&lint, &mut found);
    }
    found.sort();
    found.into_vec()
}

/// What the checks read.
struct Lint<'a> {
    model: &'a Model,
    sources: &'a Sources,
    /// Rules as written, by the place of their first word.
    rules: BTreeMap<(FileId, u32), &'a ast::Rule>,
    /// The same in reading order.
    written: Vec<&'a ast::Rule>,
}

impl<'a> Lint<'a> {
    fn new(model: &'a Model, tree: &'a Tree) -> Self {
        let mut rules = BTreeMap::new();
        let mut written = Vec::new();
        for item in tree.files.iter().flat_map(|file| &file.file.items) {
            if let ItemKind::Rule(rule) = &item.node.node {
                rules.insert((item.node.span.file, item.node.span.start), rule);
                written.push(rule);
            }
        }
        Self { model, sources: &tree.sources, rules, written }
    }

    /// A rule as written.
    fn rule(&self, head: &RuleHead) -> Option<&'a ast::Rule> {
        self.rules.get(&(head.span.file, head.span.start)).copied()
    }

    /// The rule that wrote a place, if it is another than the one that is found there: a clause
    /// taken over by `like` is written in the rule that it comes from.
    fn taken_over_from(&self, head: &RuleHead, place: Span) -> Option<&'a ast::Rule> {
        let mut before = self.rules.range(..=(place.file, place.start));
        let (at, rule) = before.next_back()?;
        let own = (head.span.file, head.span.start);
        (at.0 == place.file && *at != own).then_some(*rule)
    }

    /// A clause that the rule writes itself.
    fn clause(&self, head: &RuleHead, keyword: &str) -> Option<&'a ClauseKind> {
        let clauses = &self.rule(head)?.clauses;
        clauses.iter().map(|clause| &clause.node.node).find(|kind| kind.keyword() == keyword)
    }

    /// The edit that adds an item to `seats` or `capture`, where that is plain.
    fn addition(&self, head: &RuleHead, keyword: &str, item: &str) -> Option<(Span, String)> {
        let (ClauseKind::Seats(picks) | ClauseKind::Capture(picks)) = self.clause(head, keyword)?
        else {
            return None;
        };
        match picks {
            Picks::None(none) => Some((none.span, item.to_owned())),
            Picks::List(list) => Some((list.last()?.span.after(), format!(", {item}"))),
            Picks::All { .. } => None,
        }
    }
}
