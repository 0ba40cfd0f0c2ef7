//! Reads the pieces of a file one after the other, and builds the tree.

use super::brackets::{self, Block, Brackets};
use super::cst::{self, Node, Start};
use super::docs;
use super::foreign;
use super::header::Headers;
use super::layout::{self, ItemPiece, Piece};
use super::lower::{Lower, TestLine};
use super::piece::PieceText;
use super::repair::{self, Repair};
use super::scan::{Scan, clip};
use super::words::{self, ItemWord};
use super::{clauses, repair::Within};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::limits;
use crate::rules::ast::{File, Item, ItemKind, RuleKind, Test};
use crate::rules::source::{FileId, Span, Spanned};

/// At most so many repairs of one piece: more of them are guesses upon guesses.
const REPAIRS: usize = 24;
/// Findings kept of one file; far more than are ever printed, far fewer than bytes.
const FINDINGS: usize = 10 * limits::DIAGNOSTICS;

/// Reads a file whose size is within the limit.
pub(super) fn read(id: FileId, text: &str) -> (File, Vec<Diagnostic>) {
    let mut scan = Scan::new(id, text);
    let brackets = brackets::pair(&mut scan);
    let items = layout::items(&scan, &brackets);
    foreign::judge(&mut scan, &items, &brackets);
    scan.mends.sort_by_key(|mend| (mend.start, mend.end));
    let findings = std::mem::take(&mut scan.findings);
    let mut reader = Reader {
        // Re-reading a mended piece costs its length; all together at most a few files.
        budget: 4 * text.len() + 64 * 1024,
        scan,
        brackets,
        headers: Headers::default(),
        items: Vec::new(),
        contexts: Vec::new(),
        findings,
        header_unreadable: false,
    };
    for (index, item) in items.iter().enumerate() {
        reader.item(item, index == 0);
        if reader.findings.len() > FINDINGS {
            break;
        }
    }
    reader.finish()
}

struct Reader<'s> {
    scan: Scan<'s>,
    brackets: Brackets,
    headers: Headers,
    header_unreadable: bool,
    items: Vec<Item>,
    /// The items by their places, to name the one round a finding.
    contexts: Vec<(Span, String)>,
    findings: Vec<Diagnostic>,
    /// Bytes that may still be read again.
    budget: usize,
}

impl<'s> Reader<'s> {
    fn finish(mut self) -> (File, Vec<Diagnostic>) {
        let id = self.scan.file;
        let start = if self.scan.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let headers = std::mem::take(&mut self.headers);
        let edition = match headers.finish(id, start, self.header_unreadable) {
            Ok(edition) => Some(edition),
            Err(found) => {
                self.findings.extend(found);
                None
            }
        };
        let contexts = self.contexts;
        for found in &mut self.findings {
            if found.context.is_none() {
                let next = contexts.partition_point(|(span, _)| span.start <= found.span.start);
                let item = next.checked_sub(1).and_then(|index| contexts.get(index));
                found.context = item
                    .filter(|(span, _)| found.span.start < span.end)
                    .map(|(_, context)| context.clone());
            }
        }
        (File { id, edition, items: self.items }, self.findings)
    }

    fn too_deep(&self, from: usize, to: usize) -> bool {
        let deep = &self.brackets.too_deep;
        let first = deep.partition_point(|index| *index < from);
        deep.get(first).is_some_and(|index| *index < to)
    }

