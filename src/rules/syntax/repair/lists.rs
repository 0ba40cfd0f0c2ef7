//! Lists of names and values: commas, brackets, quotes.

use super::site::{Site, is_joint, is_literal};
use super::{Guess, Within};
use crate::rules::syntax::cst::Kind;
use crate::rules::syntax::scan::{TokenKind, clip};

/// `is in ["A", "B"]`, `seats { gong }`: brackets of the wrong sort, or where none stand.
pub(super) fn wrong_brackets(site: &Site<'_>) -> Option<Guess> {
    let Some(TokenKind::Open(closer)) = site.kind(0) else { return None };
    let close = closing(site, site.index)?;
    let (start, end) = site.place();
    let (close_start, close_end) = site.range(close, close);
    let written = site.word(0);
    let braces = site.expects(Kind::Values)
        || site.expects(Kind::GroupList)
        || site.expects_word("{") && closer != b'}';
    if braces && closer != b'}' {
        return Some(
            Guess::new(
                (start, end),
                format!(
                    "a list stands between braces, not between `{written}` and `{}`",
                    char::from(closer)
                ),
                "write `{`",
            )
            .fix("write `{` and `}`", start, end, if tight(site, site.index) { "{ " } else { "{" })
            .edit(close_start, close_end, if tight(site, close - 1) { " }" } else { "}" })
            .sure(),
        );
    }
    if site.expects(Kind::Picks) || site.expects(Kind::Ident) && site.index == 1 {
        let first = site.first();
        return Some(
            Guess::new(
                (start, end),
                format!("the names after `{first}` stand without brackets"),
                "remove the brackets",
            )
            .fix("remove the brackets", start, end, "")
            .edit(close_start, close_end, "")
            .sure(),
        );
    }
    None
}

/// `title is { "a", "b" }`, `title is in "a", "b"`: `in` or the braces are missing.
pub(super) fn without_in(site: &Site<'_>) -> Option<Guess> {
    if !site.in_condition() {
        return None;
    }
    let (start, end) = site.place();
    let word = site.word(-1);
    if let Some(TokenKind::Open(closer)) = site.kind(0) {
        let close = closing(site, site.index)?;
        let list = site.expects(Kind::Value)
            && (word == "is" || word == "not" && site.word(-2) == "is")
            && site.index + 1 < close;
        if !list {
            return None;
        }
        let words = if word == "is" { "is in" } else { "is not in" };
        let guess = Guess::new(
            (start, end),
            format!("one of several values is `{words}` and a list in braces"),
            "`in` is missing before it",
        );
        let title = format!("write `{words}`");
        if closer == b'}' {
            return Some(guess.fix(title, start, start, site.apart("in ")).sure());
        }
        let (close_start, close_end) = site.range(close, close);
        let open = if tight(site, site.index) { "in { " } else { "in {" };
        let shut = if tight(site, close - 1) { " }" } else { "}" };
        let guess = guess.fix(title, start, end, site.apart(open));
        return Some(guess.edit(close_start, close_end, shut).sure());
    }
    let behind = word == "in" && matches!(site.word(-2), "is" | "not");
    let Bare { at: (from, to), edits } = bare_values(site, site.index).filter(|_| behind)?;
    let mut guess = Guess::new(
        (from, to),
        "the values behind `in` stand between braces",
        "write `{` and `}` round them",
    )
    .fix("add the braces", from, from, "{ ")
    .edit(to, to, " }")
    .sure();
    guess.edits.extend(edits);
    Some(guess)
}

/// Values without brackets.
pub(super) struct Bare {
    /// The bytes where they begin and end.
    pub(super) at: (usize, usize),
    /// Commas for the words between them.
    pub(super) edits: Vec<(usize, usize, String)>,
}

/// The values without brackets from a token on.
pub(super) fn bare_values(site: &Site<'_>, from: usize) -> Option<Bare> {
    let literal = |at: usize| site.token(at).is_some_and(|token| is_literal(site, token));
    if !literal(from) {
        return None;
    }
    let (mut last, mut edits) = (from, Vec::new());
    while let Some(token) = site.token(last + 1).filter(|_| literal(last + 2)) {
        let joint = is_joint(site.text(token));
        if token.kind != TokenKind::Comma && !joint {
            break;
        }
        if joint {
            edits.push((site.range(last, last).1, token.end as usize, ",".to_owned()));
        }
        last += 2;
    }
    Some(Bare { at: site.range(from, last), edits })
}

/// Whether the token at an index touches the next one.
fn tight(site: &Site<'_>, index: usize) -> bool {
    let end = site.token(index).map(|token| token.end);
    site.token(index + 1).is_some_and(|next| Some(next.start) == end)
}

