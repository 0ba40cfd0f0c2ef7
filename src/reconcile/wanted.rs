//! What writing would make of a member: the decision, with standing vetoes and `withheld`.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::target::Wanted;
use super::values::{Item, Value, Values};

/// The decision as it would be written for one member.
#[derive(Debug)]
pub(super) struct Effective<'a> {
    decided: &'a Wanted,
    values: Values,
    /// Vetoes that are on only because they stand.
    only_standing: BTreeSet<String>,
    /// Capture item → the standing vetoes that exclude it, whether it is decided or not.
    pub(super) protected: BTreeMap<String, Vec<String>>,
    /// Decided capture items that standing vetoes keep off, directly or through a requirement.
    pub(super) kept_off: BTreeMap<String, Vec<String>>,
}

impl<'a> Effective<'a> {
    /// The decision for somebody with these standing vetoes.
    pub(super) fn new(
        context: &Context<'_>,
        decided: &'a Wanted,
        standing: &BTreeSet<String>,
    ) -> Self {
        let mut values = Values {
            seats: decided.seats.clone(),
            workspaces: decided.workspaces.clone(),
            home: decided.home.clone(),
            capture: decided.capture.clone(),
            options: decided.options.iter().filter_map(choice).collect(),
        };
        if context.settings.withheld_store {
            values.seats.extend(decided.withheld_seats.iter().cloned());
            values.capture.extend(decided.withheld_capture.iter().cloned());
            for (workspace, profile) in &decided.withheld_workspaces {
                values.workspaces.entry(workspace.clone()).or_insert_with(|| profile.clone());
            }
        }

        let standing: BTreeSet<String> = standing
            .iter()
            .filter(|veto| !decided.forbidden_capture.contains_key(*veto))
            .cloned()
            .collect();
        let mut protected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for veto in &standing {
            for excluded in context.excluded_by(veto) {
                protected.entry(excluded.to_owned()).or_default().push(veto.clone());
            }
        }
        let mut kept_off = BTreeMap::new();
        let before = values.capture.clone();
        values.capture.retain(|id| !protected.contains_key(id));
        let gone: BTreeSet<String> = before.difference(&values.capture).cloned().collect();
        if !context.settings.withheld_store {
            context.drop_dependents(&mut values.capture, &gone);
        }
        let all: Vec<String> = standing.iter().cloned().collect();
        for id in before.difference(&values.capture) {
            // A dependent is kept off by whatever keeps off what it requires.
            let vetoes = protected.get(id).unwrap_or(&all);
            kept_off.insert(id.clone(), vetoes.clone());
        }
        let only_standing = standing.difference(&values.capture).cloned().collect();
        values.capture.extend(standing);
        Self { decided, values, only_standing, protected, kept_off }
    }

    /// Whether the winner says anything about an item. Home and options that it leaves out are
    /// nobody's.
    pub(super) fn governs(&self, item: &Item) -> bool {
        match item {
            Item::Home => self.decided.home.is_some(),
            Item::Option(id) => self.decided.options.contains_key(id),
            Item::Seat(_) | Item::Workspace(_) | Item::Capture(_) => true,
        }
    }

    /// What the item would be.
    pub(super) fn value(&self, item: &Item) -> Option<Value> {
        self.values.get(item)
    }

    /// What reconcile itself would write: a veto that only stands is not its doing.
    pub(super) fn written(&self, item: &Item) -> Option<Value> {
        match item {
            Item::Capture(id) if self.only_standing.contains(id) => None,
            _ => self.values.get(item),
        }
    }

    /// Every item that would be there.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> {
        self.values.items()
    }
}

fn choice((option, choice): (&String, &Option<String>)) -> Option<(String, String)> {
    choice.clone().map(|choice| (option.clone(), choice))
}
