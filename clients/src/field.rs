//! What a source knows of a person, as one text a field, and where SCIM has it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that a source knows of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The person's id at the source.
    ExternalId,
    /// The name to sign in with; unique.
    UserName,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The whole name as shown.
    DisplayName,
    /// The work address.
    Email,
    /// The work telephone.
    Phone,
    /// The job title.
    Title,
    /// The language and region, such as `de-AT`.
    Locale,
    /// The department, of the enterprise extension.
    Department,
    /// The personnel number, of the enterprise extension.
    EmployeeNumber,
}

/// The URI of User.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The URI of Group.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The URI of the enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Where a SCIM user has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An attribute of the core.
    Core(&'static str),
    /// A sub-attribute of `name`.
    Name(&'static str),
    /// The `value` of the element of this list whose type is `work`.
    Work(&'static str),
    /// An attribute of the enterprise extension.
    Enterprise(&'static str),
}

impl Field {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::ExternalId,
        Self::UserName,
        Self::GivenName,
        Self::FamilyName,
        Self::DisplayName,
        Self::Email,
        Self::Phone,
        Self::Title,
        Self::Locale,
        Self::Department,
        Self::EmployeeNumber,
    ];

    /// Those without which no person is provisioned.
    pub const REQUIRED: &'static [Self] =
        &[Self::UserName, Self::GivenName, Self::FamilyName, Self::Email];

    /// Where it is in a SCIM user.
    pub fn place(self) -> Place {
        match self {
            Self::ExternalId => Place::Core("externalId"),
            Self::UserName => Place::Core("userName"),
            Self::GivenName => Place::Name("givenName"),
            Self::FamilyName => Place::Name("familyName"),
            Self::DisplayName => Place::Core("displayName"),
            Self::Email => Place::Work("emails"),
            Self::Phone => Place::Work("phoneNumbers"),
            Self::Title => Place::Core("title"),
            Self::Locale => Place::Core("locale"),
            Self::Department => Place::Enterprise("department"),
            Self::EmployeeNumber => Place::Enterprise("employeeNumber"),
        }
    }

    /// Its name in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            _ => self.place().attribute(),
        }
    }

    /// Its path in a PATCH (RFC 7644, 3.5.2).
    pub fn path(self) -> String {
        match self.place() {
            Place::Core(name) => name.to_owned(),
            Place::Name(name) => format!("name.{name}"),
            Place::Work(name) => format!("{name}[type eq \"work\"].value"),
            Place::Enterprise(name) => format!("{ENTERPRISE}:{name}"),
        }
    }
}

impl Place {
    /// The attribute or sub-attribute.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Core(name) | Self::Name(name) | Self::Work(name) | Self::Enterprise(name) => name,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_write_the_name_of_each() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
        assert!(Field::ALL.is_sorted());
    }
}