/// The token that closes the bracket at an index.
pub(super) fn closing(site: &Site<'_>, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in open..site.len() {
        match site.token(at)?.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// `seats "gong"`: a name in quotes.
pub(super) fn quoted_name(site: &Site<'_>) -> Option<Guess> {
    if !site.expects_name() || !site.is_text(0) {
        return None;
    }
    let text = site.word(0).trim_matches('"');
    let name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let (start, end) = site.place();
    if !name {
        return Some(Guess::new((start, end), "a name of the rules stands here, without quotes", "not text")
            .help("write the name that the catalogue gives it, such as `web_conferences`, not the label that people see"));
    }
    Some(
        Guess::new(
            (start, end),
            format!("the name `{text}` stands without quotes"),
            format!("write `{text}`"),
        )
        .fix(format!("write `{text}`"), start, end, text)
        .sure(),
    )
}

/// `seats gong and engage`, `{ "A" or "B" }`: a joint where a comma stands.
pub(super) fn between_names(site: &Site<'_>) -> Option<Guess> {
    let token = site.here()?;
    let word = site.text(token);
    let joint = is_joint(word) || matches!(word, "+" | "&" | "|" | "/" | ".");
    if !joint || !site.expects_word(",") {
        return None;
    }
    let (start, end) = site.place();
    let before = site.end_before();
    Some(
        Guess::new(
            (start, end),
            format!("`{word}` does not part the entries of a list; write `,`"),
            "write `,`",
        )
        .fix("write `,`", before.min(start), end, ",")
        .sure(),
    )
}

/// `seats gong engage`: no comma.
pub(super) fn missing_comma(site: &Site<'_>) -> Option<Guess> {
    let token = site.here()?;
    let entry = matches!(
        token.kind,
        TokenKind::Word | TokenKind::Text | TokenKind::Number | TokenKind::Open(b']')
    );
    if !entry || !site.expects_word(",") {
        return None;
    }
    let before = site.end_before();
    let shown = clip(site.text(token));
    Some(
        Guess::new(
            (before, before),
            format!("a comma is missing before `{shown}`"),
            "`,` is missing here",
        )
        .fix("add the comma", before, before, ",")
        .sure(),
    )
}

/// `workspaces none`, `workspaces emea: rep`, `{ emea rep }`, `{ all: rep }`.
pub(super) fn workspaces(site: &Site<'_>) -> Option<Guess> {
    let Within::Clause(_) = site.within else { return None };
    if site.first() != "workspaces" {
        return None;
    }
    let (start, end) = site.place();
    if site.index == 1 {
        let last = site.len().checked_sub(1)?;
        let (_, close) = site.range(1, last);
        if matches!(site.word(0), "none") && site.len() == 2 {
            return Some(
                Guess::new(
                    (start, end),
                    "`workspaces` lists the workspaces between braces",
                    "write `{ others: none }`",
                )
                .fix("write `{ others: none }`", start, end, "{ others: none }")
                .sure(),
            );
        }
        if site.is_word(0) && site.kind(1) == Some(TokenKind::Colon) {
            return Some(
                Guess::new(
                    (start, close),
                    "`workspaces` lists the workspaces between braces",
                    "write `{` and `}` round them",
                )
                .fix("add the braces", start, start, "{ ")
                .edit(close, close, " }")
                .sure(),
            );
        }
        if site.is_word(0) && site.len() == 2 {
            let written = site.word(0);
            return Some(
                Guess::new(
                    (start, end),
                    "`workspaces` says for each workspace which profile it has there",
                    "no profile is said",
                )
                .fix("write it as a list", start, end, format!("{{ {written}: none }}"))
                .help("write `workspaces { emea: rep, others: none }`")
                .not_mending(),
            );
        }
        return None;
    }
    if site.expects_word(":") && matches!(site.kind(0), Some(TokenKind::Word | TokenKind::Text)) {
        let before = site.end_before();
        return Some(
            Guess::new(
                (before, before),
                format!("`:` is missing between `{}` and its profile", site.word(-1)),
                "write `:`",
            )
            .fix("add `:`", before, before, ":")
            .sure(),
        );
    }
    if matches!(site.word(0), "all" | "any" | "everyone" | "*")
        && site.kind(1) == Some(TokenKind::Colon)
    {
        return Some(
            Guess::new(
                (start, end),
                format!("the other workspaces are called `others`, not `{}`", site.word(0)),
                "write `others`",
            )
            .fix("write `others`", start, end, "others")
            .sure(),
        );
    }
    None
}
