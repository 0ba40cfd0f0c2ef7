//! The pull lexer: one value after the other, nothing built.

use crate::error::Error;
use crate::limits;

use super::fault::{self, Fault, What};
use super::scan;
use super::text::Text;

/// Reads JSON text value by value.
///
/// ```
/// use provisor::json::{Lexer, Value};
///
/// # fn main() -> Result<(), provisor::Error> {
/// let mut lexer = Lexer::new(br#"{"title": "Manager", "emails": [{"value": "a@example.com"}]}"#)?;
/// let Value::Object = lexer.value()? else { return Ok(()) };
/// while let Some(key) = lexer.next_key()? {
///     if key.is_name("title") {
///         let Value::String(title) = lexer.value()? else { continue };
///         assert_eq!(title.decode(), "Manager");
///     } else {
///         lexer.skip()?;
///     }
/// }
/// lexer.finish()
/// # }
/// ```
///
/// After [`Value::Object`] call [`next_key`](Self::next_key) until it gives `None`, and behind
/// each key read or skip one value; after [`Value::Array`] call
/// [`next_element`](Self::next_element) until it gives `false`. After an error nothing more can
/// be read.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    pub(super) at: usize,
    pub(super) depth: usize,
    /// One bit for each open container, the innermost lowest: 1 is an object.
    pub(super) objects: u128,
    /// Nothing has been read in the innermost container.
    pub(super) fresh: bool,
}

// `objects` has a bit for each level.
const _: () = assert!(limits::JSON_NESTING <= 128);

/// What kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// `[…]`
    Array,
    /// `{…}`
    Object,
}

/// A value, or the beginning of one.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(&'a str),
    /// A string.
    String(Text<'a>),
    /// `[`: its elements follow.
    Array,
    /// `{`: its keys follow.
    Object,
}

impl<'a> Lexer<'a> {
    /// Reads bytes; fails at the first that is not UTF-8.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::of(text)),
            Err(error) => Err(fault::not_utf8(bytes, error.valid_up_to())),
        }
    }

    /// Reads text.
    pub fn of(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, depth: 0, objects: 0, fresh: false }
    }

    /// The byte reached.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The kind of the next value, which is not read yet.
    pub fn peek(&mut self) -> Result<Kind, Error> {
        self.at = scan::blank(self.bytes(), self.at);
        match self.bytes().get(self.at) {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            _ => Err(self.fail(Fault { at: self.at, what: What::NoValue })),
        }
    }

    /// Reads a value; of an object or array its opening bracket alone.
    #[inline]
    pub fn value(&mut self) -> Result<Value<'a>, Error> {
        self.at = scan::blank(self.bytes(), self.at);
        let start = self.at;
        let (end, value) = match self.bytes().get(start) {
            Some(b'"') => return Ok(Value::String(self.string(start)?)),
            Some(b'{') => {
                self.open(true)?;
                return Ok(Value::Object);
            }
            Some(b'[') => {
                self.open(false)?;
                return Ok(Value::Array);
            }
            Some(b't') => (scan::word(self.bytes(), start, b"true"), Value::Bool(true)),
            Some(b'f') => (scan::word(self.bytes(), start, b"false"), Value::Bool(false)),
            Some(b'n') => (scan::word(self.bytes(), start, b"null"), Value::Null),
            Some(b'-' | b'0'..=b'9') => {
                let end = scan::number(self.bytes(), start).map_err(|fault| self.fail(fault))?;
                self.at = end;
                return Ok(Value::Number(self.slice(start, end)));
            }
            _ => (Err(Fault { at: start, what: What::NoValue }), Value::Null),
        };
        self.at = end.map_err(|fault| self.fail(fault))?;
        Ok(value)
    }

    /// The next key of the innermost object, its colon read; `None` at its end.
    #[inline]
    pub fn next_key(&mut self) -> Result<Option<Text<'a>>, Error> {
        let mut at = scan::blank(self.bytes(), self.at);
        let fresh = std::mem::replace(&mut self.fresh, false);
        match self.bytes().get(at) {
            Some(b'}') => {
                self.close(at);
                return Ok(None);
            }
            Some(b',') if !fresh => at = scan::blank(self.bytes(), at + 1),
            Some(b'"') if fresh => {}
            _ => {
                let what = if fresh { What::NoKey } else { What::NoCommaInObject };
                return Err(self.fail(Fault { at, what }));
            }
        }
        if self.bytes().get(at) != Some(&b'"') {
            return Err(self.fail(Fault { at, what: What::NoKey }));
        }
        let key = self.string(at)?;
        let at = scan::blank(self.bytes(), self.at);
        if self.bytes().get(at) != Some(&b':') {
            return Err(self.fail(Fault { at, what: What::NoColon }));
        }
        self.at = at + 1;
        Ok(Some(key))
    }

    /// Whether the innermost array has another element, which can then be read; `false` at its
    /// end.
    #[inline]
    pub fn next_element(&mut self) -> Result<bool, Error> {
        let at = scan::blank(self.bytes(), self.at);
        let fresh = std::mem::replace(&mut self.fresh, false);
        match self.bytes().get(at) {
            Some(b']') => {
                self.close(at);
                Ok(false)
            }
            Some(b',') if !fresh => {
                self.at = at + 1;
                Ok(true)
            }
            Some(_) if fresh => {
                self.at = at;
                Ok(true)
            }
            _ => {
                let what = if fresh { What::NoValue } else { What::NoCommaInArray };
                Err(self.fail(Fault { at, what }))
            }
        }
    }

    /// Nothing but white space may follow.
    pub fn finish(&mut self) -> Result<(), Error> {
        let at = scan::blank(self.bytes(), self.at);
        if at < self.text.len() {
            return Err(self.fail(Fault { at, what: What::Trailing }));
        }
        self.at = at;
        Ok(())
    }

    /// Skips a value and gives its text.
    pub fn raw(&mut self) -> Result<&'a str, Error> {
        self.at = scan::blank(self.bytes(), self.at);
        let start = self.at;
        self.skip()?;
        Ok(self.slice(start, self.at))
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    #[cold]
    pub(super) fn fail(&self, fault: Fault) -> Error {
        fault::error(self.text, fault)
    }

    /// Reads a string from its opening quote.
    #[inline]
    fn string(&mut self, start: usize) -> Result<Text<'a>, Error> {
        let (end, escaped) =
            scan::string(self.bytes(), start + 1).map_err(|fault| self.fail(fault))?;
        self.at = end;
        Ok(Text::new(self.slice(start + 1, end - 1), escaped))
    }

    #[inline]
    fn open(&mut self, object: bool) -> Result<(), Error> {
        if self.depth == limits::JSON_NESTING {
            return Err(self.fail(Fault { at: self.at, what: What::Depth }));
        }
        self.at += 1;
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        self.fresh = true;
        Ok(())
    }

    #[inline]
    fn close(&mut self, at: usize) {
        self.at = at + 1;
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }
}
