//! What happens at a source: the vocabulary of scripts, of guided runs and of reports.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::field::Field;

/// Something that happens at a source. A script writes it as `create-user: { person: ann }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// A person of the script comes under provisioning.
    CreateUser {
        /// The person's name in the script.
        person: String,
    },
    /// Some of what is known of a person changes.
    UpdateUser {
        /// Who.
        person: String,
        /// New values; null takes one away.
        set: BTreeMap<Field, Option<String>>,
    },
    /// Something known of a person is taken away.
    ClearValue {
        /// Who.
        person: String,
        /// What.
        field: Field,
    },
    /// A person's e-mail address changes.
    ChangeEmail {
        /// Who.
        person: String,
        /// The new address.
        email: String,
    },
    /// A person gets a manager, or another one.
    SetManager {
        /// Who.
        person: String,
        /// Who manages.
        manager: String,
    },
    /// A person has no manager any more.
    ClearManager {
        /// Who.
        person: String,
    },
    /// A person may not sign in any more.
    DeactivateUser {
        /// Who.
        person: String,
    },
    /// A person may sign in again.
    ReactivateUser {
        /// Who.
        person: String,
    },
    /// A person leaves the source for good, and its groups with it.
    DeleteUser {
        /// Who.
        person: String,
    },
    /// A group of the script comes under provisioning, empty.
    CreateGroup {
        /// The group's name in the script.
        group: String,
    },
    /// People come into a group.
    AddMembers {
        /// Which group.
        group: String,
        /// Who.
        people: Vec<String>,
    },
    /// People leave a group.
    RemoveMembers {
        /// Which group.
        group: String,
        /// Who.
        people: Vec<String>,
    },
    /// A group gets another name.
    RenameGroup {
        /// Which group.
        group: String,
        /// Its new `displayName`.
        name: String,
    },
    /// A group is not provisioned any more.
    DeleteGroup {
        /// Which group.
        group: String,
    },
    /// A group of the script is created with that many people, who are made for it.
    LargeGroup {
        /// Which group.
        group: String,
        /// How many people.
        size: usize,
    },
    /// A person and a group whose names are hard to write are created, the person in the group.
    SpecialCharacters {
        /// Who.
        person: String,
        /// Which group.
        group: String,
    },
    /// A person comes under provisioning whose `userName` the service provider has already, from
    /// somebody else.
    NameClash {
        /// Who.
        person: String,
    },
    /// The source reads everybody and every group of the service provider.
    Import {},
}

/// The kinds of [`Action`], in the order in which a guided run goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`Action::CreateUser`].
    CreateUser,
    /// [`Action::UpdateUser`].
    UpdateUser,
    /// [`Action::ClearValue`].
    ClearValue,
    /// [`Action::ChangeEmail`].
    ChangeEmail,
    /// [`Action::SetManager`].
    SetManager,
    /// [`Action::ClearManager`].
    ClearManager,
    /// [`Action::DeactivateUser`].
    DeactivateUser,
    /// [`Action::ReactivateUser`].
    ReactivateUser,
    /// [`Action::CreateGroup`].
    CreateGroup,
    /// [`Action::AddMembers`].
    AddMembers,
    /// [`Action::RemoveMembers`].
    RemoveMembers,
    /// [`Action::RenameGroup`].
    RenameGroup,
    /// [`Action::DeleteGroup`].
    DeleteGroup,
    /// [`Action::LargeGroup`].
    LargeGroup,
    /// [`Action::SpecialCharacters`].
    SpecialCharacters,
    /// [`Action::NameClash`].
    NameClash,
    /// [`Action::Import`].
    Import,
    /// [`Action::DeleteUser`].
    DeleteUser,
}

/// One row of the vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Which kind.
    pub kind: Kind,
    /// Its name in scripts, on the command line and in reports.
    pub name: &'static str,
    /// What to do at a source, for a person who is asked to do it.
    pub asks: &'static str,
}

/// The vocabulary, in the order of [`Kind`].
pub const ROWS: &[Row] = &[
    row(Kind::CreateUser, "create-user", "bring a new person under provisioning"),
    row(Kind::UpdateUser, "update-user", "change something of the person other than the address"),
    row(Kind::ClearValue, "clear-value", "take something that is known of the person away"),
    row(Kind::ChangeEmail, "change-email", "change the person's e-mail address"),
    row(Kind::SetManager, "set-manager", "give the person a manager who is provisioned too"),
    row(Kind::ClearManager, "clear-manager", "take the person's manager away"),
    row(Kind::DeactivateUser, "deactivate-user", "deactivate the person"),
    row(Kind::ReactivateUser, "reactivate-user", "activate the person again"),
    row(Kind::CreateGroup, "create-group", "bring a new group without members under provisioning"),
    row(Kind::AddMembers, "add-members", "add three people to the group"),
    row(Kind::RemoveMembers, "remove-members", "remove one of them from the group"),
    row(Kind::RenameGroup, "rename-group", "give the group another name"),
    row(Kind::DeleteGroup, "delete-group", "end the provisioning of the group"),
    row(Kind::LargeGroup, "large-group", "bring a group with many people under provisioning"),
    row(
        Kind::SpecialCharacters,
        "special-characters",
        "bring a person and a group under provisioning whose names have quotes, backslashes, \
         plus signs and letters beyond ASCII",
    ),
    row(
        Kind::NameClash,
        "name-clash",
        "bring a person under provisioning whose user name the service provider has already",
    ),
    row(Kind::Import, "import", "read all people and groups of the service provider"),
    row(Kind::DeleteUser, "delete-user", "delete the person"),
];

