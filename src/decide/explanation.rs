//! A decision explained to people: what, from which rule, and the value behind each condition.
//!
//! ```text
//! bert@ext.acme.com
//!   assignment  "EMEA account executives"   sales.rules:18   first of 3 that match
//!       title starts with "Account Executive"   true   ("Account Executive II")
//!   seats       none
//!       gong   from the assignment, removed by never "seats for contractors" (userType is "Contractor")
//! ```

use super::report::{DroppedItem, Gets, ItemKind, Named, Report, UpdateMode, Updates};
use super::{CondForm, CondTrace, Decision, Explanation, RuleTrace};
use crate::diagnostic::render::width::harmless_text;

/// What a piece of an explanation is, for whoever paints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Piece {
    /// The person, and the assignment that won.
    Strong,
    /// Places and details.
    Faint,
    /// The title of a section.
    Title,
    /// What holds.
    Holds,
    /// What does not.
    Fails,
}

/// Paints a piece, such as with escape sequences (`ESC […m`) of a terminal.
pub type Paint<'a> = &'a dyn Fn(&str, Piece) -> String;

/// Leaves everything as it is.
pub fn plain(text: &str, _: Piece) -> String {
    text.to_owned()
}

/// Conditions longer than this push their column no further.
const WIDEST: usize = 64;

/// Everything about one person, each line ended. `nameless` names somebody who has no name.
/// Values of the person are in it.
pub fn render(
    explanation: &Explanation<'_>,
    decision: &Decision<'_>,
    nameless: &str,
    paint: Paint<'_>,
) -> String {
    let report = &explanation.decision;
    let name = name(report).unwrap_or(nameless);
    let mut page = Page { text: String::new(), paint };
    page.line(0, &paint(&shown(name), Piece::Strong));
    match &report.outcome {
        None => page.section("deactivated", "the source says that the person is not active"),
        Some(gets) => page.outcome(explanation, decision, gets),
    }
    page.notes(report);
    page.text
}

/// What one rule asked, matched or not.
pub fn render_rule(trace: &RuleTrace<'_>, paint: Paint<'_>) -> String {
    let mut page = Page { text: String::new(), paint };
    let (word, style) = verdict(trace.matched, "matches", "does not match");
    let head = format!("{} \"{}\"", trace.kind.as_str(), shown(trace.name));
    let place = paint(&shown(line_of(&trace.place)), Piece::Faint);
    page.line(0, &format!("{head}   {place}   {}", paint(word, style)));
    page.conditions(trace);
    page.text
}

