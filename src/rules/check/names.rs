//! Name spaces: what is declared, twice declared (N102), unknown (N101) or unused (N103).

use std::collections::HashMap;

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::Ident;
use crate::rules::load::Role;
use crate::rules::source::Span;

/// What can be declared; each kind has a name space of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Seat,
    Profile,
    Workspace,
    Capture,
    Option,
    Set,
    Attribute,
    Fixture,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Seat,
        Self::Profile,
        Self::Workspace,
        Self::Capture,
        Self::Option,
        Self::Set,
        Self::Attribute,
        Self::Fixture,
    ];

    /// As people say it: `capture item`.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Seat => "seat",
            Self::Profile => "profile",
            Self::Workspace => "workspace",
            Self::Capture => "capture item",
            Self::Option => "option",
            Self::Set => "set",
            Self::Attribute => "attribute",
            Self::Fixture => "user",
        }
    }

    /// With its article: `an option`.
    pub(super) fn a_noun(self) -> String {
        let article = if matches!(self, Self::Option | Self::Attribute) { "an" } else { "a" };
        format!("{article} {}", self.noun())
    }

    /// The word that declares one.
    fn keyword(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            other => other.noun(),
        }
    }
}

/// All name spaces.
pub(super) struct Names<'t> {
    spaces: [Space<'t>; Kind::ALL.len()],
}

#[derive(Default)]
struct Space<'t> {
    by_name: HashMap<&'t str, u32>,
    entries: Vec<Entry<'t>>,
}

struct Entry<'t> {
    name: &'t str,
    span: Span,
    used: bool,
    /// Declared in a file that others may use too.
    shared: bool,
}

impl<'t> Names<'t> {
    /// Nothing declared yet.
    pub(super) fn new() -> Self {
        Self { spaces: std::array::from_fn(|_| Space::default()) }
    }

    /// Declares a name. `false` (and N102) if it is taken; otherwise the item has the next number
    /// of its kind.
    pub(super) fn declare(
        &mut self,
        kind: Kind,
        id: &'t Ident,
        role: Role,
        report: &mut Report,
    ) -> bool {
        let Some(space) = self.spaces.get_mut(kind as usize) else { return false };
        let earlier = space.by_name.get(id.node.as_str()).copied();
        if let Some(entry) = earlier.and_then(|n| space.entries.get_mut(n as usize)) {
            report.push(twice(id.span, entry.span, kind.noun(), &id.node));
            // Whether it is used cannot be told while it is declared twice.
            entry.used = true;
            return false;
        }
        let number = u32::try_from(space.entries.len()).unwrap_or(u32::MAX);
        space.by_name.insert(&id.node, number);
        space.entries.push(Entry {
            name: &id.node,
            span: id.span,
            used: false,
            shared: role == Role::Used,
        });
        true
    }

    /// The number of a name, or N101. Counts as a use.
    pub(super) fn find(&mut self, kind: Kind, id: &Ident, report: &mut Report) -> Option<u32> {
        let found = self.peek(kind, &id.node);
        match found {
            Some(number) => {
                self.mark_used(kind, number);
            }
            None => self.report_unknown(kind, id, None, report),
        }
        found
    }

    /// The same within the declaration of `own`, which is never what was meant.
    pub(super) fn find_other(
        &mut self,
        kind: Kind,
        id: &Ident,
        own: &str,
        report: &mut Report,
    ) -> Option<u32> {
        let found = self.peek(kind, &id.node);
        match found {
            Some(number) => self.mark_used(kind, number),
            None => self.report_unknown(kind, id, Some(own), report),
        }
        found
    }

    /// The number of a name if it is declared; no use and no finding.
    pub(super) fn peek(&self, kind: Kind, name: &str) -> Option<u32> {
        self.space(kind)?.by_name.get(name).copied()
    }

    /// Counts a use.
    pub(super) fn mark_used(&mut self, kind: Kind, number: u32) {
        let space = self.spaces.get_mut(kind as usize);
        if let Some(entry) = space.and_then(|s| s.entries.get_mut(number as usize)) {
            entry.used = true;
        }
    }