const fn row(kind: Kind, name: &'static str, asks: &'static str) -> Row {
    Row { kind, name, asks }
}

impl Action {
    /// What kind of action this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::CreateUser { .. } => Kind::CreateUser,
            Self::UpdateUser { .. } => Kind::UpdateUser,
            Self::ClearValue { .. } => Kind::ClearValue,
            Self::ChangeEmail { .. } => Kind::ChangeEmail,
            Self::SetManager { .. } => Kind::SetManager,
            Self::ClearManager { .. } => Kind::ClearManager,
            Self::DeactivateUser { .. } => Kind::DeactivateUser,
            Self::ReactivateUser { .. } => Kind::ReactivateUser,
            Self::DeleteUser { .. } => Kind::DeleteUser,
            Self::CreateGroup { .. } => Kind::CreateGroup,
            Self::AddMembers { .. } => Kind::AddMembers,
            Self::RemoveMembers { .. } => Kind::RemoveMembers,
            Self::RenameGroup { .. } => Kind::RenameGroup,
            Self::DeleteGroup { .. } => Kind::DeleteGroup,
            Self::LargeGroup { .. } => Kind::LargeGroup,
            Self::SpecialCharacters { .. } => Kind::SpecialCharacters,
            Self::NameClash { .. } => Kind::NameClash,
            Self::Import {} => Kind::Import,
        }
    }

    /// Whom and what it is about, in the script's names, in a few words.
    pub fn subject(&self) -> String {
        match self {
            Self::CreateUser { person }
            | Self::UpdateUser { person, .. }
            | Self::ClearValue { person, .. }
            | Self::ChangeEmail { person, .. }
            | Self::ClearManager { person }
            | Self::DeactivateUser { person }
            | Self::ReactivateUser { person }
            | Self::DeleteUser { person }
            | Self::NameClash { person } => person.clone(),
            Self::SetManager { person, manager } => format!("{person}, {manager}"),
            Self::CreateGroup { group }
            | Self::RenameGroup { group, .. }
            | Self::DeleteGroup { group } => group.clone(),
            Self::AddMembers { group, people } | Self::RemoveMembers { group, people } => {
                format!("{group}: {}", people.join(", "))
            }
            Self::LargeGroup { group, size } => format!("{group}: {size} people"),
            Self::SpecialCharacters { person, group } => format!("{person}, {group}"),
            Self::Import {} => "everything".to_owned(),
        }
    }
}

impl Kind {
    /// Its name in scripts.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// What to do at a source.
    pub fn asks(self) -> &'static str {
        self.row().map_or("", |row| row.asks)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_kind_once_in_order() {
        let kinds: Vec<Kind> = ROWS.iter().map(|row| row.kind).collect();
        let mut sorted = kinds.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(kinds, sorted);
        assert_eq!(kinds.last(), Some(&Kind::DeleteUser));
    }

    #[test]
    fn a_kind_has_the_name_that_scripts_write() {
        let actions: Vec<Action> = [
            r#"{"create-user":{"person":"ann"}}"#,
            r#"{"update-user":{"person":"ann","set":{"title":"Lead","phone":null}}}"#,
            r#"{"clear-value":{"person":"ann","field":"title"}}"#,
            r#"{"change-email":{"person":"ann","email":"a@acme.example"}}"#,
            r#"{"set-manager":{"person":"ann","manager":"bob"}}"#,
            r#"{"clear-manager":{"person":"ann"}}"#,
            r#"{"deactivate-user":{"person":"ann"}}"#,
            r#"{"reactivate-user":{"person":"ann"}}"#,
            r#"{"create-group":{"group":"sales"}}"#,
            r#"{"add-members":{"group":"sales","people":["ann"]}}"#,
            r#"{"remove-members":{"group":"sales","people":["ann"]}}"#,
            r#"{"rename-group":{"group":"sales","name":"Sales EMEA"}}"#,
            r#"{"delete-group":{"group":"sales"}}"#,
            r#"{"large-group":{"group":"all","size":3}}"#,
            r#"{"special-characters":{"person":"odd","group":"odd"}}"#,
            r#"{"name-clash":{"person":"pat"}}"#,
            r#"{"import":{}}"#,
            r#"{"delete-user":{"person":"ann"}}"#,
        ]
        .map(|text| serde_json::from_str(text).unwrap())
        .into();
        let written: Vec<String> = actions
            .iter()
            .map(|action| {
                let value = serde_json::to_value(action).unwrap();
                value.as_object().unwrap().keys().next().unwrap().clone()
            })
            .collect();
        let named: Vec<&str> = actions.iter().map(|action| action.kind().name()).collect();
        assert_eq!(named, written);
        assert_eq!(named, ROWS.iter().map(|row| row.name).collect::<Vec<_>>());
        assert_eq!(Kind::named("set-manager"), Some(Kind::SetManager));
        assert_eq!(Kind::named("set-boss"), None);
    }
}
