//! R405: neighbours that give the same, or forbid the same.

use super::Lint;
use super::words::{context, either, listed, rule};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::ast::RuleKind;
use crate::rules::model::{Assignment, Grant, Never, RuleHead};

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    let model = lint.model;
    for run in model.assignments.chunk_by(same) {
        found.extend(repeated(run.iter().map(|rule| &rule.head)));
    }
    for run in model.grants.chunk_by(same_grant) {
        found.extend(repeated(run.iter().map(|rule| &rule.head)));
    }
    for run in model.nevers.chunk_by(same_never) {
        found.extend(repeated(run.iter().map(|rule| &rule.head)));
    }
}

/// The finding about a run of neighbours; none if it is one rule.
fn repeated<'a>(run: impl Iterator<Item = &'a RuleHead>) -> Option<Diagnostic> {
    let heads: Vec<&RuleHead> = run.collect();
    let (first, rest) = heads.split_first()?;
    let last = rest.last()?;
    let names: Vec<&str> = rest.iter().map(|other| other.name.as_str()).collect();
    let does = match first.kind {
        RuleKind::Assignment | RuleKind::Default => "gives the same, in the same mode,",
        RuleKind::Grant => "gives the same",
        RuleKind::Never => "forbids the same",
    };
    let help = if last.kind == RuleKind::Default {
        "leave out those before the default: whoever matches none gets the same from it"
    } else {
        "join them into one with `or`, or keep them if their names matter in reports"
    };
    let mut diagnostic = Diagnostic::new(
        Code::R405,
        first.span,
        format!(
            "{} {does} as {} behind it",
            rule(first),
            either(names.len(), &listed(&names), &format!("each of {}", listed(&names))),
        ),
    )
    .context(context(first))
    .help(help);
    let same = if first.kind == RuleKind::Never { "forbids the same" } else { "gives the same" };
    for other in rest.iter().take(4) {
        diagnostic = diagnostic.related(other.span, same);
    }
    Some(diagnostic)
}

fn same(a: &Assignment, b: &Assignment) -> bool {
    a.seats == b.seats
        && a.workspaces == b.workspaces
        && a.home == b.home
        && a.captures == b.captures
        && a.options == b.options
        && a.update == b.update
}

fn same_grant(a: &Grant, b: &Grant) -> bool {
    a.seats == b.seats && a.workspaces == b.workspaces && a.captures == b.captures
}

fn same_never(a: &Never, b: &Never) -> bool {
    a.seats == b.seats && a.workspaces == b.workspaces && a.captures == b.captures
}
