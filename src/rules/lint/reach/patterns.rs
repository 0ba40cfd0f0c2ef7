//! Patterns of `like` that say no more than a start, an end or a part.

/// What a pattern of `*` and `?` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `*`
    Anything,
    /// No wildcard.
    Whole(String),
    /// `abc*`
    Start(String),
    /// `*abc`
    End(String),
    /// `*abc*`
    Within(String),
    /// Anything else.
    Other,
}

/// The shape of a pattern in its compared form.
pub(super) fn shape(pattern: &str) -> Shape {
    let mut literal = String::new();
    let (mut stars_before, mut star_after) = (false, false);
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if literal.is_empty() => stars_before = true,
            '*' => star_after = true,
            '?' => return Shape::Other,
            _ if star_after => return Shape::Other,
            '\\' => match rest.peek().copied() {
                Some(plain @ ('*' | '?' | '\\')) => {
                    literal.push(plain);
                    rest.next();
                }
                _ => literal.push('\\'),
            },
            _ => literal.push(c),
        }
    }
    match (stars_before, literal.is_empty(), star_after) {
        (true, true, _) => Shape::Anything,
        (true, false, true) => Shape::Within(literal),
        (true, false, false) => Shape::End(literal),
        (false, _, true) => Shape::Start(literal),
        (false, _, false) => Shape::Whole(literal),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, shape};

    #[test]
    fn simple_patterns_are_starts_ends_and_parts() {
        let is = |pattern, expected| assert_eq!(shape(pattern), expected, "{pattern}");
        is("*", Shape::Anything);
        is("**", Shape::Anything);
        is("", Shape::Whole(String::new()));
        is("abc", Shape::Whole("abc".into()));
        is("abc*", Shape::Start("abc".into()));
        is("*abc", Shape::End("abc".into()));
        is("*abc**", Shape::Within("abc".into()));
        is(r"a\*c*", Shape::Start("a*c".into()));
        is(r"a\bc", Shape::Whole(r"a\bc".into()));
        is("a*c", Shape::Other);
        is("a?c", Shape::Other);
        is("*a*c*", Shape::Other);
    }
}
