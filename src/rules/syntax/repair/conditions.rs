//! Conditions: operators in other words, missing operators, joints that join values.

use super::phrases::{self, Meant};
use super::site::{Site, is_joint, is_literal};
use super::{Guess, Within, lists, patterns};
use crate::diagnostic::{Code, suggest};
use crate::rules::syntax::cst::Kind;
use crate::rules::syntax::scan::{Token, TokenKind, clip};
use crate::rules::syntax::words;

/// `title is "A" or "B"`, `in group "A" or "B"`: `or` joins conditions, not values.
pub(super) fn alternatives(site: &Site<'_>) -> Option<Guess> {
    if !site.in_condition() {
        return None;
    }
    // The failure is at the second value, or at a comma before it.
    let comma = site.kind(0) == Some(TokenKind::Comma);
    let joint = if comma { site.index } else { site.index.checked_sub(1)? };
    let joins = |token: Token| token.kind == TokenKind::Comma || is_joint(site.text(token));
    site.token(joint).filter(|token| joins(*token))?;
    let first = joint.checked_sub(1)?;
    let literal = |at: usize| site.token(at).is_some_and(|token| is_literal(site, token));
    if !literal(first) || !literal(joint + 1) {
        return None;
    }
    let mut values = vec![first, joint + 1];
    let mut or =
        !site.token(joint).is_some_and(|token| site.text(token).eq_ignore_ascii_case("and"));
    let mut at = joint + 2;
    while let Some(token) = site.token(at).filter(|token| joins(*token)) {
        or |= site.text(token).eq_ignore_ascii_case("or");
        let mut next = at + 1;
        // `"A", "B", or "C"`
        if token.kind == TokenKind::Comma
            && site.token(next).is_some_and(|t| is_joint(site.text(t)))
        {
            or |= site.token(next).is_some_and(|t| site.text(t).eq_ignore_ascii_case("or"));
            next += 1;
        }
        // A path may begin like a value, such as `true`; then an operator follows.
        if !literal(next) {
            break;
        }
        values.push(next);
        at = next + 1;
    }
    let last = *values.last()?;
    let list: Vec<&str> = values.iter().map(|at| site.slice(*at, *at)).collect();
    let all = list.join(", ");
    let shown = clip(&all);
    let word = |back: usize| {
        first.checked_sub(back).and_then(|at| site.token(at)).map_or("", |token| site.text(token))
    };
    let (_, end) = site.range(first, last);
    let at = site.range(joint, last);
    let (from, new) = if word(1) == "group" && word(2) == "in" {
        let how = if or { "in any group" } else { "in all groups" };
        (first.checked_sub(2)?, format!("{how} {{ {all} }}"))
    } else if word(1) == "is" || word(1).eq_ignore_ascii_case("eq") {
        (first.checked_sub(1)?, format!("is in {{ {all} }}"))
    } else if word(1) == "not" && word(2) == "is" {
        (first.checked_sub(2)?, format!("is not in {{ {all} }}"))
    } else {
        return repeated(site, first, &list, or, at, end);
    };
    let start = site.token(from)?.start as usize;
    let written = new.split(" {").next().unwrap_or("").to_owned();
    let message = match site.token(joint).map(|token| site.text(token)) {
        Some(",") => "several values stand in a list between braces".to_owned(),
        Some(joint) => {
            format!("`{joint}` joins conditions, not values: several values stand in a list")
        }
        None => return None,
    };
    Some(Guess::new(at, message, format!("write `{written} {{ {shown} }}`")).fix(
        format!("write `{written} {{ {shown} }}`"),
        start,
        end,
        new,
    ))
}