    fn text(&self, piece: Piece) -> PieceText<'s> {
        let start = self.scan.tokens.get(piece.from).map_or(0, |token| token.start as usize);
        let last = piece.to.checked_sub(1).and_then(|last| self.scan.tokens.get(last));
        let end = last.map_or(start, |token| token.end as usize).max(start);
        PieceText::new(self.scan.text, self.scan.file, start, end, &self.scan.mends)
    }

    /// The place of an item.
    fn item_span(&self, item: &ItemPiece) -> Span {
        let end = item.block.map_or(item.head.to, |block| block.end);
        self.tokens_span(item.head.from, end)
    }

    fn tokens_span(&self, from: usize, to: usize) -> Span {
        let start = self.scan.tokens.get(from).map_or(0, |token| token.start as usize);
        let last = to.checked_sub(1).and_then(|last| self.scan.tokens.get(last));
        self.scan.span(start, last.map_or(start, |token| token.end as usize))
    }

    fn item(&mut self, item: &ItemPiece, first: bool) {
        let from = item.head.from;
        let span = self.item_span(item);
        let end = item.block.map_or(item.head.to, |block| block.end);
        let word = self.scan.word_at(from);
        if self.too_deep(from, item.head.to) && item.block.is_none() {
            return;
        }
        let Some((meant, kind)) = words::item(word) else {
            self.unknown_item(from, word);
            return;
        };
        // A clause without a rule: reported where brackets were paired.
        if words::is_clause(word) && !words::begins_item(&self.scan, from) && item.block.is_none() {
            let orphan = !matches!(word, "capture" | "option");
            if orphan {
                return;
            }
        }
        let mut text = self.text(item.head);
        if word != meant {
            let Some(mended) = self.misspelt(&text, word, meant, "begins no item") else { return };
            text = mended;
        }
        let docs = docs::above(&self.scan, from);
        let node = match (kind, item.block) {
            (ItemWord::Line, _) => self.line_item(text, first),
            (ItemWord::Rule, Some(block)) => self.rule(text, block),
            (ItemWord::Fixture, Some(block)) => self.fixture(text, block),
            (ItemWord::Test, Some(block)) => self.test(text, block, span),
            (ItemWord::Prove, Some(block)) => self.prove(text, block),
            (_, None) => self.no_block(text, meant, span),
        };
        if let Some(node) = node {
            self.contexts.push((span, context(&node)));
            self.items.push(Item { docs, node: Spanned::new(node, span) });
        } else {
            let head = self.scan.text.get(span.start as usize..).unwrap_or("");
            let head = head.lines().next().unwrap_or("").trim_end_matches([' ', '{']);
            let _ = end;
            self.contexts.push((span, clip(head)));
        }
    }

    fn unknown_item(&mut self, from: usize, word: &str) {
        if words::is_clause(word) && !words::begins_item(&self.scan, from) {
            return;
        }
        let Some(token) = self.scan.tokens.get(from).copied() else { return };
        let place = self.scan.place(token);
        // A stray bracket has been reported.
        if matches!(token.kind, super::scan::TokenKind::Close(_)) {
            return;
        }
        let shown = clip(self.scan.word(token));
        self.findings.push(
            Diagnostic::new(Code::P002, place, format!("`{shown}` begins no item"))
                .label("not known here")
                .help("an item begins with `assignment`, `grant`, `never`, `seat`, `set`, `include` or another such word"),
        );
    }

    /// P002 for a first word that is nearly a known one; the piece with the known one.
    fn misspelt(
        &mut self,
        text: &PieceText<'s>,
        word: &str,
        meant: &str,
        fault: &str,
    ) -> Option<PieceText<'s>> {
        let place = text.span(0, word.len());
        let shown = clip(word);
        let same = word.eq_ignore_ascii_case(meant);
        let applicability = if same { MachineApplicable } else { MaybeIncorrect };
        let message = if same {
            format!("`{shown}` is written with small letters: `{meant}`")
        } else {
            format!("`{shown}` {fault}")
        };
        let mut found =
            Diagnostic::new(Code::P002, place, message).label(format!("write `{meant}`"));
        if !same {
            found = found.help(suggest::did_you_mean(meant));
        }
        self.findings.push(found.fix(format!("write `{meant}`"), place, meant, applicability));
        text.mended(0, word.len(), meant.to_owned())
    }

    /// Reads a piece, with repairs where it cannot be read as it stands.
    fn read<T>(
        &mut self,
        mut text: PieceText<'s>,
        within: Within,
        lower: impl FnOnce(&mut Lower<'_>, &[Node<'_>]) -> Option<T>,
    ) -> Option<T> {
        let start = match within {
            Within::Item => Start::Item,
            Within::Head => Start::Head,
            Within::Clause(_) => Start::Clause,
            Within::Fixture => Start::Fixture,
            Within::Test => Start::Test,
            Within::Claim => Start::Claim,
        };
        let mut last = None;
        for _ in 0..REPAIRS {
            let failure = match cst::parse(start, &text.text) {
                Ok(nodes) => {
                    let mut lowering = Lower::new(&text);
                    let made = lower(&mut lowering, &nodes);
                    let findings = lowering.findings;
                    if made.is_none() && findings.is_empty() {
                        self.findings.push(
                            Diagnostic::new(
                                Code::P002,
                                text.span(0, text.text.len()),
                                "this cannot be read",
                            )
                            .label("not understood"),
                        );
                    }
                    self.findings.extend(findings);
                    return made;
                }
                Err(failure) => failure,
            };
            let affordable = self.budget.checked_sub(text.text.len());
            let advanced = last.is_none_or(|last| failure.at > last);
            let repair = repair::repair(&text, &failure, within, affordable.is_some());
            let Repair { finding, mended } = repair;
            if !advanced {
                return None;
            }
            last = Some(failure.at);
            self.findings.push(finding);
            self.budget = affordable.unwrap_or(0);
            text = mended?;
        }
        None
    }

    fn line_item(&mut self, text: PieceText<'s>, first: bool) -> Option<ItemKind> {
        let whole = text.span(0, text.text.len());
        let is_header = text.text.starts_with("provisioning");
        let mut number = None;
        let item = self.read(text, Within::Item, |lower, nodes| {
            let node = nodes.first()?;
            if node.kind == cst::Kind::Header {
                number = Some(lower.version(node.child(cst::Kind::Integer)?));
                return Some(None);
            }
            lower.item(node).map(Some)
        });
        if let Some(number) = number {
            self.findings.extend(self.headers.met(number, whole, first));
            return None;
        }
        self.header_unreadable |= is_header;
        item?
    }

    /// An item that needs a block and has none.
    fn no_block(&mut self, text: PieceText<'s>, word: &str, span: Span) -> Option<ItemKind> {
        let readable = self.read(text, Within::Head, |_, _| Some(())).is_some();
        if readable {
            let article = if word.starts_with('a') { "an" } else { "a" };
            self.findings.push(
                Diagnostic::new(
                    Code::P004,
                    span.after(),
                    format!("{article} `{word}` has a block in braces"),
                )
                .label("`{` is missing here")
                .help("write what belongs to it between `{` and `}`"),
            );
        }
        None
    }

    fn rule(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let head = text.span(0, text.text.len());
        let mut rule =
            self.read(text, Within::Head, |lower, nodes| lower.rule_head(nodes.first()?));
        let kind = rule.as_ref().map(|rule| rule.kind).unwrap_or(self.kind_by_word(block));
        let mut unread = Vec::new();
        let mut written = Vec::new();
        let mut lines = layout::lines(&self.scan, &self.brackets, block).into_iter().peekable();
        while let Some(line) = lines.next() {
            if self.too_deep(line.from, line.to) {
                unread.extend(clauses::of_word(self.scan.word_at(line.from)));
                continue;
            }
            let word = self.scan.word_at(line.from);
            let mut text = self.text(line);
            let mut known = words::is_clause(word);
            if !known {
                let Some(mended) = self.clause_word(&text, line.from, word, kind) else { continue };
                text = mended;
                known = true;
            }
            let _ = known;
            let clause = text
                .text
                .split(|c: char| !c.is_ascii_alphabetic())
                .next()
                .and_then(clauses::of_word);
            let docs = docs::above(&self.scan, line.from);
            match self.read(text, Within::Clause(kind), |lower, nodes| lower.clauses(nodes)) {
                Some(mut clauses) => {
                    if let Some(first) = clauses.first_mut() {
                        first.docs = docs;
                    }
                    written.append(&mut clauses);
                }
                None => unread.extend(clause),
            }
        }
        let rule = rule.as_mut()?;
        rule.clauses = written;
        rule.block = self.block_span(block);
        self.findings.extend(clauses::check(rule, head, &unread));
        Some(ItemKind::Rule(rule.clone()))
    }

    fn kind_by_word(&self, block: Block) -> RuleKind {
        match self.scan.word_at(block.head) {
            "default" => RuleKind::Default,
            "grant" => RuleKind::Grant,
            "never" => RuleKind::Never,
            _ => RuleKind::Assignment,
        }
    }

    fn clause_word(
        &mut self,
        text: &PieceText<'s>,
        from: usize,
        word: &str,
        kind: RuleKind,
    ) -> Option<PieceText<'s>> {
        if let Some(meant) = words::clause_meant(word) {
            return self.misspelt(text, word, meant, "is no clause");
        }
        let token = self.scan.tokens.get(from).copied()?;
        if matches!(token.kind, super::scan::TokenKind::Close(_)) {
            return None;
        }
        let shown = clip(self.scan.word(token));
        let place = self.scan.place(token);
        let allowed = clauses::allowed(kind).join("`, `");
        self.findings.push(
            Diagnostic::new(Code::P002, place, format!("`{shown}` begins no clause"))
                .label("not known here")
                .help(format!("the clauses of this kind of rule are `{allowed}`")),
        );
        None
    }

    fn fixture(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let head = self.read(text, Within::Head, |lower, nodes| lower.fixture_head(nodes.first()?));
        let mut lines = Vec::new();
        for line in layout::lines(&self.scan, &self.brackets, block) {
            if self.too_deep(line.from, line.to) {
                continue;
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

    fn test(&mut self, text: PieceText<'s>, block: Block, span: Span) -> Option<ItemKind> {
        let name = self.read(text, Within::Head, |lower, nodes| lower.head_name(nodes.first()?));
        let mut given: Option<(crate::rules::ast::Ident, Vec<_>)> = None;
        let mut expects = Vec::new();
        let mut broken = false;
        for line in layout::lines(&self.scan, &self.brackets, block) {
            if self.too_deep(line.from, line.to) {
                broken = true;
                continue;
            }
            let word = self.scan.word_at(line.from);
            let mut text = self.text(line);
            if !words::TEST_LINES.contains(&word) {
                match words::test_line_meant(word) {
                    Some(meant) => {
                        text = self.misspelt(&text, word, meant, "begins no line of a test")?;
                    }
                    None => {
                        let Some(token) = self.scan.tokens.get(line.from).copied() else {
                            continue;
                        };
                        let shown = clip(self.scan.word(token));
                        self.findings.push(
                            Diagnostic::new(
                                Code::P002,
                                self.scan.place(token),
                                format!("`{shown}` begins no line of a test"),
                            )
                            .label("not known here")
                            .help("a test has one `given` line and then `expect` lines"),
                        );
                        broken = true;
                        continue;
                    }
                }
            }
            match self.read(text, Within::Test, |lower, nodes| lower.test_line(nodes.first()?)) {
                Some(TestLine::Given(person, with)) => {
                    if let Some((first, _)) = &given {
                        self.findings.push(
                            Diagnostic::new(Code::P008, person.span, "a test has one `given`")
                                .label("the second one")
                                .related(first.span, "the first one")
                                .help("write a second test for the second person"),
                        );
                    } else {
                        given = Some((person, with));
                    }
                }
                Some(TestLine::Expect(expect)) => expects.push(expect),
                None => broken = true,
            }
        }
        let name = name?;
        let Some((given, with)) = given else {
            if !broken {
                self.findings.push(
                    Diagnostic::new(Code::P008, span, "this test says nobody to look at")
                        .label("`given` is missing")
                        .help("begin it with `given` and the name of a `user`"),
                );
            }
            return None;
        };
        if expects.is_empty() && !broken {
            self.findings.push(
                Diagnostic::new(Code::P008, span, "this test expects nothing")
                    .label("`expect` is missing")
                    .help("add a line such as `expect seats none`"),
            );
        }
        Some(ItemKind::Test(Test { name, given, with, expects }))
    }

    fn prove(&mut self, text: PieceText<'s>, block: Block) -> Option<ItemKind> {
        let name = self.read(text, Within::Head, |lower, nodes| lower.head_name(nodes.first()?));
        let Some(line) = layout::lines(&self.scan, &self.brackets, block).first().copied() else {
            self.findings.push(
                Diagnostic::new(Code::P008, self.block_span(block), "this proof claims nothing")
                    .label("the claim is missing")
                    .help("write `every user where ( … ) has …` or `no user where ( … ) has …`"),
            );
            return None;
        };
        if self.too_deep(line.from, line.to) {
            return None;
        }
        let text = self.text(line);
        let name = name.unwrap_or_else(|| Spanned::new(String::new(), Span::default()));
        let unnamed = name.is_empty();
        let prove =
            self.read(text, Within::Claim, |lower, nodes| lower.claim(name, nodes.first()?));
        prove.filter(|_| !unnamed).map(ItemKind::Prove)
    }

    /// From `{` to `}`, as far as they are there.
    fn block_span(&self, block: Block) -> Span {
        let from = if block.head_end < block.from { block.head_end } else { block.from };
        self.tokens_span(from, block.end)
    }
}

/// What a finding inside an item calls it.
fn context(item: &ItemKind) -> String {
    let named = |kind: &str, id: &str| format!("{kind} `{id}`");
    match item {
        ItemKind::Include(path) => format!("include \"{}\"", path.node),
        ItemKind::Use(path) => format!("use \"{}\"", path.node),
        ItemKind::UseCatalogue { name, .. } => format!("use catalogue {}", name.node),
        ItemKind::Setting(setting) => named("setting", &setting.name),
        ItemKind::Limit { seat, .. } => named("limit", seat),
        ItemKind::Seat(seat) => named("seat", &seat.id),
        ItemKind::Profile(profile) => named("profile", &profile.id),
        ItemKind::ProfileOrder(_) => "profile order".to_owned(),
        ItemKind::Workspace(workspace) => named("workspace", &workspace.id),
        ItemKind::Capture(capture) => named("capture", &capture.id),
        ItemKind::Option(option) => named("option", &option.id),
        ItemKind::Attribute(attribute) => named("attribute", &attribute.id),
        ItemKind::Set(set) => named("set", &set.id),
        ItemKind::Rule(rule) => format!("{} \"{}\"", rule.kind.as_str(), clip(&rule.name)),
        ItemKind::Fixture(fixture) => named("user", &fixture.id),
        ItemKind::Test(test) => format!("test \"{}\"", clip(&test.name)),
        ItemKind::Prove(prove) => format!("prove \"{}\"", clip(&prove.name)),
    }
}
