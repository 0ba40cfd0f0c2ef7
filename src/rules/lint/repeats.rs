//! R405: neighbours that give the same.

use super::Lint;
use super::words::{context, either, listed, rule};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::ast::RuleKind;
use crate::rules::model::Assignment;

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    for run in lint.model.assignments.chunk_by(same) {
        let [first, rest @ ..] = run else { continue };
        let Some(last) = rest.last() else { continue };
        let names: Vec<&str> = rest.iter().map(|other| other.head.name.as_str()).collect();
        let help = if last.head.kind == RuleKind::Default {
            "leave out those before the default: whoever matches none gets the same from it"
        } else {
            "join them into one with `or`, or keep them if their names matter in reports"
        };
        let mut diagnostic = Diagnostic::new(
            Code::R405,
            first.head.span,
            format!(
                "{} gives the same, in the same mode, as {} behind it",
                rule(&first.head),
                either(names.len(), &listed(&names), &format!("each of {}", listed(&names))),
            ),
        )
        .context(context(&first.head))
        .help(help);
        for other in rest.iter().take(4) {
            diagnostic = diagnostic.related(other.head.span, "gives the same");
        }
        found.push(diagnostic);
    }
}

fn same(a: &Assignment, b: &Assignment) -> bool {
    a.seats == b.seats
        && a.workspaces == b.workspaces
        && a.home == b.home
        && a.captures == b.captures
        && a.options == b.options
        && a.update == b.update
}
