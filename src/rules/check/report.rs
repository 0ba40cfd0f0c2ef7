//! Where findings are collected while checking runs.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Applicability, Code, Diagnostic, Diagnostics, Severity, suggest};
use crate::rules::ast::ItemKind;
use crate::rules::load::Tree;
use crate::rules::source::{FileId, Span};

/// Work that suggestions may cost in one run, in compared characters squared: a file full of
/// unknown names must not take time in proportion to their square.
const SUGGESTION_WORK: usize = 40_000_000;

/// The findings so far, and what is known about the text that gave rise to the tree.
pub(super) struct Report {
    list: Vec<Diagnostic>,
    context: Option<String>,
    work_left: usize,
    broken: BrokenText,
}

impl Report {
    /// Starts with the findings of reading.
    pub(super) fn new(tree: &Tree) -> Self {
        Self {
            list: Vec::new(),
            context: None,
            work_left: SUGGESTION_WORK,
            broken: BrokenText::of(tree),
        }
    }

    /// From now on findings are about this item.
    pub(super) fn enter(&mut self, context: impl Into<String>) {
        self.context = Some(context.into());
    }

    /// From now on findings are about no item.
    pub(super) fn leave(&mut self) {
        self.context = None;
    }

    /// Adds a finding, in the context of the current item unless it says another.
    pub(super) fn push(&mut self, mut diagnostic: Diagnostic) {
        if diagnostic.context.is_none() {
            diagnostic.context.clone_from(&self.context);
        }
        self.list.push(diagnostic);
    }

    /// Adds a finding if there is one.
    pub(super) fn extend(&mut self, diagnostic: Option<Diagnostic>) {
        if let Some(diagnostic) = diagnostic {
            self.push(diagnostic);
        }
    }

    /// The known name nearest to a written one; none when too much has been spent on it.
    pub(super) fn nearest<'a>(
        &mut self,
        written: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let left = &mut self.work_left;
        let affordable = known.take_while(|name| {
            let cost = (written.len().min(256) + 1) * (name.len().min(256) + 1);
            *left = left.saturating_sub(cost);
            *left > 0
        });
        suggest::nearest(written, affordable)
    }

    /// Reports a name that nothing declares, with the nearest known one. `unknown` is the message,
    /// `fallback` the help where nothing is near.
    ///
    /// Where a declaration could not be read, a name that resembles nothing is most likely the
    /// one declared there, and a name that is misspelt has its finding: then nothing is said.
    pub(super) fn unknown<'a>(
        &mut self,
        span: Span,
        written: &str,
        message: String,
        known: impl Iterator<Item = &'a str>,
        fallback: impl FnOnce() -> Option<String>,
    ) {
        if self.is_broken_within(span) {
            return;
        }
        let mut finding = Diagnostic::new(Code::N101, span, message);
        match self.nearest(written, known) {
            Some(name) => finding = suggestion(finding, span, written, name),
            None if self.broken.items_are_missing => return,
            None => finding.help.extend(fallback()),
        }
        self.push(finding.label("not declared"));
    }

    /// Whether declarations or rules may be missing because they could not be read.
    pub(super) fn items_are_missing(&self) -> bool {
        self.broken.items_are_missing
    }

    /// Whether anything could not be read, so that what looks unused may be used.
    pub(super) fn text_is_broken(&self) -> bool {
        !self.broken.places.is_empty()
    }

    /// Whether something within a place could not be read.
    pub(super) fn is_broken_within(&self, span: Span) -> bool {
        let Some(starts) = self.broken.places.get(&span.file) else { return false };
        let first = starts.partition_point(|start| *start < span.start);
        starts.get(first).is_some_and(|start| *start < span.end)
    }

    /// All findings, those of reading included, in the order to show.
    ///
    /// Reading takes a value that it cannot read (`01`, `yes`) for a text that lacks its quotes.
    /// Where the attribute is no text, what fits its type is said instead.
    pub(super) fn finish(self, tree: &Tree) -> Diagnostics {
        let mistyped = self.list.iter().filter(|finding| finding.code == Code::T201);
        let mistyped: HashSet<Span> = mistyped.map(|finding| finding.span).collect();
        let outdone = |d: &Diagnostic| d.code == Code::P002 && mistyped.contains(&d.span);
        let mut all = Diagnostics::new();
        all.extend(tree.diagnostics.iter().filter(|d| !outdone(d)).cloned());
        all.extend(self.list);
        all.sort();
        all
    }
}

