//! The words that begin things, and the words that people write instead of them.

use super::scan::{Scan, TokenKind};
use crate::diagnostic::suggest;

/// What an item is, by its first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemWord {
    /// A one-line item.
    Line,
    /// An assignment, default assignment, grant or never.
    Rule,
    /// `user`
    Fixture,
    /// `test`
    Test,
    /// `prove`
    Prove,
}

/// The first words of items.
pub(super) const ITEMS: &[(&str, ItemWord)] = &[
    ("assignment", ItemWord::Rule),
    ("attribute", ItemWord::Line),
    ("capture", ItemWord::Line),
    ("default", ItemWord::Rule),
    ("grant", ItemWord::Rule),
    ("include", ItemWord::Line),
    ("limit", ItemWord::Line),
    ("never", ItemWord::Rule),
    ("option", ItemWord::Line),
    ("profile", ItemWord::Line),
    ("prove", ItemWord::Prove),
    ("provisioning", ItemWord::Line),
    ("seat", ItemWord::Line),
    ("set", ItemWord::Line),
    ("setting", ItemWord::Line),
    ("test", ItemWord::Test),
    ("use", ItemWord::Line),
    ("user", ItemWord::Fixture),
    ("workspace", ItemWord::Line),
];

/// The first words of clauses.
pub(super) const CLAUSES: &[&str] =
    &["match", "except", "seats", "home", "workspaces", "capture", "option", "update"];

/// The first words of the lines of a test.
pub(super) const TEST_LINES: &[&str] = &["given", "expect"];

/// Words that are never names, as in the grammar.
const RESERVED: &[&str] = &[
    "all", "and", "any", "at", "directly", "everyone", "except", "group", "groups", "in", "is",
    "like", "no", "none", "not", "or", "order", "others",
];

/// Whether a word is never a name.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Words of other languages, products and habits, for the first word of an item.
const ITEM_HABITS: &[(&str, &str)] = &[
    ("rule", "assignment"),
    ("policy", "assignment"),
    ("assign", "assignment"),
    ("deny", "never"),
    ("forbid", "never"),
    ("import", "include"),
    ("require", "use"),
    ("license", "seat"),
    ("licence", "seat"),
    ("role", "profile"),
    ("group", "set"),
    ("let", "set"),
    ("var", "set"),
    ("const", "set"),
    ("config", "setting"),
    ("fixture", "user"),
    ("person", "user"),
    ("version", "provisioning"),
];

/// The same for the first word of a clause.
const CLAUSE_HABITS: &[(&str, &str)] = &[
    ("if", "match"),
    ("when", "match"),
    ("where", "match"),
    ("who", "match"),
    ("unless", "except"),
    ("exclude", "except"),
    ("but", "except"),
    ("license", "seats"),
    ("licenses", "seats"),
    ("licence", "seats"),
    ("licences", "seats"),
    ("profile", "workspaces"),
    ("profiles", "workspaces"),
    ("record", "capture"),
    ("mode", "update"),
    ("sync", "update"),
];

/// The same for the first word of a line of a test.
const TEST_HABITS: &[(&str, &str)] = &[
    ("when", "given"),
    ("with", "given"),
    ("user", "given"),
    ("then", "expect"),
    ("assert", "expect"),
];

/// Words of programming languages that have nothing to stand for, and what to do instead.
const NOTHING: &[(&str, &str)] = &[
    (
        "else",
        "assignments are tried from the top, and the first that matches wins: write a second `assignment`, or the `default assignment`",
    ),
    (
        "elseif",
        "assignments are tried from the top, and the first that matches wins: write a second `assignment`",
    ),
    (
        "elsif",
        "assignments are tried from the top, and the first that matches wins: write a second `assignment`",
    ),
    (
        "elif",
        "assignments are tried from the top, and the first that matches wins: write a second `assignment`",
    ),
    ("then", "what an assignment gives stands in its clauses `seats`, `workspaces` and `capture`"),
    ("end", "a block ends with `}`"),
    ("endif", "a block ends with `}`"),
    ("for", "a rule looks at one person; it is decided for everybody"),
    ("while", "a rule looks at one person; it is decided for everybody"),
    ("function", "name a condition's values with `set`"),
    (
        "return",
        "what an assignment gives stands in its clauses `seats`, `workspaces` and `capture`",
    ),
];

