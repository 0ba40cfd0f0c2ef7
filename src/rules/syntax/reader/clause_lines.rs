//! Rules: their heads and clauses.

use super::Reader;
use crate::diagnostic::Applicability::MaybeIncorrect;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{Clause, ItemKind, RuleKind};
use crate::rules::source::Spanned;
use crate::rules::syntax::brackets::Block;
use crate::rules::syntax::layout::{self, Piece};
use crate::rules::syntax::piece::PieceText;
use crate::rules::syntax::repair::Within;
use crate::rules::syntax::scan::TokenKind;
use crate::rules::syntax::{clauses, docs, words};

/// Words that a condition does not end in: their value was to stand on the same line.
const UNFINISHED: &[&str] = &[
    "is",
    "contains",
    "like",
    "matches",
    "with",
    "than",
    "least",
    "most",
    "exactly",
    "in",
    "any",
    "all",
    "no",
    "group",
    "groups",
    "id",
    "externalId",
    "eq",
    "ne",
    "co",
    "sw",
    "ew",
    "gt",
    "ge",
    "lt",
    "le",
];

/// What was read of a rule's block.
#[derive(Default)]
struct Body {
    clauses: Vec<Clause>,
    /// Clauses that stand there but could not be read.
    unread: Vec<&'static str>,
}

impl<'s> Reader<'s> {
    pub(super) fn rule(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let head = text.span(0, text.text.len());
        let rule = self.read(text, Within::Head, |lower, nodes| lower.rule_head(nodes.first()?));
        let kind = rule.as_ref().map_or_else(|| self.kind_by_word(block), |rule| rule.kind);
        let mut body = Body::default();
        for line in self.joined(layout::lines(&self.scan, &self.brackets, block)) {
            if self.full() {
                break;
            }
            self.line(line, kind, &mut body);
        }
        // Clauses behind the block were meant to be inside, which was reported.
        let behind = self.scan.word_at(block.end);
        if words::is_clause(behind) && !words::begins_item(&self.scan, block.end) {
            body.unread.extend(words::CLAUSES);
        }
        let mut rule = rule?;
        rule.clauses = body.clauses;
        rule.block = Spanned::new((), self.block_span(block));
        self.report_all(clauses::check(&mut rule, head, &body.unread));
        Some(ItemKind::Rule(rule))
    }

    /// The kind of a rule whose head could not be read.
    fn kind_by_word(&self, block: Block) -> RuleKind {
        match self.scan.word_at(block.head) {
            "default" => RuleKind::Default,
            "grant" => RuleKind::Grant,
            "never" => RuleKind::Never,
            _ => RuleKind::Assignment,
        }
    }

    /// One line of the block: a clause, or several by mistake.
    fn line(&mut self, line: Piece, kind: RuleKind, body: &mut Body) {
        let word = self.scan.word_at(line.from);
        // What is not read may hold other clauses too, so none is said to be missing.
        if self.too_deep(line) {
            body.unread.extend(words::CLAUSES);
            return;
        }
        let mut docs = docs::above(&self.scan, line.from);
        let mut next = Some(self.text(line));
        let mut first = Some(word);
        while let Some(mut text) = next.take() {
            if let Some(word) = first.take().filter(|word| !words::is_clause(word)) {
                let Some(mended) = self.clause_word(&text, line.from, word, kind) else { return };
                text = mended;
            }
            let keyword = text.text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
            let clause = clauses::of_word(keyword);
            match self.read(text, Within::Clause(kind), |lower, nodes| lower.clauses(nodes)) {
                Some(mut clauses) => {
                    if let Some(clause) = clauses.first_mut() {
                        clause.docs = std::mem::take(&mut docs);
                    }
                    body.clauses.append(&mut clauses);
                }
                None => {
                    let inside = self.scan.tokens.get(line.from..line.to).unwrap_or(&[]);
                    let inside = inside.iter().map(|token| self.scan.word(*token));
                    body.unread.extend(inside.filter_map(clauses::of_word).chain(clause));
                }
            }
            next = self.rest.take();
        }
    }

