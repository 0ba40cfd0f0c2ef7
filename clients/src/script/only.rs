//! A script of some kinds of actions, with what they stand on.

use super::Script;
use crate::action::{Action, Kind};

impl Script {
    /// The actions of these kinds, and those before them without which they would be impossible or
    /// would change nothing: whoever is deactivated was created, who is removed was added.
    pub fn only(mut self, kinds: &[Kind]) -> Self {
        let mut kept: Vec<Action> = Vec::new();
        for action in self.actions.drain(..).rev() {
            let wanted = kinds.contains(&action.kind());
            if wanted || kept.iter().any(|later| stands_on(later, &action)) {
                kept.push(action);
            }
        }
        kept.reverse();
        self.actions = kept;
        self
    }
}

/// Whether an action needs an earlier one.
fn stands_on(later: &Action, earlier: &Action) -> bool {
    let person = |name: &String| people(later).contains(&name.as_str());
    let group = |name: &String| groups(later).contains(&name.as_str());
    match earlier {
        Action::CreateUser { person: name } | Action::NameClash { person: name } => person(name),
        Action::CreateGroup { group: name } => group(name),
        Action::SpecialCharacters { person: one, group: other } => person(one) || group(other),
        Action::LargeGroup { group: name, .. } => {
            let of_it = |one: &&str| one.starts_with(&format!("{name}-"));
            group(name) || people(later).iter().any(of_it)
        }
        Action::SetManager { person: name, .. } => {
            matches!(later, Action::ClearManager { person } if person == name)
        }
        Action::DeactivateUser { person: name } => {
            matches!(later, Action::ReactivateUser { person } if person == name)
        }
        Action::AddMembers { group: name, .. } => {
            matches!(later, Action::RemoveMembers { group, .. } if group == name)
        }
        _ => false,
    }
}

/// The people that an action takes as there.
fn people(action: &Action) -> Vec<&str> {
    match action {
        Action::UpdateUser { person, .. }
        | Action::ClearValue { person, .. }
        | Action::ChangeEmail { person, .. }
        | Action::ClearManager { person }
        | Action::DeactivateUser { person }
        | Action::ReactivateUser { person }
        | Action::DeleteUser { person } => vec![person],
        Action::SetManager { person, manager } => vec![person, manager],
        Action::AddMembers { people, .. } | Action::RemoveMembers { people, .. } => {
            people.iter().map(String::as_str).collect()
        }
        _ => Vec::new(),
    }
}

/// The groups that an action takes as there.
fn groups(action: &Action) -> Vec<&str> {
    match action {
        Action::AddMembers { group, .. }
        | Action::RemoveMembers { group, .. }
        | Action::RenameGroup { group, .. }
        | Action::DeleteGroup { group } => vec![group],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::ROWS;

    #[test]
    fn each_kind_alone_is_possible_and_has_nothing_that_it_does_not_need() {
        for row in ROWS {
            let script = Script::built_in().unwrap().only(&[row.kind]);
            assert!(script.end().is_ok(), "{}", row.name);
            assert!(script.actions.iter().any(|one| one.kind() == row.kind), "{}", row.name);
        }
        let names = |kind| {
            let script = Script::built_in().unwrap().only(&[kind]);
            script
                .actions
                .iter()
                .map(|one| format!("{} {}", one.kind(), one.subject()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(Kind::ReactivateUser),
            ["create-user cleo", "deactivate-user cleo", "reactivate-user cleo"]
        );
        assert_eq!(names(Kind::RenameGroup), ["create-group sales", "rename-group sales"]);
        assert_eq!(
            names(Kind::RemoveMembers),
            [
                "create-user bob",
                "create-user ann",
                "create-user cleo",
                "create-group sales",
                "add-members sales: ann, bob, cleo",
                "remove-members sales: cleo"
            ]
        );
    }
}