struct Page<'a> {
    text: String,
    paint: Paint<'a>,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn section(&mut self, title: &str, text: &str) {
        self.painted_section(title, &shown(text));
    }

    /// A section whose text is harmless and may hold colours of ours.
    fn painted_section(&mut self, title: &str, text: &str) {
        let title = (self.paint)(title, Piece::Title);
        // Escape sequences take no room.
        let pad = " ".repeat(12_usize.saturating_sub(plain_length(&title)).max(2));
        self.line(2, &format!("{title}{pad}{text}"));
    }

    fn detail(&mut self, text: &str) {
        let text = (self.paint)(&shown(text), Piece::Faint);
        self.line(6, &text);
    }

    fn outcome(&mut self, explanation: &Explanation<'_>, decision: &Decision<'_>, gets: &Gets<'_>) {
        self.assignment(explanation, gets);
        let why = Why { explanation, decision, gets };
        let names = |list: &[Named<'_>]| match list {
            [] => "none".to_owned(),
            some => some.iter().map(|item| item.name).collect::<Vec<_>>().join(", "),
        };
        self.section("seats", &names(&gets.seats));
        self.details(why.granted(ItemKind::Seat));
        self.details(why.dropped(ItemKind::Seat));
        if let Some(home) = gets.home {
            self.section("home", home.name);
        }
        self.section("workspaces", &why.workspaces());
        self.details(why.granted(ItemKind::Profile));
        self.section("capture", &names(&gets.capture));
        self.details(why.granted(ItemKind::Capture));
        self.details(why.dropped(ItemKind::Capture));
        let chosen = options(gets, " ");
        if !chosen.is_empty() {
            self.section("options", &chosen.join(", "));
        }
        self.section("update", &update(gets.update));
    }

    fn assignment(&mut self, explanation: &Explanation<'_>, gets: &Gets<'_>) {
        let won = &gets.assignment;
        let which = match (won.default, gets.also_matched.len()) {
            (true, _) => "the default: no other matches".to_owned(),
            (false, 0) => "the only one that matches".to_owned(),
            (false, others) => format!("first of {} that match", others + 1),
        };
        let name = format!("\"{}\"", shown(won.name));
        let name = (self.paint)(&name, Piece::Strong);
        let place = (self.paint)(&shown(line_of(&won.place)), Piece::Faint);
        self.painted_section("assignment", &format!("{name}   {place}   {which}"));
        for trace in explanation.rules.iter().filter(|trace| trace.won && !won.default) {
            self.conditions(trace);
        }
        if !gets.also_matched.is_empty() {
            let others: Vec<String> =
                gets.also_matched.iter().map(|name| format!("\"{name}\"")).collect();
            self.detail(&format!("also matching: {}", others.join(", ")));
        }
    }

    fn conditions(&mut self, trace: &RuleTrace<'_>) {
        let mut rows = Vec::new();
        collect(&trace.matches, 0, "", &mut rows);
        if let Some(except) = &trace.except {
            collect(except, 0, "except ", &mut rows);
        }
        let width = rows.iter().map(|row| row.words.chars().count()).filter(|n| *n <= WIDEST).max();
        let width = width.unwrap_or(WIDEST);
        for row in rows {
            let (word, style) = verdict(row.held, "true", "false");
            let behind = match (row.behind.is_empty(), row.held) {
                (true, _) => String::new(),
                (false, true) => format!("    ({})", row.behind),
                (false, false) => format!("   ({})", row.behind),
            };
            let verdict = (self.paint)(word, style);
            let words = shown(&row.words);
            self.line(6, &format!("{words:<width$}   {verdict}{}", shown(&behind)));
        }
    }

    fn details(&mut self, details: Vec<String>) {
        for detail in details {
            self.detail(&detail);
        }
    }

    fn notes(&mut self, report: &Report<'_>) {
        for (index, note) in report.notes.iter().enumerate() {
            if index == 0 {
                self.section("notes", &note.message);
            } else {
                self.line(14, &shown(&note.message));
            }
        }
    }
}

fn verdict(held: bool, yes: &'static str, no: &'static str) -> (&'static str, Piece) {
    if held { (yes, Piece::Holds) } else { (no, Piece::Fails) }
}

fn plain_length(text: &str) -> usize {
    let mut length = 0;
    let mut escape = false;
    for c in text.chars() {
        match (escape, c) {
            (false, '\u{1b}') => escape = true,
            (false, _) => length += 1,
            (true, 'm') => escape = false,
            (true, _) => {}
        }
    }
    length
}

/// `sales.rules:18` of `sales.rules:18:1`.
fn line_of(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(line, _)| line)
}

/// A line of a condition.
struct Row {
    words: String,
    held: bool,
    /// Values or groups.
    behind: String,
}

/// Conditions as lines; what must hold together stands on one level.
fn collect(trace: &CondTrace<'_>, depth: usize, prefix: &str, rows: &mut Vec<Row>) {
    let row = |words: &str, behind: String| Row {
        words: format!("{}{prefix}{words}", "  ".repeat(depth)),
        held: trace.held,
        behind,
    };
    match trace.form {
        CondForm::All if depth == 0 && prefix.is_empty() => {
            for part in &trace.parts {
                collect(part, depth, prefix, rows);
            }
        }
        CondForm::All | CondForm::Any => {
            let words = if trace.form == CondForm::All { "all of these" } else { "one of these" };
            rows.push(row(words, String::new()));
            for part in &trace.parts {
                collect(part, depth + 1, "", rows);
            }
        }
        CondForm::Not => match trace.parts.first() {
            Some(inner) if inner.parts.is_empty() => rows.push(row(&trace.words, behind(inner))),
            inner => {
                rows.push(row("not", String::new()));
                if let Some(inner) = inner {
                    collect(inner, depth + 1, "", rows);
                }
            }
        },
        CondForm::Element => {
            let which = trace.element.map_or(String::new(), |n| format!("element {n}"));
            rows.push(row(&trace.words, which));
            for part in &trace.parts {
                // The element's own conditions, on one level.
                match part.form {
                    CondForm::All => {
                        part.parts.iter().for_each(|part| collect(part, depth + 1, "", rows));
                    }
                    _ => collect(part, depth + 1, "", rows),
                }
            }
        }
        _ => rows.push(row(&trace.words, behind(trace))),
    }
}

