//! What happens at a source during a run: the kinds of actions, and the plan that goes through
//! them with people and groups of its own.

mod plan;
mod world;

pub use plan::{Step, plan};
// The vocabulary is that of `provisor replay`'s scripts.
pub use provisor_clients::action::Kind;
pub use world::{Group, Person, World};

/// The kinds that a run has, in its order, each with what is to come of it. Reading everything is
/// none: nothing is to arrive.
const ROWS: &[(Kind, &str)] = &[
    (Kind::CreateUser, "a new person arrives"),
    (Kind::UpdateUser, "a person's changed title and family name arrive"),
    (Kind::ClearValue, "a person's title is taken away"),
    (Kind::ChangeEmail, "a person's changed e-mail address arrives"),
    (Kind::SetManager, "a person's manager arrives"),
    (Kind::ClearManager, "a person's manager is taken away"),
    (Kind::DeactivateUser, "a leaver is deactivated"),
    (Kind::ReactivateUser, "a person who comes back is active again"),
    (Kind::CreateGroup, "a new group arrives"),
    (Kind::AddMembers, "people come into a group"),
    (Kind::RemoveMembers, "one of three people leaves a group"),
    (Kind::RenameGroup, "a group has its new name and its members"),
    (Kind::DeleteGroup, "a group is gone and its people are there"),
    (Kind::LargeGroup, "a group of very many people arrives whole"),
    (Kind::SpecialCharacters, "names that are hard to write arrive as they are"),
    (Kind::NameClash, "a person who is there already is taken over, not made twice"),
    (Kind::DeleteUser, "a person who left for good has no access"),
];

/// The kinds that a run has.
pub fn kinds() -> impl Iterator<Item = Kind> {
    ROWS.iter().map(|(kind, _)| *kind)
}

/// What is to come of a kind.
pub fn title(kind: Kind) -> &'static str {
    ROWS.iter().find(|(one, _)| *one == kind).map_or("", |(_, title)| title)
}

/// The kind of that name, if a run has it.
pub fn named(name: &str) -> Option<Kind> {
    kinds().find(|kind| kind.name() == name)
}

#[cfg(test)]
mod tests {
    use provisor_clients::action;

    use super::*;

    #[test]
    fn a_run_has_every_kind_but_import() {
        let others: Vec<Kind> = action::ROWS
            .iter()
            .map(|row| row.kind)
            .filter(|kind| title(*kind).is_empty())
            .collect();
        assert_eq!(others, [Kind::Import]);
        assert_eq!((named("import"), named("clear-value")), (None, Some(Kind::ClearValue)));
    }
}
