//! `provisor simulate`: plays a timeline of events through the rules.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Args, ValueEnum};
use provisor::decide::{Groups, Membership, Person, RuleSet};
use provisor::reconcile::timeline::{self, BrakeState, MemberGroup, Simulation, Step, Told};
use provisor::reconcile::{Context, GroupNames, Reconciled, Target, rules_naming};
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::output::{self, Look, Output};
use crate::rules;

/// Bytes of a timeline; it is written by hand.
const LIMIT: usize = 64 * 1024 * 1024;

/// Which timeline, under which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: provisor simulate first-week.json --rules sales.rules

A timeline is a JSON file: { \"events\": [ { \"create\": { \"person\": \"ana\", \"user\": { … } } },
{ \"changeGroups\": { \"person\": \"ana\", \"add\": [\"Sales\"] } }, { \"deactivate\": \"ana\" } ] }
docs/formats.md describes every step.")]
pub struct Arguments {
    /// The timeline; `-` is standard input
    timeline: String,
    /// The rules in force at its start
    #[arg(long, value_name = "FILE")]
    rules: String,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// How steps are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// A JSON object a step.
    Ndjson,
}

/// Plays every step and prints what it does.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    files::stdin_once([&arguments.timeline, &arguments.rules])?;
    let timeline = read(&arguments.timeline)?;
    let mut rules = rules::load(&arguments.rules, output)?;
    let mut simulation = Simulation::new(&timeline);
    // What decisions noted before, by person: said again only when it changes.
    let mut noted = BTreeMap::new();
    let mut number = 0;
    for (index, step) in timeline.events.iter().enumerate() {
        if let Step::Rules(path) = step {
            rules = rules::load(&beside(&arguments.timeline, path), output)?;
        }
        if !matches!(step, Step::Note(_)) {
            number += 1;
        }
        let model = rules.model();
        let context = Context::new(&model.catalogue, &model.settings);
        let named = naming(&rules, &simulation, step);
        let fresh = is_fresh(&simulation, step);
        // One list of notes for each answer: each is decided once, in order.
        let mut notes = Vec::new();
        let mut decide = |user: &Map<String, Value>, groups: &[MemberGroup]| {
            let (target, said) = decide(&rules, user, groups);
            notes.push(said);
            target
        };
        let told = simulation.step(&context, step, &mut decide).map_err(|error| {
            let what = format!("cannot play step {number} of `{}`", arguments.timeline);
            let failure = Failure::new(what).why(error.message());
            error.advice().into_iter().fold(failure, Failure::help)
        })?;
        notes.resize_with(told.answers.len(), Vec::new);
        for ((person, _), notes) in told.answers.iter().zip(&mut notes) {
            let before = noted.insert(person.clone(), notes.clone()).unwrap_or_default();
            notes.retain(|note| !before.contains(note));
        }
        let played = Played { number, step, told, notes, named, fresh };
        let text = match arguments.format {
            Format::Text => played.in_words(index == 0, output.out),
            Format::Ndjson => format!("{}\n", played.as_json()),
        };
        output.print(&text)?;
    }
    Ok(Exit::Clean)
}

/// A step, and all that there is to say about it.
struct Played<'a> {
    /// From 1; a note has that of the step before.
    number: usize,
    step: &'a Step,
    told: Told,
    /// What the decision of each answer noted anew.
    notes: Vec<Vec<String>>,
    /// Rules that name the group that is deleted.
    named: Vec<NamedRule>,
    /// The source has not sent the person before.
    fresh: bool,
}

/// A rule that names a group.
struct NamedRule {
    kind: &'static str,
    name: String,
    /// `sales.rules:7:9`, where it does.
    place: String,
}

fn read(name: &str) -> Result<timeline::Timeline, Failure> {
    let failure = || Failure::new(format!("cannot read `{}`", files::shown(name)));
    let bytes = files::read(name, LIMIT)?;
    if bytes.len() > LIMIT {
        return Err(failure().why(format!("it has more than {LIMIT} bytes")));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| failure().why("it is not UTF-8").help("save it as UTF-8"))?;
    timeline::parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let failure = failure().why(match error.line() {
            Some(line) => format!("{} (line {line})", error.message()),
            None => error.message().to_owned(),
        });
        let failure = error.advice().into_iter().fold(failure, Failure::help);
        failure.help("`provisor simulate --help` shows the form of a timeline")
    })
}

/// A path of the timeline's folder.
fn beside(timeline: &str, path: &str) -> String {
    let folder = Path::new(timeline).parent().unwrap_or(Path::new(""));
    folder.join(path).display().to_string()
}

