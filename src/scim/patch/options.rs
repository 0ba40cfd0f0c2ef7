//! What is accepted beyond the letter of RFC 7644, 3.5.2.

use crate::error::{Error, ErrorKind};
use crate::scim::accepted::accepted_set;

/// Something that a known client sends and that the letter does not allow. What it asks for is
/// carried out or refused, never left aside; [`UnknownAttribute`](Self::UnknownAttribute) alone
/// leaves something aside, and no dialect contains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tolerance {
    /// `"op": "Replace"` (Entra).
    OpCase,
    /// The request has no `schemas`, or others than PatchOp (plug-ins of Keycloak).
    MessageSchema,
    /// `Operations` is one object.
    SingleOperation,
    /// `Operations` or the value without a path is empty: nothing is changed (Entra's validator).
    NothingAsked,
    /// The path needs a leniency of filters: `members[value eq"x"]`, `schemas eq "urn:…"`.
    PathSpelling,
    /// The path is a whole schema: `urn:…:enterprise:2.0:User`.
    WholeSchema,
    /// An extension's attribute without the extension's URI: `manager` (Entra).
    BareExtension,
    /// A filter on an attribute with one value: `manager[value eq "x"]` (Entra).
    SingularFilter,
    /// A filter that matches nothing makes a value that it matches (Entra):
    /// `emails[type eq "work"].value`.
    UnmatchedFilter,
    /// A path as a key of a value without a path: `name.givenName`, `urn:…:User:department`
    /// (Entra with `aadOptscim062020`).
    PathKey,
    /// The value without a path is JSON inside a text (plug-ins of Keycloak).
    JsonText,
    /// `"True"` and `"false"` as text for a flag (Entra, plug-ins of Keycloak).
    TextFlag,
    /// A number as text: `"5"`.
    TextNumber,
    /// A number or a flag for a text: `701984`.
    PlainText,
    /// `""` for a value that is no text clears it (Entra): `"manager": ""`.
    EmptyText,
    /// One value for a list (OneLogin). An `add` with a path may do so by the letter.
    SingleValue,
    /// A list of one for a single value (Entra).
    ListOfOne,
    /// A simple value for a complex one, meaning its `value` (Entra): `"manager": "26118915"`.
    /// It must have the type of that `value`: two steps away from the schema nobody can say what
    /// is meant.
    PlainValue,
    /// `{"value": …}` for a simple value.
    WrappedValue,
    /// `remove` with a value removes what the value lists and nothing else (Entra, authentik).
    RemoveByValue,
    /// `schemas` lists a URI that the resource type does not have (Entra, OneLogin); it is left
    /// out of the resource.
    ForeignSchema,
    /// The value of an extension says `schemas` itself (scim2-models).
    NestedSchemas,
    /// An attribute that the schemas do not have, inside a value, is left aside. RFC 7644, 3.3
    /// allows that on creation. No dialect contains it, since the client is not told.
    UnknownAttribute,
}

/// A tolerance that was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerated {
    /// Which.
    pub tolerance: Tolerance,
    /// By which operation of the request, from 0; 0 also where the request itself needed it.
    pub operation: usize,
}

accepted_set! {
    /// Which dialects of clients are accepted beyond the letter of the RFC.
    Options of Tolerance
}

impl Options {
    /// None: the letter.
    pub const fn rfc7644() -> Self {
        Self::strict_set()
    }

    /// What Microsoft Entra ID sends, with and without its flag `aadOptscim062020`, and what its
    /// validator sends.
    pub const fn entra() -> Self {
        Self::rfc7644()
            .with(Tolerance::OpCase)
            .with(Tolerance::NothingAsked)
            .with(Tolerance::PathSpelling)
            .with(Tolerance::WholeSchema)
            .with(Tolerance::BareExtension)
            .with(Tolerance::SingularFilter)
            .with(Tolerance::UnmatchedFilter)
            .with(Tolerance::PathKey)
            .with(Tolerance::TextFlag)
            .with(Tolerance::EmptyText)
            .with(Tolerance::SingleValue)
            .with(Tolerance::ListOfOne)
            .with(Tolerance::PlainValue)
            .with(Tolerance::WrappedValue)
            .with(Tolerance::RemoveByValue)
            .with(Tolerance::ForeignSchema)
    }

