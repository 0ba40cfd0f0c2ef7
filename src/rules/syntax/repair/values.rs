//! Values without quotes, and words in the wrong case or misspelt.

use super::site::{Site, is_joint};
use super::{Guess, Within, habits};
use crate::diagnostic::suggest;
use crate::rules::syntax::cst::Kind;
use crate::rules::syntax::scan::{TokenKind, clip};
use crate::rules::syntax::words;

/// `update Automatic`, `in Group "A"`: a word in the wrong case.
pub(super) fn wrong_case(site: &Site<'_>) -> Option<Guess> {
    let token = site.here().filter(|token| token.kind == TokenKind::Word)?;
    let written = site.text(token);
    let small = written.to_ascii_lowercase();
    let literal = site.expects(Kind::Value) && matches!(&*small, "true" | "false" | "null");
    let group = site.in_condition() && small == "in";
    let expected = site.keywords().find(|word| word.eq_ignore_ascii_case(written));
    let right = expected.or((literal || group).then_some(small.as_str()))?;
    if right == written {
        return None;
    }
    let (start, end) = site.place();
    let message = format!("`{}` is written `{right}`", clip(written));
    Some(
        Guess::new((start, end), message, format!("write `{right}`"))
            .fix(format!("write `{right}`"), start, end, right)
            .sure(),
    )
}

/// `title is Account Executive`: text without quotes, up to the next word of the language.
pub(super) fn unquoted(site: &Site<'_>) -> Option<Guess> {
    let text_wanted = site.expects(Kind::Value)
        || site.expects(Kind::Text)
        || site.expects(Kind::GroupRef)
        || site.expects(Kind::FixtureGroup)
        || site.expects(Kind::Label);
    if !text_wanted || !matches!(site.kind(0), Some(TokenKind::Word | TokenKind::Other)) {
        return None;
    }
    let operator = site.in_condition() && site.expects(Kind::Value)
        || site.expects(Kind::GroupRef)
        || !site.in_condition();
    if !operator || is_joint(site.word(0)) {
        return None;
    }
    let last = run_end(site, site.index);
    let label = matches!(site.within, Within::Item) && site.expects(Kind::Label);
    if label && matches!(site.word(0), "as" | "limit" | "requires" | "excludes" | "profiles") {
        return None;
    }
    let (start, end) = site.range(site.index, last);
    let written = site.slice(site.index, last);
    if written.contains('"') {
        return None;
    }
    let shown = clip(written);
    if habits::is_attribute(site, written) {
        return Some(
            Guess::new(
                (start, end),
                format!("`{shown}` is an attribute, and two attributes cannot be compared"),
                "a value stands here",
            )
            .help("text stands between double quotes")
            .fix(format!("write \"{shown}\""), start, end, format!("\"{written}\"")),
        );
    }
    let guess = Guess::new(
        (start, end),
        format!("`{shown}` is text, which stands between double quotes"),
        format!("write \"{shown}\""),
    )
    .fix(format!("write \"{shown}\""), start, end, format!("\"{written}\""));
    // What follows on the line shows that the words were meant otherwise.
    let line = site.token(last).map(|token| token.line);
    let more = site.token(last + 1).is_some_and(|next| {
        Some(next.line) == line
            && matches!(
                next.kind,
                TokenKind::Text
                    | TokenKind::Regex
                    | TokenKind::Open(_)
                    | TokenKind::Operator
                    | TokenKind::Other
            )
    });
    Some(if more { guess.not_mending() } else { guess.sure() })
}

/// The last token of a run of words that are text without quotes.
fn run_end(site: &Site<'_>, from: usize) -> usize {
    let mut last = from;
    let line = site.token(from).map(|token| token.line);
    for at in from + 1..site.len() {
        let Some(token) = site.token(at) else { break };
        let word = site.text(token);
        let ends = match token.kind {
            TokenKind::Word => {
                is_joint(word)
                    || matches!(word, "directly" | "except" | "with" | "as" | "requires" | "limit")
                    || matches!(word, "like" | "formerly" | "id" | "externalId" | "indirectly")
            }
            TokenKind::Number | TokenKind::Other => false,
            // A URN: its parts touch.
            TokenKind::Colon => {
                site.range(last, last).1 != token.start as usize
                    || site.token(at + 1).is_none_or(|next| next.start != token.end)
            }
            _ => true,
        };
        if ends || Some(token.line) != line {
            break;
        }
        last = at;
    }
    last
}

