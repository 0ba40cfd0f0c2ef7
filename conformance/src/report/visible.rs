//! Text from outside, made harmless: nothing in it moves a cursor, hides text or turns its
//! direction.

/// The text with pictures for control characters; line ends and tabs stay.
pub fn lines(text: &str) -> String {
    text.chars().map(|c| picture(c).unwrap_or(c)).collect()
}

/// The same on one line.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '␊',
            '\t' => ' ',
            c => picture(c).unwrap_or(c),
        })
        .collect()
}

/// So many characters of a text, on one line, with a sign that there is more.
pub fn start(text: &str, longest: usize) -> String {
    let mut start: String = text.chars().take(longest).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    line(&start)
}

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// What stands between backticks.
    Code(&'a str),
}

/// The parts of a line; one where its backticks are no pairs.
pub(super) fn parts(line: &str) -> Vec<Part<'_>> {
    if !line.matches('`').count().is_multiple_of(2) {
        return vec![Part::Words(line)];
    }
    let part = |(place, part)| if place % 2 == 0 { Part::Words(part) } else { Part::Code(part) };
    line.split('`').enumerate().map(part).collect()
}

/// What stands for a character that cannot be shown; none for one that can.
pub(super) fn picture(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => None,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        // C1 controls, marks that turn the direction of text, and what XML cannot hold.
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fffe}'
        | '\u{ffff}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_moves_its_cursor() {
        assert_eq!(lines("a\u{1b}[2Jb\r\nc\u{9b}d\u{202e}"), "a␛[2Jb␍\nc\u{fffd}d\u{fffd}");
        assert_eq!(line("a\nb\tc\0"), "a␊b c␀");
        assert_eq!(start("äöü", 2), "äö…");
        assert_eq!(start("äö", 2), "äö");
    }

    #[test]
    fn code_stands_between_two_backticks() {
        use Part::{Code, Words};
        assert_eq!(parts("a `b` c"), [Words("a "), Code("b"), Words(" c")]);
        assert_eq!(parts("``"), [Words(""), Code(""), Words("")]);
        assert_eq!(parts("a `b` `c"), [Words("a `b` `c")]);
        assert_eq!(parts(""), [Words("")]);
    }
}