fn behind(trace: &CondTrace<'_>) -> String {
    let mut shown: Vec<String> = trace.values.iter().map(ToString::to_string).collect();
    shown.extend(trace.groups.iter().map(|group| (*group).to_owned()));
    if trace.more > 0 {
        shown.push(format!("and {} more", trace.more));
    }
    if shown.is_empty() && trace.form == CondForm::Test {
        shown.push("no value".to_owned());
    }
    shown.join(", ")
}

/// The conditions that made a rule match, in its own words.
fn because(trace: &CondTrace<'_>) -> String {
    match trace.form {
        CondForm::All => trace.parts.iter().map(because).collect::<Vec<_>>().join(" and "),
        CondForm::Any => trace.parts.iter().find(|part| part.held).map(because).unwrap_or_default(),
        _ => trace.words.to_string(),
    }
}

/// Where things come from and why others do not stand.
struct Why<'a, 'd> {
    explanation: &'a Explanation<'d>,
    decision: &'a Decision<'d>,
    gets: &'a Gets<'d>,
}

impl Why<'_, '_> {
    /// `never "seats for contractors" (userType is "Contractor")`
    fn rule(&self, kind: &str, name: &str) -> String {
        let trace = self.explanation.rules.iter().find(|t| t.name == name && t.matched);
        match trace.map(|trace| because(&trace.matches)).filter(|words| !words.is_empty()) {
            Some(words) => format!("{kind} \"{name}\" ({words})"),
            None => format!("{kind} \"{name}\""),
        }
    }

    /// What stands and only grants give.
    fn granted(&self, kind: ItemKind) -> Vec<String> {
        let Some(winner) = self.decision.winner() else { return Vec::new() };
        let mut lines = Vec::new();
        for grant in self.decision.grants() {
            let names: Vec<String> = match kind {
                ItemKind::Seat => self
                    .decision
                    .seats()
                    .filter(|(id, _)| grant.seats.contains(id) && !winner.seats.contains(id))
                    .map(|(_, item)| item.naming.id.clone())
                    .collect(),
                ItemKind::Capture => self
                    .decision
                    .captures()
                    .filter(|(id, _)| grant.captures.contains(id) && !winner.captures.contains(id))
                    .map(|(_, item)| item.naming.id.clone())
                    .collect(),
                ItemKind::Profile => self
                    .decision
                    .workspaces()
                    .filter_map(|(id, item, profile)| {
                        let profile = profile?;
                        let own = winner.workspaces.get(id.index()).copied().flatten();
                        let given = grant.workspaces.contains(&(id, profile));
                        let name = &self.decision.model().catalogue.profile(profile)?.naming.id;
                        (given && own != Some(profile))
                            .then(|| format!("{} {name}", item.naming.id))
                    })
                    .collect(),
            };
            if !names.is_empty() {
                let rule = self.rule("grant", &grant.head.name);
                lines.push(format!("{}   from {rule}", names.join(", ")));
            }
        }
        lines
    }

