//! Patterns: slashes inside, letters behind, and the whole value.

use super::Guess;
use super::site::Site;
use crate::rules::syntax::scan::TokenKind;

/// `/Sales/EMEA/` ends too early, `/Sales/i` has letters behind it.
pub(super) fn behind(site: &Site<'_>) -> Option<Guess> {
    let regex = site.index.checked_sub(1)?;
    let (start, end) = site.place();
    if site.kind(-1) != Some(TokenKind::Regex) || site.end_before() != start {
        return None;
    }
    let mut last = site.index;
    while site.token(last + 1).is_some_and(|next| next.start as usize == site.range(last, last).1) {
        last += 1;
    }
    let written = site.slice(site.index, last);
    if last == site.index && written.bytes().all(|b| b"dgimsuxy".contains(&b)) {
        return Some(
            Guess::new(
                (start, end),
                format!("no letters stand behind a pattern: remove `{written}`"),
                "remove it",
            )
            .help("case counts only where the attribute says so; `(?i)` inside the pattern ignores it everywhere")
            .fix(format!("remove `{written}`"), start, end, ""),
        );
    }
    let whole = site.slice(regex, last);
    let (from, to) = site.range(regex, last);
    let inner = whole.strip_prefix('/')?.strip_suffix('/')?;
    let mut guess = Guess::new(
        (start, to),
        "the pattern ends at the first `/`; a slash inside is written `\\/`",
        "stands behind the pattern",
    );
    let mut escaped = false;
    for (offset, c) in inner.char_indices() {
        if c == '/' && !escaped {
            let at = from + 1 + offset;
            guess = guess.edit(at, at, "\\");
        }
        escaped = c == '\\' && !escaped;
    }
    guess.title = "write `\\/`".to_owned();
    Some(guess)
}

/// A pattern that fits the whole value where `pattern`, with its slashes or quotation marks, fits
/// anywhere in it, as in most languages. Nothing if it does so already.
pub(in crate::rules::syntax) fn anywhere(pattern: &str) -> Option<String> {
    let quoted = pattern.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner = match quoted {
        // What is escaped in text would be read otherwise in a pattern.
        Some(inner) if inner.contains(['\\', '/']) || inner.is_empty() => return None,
        Some(inner) => inner,
        None => pattern.strip_prefix('/')?.strip_suffix('/')?,
    };
    let bare = inner.trim_start_matches('^').trim_end_matches('$');
    let closed = bare.starts_with('(') && bare.find(')') == Some(bare.len() - 1);
    // An alternative reaches to the ends of the pattern, and `^` or `$` counts for one only.
    if inner.contains('|') && !closed {
        return Some(format!("/.*(?:{inner}).*/"));
    }
    let (front, rest) = match inner.strip_prefix('^') {
        Some(rest) => ("", rest),
        None if inner.starts_with(".*") => ("", inner),
        None => (".*", inner),
    };
    let (rest, back) = match rest.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => (rest, ""),
        _ if rest.ends_with(".*") => (rest, ""),
        _ => (rest, ".*"),
    };
    let new = format!("/{front}{rest}{back}/");
    (new != pattern).then_some(new)
}

/// What is said where a pattern is taken over from another language.
pub(in crate::rules::syntax) const WHOLE: &str = "here a pattern fits the whole value, elsewhere any part of it; `contains` finds text anywhere without a pattern";

#[cfg(test)]
mod tests {
    use super::anywhere;

    #[test]
    fn a_pattern_for_any_part_becomes_one_for_the_whole() {
        for (theirs, ours) in [
            ("/Sales/", "/.*Sales.*/"),
            ("/^Sales/", "/Sales.*/"),
            ("/Sales$/", "/.*Sales/"),
            ("/^Sales$/", "/Sales/"),
            ("/.*Sales.*/", "/.*Sales.*/"),
            ("/a|b/", "/.*(?:a|b).*/"),
            ("/^a|b$/", "/.*(?:^a|b$).*/"),
            ("/^(a|b)$/", "/(a|b)/"),
            ("\"^Sales\"", "/Sales.*/"),
        ] {
            assert_eq!(anywhere(theirs).unwrap_or_else(|| theirs.to_owned()), ours);
        }
    }
}
