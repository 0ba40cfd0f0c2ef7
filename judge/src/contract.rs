//! What a target product accepts and expects of a source, as data: `contracts/NAME.yaml`, or a
//! file of an integrator. What is not known is left out and judged by nobody.

mod check;
mod knows;
mod read;

use serde::Deserialize;

pub use read::{Unreadable, built_in, names, of_file, of_text, text};

/// A contract. `contracts/contract.schema.json` says the same for editors.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// What it is the contract of.
    pub title: String,
    /// Where what it says comes from, for readers.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The path of the SCIM endpoints.
    #[serde(default = "base_path")]
    pub base_path: String,
    /// What requests must be like.
    #[serde(default)]
    pub requests: Requests,
    /// What users must be like.
    #[serde(default)]
    pub user: Resource,
    /// What groups must be like.
    #[serde(default)]
    pub group: Resource,
    /// Schemas of extensions of User, as RFC 7643, 7 writes them.
    #[serde(default)]
    pub user_schemas: Vec<serde_json::Value>,
    /// Schemas of extensions of Group.
    #[serde(default)]
    pub group_schemas: Vec<serde_json::Value>,
    /// Things beyond the letter of the RFCs that the product's sources send and that it takes:
    /// names of faults, such as `K12`, or of judge's rules, such as `patch/op-case`.
    #[serde(default)]
    pub takes: Vec<String>,
    /// What nobody outside knows of the product.
    #[serde(default)]
    pub unknown: Vec<Unknown>,
}

/// What nobody outside knows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Unknown {
    /// For the report.
    Told(String),
    /// Rules that are not judged for that.
    Unjudged {
        /// What is not known.
        what: String,
        /// The ids of the rules.
        rules: Vec<String>,
    },
}

/// What requests must be like.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Requests {
    /// The one value of `User-Agent`.
    pub user_agent: Option<String>,
    /// Media types that bodies may have; empty: not known or as the RFC says.
    pub content_types: Vec<String>,
    /// Resources that a page has at most.
    pub page: Option<usize>,
    /// Whether requests to `/Bulk` are taken.
    pub bulk: Option<bool>,
    /// Member changes of one PATCH at most.
    pub members_of_one_patch: Option<usize>,
}

/// What resources of one type must be like.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resource {
    /// Attributes that each resource has: paths such as `name.givenName` or
    /// `emails[type eq "work"].value`.
    pub required: Vec<String>,
    /// Attributes that are wanted; without them there is a warning.
    pub wanted: Vec<String>,
    /// Attributes that are taken; empty: all. `required` and `wanted` are taken anyway.
    pub accepted: Vec<String>,
    /// Attributes that filters may ask for; empty: not known.
    pub filterable: Vec<String>,
    /// Operators that filters may have, of `and`, `or`, `not` and `pr` too; empty: not known.
    pub operators: Vec<String>,
    /// How a resource is changed.
    pub update: Option<Update>,
    /// Whether resources are deleted by DELETE; `false` means users are deactivated.
    pub deletion: Option<bool>,
    /// How the manager is written.
    pub manager: Option<Manager>,
    /// Whether all people have e-mail addresses of one domain.
    pub one_domain: Option<bool>,
    /// Whether names are changed.
    pub rename: Option<bool>,
}

/// How a resource is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    /// By PATCH.
    Patch,
    /// By PUT.
    Put,
}

/// How the manager of a person is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Manager {
    /// A text, such as an e-mail address.
    Text,
    /// An object with the manager's id as `value`, as RFC 7643, 4.3 has it.
    Object,
    /// An object with the manager's user name as `value`.
    Name,
}

fn base_path() -> String {
    "/scim/v2".to_owned()
}