/// `title contains "A" or "B"`: the whole condition for each value.
fn repeated(
    site: &Site<'_>,
    first: usize,
    list: &[&str],
    or: bool,
    at: (usize, usize),
    end: usize,
) -> Option<Guess> {
    let operator = (1..=3).find_map(|back| {
        let from = first.checked_sub(back)?;
        let path = site.path_before(from)?;
        let written = site.slice(from, first - 1);
        matches!(
            written.to_ascii_lowercase().as_str(),
            "contains" | "co" | "starts with" | "sw" | "ends with" | "ew" | "like" | "is exactly"
        )
        .then(|| (path, written))
    });
    let (path, _) = operator?;
    let head = site.slice(path, first - 1);
    let joint = if or { "or" } else { "and" };
    let all: Vec<String> = list.iter().map(|value| format!("{head} {value}")).collect();
    let new = format!("({})", all.join(&format!(" {joint} ")));
    let start = site.token(path)?.start as usize;
    let shown = clip(&new);
    Some(
        Guess::new(
            at,
            format!("`{joint}` joins conditions, not values: write the condition for each"),
            format!("write `{shown}`"),
        )
        .fix(format!("write `{shown}`"), start, end, new),
    )
}

/// `title startsWith "A"`, `title does not contain "A"`: the operator in other words.
pub(super) fn phrase(site: &Site<'_>) -> Option<Guess> {
    if !site.in_condition() {
        return None;
    }
    if site.expects_word("with") && site.is_text(0) {
        let (start, _) = site.place();
        let written = site.word(-1);
        return Some(
            Guess::new(
                site.place(),
                format!("`{written}` is followed by `with`"),
                "`with` is missing before it",
            )
            .code(Code::P003)
            .fix(format!("write `{written} with`"), start, start, site.apart("with "))
            .sure(),
        );
    }
    // The phrase begins at the failure, or with `is` or `is not` before it.
    (0..=2_usize).rev().find_map(|back| {
        let from = site.index.checked_sub(back)?;
        let path = site.path_before(from)?;
        let head = site.token(path).map_or("", |token| site.text(token));
        let no_path = ["is", "are", "not", "in"].iter().any(|w| w.eq_ignore_ascii_case(head));
        if words::is_clause(head) && path == 0 || is_joint(head) || no_path {
            return None;
        }
        (1..=phrases::LONGEST).rev().find_map(|length| {
            let to = from + length - 1;
            if to < site.index || to >= site.len() {
                return None;
            }
            let words: Vec<&str> = (from..=to)
                .map_while(|at| site.token(at).filter(|t| t.kind == TokenKind::Word))
                .map(|token| site.text(token))
                .collect();
            if words.len() != length {
                return None;
            }
            let meant = phrases::meaning(&words.join(" "))?;
            // Words that are an operator as they stand.
            let right = matches!(meant, Meant::Words(meant) if meant == words.join(" "));
            (!right).then(|| said(site, path, (from, to), meant))
        })
    })
}

fn said(site: &Site<'_>, path: usize, phrase: (usize, usize), meant: Meant) -> Guess {
    let (start, end) = site.range(phrase.0, phrase.1);
    let written = site.slice(phrase.0, phrase.1);
    let (Meant::Words(words) | Meant::Negated(words)) = meant;
    let mut guess = match meant {
        Meant::Words(_) if written.eq_ignore_ascii_case(words) => Guess::new(
            (start, end),
            format!("`{written}` is written `{words}`"),
            format!("write `{words}`"),
        )
        .fix(format!("write `{words}`"), start, end, words),
        Meant::Words(_) => Guess::new(
            (start, end),
            format!("`{written}` is not used to compare; write `{words}`"),
            format!("replace with `{words}`"),
        )
        .code(Code::P003)
        .fix(format!("write `{words}`"), start, end, words),
        Meant::Negated(_) => {
            let before = site.token(path).map_or(start, |token| token.start as usize);
            let name = site.slice(path, phrase.0.saturating_sub(1));
            Guess::new(
                (start, end),
                format!("`{written}` is not used to compare; write `not {name} {words}`"),
                format!("replace with `{words}`, and `not` before the attribute"),
            )
            .code(Code::P003)
            .fix(format!("write `not {name} {words}`"), start, end, words)
            .edit(before, before, "not ")
        }
    };
    let next = site.token(phrase.1 + 1);
    let value = next.map_or("", |token| site.text(token));
    if words == "matches" {
        // Most languages look for the pattern anywhere.
        if let (Some(token), Some(new)) = (next, patterns::anywhere(value)) {
            guess = guess.edit(token.start as usize, token.end as usize, new);
        }
        return guess.help(patterns::WHOLE);
    }
    if words == "like" && value.contains('%') {
        return guess.help("any run of characters is `*` here, and one character `?`");
    }
    if let Some(lists::Bare { at: (from, to), edits }) =
        lists::bare_values(site, phrase.1 + 1).filter(|_| words.ends_with(" in"))
    {
        guess = guess.edit(from, from, "{ ").edit(to, to, " }");
        guess.edits.extend(edits);
    }
    guess.sure()
}

