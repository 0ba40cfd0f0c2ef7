//! Which rules the tests reach.

use super::RuleCoverage;
use crate::decide::Decision;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::RuleKind;
use crate::rules::model::{Model, RuleHead};
use std::collections::HashMap;

/// Counts of tests, by the rule's kind and name (names are unique over all kinds).
pub(super) struct Reached {
    counts: HashMap<String, usize>,
}

impl Reached {
    /// No test yet.
    pub(super) fn new(model: &Model) -> Self {
        Self { counts: heads(model).map(|head| (head.name.clone(), 0)).collect() }
    }

    /// One more test.
    pub(super) fn add(&mut self, decision: &Decision<'_>) {
        let winner = decision.winner().map(|winner| &winner.head);
        let grants = decision.grants().map(|grant| &grant.head);
        let nevers = decision.nevers().map(|never| &never.head);
        for head in winner.into_iter().chain(grants).chain(nevers) {
            if let Some(count) = self.counts.get_mut(&head.name) {
                *count += 1;
            }
        }
    }

    /// Every rule with its count.
    pub(super) fn report(&self, model: &Model) -> Vec<RuleCoverage> {
        heads(model)
            .map(|head| RuleCoverage {
                kind: head.kind,
                name: head.name.clone(),
                span: head.span,
                tests: self.counts.get(&head.name).copied().unwrap_or(0),
            })
            .collect()
    }
}

fn heads(model: &Model) -> impl Iterator<Item = &RuleHead> {
    let assignments = model.assignments.iter().map(|assignment| &assignment.head);
    let grants = model.grants.iter().map(|grant| &grant.head);
    assignments.chain(grants).chain(model.nevers.iter().map(|never| &never.head))
}

/// Q703
pub(super) fn uncovered(rule: &RuleCoverage) -> Option<Diagnostic> {
    if rule.tests > 0 {
        return None;
    }
    let name = &rule.name;
    let (message, expectation) = match rule.kind {
        RuleKind::Assignment => (
            format!("no test has a person who gets assignment `{name}`"),
            format!("expect assignment \"{name}\""),
        ),
        RuleKind::Default => (
            format!("no test has a person whom only the default assignment `{name}` matches"),
            format!("expect assignment \"{name}\""),
        ),
        RuleKind::Grant => (
            format!("no test has a person whom grant `{name}` matches"),
            format!("expect because \"{name}\""),
        ),
        RuleKind::Never => (
            format!("no test has a person whom never `{name}` matches"),
            format!("expect because \"{name}\""),
        ),
    };
    Some(
        Diagnostic::new(Code::Q703, rule.span, message)
            .context(format!("{} \"{name}\"", rule.kind.as_str()))
            .help(format!("add a `test` with such a person and `{expectation}`")),
    )
}
