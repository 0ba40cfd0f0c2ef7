//! Failures of an operation. Mistakes in rules are [`crate::diagnostic`]s instead.

use std::fmt;

/// Why an operation failed: one opaque type for the library.
///
/// [`Error::kind`] tells programs apart, `Display` tells people; payload values are never in it.
#[derive(Debug, Clone)]
pub struct Error {
    repr: Box<Repr>,
}

#[derive(Debug, Clone)]
struct Repr {
    kind: ErrorKind,
    message: String,
    offset: Option<usize>,
    line: Option<usize>,
    help: Option<String>,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not JSON.
    Json,
    /// JSON, but not the SCIM payload that was expected.
    Payload,
    /// Not a SCIM filter (RFC 7644, 3.4.2.2): `invalidFilter`.
    Filter,
    /// Not an attribute path (RFC 7644, 3.10 and 3.5.2): `invalidPath`.
    Path,
    /// A schema definition that makes no sense (RFC 7643, 7).
    Schema,
    /// A value that does not fit its attribute: `invalidValue`.
    Value,
    /// The path of a PATCH operation finds nothing to change (RFC 7644, 3.5.2): `noTarget`.
    NoTarget,
    /// The attribute cannot be written, or not any more (RFC 7644, 3.5.2): `mutability`.
    Mutability,
    /// A limit of [`crate::limits`] is exceeded.
    Limit,
}

impl Error {
    /// A failure with its words: lower case, no final stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { repr: Box::new(Repr { kind, message, offset: None, line: None, help: None }) }
    }

    /// The byte of the input where it was noticed, from 0.
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.repr.offset = Some(offset);
        self
    }

    /// The line of the input where it was noticed, from 1.
    #[must_use]
    pub fn on_line(mut self, line: usize) -> Self {
        self.repr.line = Some(line);
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.repr.help = Some(help.into());
        self
    }

    /// What failed.
    pub fn kind(&self) -> ErrorKind {
        self.repr.kind
    }

    /// The byte of the input where it was noticed, from 0.
    pub fn offset(&self) -> Option<usize> {
        self.repr.offset
    }

    /// The line of the input where it was noticed, from 1; only where the input has lines.
    pub fn line(&self) -> Option<usize> {
        self.repr.line
    }

    /// The message alone.
    pub fn message(&self) -> &str {
        &self.repr.message
    }

    /// What to do, if there is something to say.
    pub fn advice(&self) -> Option<&str> {
        self.repr.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr.message)?;
        match (self.repr.line, self.repr.offset) {
            (Some(line), Some(offset)) => write!(f, " (line {line}, at byte {offset})"),
            (Some(line), None) => write!(f, " (line {line})"),
            (None, Some(offset)) => write!(f, " (at byte {offset})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
