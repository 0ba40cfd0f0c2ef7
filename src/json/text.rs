//! A string as it stands in JSON text.

use std::borrow::Cow;

use super::scan;

/// A string token: checked, its escapes not yet decoded.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// What stands between the quotes; escapes have been checked.
    pub(super) fn new(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// The text as written between the quotes, escapes as they are.
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The text, if it is written without escapes.
    pub fn plain(self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    /// The text; borrowed if it is written without escapes.
    pub fn decode(self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut text = String::with_capacity(self.raw.len());
        self.unescape(&mut text);
        Cow::Owned(text)
    }

    /// The text; an escaped one is written into `buffer`, which is emptied first.
    pub fn decode_in<'b>(self, buffer: &'b mut String) -> &'b str
    where
        'a: 'b,
    {
        if !self.escaped {
            return self.raw;
        }
        buffer.clear();
        self.unescape(buffer);
        buffer
    }

    /// Whether it is that name, as attribute names compare: without regard to the case of ASCII
    /// letters (RFC 7643, 2.1).
    pub fn is_name(self, name: &str) -> bool {
        if self.escaped {
            self.decode().eq_ignore_ascii_case(name)
        } else {
            self.raw.eq_ignore_ascii_case(name)
        }
    }

    fn unescape(self, text: &mut String) {
        let bytes = self.raw.as_bytes();
        let mut rest = self.raw;
        while let Some((before, after)) = rest.split_once('\\') {
            text.push_str(before);
            let at = self.raw.len() - after.len();
            let mut used = 1;
            text.push(match bytes.get(at) {
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'n') => '\n',
                Some(b'r') => '\r',
                Some(b't') => '\t',
                Some(b'u') => {
                    let unit = scan::hex(bytes, at + 1).unwrap_or(0);
                    used = 5;
                    let code = if (0xd800..0xdc00).contains(&unit) {
                        used = 11;
                        let low = scan::hex(bytes, at + 7).unwrap_or(0xdc00);
                        0x10000 + ((unit - 0xd800) << 10) + (low & 0x3ff)
                    } else {
                        unit
                    };
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                other => char::from(other.copied().unwrap_or(b'\\')),
            });
            rest = after.get(used..).unwrap_or("");
        }
        text.push_str(rest);
    }
}
