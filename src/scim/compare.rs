//! Comparison by schema: text, numbers, instants.
//!
//! The design names Unicode 16.0. The tables are those of the crates, which are newer; Unicode's
//! stability policies for normalization and for case folding keep the result the same for every
//! text made of characters that 16.0 assigned.

mod instant;
mod number;

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

pub use instant::Instant;
pub use number::Number;

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
    fold(text)
}

/// As [`compared`], but what changes is written into `buffer`, so that a caller with many texts
/// allocates nothing once the buffer has grown.
pub fn compared_in<'a>(text: &'a str, exact: bool, buffer: &'a mut String) -> &'a str {
    if !exact && text.is_ascii() {
        if !text.bytes().any(|b| b.is_ascii_uppercase()) {
            return text;
        }
        buffer.clear();
        buffer.push_str(text);
        buffer.make_ascii_lowercase();
        return buffer;
    }
    match if exact { nfc(text) } else { fold(text) } {
        Cow::Borrowed(same) => same,
        Cow::Owned(changed) => {
            *buffer = changed;
            buffer
        }
    }
}

/// Whether two texts are equal in their compared form; nothing is allocated for ASCII.
pub fn text_equal(left: &str, right: &str, exact: bool) -> bool {
    if left == right {
        return true;
    }
    match (exact, left.is_ascii() && right.is_ascii()) {
        (true, true) => false,
        (false, true) => left.eq_ignore_ascii_case(right),
        (_, false) => compared(left, exact) == compared(right, exact),
    }
}

fn fold(text: &str) -> Cow<'_, str> {
    let normal = nfc(text);
    let folded = unicase::UniCase::new(&*normal).to_folded_case();
    if folded == text {
        return Cow::Borrowed(text);
    }
    match nfc(&folded) {
        Cow::Borrowed(_) => Cow::Owned(folded),
        Cow::Owned(again) if again == text => Cow::Borrowed(text),
        Cow::Owned(again) => Cow::Owned(again),
    }
}
