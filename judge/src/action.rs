//! What happens at a source during a run: the kinds of actions, and the plan that goes through
//! them with people and groups of its own.

mod plan;
mod world;

use std::fmt;

pub use plan::{Step, plan};
pub use world::{Group, Person, World};

/// A kind of action. Names are those of `provisor replay`'s scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A new person comes under provisioning.
    CreateUser,
    /// Something of a person changes.
    UpdateUser,
    /// A person's e-mail address changes.
    ChangeEmail,
    /// A person gets a manager.
    SetManager,
    /// A person has no manager any more.
    ClearManager,
    /// A person may not sign in any more.
    DeactivateUser,
    /// A person may sign in again.
    ReactivateUser,
    /// A new group comes under provisioning, without members.
    CreateGroup,
    /// People come into a group.
    AddMembers,
    /// A person leaves a group.
    RemoveMembers,
    /// A group gets another name.
    RenameGroup,
    /// A group is not provisioned any more.
    DeleteGroup,
    /// A group of very many people comes under provisioning.
    LargeGroup,
    /// A person and a group with names that are hard to write come under provisioning.
    SpecialCharacters,
    /// A person comes under provisioning whom the provider has already, from somebody else.
    NameClash,
    /// A person leaves for good.
    DeleteUser,
}

/// What is said of a kind.
struct Row {
    kind: Kind,
    name: &'static str,
    title: &'static str,
}

const ROWS: &[Row] = &[
    row(Kind::CreateUser, "create-user", "a new person arrives"),
    row(Kind::UpdateUser, "update-user", "a person's changed title and family name arrive"),
    row(Kind::ChangeEmail, "change-email", "a person's changed e-mail address arrives"),
    row(Kind::SetManager, "set-manager", "a person's manager arrives"),
    row(Kind::ClearManager, "clear-manager", "a person's manager is taken away"),
    row(Kind::DeactivateUser, "deactivate-user", "a leaver is deactivated"),
    row(Kind::ReactivateUser, "reactivate-user", "a person who comes back is active again"),
    row(Kind::CreateGroup, "create-group", "a new group arrives"),
    row(Kind::AddMembers, "add-members", "three people come into a group"),
    row(Kind::RemoveMembers, "remove-members", "one of three people leaves a group"),
    row(Kind::RenameGroup, "rename-group", "a group has its new name and its members"),
    row(Kind::DeleteGroup, "delete-group", "a group is gone and its people are there"),
    row(Kind::LargeGroup, "large-group", "a group of very many people arrives whole"),
    row(
        Kind::SpecialCharacters,
        "special-characters",
        "names that are hard to write arrive as they are",
    ),
    row(
        Kind::NameClash,
        "name-clash",
        "a person who is there already is taken over, not made twice",
    ),
    row(Kind::DeleteUser, "delete-user", "a person who left for good has no access"),
];

const fn row(kind: Kind, name: &'static str, title: &'static str) -> Row {
    Row { kind, name, title }
}

impl Kind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.kind)
    }

    /// Its name in scripts, on the command line and in reports.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// What is to come of it.
    pub fn title(self) -> &'static str {
        self.row().map_or("", |row| row.title)
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.kind)
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.kind == self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
