//! The groups of one person.

use super::directory::Directory;
use super::person::{Group, Person, Store};

/// Where the groups of a person come from.
#[derive(Debug, Clone, Copy, Default)]
pub enum Groups<'a> {
    /// The user's own `groups`.
    #[default]
    Own,
    /// These; the user's own `groups` are not looked at.
    Given(&'a [Membership]),
    /// Those of a directory's Group resources that list the user's `id`; the user's own `groups`
    /// are not looked at.
    Directory(&'a Directory),
}

/// That a person is in a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Membership {
    /// The group's `displayName`.
    pub name: Option<String>,
    /// The group's `id`.
    pub id: Option<String>,
    /// The group's `externalId`, which only Group resources have.
    pub external_id: Option<String>,
    /// The group lists the person itself, not only through a group in it.
    pub direct: bool,
    /// Names that the group had before and no other group bears now.
    pub former_names: Vec<String>,
    /// The group was deleted, but rules still name it. Assignments and grants do not see it; a
    /// never matches if it matches with or without it.
    pub deleted: bool,
}

impl Membership {
    /// A direct member of the group of that name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), direct: true, ..Self::default() }
    }

    /// With the group's `id`.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With the group's `externalId`.
    #[must_use]
    pub fn with_external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// With a name that the group had before.
    #[must_use]
    pub fn formerly(mut self, name: impl Into<String>) -> Self {
        self.former_names.push(name.into());
        self
    }

    /// Through another group only.
    #[must_use]
    pub fn indirectly(mut self) -> Self {
        self.direct = false;
        self
    }

    /// In a group that was deleted.
    #[must_use]
    pub fn deleted(mut self) -> Self {
        self.deleted = true;
        self
    }
}

/// A group of a person, as read.
#[derive(Clone, Copy)]
pub struct GroupView<'a> {
    pub(super) person: &'a Person,
    pub(super) group: &'a Group,
}

impl<'a> GroupView<'a> {
    /// Its `displayName`, if known.
    pub fn name(self) -> Option<&'a str> {
        self.store().present(self.group.name)
    }

    /// Its `id`, if known.
    pub fn id(self) -> Option<&'a str> {
        self.store().present(self.group.id)
    }

    /// Its `externalId`, if known.
    pub fn external_id(self) -> Option<&'a str> {
        self.store().present(self.group.external_id)
    }

    /// Its address (`$ref`), if known.
    pub fn reference(self) -> Option<&'a str> {
        self.store().present(self.group.reference)
    }

    /// Whether the membership is direct.
    pub fn is_direct(self) -> bool {
        self.group.direct
    }

    /// Whether the group was deleted.
    pub fn is_deleted(self) -> bool {
        self.group.deleted
    }

    /// Names that it had before.
    pub fn former_names(self) -> impl Iterator<Item = &'a str> {
        let former = self.person.former_of(self.group);
        former.iter().filter_map(move |name| self.store().present(name.raw))
    }

    fn store(self) -> &'a Store {
        &self.person.store
    }
}

/// Names a group for people; group names are no secret of the person, but they stay out of logs.
impl std::fmt::Debug for GroupView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupView")
            .field("direct", &self.group.direct)
            .field("deleted", &self.group.deleted)
            .finish_non_exhaustive()
    }
}