/// `limit 1,000`, `limit 1_000`: a number with separators.
pub(super) fn separators(site: &Site<'_>) -> Option<Guess> {
    let comma = site.kind(0) == Some(TokenKind::Comma);
    let from = if comma { site.index.checked_sub(1)? } else { site.index };
    if site.within != Within::Item || site.kind_at(from) != Some(TokenKind::Number) {
        return None;
    }
    let mut last = from;
    while site.kind_at(last + 1) == Some(TokenKind::Comma)
        && site.kind_at(last + 2) == Some(TokenKind::Number)
        && site.range(last, last + 2).1 - site.range(last, last).1 == 4
    {
        last += 2;
    }
    let written = site.slice(from, last);
    let plain = written.replace([',', '_'], "");
    if plain == written || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (start, end) = site.range(from, last);
    Some(
        Guess::new(
            (start, end),
            format!("a number has no separators: `{plain}`"),
            format!("write `{plain}`"),
        )
        .fix(format!("write `{plain}`"), start, end, plain)
        .sure(),
    )
}

/// `is 007`, `is 1.`: not a JSON number.
pub(super) fn bad_number(site: &Site<'_>) -> Option<Guess> {
    let token = site.here().filter(|token| token.kind == TokenKind::Number)?;
    let written = site.text(token);
    let (start, end) = site.place();
    let shown = clip(written);
    if site.expects(Kind::Integer) && !site.expects(Kind::Value) {
        return Some(Guess::new(
            (start, end),
            format!("`{shown}` is no whole number"),
            "expected a whole number",
        ));
    }
    if !site.expects(Kind::Value) || site.is_text(-1) {
        return None;
    }
    Some(
        Guess::new(
            (start, end),
            format!("`{shown}` is no number; if it is text, it stands between double quotes"),
            format!("write \"{shown}\""),
        )
        .fix(format!("write \"{shown}\""), start, end, format!("\"{written}\"")),
    )
}

/// A word of conditions where a name must stand, or a word near one that was expected.
pub(super) fn misspelt(site: &Site<'_>) -> Option<Guess> {
    let token = site.here().filter(|token| token.kind == TokenKind::Word)?;
    let written = site.text(token);
    // `seats is gong` names nothing `is`.
    let verb = written == "is" && !site.expects(Kind::Ident);
    if site.expects_name() && !verb && words::is_reserved(written) {
        return Some(
            Guess::new(
                site.place(),
                format!("`{written}` is reserved and never a name"),
                "choose another name",
            )
            .help("words such as `seats` or `home` may be names, words of conditions and lists may not"),
        );
    }
    let known = synonym(site, written)
        .or_else(|| suggest::nearest(written, site.keywords()).filter(|word| *word != written))
        .or_else(|| {
            let begins = |word: &&str| written.len() > 2 && word.starts_with(written);
            site.keywords().find(begins)
        })?;
    let (start, end) = site.place();
    Some(
        Guess::new(
            (start, end),
            format!("`{}` is not known here", clip(written)),
            format!("write `{known}`"),
        )
        .help(suggest::did_you_mean(known))
        .fix(format!("write `{known}`"), start, end, known),
    )
}

/// Types and modes of other languages.
fn synonym(site: &Site<'_>, written: &str) -> Option<&'static str> {
    const TABLE: &[(&str, &str)] = &[
        ("string", "text"),
        ("str", "text"),
        ("boolean", "flag"),
        ("bool", "flag"),
        ("integer", "number"),
        ("int", "number"),
        ("decimal", "number"),
        ("datetime", "date"),
        ("time", "date"),
        ("array", "list"),
        ("on", "automatic"),
        ("always", "automatic"),
        ("sync", "automatic"),
        ("off", "manual"),
        ("never", "manual"),
        ("profiles", "workspaces"),
        ("consent", "options"),
        ("license", "seat"),
        ("licenses", "seats"),
        ("licence", "seat"),
        ("licences", "seats"),
        ("inactive", "deactivated"),
        ("disabled", "deactivated"),
        ("rule", "because"),
    ];
    let row = TABLE.iter().find(|(word, _)| word.eq_ignore_ascii_case(written));
    let known = row.map(|(_, known)| *known)?;
    let typed = matches!(known, "text" | "flag" | "number" | "date" | "list");
    let fits = site.expects_word(known)
        || typed && site.expects(Kind::AttributeType)
        || matches!(known, "automatic" | "manual") && site.expects(Kind::Update)
        || matches!(known, "workspaces" | "options" | "seats") && site.expects(Kind::Area);
    fits.then_some(known)
}
