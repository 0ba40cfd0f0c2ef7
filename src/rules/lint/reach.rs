//! R401 and R402: rules that reach nobody.
//!
//! Conditions are put into a normal form of alternatives ([`cubes`]) whose literals are compared
//! by what they say of one attribute ([`values`]) or of groups ([`groups`]). The reasoning is
//! sound and incomplete: what it reports is certain, and work is bounded by [`fuel`].

mod atoms;
mod clash;
mod cover;
mod cubes;
mod fuel;
mod groups;
mod index;
mod meeting;
mod patterns;
mod values;

pub(super) use meeting::Meetings;

use atoms::Atoms;
use clash::Logic;
use cover::Cover;
use cubes::{Normal, Placed, normal};
use fuel::Fuel;

use super::Lint;
use super::words::{context, either, excerpt, joined, listed, rule};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::ast::RuleKind;
use crate::rules::model::{Assignment, RuleHead};
use crate::rules::source::Span;

/// Steps spent on finding out whether one rule can match.
const STEPS: usize = 1 << 16;
/// Alternatives whose clash is shown.
const SHOWN: usize = 3;

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    let model = lint.model;
    let mut atoms = Atoms::default();
    let mut form = |head| normal(head, &model.attributes, &mut atoms);
    let assignments: Vec<Normal> = model.assignments.iter().map(|a| form(&a.head)).collect();
    let others: Vec<(&RuleHead, Normal)> = model
        .grants
        .iter()
        .map(|grant| &grant.head)
        .chain(model.nevers.iter().map(|never| &never.head))
        .map(|head| (head, form(head)))
        .collect();
    let logic = Logic::new(atoms, &model.attributes);
    for (head, normal) in &others {
        found.extend(never_matches(lint, &logic, head, normal));
    }
    reach_assignments(lint, logic, &assignments, found);
}

/// Goes through the assignments in file order.
fn reach_assignments(
    lint: &Lint<'_>,
    logic: Logic<'_>,
    normals: &[Normal],
    found: &mut Diagnostics,
) {
    let assignments = &lint.model.assignments;
    let mut cover = Cover::new(logic);
    for (at, (assignment, normal)) in assignments.iter().zip(normals).enumerate() {
        if let Some(blockers) = cover.everyone() {
            let heads = heads(assignments, blockers);
            let rest = assignments.get(at..).unwrap_or(&[]);
            found.extend(nobody_left(rest, &heads));
            return;
        }
        if let Some(diagnostic) = never_matches(lint, cover.logic(), &assignment.head, normal) {
            found.push(diagnostic);
            continue;
        }
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(blockers) = cover.blockers(number, normal) {
            let heads = heads(assignments, &blockers);
            found.push(unreachable(&assignment.head, &heads));
        }
        cover.add(number, normal);
    }
}

/// R401: every alternative contradicts itself.
fn never_matches(
    lint: &Lint<'_>,
    logic: &Logic<'_>,
    head: &RuleHead,
    normal: &Normal,
) -> Option<Diagnostic> {
    let mut fuel = Fuel::new(STEPS);
    let mut clashes = Vec::new();
    for cube in &normal.over {
        let clash = logic.clash(cube, &mut fuel)?;
        if clashes.len() < SHOWN {
            clashes.push(clash);
        }
    }
    let outcome = match head.kind {
        RuleKind::Never => format!("{} can never match, so it protects nobody", rule(head)),
        _ => format!("{} can never match, so nobody gets it", rule(head)),
    };
    let Some(first) = clashes.first() else {
        // No alternative at all: an empty list of groups or values.
        return Some(
            Diagnostic::new(
                Code::R401,
                head.place("match", None),
                format!("{outcome}: its condition asks for one of none"),
            )
            .context(context(head))
            .help("name at least one group or value, or remove the rule"),
        );
    };
    let span = first.last().map_or(head.span, |placed| placed.span);
    let mut diagnostic = Diagnostic::new(
        Code::R401,
        span,
        format!("{outcome}: {}", reason(lint, logic, head, first)),
    )
    .context(context(head));
    if let [others @ .., _] = first.as_slice() {
        diagnostic = diagnostic.label("the clash");
        for placed in others {
            diagnostic = diagnostic.related(placed.span, "clashes with this");
        }
    }
    for clash in clashes.iter().skip(1) {
        let at = clash.last().map_or(head.span, |placed| placed.span);
        diagnostic = diagnostic.related(at, format!("here, {}", reason(lint, logic, head, clash)));
    }
    Some(diagnostic.help(help(logic, first)))
}

