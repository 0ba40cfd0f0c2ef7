//! The printer: lines, blank lines, comments, and what is broken where.

use super::notes::Notes;
use super::text::width;
use super::{Style, WIDTH};
use crate::rules::ast::{File, Item, ItemKind, Text};
use crate::rules::source::Span;

/// Writes a tree.
pub(super) struct Printer<'a> {
    pub(super) style: Style,
    pub(super) out: String,
    /// The comments of the source, if there is one.
    notes: Option<Notes<'a>>,
}

/// A part of a line before which the line may be broken.
pub(super) struct Atom {
    /// Where it starts in the source.
    pub(super) start: u32,
    pub(super) text: String,
    /// The column at which it starts, in a table.
    pub(super) column: usize,
}

impl Atom {
    pub(super) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { start: span.start, text: text.into(), column: 0 }
    }
}

/// An entry of a list between braces.
pub(super) struct Entry {
    pub(super) span: Span,
    pub(super) text: String,
}

impl<'a> Printer<'a> {
    pub(super) fn new(style: Style, notes: Option<Notes<'a>>) -> Self {
        Self { style, out: String::new(), notes }
    }

    /// The whole file.
    pub(super) fn file(mut self, file: &File) -> String {
        if let Some(edition) = &file.edition {
            self.leading(edition.span, 0, false);
            self.out.push_str(&format!("provisioning {}", edition.node));
            self.trailing(edition.span.end, 0);
        }
        let mut tables = self.tables(&file.items).into_iter();
        let mut before: Option<&Item> = None;
        for item in &file.items {
            let widths = tables.next().unwrap_or_default();
            self.item_above(item, before, file.edition.is_some());
            self.item(item, &widths);
            self.trailing(item.node.span.end, 0);
            before = Some(item);
        }
        self.leading(Span { file: file.id, start: u32::MAX, end: u32::MAX }, 0, false);
        self.out
    }

    /// What stands above an item: a blank line, comments, documentation.
    fn item_above(&mut self, item: &Item, before: Option<&Item>, header: bool) {
        let block = |item: &Item| is_block(&item.node.node);
        let apart = block(item) || before.is_some_and(block);
        let apart = apart && (before.is_some() || header);
        if self.notes.is_some() {
            self.leading(item.node.span, 0, apart);
            return;
        }
        let differs = match before {
            Some(before) => family(&before.node.node) != family(&item.node.node),
            None => header && family(&item.node.node) != Family::Files,
        };
        if apart || differs {
            self.blank_line();
        }
        self.docs(&item.docs, 0);
    }

    /// Documentation from the tree. With a source it is among the comments.
    pub(super) fn docs(&mut self, docs: &[Text], indent: usize) {
        if self.notes.is_some() {
            return;
        }
        for doc in docs {
            self.indent(indent);
            self.out.push_str(if doc.is_empty() { "##" } else { "## " });
            self.out.push_str(doc);
            self.out.push('\n');
        }
    }