/// The rules that name the group which a step deletes, by any name that it bears or bore.
fn naming(rules: &RuleSet, simulation: &Simulation, step: &Step) -> Vec<NamedRule> {
    let Step::DeleteGroup(group) = step else { return Vec::new() };
    let facts = simulation.group_facts(group);
    let former = facts.into_iter().flat_map(|facts| &facts.former_names);
    let mut all: Vec<NamedRule> = Vec::new();
    for name in std::iter::once(group).chain(former) {
        let names = GroupNames {
            name,
            id: facts.and_then(|facts| facts.id.as_deref()),
            external_id: facts.and_then(|facts| facts.external_id.as_deref()),
        };
        for named in rules_naming(rules.model(), names) {
            let (kind, name) = (named.rule.kind.as_str(), named.rule.name.clone());
            if !all.iter().any(|other| (other.kind, &other.name) == (kind, &name)) {
                all.push(NamedRule { kind, name, place: rules.sources().locate(named.span) });
            }
        }
    }
    all
}

/// Whether an update is the first that the source sends of a person.
fn is_fresh(simulation: &Simulation, step: &Step) -> bool {
    let Step::Update { person, .. } = step else { return false };
    simulation.people().get(person).is_some_and(|person| person.record.is_none())
}

/// The decision, and its notes.
fn decide(
    rules: &RuleSet,
    user: &Map<String, Value>,
    groups: &[MemberGroup],
) -> (Target, Vec<String>) {
    let memberships: Vec<Membership> = groups
        .iter()
        .map(|group| Membership {
            name: Some(group.name.clone()),
            id: group.id.clone(),
            external_id: group.external_id.clone(),
            direct: true,
            former_names: group.former_names.clone(),
            deleted: group.deleted,
        })
        .collect();
    let mut person = Person::new();
    let user = Value::Object(user.clone());
    match person.read_value(rules, &user, Groups::Given(&memberships)) {
        Ok(()) => {
            let decision = rules.decide(&person);
            let notes = decision.report().notes.into_iter().map(|note| note.message.to_string());
            (decision.target(), notes.collect())
        }
        // Somebody who cannot be read gets nothing; an object always can.
        Err(_) => (Target::Deactivated, Vec::new()),
    }
}

impl Played<'_> {
    fn in_words(&self, first: bool, look: Look) -> String {
        let heading = output::shown(&heading(self.step, self.fresh));
        if let Step::Note(_) = self.step {
            let blank = if first { "" } else { "\n" };
            return format!("{blank}{}\n", look.paint(&format!("# {heading}"), output::FAINT));
        }
        let mut text = look.paint(&format!("{:>3}  {heading}", self.number), output::STRONG);
        text.push('\n');
        for NamedRule { kind, name, place } in &self.named {
            let line = output::shown(&format!("{kind} \"{name}\" still names it, at {place}"));
            let label = look.paint("warning", output::WARNING);
            text.push_str(&format!("       {label}  {line}\n"));
        }
        for ((person, answer), notes) in self.told.answers.iter().zip(&self.notes) {
            let lines = answer_lines(answer, notes, look);
            let nothing = if lines.is_empty() { "   nothing changes" } else { "" };
            text.push_str(&format!(
                "       {}{}{nothing}\n",
                output::shown(person),
                in_force(answer)
            ));
            for line in lines {
                text.push_str(&format!("         {line}\n"));
            }
        }
        if let Some(brake) = self.told.brake {
            text.push_str(&format!("       {}\n", brake_line(brake, look)));
        }
        text
    }

    fn as_json(&self) -> Value {
        let each = self.told.answers.iter().zip(&self.notes);
        let answers: Vec<Value> = each
            .map(|((person, answer), notes)| {
                json!({ "person": person, "answer": answer, "notes": notes })
            })
            .collect();
        let brake = self.told.brake.map(
            |brake| json!({ "losing": brake.losing, "allowed": brake.allowed, "held": brake.on }),
        );
        let named: Vec<Value> = (self.named.iter())
            .map(|rule| json!({ "kind": rule.kind, "name": rule.name, "place": rule.place }))
            .collect();
        let number = (!matches!(self.step, Step::Note(_))).then_some(self.number);
        json!({
            "step": number,
            "event": self.step,
            "namedBy": named,
            "answers": answers,
            "brake": brake,
        })
    }
}

