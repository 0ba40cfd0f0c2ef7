//! Pairs brackets, and finds the blocks of items.
//!
//! A bracket that is never closed is the mistake that hides most others, so it is closed where the
//! text says that it must have ended: at a line that can begin nothing but an item, or, inside a
//! rule, at a line that begins a clause. Nesting is bounded here, before anything recurses.

use super::layout::{self, Place};
use super::scan::{Mend, Scan, TokenKind};
use super::words::{self, ItemWord};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;

/// A block of an item, by token indices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// What the item is.
    pub(super) kind: ItemWord,
    /// The first token of the item.
    pub(super) head: usize,
    /// The token after the head: the `{`, if it is there.
    pub(super) head_end: usize,
    /// The first token inside.
    pub(super) from: usize,
    /// The token after the last inside: the `}`, if it is there.
    pub(super) to: usize,
    /// The token after the item.
    pub(super) end: usize,
}

/// What pairing finds.
pub(super) struct Brackets {
    /// The blocks in order.
    pub(super) blocks: Vec<Block>,
    /// Of each token, whether it stands inside a bracket that belongs to its own line or item.
    pub(super) glued: Vec<bool>,
    /// Tokens at which the nesting limit was exceeded: what they stand in is not read.
    pub(super) too_deep: Vec<usize>,
}

/// Pairs the brackets of a file.
pub(super) fn pair(scan: &mut Scan<'_>) -> Brackets {
    let mut pass = Pass {
        found: Brackets { blocks: Vec::new(), glued: Vec::new(), too_deep: Vec::new() },
        open: Vec::new(),
        block: None,
        head: None,
        piece: 0,
        nots: 0,
        depth: 0,
        orphaned: false,
        ended: None,
    };
    pass.found.glued.reserve(scan.tokens.len());
    for index in 0..scan.tokens.len() {
        pass.token(scan, index);
    }
    pass.close_all(scan, scan.tokens.len());
    pass.found
}

/// An open bracket inside a line or item.
struct Opened {
    index: usize,
    closer: u8,
    /// How deep it was before it.
    depth: usize,
}

/// The open block.
struct OpenBlock {
    kind: ItemWord,
    head: usize,
    open: Option<usize>,
    from: usize,
}

struct Pass {
    found: Brackets,
    open: Vec<Opened>,
    block: Option<OpenBlock>,
    /// The item that is being read, if its block has not come yet.
    head: Option<usize>,
    /// The first token of the line or item that is being read.
    piece: usize,
    /// How many `not` stand directly before.
    nots: usize,
    /// Open brackets and the `not` before them.
    depth: usize,
    /// The last thing at the top was a clause without a rule.
    orphaned: bool,
    /// The token after the last block, which begins something new on whatever line it stands.
    ended: Option<usize>,
}

impl Pass {
    fn token(&mut self, scan: &mut Scan<'_>, index: usize) {
        let Some(token) = scan.tokens.get(index).copied() else { return };
        if scan.first_of_line(index) || self.ended == Some(index) {
            self.line(scan, index);
        }
        self.found.glued.push(!self.open.is_empty());
        match token.kind {
            TokenKind::Open(closer) => self.opens(scan, index, closer),
            TokenKind::Close(closer) => self.closes(scan, index, closer),
            _ if turns(scan.word(token)) => {
                self.nots += 1;
                self.check_depth(scan, index);
            }
            _ => self.nots = 0,
        }
    }

    /// A new line: does it end what was left open?
    fn line(&mut self, scan: &mut Scan<'_>, index: usize) {
        if self.ends_everything(scan, index) {
            self.close_all(scan, index);
        } else if self.ends_clause(scan, index) {
            self.close_open(scan, index);
        }
        let place = self.block.as_ref().map_or(Place::Top, |block| Place::Inside(block.kind));
        if !self.open.is_empty() || layout::continues(scan, place, self.piece, index) {
            return;
        }
        if layout::forgotten_comma(scan, place, index) {
            forgotten_comma(scan, index);
        }
        self.piece = index;
        if self.block.is_some() || scan.kind_at(index) != Some(TokenKind::Word) {
            return;
        }
        let word = scan.word_at(index);
        if !words::is_clause(word) || words::begins_item(scan, index) {
            self.head = Some(index);
            self.orphaned = false;
        } else if let Some(head) = self.rule_head(scan) {
            self.missing_opener(scan, head, index);
        } else {
            self.orphan(scan, index);
        }
    }

    /// The head before this line, if it is a rule's and has no block yet.
    fn rule_head(&self, scan: &Scan<'_>) -> Option<usize> {
        let head = self.head?;
        match words::item(scan.word_at(head)) {
            Some((_, ItemWord::Rule)) => Some(head),
            _ => None,
        }
    }

    fn ends_everything(&self, scan: &Scan<'_>, index: usize) -> bool {
        if self.open.is_empty() && self.block.is_none() || !words::begins_item(scan, index) {
            return false;
        }
        // In a fixture nearly every word may be an attribute, so it must stand at the margin.
        match self.block.as_ref().map(|block| block.kind) {
            Some(ItemWord::Rule | ItemWord::Test | ItemWord::Prove) => true,
            _ => at_margin(scan, index),
        }
    }

