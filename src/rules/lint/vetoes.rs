//! S308 and S309: items that protect somebody.

use super::Lint;
use super::words::{context, either, listed, rule};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::model::{CaptureId, RuleHead};

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    for assignment in &lint.model.assignments {
        both_given(lint, &assignment.head, &assignment.captures, found);
    }
    for grant in &lint.model.grants {
        both_given(lint, &grant.head, &grant.captures, found);
    }
    for never in &lint.model.nevers {
        forbidden(lint, &never.head, &never.captures, found);
    }
}

/// S308: one rule gives an item and what switches it off. (Between rules that is what vetoes
/// are for.)
fn both_given(lint: &Lint<'_>, head: &RuleHead, given: &[CaptureId], found: &mut Diagnostics) {
    let catalogue = &lint.model.catalogue;
    for veto in given.iter().filter_map(|id| catalogue.capture(*id)) {
        let off: Vec<&str> = veto
            .excludes
            .iter()
            .filter(|id| given.contains(id))
            .filter_map(|id| catalogue.capture(*id))
            .map(|item| item.naming.id.as_str())
            .collect();
        let Some(first) = off.first() else { continue };
        let id = &veto.naming.id;
        found.push(
            Diagnostic::new(
                Code::S308,
                head.place("capture", Some(first)),
                format!(
                    "{} gives {} and also `{id}`, which switches {} off: people whom it matches do not get {}",
                    rule(head),
                    listed(&off),
                    either(off.len(), "it", "them"),
                    either(off.len(), "it", "them"),
                ),
            )
            .label(format!("switched off by `{id}`"))
            .related(head.place("capture", Some(id)), "the veto is given here")
            .context(context(head))
            .help(format!("leave out {}, or leave out `{id}`", listed(&off))),
        );
    }
}

/// S309: a never forbids protection.
fn forbidden(lint: &Lint<'_>, head: &RuleHead, captures: &[CaptureId], found: &mut Diagnostics) {
    let catalogue = &lint.model.catalogue;
    for veto in captures.iter().filter_map(|id| catalogue.capture(*id)).filter(|c| c.is_veto()) {
        let id = &veto.naming.id;
        let excluded: Vec<&str> = veto
            .excludes
            .iter()
            .filter_map(|id| catalogue.capture(*id))
            .map(|item| item.naming.id.as_str())
            .collect();
        found.push(
            Diagnostic::new(
                Code::S309,
                head.place("capture", Some(id)),
                format!(
                    "{} forbids `{id}`, which protects people: nobody whom it matches can be kept out of {}",
                    rule(head),
                    listed(&excluded),
                ),
            )
            .label("a veto")
            .context(context(head))
            .help(format!("leave out `{id}` unless people must not be protected; to forbid capture, name {}", listed(&excluded))),
        );
    }
}
