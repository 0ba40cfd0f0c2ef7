//! P003: operators of other languages, each with what this one writes.

use super::brackets::Brackets;
use super::layout::ItemPiece;
use super::repair::patterns;
use super::scan::{Mend, Scan, Token, TokenKind};
use super::words::{self, ItemWord};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::rules::source::Span;

/// What stands for a foreign operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ours {
    /// Words in its place.
    Words(&'static str),
    /// Words in its place, and `not` before the attribute.
    Negated(&'static str),
    /// It joins conditions.
    Joint(&'static str),
    /// It turns a condition round.
    Not,
}

/// One operator a row. C, SQL, Perl and Ruby write symbols; PowerShell, Entra and test(1) a dash
/// and letters.
const TABLE: &[(&str, Ours)] = &[
    ("===", Ours::Words("is")),
    ("!==", Ours::Words("is not")),
    ("==", Ours::Words("is")),
    ("=~", Ours::Words("matches")),
    ("!~", Ours::Negated("matches")),
    ("!=", Ours::Words("is not")),
    ("<>", Ours::Words("is not")),
    (">=", Ours::Words("at least")),
    ("=>", Ours::Words("at least")),
    ("<=", Ours::Words("at most")),
    ("=<", Ours::Words("at most")),
    ("&&", Ours::Joint("and")),
    ("||", Ours::Joint("or")),
    ("=", Ours::Words("is")),
    (">", Ours::Words("more than")),
    ("<", Ours::Words("less than")),
    ("~", Ours::Words("matches")),
    ("&", Ours::Joint("and")),
    ("|", Ours::Joint("or")),
    ("!", Ours::Not),
    ("-eq", Ours::Words("is")),
    ("-ne", Ours::Words("is not")),
    ("-ceq", Ours::Words("is exactly")),
    ("-ieq", Ours::Words("is")),
    ("-cne", Ours::Words("is not exactly")),
    ("-ine", Ours::Words("is not")),
    ("-gt", Ours::Words("more than")),
    ("-ge", Ours::Words("at least")),
    ("-lt", Ours::Words("less than")),
    ("-le", Ours::Words("at most")),
    ("-like", Ours::Words("like")),
    ("-notlike", Ours::Negated("like")),
    ("-match", Ours::Words("matches")),
    ("-notmatch", Ours::Negated("matches")),
    ("-contains", Ours::Words("contains")),
    ("-notcontains", Ours::Negated("contains")),
    ("-startswith", Ours::Words("starts with")),
    ("-notstartswith", Ours::Negated("starts with")),
    ("-endswith", Ours::Words("ends with")),
    ("-notendswith", Ours::Negated("ends with")),
    ("-in", Ours::Words("is in")),
    ("-notin", Ours::Words("is not in")),
    ("-and", Ours::Joint("and")),
    ("-or", Ours::Joint("or")),
    ("-not", Ours::Not),
];

/// Whether symbols are one operator.
pub(super) fn is_symbol(text: &str) -> bool {
    TABLE.iter().any(|(foreign, _)| *foreign == text)
}

fn ours(text: &str) -> Option<Ours> {
    TABLE.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(text)).map(|(_, ours)| *ours)
}

/// Reports and mends every operator token that stands where this language writes words.
pub(super) fn judge(scan: &mut Scan<'_>, items: &[ItemPiece], brackets: &Brackets) {
    if !scan.tokens.iter().any(|token| token.kind == TokenKind::Operator) {
        return;
    }
    for item in items {
        if scan.full() {
            return;
        }
        let written = scan.word_at(item.head.from);
        let first = words::item(written).map_or(written, |(meant, _)| meant);
        for index in item.head.from..item.head.to {
            in_head(scan, first, index);
        }
        let Some(block) = item.block else { continue };
        for index in block.from..block.to {
            if scan.full() {
                return;
            }
            match block.kind {
                ItemWord::Rule => in_rule(scan, brackets, block.from, index),
                ItemWord::Prove => condition(scan, block.from, index),
                _ => superfluous_equals(scan, index),
            }
        }
    }
}

/// In a one-line item, or before a block.
fn in_head(scan: &mut Scan<'_>, first: &str, index: usize) {
    let Some(token) = operator(scan, index) else { return };
    let text = scan.word(token);
    match first {
        "set" | "attribute" => {
            if matches!(text, "==" | "===" | "=>" | "=~") {
                replace(scan, token, "=", &format!("`{text}` declares nothing; write `=`"));
            }
        }
        "profile" => {
            if matches!(text, "<=" | ">") && text == "<=" {
                replace(scan, token, "<", "a profile order is written with `<`");
            }
        }
        _ => superfluous_equals(scan, index),
    }
}

/// `seats = gong`, `title = "x"` in a fixture: the value follows its name directly.
fn superfluous_equals(scan: &mut Scan<'_>, index: usize) {
    let Some(token) = operator(scan, index) else { return };
    let text = scan.word(token);
    if matches!(text, "=" | "==" | "=>" | "===") {
        let before = index.checked_sub(1).map_or("", |before| scan.word_at(before));
        let message = format!("no `{text}` stands between `{before}` and its value");
        let message = if before.is_empty() { format!("no `{text}` stands here") } else { message };
        replace(scan, token, "", &message);
    }
}

/// In the block of a rule.
fn in_rule(scan: &mut Scan<'_>, brackets: &Brackets, first: usize, index: usize) {
    let Some(token) = operator(scan, index) else { return };
    let text = scan.word(token);
    let before = index.checked_sub(1).filter(|before| *before >= first);
    let keyword = before.filter(|before| {
        words::is_clause(scan.word_at(*before))
            && (*before == first || scan.first_of_line(*before))
            && brackets.glued.get(*before) == Some(&false)
    });
    if keyword.is_some() && ours(text) != Some(Ours::Not) {
        superfluous_equals(scan, index);
        return;
    }
    if in_workspaces(scan, first, index) {
        replace(scan, token, ":", &format!("`{text}` gives no profile; write `:`"));
        return;
    }
    condition(scan, first, index);
}

/// Whether a token stands in the braces of `workspaces`.
fn in_workspaces(scan: &Scan<'_>, first: usize, index: usize) -> bool {
    let mut depth = 0_usize;
    // Entries are short: the brace is near, or this is no such place.
    for at in (first..index).rev().take(4 * crate::limits::NESTING) {
        match scan.kind_at(at) {
            Some(TokenKind::Close(_)) => depth += 1,
            Some(TokenKind::Open(closer)) if depth == 0 => {
                return closer == b'}'
                    && at.checked_sub(1).is_some_and(|word| scan.word_at(word) == "workspaces");
            }
            Some(TokenKind::Open(_)) => depth -= 1,
            _ => {}
        }
    }
    false
}

/// In a condition.
fn condition(scan: &mut Scan<'_>, first: usize, index: usize) {
    let Some(token) = operator(scan, index) else { return };
    let text = scan.word(token);
    match ours(text) {
        Some(Ours::Words(words)) => compares(scan, first, index, token, words),
        Some(Ours::Joint(word)) => {
            replace(
                scan,
                token,
                word,
                &format!("`{text}` does not join conditions; write `{word}`"),
            );
        }
        Some(Ours::Not) => {
            replace(
                scan,
                token,
                "not",
                &format!("`{text}` does not turn a condition round; write `not`"),
            );
        }
        Some(Ours::Negated(words)) => negated(scan, first, index, token, words),
        None => {}
    }
}

fn operator(scan: &Scan<'_>, index: usize) -> Option<Token> {
    scan.tokens.get(index).copied().filter(|token| token.kind == TokenKind::Operator)
}

/// Replaces an operator, with blanks where it touched its neighbours.
fn replace(scan: &mut Scan<'_>, token: Token, with: &'static str, message: &str) {
    let text = spaced(scan, token, with);
    let place = scan.place(token);
    // A blank goes with what is removed between two.
    let before = scan.text.get(..token.start as usize).unwrap_or("");
    let after = scan.text.get(token.end as usize..).unwrap_or("");
    let blank = with.is_empty() && before.ends_with(' ') && after.starts_with(' ');
    let edited = Span { start: place.start - u32::from(blank), ..place };
    let title = if with.is_empty() { "remove it".to_owned() } else { format!("write `{with}`") };
    let label =
        if with.is_empty() { "remove it".to_owned() } else { format!("replace with `{with}`") };
    scan.report(Diagnostic::new(Code::P003, place, message).label(label).fix(
        title,
        edited,
        text.clone(),
        MachineApplicable,
    ));
    scan.mends.push(Mend {
        start: token.start as usize,
        end: token.end as usize,
        text: text.into(),
    });
}

/// An operator that has one of ours in its place. What belongs to it in another language is mended
/// with it: `user.` before the attribute, and a pattern that fits anywhere.
fn compares(scan: &mut Scan<'_>, first: usize, index: usize, token: Token, words: &'static str) {
    let place = scan.place(token);
    let text = scan.word(token);
    let new = spaced(scan, token, words);
    let mut found = Diagnostic::new(
        Code::P003,
        place,
        format!("`{text}` is not used to compare; write `{words}`"),
    )
    .label(format!("replace with `{words}`"));
    let mut edits = subject(scan, first, index);
    if !edits.is_empty() {
        found = found.help("an attribute is written without `user.`");
    }
    edits.push(Edit { span: place, text: new });
    let sure = if words == "matches" { MaybeIncorrect } else { MachineApplicable };
    if words == "matches" {
        edits.extend(whole_value(scan, index + 1));
        found = found.help(patterns::WHOLE);
    }
    mend(scan, &edits);
    scan.report(found.fix_edits(format!("write `{words}`"), edits, sure));
}

/// The removal of `user.` before an attribute.
fn subject(scan: &Scan<'_>, first: usize, index: usize) -> Vec<Edit> {
    const SUBJECT: &str = "user.";
    let start = path_start(scan, first, index);
    let before = scan.text.get(start..).unwrap_or("");
    let head = before.get(..SUBJECT.len()).is_some_and(|head| head.eq_ignore_ascii_case(SUBJECT));
    let whole = scan.tokens.get(index).map_or(start, |token| token.start as usize);
    if !head || start + SUBJECT.len() >= whole {
        return Vec::new();
    }
    vec![Edit { span: scan.span(start, start + SUBJECT.len()), text: String::new() }]
}

/// The pattern at an index as one for the whole value.
fn whole_value(scan: &Scan<'_>, index: usize) -> Option<Edit> {
    let token = scan.tokens.get(index).copied()?;
    let new = patterns::anywhere(scan.word(token))?;
    Some(Edit { span: scan.place(token), text: new })
}

fn mend(scan: &mut Scan<'_>, edits: &[Edit]) {
    scan.mends.extend(edits.iter().map(|edit| Mend {
        start: edit.span.start as usize,
        end: edit.span.end as usize,
        text: edit.text.clone().into(),
    }));
}

/// `title !~ /x/` is `not title matches /x/`.
fn negated(scan: &mut Scan<'_>, first: usize, index: usize, token: Token, words: &'static str) {
    let start = path_start(scan, first, index);
    let (place, before) = (scan.place(token), scan.span(start, start));
    let text = scan.word(token);
    let mut edits = vec![Edit { span: before, text: "not ".to_owned() }];
    let subject = subject(scan, first, index);
    let named = !subject.is_empty();
    edits.extend(subject);
    edits.push(Edit { span: place, text: spaced(scan, token, words) });
    let mut found = Diagnostic::new(
        Code::P003,
        place,
        format!("`{text}` is not used to compare; write `not … {words}`"),
    )
    .label(format!("replace with `{words}`, and `not` before the attribute"));
    if named {
        found = found.help("an attribute is written without `user.`");
    }
    let sure = if words == "matches" { MaybeIncorrect } else { MachineApplicable };
    if words == "matches" {
        edits.extend(whole_value(scan, index + 1));
        found = found.help(patterns::WHOLE);
    }
    mend(scan, &edits);
    scan.report(found.fix_edits(format!("write `not … {words}`"), edits, sure));
}

/// Byte at which the attribute before an operator begins: tokens that touch are one path.
fn path_start(scan: &Scan<'_>, first: usize, index: usize) -> usize {
    let mut start = scan.tokens.get(index).map_or(0, |token| token.start as usize);
    let mut next: Option<Token> = None;
    for token in (first..index).rev().filter_map(|at| scan.tokens.get(at)) {
        let touches = next.is_none_or(|next| next.start == token.end);
        let part = matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::Colon)
            || scan.word(*token) == ".";
        if !(touches && part) {
            break;
        }
        start = token.start as usize;
        next = Some(*token);
    }
    start
}

fn spaced(scan: &Scan<'_>, token: Token, with: &str) -> String {
    let before = scan.text.get(..token.start as usize).unwrap_or("");
    let after = scan.text.get(token.end as usize..).unwrap_or("");
    let mark = matches!(with, ":" | "");
    let left = !mark && !before.is_empty() && !before.ends_with([' ', '\t', '\n', '\r', '(', '[']);
    let right =
        with.is_empty() && !before.ends_with([' ', '\t']) && !after.starts_with([' ', '\t'])
            || !mark && !after.is_empty() && !after.starts_with([' ', '\t', '\n', '\r', ')', ']']);
    format!("{}{with}{}", if left { " " } else { "" }, if right { " " } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_listed_once() {
        for (index, (foreign, _)) in TABLE.iter().enumerate() {
            let others = TABLE.iter().skip(index + 1);
            assert!(!others.map(|(other, _)| other).any(|other| other == foreign), "{foreign}");
        }
    }
}
