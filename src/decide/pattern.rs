//! Patterns of `like`: `*` any run, `?` one character, `\` before one of `*?\` makes it plain.

/// A pattern in the compared form of the text that it is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What stands between the stars: one piece more than there are stars.
    pieces: Vec<Piece>,
}

/// A run of plain characters and `?`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Piece {
    /// The characters; those of `?` are `None`.
    characters: Vec<Option<char>>,
    /// The same where there is no `?`.
    plain: Option<String>,
}

impl Pattern {
    /// Reads a pattern. `\` before anything else, and at the end, is itself.
    pub(super) fn new(compared: &str) -> Self {
        let mut pieces = vec![];
        let mut characters = vec![];
        let mut rest = compared.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '*' => pieces.push(Piece::new(std::mem::take(&mut characters))),
                '?' => characters.push(None),
                '\\' => {
                    characters.push(rest.next_if(|c| matches!(c, '*' | '?' | '\\')).or(Some(c)))
                }
                c => characters.push(Some(c)),
            }
        }
        pieces.push(Piece::new(characters));
        Self { pieces }
    }

    /// The plain text with which everything that fits begins.
    pub(super) fn prefix(&self) -> String {
        let first = self.pieces.first().map_or(&[][..], |piece| &piece.characters);
        first.iter().map_while(|c| *c).collect()
    }

    /// Whether the whole text fits.
    ///
    /// Each piece is taken at its first place after the one before, the last at the very end:
    /// no other choice can succeed where this fails, so nothing is tried twice.
    pub(super) fn fits(&self, text: &str) -> bool {
        let Some((first, more)) = self.pieces.split_first() else { return text.is_empty() };
        let Some(mut rest) = first.at_start(text) else { return false };
        let Some((last, middle)) = more.split_last() else { return rest.is_empty() };
        for piece in middle {
            match piece.find(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        last.at_end(rest)
    }
}

impl Piece {
    fn new(characters: Vec<Option<char>>) -> Self {
        let plain = characters.iter().copied().collect();
        Self { characters, plain }
    }

    /// What follows the piece, if the text starts with it.
    fn at_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(plain) = &self.plain {
            return text.strip_prefix(plain.as_str());
        }
        let mut rest = text.chars();
        for wanted in &self.characters {
            let found = rest.next()?;
            if wanted.is_some_and(|wanted| wanted != found) {
                return None;
            }
        }
        Some(rest.as_str())
    }

    /// What follows the first place of the piece.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(plain) = &self.plain {
            return text.split_once(plain.as_str()).map(|(_, after)| after);
        }
        let mut rest = text;
        loop {
            if let Some(after) = self.at_start(rest) {
                return Some(after);
            }
            let mut characters = rest.chars();
            characters.next()?;
            rest = characters.as_str();
        }
    }

    fn at_end(&self, text: &str) -> bool {
        if let Some(plain) = &self.plain {
            return text.ends_with(plain.as_str());
        }
        let mut rest = text.chars();
        self.characters
            .iter()
            .rev()
            .all(|wanted| rest.next_back().is_some_and(|c| wanted.is_none_or(|wanted| wanted == c)))
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[track_caller]
    fn check(pattern: &str, fits: &[&str], does_not: &[&str]) {
        let read = Pattern::new(pattern);
        for text in fits {
            assert!(read.fits(text), "`{pattern}` should fit {text:?}");
        }
        for text in does_not {
            assert!(!read.fits(text), "`{pattern}` should not fit {text:?}");
        }
    }

    #[test]
    fn stars_and_question_marks_cover_the_whole_text() {
        check("sales", &["sales"], &["sale", "saless", ""]);
        check("sales*", &["sales", "sales - emea"], &["presales"]);
        check("*", &["", "x"], &[]);
        check("", &[""], &["x"]);
        check("?", &["x", "ß"], &["", "xx"]);
        check("a*b*c", &["abc", "aXbXbc", "abbcc"], &["ab", "acb", "abcd"]);
        check("*a?c*", &["abc", "xxaaacyy"], &["ac", "abd"]);
        check("*a?", &["ab", "aab"], &["a", "ba"]);
        check("ab*ba", &["abba", "abxba"], &["aba"]);
    }

    #[test]
    fn a_backslash_makes_plain() {
        check(r"a\*", &["a*"], &["ab"]);
        check(r"a\?\\", &[r"a?\"], &["ab", r"ab\"]);
        check(r"a\b\", &[r"a\b\"], &["ab"]);
    }

    #[test]
    fn the_prefix_ends_at_the_first_joker() {
        assert_eq!(Pattern::new("ext - *").prefix(), "ext - ");
        assert_eq!(Pattern::new(r"a\*b?c").prefix(), "a*b");
        assert_eq!(Pattern::new("*x").prefix(), "");
    }
}
