//! S305 and S310: home workspaces.

use super::Lint;
use super::words::{context, listed, rule};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::model::Assignment;

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    for assignment in &lint.model.assignments {
        without_profile(lint, assignment, found);
        without_home(lint, assignment, found);
    }
}

/// S305: people work in a workspace where they may do nothing.
fn without_profile(lint: &Lint<'_>, assignment: &Assignment, found: &mut Diagnostics) {
    let Some(home) = assignment.home else { return };
    let Some(workspace) = lint.model.catalogue.workspace(home) else { return };
    let given = assignment.workspaces.get(home.index()).copied().flatten().is_some();
    let granted = || {
        let mut given = lint.model.grants.iter().flat_map(|grant| &grant.workspaces);
        given.any(|(workspace, _)| *workspace == home)
    };
    if given || granted() {
        return;
    }
    let head = &assignment.head;
    let id = &workspace.naming.id;
    let listed = head
        .places
        .iter()
        .any(|place| place.keyword == "workspaces" && place.item.as_deref() == Some(id.as_str()));
    let entry = if listed { id.as_str() } else { "others" };
    found.push(
        Diagnostic::new(
            Code::S305,
            head.place("home", Some(id)),
            format!("{} makes `{id}` home, but gives no profile there: people can do nothing in their home workspace", rule(head)),
        )
        .label("no profile here")
        .related(head.place("workspaces", Some(entry)), format!("no profile in `{id}`"))
        .context(context(head))
        .help(format!("give a profile in `workspaces`, such as `{id}: {}`, or choose another home", example(lint))),
    );
}

/// S310: what is captured belongs to no workspace.
fn without_home(lint: &Lint<'_>, assignment: &Assignment, found: &mut Diagnostics) {
    let catalogue = &lint.model.catalogue;
    if assignment.home.is_some() || catalogue.workspaces.is_empty() {
        return;
    }
    let captured: Vec<&str> = assignment
        .captures
        .iter()
        .filter_map(|id| catalogue.capture(*id))
        .filter(|item| !item.is_veto())
        .map(|item| item.naming.id.as_str())
        .collect();
    if captured.is_empty() {
        return;
    }
    let head = &assignment.head;
    found.push(
        Diagnostic::new(
            Code::S310,
            head.place("capture", None),
            format!("{} captures {}, but says no `home`: what is captured lands in whatever workspace each person has now", rule(head), listed(&captured)),
        )
        .context(context(head))
        .help("add a `home` clause with the workspace where the captured calls and emails belong"),
    );
}

fn example<'a>(lint: &'a Lint<'_>) -> &'a str {
    lint.model.catalogue.profiles.first().map_or("viewer", |profile| &profile.naming.id)
}