    /// Where an item's name is declared.
    pub(super) fn span(&self, kind: Kind, number: u32) -> Option<Span> {
        Some(self.space(kind)?.get(number)?.span)
    }

    /// The names of a kind in order.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &'t str> {
        self.space(kind).into_iter().flat_map(|space| space.entries.iter().map(|e| e.name))
    }

    /// N103: sets, attributes and users that nothing uses. Files that are `use`d are shared with
    /// other rule files, so nothing is said of what they declare.
    pub(super) fn report_unused(&self, report: &mut Report) {
        for kind in [Kind::Set, Kind::Attribute, Kind::Fixture] {
            let entries = self.space(kind).into_iter().flat_map(|space| &space.entries);
            for entry in entries.filter(|entry| !entry.used && !entry.shared) {
                let finding = Diagnostic::new(
                    Code::N103,
                    entry.span,
                    format!("{} `{}` is declared, but nothing uses it", kind.noun(), entry.name),
                );
                report.push(finding.help(match kind {
                    Kind::Fixture => "write a test about this person, or remove it",
                    _ => "use it in a rule, or remove it",
                }));
            }
        }
    }

    fn report_unknown(&self, kind: Kind, id: &Ident, own: Option<&str>, report: &mut Report) {
        let name = &id.node;
        let others: Vec<Kind> =
            Kind::ALL.into_iter().filter(|k| *k != kind && self.peek(*k, name).is_some()).collect();
        if let Some(other) = others.first() {
            let declared = self.peek(*other, name).and_then(|number| self.span(*other, number));
            let mut finding = Diagnostic::new(
                Code::N101,
                id.span,
                format!("`{name}` is {}, not {}", other.a_noun(), kind.a_noun()),
            );
            if let Some(span) = declared {
                finding = finding.related(span, format!("`{name}` is declared here"));
            }
            report.push(finding.help(self.known(kind)));
            return;
        }
        report.unknown(
            id.span,
            name,
            format!("no {} is called `{name}`", kind.noun()),
            self.of(kind).filter(|name| Some(*name) != own),
            || Some(self.known(kind)),
        );
    }

    /// The help line that lists what there is.
    fn known(&self, kind: Kind) -> String {
        let mut names = self.of(kind);
        let shown: Vec<String> = names.by_ref().take(8).map(|n| format!("`{n}`")).collect();
        let rest = names.count();
        if shown.is_empty() {
            return format!(
                "no {} is declared; declare one with `{} …`, or `use` the file that does",
                kind.noun(),
                kind.keyword()
            );
        }
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!("there is {}{more}", shown.join(", "))
    }

    fn space(&self, kind: Kind) -> Option<&Space<'t>> {
        self.spaces.get(kind as usize)
    }
}

impl<'t> Space<'t> {
    fn get(&self, number: u32) -> Option<&Entry<'t>> {
        self.entries.get(number as usize)
    }
}

/// N102 for something that stands twice.
pub(super) fn twice(second: Span, first: Span, noun: &str, name: &str) -> Diagnostic {
    Diagnostic::new(Code::N102, second, format!("{noun} `{name}` is declared twice"))
        .label("again")
        .related(first, "first declared here")
        .help("remove one of them, or give it another name")
}

/// Names in one list, each of which may stand there once.
#[derive(Default)]
pub(super) struct Once<'t> {
    seen: HashMap<&'t str, Span>,
}

impl<'t> Once<'t> {
    /// Whether the name is new; otherwise N102: `what` names the list (`the seats of this rule`).
    pub(super) fn admit(&mut self, id: &'t Ident, what: &str, report: &mut Report) -> bool {
        match self.seen.insert(&id.node, id.span) {
            None => true,
            Some(first) => {
                report.push(listed_twice(id.span, first, &id.node, what));
                false
            }
        }
    }
}

/// N102 for something that one list names twice.
pub(super) fn listed_twice(second: Span, first: Span, name: &str, what: &str) -> Diagnostic {
    Diagnostic::new(Code::N102, second, format!("`{name}` stands twice in {what}"))
        .label("again")
        .related(first, "first here")
        .help("once is enough: remove one of them, or put right the one that was meant otherwise")
}
