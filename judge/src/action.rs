//! What happens at a source during a run: the kinds of actions, and the plan that goes through
//! them with people and groups of its own.

mod plan;
mod step;
mod world;

pub use plan::{plan, plan_for};
// The vocabulary is that of `provisor replay`'s scripts.
pub use provisor_clients::action::Kind;
pub use step::Step;
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

/// What has to come before a kind, beside the people whom every run creates.
fn before(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::ClearManager => Some(Kind::SetManager),
        Kind::ReactivateUser => Some(Kind::DeactivateUser),
        Kind::AddMembers | Kind::RenameGroup | Kind::DeleteGroup => Some(Kind::CreateGroup),
        Kind::RemoveMembers => Some(Kind::AddMembers),
        _ => None,
    }
}

/// These kinds with everything that they stand on, each before what stands on it.
pub fn with_what_they_stand_on(kinds: &[Kind]) -> Vec<Kind> {
    let mut all = Vec::new();
    for kind in kinds {
        let mut chain = vec![*kind];
        while let Some(one) = chain.last().copied().and_then(before) {
            chain.push(one);
        }
        all.extend(chain.into_iter().rev().filter(|one| !all.contains(one)).collect::<Vec<_>>());
    }
    all
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

    #[test]
    fn every_kind_alone_is_played_with_what_it_stands_on() {
        for kind in kinds() {
            let all = with_what_they_stand_on(&[kind]);
            let steps = plan(|one| all.contains(&one), &[], usize::from(kind == Kind::LargeGroup));
            assert!(steps.iter().any(|step| step.kind == kind), "{kind}: {all:?}");
        }
        assert_eq!(
            with_what_they_stand_on(&[Kind::RemoveMembers, Kind::RenameGroup]),
            [Kind::CreateGroup, Kind::AddMembers, Kind::RemoveMembers, Kind::RenameGroup]
        );
    }

    #[test]
    fn nobody_is_asked_to_take_away_what_was_never_set() {
        let steps = plan(|kind| kind == Kind::ClearManager, &[], 0);
        assert!(steps.iter().all(|step| step.kind == Kind::CreateUser));
    }
}