    fn ends_clause(&self, scan: &Scan<'_>, index: usize) -> bool {
        let in_rule = self.block.as_ref().is_some_and(|block| block.kind == ItemWord::Rule);
        let Some(top) = self.open.last().filter(|_| in_rule) else { return false };
        if !words::is_clause(scan.word_at(index)) {
            return false;
        }
        match top.closer {
            // `home: rep` is an entry, `home emea` a clause.
            b'}' => matches!(
                scan.kind_at(index + 1),
                Some(TokenKind::Word | TokenKind::Text | TokenKind::Open(b'}' | b')'))
            ),
            _ => !layout::continues(scan, Place::Inside(ItemWord::Rule), 0, index),
        }
    }

    fn opens(&mut self, scan: &mut Scan<'_>, index: usize, closer: u8) {
        if closer == b'}' && self.block.is_none() && self.open.is_empty() {
            let head = self.head.take();
            let kind = head.and_then(|head| words::item(scan.word_at(head)));
            let kind = kind.map(|(_, kind)| kind).filter(|kind| *kind != ItemWord::Line);
            if let (Some(head), Some(kind)) = (head, kind) {
                let open = Some(index);
                self.block = Some(OpenBlock { kind, head, open, from: index + 1 });
                self.piece = index + 1;
                return;
            }
        }
        self.open.push(Opened { index, closer, depth: self.depth });
        self.depth += 1 + self.nots;
        self.nots = 0;
        self.check_depth(scan, index);
    }

    fn check_depth(&mut self, scan: &mut Scan<'_>, index: usize) {
        let depth = self.depth + self.nots;
        if depth <= limits::NESTING {
            return;
        }
        let piece = self.piece;
        if self.found.too_deep.last().is_some_and(|last| *last >= piece) {
            return;
        }
        self.found.too_deep.push(index);
        if let Some(token) = scan.tokens.get(index).copied() {
            let limit = limits::NESTING;
            scan.report(
                Diagnostic::new(
                    Code::P007,
                    scan.place(token),
                    format!("nested more than {limit} deep, which is the limit"),
                )
                .label("too deep from here on")
                .help("name the inner part as a `set`, or split the rule into several"),
            );
        }
    }

    fn closes(&mut self, scan: &mut Scan<'_>, index: usize, closer: u8) {
        self.nots = 0;
        let matching = self.open.iter().rposition(|opened| opened.closer == closer);
        let closes_block = closer == b'}' && self.block.is_some();
        match matching {
            Some(position) => {
                while self.open.len() > position + 1 {
                    self.unclosed(scan, index);
                }
                self.pop();
            }
            None if closes_block => {
                self.close_open(scan, index);
                self.end_block(index, index + 1);
            }
            None if !self.open.is_empty() => self.wrong_closer(scan, index, closer),
            None => self.stray(scan, index, closer),
        }
    }

    fn pop(&mut self) -> Option<Opened> {
        let opened = self.open.pop()?;
        self.depth = opened.depth;
        Some(opened)
    }

    fn end_block(&mut self, to: usize, end: usize) {
        if let Some(block) = self.block.take() {
            let head_end = block.open.unwrap_or(block.from);
            let OpenBlock { kind, head, from, .. } = block;
            self.found.blocks.push(Block { kind, head, head_end, from, to, end });
        }
        self.head = None;
        self.piece = end;
        self.ended = Some(end);
    }

    /// Closes the brackets of a line before a token.
    fn close_open(&mut self, scan: &mut Scan<'_>, index: usize) {
        while !self.open.is_empty() {
            self.unclosed(scan, index);
        }
        self.nots = 0;
    }

    /// Closes everything before a token.
    fn close_all(&mut self, scan: &mut Scan<'_>, index: usize) {
        self.close_open(scan, index);
        if let Some(block) = &self.block {
            if let Some(open) = block.open.and_then(|open| scan.tokens.get(open)).copied() {
                let end = end_before(scan, index);
                scan.report(
                    Diagnostic::new(Code::P004, scan.place(open), "this `{` is never closed")
                        .label("opens here")
                        .related(scan.span(end, end), "`}` is missing here at the latest")
                        .fix("close it", scan.span(end, end), "\n}", MaybeIncorrect),
                );
            }
            self.end_block(index, index);
        }
    }

    /// Takes the innermost bracket as closed before a token.
    fn unclosed(&mut self, scan: &mut Scan<'_>, index: usize) {
        let Some(opened) = self.pop() else { return };
        let deep = self.found.too_deep.last().is_some_and(|last| *last >= self.piece);
        let Some(open) = scan.tokens.get(opened.index).copied().filter(|_| !deep) else { return };
        let (start, end) = (char::from(opener(opened.closer)), end_before(scan, index));
        let closer = match opened.closer {
            b')' => ")",
            b']' => "]",
            _ => "}",
        };
        scan.report(
            Diagnostic::new(
                Code::P004,
                scan.place(open),
                format!("this `{start}` is never closed"),
            )
            .label("opens here")
            .related(scan.span(end, end), format!("`{closer}` is missing here at the latest"))
            .fix("close it", scan.span(end, end), closer, MaybeIncorrect),
        );
        scan.mends.push(Mend { start: end, end, text: closer.into() });
    }

