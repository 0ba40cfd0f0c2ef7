//! What is accepted beyond the letter of the RFCs in a resource.

use crate::error::{Error, ErrorKind};
use crate::scim::accepted::accepted_set;
use crate::scim::path::AttrPath;

/// Something that clients send and that the schemas do not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Leniency {
    /// `schemas` is missing, or without the main schema (OneLogin).
    NoMainSchema,
    /// `schemas` names one that the resource type does not have (Entra ID, OneLogin).
    UnknownSchema,
    /// `schemas` names one twice.
    RepeatedSchema,
    /// The resource has an extension that `schemas` does not name.
    UnnamedExtension,
    /// A flag as text: `"True"`, `"false"` (Entra ID, Keycloak).
    TextFlag,
    /// A number as text: `"5"`.
    TextNumber,
    /// The empty text where no text is expected: no value (Entra ID).
    EmptyText,
    /// A text for a complex attribute: its `value` (Entra ID: `"manager": "…"`).
    PlainValue,
    /// One value where a list is expected (OneLogin: `"emails": {…}`).
    NoList,
    /// A list of one where one value is expected (Entra ID: `"manager": [{…}]`).
    ListOfOne,
    /// Several values of a list are primary: the first is (PingOne).
    SeveralPrimary,
    /// Several values of a list have the same `type` and `value`: the last stays.
    RepeatedValue,
    /// An attribute that no schema knows: it is left out.
    UnknownAttribute,
}

/// A leniency that was needed, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerated {
    /// What was tolerated.
    pub leniency: Leniency,
    /// The path of the attribute, as in a filter; a name that no schema knows as it was written.
    pub path: String,
}

accepted_set! {
    /// Which leniencies are accepted.
    Options of Leniency
}

impl Options {
    /// None: the letter of the RFCs.
    pub const fn strict() -> Self {
        Self::strict_set()
    }

    /// Those by which nothing is lost of what the client wrote: all but
    /// [`SeveralPrimary`](Leniency::SeveralPrimary), [`RepeatedValue`](Leniency::RepeatedValue)
    /// and [`UnknownAttribute`](Leniency::UnknownAttribute).
    pub const fn lenient() -> Self {
        Self::tolerant()
            .without(Leniency::SeveralPrimary)
            .without(Leniency::RepeatedValue)
            .without(Leniency::UnknownAttribute)
    }

    /// All of them. The response shows what became of the resource (RFC 7644, 3.3).
    pub const fn tolerant() -> Self {
        Self::whole_set()
    }
}

/// [`Options::lenient`].
impl Default for Options {
    fn default() -> Self {
        Self::lenient()
    }
}

impl Leniency {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::NoMainSchema,
        Self::UnknownSchema,
        Self::RepeatedSchema,
        Self::UnnamedExtension,
        Self::TextFlag,
        Self::TextNumber,
        Self::EmptyText,
        Self::PlainValue,
        Self::NoList,
        Self::ListOfOne,
        Self::SeveralPrimary,
        Self::RepeatedValue,
        Self::UnknownAttribute,
    ];

    /// Its name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMainSchema => "no-main-schema",
            Self::UnknownSchema => "unknown-schema",
            Self::RepeatedSchema => "repeated-schema",
            Self::UnnamedExtension => "unnamed-extension",
            Self::TextFlag => "text-flag",
            Self::TextNumber => "text-number",
            Self::EmptyText => "empty-text",
            Self::PlainValue => "plain-value",
            Self::NoList => "no-list",
            Self::ListOfOne => "list-of-one",
            Self::SeveralPrimary => "several-primary",
            Self::RepeatedValue => "repeated-value",
            Self::UnknownAttribute => "unknown-attribute",
        }
    }

    /// What is wrong by the letter, for people; it is said of an attribute.
    pub fn message(self) -> &'static str {
        match self {
            Self::NoMainSchema => "lacks the main schema of the resource",
            Self::UnknownSchema => "names a schema that the resource cannot have",
            Self::RepeatedSchema => "names a schema twice",
            Self::UnnamedExtension => "does not name an extension that the resource has",
            Self::TextFlag => "is a text, and true or false is expected",
            Self::TextNumber => "is a text, and a number is expected",
            Self::EmptyText => "is an empty text, and that is no value of its type",
            Self::PlainValue => "is a text, and an object is expected",
            Self::NoList => "is one value, and a list is expected",
            Self::ListOfOne => "is a list, and one value is expected",
            Self::SeveralPrimary => "has several values that are primary",
            Self::RepeatedValue => "has the same `type` and `value` twice",
            Self::UnknownAttribute => "is no attribute of the resource's schemas",
        }
    }

    /// What to write instead.
    pub fn help(self) -> &'static str {
        match self {
            Self::NoMainSchema => "name it in the list `schemas`",
            Self::UnknownSchema => "name those that `/ResourceTypes` lists for it",
            Self::RepeatedSchema => "name each once",
            Self::UnnamedExtension => "name its URI in the list `schemas`",
            Self::TextFlag => "write `true` or `false` without quotes",
            Self::TextNumber => "write the number without quotes",
            Self::EmptyText => "write `null`, or leave it out",
            Self::PlainValue => "write `{\"value\": \"…\"}`",
            Self::NoList => "put it in brackets: `[…]`",
            Self::ListOfOne => "write the value without brackets",
            Self::SeveralPrimary => "let at most one be primary",
            Self::RepeatedValue => "write each once",
            Self::UnknownAttribute => "the service provider lists what it knows at `/Schemas`",
        }
    }

    pub(super) fn refuse(self, path: &AttrPath) -> Error {
        let kind = match self {
            Self::NoMainSchema
            | Self::UnknownSchema
            | Self::RepeatedSchema
            | Self::UnnamedExtension
            | Self::UnknownAttribute => ErrorKind::Payload,
            _ => ErrorKind::Value,
        };
        Error::new(kind, format!("`{path}` {}", self.message())).help(self.help())
    }
}