/// Adds "did you mean" with its fix.
pub(super) fn suggestion(finding: Diagnostic, span: Span, written: &str, name: &str) -> Diagnostic {
    let certainty = certainty(written, name);
    finding.help(suggest::did_you_mean(name)).fix(format!("write `{name}`"), span, name, certainty)
}

/// How sure a suggestion is: a difference in letter case or separators alone is mended unasked.
pub(super) fn certainty(written: &str, meant: &str) -> Applicability {
    let squash = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
    };
    if squash(written) == squash(meant) {
        Applicability::MachineApplicable
    } else {
        Applicability::MaybeIncorrect
    }
}

/// Where the text could not be read.
struct BrokenText {
    /// Starts of the errors of reading, in order.
    places: HashMap<FileId, Vec<u32>>,
    /// One of them lies outside every item that was read, or a file is missing.
    items_are_missing: bool,
}

impl BrokenText {
    fn of(tree: &Tree) -> Self {
        let errors = tree.diagnostics.iter().filter(|d| d.severity() == Severity::Error);
        let mut items_are_missing = errors.clone().any(|error| error.code == Code::N104);
        // A header that is missing, or a file that is named twice, takes no item away.
        let errors = errors.filter(|d| !matches!(d.code, Code::P001 | Code::N102));
        let mut places: HashMap<FileId, Vec<u32>> = HashMap::new();
        for error in errors {
            places.entry(error.span.file).or_default().push(error.span.start);
        }
        for starts in places.values_mut() {
            starts.sort_unstable();
        }
        for loaded in &tree.files {
            let Some(starts) = places.get(&loaded.id) else { continue };
            let mut items = loaded.file.items.iter().peekable();
            for start in starts {
                while items.next_if(|item| item.node.span.end <= *start).is_some() {}
                let inside = items.peek().is_some_and(|item| item.node.span.start <= *start);
                items_are_missing |= !inside;
            }
        }
        Self { places, items_are_missing }
    }
}

/// What a finding within an item says about it: `assignment "Sales"`, `seat gong`.
pub(super) fn context_of(item: &ItemKind) -> Option<String> {
    Some(match item {
        ItemKind::Include(_)
        | ItemKind::Use(_)
        | ItemKind::UseCatalogue { .. }
        | ItemKind::ProfileOrder(_) => return None,
        ItemKind::Setting(setting) => format!("setting {}", setting.name.node),
        ItemKind::Limit { seat, .. } => format!("limit {}", seat.node),
        ItemKind::Seat(seat) => format!("seat {}", seat.id.node),
        ItemKind::Profile(profile) => format!("profile {}", profile.id.node),
        ItemKind::Workspace(workspace) => format!("workspace {}", workspace.id.node),
        ItemKind::Capture(capture) => format!("capture {}", capture.id.node),
        ItemKind::Option(option) => format!("option {}", option.id.node),
        ItemKind::Attribute(attribute) => format!("attribute {}", attribute.id.node),
        ItemKind::Set(set) => format!("set {}", set.id.node),
        ItemKind::Rule(rule) => format!("{} \"{}\"", rule.kind.as_str(), rule.name.node),
        ItemKind::Fixture(fixture) => format!("user {}", fixture.id.node),
        ItemKind::Test(test) => format!("test \"{}\"", test.name.node),
        ItemKind::Prove(prove) => format!("prove \"{}\"", prove.name.node),
    })
}