/// Why literals cannot all hold, in words.
fn reason(lint: &Lint<'_>, logic: &Logic<'_>, head: &RuleHead, clash: &[Placed]) -> String {
    let texts = |wanted: bool| {
        let mut texts: Vec<String> = clash
            .iter()
            .filter(|placed| placed.asked == wanted)
            .map(|placed| format!("`{}`", excerpt(lint.sources, placed.span)))
            .collect();
        texts.dedup();
        texts
    };
    let (needed, ruled_out) = (texts(true), texts(false));
    if logic.inactive(clash) {
        return "people who are not active are deactivated before any rule is read".to_owned();
    }
    let excepted = head.except.as_ref().is_some_and(|except| {
        let within = |span: Span| {
            except.span.file == span.file
                && except.span.start <= span.start
                && span.end <= except.span.end
        };
        clash.iter().filter(|placed| !placed.asked).all(|placed| within(placed.span))
    });
    match (needed.as_slice(), ruled_out.as_slice()) {
        ([only], []) => format!("nobody meets {only}"),
        ([_, _], []) => format!("nobody meets both {}", joined(&needed)),
        (_, []) => format!("nobody meets all of {}", joined(&needed)),
        ([], _) => format!("nobody escapes {}", joined(&ruled_out)),
        _ if excepted => {
            format!(
                "whoever meets {} is taken out by `except` {}",
                joined(&needed),
                joined(&ruled_out)
            )
        }
        _ => format!("it asks for {} and rules out {}", joined(&needed), joined(&ruled_out)),
    }
}

fn help(logic: &Logic<'_>, clash: &[Placed]) -> &'static str {
    if logic.inactive(clash) {
        "leave out the condition: deactivation releases seats by itself"
    } else if clash.iter().all(|placed| placed.asked) && clash.len() > 1 {
        "join them with `or` if either will do, or remove one"
    } else {
        "remove one of them, or remove the rule"
    }
}

/// R402: earlier assignments win wherever this one would.
fn unreachable(head: &RuleHead, blockers: &[&RuleHead]) -> Diagnostic {
    let names: Vec<&str> = blockers.iter().map(|head| head.name.as_str()).collect();
    let mut diagnostic = Diagnostic::new(
        Code::R402,
        head.span,
        format!(
            "nobody gets {}: {} above {} everyone whom it matches",
            rule(head),
            listed(&names),
            either(names.len(), "already takes", "together already take"),
        ),
    )
    .label("unreachable")
    .context(context(head))
    .help(format!(
        "move it above {}, narrow {}, or remove it",
        listed(&names),
        either(names.len(), "that one", "those"),
    ));
    for blocker in blockers.iter().take(2 * SHOWN) {
        diagnostic = diagnostic
            .related(blocker.place("match", None), format!("{} takes them", rule(blocker)));
    }
    diagnostic
}

/// R402: nobody is left to any of these.
fn nobody_left(rest: &[Assignment], blockers: &[&RuleHead]) -> Option<Diagnostic> {
    let (first, others) = rest.split_first()?;
    let names: Vec<&str> = blockers.iter().map(|head| head.name.as_str()).collect();
    let also = match others.len() {
        0 => String::new(),
        1 => ", nor the one behind it".to_owned(),
        more => format!(", nor the {more} behind it"),
    };
    let mut diagnostic = Diagnostic::new(
        Code::R402,
        first.head.span,
        format!(
            "nobody gets {}{also}: {} above {} everyone",
            rule(&first.head),
            listed(&names),
            either(names.len(), "already takes", "together already take"),
        ),
    )
    .label("unreachable")
    .context(context(&first.head))
    .help(format!(
        "narrow {}, or move {} to the end",
        listed(&names),
        either(names.len(), "it", "one of them")
    ));
    for blocker in blockers.iter().take(2 * SHOWN) {
        diagnostic = diagnostic
            .related(blocker.place("match", None), format!("{} takes them", rule(blocker)));
    }
    Some(diagnostic)
}

fn heads<'a>(assignments: &'a [Assignment], numbers: &[u32]) -> Vec<&'a RuleHead> {
    numbers.iter().filter_map(|n| assignments.get(*n as usize)).map(|a| &a.head).collect()
}