/// `title is "A" or Marketing`: the word was taken as an attribute without an operator.
pub(super) fn unquoted_path(site: &Site<'_>) -> Option<Guess> {
    let operator = site.expects(Kind::Operator) || site.expects(Kind::Comparison);
    if !site.in_condition() || !operator {
        return None;
    }
    let last = site.index.checked_sub(1)?;
    let joint = site.index.checked_sub(2)?;
    let value = site.index.checked_sub(3)?;
    let alone = site.token(last)?.kind == TokenKind::Word;
    let ended = match site.here() {
        None => true,
        Some(token) => {
            matches!(token.kind, TokenKind::Close(_) | TokenKind::Comma)
                || is_joint(site.text(token))
        }
    };
    if !alone
        || !ended
        || !is_joint(site.slice(joint, joint))
        || !is_literal(site, site.token(value)?)
    {
        return None;
    }
    let written = site.slice(last, last);
    let (start, end) = site.range(last, last);
    let shown = clip(written);
    Some(
        Guess::new(
            (start, end),
            format!("`{shown}` is text, which stands between double quotes"),
            format!("write \"{shown}\""),
        )
        .fix(format!("write \"{shown}\""), start, end, format!("\"{written}\"")),
    )
}

/// `title "Manager"`, `title: "Manager"`, `title` alone.
pub(super) fn missing_operator(site: &Site<'_>) -> Option<Guess> {
    let operator = site.expects(Kind::Operator) || site.expects(Kind::Comparison);
    if !site.in_condition() || !operator {
        return None;
    }
    let path = site.path_before(site.index)?;
    let name = clip(site.slice(path, site.index.checked_sub(1)?));
    let (start, end) = site.place();
    let value = |offset| site.ahead(offset).is_some_and(|token| is_literal(site, token));
    if value(0) {
        return Some(
            Guess::new(
                (start, end),
                format!("no operator stands between `{name}` and its value"),
                "`is` is missing before it",
            )
            .fix("write `is`", start, start, site.apart("is "))
            .code(Code::P003),
        );
    }
    if site.kind(0) == Some(TokenKind::Colon) {
        return Some(
            Guess::new(
                (start, end),
                format!("`:` does not compare `{name}`; write `is`"),
                "replace with `is`",
            )
            .code(Code::P003)
            .fix("write `is`", start, end, " is")
            .sure(),
        );
    }
    if site.kind(0) == Some(TokenKind::Operator) {
        let written = site.word(0);
        return Some(
            Guess::new((start, end), format!("`{written}` is no operator of this language"), "not known")
                .code(Code::P003)
                .help("write `is`, `is not`, `is in`, `contains`, `starts with`, `like` or another comparison in words"),
        );
    }
    let ended = site.here().is_none_or(|token| {
        matches!(token.kind, TokenKind::Close(_)) || is_joint(site.text(token))
    });
    ended.then(|| {
        let place = site.range(path, site.index.saturating_sub(1));
        let flag = if name == "active" { "is true" } else { "is present" };
        Guess::new(
            place,
            format!("nothing is said about `{name}`"),
            "an attribute alone is no condition",
        )
        .fix(format!("write `{name} {flag}`"), place.1, place.1, format!(" {flag}"))
        .help("compare it, such as `is \"…\"`, or write `is present`")
    })
}

