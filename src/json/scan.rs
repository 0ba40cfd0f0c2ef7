//! Scanning of single tokens. Each function takes the byte where to begin and gives the byte
//! behind the token; all are free of allocation.

use super::fault::{Fault, What};

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES * 0x80;

/// The first byte from `at` that is no white space.
#[inline]
pub(super) fn blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// A string from behind its opening quote to behind its closing one, and whether it has escapes.
/// `bytes` are UTF-8.
#[inline]
pub(super) fn string(bytes: &[u8], start: usize) -> Result<(usize, bool), Fault> {
    let at = plain(bytes, start);
    match bytes.get(at) {
        Some(b'"') => Ok((at + 1, false)),
        _ => Ok((rest_of_string(bytes, start, at)?, true)),
    }
}

/// The rest of a string from its first byte that is not plain.
#[cold]
#[inline(never)]
fn rest_of_string(bytes: &[u8], start: usize, mut at: usize) -> Result<usize, Fault> {
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape(bytes, at)?,
            Some(_) => return Err(Fault { at, what: What::Control }),
            None => return Err(Fault { at: start - 1, what: What::OpenString }),
        }
        at = plain(bytes, at);
    }
}

/// The first byte from `at` that is a quote, a backslash or a control character.
#[inline]
fn plain(bytes: &[u8], mut at: usize) -> usize {
    // Eight bytes at a time: most strings of a payload end in the first four words.
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..=0x1f) {
            return at;
        }
        at += 1;
    }
    at
}

/// The high bit of the first special byte of a word is the lowest bit set; 0 if there is none.
/// (A borrow may also mark bytes behind the first.)
#[inline]
fn special(word: u64) -> u64 {
    // Flipping bit 1 puts the quote (0x22) below 0x21 beside the control characters.
    let low = (word ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
    let slash = word ^ (ONES * u64::from(b'\\'));
    let slash = slash.wrapping_sub(ONES);
    // A byte of 0x80 and more is never special, nor does it become 0 by the flip.
    (low | slash) & !word & HIGH
}

/// An escape from its backslash.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match hex(bytes, at + 2)? {
            0xd800..=0xdbff => {
                let paired = bytes.get(at + 6..at + 8) == Some(b"\\u".as_slice())
                    && matches!(hex(bytes, at + 8)?, 0xdc00..=0xdfff);
                if paired { Ok(at + 12) } else { Err(Fault { at, what: What::Surrogate }) }
            }
            0xdc00..=0xdfff => Err(Fault { at, what: What::Surrogate }),
            _ => Ok(at + 6),
        },
        _ => Err(Fault { at, what: What::Escape }),
    }
}

/// Four hexadecimal digits; a fault is at the backslash two bytes before.
pub(super) fn hex(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    let fault = Fault { at: at.saturating_sub(2), what: What::Hex };
    let digits = bytes.get(at..at + 4).ok_or(fault)?;
    digits.iter().try_fold(0, |sum, digit| {
        char::from(*digit).to_digit(16).map(|digit| sum * 16 + digit).ok_or(fault)
    })
}

/// A number from its first byte, which is `-` or a digit.
#[inline]
pub(super) fn number(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    let start = at;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    if bytes.get(at) == Some(&b'0') {
        at += 1;
        if matches!(bytes.get(at), Some(b'0'..=b'9')) {
            return Err(Fault { at: start, what: What::LeadingZero });
        }
    } else {
        at = digits(bytes, at)?;
    }
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        at = digits(bytes, at)?;
    }
    Ok(at)
}

/// One or more digits.
#[inline]
fn digits(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    let start = at;
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    if at == start { Err(Fault { at, what: What::NoDigits }) } else { Ok(at) }
}

/// One of the three words; `at` is its first byte.
#[inline]
pub(super) fn word(bytes: &[u8], at: usize, word: &[u8]) -> Result<usize, Fault> {
    if bytes.get(at..).is_some_and(|rest| rest.starts_with(word)) {
        Ok(at + word.len())
    } else {
        Err(Fault { at, what: What::NoValue })
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, special};

    #[test]
    fn exactly_quotes_backslashes_and_controls_are_special() {
        for byte in 0..=u8::MAX {
            let expected = matches!(byte, b'"' | b'\\' | 0..=0x1f);
            for place in 0..8 {
                let mut word = *b"abcdefgh";
                word[place] = byte;
                let found = special(u64::from_le_bytes(word));
                assert_eq!(found != 0, expected, "byte {byte:#04x} at {place}");
                if expected {
                    assert_eq!(found.trailing_zeros() as usize / 8, place, "byte {byte:#04x}");
                }
            }
        }
        assert_eq!(plain("ééééééééé\"".as_bytes(), 0), 18);
        assert_eq!(plain(b"abc", 0), 3);
    }
}