    /// What was asked and does not stand, things with one reason on one line.
    fn dropped(&self, kind: ItemKind) -> Vec<String> {
        let mut reasons: Vec<(String, Vec<&DroppedItem<'_>>)> = Vec::new();
        for item in self.gets.dropped.iter().filter(|item| item.kind == kind) {
            let reason = self.reason(item, false);
            match reasons.iter_mut().find(|(other, _)| *other == reason) {
                Some((_, items)) => items.push(item),
                None => reasons.push((reason, vec![item])),
            }
        }
        reasons
            .into_iter()
            .map(|(_, items)| {
                let names: Vec<&str> = items.iter().map(|item| item.name).collect();
                let reason = items.first().map(|item| self.reason(item, items.len() > 1));
                format!("{}   {}", names.join(", "), reason.unwrap_or_default())
            })
            .collect()
    }

    /// Each workspace with a profile, or with one that was asked: `emea none (rep withheld: …)`.
    fn workspaces(&self) -> String {
        let mut parts = Vec::new();
        for workspace in &self.gets.workspaces {
            let dropped: Vec<String> = self
                .gets
                .dropped
                .iter()
                .filter(|item| item.workspace == Some(workspace.name))
                .map(|item| format!("{} {}", item.name, self.reason(item, false)))
                .collect();
            let profile = match workspace.profile {
                Some(profile) => profile.name,
                None if dropped.is_empty() => continue,
                None => "none",
            };
            let dropped = if dropped.is_empty() {
                String::new()
            } else {
                format!(" ({})", dropped.join("; "))
            };
            parts.push(format!("{} {profile}{dropped}", workspace.name));
        }
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    }

    fn reason(&self, item: &DroppedItem<'_>, many: bool) -> String {
        let winner = self.gets.assignment.name;
        let grants: Vec<String> = item
            .asked_by
            .iter()
            .filter(|name| **name != winner)
            .map(|name| format!("grant \"{name}\""))
            .collect();
        let from_winner = item.asked_by.contains(&winner);
        let from = match (from_winner, grants.is_empty()) {
            (true, true) if item.cause == "removed" => "from the assignment, ".to_owned(),
            (true, true) => String::new(),
            (true, false) => format!("from the assignment and {}, ", grants.join(" and ")),
            (false, _) => format!("from {}, ", grants.join(" and ")),
        };
        let nevers: Vec<String> = item.nevers.iter().map(|name| self.rule("never", name)).collect();
        let missing: Vec<String> = item
            .missing
            .iter()
            .map(|missing| match missing.kind {
                ItemKind::Seat => format!("seat {}", missing.name),
                ItemKind::Capture | ItemKind::Profile => missing.name.to_owned(),
            })
            .collect();
        let reason = match item.cause {
            "removed" => format!("removed by {}", nevers.join(" and ")),
            "vetoed" => format!("switched off by veto {}", item.vetoes.join(", ")),
            "withheld" => {
                let needs = if many { "need" } else { "needs" };
                format!("withheld: {needs} {}", missing.join(", "))
            }
            "lowered" => {
                let to = item.lowered_to.map_or(String::new(), |to| format!(" to {to}"));
                format!("lowered{to} by {}", nevers.join(" and "))
            }
            other => other.to_owned(),
        };
        format!("{from}{reason}")
    }
}

/// Who it is: userName, or else displayName, id or externalId.
pub fn name<'a>(report: &Report<'a>) -> Option<&'a str> {
    let user = &report.user;
    user.user_name.or(user.display_name).or(user.id).or(user.external_id)
}

/// `automatic except capture`
pub fn update(updates: Updates) -> String {
    let areas = [
        ("seats", updates.seats),
        ("workspaces", updates.workspaces),
        ("capture", updates.capture),
        ("options", updates.options),
    ];
    let of = |mode| areas.iter().filter(move |area| area.1 == mode).map(|area| area.0);
    let automatic: Vec<&str> = of(UpdateMode::Automatic).collect();
    let manual: Vec<&str> = of(UpdateMode::Manual).collect();
    match (automatic.len(), manual.len()) {
        (_, 0) => "automatic".to_owned(),
        (0, _) => "manual".to_owned(),
        (a, m) if a >= m => format!("automatic except {}", manual.join(", ")),
        _ => format!("manual except {}", automatic.join(", ")),
    }
}

/// Governed options with their choice.
pub fn options(gets: &Gets<'_>, between: &str) -> Vec<String> {
    let choice = |choice: Option<Named<'_>>| choice.map_or("none", |c| c.name).to_owned();
    gets.options.iter().map(|o| format!("{}{between}{}", o.name, choice(o.choice))).collect()
}

/// Text from outside, made harmless for a terminal.
fn shown(text: &str) -> String {
    harmless_text(text)
}