    /// `)` where `}` was due.
    fn wrong_closer(&mut self, scan: &mut Scan<'_>, index: usize, closer: u8) {
        let Some(opened) = self.pop() else { return };
        let Some(token) = scan.tokens.get(index).copied() else { return };
        let (written, due) = (char::from(closer), char::from(opened.closer));
        let mut found = Diagnostic::new(
            Code::P004,
            scan.place(token),
            format!("`{written}` stands where `{due}` must close"),
        )
        .label(format!("write `{due}`"))
        .fix(
            format!("write `{due}`"),
            scan.place(token),
            due.to_string(),
            MachineApplicable,
        );
        if let Some(open) = scan.tokens.get(opened.index) {
            let start = char::from(opener(opened.closer));
            found = found.related(scan.place(*open), format!("`{start}` opens here"));
        }
        scan.report(found);
        let text = due.to_string().into();
        scan.mends.push(Mend { start: token.start as usize, end: token.end as usize, text });
    }

    /// A closing bracket that closes nothing.
    fn stray(&mut self, scan: &mut Scan<'_>, index: usize, closer: u8) {
        let Some(token) = scan.tokens.get(index).copied() else { return };
        let (written, start) = (char::from(closer), char::from(opener(closer)));
        let place = scan.place(token);
        // The end of a rule whose clauses were already found to stand outside.
        if !(self.orphaned && closer == b'}') {
            scan.report(
                Diagnostic::new(Code::P004, place, format!("`{written}` closes nothing"))
                    .label(format!("no `{start}` is open here"))
                    .fix("remove it", place, "", MaybeIncorrect),
            );
        }
        scan.mends.push(Mend {
            start: token.start as usize,
            end: token.end as usize,
            text: "".into(),
        });
    }

    /// A rule whose clauses begin without `{`.
    fn missing_opener(&mut self, scan: &mut Scan<'_>, head: usize, index: usize) {
        let end = end_before(scan, index);
        let word = scan.word_at(head);
        scan.report(
            Diagnostic::new(
                Code::P004,
                scan.span(end, end),
                format!("the clauses of this {word} begin without `{{`"),
            )
            .label("`{` is missing here")
            .fix("open the block", scan.span(end, end), " {", MachineApplicable),
        );
        self.head = None;
        self.block = Some(OpenBlock { kind: ItemWord::Rule, head, open: None, from: index });
    }

    /// A clause outside of every rule: the first of a run is reported.
    fn orphan(&mut self, scan: &mut Scan<'_>, index: usize) {
        self.head = None;
        if std::mem::replace(&mut self.orphaned, true) {
            return;
        }
        let Some(token) = scan.tokens.get(index).copied() else { return };
        let word = scan.word(token);
        let mut found = Diagnostic::new(
            Code::P002,
            scan.place(token),
            format!("`{word}` stands outside of every rule"),
        )
        .label("belongs into an assignment, grant or never");
        let before = self.found.blocks.last().filter(|block| block.end == index);
        match before.and_then(|block| scan.tokens.get(block.to)) {
            Some(close) => found = found.related(scan.place(*close), "the rule before ends here"),
            None => found = found.help("begin a rule: `assignment \"Name\" {`"),
        }
        scan.report(found);
    }
}

/// A comma at the end of a line that nothing follows.
fn forgotten_comma(scan: &mut Scan<'_>, index: usize) {
    let Some(comma) = index.checked_sub(1).and_then(|index| scan.tokens.get(index)).copied() else {
        return;
    };
    let next = scan.word_at(index);
    let message = format!("nothing follows this comma: the next line begins with `{next}`");
    scan.report(Diagnostic::new(Code::P002, scan.place(comma), message).label("remove it").fix(
        "remove the comma",
        scan.place(comma),
        "",
        MachineApplicable,
    ));
    scan.mends.push(Mend { start: comma.start as usize, end: comma.end as usize, text: "".into() });
}

/// Whether a word or symbol turns the next condition round, in this language or in another.
fn turns(word: &str) -> bool {
    word == "!" || word.eq_ignore_ascii_case("not") || word.eq_ignore_ascii_case("-not")
}

fn opener(closer: u8) -> u8 {
    match closer {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}

/// Byte after the token before `index`.
fn end_before(scan: &Scan<'_>, index: usize) -> usize {
    let before = index.checked_sub(1).and_then(|index| scan.tokens.get(index));
    before.map_or(0, |token| token.end as usize)
}

/// Whether a token begins at the margin of the text.
fn at_margin(scan: &Scan<'_>, index: usize) -> bool {
    let Some(token) = scan.tokens.get(index) else { return false };
    let before = scan.text.get(..token.start as usize).unwrap_or("");
    before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}'])
}
