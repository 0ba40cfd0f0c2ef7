//! What is accepted beyond the letter of RFC 7644.

use crate::scim::accepted::accepted_set;
use std::ops::Range;

use crate::error::{Error, ErrorKind};

/// Something that is commonly sent and that the printed grammar does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Leniency {
    /// Several blanks for one, or blanks inside brackets or at the ends of a filter.
    Blanks,
    /// `$ref`, or a `$` inside a name (erratum 8924).
    Dollar,
    /// A schema's URI alone as a PATCH path: the whole extension.
    WholeSchema,
    /// A comparison as a PATCH path: `schemas eq "urn:…"` (erratum 7122).
    PathComparison,
    /// No blank between operator and text: `value eq"x"`.
    GluedText,
    /// `True`, `FALSE`, `NULL`.
    CapitalLiteral,
    /// `'text'`.
    SingleQuotes,
    /// A word without quotes: `meta.resourceType eq User`.
    BareWord,
    /// A comparison behind brackets: `emails[type eq "work"].value eq "x"`, read as
    /// `emails[type eq "work" and value eq "x"]`.
    ElementComparison,
}

/// A leniency that was needed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerated {
    /// What was tolerated.
    pub leniency: Leniency,
    /// The bytes of it.
    pub place: Range<usize>,
}

accepted_set! {
    /// Which leniencies are accepted.
    Options of Leniency
}

impl Options {
    /// None: the letter of Figures 1 and 7, save that errata make it usable (precedence, `not (`,
    /// groups inside brackets).
    pub const fn strict() -> Self {
        Self::strict_set()
    }

    /// Those that cannot be misunderstood: [`Blanks`](Leniency::Blanks),
    /// [`Dollar`](Leniency::Dollar) and [`WholeSchema`](Leniency::WholeSchema).
    pub const fn lenient() -> Self {
        Self::strict().with(Leniency::Blanks).with(Leniency::Dollar).with(Leniency::WholeSchema)
    }

    /// All of them.
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
        Self::Blanks,
        Self::Dollar,
        Self::WholeSchema,
        Self::PathComparison,
        Self::GluedText,
        Self::CapitalLiteral,
        Self::SingleQuotes,
        Self::BareWord,
        Self::ElementComparison,
    ];

    /// What is wrong by the letter, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::Blanks => "a blank stands where none is allowed",
            Self::Dollar => "a name contains `$`",
            Self::WholeSchema => "the path is a schema, not an attribute",
            Self::PathComparison => "the path is a comparison",
            Self::GluedText => "a blank is missing between the operator and the text",
            Self::CapitalLiteral => "`true`, `false` and `null` are written in small letters",
            Self::SingleQuotes => "text stands in single quotes",
            Self::BareWord => "text stands without quotes",
            Self::ElementComparison => "a comparison stands behind brackets",
        }
    }

    /// What to write instead.
    pub fn help(self) -> &'static str {
        match self {
            Self::Blanks => {
                "write one blank between words, and none inside brackets or at the ends"
            }
            Self::Dollar => "compare another sub-attribute, such as `value`",
            Self::WholeSchema => "write `:` and the name of an attribute behind it",
            Self::PathComparison => "choose values in brackets, as in `schemas[value eq \"…\"]`",
            Self::GluedText => "write a blank before the quote",
            Self::CapitalLiteral => {
                "write it in small letters, or in double quotes if it is a text"
            }
            Self::SingleQuotes => "write double quotes",
            Self::BareWord => "put it in double quotes",
            Self::ElementComparison => {
                "put it inside the brackets, as in `emails[type eq \"work\" and value eq \"x\"]`"
            }
        }
    }

    pub(super) fn refuse(self, kind: ErrorKind, at: usize) -> Error {
        Error::new(kind, self.message()).at(at).help(self.help())
    }
}