/// `match title is "A" seats gong`, `seats gong, capture phone`: another clause on the same line.
pub(super) fn next_clause(site: &Site<'_>) -> Option<Guess> {
    let Within::Clause(_) = site.within else { return None };
    let comma = |at: usize| site.kind_at(at) == Some(TokenKind::Comma);
    // The word of the clause is the failing token, or behind a comma that could not be read, or
    // it was read as a name behind a comma.
    let at = if comma(site.index) {
        site.index + 1
    } else if words::is_clause(site.word(0)) {
        site.index
    } else if site.is_word(0) && site.index >= 2 && comma(site.index - 2) {
        site.index - 1
    } else {
        return None;
    };
    let word = site.slice(at, at);
    let last = at.checked_sub(1)?;
    if !words::is_clause(word) || !site.expects(Kind::End) {
        return None;
    }
    let again = || (0..last).any(|at| site.slice(at, at) == word);
    if word == "except" && again() {
        let (start, end) = site.range(at, at);
        return Some(
            Guess::new((start, end), "a rule has `except` once", "the second one")
                .help("join the two conditions with `or`")
                .fix("write `or`", start, end, "or"),
        );
    }
    let before = if comma(last) { last.checked_sub(1)? } else { last };
    let (start, end) = site.range(at, at);
    let (_, from) = site.range(before, before);
    let mut guess = Guess::new(
        (start, end),
        format!("`{word}` begins on a line of its own"),
        "a new clause begins here",
    )
    .fix("begin a new line", from, start, "\n  ")
    .sure();
    guess.split = Some((from, start));
    Some(guess)
}

/// `title is "A" department is "B"`: no joint.
pub(super) fn missing_joint(site: &Site<'_>) -> Option<Guess> {
    if !site.in_condition() || !(site.expects_word("and") || site.expects_word("or")) {
        return None;
    }
    let token = site.here()?;
    let (start, end) = site.place();
    let word = site.text(token);
    match word.to_ascii_lowercase().as_str() {
        "then" | "else" | "elseif" | "elsif" | "elif" => {
            return Some(
                Guess::new((start, end), format!("rules have no `{}`", clip(word)), "not needed")
                    .help("assignments are tried from the top, and the first that matches wins"),
            );
        }
        "but" | "plus" | "also" | "xor" => {
            let new = if word.eq_ignore_ascii_case("xor") { "or" } else { "and" };
            return Some(
                Guess::new(
                    (start, end),
                    format!("`{word}` does not join conditions"),
                    format!("write `{new}`"),
                )
                .fix(format!("write `{new}`"), start, end, new),
            );
        }
        "unless" | "except" => return None,
        _ => {}
    }
    let next = site.ahead(1).is_some_and(|next| {
        matches!(next.kind, TokenKind::Word | TokenKind::Open(b')'))
            && next.start > token.end
            && !words::begins_comparison(site.text(next))
    });
    let known = suggest::nearest(word, ["and", "or"]);
    if let Some(known) = known.filter(|_| next && word.len() > 1) {
        return Some(
            Guess::new(
                (start, end),
                format!("`{}` does not join conditions", clip(word)),
                format!("write `{known}`"),
            )
            .help(suggest::did_you_mean(known))
            .fix(format!("write `{known}`"), start, end, known),
        );
    }
    let begins = matches!(token.kind, TokenKind::Word | TokenKind::Open(b')'));
    begins.then(|| {
        Guess::new(
            (start, end),
            format!("neither `and` nor `or` stands before `{}`", clip(word)),
            "a second condition begins here",
        )
        .fix("write `and`", start, start, site.apart("and "))
    })
}
