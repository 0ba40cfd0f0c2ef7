//! Which rules name a group: what a diagnostic tells when the source deletes it.

use crate::rules::ast::GroupBy;
use crate::rules::model::{Cond, CondKind, GroupKey, Model, RuleHead};
use crate::rules::source::Span;
use crate::scim::compare::{compared, nfc};

/// A group by everything that is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupNames<'a> {
    /// Its `displayName`.
    pub name: &'a str,
    /// Its `id`.
    pub id: Option<&'a str>,
    /// Its `externalId`.
    pub external_id: Option<&'a str>,
}

/// A rule that names the group, and the condition in which it does.
#[derive(Debug, Clone, Copy)]
pub struct NamedBy<'m> {
    /// The rule.
    pub rule: &'m RuleHead,
    /// The first condition that names the group.
    pub span: Span,
}

/// The rules that name a group by name, id or externalId, in file order of their kinds:
/// assignments, grants, nevers. Patterns (`like`) name no group in particular.
///
/// Linear in the conditions and the entries of their sets.
pub fn rules_naming<'m>(model: &'m Model, group: GroupNames<'_>) -> Vec<NamedBy<'m>> {
    let name = compared(group.name, false);
    let is_named = |key: &GroupKey| match key.by {
        GroupBy::Name => key.compared == name,
        GroupBy::Id => group.id.is_some_and(|id| key.compared == nfc(id)),
        GroupBy::ExternalId => group.external_id.is_some_and(|id| key.compared == nfc(id)),
        GroupBy::Like => false,
    };
    let assignments = model.assignments.iter().map(|rule| &rule.head);
    let grants = model.grants.iter().map(|rule| &rule.head);
    let nevers = model.nevers.iter().map(|rule| &rule.head);
    let named = |rule: &'m RuleHead| {
        let conditions = [Some(&rule.matches), rule.except.as_ref()];
        let span = conditions.into_iter().flatten().find_map(|cond| first(cond, &is_named))?;
        Some(NamedBy { rule, span })
    };
    assignments.chain(grants).chain(nevers).filter_map(named).collect()
}

/// The first group condition, as written, with such a group. Its own stack, so that depth is
/// nobody's concern.
fn first(cond: &Cond, is_named: &dyn Fn(&GroupKey) -> bool) -> Option<Span> {
    let mut open = vec![cond];
    while let Some(cond) = open.pop() {
        match &cond.kind {
            CondKind::All(parts) | CondKind::Any(parts) => open.extend(parts.iter().rev()),
            CondKind::Not(inner) => open.push(inner),
            CondKind::Group(atom) if atom.groups.iter().any(is_named) => return Some(cond.span),
            CondKind::True | CondKind::Group(_) | CondKind::Value(_) | CondKind::Element { .. } => {
            }
        }
    }
    None
}
