//! The whole tree, without loss.

use std::str::FromStr;

use crate::error::Error;
use crate::scim::compare::Number;

use super::lexer::{Lexer, Value};

/// A JSON value: keys keep their order and their duplicates, numbers their spelling.
///
/// `Display` writes it compact, `{:#}` indented.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(Numeral),
    /// A string, escapes decoded.
    String(String),
    /// `[…]`
    Array(Vec<Json>),
    /// `{…}`
    Object(Object),
}

/// The spelling of a JSON number. Equality is that of the spelling; [`Numeral::value`] compares.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Numeral(Box<str>);

/// The entries of a JSON object in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object {
    entries: Vec<(String, Json)>,
}

/// Reads one JSON value from bytes.
///
/// Fails with [`Json`](crate::ErrorKind::Json) where they are not JSON and with
/// [`Limit`](crate::ErrorKind::Limit) where nesting is too deep; the error has byte, line and
/// advice.
pub fn parse(bytes: &[u8]) -> Result<Json, Error> {
    let mut lexer = Lexer::new(bytes)?;
    let json = lexer.json()?;
    lexer.finish()?;
    Ok(json)
}

impl Lexer<'_> {
    /// Reads a value as a tree.
    pub fn json(&mut self) -> Result<Json, Error> {
        // Recursion ends at `limits::JSON_NESTING`, which `value` enforces.
        Ok(match self.value()? {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(flag),
            Value::Number(text) => Json::Number(Numeral(text.into())),
            Value::String(text) => Json::String(text.decode().into_owned()),
            Value::Array => {
                let mut elements = Vec::new();
                while self.next_element()? {
                    elements.push(self.json()?);
                }
                Json::Array(elements)
            }
            Value::Object => {
                let mut entries = Vec::new();
                while let Some(key) = self.next_key()? {
                    entries.push((key.decode().into_owned(), self.json()?));
                }
                Json::Object(Object { entries })
            }
        })
    }
}

impl FromStr for Json {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text.as_bytes())
    }
}

impl Json {
    /// The value of a key, if this is an object that has it; see [`Object::get`].
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?.get(key)
    }

    /// The entries, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The flag, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Numeral> {
        match self {
            Self::Number(numeral) => Some(numeral),
            _ => None,
        }
    }
}

impl Numeral {
    /// A number as written; `None` if it is none in JSON.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lexer = Lexer::of(text);
        match lexer.value() {
            Ok(Value::Number(number)) if number.len() == text.len() => Some(Self(text.into())),
            _ => None,
        }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its value.
    pub fn value(&self) -> Number {
        Number::parse(&self.0).unwrap_or_else(|| Number::from(0_i64))
    }

    pub(super) fn from_display(number: impl ToString) -> Self {
        Self(number.to_string().into())
    }
}

impl Object {
    /// No entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of exactly that key; of duplicates the last, as most readers do.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of an attribute, whose name compares without regard to the case of ASCII
    /// letters (RFC 7643, 2.1); of duplicates the last.
    pub fn attribute(&self, name: &str) -> Option<&Json> {
        let same = |key: &str| key.eq_ignore_ascii_case(name);
        self.entries.iter().rev().find(|(key, _)| same(key)).map(|(_, value)| value)
    }

    /// Keys that occur again after their first time, in order; exact keys alone count.
    pub fn duplicates(&self) -> Vec<&str> {
        let mut seen = hashbrown::HashSet::with_capacity(self.entries.len());
        self.iter().filter(|(key, _)| !seen.insert(*key)).map(|(key, _)| key).collect()
    }

    /// Adds an entry at the end, even if the key is there.
    pub fn push(&mut self, key: impl Into<String>, value: impl Into<Json>) {
        self.entries.push((key.into(), value.into()));
    }

    /// All entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Json)> + ExactSizeIterator {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// All entries in order, to change.
    pub fn entries_mut(&mut self) -> &mut Vec<(String, Json)> {
        &mut self.entries
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl IntoIterator for Object {
    type Item = (String, Json);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}
