//! Fixtures, tests and proofs.

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{Expect, FixtureLine, Ident, ItemKind, Test, Text};
use crate::rules::source::Spanned;
use crate::rules::syntax::brackets::Block;
use crate::rules::syntax::layout::{self, Piece};
use crate::rules::syntax::lower::TestLine;
use crate::rules::syntax::piece::PieceText;
use crate::rules::syntax::repair::Within;
use crate::rules::syntax::words;

/// What was read of a test's block.
#[derive(Default)]
struct Body {
    given: Option<(Ident, Vec<Spanned<FixtureLine>>)>,
    expects: Vec<Spanned<Expect>>,
    /// A line could not be read, so nothing is said to be missing.
    broken: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn fixture(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let head = self.read(text, Within::Head, |lower, nodes| lower.fixture_head(nodes.first()?));
        let mut lines = Vec::new();
        for line in layout::lines(&self.scan, &self.brackets, block) {
            if self.too_deep(line) {
                continue;
            }
            if self.full() {
                break;
            }
            let text = self.text(line);
            lines.extend(
                self.read(text, Within::Fixture, |lower, nodes| lower.fixture_line(nodes.first()?)),
            );
        }
        let mut fixture = head?;
        fixture.lines = lines;
        Some(ItemKind::Fixture(fixture))
    }

    pub(super) fn test(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let head = text.span(0, text.text.len());
        let name = self.read(text, Within::Head, |lower, nodes| lower.head_name(nodes.first()?));
        let mut body = Body::default();
        for line in layout::lines(&self.scan, &self.brackets, block) {
            if self.full() {
                break;
            }
            self.test_line(line, &mut body);
        }
        let name = name?;
        let Body { given, expects, broken } = body;
        if given.is_none() && !broken {
            self.report(
                Diagnostic::new(
                    Code::P008,
                    head,
                    format!("test \"{}\" looks at nobody", name.node),
                )
                .label("`given` is missing")
                .help("begin it with `given` and the name of a `user`"),
            );
        }
        if expects.is_empty() && !broken {
            self.report(
                Diagnostic::new(
                    Code::P008,
                    head,
                    format!("test \"{}\" expects nothing", name.node),
                )
                .label("`expect` is missing")
                .help("add a line such as `expect seats none`"),
            );
        }
        let (given, with) = given?;
        Some(ItemKind::Test(Test { name, given, with, expects }))
    }

    fn test_line(&mut self, line: Piece, body: &mut Body) {
        let read = if self.too_deep(line) { None } else { self.read_test_line(line) };
        match read {
            Some(TestLine::Expect(expect)) => body.expects.push(expect),
            Some(TestLine::Given(person, with)) => match &body.given {
                None => body.given = Some((person, with)),
                Some((first, _)) => self.report(
                    Diagnostic::new(Code::P008, person.span, "a test has one `given`")
                        .label("the second one")
                        .related(first.span, "the first one")
                        .help("write a second test for the second person"),
                ),
            },
            None => body.broken = true,
        }
    }

    fn read_test_line(&mut self, line: Piece) -> Option<TestLine> {
        let word = self.scan.word_at(line.from);
        let mut text = self.text(line);
        if !words::TEST_LINES.contains(&word) {
            let Some(meant) = words::test_line_meant(word) else {
                self.unknown(
                    line.from,
                    "line of a test",
                    "a test has one `given` line, and `expect` lines",
                );
                return None;
            };
            text = self.misspelt(&text, word, meant, "begins no line of a test")?;
        }
        self.read(text, Within::Test, |lower, nodes| lower.test_line(nodes.first()?))
    }

    pub(super) fn prove(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let head = text.span(0, text.text.len());
        let name: Option<Text> =
            self.read(text, Within::Head, |lower, nodes| lower.head_name(nodes.first()?));
        let Some(line) = layout::lines(&self.scan, &self.brackets, block).first().copied() else {
            self.report(
                Diagnostic::new(Code::P008, head, "this proof claims nothing")
                    .label("the claim is missing")
                    .help("write `every user where ( … ) has …` or `no user where ( … ) has …`"),
            );
            return None;
        };
        if self.too_deep(line) {
            return None;
        }
        let text = self.text(line);
        let named = name.is_some();
        let name = name.unwrap_or_else(|| Spanned::new(String::new(), head));
        let prove =
            self.read(text, Within::Claim, |lower, nodes| lower.claim(name, nodes.first()?));
        prove.filter(|_| named).map(ItemKind::Prove)
    }
}
