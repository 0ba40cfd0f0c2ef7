//! Fixtures, tests and proofs.

use super::conditions::word_and_text;
use super::printer::{Atom, Printer};
use super::rules::{name_atoms, or_none, update_atoms};
use super::text::{literal, quoted, width};
use crate::rules::ast::{
    Fixture, FixtureGroup, FixtureLine, FixtureValue, GroupChange, Ident, Outcome, Prove, Test,
};
use crate::rules::source::{Span, Spanned};

const INDENT: usize = 2;
/// Names of attributes are padded at most so far.
const FURTHEST: usize = 24;
/// `given` and `expect` with a blank.
const LINE_WORD: usize = 7;

impl Printer<'_> {
    pub(super) fn fixture(&mut self, fixture: &Fixture, span: Span) {
        self.out.push_str(&format!("user {}", fixture.id.node));
        if let Some(like) = &fixture.like {
            self.out.push_str(&format!(" like {}", like.node));
        }
        let head = fixture.like.as_ref().unwrap_or(&fixture.id).span.end;
        self.open_after(head);
        let names = fixture.lines.iter().map(|line| match &line.node {
            FixtureLine::Groups { .. } => width("groups"),
            FixtureLine::Attribute { path, .. } => width(path),
        });
        let longest = names.filter(|name| *name <= FURTHEST).max().unwrap_or(0);
        for line in &fixture.lines {
            self.leading(line.span, INDENT, false);
            self.indent(INDENT);
            let atoms = line_atoms(line, longest);
            self.flow(&atoms, INDENT + longest + 1);
            self.trailing(line.span.end, INDENT);
        }
        self.close(span.end);
    }

    /// Opens a block whose brace has no place of its own in the tree.
    fn open_after(&mut self, head: u32) {
        self.open(Span { start: head.saturating_sub(1), end: head, ..Span::default() });
    }

    pub(super) fn test(&mut self, test: &Test, span: Span) {
        self.out.push_str(&word_and_text("test", &test.name));
        self.open_after(test.name.span.end);
        self.leading(test.given.span, INDENT, false);
        self.indent(INDENT);
        let mut atoms = vec![Atom::new(test.given.span, format!("given  {}", test.given.node))];
        for line in &test.with {
            for (index, atom) in line_atoms(line, 0).into_iter().enumerate() {
                let with = if index == 0 { "with " } else { "" };
                atoms.push(Atom { text: format!("{with}{}", atom.text), ..atom });
            }
        }
        self.flow(&atoms, INDENT + LINE_WORD);
        let end = test.with.last().map_or(test.given.span.end, |line| line.span.end);
        self.trailing(end, INDENT);
        for expect in &test.expects {
            self.leading(expect.span, INDENT, false);
            self.indent(INDENT);
            let not = if expect.negated { "not " } else { "" };
            let mut atoms = outcome_atoms(&expect.outcome, expect.span);
            if let Some(first) = atoms.first_mut() {
                first.text.insert_str(0, &format!("expect {not}"));
            }
            self.flow(&atoms, INDENT + LINE_WORD);
            self.trailing(expect.span.end, INDENT);
        }
        self.close(span.end);
    }

    pub(super) fn prove(&mut self, prove: &Prove, span: Span) {
        self.out.push_str(&word_and_text("prove", &prove.name));
        self.open_after(prove.name.span.end);
        let condition = &prove.condition;
        let brace = self.code(prove.name.span.end);
        let start = self.code(brace + 1);
        self.leading(Span { start, ..condition.span }, INDENT, false);
        self.indent(INDENT);
        self.out.push_str(if prove.every { "every user where (" } else { "no user where (" });
        let atoms = outcome_atoms(&prove.outcome, span);
        let has: Vec<&str> = atoms.iter().map(|atom| atom.text.as_str()).collect();
        let has = format!(") has {}", has.join(" "));
        let inline = self.inline(condition);
        if !self.pending(condition.span.end) && self.fits(&inline, width(&has)) {
            self.out.push_str(&inline);
        } else {
            self.broken_gap(condition.span.start, INDENT + 2);
            self.condition(condition, INDENT + 2, 0);
            // A comment before the bracket stays before it.
            let bracket = self.code(condition.span.end);
            self.closing_gap(bracket + 1, INDENT + 2, INDENT);
        }
        self.out.push_str(&has);
        // The last thing inside the braces ends before the `}` does.
        self.trailing(span.end.saturating_sub(1), INDENT);
        self.close(span.end);
    }
}

