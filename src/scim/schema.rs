//! What attributes resources have, and how each behaves (RFC 7643, sections 2 and 7).
//!
//! [`Schemas`] knows the standard schemas and takes others, read from Schema resources.

mod read;
mod registry;
mod standard;
mod write;

pub use registry::{ResourceType, Schemas, uri};

/// A named set of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its URI.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Its attributes in order.
    pub attributes: Vec<Attribute>,
}

/// An attribute with its characteristics (RFC 7643, 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name; names compare without regard to the case of ASCII letters.
    pub name: String,
    /// The type of its values.
    pub kind: Type,
    /// Whether it has several values.
    pub multi_valued: bool,
    /// What it is; may be empty.
    pub description: String,
    /// Whether a value must be given.
    pub required: bool,
    /// Whether the case of letters counts; false where values are no text.
    pub case_exact: bool,
    /// Suggested values.
    pub canonical_values: Vec<String>,
    /// Whether and when it can be written.
    pub mutability: Mutability,
    /// When responses contain it.
    pub returned: Returned,
    /// Among which resources a value is unique.
    pub uniqueness: Uniqueness,
    /// What it refers to: names of resource types, `external` or `uri`.
    pub reference_types: Vec<String>,
    /// The attributes of a complex one.
    pub sub_attributes: Vec<Attribute>,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $what:literal {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The characteristic's name in messages.
            pub(crate) const WHAT: &'static str = $what;

            /// As SCIM writes it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// From SCIM's word, in exactly this spelling.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

words! {
    /// The type of values (RFC 7643, 2.3).
    Type, "type" {
        /// Text.
        String = "string",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A number.
        Decimal = "decimal",
        /// A number without a fraction.
        Integer = "integer",
        /// An xsd:dateTime as text.
        DateTime = "dateTime",
        /// A URI as text.
        Reference = "reference",
        /// Bytes as base64 text.
        Binary = "binary",
        /// An object with sub-attributes.
        Complex = "complex",
    }

    /// Whether and when an attribute can be written.
    Mutability, "mutability" {
        /// The service provider writes it.
        ReadOnly = "readOnly",
        /// Anybody may write it at any time.
        ReadWrite = "readWrite",
        /// It is written once, at creation or when it is empty.
        Immutable = "immutable",
        /// It is written and never given out.
        WriteOnly = "writeOnly",
    }

    /// When responses contain an attribute.
    Returned, "returned" {
        /// Always, asked for or not.
        Always = "always",
        /// Never.
        Never = "never",
        /// Unless the client excludes it or asks for others.
        Default = "default",
        /// Only when the client asks for it or has just written it.
        Request = "request",
    }

    /// Among which resources a value is unique.
    Uniqueness, "uniqueness" {
        /// Not unique.
        None = "none",
        /// Among those of one service provider.
        Server = "server",
        /// In the world.
        Global = "global",
    }
}

impl Type {
    /// Whether values are JSON strings.
    pub fn is_text(self) -> bool {
        matches!(self, Self::String | Self::DateTime | Self::Reference | Self::Binary)
    }

    /// Whether `caseExact` says something about values of this type.
    pub fn has_case(self) -> bool {
        matches!(self, Self::String | Self::Reference | Self::Binary)
    }
}

impl Schema {
    /// Its attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }
}

impl Attribute {
    /// An attribute with the defaults of RFC 7643, 2.2.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        Self {
            name: name.into(),
            kind,
            multi_valued: false,
            description: String::new(),
            required: false,
            // References (2.3.7) and binary values (2.3.6) are exact.
            case_exact: matches!(kind, Type::Reference | Type::Binary),
            canonical_values: Vec::new(),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
        }
    }

    /// Its sub-attribute of that name.
    pub fn sub(&self, name: &str) -> Option<&Attribute> {
        find(&self.sub_attributes, name)
    }

    /// Whether values are objects.
    pub fn is_complex(&self) -> bool {
        self.kind == Type::Complex
    }
}

/// Whether a text can be the name of an attribute: a letter, then letters, digits, `-`, `_` and
/// `$` (RFC 7643, 2.1); also `$ref`.
pub fn is_name(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$');
    text.eq_ignore_ascii_case("$ref")
        || text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && text.bytes().all(part)
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