    /// A first word that begins no clause: the piece with the one that was meant.
    fn clause_word(
        &mut self,
        text: &PieceText<'s>,
        from: usize,
        word: &str,
        kind: RuleKind,
    ) -> Option<PieceText<'s>> {
        if let Some(meant) = words::clause_meant(word) {
            return self.misspelt(text, word, meant, "begins no clause");
        }
        let allowed = clauses::allowed(kind).join("`, `");
        self.unknown(
            from,
            "clause",
            &format!("the clauses of {} are `{allowed}`", clauses::article(kind)),
        );
        None
    }

    /// Puts lines together that belong together but for a mistake, and reports it.
    fn joined(&mut self, lines: Vec<Piece>) -> Vec<Piece> {
        let mut out: Vec<Piece> = Vec::with_capacity(lines.len());
        for line in lines {
            if self.full() {
                break;
            }
            let known = words::is_clause(self.scan.word_at(line.from));
            let before = out.last().copied().filter(|_| !known);
            match before.and_then(|before| self.belongs(before, line)) {
                Some(found) => {
                    self.report(found);
                    if let Some(before) = out.last_mut() {
                        before.to = line.to;
                    }
                }
                None => out.push(line),
            }
        }
        out
    }

    /// The mistake by which a line is no part of the clause before it.
    fn belongs(&mut self, before: Piece, line: Piece) -> Option<Diagnostic> {
        let last = before.to.checked_sub(1)?;
        let (end, start) = (
            self.tokens_span(before.from, before.to).after(),
            self.tokens_span(line.from, line.to).before(),
        );
        let between = crate::rules::source::Span { end: start.end, ..end };
        let ending = self.scan.word_at(last);
        let commented =
            !self.scan.text.get(end.end as usize..start.start as usize)?.trim().is_empty();
        let keyword = self.scan.word_at(before.from);
        let first = self.scan.word_at(line.from);
        if words::clause_meant(first).is_some() && self.reads_like_clause(line) {
            return None;
        }
        let condition = matches!(keyword, "match" | "except");
        if condition && last > before.from && UNFINISHED.contains(&ending) {
            let found = Diagnostic::new(
                Code::P002,
                end,
                format!(
                    "a clause ends with its line: what follows `{ending}` stands on the same line"
                ),
            )
            .label("the line ends too early");
            let found = if commented {
                found
            } else {
                found.fix("join the lines", between, " ", MaybeIncorrect)
            };
            return Some(found);
        }
        if condition && self.looks_like_condition(line) {
            let place = self.tokens_span(line.from, line.from + 1);
            self.late.insert(start.start as usize, "and ");
            return Some(
                Diagnostic::new(
                    Code::P002,
                    place,
                    "a condition goes on in the next line only behind `and` or `or`",
                )
                .label("`and` or `or` is missing before it")
                .fix("write `and`", start, "and ", MaybeIncorrect),
            );
        }
        let listed = matches!(keyword, "seats" | "capture")
            && self.scan.kind_at(line.from) == Some(TokenKind::Word)
            && words::clause_meant(first).is_none()
            && (line.to == line.from + 1
                || self.scan.kind_at(line.from + 1) == Some(TokenKind::Comma));
        if listed {
            self.late.insert(end.start as usize, ",");
            return Some(
                Diagnostic::new(
                    Code::P002,
                    end,
                    "a list goes on in the next line only behind a comma",
                )
                .label("`,` is missing here")
                .fix("add the comma", end, ",", MaybeIncorrect),
            );
        }
        None
    }

    /// Whether a line goes on as a clause does, after a word that nearly begins one.
    fn reads_like_clause(&self, line: Piece) -> bool {
        let next = line.from + 1;
        let word = self.scan.word_at(next);
        next < line.to
            && match self.scan.kind_at(next) {
                Some(TokenKind::Word) => !words::begins_comparison(word),
                Some(TokenKind::Open(b'}' | b')')) => true,
                _ => false,
            }
    }

    /// Whether a line reads like a condition: an attribute and an operator, or a group test.
    fn looks_like_condition(&self, line: Piece) -> bool {
        let first = self.scan.word_at(line.from);
        if matches!(first, "in" | "not")
            || self.scan.kind_at(line.from) == Some(TokenKind::Open(b')'))
        {
            return true;
        }
        let mut at = line.from + 1;
        while matches!(
            self.scan.kind_at(at),
            Some(TokenKind::Word | TokenKind::Other | TokenKind::Colon | TokenKind::Number)
        ) && self.scan.tokens.get(at).map(|t| t.start)
            == self.scan.tokens.get(at - 1).map(|t| t.end)
        {
            at += 1;
        }
        if first.is_empty() || at >= line.to {
            return false;
        }
        let operator = self.scan.word_at(at);
        words::begins_comparison(operator)
            || matches!(self.scan.kind_at(at), Some(TokenKind::Operator | TokenKind::Open(b']')))
    }
}