fn line_atoms(line: &Spanned<FixtureLine>, longest: usize) -> Vec<Atom> {
    let padded = |name: &str| {
        let blanks = (longest + 1).saturating_sub(width(name)).max(1);
        format!("{name}{}", " ".repeat(blanks))
    };
    match &line.node {
        FixtureLine::Groups { change, groups } => {
            let sign = match change {
                GroupChange::Set => "",
                GroupChange::Add => "+ ",
                GroupChange::Remove => "- ",
            };
            let head = format!("{}{sign}", padded("groups"));
            parts(&head, groups.iter().map(|one| (one.name.span, fixture_group(one))), line.span)
        }
        FixtureLine::Attribute { path, value } => {
            let head = padded(path);
            match value {
                FixtureValue::None => vec![Atom::new(line.span, format!("{head}none"))],
                FixtureValue::Values(values) => {
                    parts(&head, values.iter().map(|value| (value.span, literal(value))), line.span)
                }
                FixtureValue::Elements(elements) => {
                    let elements = elements.iter().map(|element| {
                        let place = element.first().map_or(line.span, |(path, _)| path.span);
                        let inside: Vec<String> = element
                            .iter()
                            .map(|(path, value)| format!("{} {}", path.node, literal(value)))
                            .collect();
                        (place, format!("[ {} ]", inside.join(", ")))
                    });
                    parts(&head, elements, line.span)
                }
            }
        }
    }
}

/// Parts with commas behind a head; `none` if there are no parts.
fn parts(head: &str, parts: impl Iterator<Item = (Span, String)>, place: Span) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    for (span, text) in parts {
        match atoms.last_mut() {
            None => atoms.push(Atom::new(place, format!("{head}{text}"))),
            Some(last) => {
                last.text.push(',');
                atoms.push(Atom::new(span, text));
            }
        }
    }
    if atoms.is_empty() {
        atoms.push(Atom::new(place, format!("{head}none")));
    }
    atoms
}

fn fixture_group(group: &FixtureGroup) -> String {
    let mut text = quoted(&group.name);
    if let Some(id) = &group.id {
        text.push_str(&format!(" id {}", quoted(id)));
    }
    if let Some(id) = &group.external_id {
        text.push_str(&format!(" externalId {}", quoted(id)));
    }
    if group.indirectly {
        text.push_str(" indirectly");
    }
    if let Some(old) = &group.formerly {
        text.push_str(&format!(" formerly {}", quoted(old)));
    }
    text
}

/// What is expected or claimed.
fn outcome_atoms(outcome: &Outcome, place: Span) -> Vec<Atom> {
    let one = |text: String| vec![Atom::new(place, text)];
    let names = |word: &str, names: &[Ident]| match names {
        [] => one(format!("{word} none")),
        names => name_atoms(&format!("{word} "), names, place),
    };
    match outcome {
        Outcome::Deactivated => one("deactivated".to_owned()),
        Outcome::Assignment(name) => one(word_and_text("assignment", name)),
        Outcome::Because(name) => one(word_and_text("because", name)),
        Outcome::Seats(seats) => names("seats", seats),
        Outcome::Seat(seat) => one(format!("seat {}", seat.node)),
        Outcome::Home(home) => one(format!("home {}", or_none(home))),
        Outcome::Workspace { workspace, profile } => {
            one(format!("workspace {} {}", workspace.node, or_none(profile)))
        }
        Outcome::Capture { includes: true, items } => names("capture includes", items),
        Outcome::Capture { includes: false, items } => names("capture", items),
        Outcome::Option { option, choice } => {
            one(format!("option {} {}", option.node, or_none(choice)))
        }
        Outcome::Withheld(items) => names("withheld", items),
        Outcome::Removed(items) => names("removed", items),
        Outcome::Vetoed(items) => names("vetoed", items),
        Outcome::Update(update) => update_atoms(update, "update ", place),
    }
}