    /// What Okta sends. All known requests are legal but for custom URIs in `schemas`.
    pub const fn okta() -> Self {
        Self::rfc7644().with(Tolerance::ForeignSchema)
    }

    /// What OneLogin sends: the URIs of SCIM 2.0's drafts, one value for a list.
    pub const fn onelogin() -> Self {
        Self::rfc7644().with(Tolerance::ForeignSchema).with(Tolerance::SingleValue)
    }

    /// What cannot be misunderstood and makes nothing happen that RFC 7644 rules out: spellings,
    /// and other forms of a value that the schema has. Fit for a server that does not know its
    /// clients. Left out are
    ///
    /// - [`UnmatchedFilter`](Tolerance::UnmatchedFilter): "SHALL fail" with `noTarget` (3.5.2.3),
    /// - [`BareExtension`](Tolerance::BareExtension): extended attributes "SHALL" be fully
    ///   qualified (3.10),
    /// - [`MessageSchema`](Tolerance::MessageSchema),
    ///   [`SingleOperation`](Tolerance::SingleOperation) and
    ///   [`NothingAsked`](Tolerance::NothingAsked): the body "MUST" be otherwise (3.5.2),
    /// - [`PlainText`](Tolerance::PlainText): whoever sends `0049` as a number has lost zeros,
    /// - [`UnknownAttribute`](Tolerance::UnknownAttribute), as everywhere.
    pub const fn lenient() -> Self {
        Self::tolerant()
            .without(Tolerance::UnmatchedFilter)
            .without(Tolerance::BareExtension)
            .without(Tolerance::MessageSchema)
            .without(Tolerance::SingleOperation)
            .without(Tolerance::NothingAsked)
            .without(Tolerance::PlainText)
    }

    /// All that carry out what is asked: every tolerance but
    /// [`UnknownAttribute`](Tolerance::UnknownAttribute).
    pub const fn tolerant() -> Self {
        Self::whole_set().without(Tolerance::UnknownAttribute)
    }
}

/// [`Options::rfc7644`].
impl Default for Options {
    fn default() -> Self {
        Self::rfc7644()
    }
}

