//! Exactly one default assignment, after all others, without a condition (R404).

use super::collect::Written;
use super::report::Report;
use super::rules::context;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::rules::ast::{ClauseKind, Match, RuleKind};
use crate::rules::load::Tree;
use crate::rules::source::Span;

/// A default assignment that gives nothing, for the fix.
const TEMPLATE: &str = "\n\ndefault assignment \"Everyone else\" {
  match      everyone
  seats      none
  workspaces { others: none }
  capture    none
  update     manual
}";

/// R404 over all rules, in the order in which they count. Without rules there is nothing to decide,
/// so nothing is missing.
pub(super) fn check(rules: &[Written<'_>], tree: &Tree, report: &mut Report) {
    report.leave();
    let mut defaults = rules.iter().filter(|w| w.rule.kind == RuleKind::Default);
    let Some(default) = defaults.next() else {
        if !rules.is_empty() && !report.items_are_missing() {
            report.push(missing(rules));
        }
        return;
    };
    for second in defaults {
        let message = "there are two default assignments, and only one can catch everyone else";
        report.push(
            Diagnostic::new(Code::R404, second.rule.name.span, message)
                .context(context(second))
                .label("again")
                .related(default.rule.name.span, "the first default assignment")
                .help("keep one; make the other a plain `assignment` with a condition"),
        );
    }
    for written in rules.iter().filter(|w| w.rule.kind == RuleKind::Default) {
        conditions(written, report);
    }
    let place = rules.iter().position(|w| w.rule.kind == RuleKind::Default).unwrap_or(0);
    let mut after =
        rules.iter().skip(place).filter(|written| written.rule.kind == RuleKind::Assignment);
    if let Some(first) = after.next() {
        let last = after.next_back().unwrap_or(first);
        report.push(too_early(default, first, last, tree));
    }
}

fn missing(rules: &[Written<'_>]) -> Diagnostic {
    let mut assignments = rules.iter().filter(|w| w.rule.kind == RuleKind::Assignment);
    let last = assignments.next_back().or(rules.last());
    let span = last.map_or(Span::default(), |written| written.rule.name.span);
    let end = last.map_or(Span::default(), |written| written.span.after());
    Diagnostic::new(
        Code::R404,
        span,
        "there is no default assignment, so nothing says what everyone else gets",
    )
    .help("write one after the last assignment; it may give nothing at all")
    .fix(
        "add a default assignment that gives nothing",
        end,
        TEMPLATE,
        Applicability::MaybeIncorrect,
    )
}

/// A default assignment matches everyone; `except` in it is the parser's to refuse.
fn conditions(written: &Written<'_>, report: &mut Report) {
    for clause in &written.rule.clauses {
        let ClauseKind::Match(Match::Condition(_)) = &clause.node.node else { continue };
        let span = clause.node.span;
        let message = "a default assignment takes everyone whom no other assignment matches, \
                       so it has no condition";
        report.push(
            Diagnostic::new(Code::R404, span, message)
                .context(context(written))
                .help("for a condition write a plain `assignment` before it")
                .fix("match everyone", span, "match everyone", Applicability::MaybeIncorrect),
        );
    }
}

fn too_early(
    default: &Written<'_>,
    first: &Written<'_>,
    last: &Written<'_>,
    tree: &Tree,
) -> Diagnostic {
    let name = &first.rule.name.node;
    let message = format!(
        "assignment \"{name}\" stands after the default assignment, which takes everyone who is left"
    );
    let finding = Diagnostic::new(Code::R404, first.rule.name.span, message)
        .context(context(first))
        .related(default.rule.name.span, "the default assignment")
        .help("move the default assignment behind all others");
    if default.span.file != last.span.file {
        return finding;
    }
    // Its documentation goes with it; what is left is an empty line.
    let start = default.docs.first().map_or(default.span.start, |line| line.span.start);
    let whole = Span { start, ..default.span };
    let Some(text) = tree.sources.get(whole.file).map(|source| source.slice(whole)) else {
        return finding;
    };
    finding.fix_edits(
        "move the default assignment to the end",
        vec![
            Edit { span: whole, text: String::new() },
            Edit { span: last.span.after(), text: format!("\n\n{text}") },
        ],
        Applicability::MachineApplicable,
    )
}
