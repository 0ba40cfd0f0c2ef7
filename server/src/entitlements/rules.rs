//! One version of the rules, compiled, with the names that its items have in the host's API.

use std::collections::HashMap;

use provisor::decide::RuleSet;
use provisor::reconcile::{Context, GroupNames, Index, rules_naming};
use provisor::rules::ast::GroupBy;
use provisor::rules::model::{Cond, CondKind, GroupKey, Model, Naming};
use provisor::scim::compare::compared;

/// Rules of a tenant, ready to decide. Immutable.
#[derive(Debug)]
pub struct Rules {
    /// Their number, from 1.
    pub version: u64,
    /// What decides.
    pub set: RuleSet,
    names: Names,
    /// For [`Self::context`]: every write asks for it, and the catalogue may be long.
    index: Index,
}

/// What an item is called outside of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// In the host's API.
    pub wire: String,
    /// For people.
    pub label: String,
}

#[derive(Debug, Default)]
struct Names {
    seats: HashMap<String, Called>,
    workspaces: HashMap<String, Called>,
    profiles: HashMap<String, Called>,
    /// Names of profiles where they depend on the workspace.
    offered: HashMap<(String, String), String>,
    capture: HashMap<String, Called>,
    options: HashMap<String, Called>,
    choices: HashMap<(String, String), Called>,
}

impl Rules {
    /// A version of the rules.
    pub fn new(version: u64, set: RuleSet) -> Self {
        let (names, index) = (Names::of(set.model()), Index::new(&set.model().catalogue));
        Self { version, set, names, index }
    }

    /// What reconcile needs to know of them.
    pub fn context(&self) -> Context<'_> {
        let model = self.set.model();
        Context::indexed(&model.catalogue, &model.settings, &self.index)
    }

    /// A seat's names; those in rules where the catalogue does not know it (any more).
    pub fn seat(&self, id: &str) -> Called {
        self.names.seats.get(id).cloned().unwrap_or_else(|| Called::unknown(id))
    }

    /// A workspace's names.
    pub fn workspace(&self, id: &str) -> Called {
        self.names.workspaces.get(id).cloned().unwrap_or_else(|| Called::unknown(id))
    }

    /// A profile's names in a workspace.
    pub fn profile(&self, workspace: &str, id: &str) -> Called {
        let mut called =
            self.names.profiles.get(id).cloned().unwrap_or_else(|| Called::unknown(id));
        if let Some(wire) = self.names.offered.get(&(workspace.to_owned(), id.to_owned())) {
            called.wire.clone_from(wire);
        }
        called
    }

    /// A capture item's names.
    pub fn capture(&self, id: &str) -> Called {
        self.names.capture.get(id).cloned().unwrap_or_else(|| Called::unknown(id))
    }

    /// An option's names.
    pub fn option(&self, id: &str) -> Called {
        self.names.options.get(id).cloned().unwrap_or_else(|| Called::unknown(id))
    }

    /// The names of an option's choice.
    pub fn choice(&self, option: &str, id: &str) -> Called {
        let choice = self.names.choices.get(&(option.to_owned(), id.to_owned()));
        choice.cloned().unwrap_or_else(|| Called::unknown(id))
    }

    /// Whether some rule names a group by one of these names, its id or its externalId.
    pub fn name_group(&self, names: &[&str], id: &str, external_id: Option<&str>) -> bool {
        let named = |name: &&str| {
            let group = GroupNames { name, id: Some(id), external_id };
            !rules_naming(self.set.model(), group).is_empty()
        };
        names.iter().any(named)
    }

    /// Whether another `displayName` or `externalId` of a group can make a difference: some rule
    /// names the old or the new name, or asks for patterns, external ids or `groups` as an
    /// attribute, of which it is not worked out whether they meet this group.
    pub fn tell_names_apart(&self, former: &str, now: &str) -> bool {
        let model = self.set.model();
        let names = [compared(former, false), compared(now, false)];
        let tells = |key: &GroupKey| match key.by {
            GroupBy::Name => names.iter().any(|name| *name == key.compared),
            GroupBy::Like | GroupBy::ExternalId => true,
            GroupBy::Id => false,
        };
        model.attributes.iter().any(|attribute| attribute.name.eq_ignore_ascii_case("groups"))
            || conditions(model).any(|cond| has_group(cond, &tells))
    }
}

fn conditions(model: &Model) -> impl Iterator<Item = &Cond> {
    let assignments = model.assignments.iter().map(|rule| &rule.head);
    let grants = model.grants.iter().map(|rule| &rule.head);
    let nevers = model.nevers.iter().map(|rule| &rule.head);
    let heads = assignments.chain(grants).chain(nevers);
    heads.flat_map(|head| std::iter::once(&head.matches).chain(head.except.as_ref()))
}

/// Its own stack, so that depth is nobody's concern.
fn has_group(cond: &Cond, tells: &dyn Fn(&GroupKey) -> bool) -> bool {
    let mut open = vec![cond];
    while let Some(cond) = open.pop() {
        match &cond.kind {
            CondKind::All(parts) | CondKind::Any(parts) => open.extend(parts),
            CondKind::Not(inner) => open.push(inner),
            CondKind::Group(atom) if atom.groups.iter().any(tells) => return true,
            CondKind::True | CondKind::Group(_) | CondKind::Value(_) | CondKind::Element { .. } => {
            }
        }
    }
    false
}

impl Called {
    fn unknown(id: &str) -> Self {
        Self { wire: id.to_owned(), label: id.to_owned() }
    }

    fn of(naming: &Naming) -> Self {
        Self {
            wire: naming.wire.clone().unwrap_or_else(|| naming.id.clone()),
            label: naming.label.clone(),
        }
    }
}

impl Names {
    fn of(model: &Model) -> Self {
        let catalogue = &model.catalogue;
        let by_id = |naming: &Naming| (naming.id.clone(), Called::of(naming));
        let mut names = Self {
            seats: catalogue.seats.iter().map(|item| by_id(&item.naming)).collect(),
            workspaces: catalogue.workspaces.iter().map(|item| by_id(&item.naming)).collect(),
            profiles: catalogue.profiles.iter().map(|item| by_id(&item.naming)).collect(),
            capture: catalogue.captures.iter().map(|item| by_id(&item.naming)).collect(),
            options: catalogue.options.iter().map(|item| by_id(&item.naming)).collect(),
            ..Self::default()
        };
        for option in &catalogue.options {
            for choice in &option.choices {
                let key = (option.naming.id.clone(), choice.id.clone());
                names.choices.insert(key, Called::of(choice));
            }
        }
        for workspace in &catalogue.workspaces {
            for (profile, wire) in workspace.offers.iter().flatten() {
                if let (Some(profile), Some(wire)) = (catalogue.profile(*profile), wire) {
                    let key = (workspace.naming.id.clone(), profile.naming.id.clone());
                    names.offered.insert(key, wire.clone());
                }
            }
        }
        names
    }
}
