//! S307: a workspace that an assignment does not answer for.

use std::collections::HashSet;

use super::Lint;
use super::words::{context, either, listed, rule};
use crate::diagnostic::{Applicability, Code, Diagnostic, Diagnostics};
use crate::rules::ast::{ClauseKind, WorkspaceEntry};
use crate::rules::model::RuleHead;
use crate::rules::source::Span;

/// Grants add where they say so and nevers forbid where they say so: only an assignment has to
/// answer for every workspace.
pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    for assignment in &lint.model.assignments {
        let head = &assignment.head;
        // A clause taken over by `like` is reported where it is written.
        let Some(ClauseKind::Workspaces(entries)) = lint.clause(head, "workspaces") else {
            continue;
        };
        if entries.iter().any(|entry| entry.workspace.node.is_none()) {
            continue;
        }
        let named: HashSet<&str> =
            entries.iter().filter_map(|entry| entry.workspace.node.as_deref()).collect();
        let missing: Vec<&str> = lint
            .model
            .catalogue
            .workspaces
            .iter()
            .map(|workspace| workspace.naming.id.as_str())
            .filter(|id| !named.contains(id))
            .collect();
        if !missing.is_empty() {
            found.push(unlisted(lint, head, entries, &missing));
        }
    }
}

fn unlisted(
    lint: &Lint<'_>,
    head: &RuleHead,
    entries: &[WorkspaceEntry],
    missing: &[&str],
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::S307,
        head.place("workspaces", None),
        format!(
            "{} does not say what people get in {}: they get no profile there",
            rule(head),
            listed(missing),
        ),
    )
    .label(format!(
        "no {} and no `others`",
        either(missing.len(), "entry for it", "entries for them")
    ))
    .context(context(head))
    .help("add `others: none` if that is meant, or `others:` with a profile");
    match entries.last() {
        Some(last) => {
            let end = last.grade.span.after();
            let text = addition(lint, last.workspace.span, end);
            diagnostic.fix("write `others: none`", end, text, Applicability::MachineApplicable)
        }
        None => diagnostic,
    }
}

/// `others: none` behind the last entry: on a line of its own if that entry has one.
fn addition(lint: &Lint<'_>, last: Span, end: Span) -> String {
    let alone = lint.sources.get(last.file).and_then(|source| {
        let (line, column) = source.line_column(last.start);
        let indent: String = source.line(line).chars().take(column.saturating_sub(1)).collect();
        indent.chars().all(char::is_whitespace).then_some(indent)
    });
    let comma = lint.sources.get(end.file).is_some_and(|source| {
        let rest = source.text().get(end.start as usize..).unwrap_or("");
        rest.trim_start_matches([' ', '\t']).starts_with(',')
    });
    match (alone, comma) {
        (Some(indent), false) => format!("\n{indent}others: none"),
        (Some(indent), true) => format!(",\n{indent}others: none"),
        (None, _) => ", others: none".to_owned(),
    }
}
