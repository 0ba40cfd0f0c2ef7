//! Q701: what came instead of what a test expects, and why.

use super::expectation::is;
use super::words::{actual, expected, why};
use crate::decide::{Cause, Decision, Dropped, Item};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::RuleKind;
use crate::rules::check::suite::{Case, Expectation, Named, Wanted};
use crate::rules::model::{Model, RuleHead};

/// The finding about a failed expectation.
pub(super) fn diagnostic(
    case: &Case,
    expectation: &Expectation,
    decision: &Decision<'_>,
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
    for line in reasons(&expectation.wanted, decision) {
        diagnostic = diagnostic.help(line);
    }
    diagnostic
}

/// Why, one line after another: what happened to the items, then the condition of the rule that
/// decides.
fn reasons(wanted: &Wanted, decision: &Decision<'_>) -> Vec<String> {
    let model = decision.model();
    let mut lines: Vec<String> = decision
        .dropped()
        .iter()
        .filter(|dropped| concerns(wanted, dropped))
        .map(|dropped| why(dropped, &model.catalogue))
        .collect();
    if decision.is_deactivated() {
        return lines;
    }
    let named = match wanted {
        Wanted::Assignment(name) | Wanted::Because { name, .. } => head(model, name),
        _ => None,
    };
    if let Some(named) = named {
        lines.push(standing(named, decision));
    }
    lines
}

/// What became of the rule that the test names.
fn standing(head: &RuleHead, decision: &Decision<'_>) -> String {
    let name = &head.name;
    let winner = decision.winner().map_or("", |winner| winner.head.name.as_str());
    match head.kind {
        RuleKind::Assignment | RuleKind::Default => {
            let also = decision.also_matching().any(|other| other.head.name == *name);
            if winner == name {
                format!("assignment `{name}` wins")
            } else if also || head.kind == RuleKind::Default {
                format!("assignment `{name}` matches too, but `{winner}` stands above it")
            } else {
                format!("assignment `{name}` does not match")
            }
        }
        RuleKind::Grant if decision.grants().any(|grant| grant.head.name == *name) => {
            format!("grant `{name}` matches, but nothing of what it gives stands")
        }
        RuleKind::Never if decision.nevers().any(|never| never.head.name == *name) => {
            format!("never `{name}` matches, but nothing that it forbids was given")
        }
        RuleKind::Grant | RuleKind::Never => {
            format!("{} `{name}` does not match", head.kind.as_str())
        }
    }
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
