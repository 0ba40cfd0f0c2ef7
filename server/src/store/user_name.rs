//! `userName` as PRECIS prepares it (RFC 7644, 5; RFC 8265, 3.3): characters of another width
//! than usual become the usual ones, so that `ａｎａ` and `ana` are one account. Case and
//! composition are compared besides.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// A `userName` without fullwidth and halfwidth forms. Prepared twice it stays as it is.
pub fn prepared(name: &str) -> Cow<'_, str> {
    if !name.contains(has_other_width) {
        return Cow::Borrowed(name);
    }
    let mut prepared = String::with_capacity(name.len());
    for character in name.chars() {
        if has_other_width(character) {
            prepared.extend(std::iter::once(character).nfkc());
        } else {
            prepared.push(character);
        }
    }
    Cow::Owned(prepared)
}

/// Halfwidth and Fullwidth Forms, and the ideographic space.
fn has_other_width(character: char) -> bool {
    matches!(character, '\u{ff00}'..='\u{ffef}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_widths_become_the_usual_ones() {
        for (name, wanted) in [
            ("Ａｎａ＠acme.example", "Ana@acme.example"),
            ("ｶﾞ", "カ\u{3099}"),
            ("ﬁ Ⅳ ana", "ﬁ Ⅳ ana"),
        ] {
            assert_eq!(prepared(name), wanted);
            assert_eq!(prepared(wanted), wanted);
        }
    }
}