/// The assignment in force after the step.
fn in_force(answer: &Reconciled) -> String {
    let record = answer.record.as_ref();
    match record.map(|record| (record.active, record.assignment.as_ref())) {
        Some((true, Some(assignment))) => {
            format!("   \"{}\"", output::shown(&assignment.name))
        }
        Some((false, _)) => "   deactivated".to_owned(),
        Some((true, None)) | None => String::new(),
    }
}

fn answer_lines(answer: &Reconciled, said: &[String], look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &answer.changes {
        let (mark, style) =
            if change.takes { ("-", output::REMOVED) } else { ("+", output::ADDED) };
        lines.push(look.paint(&format!("{mark} {}", output::shown(&change.to_string())), style));
    }
    for refusal in &answer.refusals {
        let text = format!("refused  {}", output::shown(&refusal.to_string()));
        lines.push(look.paint(&text, output::WARNING));
        lines.push(format!("  help: {}", refusal.help()));
    }
    let held = answer.held.iter().map(|held| format!("held     {held}"));
    let drift = answer.drift.iter().map(|drift| format!("drift    {drift}"));
    let notes = answer.notes.iter().map(|note| format!("note     {note}"));
    lines.extend(
        held.chain(drift)
            .chain(notes)
            .chain(said.iter().map(|note| format!("note     {note}")))
            .map(|line| output::shown(&line)),
    );
    if let Some(pending) = answer.record.as_ref().and_then(|record| record.pending) {
        let why = match pending {
            provisor::reconcile::Pending::Adoption => "until the groups arrive",
            provisor::reconcile::Pending::Rules => "until the source sends the person again",
        };
        lines.push(format!("pending  {why}"));
    }
    lines
}

fn brake_line(brake: BrakeState, look: Look) -> String {
    let allowed = brake.allowed.map_or("any number".to_owned(), |n| n.to_string());
    let text = format!("brake: takes from {}, allowed are {allowed}", members(brake.losing));
    if brake.on {
        look.paint(&format!("{text}; removals are held"), output::WARNING)
    } else {
        look.paint(&text, output::FAINT)
    }
}

fn members(count: u64) -> String {
    if count == 1 { "1 member".to_owned() } else { format!("{count} members") }
}

/// A step in words.
fn heading(step: &Step, fresh: bool) -> String {
    let list = |names: &std::collections::BTreeSet<String>, all: &str| {
        if names.is_empty() {
            all.to_owned()
        } else {
            names.iter().cloned().collect::<Vec<_>>().join(", ")
        }
    };
    match step {
        Step::Note(note) => note.clone(),
        Step::Create(arrival) => format!("the source sends {}", arrival.person),
        Step::Adopt { person, .. } => {
            format!("the source sends {person}, whom the product had before")
        }
        Step::Update { person, set } if set.is_empty() => {
            format!("the source sends {person}{}", if fresh { "" } else { " again" })
        }
        Step::Update { person, set } => {
            let names: Vec<&str> = set.keys().map(String::as_str).collect();
            let names = names.join(", ");
            if fresh {
                format!("the source sends {person} with a new {names}")
            } else {
                format!("the source changes {names} of {person}")
            }
        }
        Step::ChangeGroups { person, add, remove } => {
            let mut parts = Vec::new();
            if !add.is_empty() {
                parts.push(format!("joins {}", list(add, "")));
            }
            if !remove.is_empty() {
                parts.push(format!("leaves {}", list(remove, "")));
            }
            format!("{person} {}", parts.join(" and "))
        }
        Step::Edit(edit) => format!("{} edits {} by hand", editor(edit.by), edit.person),
        Step::Deactivate(person) => format!("the source deactivates {person}"),
        Step::Reactivate(person) => format!("the source reactivates {person}"),
        Step::Delete(person) => format!("the source deletes {person}"),
        Step::DeleteGroup(group) => format!("the source deletes the group {group}"),
        Step::RenameGroup { group, to, former_name_listed } => {
            let listed = if *former_name_listed { "" } else { ", and the former name is not kept" };
            format!("the source renames the group {group} to {to}{listed}")
        }
        Step::Rules(path) => format!("the rules are now {path}"),
        Step::Apply(people) => {
            format!("the host applies what is pending of {}", list(people, "everybody"))
        }
        Step::Confirm(people) => {
            format!("the host confirms held removals of {}", list(people, "everybody"))
        }
    }
}

fn editor(by: provisor::reconcile::Editor) -> &'static str {
    match by {
        provisor::reconcile::Editor::Admin => "an admin",
        provisor::reconcile::Editor::Manager => "a manager",
        provisor::reconcile::Editor::Csv => "a CSV import",
    }
}
