//! Q701: what came instead of what a test expects, and why.

use super::expectation::is;
use super::tree;
use super::words::{actual, expected, why};
use crate::decide::{Cause, Decision, Dropped, Item, RuleSet};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::RuleKind;
use crate::rules::check::suite::{Case, Expectation, Named, Wanted};
use crate::rules::model::{Model, RuleHead};

/// Nevers whose conditions are shown.
const NEVERS: usize = 2;

/// The finding about a failed expectation. Of each rule the first finding of a test shows the
/// conditions; `shown` remembers which were.
pub(super) fn diagnostic<'a>(
    rules: &RuleSet,
    case: &Case,
    expectation: &Expectation,
    decision: &Decision<'a>,
    shown: &mut Vec<&'a str>,
) -> Diagnostic {
    let model = decision.model();
    let person = &case.fixture;
    let mut diagnostic = Diagnostic::new(
        Code::Q701,
        expectation.span,
        format!(
            "expected {}, but `{person}` {}",
            expected(expectation, &model.catalogue),
            actual(expectation, decision)
        ),
    )
    .context(format!("test \"{}\"", case.name));
    for line in reasons(rules, &expectation.wanted, decision, shown) {
        diagnostic = diagnostic.help(line);
    }
    diagnostic
}

/// Why, one line after another: what happened to the items, then the conditions of the rules
/// that decide.
fn reasons<'a>(
    rules: &RuleSet,
    wanted: &Wanted,
    decision: &Decision<'a>,
    shown: &mut Vec<&'a str>,
) -> Vec<String> {
    if decision.is_deactivated() {
        return Vec::new();
    }
    let model = decision.model();
    let dropped = decision.dropped();
    let dropped: Vec<&Dropped<'a>> =
        dropped.iter().filter(|dropped| concerns(wanted, dropped)).collect();
    let mut lines: Vec<String> =
        dropped.iter().map(|dropped| why(dropped, &model.catalogue)).collect();
    for head in deciding(wanted, &dropped, decision) {
        let standing = standing(head, decision);
        if shown.contains(&head.name.as_str()) {
            lines.push(standing);
            continue;
        }
        shown.push(&head.name);
        lines.push(format!("{standing}:"));
        let trace = rules.explain_rule(decision.person(), &head.name);
        lines.extend(trace.iter().flat_map(tree::rows));
    }
    lines
}

/// The rules whose conditions show why: the one that the test names; or else the nevers that took
/// something away; or else the winner.
fn deciding<'a>(
    wanted: &Wanted,
    dropped: &[&Dropped<'a>],
    decision: &Decision<'a>,
) -> Vec<&'a RuleHead> {
    if let Wanted::Assignment(name) | Wanted::Because { name, .. } = wanted
        && let Some(head) = head(decision.model(), name)
    {
        let above = decision.also_matching().any(|other| other.head.name == *name)
            || head.kind == RuleKind::Default;
        let winner = decision.winner().map(|winner| &winner.head);
        let above = winner.filter(|winner| above && winner.name != *name);
        return vec![above.unwrap_or(head)];
    }
    let mut nevers: Vec<&RuleHead> = Vec::new();
    for never in dropped.iter().flat_map(|dropped| &dropped.nevers) {
        if nevers.iter().all(|other| other.name != never.name) {
            nevers.push(never);
        }
    }
    nevers.truncate(NEVERS);
    if nevers.is_empty() {
        nevers.extend(decision.winner().map(|winner| &winner.head));
    }
    nevers
}

/// What became of a rule.
fn standing(head: &RuleHead, decision: &Decision<'_>) -> String {
    let name = &head.name;
    let matches = match head.kind {
        RuleKind::Assignment | RuleKind::Default => {
            let wins = decision.winner().is_some_and(|winner| winner.head.name == *name);
            return format!(
                "assignment `{name}` {}",
                if wins { "wins, the first that matches" } else { "does not match" }
            );
        }
        RuleKind::Grant => decision.grants().any(|grant| grant.head.name == *name),
        RuleKind::Never => decision.nevers().any(|never| never.head.name == *name),
    };
    let matches = if matches { "matches" } else { "does not match" };
    format!("{} `{name}` {matches}", head.kind.as_str())
}

/// Whether an expectation is about something that was dropped.
fn concerns(wanted: &Wanted, dropped: &Dropped<'_>) -> bool {
    let listed = |named: &[Named], cause| {
        dropped.cause == cause || named.iter().any(|named| is(named, dropped.item))
    };
    match (wanted, dropped.item) {
        (Wanted::Seats(_), Item::Seat(_))
        | (Wanted::Capture(_) | Wanted::CaptureIncludes(_), Item::Capture(_)) => true,
        (Wanted::Seat(wanted), Item::Seat(seat)) => *wanted == seat,
        (Wanted::Workspace { workspace, .. }, Item::Profile(place, _)) => *workspace == place,
        (Wanted::Withheld(named), _) => listed(named, Cause::Withheld),
        (Wanted::Removed(named), _) => listed(named, Cause::Removed),
        (Wanted::Vetoed(named), _) => listed(named, Cause::Vetoed),
        _ => false,
    }
}

fn head<'a>(model: &'a Model, name: &str) -> Option<&'a RuleHead> {
    let assignments = model.assignments.iter().map(|assignment| &assignment.head);
    let grants = model.grants.iter().map(|grant| &grant.head);
    let nevers = model.nevers.iter().map(|never| &never.head);
    assignments.chain(grants).chain(nevers).find(|head| head.name == name)
}
