//! The layout rule: where an item, a clause or a line of a block ends.
//!
//! A clause ends with its line, unless the line ends in its keyword or in `,` `(` `[` `{` `:`
//! `and` `or` `not`, or the next line begins with `,` `)` `]` `and` or `or`; `{` may stand on the
//! next line, and inside brackets lines are free. The parts of an item that begin with a word of
//! their own (`as`, `limit N`, `requires` …) may stand on the next line too.

use super::brackets::{Block, Brackets};
use super::scan::{Scan, TokenKind};
use super::words::{self, ItemWord};

/// Where a line stands: some words go on with the line before only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the top.
    Top,
    /// In the block of an item.
    Inside(ItemWord),
}

/// An item by token indices: its head, or the whole of a one-line item, and its block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The first token.
    pub(super) from: usize,
    /// The token after the last.
    pub(super) to: usize,
}

/// An item.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemPiece {
    /// The head of a block, or a whole one-line item.
    pub(super) head: Piece,
    /// Its block.
    pub(super) block: Option<Block>,
}

/// Cuts a file into items.
pub(super) fn items(scan: &Scan<'_>, brackets: &Brackets) -> Vec<ItemPiece> {
    let mut items = Vec::new();
    let mut blocks = brackets.blocks.iter().copied().peekable();
    let mut from = 0;
    while from < scan.tokens.len() {
        while blocks.next_if(|block| block.head < from).is_some() {}
        if let Some(block) = blocks.next_if(|block| block.head == from) {
            let head = Piece { from, to: block.head_end };
            items.push(ItemPiece { head, block: Some(block) });
            from = block.end.max(from + 1);
            continue;
        }
        let limit = blocks.peek().map_or(scan.tokens.len(), |block| block.head);
        let to = piece_end(scan, brackets, Place::Top, from, limit);
        items.push(ItemPiece { head: Piece { from, to }, block: None });
        from = to;
    }
    items
}

/// Cuts the inside of a block into its lines. A proof is one line however it is written.
pub(super) fn lines(scan: &Scan<'_>, brackets: &Brackets, block: Block) -> Vec<Piece> {
    if block.kind == ItemWord::Prove && block.from < block.to {
        return vec![Piece { from: block.from, to: block.to }];
    }
    let mut lines = Vec::new();
    let mut from = block.from;
    while from < block.to {
        let to = piece_end(scan, brackets, Place::Inside(block.kind), from, block.to);
        lines.push(Piece { from, to });
        from = to;
    }
    lines
}

fn piece_end(
    scan: &Scan<'_>,
    brackets: &Brackets,
    place: Place,
    from: usize,
    limit: usize,
) -> usize {
    let mut index = from + 1;
    while index < limit {
        let glued = brackets.glued.get(index).copied().unwrap_or(false);
        if !glued && scan.first_of_line(index) && !continues(scan, place, from, index) {
            break;
        }
        index += 1;
    }
    index.min(limit.max(from + 1))
}

/// Whether the line that begins at `index` goes on with the piece that begins at `from`.
pub(super) fn continues(scan: &Scan<'_>, place: Place, from: usize, index: usize) -> bool {
    if index <= from {
        return false;
    }
    // The line asks for more, or it ends in the keyword of its clause.
    let last = scan.word_at(index - 1);
    let keyword = last == "except" || index - 1 == from && words::is_clause(last);
    if keyword || hangs(scan, index) {
        return !begins_anew(scan, place, index);
    }
    let Some(token) = scan.tokens.get(index) else { return false };
    let word = scan.word(*token);
    // The header is one line, whatever follows.
    if place == Place::Top && scan.word_at(from) == "provisioning" {
        return false;
    }
    match token.kind {
        TokenKind::Comma | TokenKind::Close(b')' | b']') | TokenKind::Open(b'}') => true,
        TokenKind::Operator => joins(word) || place == Place::Top && matches!(word, "=" | "<"),
        TokenKind::Word => {
            joins(word)
                || match place {
                    Place::Top => match word {
                        "as" | "requires" | "excludes" | "profiles" | "reserve" | "formerly"
                        | "like" => true,
                        "limit" => scan.kind_at(index + 1) == Some(TokenKind::Number),
                        _ => false,
                    },
                    Place::Inside(kind) => kind == ItemWord::Test && word == "with",
                }
        }
        _ => false,
    }
}

/// Whether the line before `index` ends in something that asks for more.
fn hangs(scan: &Scan<'_>, index: usize) -> bool {
    let Some(before) = index.checked_sub(1).and_then(|index| scan.tokens.get(index)) else {
        return false;
    };
    let word = scan.word(*before);
    match before.kind {
        TokenKind::Comma | TokenKind::Colon | TokenKind::Open(_) => true,
        TokenKind::Operator => joins(word) || matches!(word, "=" | "<" | "!" | "-not"),
        TokenKind::Word => joins(word) || word.eq_ignore_ascii_case("not"),
        _ => false,
    }
}

/// Whether a comma at the end of the line before was left there by mistake.
pub(super) fn forgotten_comma(scan: &Scan<'_>, place: Place, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| scan.kind_at(before));
    before == Some(TokenKind::Comma) && begins_anew(scan, place, index)
}

/// Whether this line begins a clause or an item, though the line before asked for more: it goes on
/// as nothing does that could stand there.
fn begins_anew(scan: &Scan<'_>, place: Place, index: usize) -> bool {
    let word = scan.word_at(index);
    let here = scan.tokens.get(index).map(|token| token.line);
    // Behind a comma the word alone is enough: its value may stand on the next line.
    let comma = scan.kind_at(index.saturating_sub(1)) == Some(TokenKind::Comma);
    let next = scan.tokens.get(index + 1).filter(|next| comma || Some(next.line) == here);
    match (place, next.map(|next| next.kind)) {
        (Place::Top, _) => words::begins_item(scan, index),
        (Place::Inside(ItemWord::Rule), Some(next)) if words::is_clause(word) => match next {
            // An attribute may be called like a clause; then an operator follows.
            TokenKind::Word => !words::begins_comparison(scan.word_at(index + 1)),
            TokenKind::Text | TokenKind::Open(b'}' | b')') => true,
            _ => false,
        },
        (Place::Inside(ItemWord::Test), Some(TokenKind::Word)) => words::TEST_LINES.contains(&word),
        _ => false,
    }
}

/// Whether a word or symbol joins two conditions, in this language or in another.
fn joins(word: &str) -> bool {
    matches!(word, "&&" | "||")
        || ["and", "or", "-and", "-or"].iter().any(|joint| word.eq_ignore_ascii_case(joint))
}
