//! One reader for several trees.

use std::borrow::Cow;

use super::lexer::Kind;
use super::tree::Json;

/// A JSON value that can be looked into, whatever tree holds it.
///
/// Implemented for [`Json`] and for [`serde_json::Value`].
pub trait View: Sized {
    /// What it is.
    fn kind(&self) -> Kind;

    /// The flag, if it is one.
    fn as_flag(&self) -> Option<bool>;

    /// The text, if it is a string.
    fn as_text(&self) -> Option<&str>;

    /// The number as JSON text, if it is one.
    fn as_number_text(&self) -> Option<Cow<'_, str>>;

    /// The elements, if it is an array; otherwise none.
    fn elements(&self) -> impl Iterator<Item = &Self>;

    /// The entries, if it is an object; otherwise none. Duplicate keys occur where the tree has
    /// them.
    fn entries(&self) -> impl Iterator<Item = (&str, &Self)>;

    /// The value of an attribute, whose name compares without regard to the case of ASCII
    /// letters (RFC 7643, 2.1); of duplicates the last.
    fn attribute(&self, name: &str) -> Option<&Self> {
        self.entries().filter(|(key, _)| key.eq_ignore_ascii_case(name)).last().map(|(_, v)| v)
    }
}

impl View for Json {
    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    fn as_flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn as_text(&self) -> Option<&str> {
        self.as_str()
    }

    fn as_number_text(&self) -> Option<Cow<'_, str>> {
        self.as_number().map(|numeral| Cow::Borrowed(numeral.as_str()))
    }

    fn elements(&self) -> impl Iterator<Item = &Self> {
        self.as_array().unwrap_or_default().iter()
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flat_map(|object| object.iter())
    }

    fn attribute(&self, name: &str) -> Option<&Self> {
        self.as_object()?.attribute(name)
    }
}

impl View for serde_json::Value {
    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    fn as_flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn as_text(&self) -> Option<&str> {
        self.as_str()
    }

    fn as_number_text(&self) -> Option<Cow<'_, str>> {
        self.as_number().map(|number| Cow::Owned(number.to_string()))
    }

    fn elements(&self) -> impl Iterator<Item = &Self> {
        self.as_array().map(Vec::as_slice).unwrap_or_default().iter()
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
    }
}
