//! Rules and their clauses.

use super::printer::{Atom, Printer};
use super::text::{quoted, width};
use crate::rules::ast::{
    Clause, ClauseKind, Grade, Ident, Match, OrNone, Picks, Rule, Update, WorkspaceEntry,
};
use crate::rules::source::Span;

/// Where the clauses of a block begin.
const INDENT: usize = 2;
/// Where what a clause says begins, unless its keyword is longer.
const BODY: usize = INDENT + 8;
/// Workspaces that stand on one line.
const FEW: usize = 2;

impl Printer<'_> {
    pub(super) fn rule(&mut self, rule: &Rule) {
        self.out.push_str(&format!("{} {}", rule.kind.as_str(), quoted(&rule.name)));
        if let Some(old) = &rule.formerly {
            self.out.push_str(&format!(" formerly {}", quoted(old)));
        }
        if let Some(like) = &rule.like {
            self.out.push_str(&format!(" like {}", quoted(like)));
        }
        self.open(rule.block.span);
        for clause in &rule.clauses {
            self.leading(clause.node.span, INDENT, false);
            self.docs(&clause.docs, INDENT);
            self.clause(clause);
            self.trailing(clause.node.span.end, INDENT);
        }
        self.close(rule.block.span.end);
    }

    fn clause(&mut self, clause: &Clause) {
        self.indent(INDENT);
        match &clause.node.node {
            ClauseKind::Match(Match::Everyone(_)) => self.keyword("match", "everyone"),
            ClauseKind::Match(Match::Condition(condition)) | ClauseKind::Except(condition) => {
                self.keyword(clause.node.keyword(), "");
                self.gap(condition.span.start, BODY, "");
                self.condition(condition, BODY, 0);
            }
            ClauseKind::Seats(picks) => self.picks("seats", picks, clause.node.span),
            ClauseKind::Capture(picks) => self.picks("capture", picks, clause.node.span),
            ClauseKind::Home(home) => self.keyword("home", home),
            ClauseKind::Workspaces(entries) => self.workspaces(entries, clause.node.span),
            ClauseKind::Option { option, choice } => {
                self.keyword("option", &format!("{} {}", option.node, or_none(choice)));
            }
            ClauseKind::Update(update) => {
                let atoms = update_atoms(update, &padded("update"), clause.node.span);
                self.flow(&atoms, BODY);
            }
        }
    }

    fn keyword(&mut self, word: &str, what: &str) {
        self.out.push_str(&padded(word));
        self.out.push_str(what);
    }

    fn picks(&mut self, word: &str, picks: &Picks, place: Span) {
        let (first, names) = match picks {
            Picks::None(_) => (format!("{}none", padded(word)), [].as_slice()),
            Picks::All { except, .. } if except.is_empty() => {
                (format!("{}all", padded(word)), [].as_slice())
            }
            Picks::All { except, .. } => {
                (format!("{}all except ", padded(word)), except.as_slice())
            }
            Picks::List(names) => (padded(word), names.as_slice()),
        };
        let atoms = name_atoms(&first, names, place);
        self.flow(&atoms, BODY);
    }

    fn workspaces(&mut self, entries: &[WorkspaceEntry], place: Span) {
        self.out.push_str("workspaces {");
        let name = |entry: &WorkspaceEntry| -> String {
            entry.workspace.node.clone().unwrap_or_else(|| "others".to_owned())
        };
        let written: Vec<(String, String)> =
            entries.iter().map(|entry| (name(entry), grade(&entry.grade.node))).collect();
        let all: Vec<String> =
            written.iter().map(|(name, grade)| format!("{name}: {grade}")).collect();
        let inline = all.join(", ");
        if entries.is_empty() && !self.pending(place.end) {
            self.out.push('}');
            return;
        }
        if entries.len() <= FEW && !self.pending(place.end) && self.fits(&inline, 3) {
            self.out.push_str(&format!(" {inline} }}"));
            return;
        }
        let longest = written.iter().map(|(name, _)| width(name)).max().unwrap_or(0).min(BODY * 4);
        for (entry, (name, grade)) in entries.iter().zip(written) {
            self.broken_gap(entry.workspace.span.start, INDENT + 2);
            let blanks = (longest + 1).saturating_sub(width(&name)).max(1);
            self.out.push_str(&format!("{name}:{}{grade}", " ".repeat(blanks)));
        }
        self.closing_gap(place.end, INDENT + 2, INDENT);
        self.out.push('}');
    }
}

/// A keyword and the blanks up to what it says.
fn padded(word: &str) -> String {
    let blanks = (BODY - INDENT).saturating_sub(word.len()).max(1);
    format!("{word}{}", " ".repeat(blanks))
}

fn grade(grade: &Grade) -> String {
    match grade {
        Grade::None => "none".to_owned(),
        Grade::Profile(profile) => profile.node.clone(),
        Grade::AtMost(profile) => format!("at most {}", profile.node),
    }
}

pub(super) fn or_none(name: &OrNone<Ident>) -> &str {
    match name {
        OrNone::None(_) => "none",
        OrNone::Some(name) => name,
    }
}

/// Names parted by commas behind a first text.
pub(super) fn name_atoms(first: &str, names: &[Ident], place: Span) -> Vec<Atom> {
    let Some((head, rest)) = names.split_first() else { return vec![Atom::new(place, first)] };
    let last = names.len() - 1;
    let comma = |index: usize| if index < last { "," } else { "" };
    let mut atoms = vec![Atom::new(place, format!("{first}{}{}", head.node, comma(0)))];
    for (index, name) in rest.iter().enumerate() {
        atoms.push(Atom::new(name.span, format!("{}{}", name.node, comma(index + 1))));
    }
    atoms
}

/// An update mode behind its keyword.
pub(super) fn update_atoms(update: &Update, keyword: &str, place: Span) -> Vec<Atom> {
    let mode = if update.automatic { "automatic" } else { "manual" };
    let mut atoms = vec![Atom::new(place, format!("{keyword}{mode}"))];
    let last = update.except.len().saturating_sub(1);
    for (index, area) in update.except.iter().enumerate() {
        let comma = if index < last { "," } else { "" };
        let text = format!("{}{comma}", area.as_str());
        if index == 0 {
            // A line may not begin with `except` here: it would be a clause.
            if let Some(atom) = atoms.first_mut() {
                atom.text.push_str(&format!(" except {text}"));
            }
        } else {
            atoms.push(Atom::new(area.span, text));
        }
    }
    atoms
}
