//! The place of a failure: the tokens round it, and what was expected.

use super::Within;
use crate::rules::source::FileId;
use crate::rules::syntax::cst::{Failure, Kind};
use crate::rules::syntax::scan::{Scan, Token, TokenKind};

/// A failure with the tokens of its piece.
pub(super) struct Site<'t> {
    scan: Scan<'t>,
    pub(super) failure: &'t Failure,
    pub(super) within: Within,
    /// The first token that could not be read; one past the last at the end.
    pub(super) index: usize,
}

impl<'t> Site<'t> {
    pub(super) fn new(text: &'t str, failure: &'t Failure, within: Within) -> Self {
        let scan = Scan::new(FileId(0), text);
        let index = scan.tokens.partition_point(|token| token.end as usize <= failure.at);
        Self { scan, failure, within, index }
    }

    /// The token so many after the failure (negative: before).
    pub(super) fn ahead(&self, offset: isize) -> Option<Token> {
        self.token(self.index.checked_add_signed(offset)?)
    }

    pub(super) fn token(&self, index: usize) -> Option<Token> {
        self.scan.tokens.get(index).copied()
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.scan.tokens.len()
    }

    pub(super) fn here(&self) -> Option<Token> {
        self.ahead(0)
    }

    pub(super) fn before(&self) -> Option<Token> {
        self.ahead(-1)
    }

    pub(super) fn text(&self, token: Token) -> &'t str {
        self.scan.word(token)
    }

    /// The text of the token so many after the failure, or nothing.
    pub(super) fn word(&self, offset: isize) -> &'t str {
        self.ahead(offset).map_or("", |token| self.text(token))
    }

    /// The kind of the token so many after the failure.
    pub(super) fn kind(&self, offset: isize) -> Option<TokenKind> {
        self.ahead(offset).map(|token| token.kind)
    }

    /// The kind of the token at an index.
    pub(super) fn kind_at(&self, index: usize) -> Option<TokenKind> {
        self.token(index).map(|token| token.kind)
    }

    /// Words to insert before the failing token, with a blank if it touches the token before.
    pub(super) fn apart(&self, words: &str) -> String {
        let touches = self.before().is_some() && self.end_before() == self.place().0;
        format!("{}{words}", if touches { " " } else { "" })
    }

    pub(super) fn is_word(&self, offset: isize) -> bool {
        self.kind(offset) == Some(TokenKind::Word)
    }

    pub(super) fn is_text(&self, offset: isize) -> bool {
        self.kind(offset) == Some(TokenKind::Text)
    }

    /// The first word of the piece.
    pub(super) fn first(&self) -> &'t str {
        self.scan.word_at(0)
    }

    /// The last token before the failure, for messages.
    pub(super) fn last_word(&self) -> Option<&'t str> {
        self.before().map(|token| self.text(token))
    }

    /// The bytes of the failing token, or the end of the piece.
    pub(super) fn place(&self) -> (usize, usize) {
        match self.here() {
            Some(token) => (token.start as usize, token.end as usize),
            None => (self.end_before(), self.end_before()),
        }
    }

    /// The byte after the token before the failure.
    pub(super) fn end_before(&self) -> usize {
        self.before().map_or(0, |token| token.end as usize)
    }

    /// Bytes from one token to another, both inclusive.
    pub(super) fn range(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.token(from).map_or(0, |token| token.start as usize);
        (start, self.token(to).map_or(start, |token| token.end as usize))
    }

    /// The text from one token to another, both inclusive.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'t str {
        let (start, end) = self.range(from, to);
        self.scan.text.get(start..end).unwrap_or("")
    }

    /// Whether something of this kind was expected.
    pub(super) fn expects(&self, kind: Kind) -> bool {
        self.failure.expected.iter().any(|one| one.kind == kind)
    }

    /// Whether a name of the catalogue was expected, alone or in a list.
    pub(super) fn expects_name(&self) -> bool {
        [
            Kind::Ident,
            Kind::Picks,
            Kind::Grade,
            Kind::WorkspaceEntry,
            Kind::Requirement,
            Kind::Offer,
        ]
        .into_iter()
        .any(|kind| self.expects(kind))
    }

    /// Whether a mark such as "`,`" or a keyword was expected.
    pub(super) fn expects_word(&self, word: &str) -> bool {
        self.failure
            .expected
            .iter()
            .any(|one| one.words.strip_prefix('`').and_then(|w| w.strip_suffix('`')) == Some(word))
    }

    /// The keywords that were expected, also those inside a phrase for several.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &str> {
        let phrases = self.failure.expected.iter().filter(|one| !one.words.contains("such as"));
        phrases
            .flat_map(|one| one.words.split('`').skip(1).step_by(2))
            .filter(|word| word.bytes().all(|b| b.is_ascii_alphabetic()))
    }

    /// Whether the piece holds a condition.
    pub(super) fn in_condition(&self) -> bool {
        match self.within {
            Within::Clause(_) => matches!(self.first(), "match" | "except"),
            Within::Claim => true,
            _ => false,
        }
    }

    /// The first token of the attribute path that ends before `index`: tokens that touch.
    pub(super) fn path_before(&self, index: usize) -> Option<usize> {
        let mut start = None;
        let mut next: Option<Token> = None;
        for at in (0..index).rev() {
            let token = self.token(at)?;
            let touches = next.is_none_or(|next| next.start == token.end);
            let part = matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::Colon)
                || self.text(token) == ".";
            if !touches || !part {
                break;
            }
            start = Some(at);
            next = Some(token);
        }
        start.filter(|start| self.token(*start).is_some_and(|t| t.kind == TokenKind::Word))
    }
}

/// Whether a token is a value: text, number, `true`, `false` or `null`.
pub(super) fn is_literal(site: &Site<'_>, token: Token) -> bool {
    match token.kind {
        TokenKind::Text | TokenKind::Number => true,
        TokenKind::Word => matches!(site.text(token), "true" | "false" | "null"),
        _ => false,
    }
}

/// Whether a word joins conditions.
pub(super) fn is_joint(word: &str) -> bool {
    word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or")
}
