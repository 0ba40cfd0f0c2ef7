//! Reads the pieces of a file one after the other, and builds the tree.

mod clause_lines;
mod test_lines;

use std::collections::BTreeMap;

use super::brackets::{self, Block, Brackets};
use super::cst::{self, Node, Start};
use super::docs;
use super::foreign;
use super::header::Headers;
use super::layout::{self, ItemPiece, Piece};
use super::lower::Lower;
use super::piece::PieceText;
use super::repair::{self, Repair, Within};
use super::scan::{FINDINGS, Scan, TokenKind, clip};
use super::words::{self, ItemWord};
use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::rules::ast::{File, Item, ItemKind};
use crate::rules::source::{FileId, Span, Spanned};

/// At most so many repairs of one piece: more of them are guesses upon guesses.
const REPAIRS: usize = 24;

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
        rest: None,
        late: BTreeMap::new(),
    };
    for (index, item) in items.iter().enumerate() {
        reader.item(item, index == 0);
        // Nobody reads on; guessing on would only take time.
        if reader.full() {
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
    /// What was found missing between lines, by the byte where it is inserted.
    late: BTreeMap<usize, &'static str>,
    /// A clause that stood behind another on its line.
    rest: Option<PieceText<'s>>,
}

impl<'s> Reader<'s> {
    fn report(&mut self, finding: Diagnostic) {
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        }
    }

    fn full(&self) -> bool {
        self.findings.len() >= FINDINGS
    }

    fn report_all(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        let room = FINDINGS.saturating_sub(self.findings.len());
        self.findings.extend(findings.into_iter().take(room));
    }

    fn finish(mut self) -> (File, Vec<Diagnostic>) {
        let id = self.scan.file;
        let start = if self.scan.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let headers = std::mem::take(&mut self.headers);
        let rules = !self.items.is_empty() || self.scan.tokens.is_empty();
        let (edition, found) = headers.finish(id, start, self.header_unreadable, rules);
        self.findings.extend(found);
        let contexts = self.contexts;
        for found in &mut self.findings {
            if found.context.is_none() {
                let next = contexts.partition_point(|(span, _)| span.start <= found.span.start);
                let item = next.checked_sub(1).and_then(|index| contexts.get(index));
                found.context = item
                    .filter(|(span, _)| found.span.start <= span.end)
                    .map(|(_, context)| context.clone());
            }
        }
        (File { id, edition, items: self.items }, self.findings)
    }

    /// Whether a piece is nested too deep to be read, which was reported.
    fn too_deep(&self, piece: Piece) -> bool {
        let deep = &self.brackets.too_deep;
        let first = deep.partition_point(|index| *index < piece.from);
        deep.get(first).is_some_and(|index| *index < piece.to)
    }

    fn text(&self, piece: Piece) -> PieceText<'s> {
        let start = self.scan.tokens.get(piece.from).map_or(0, |token| token.start as usize);
        let last = piece.to.checked_sub(1).and_then(|last| self.scan.tokens.get(last));
        let end = last.map_or(start, |token| token.end as usize).max(start);
        let piece = PieceText::new(self.scan.text, self.scan.file, start, end, &self.scan.mends);
        let late = self.late.range(start..=end).map(|(at, text)| (*at, *text));
        piece.with(late)
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
        let word = self.scan.word_at(from);
        let span = self.item_span(item);
        if self.too_deep(item.head) {
            self.header_unreadable |= word == "provisioning";
            return;
        }
        // A clause outside of every rule was reported where brackets were paired.
        let clause = words::is_clause(word) && !words::begins_item(&self.scan, from);
        if clause && item.block.is_none() {
            return;
        }
        let Some((meant, kind)) = words::item(word) else {
            self.unknown(from, "item", "an item begins with a word such as `assignment`, `grant`, `never`, `seat`, `set` or `include`");
            return;
        };
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
            (ItemWord::Test, Some(block)) => self.test(text, block),
            (ItemWord::Prove, Some(block)) => self.prove(text, block),
            (_, None) => self.no_block(text, meant, span),
        };
        match node {
            Some(node) => {
                self.contexts.push((span, context(&node)));
                self.items.push(Item { docs, node: Spanned::new(node, span) });
            }
            None => {
                let head = self.scan.text.get(span.start as usize..).unwrap_or("");
                let head = head.lines().next().unwrap_or("").trim_end_matches([' ', '{']);
                self.contexts.push((span, clip(head)));
            }
        }
    }

    /// P002 for a first word that begins nothing here.
    fn unknown(&mut self, from: usize, what: &str, help: &str) {
        let Some(token) = self.scan.tokens.get(from).copied() else { return };
        // A stray bracket was reported where brackets were paired.
        if matches!(token.kind, TokenKind::Close(_)) {
            return;
        }
        let shown = clip(self.scan.word(token));
        let message = match words::habit(&shown) {
            Some(_) => format!("rules have no `{shown}`"),
            None => format!("`{shown}` begins no {what}"),
        };
        let found =
            Diagnostic::new(Code::P002, self.scan.place(token), message).label("not known here");
        self.report(found.help(words::habit(&shown).unwrap_or(help)));
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
        self.report(found.fix(format!("write `{meant}`"), place, meant, applicability));
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
                        self.report(
                            Diagnostic::new(
                                Code::P002,
                                text.span(0, text.text.len()),
                                "this cannot be read",
                            )
                            .label("not understood"),
                        );
                    }
                    self.report_all(findings);
                    return made;
                }
                Err(failure) => failure,
            };
            let affordable = self.budget.checked_sub(text.text.len());
            let advanced = last.is_none_or(|last| failure.at > last);
            let repair = repair::repair(&text, &failure, within, affordable.is_some());
            let Repair { finding, mended, rest } = repair;
            if !advanced {
                return None;
            }
            last = Some(failure.at);
            self.report(finding);
            self.rest = rest.or(self.rest.take());
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
            let found = self.headers.met(number, whole, first);
            self.report_all(found);
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
            self.report(
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