impl Tolerance {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::OpCase,
        Self::MessageSchema,
        Self::SingleOperation,
        Self::NothingAsked,
        Self::PathSpelling,
        Self::WholeSchema,
        Self::BareExtension,
        Self::SingularFilter,
        Self::UnmatchedFilter,
        Self::PathKey,
        Self::JsonText,
        Self::TextFlag,
        Self::TextNumber,
        Self::PlainText,
        Self::EmptyText,
        Self::SingleValue,
        Self::ListOfOne,
        Self::PlainValue,
        Self::WrappedValue,
        Self::RemoveByValue,
        Self::ForeignSchema,
        Self::NestedSchemas,
        Self::UnknownAttribute,
    ];

    /// Its name for logs, metrics and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpCase => "op-case",
            Self::MessageSchema => "message-schema",
            Self::SingleOperation => "single-operation",
            Self::NothingAsked => "nothing-asked",
            Self::PathSpelling => "path-spelling",
            Self::WholeSchema => "whole-schema",
            Self::BareExtension => "bare-extension",
            Self::SingularFilter => "singular-filter",
            Self::UnmatchedFilter => "unmatched-filter",
            Self::PathKey => "path-key",
            Self::JsonText => "json-text",
            Self::TextFlag => "text-flag",
            Self::TextNumber => "text-number",
            Self::PlainText => "plain-text",
            Self::EmptyText => "empty-text",
            Self::SingleValue => "single-value",
            Self::ListOfOne => "list-of-one",
            Self::PlainValue => "plain-value",
            Self::WrappedValue => "wrapped-value",
            Self::RemoveByValue => "remove-by-value",
            Self::ForeignSchema => "foreign-schema",
            Self::NestedSchemas => "nested-schemas",
            Self::UnknownAttribute => "unknown-attribute",
        }
    }

    /// What is wrong by the letter, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::OpCase => "`op` is not written in small letters",
            Self::MessageSchema => "`schemas` of the request is not the URI of PatchOp",
            Self::SingleOperation => "`Operations` is one object",
            Self::NothingAsked => "nothing is asked for",
            Self::PathSpelling => "the path is not spelled as RFC 7644 has it",
            Self::WholeSchema => "the path is a schema, not an attribute",
            Self::BareExtension => "an extension's attribute is named without its schema",
            Self::SingularFilter => {
                "a filter chooses among the values of a single-valued attribute"
            }
            Self::UnmatchedFilter => "the filter in the path matches no value",
            Self::PathKey => "a key of the value is a path, not an attribute",
            Self::JsonText => "the value is a text that contains JSON",
            Self::TextFlag => "a text stands where `true` or `false` is expected",
            Self::TextNumber => "a text stands where a number is expected",
            Self::PlainText => "a number or a flag stands where a text is expected",
            Self::EmptyText => "an empty text stands for a value that is no text",
            Self::SingleValue => "one value stands where a list is expected",
            Self::ListOfOne => "a list stands where one value is expected",
            Self::PlainValue => "a simple value stands where an object is expected",
            Self::WrappedValue => "an object stands where a simple value is expected",
            Self::RemoveByValue => "`remove` has a value",
            Self::ForeignSchema => "`schemas` lists a URI that the resource type does not have",
            Self::NestedSchemas => "`schemas` stands in the value of an extension",
            Self::UnknownAttribute => "the schemas have no such attribute",
        }
    }

    /// What to write instead.
    pub fn help(self) -> &'static str {
        match self {
            Self::OpCase => "write `add`, `remove` or `replace`",
            Self::MessageSchema => {
                "write `\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]`"
            }
            Self::SingleOperation => "put it in a list: `\"Operations\": [{…}]`",
            Self::NothingAsked => "send one operation with one attribute at least",
            Self::PathSpelling => "write it as in `emails[type eq \"work\"].value`",
            Self::WholeSchema => "write `:` and the name of an attribute behind it",
            Self::BareExtension => "write the schema's URI and `:` before its name",
            Self::SingularFilter => "leave the brackets out",
            Self::UnmatchedFilter => "add the value first, with the attribute alone as the path",
            Self::PathKey => "write an object inside the object, or an operation with that path",
            Self::JsonText => "send the object itself",
            Self::TextFlag => "write `true` or `false` without quotes",
            Self::TextNumber => "write the number without quotes",
            Self::PlainText => "put it in double quotes",
            Self::EmptyText => "write `null`, or remove the attribute",
            Self::SingleValue => "put it in a list: `[…]`",
            Self::ListOfOne => "send the value itself",
            Self::PlainValue => "write `{\"value\": …}`",
            Self::WrappedValue => "send the value itself",
            Self::RemoveByValue => {
                "choose what to remove in the path, as in `members[value eq \"…\"]`"
            }
            Self::ForeignSchema => "list schemas of the resource type alone",
            Self::NestedSchemas => "leave it out: the path or key says which schema it is",
            Self::UnknownAttribute => "the service provider lists what it knows at `/Schemas`",
        }
    }

    pub(super) fn refuse(self, kind: ErrorKind) -> Error {
        Error::new(kind, self.message()).help(self.help())
    }
}

/// Which tolerances are accepted, and which were needed so far.
pub(super) struct Log {
    pub(super) options: Options,
    pub(super) tolerated: Vec<Tolerated>,
    /// The operation of the request that is being read.
    pub(super) operation: usize,
}

impl Log {
    /// Notes a tolerance that is needed; fails if it is not accepted.
    pub(super) fn tolerate(&mut self, tolerance: Tolerance, kind: ErrorKind) -> Result<(), Error> {
        self.tolerate_or(tolerance, || tolerance.refuse(kind))
    }

    /// The same with words of its own.
    pub(super) fn tolerate_or(
        &mut self,
        tolerance: Tolerance,
        refusal: impl FnOnce() -> Error,
    ) -> Result<(), Error> {
        if !self.options.accepts(tolerance) {
            return Err(refusal());
        }
        self.tolerated.push(Tolerated { tolerance, operation: self.operation });
        Ok(())
    }
}
