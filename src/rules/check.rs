//! Checking: the tree of all files becomes a model, if nothing is wrong.
//!
//! Stages, each a file: items in order (`merge`), names declared (`collect`, `names`), the
//! catalogue (`items`), attributes (`declare`, `attributes`), rules (`rules`, `clauses`,
//! `conditions`), tests (`fixtures`, `expectations`). Every stage goes on after a mistake, so that
//! one run shows them all; time is in proportion to the text.

mod attributes;
mod blank;
mod clauses;
mod collect;
mod conditions;
mod cycles;
mod declare;
mod default_rule;
mod doubtful;
mod expectations;
mod fixtures;
mod items;
mod letter_case;
mod literals;
mod merge;
mod names;
mod negation;
mod operators;
mod order;
mod patterns;
mod payload;
mod report;
mod rules;
mod schema;
mod sets;
mod settings;
pub mod suite;

pub use suite::TestSuite;

use super::ast::ItemKind;
use super::catalogue;
use super::load::Tree;
use super::model::Model;
use crate::diagnostic::Diagnostics;

/// What checking found out.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The rules, ready to be compiled; only without errors. Of a catalogue (a root without rules)
    /// it has no assignments.
    pub model: Option<Model>,
    /// The tests, for `testing`; to be run only with a model.
    pub tests: TestSuite,
    /// Everything found, the tree's findings included, in the order to show.
    pub diagnostics: Diagnostics,
}

/// Checks all files of a tree together.
pub fn check(tree: &Tree) -> Checked {
    let mut report = report::Report::new(tree);
    let placed = merge::items(tree);
    let mut names = names::Names::new();
    let from = collect::collect(&placed, &mut names, &mut report);
    let rule_names = rules::names(&from.rules, &mut report);

    let mut items = items::build(&from, &merge::built_in(tree), &mut names, &mut report);
    let order = order::rank(&from, &mut names, &mut report, &mut items.catalogue);
    let attributes = declare::attributes(&from.attributes, &mut names, &mut report);
    let sets = sets::Sets::new(from.sets.clone(), &mut report);
    let patterns = patterns::Patterns::default();
    let mut scope = conditions::Scope { attributes, names, sets, patterns };

    for item in tree.files.iter().flat_map(|loaded| &loaded.file.items) {
        if let ItemKind::UseCatalogue { name, version } = &item.node.node {
            report.extend(catalogue::upgrade_hint(catalogue::TABLE, name, version));
        }
    }
    let settings = settings::read(&from.settings, &mut scope, &mut report);
    let mut profiles = order::ProfilesInUse::default();
    let rules = rules::build(&from, &rule_names, &items, &mut scope, &mut profiles, &mut report);
    order::check_total(&profiles, order, &items.catalogue, &mut report);
    default_rule::check(&from.rules, tree, &mut report);
    let tests = expectations::suite(&from, &rule_names, &items, &mut scope, &mut report);
    expectations::proofs(&from, &rule_names, &items, &mut scope, &mut report);
    if !from.rules.is_empty() && !report.text_is_broken() {
        scope.names.report_unused(&mut report);
    }

    let diagnostics = report.finish(tree);
    let sound = !diagnostics.has_errors() && !rules.incomplete;
    let model = sound.then(|| Model {
        edition: tree
            .files
            .first()
            .and_then(|file| file.file.edition.as_ref())
            .map_or(1, |e| e.node),
        catalogue: items.catalogue,
        attributes: scope.attributes.into_model(),
        assignments: rules.assignments,
        grants: rules.grants,
        nevers: rules.nevers,
        settings,
    });
    Checked { model, tests, diagnostics }
}
