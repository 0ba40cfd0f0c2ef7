//! S311: grants that reach people under a manual assignment only when they are placed. Nothing is
//! said of a grant and an assignment that can never match the same person.

use super::Lint;
use super::reach::Meetings;
use super::words::{context, either, listed, rule};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::ast::Area;
use crate::rules::model::{Assignment, Grant};

/// Assignments shown beside the grant.
const SHOWN: usize = 4;

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    // Most rule sets have few manual assignments; those are all that a grant is compared with.
    let manual: Vec<&Assignment> = lint
        .model
        .assignments
        .iter()
        .filter(|assignment| Area::ALL.iter().any(|area| !assignment.update.get(*area)))
        .collect();
    let grants = &lint.model.grants;
    if manual.is_empty() || grants.is_empty() {
        return;
    }
    let mut meetings = Meetings::new(
        grants.iter().map(|grant| &grant.head),
        manual.iter().map(|assignment| &assignment.head),
        &lint.model.attributes,
    );
    let mut steps: usize = 1 << 20;
    for (number, grant) in grants.iter().enumerate() {
        let Some(left) = steps.checked_sub(manual.len()) else { break };
        steps = left;
        let reached: Vec<(&Assignment, Vec<Area>)> = manual
            .iter()
            .enumerate()
            .map(|(at, assignment)| (at, *assignment, late(grant, assignment)))
            .filter(|(at, _, areas)| !areas.is_empty() && !meetings.never(number, *at))
            .map(|(_, assignment, areas)| (assignment, areas))
            .collect();
        if !reached.is_empty() {
            found.push(late_for_some(grant, &reached));
        }
    }
}

/// The manual areas in which a grant adds something to an assignment.
fn late(grant: &Grant, assignment: &Assignment) -> Vec<Area> {
    let adds = |area| match area {
        Area::Seats => grant.seats.iter().any(|seat| !assignment.seats.contains(seat)),
        Area::Workspaces => grant.workspaces.iter().any(|(workspace, profile)| {
            assignment.workspaces.get(workspace.index()).copied().flatten() != Some(*profile)
        }),
        Area::Capture => grant.captures.iter().any(|item| !assignment.captures.contains(item)),
        Area::Options => false,
    };
    let late = |area: &Area| !assignment.update.get(*area) && adds(*area);
    Area::ALL.into_iter().filter(late).collect()
}

fn late_for_some(grant: &Grant, reached: &[(&Assignment, Vec<Area>)]) -> Diagnostic {
    let names: Vec<&str> =
        reached.iter().map(|(assignment, _)| assignment.head.name.as_str()).collect();
    let areas: Vec<&str> = Area::ALL
        .iter()
        .filter(|area| reached.iter().any(|(_, late)| late.contains(area)))
        .map(|area| area.as_str())
        .collect();
    let mut diagnostic = Diagnostic::new(
        Code::S311,
        grant.head.span,
        format!(
            "people under {} {} get what {} gives only when they are placed: {} {} manual there",
            either(names.len(), "assignment", "assignments"),
            listed(&names),
            rule(&grant.head),
            listed(&areas),
            either(areas.len(), "is", "are"),
        ),
    )
    .context(context(&grant.head))
    .help(format!(
        "let {} be automatic there, or give it by hand to those who are placed already",
        listed(&areas),
    ));
    for (assignment, _) in reached.iter().take(SHOWN) {
        diagnostic = diagnostic.related(
            assignment.head.place("update", None),
            format!("{} is updated by hand", rule(&assignment.head)),
        );
    }
    diagnostic
}