    pub(super) fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    pub(super) fn newline(&mut self, columns: usize) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
        self.indent(columns);
    }

    /// A blank line, unless the text begins here or a block was just opened.
    fn blank_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") && !self.out.ends_with("{\n") {
            self.out.push('\n');
        }
    }

    /// The column at which the next character stands.
    pub(super) fn column(&self) -> usize {
        let line = self.out.rsplit('\n').next().unwrap_or("");
        width(line)
    }

    /// Whether a text fits behind what stands on the line.
    pub(super) fn fits(&self, text: &str, more: usize) -> bool {
        self.column() + width(text) + more <= WIDTH
    }

    /// Whether a blank line stands between two places of the source, and whether there is one.
    pub(super) fn separated(&self, end: u32, start: u32) -> Option<bool> {
        self.notes.as_ref().map(|notes| notes.separated(end, start))
    }

    /// The first byte from one on that is neither blank nor in a comment; the byte itself without
    /// a source.
    pub(super) fn code(&self, from: u32) -> u32 {
        self.notes.as_ref().map_or(from, |notes| notes.code(from))
    }

    /// Whether comments wait that start before a byte.
    pub(super) fn pending(&self, before: u32) -> bool {
        self.notes.as_ref().is_some_and(|notes| notes.pending(before))
    }

    /// Comments above something, each on a line of its own, with the blank lines of the source;
    /// `apart` wants one in any case.
    pub(super) fn leading(&mut self, place: Span, indent: usize, apart: bool) {
        let Some(notes) = &mut self.notes else { return };
        let mut found = Vec::new();
        while let Some(comment) = notes.next(place.start) {
            found.push(comment);
        }
        let last = place.start != u32::MAX && notes.blank(place.start);
        let none = !last && found.iter().all(|(_, blank)| !blank);
        for (index, (text, blank)) in found.iter().enumerate() {
            if *blank || index == 0 && apart && none {
                self.blank_line();
            }
            self.indent(indent);
            self.out.push_str(text);
            self.out.push('\n');
        }
        if last || found.is_empty() && apart {
            self.blank_line();
        }
    }

    /// Ends a line on which something stands that ends at a byte, with the comments that belong
    /// to it.
    pub(super) fn trailing(&mut self, end: u32, indent: usize) {
        if let Some(notes) = &mut self.notes {
            if let Some(comment) = notes.behind(end) {
                self.out.push_str("  ");
                self.out.push_str(comment);
            }
            let mut marked = false;
            while let Some((comment, _)) = notes.next(end) {
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(comment);
                marked |= comment.starts_with("##");
            }
            notes.printed(end);
            if marked {
                // Or it would document what follows.
                self.out.push('\n');
            }
        }
        self.out.push('\n');
    }

    /// A place where the line may be broken: comments that wait break it, otherwise `else_` is
    /// written.
    pub(super) fn gap(&mut self, next: u32, indent: usize, else_: &str) {
        if !self.pending(next) {
            self.out.push_str(else_);
            return;
        }
        self.broken_gap(next, indent);
    }

    /// Comments that wait, and a new line.
    pub(super) fn broken_gap(&mut self, next: u32, indent: usize) {
        self.comments(next, indent);
        self.newline(indent);
    }

    /// Comments that wait inside of brackets, and the line of the closing one.
    pub(super) fn closing_gap(&mut self, next: u32, inside: usize, indent: usize) {
        self.comments(next, inside);
        self.newline(indent);
    }

    /// Comments that wait, the first behind what was printed last if it stood so.
    fn comments(&mut self, next: u32, indent: usize) {
        let mut first = self.notes.as_ref().is_some_and(|notes| !notes.alone());
        while let Some((comment, _)) = self.notes.as_mut().and_then(|notes| notes.next(next)) {
            if first {
                while self.out.ends_with(' ') {
                    self.out.pop();
                }
                self.out.push_str("  ");
            } else {
                self.newline(indent);
            }
            first = false;
            self.out.push_str(comment);
        }
    }

    /// Parts one after the other, broken where they do not fit or comments stand between.
    pub(super) fn flow(&mut self, atoms: &[Atom], indent: usize) {
        for (index, atom) in atoms.iter().enumerate() {
            if index > 0 {
                if self.pending(atom.start) {
                    self.broken_gap(atom.start, indent);
                } else {
                    let column = self.column();
                    let blanks = atom.column.saturating_sub(column).max(1);
                    if column + blanks + width(&atom.text) > WIDTH {
                        self.newline(indent);
                    } else {
                        self.indent(blanks);
                    }
                }
            }
            self.out.push_str(&atom.text);
        }
    }

    /// A list between braces: on one line if it fits, otherwise one entry a line. `more` columns
    /// follow behind it.
    pub(super) fn list(&mut self, entries: &[Entry], place: Span, indent: usize, more: usize) {
        let all: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
        let inline = format!("{{ {} }}", all.join(", "));
        if !self.pending(place.end) && self.fits(&inline, more) {
            self.out.push_str(&inline);
            return;
        }
        self.out.push('{');
        for entry in entries {
            self.broken_gap(entry.span.start, indent + 2);
            self.out.push_str(&entry.text);
            self.out.push(',');
        }
        self.closing_gap(place.end, indent + 2, indent);
        self.out.push('}');
    }

    /// Opens the block of an item.
    pub(super) fn open(&mut self, block: Span) {
        self.out.push_str(" {");
        self.trailing(block.start + 1, 2);
    }

    /// Closes it.
    pub(super) fn close(&mut self, end: u32) {
        let brace = Span { start: end.saturating_sub(1), end, ..Span::default() };
        if self.notes.is_some() {
            self.leading(brace, 2, false);
        }
        // No blank line before the brace.
        if self.out.ends_with("\n\n") {
            self.out.pop();
        }
        self.out.push('}');
    }
}

/// Whether an item has a block.
pub(super) fn is_block(item: &ItemKind) -> bool {
    matches!(
        item,
        ItemKind::Rule(_) | ItemKind::Fixture(_) | ItemKind::Test(_) | ItemKind::Prove(_)
    )
}

/// Items that stand together when nobody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Files,
    Settings,
    Limits,
    Seats,
    Profiles,
    Workspaces,
    Captures,
    Options,
    Attributes,
    Sets,
    Block,
}

fn family(item: &ItemKind) -> Family {
    match item {
        ItemKind::Include(_) | ItemKind::Use(_) | ItemKind::UseCatalogue { .. } => Family::Files,
        ItemKind::Setting(_) => Family::Settings,
        ItemKind::Limit { .. } => Family::Limits,
        ItemKind::Seat(_) => Family::Seats,
        ItemKind::Profile(_) | ItemKind::ProfileOrder(_) => Family::Profiles,
        ItemKind::Workspace(_) => Family::Workspaces,
        ItemKind::Capture(_) => Family::Captures,
        ItemKind::Option(_) => Family::Options,
        ItemKind::Attribute(_) => Family::Attributes,
        ItemKind::Set(_) => Family::Sets,
        _ => Family::Block,
    }
}