/// What to do instead of a word that stands for nothing here.
pub(super) fn habit(word: &str) -> Option<&'static str> {
    NOTHING.iter().find(|(habit, _)| habit.eq_ignore_ascii_case(word)).map(|(_, help)| *help)
}

/// What an item is by its first word, or by the word that was probably meant, which is given too.
pub(super) fn item(word: &str) -> Option<(&'static str, ItemWord)> {
    let known = |name: &str| ITEMS.iter().find(|(item, _)| *item == name).copied();
    known(word)
        .or_else(|| meant(word, ITEMS.iter().map(|(item, _)| *item), ITEM_HABITS).and_then(known))
}

/// The clause that was probably meant by a word that begins none.
pub(super) fn clause_meant(word: &str) -> Option<&'static str> {
    meant(word, CLAUSES.iter().copied(), CLAUSE_HABITS)
}

/// The line of a test that was probably meant by a word that begins none.
pub(super) fn test_line_meant(word: &str) -> Option<&'static str> {
    meant(word, TEST_LINES.iter().copied(), TEST_HABITS)
}

fn meant(
    word: &str,
    names: impl Iterator<Item = &'static str>,
    habits: &[(&'static str, &'static str)],
) -> Option<&'static str> {
    if habit(word).is_some() {
        return None;
    }
    let habit = habits.iter().find(|(habit, _)| habit.eq_ignore_ascii_case(word));
    habit.map(|(_, name)| *name).or_else(|| suggest::nearest(word, names))
}

/// The first words of the operators that follow an attribute.
const COMPARISONS: &[&str] = &[
    "is", "contains", "starts", "ends", "at", "more", "less", "like", "matches", "pr", "eq", "ne",
    "co", "sw", "ew", "gt", "ge", "lt", "le",
];

/// Whether a word begins an operator, in words or in SCIM's letters.
pub(super) fn begins_comparison(word: &str) -> bool {
    COMPARISONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word begins a clause.
pub(super) fn is_clause(word: &str) -> bool {
    CLAUSES.contains(&word)
}

/// Whether the tokens from `index` on can begin nothing but an item, by their shape. Words such as
/// `capture` begin clauses too, so the first word alone does not tell.
pub(super) fn begins_item(scan: &Scan<'_>, index: usize) -> bool {
    let word = |ahead: usize| scan.word_at(index + ahead);
    let kind = |ahead: usize| scan.kind_at(index + ahead);
    let named = kind(1) == Some(TokenKind::Word) && kind(2) == Some(TokenKind::Text);
    match word(0) {
        "assignment" | "grant" | "never" | "test" | "prove" | "include" => {
            kind(1) == Some(TokenKind::Text)
        }
        "use" => kind(1) == Some(TokenKind::Text) || word(1) == "catalogue",
        "default" => word(1) == "assignment" || kind(1) == Some(TokenKind::Text),
        "seat" | "workspace" | "capture" | "option" => named,
        "profile" => named || word(1) == "order",
        "attribute" | "set" => {
            kind(1) == Some(TokenKind::Word) && kind(2) == Some(TokenKind::Operator)
        }
        "user" => {
            kind(1) == Some(TokenKind::Word)
                && (kind(2) == Some(TokenKind::Open(b'}')) || word(2) == "like")
        }
        "setting" => kind(1) == Some(TokenKind::Word),
        "limit" => kind(1) == Some(TokenKind::Word) && kind(2) == Some(TokenKind::Number),
        "provisioning" => kind(1) == Some(TokenKind::Number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_name_only_known_words() {
        for (_, name) in ITEM_HABITS {
            assert!(ITEMS.iter().any(|(item, _)| item == name), "{name}");
        }
        for (_, name) in CLAUSE_HABITS {
            assert!(CLAUSES.contains(name), "{name}");
        }
        for (_, name) in TEST_HABITS {
            assert!(TEST_LINES.contains(name), "{name}");
        }
    }
}
