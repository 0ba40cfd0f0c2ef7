//! How text looks on a terminal: colour and width.

use crate::report::Verdict;

/// What the reader's terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// It understands escape sequences, and colour is wanted.
    pub color: bool,
    /// Columns after which prose is broken; never the lines that people copy.
    pub width: Option<usize>,
}

/// An escape sequence (ECMA-48, 8.3.117).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style(&'static str);

pub(super) const STRONG: Style = Style("\x1b[1m");
pub(super) const FAINT: Style = Style("\x1b[2m");
const RED: Style = Style("\x1b[1;31m");
const YELLOW: Style = Style("\x1b[1;33m");
const MAGENTA: Style = Style("\x1b[1;35m");
const GREEN: Style = Style("\x1b[32m");
const END: &str = "\x1b[0m";

/// The colour of a verdict.
pub(super) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Fail => RED,
        Verdict::Error | Verdict::Blocked => MAGENTA,
        Verdict::Warn => YELLOW,
        Verdict::Skip | Verdict::NotExercised => FAINT,
        Verdict::Pass => GREEN,
    }
}

impl Look {
    /// For files and pipes.
    pub fn plain() -> Self {
        Self { color: false, width: None }
    }

    pub(super) fn paint(self, text: &str, style: Style) -> String {
        if self.color { format!("{}{text}{END}", style.0) } else { text.to_owned() }
    }

    /// A line, broken between words where it is too long; the rest is indented two more.
    pub(super) fn prose(self, into: &mut String, indent: &str, words: &str) {
        let width = self.width.unwrap_or(usize::MAX);
        let mut column = 0;
        for word in words.split(' ') {
            let length = length(word);
            if column == 0 {
                into.push_str(indent);
                column = indent.len();
            } else if column.saturating_add(1 + length) > width {
                into.push('\n');
                into.push_str(indent);
                into.push_str("  ");
                column = indent.len() + 2;
            } else {
                into.push(' ');
                column += 1;
            }
            into.push_str(word);
            column += length;
        }
        into.push('\n');
    }
}

/// Characters that are seen.
fn length(word: &str) -> usize {
    let (mut count, mut escape) = (0, false);
    for c in word.chars() {
        match (escape, c) {
            (false, '\x1b') => escape = true,
            (true, 'm') => escape = false,
            (true, _) => {}
            (false, _) => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_between_words_and_not_in_colour() {
        let look = Look { color: true, width: Some(14) };
        let mut text = String::new();
        look.prose(
            &mut text,
            "  ",
            &format!("{} two three fourfourfour", look.paint("one", STRONG)),
        );
        assert_eq!(text, "  \x1b[1mone\x1b[0m two\n    three\n    fourfourfour\n");
    }
}
