//! Tests of groups.

use super::Guess;
use super::site::{Site, is_joint};
use crate::rules::syntax::scan::{TokenKind, clip};

/// What may go wrong behind `in`.
pub(super) fn group(site: &Site<'_>) -> Option<Guess> {
    let of_values = matches!(site.word(-2), "is" | "not") && site.word(-1) == "in";
    if !site.in_condition() || of_values {
        return None;
    }
    let (start, end) = site.place();
    match (site.word(-2), site.word(-1), site.kind(0)) {
        (_, "in", Some(TokenKind::Text)) => Some(
            Guess::new(
                (start, end),
                "`in` is followed by `group` and its name",
                "`group` is missing before it",
            )
            .fix("write `in group`", start, start, site.apart("group "))
            .sure(),
        ),
        (_, "in", Some(TokenKind::Open(_))) => Some(
            Guess::new(
                (start, end),
                "how many of these groups is not said",
                "`any group` is missing before it",
            )
            .fix("write `in any group`", start, start, site.apart("any group "))
            .help("`in any group`, `in all groups` or `in no group`"),
        ),
        (_, "in", Some(TokenKind::Word)) => after_in(site),
        ("in", "group", Some(TokenKind::Word)) => key(site).or_else(|| unquoted_or_set(site)),
        ("in", "group", Some(TokenKind::Open(_))) => {
            let (from, _) = site.range(site.index.checked_sub(1)?, site.index);
            Some(
                Guess::new((start, end), "`in group` names one group", "a list stands here")
                    .fix("write `in any group`", from, from, "any ")
                    .help("`in any group`, `in all groups` or `in no group`"),
            )
        }
        ("any" | "all" | "no", "group" | "groups", Some(TokenKind::Text)) => {
            named_after_quantifier(site)
        }
        ("in", "any" | "all" | "no", _) => Some(
            Guess::new(
                (start, end),
                format!("`{}` is followed by `group` or `groups`", site.word(-1)),
                "`group` is missing before it",
            )
            .fix("write `group`", start, start, site.apart("group ")),
        ),
        _ => None,
    }
}

/// `in groups "A"`, `in sales_emea`, `in the group "A"`.
fn after_in(site: &Site<'_>) -> Option<Guess> {
    let (start, end) = site.place();
    let word = site.word(0);
    match word {
        "groups" if site.is_text(1) && site.kind(2) != Some(TokenKind::Comma) => Some(
            Guess::new((start, end), "one group is `in group`", "write `group`")
                .fix("write `in group`", start, end, "group")
                .sure(),
        ),
        "groups" => Some(
            Guess::new(
                (start, end),
                "how many of these groups is not said",
                "`any` is missing before it",
            )
            .fix("write `in any groups`", start, start, site.apart("any "))
            .help("`in any group`, `in all groups` or `in no group`"),
        ),
        "the" | "a" => Some(
            Guess::new((start, end), format!("`{word}` is not written here"), "remove it").fix(
                "remove it",
                start,
                end,
                "",
            ),
        ),
        "one" | "some" | "either" => {
            Some(Guess::new((start, end), format!("`{word}` is written `any`"), "write `any`").fix(
                "write `any`",
                start,
                end,
                "any",
            ))
        }
        "none" | "not" => {
            Some(Guess::new((start, end), format!("`{word}` is written `no`"), "write `no`").fix(
                "write `no`",
                start,
                end,
                "no",
            ))
        }
        "every" | "both" => {
            Some(Guess::new((start, end), format!("`{word}` is written `all`"), "write `all`").fix(
                "write `all`",
                start,
                end,
                "all",
            ))
        }
        _ if word.eq_ignore_ascii_case("group") || word.eq_ignore_ascii_case("any") => None,
        _ if word.starts_with(|c: char| c.is_ascii_lowercase()) => Some(
            Guess::new(
                (start, end),
                format!("how many of the groups in `{}` is not said", clip(word)),
                "`any group` is missing before it",
            )
            .fix("write `in any group`", start, start, site.apart("any group "))
            .help("`in any group`, `in all groups` or `in no group`"),
        ),
        _ => None,
    }
}

/// `in group name "A"`, `in group ID "A"`: the word before the text.
fn key(site: &Site<'_>) -> Option<Guess> {
    let (start, end) = site.place();
    let written = site.word(0);
    let next = site.ahead(1).filter(|token| token.kind == TokenKind::Text)?;
    let right = match written.to_ascii_lowercase().as_str() {
        "name" | "named" | "called" | "displayname" => "",
        "id" | "objectid" => "id",
        "externalid" | "external_id" | "external-id" => "externalId",
        _ => return None,
    };
    if right.is_empty() {
        let guess = Guess::new(
            (start, end),
            format!("a group in double quotes is one by its name, without `{written}`"),
            "remove it",
        );
        return Some(guess.fix("remove it", start, next.start as usize, "").sure());
    }
    Some(
        Guess::new(
            (start, end),
            format!("`{written}` is written `{right}`"),
            format!("write `{right}`"),
        )
        .fix(format!("write `{right}`"), start, end, right)
        .sure(),
    )
}

/// `in group sales_emea` is a set; `in group Sales on leave` is text.
fn unquoted_or_set(site: &Site<'_>) -> Option<Guess> {
    let word = site.word(0);
    let name = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let alone = site.ahead(1).is_none_or(|token| {
        matches!(token.kind, TokenKind::Close(_))
            || is_joint(site.text(token))
            || matches!(site.text(token), "directly" | "except")
    });
    if !name || !alone {
        return None;
    }
    let (start, end) = site.place();
    let (from, _) = site.range(site.index.checked_sub(1)?, site.index);
    Some(
        Guess::new(
            (start, end),
            format!("`in group` names one group in double quotes, and `{}` is a name", clip(word)),
            "a set, or text without quotes?",
        )
        .fix("write `in any group`", from, from, "any ")
        .help(format!(
            "for a set write `in any group {word}`, for a group of this name `in group \"{word}\"`"
        )),
    )
}

/// `in any group "A", "B"`: the groups stand in braces.
fn named_after_quantifier(site: &Site<'_>) -> Option<Guess> {
    let mut last = site.index;
    let mut edits = Vec::new();
    while let Some(token) = site.token(last + 1) {
        let joins = token.kind == TokenKind::Comma || is_joint(site.text(token));
        if !joins || site.token(last + 2).is_none_or(|next| next.kind != TokenKind::Text) {
            break;
        }
        if token.kind != TokenKind::Comma {
            let (_, before) = site.range(last, last);
            edits.push((before, token.end as usize, ",".to_owned()));
        }
        last += 2;
    }
    let (start, end) = site.range(site.index, last);
    let quantifier = site.word(-2);
    let mut guess = Guess::new(
        (start, end),
        format!("the groups of `{quantifier}` stand between braces"),
        "write `{` and `}` round them",
    )
    .fix("add the braces", start, start, "{ ")
    .edit(end, end, " }")
    .sure();
    guess.edits.extend(edits);
    Some(guess)
}
