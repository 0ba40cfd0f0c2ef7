//! Stories: a text tells what is decided and what happens; between the lines stands the answer.
//!
//! ```text
//! setting on_move target                    any setting
//! sales = automatic; seats gong, engage     what the assignment `sales` decides from here on
//! > created sales                           an event with the decision of `sales`
//! + seat gong  row 1                        the expected answer, up to the next input line
//! ? record                                  prints the record but for its values
//! ? now                                     prints what the member has
//! ```
//!
//! Every event happens twice: the second time must change nothing, and the record must survive
//! being stored and read.

use std::collections::BTreeMap;

use provisor::reconcile::{
    AreaName, Cause, CeilingOf, Change, Context, Drift, DriftKind, Edit, Editor, Event, HandEdit,
    Item, Note, Pending, Reason, Reconciled, Record, Refusal, Target, Value, Values, Wanted,
    reconcile,
};
use provisor::rules::model::{
    CaptureId, CaptureItem, Catalogue, MaxRemovals, Naming, OnMove, OptionItem, ProfileId,
    ProfileItem, SeatId, SeatItem, Settings, WorkspaceItem,
};
use provisor::rules::source::{FileId, Span};

/// Plays a story and compares it with itself.
#[track_caller]
pub fn check(story: &str) {
    let expected: Vec<&str> =
        story.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let actual = Player::default().play(&expected);
    assert!(expected == actual, "the story went otherwise:\n\n{}\n", actual.join("\n"));
}

/// Seats gong, engage, forecast (both need gong); profiles viewer < rep < manager < admin (rep and
/// manager need gong) and auditor outside the order; workspaces global, apac, and emea with viewer
/// and rep only; capture calendar, web (needs calendar and gong), phone (gong), email, export
/// (email), vetoes no_record over web and phone, no_calendar over calendar, no_email over email;
/// options consent and language.
pub fn catalogue() -> Catalogue {
    let seat = |id: &str, requires: &[u32]| SeatItem {
        naming: naming(id),
        limit: None,
        reserve: 0,
        requires: requires.iter().map(|id| SeatId(*id)).collect(),
    };
    let profile = |id: &str, gong: bool, rank: Option<u32>| ProfileItem {
        naming: naming(id),
        requires: if gong { vec![SeatId(0)] } else { Vec::new() },
        rank,
    };
    let workspace = |id: &str, offers: Option<&[u32]>| WorkspaceItem {
        naming: naming(id),
        offers: offers.map(|ids| ids.iter().map(|id| (ProfileId(*id), None)).collect()),
    };
    let capture = |id: &str, gong: bool, requires: &[u32], excludes: &[u32]| CaptureItem {
        naming: naming(id),
        requires_seats: if gong { vec![SeatId(0)] } else { Vec::new() },
        requires_captures: requires.iter().map(|id| CaptureId(*id)).collect(),
        excludes: excludes.iter().map(|id| CaptureId(*id)).collect(),
    };
    let option = |id: &str, choices: &[&str]| OptionItem {
        naming: naming(id),
        choices: choices.iter().map(|id| naming(id)).collect(),
    };
    Catalogue {
        seats: vec![seat("gong", &[]), seat("engage", &[0]), seat("forecast", &[0])],
        profiles: vec![
            profile("viewer", false, Some(0)),
            profile("rep", true, Some(1)),
            profile("manager", true, Some(2)),
            profile("admin", false, Some(3)),
            profile("auditor", false, None),
        ],
        workspaces: vec![
            workspace("global", None),
            workspace("emea", Some(&[0, 1])),
            workspace("apac", None),
        ],
        captures: vec![
            capture("calendar", false, &[], &[]),
            capture("web", true, &[0], &[]),
            capture("phone", true, &[], &[]),
            capture("email", false, &[], &[]),
            capture("export", false, &[3], &[]),
            capture("no_record", false, &[], &[1, 2]),
            capture("no_calendar", false, &[], &[0]),
            capture("no_email", false, &[], &[3]),
        ],
        options: vec![option("consent", &["eu", "us"]), option("language", &["en", "de"])],
    }
}

fn naming(id: &str) -> Naming {
    Naming { id: id.into(), label: id.into(), wire: None, span: Span::new(FileId(0), 0, 0) }
}

#[derive(Default)]
struct Player {
    settings: Settings,
    targets: BTreeMap<String, Target>,
    record: Option<Record>,
}

impl Player {
    fn play(&mut self, lines: &[&str]) -> Vec<String> {
        let mut told = Vec::new();
        for line in lines {
            if let Some(setting) = line.strip_prefix("setting ") {
                set(&mut self.settings, setting);
            } else if let Some(event) = line.strip_prefix("> ") {
                told.push((*line).to_owned());
                told.extend(self.happen(event));
                continue;
            } else if *line == "? record" {
                told.push((*line).to_owned());
                told.push(self.record.as_ref().map_or("none".into(), show_record));
                continue;
            } else if *line == "? now" {
                told.push((*line).to_owned());
                told.push(self.record.as_ref().map_or("none".into(), |r| show_values(&r.now)));
                continue;
            } else if let Some((name, decided)) = line.split_once(" = ") {
                self.targets.insert(name.to_owned(), target(name, decided));
            } else {
                continue;
            }
            told.push((*line).to_owned());
        }
        told
    }

    fn happen(&mut self, line: &str) -> Vec<String> {
        let (event, target) = self.event(line);
        let catalogue = catalogue();
        let context = Context::new(&catalogue, &self.settings);
        let answer = reconcile(&context, self.record.as_ref(), &event, &target);
        if !answer.refusals.is_empty() {
            assert_eq!(answer.record, self.record, "a refused edit changed the record: {line}");
            assert!(answer.changes.is_empty(), "a refused edit changed something: {line}");
        }
        let again = reconcile(&context, answer.record.as_ref(), &event, &target);
        assert_eq!(again.changes, [], "a second time changed something: {line}");
        assert_eq!(again.record, answer.record, "a second time changed the record: {line}");
        if let Some(record) = &answer.record {
            let stored = serde_json::to_string(record).unwrap();
            assert_eq!(&serde_json::from_str::<Record>(&stored).unwrap(), record);
        }
        self.record.clone_from(&answer.record);
        show(&answer)
    }

    fn event(&self, line: &str) -> (Event, Target) {
        if line == "deleted" {
            return (Event::Deleted, Target::Deactivated);
        }
        const EVENTS: &[(&str, fn() -> Event)] = &[
            ("created ", || Event::Created),
            ("updated ", || Event::Updated),
            ("groups changed ", || Event::GroupsChanged),
            ("group deleted ", || Event::GroupDeleted),
            ("group renamed, former name listed ", || Event::GroupRenamed {
                former_name_listed: true,
            }),
            ("group renamed ", || Event::GroupRenamed { former_name_listed: false }),
            ("rules changed ", || Event::RulesChanged),
            ("apply ", || Event::Apply),
            ("confirm ", || Event::Confirm),
        ];
        for (words, event) in EVENTS {
            if let Some(name) = line.strip_prefix(words) {
                return (event(), self.target(name));
            }
        }
        if let Some(rest) = line.strip_prefix("adopted ") {
            let (name, found) = rest.split_once("; ").unwrap_or((rest, ""));
            return (Event::Adopted(values(found)), self.target(name));
        }
        const EDITORS: &[(&str, Editor)] =
            &[("admin ", Editor::Admin), ("manager ", Editor::Manager), ("csv ", Editor::Csv)];
        for (word, by) in EDITORS {
            if let Some(rest) = line.strip_prefix(word) {
                let (name, parts) = rest.split_once(": ").expect("an edit has parts");
                return (
                    Event::HandEdit(HandEdit { by: *by, set: edit(parts) }),
                    self.target(name),
                );
            }
        }
        panic!("no such event: {line}");
    }

    fn target(&self, name: &str) -> Target {
        self.targets.get(name).unwrap_or_else(|| panic!("no such target: {name}")).clone()
    }
}

fn set(settings: &mut Settings, line: &str) {
    let (name, value) = line.split_once(' ').unwrap();
    let yes = matches!(value, "yes" | "apply" | "always" | "at_once" | "store" | "name");
    match name {
        "on_move" => {
            settings.on_move = match value {
                "either" => OnMove::Either,
                "target" => OnMove::Target,
                _ => OnMove::Always,
            }
        }
        "on_adopt" => settings.on_adopt_apply = yes,
        "reactivate_reapply" => settings.reactivate_always = yes,
        "deactivate_releases_seats" => settings.deactivate_releases_seats = yes,
        "propagate" => settings.propagate_at_once = yes,
        "withheld" => settings.withheld_store = yes,
        "group_identity" => settings.group_identity_name = yes,
        "managers_edit_capture" => settings.managers_edit_capture = yes,
        "max_removals" => {
            settings.max_removals = match value.strip_suffix(" %") {
                Some(percent) => MaxRemovals::Percent(percent.parse().unwrap()),
                None if value == "none" => MaxRemovals::None,
                None => MaxRemovals::Count(value.parse().unwrap()),
            }
        }
        _ => panic!("no such setting: {name}"),
    }
}

/// `default; automatic except capture; seats a, b; in emea: rep; home emea; capture c;
/// option consent: eu; withheld seat x; never n: seat x; formerly old` or `off`.
pub fn target(name: &str, text: &str) -> Target {
    if text == "off" {
        return Target::Deactivated;
    }
    let mut wanted = Wanted { assignment: name.to_owned(), ..Wanted::default() };
    let got = values(
        &text
            .split("; ")
            .filter(|clause| {
                ["seats ", "in ", "home ", "capture "].iter().any(|word| clause.starts_with(word))
            })
            .collect::<Vec<_>>()
            .join("; "),
    );
    (wanted.seats, wanted.workspaces, wanted.home, wanted.capture) =
        (got.seats, got.workspaces, got.home, got.capture);
    for clause in text.split("; ") {
        let (word, rest) = clause.split_once(' ').unwrap_or((clause, ""));
        match word {
            "default" => wanted.default = true,
            "formerly" => wanted.formerly = Some(rest.to_owned()),
            "automatic" => {
                wanted.automatic = AreaName::ALL.into();
                for area in rest.strip_prefix("except ").into_iter().flat_map(|r| r.split(", ")) {
                    wanted.automatic.retain(|a| a.word() != area);
                }
            }
            "manual" | "seats" | "in" | "home" | "capture" => {}
            "option" => {
                let (option, choice) = rest.split_once(": ").unwrap();
                let choice = (choice != "none").then(|| choice.to_owned());
                wanted.options.insert(option.to_owned(), choice);
            }
            "withheld" => match rest.split_once(' ').unwrap() {
                ("seat", id) => drop(wanted.withheld_seats.insert(id.to_owned())),
                ("capture", id) => drop(wanted.withheld_capture.insert(id.to_owned())),
                (_, place) => {
                    let (workspace, profile) = place.split_once(": ").unwrap();
                    wanted.withheld_workspaces.insert(workspace.into(), profile.into());
                }
            },
            "never" => forbid(&mut wanted, rest),
            _ => panic!("no such clause: {clause}"),
        }
    }
    Target::Active(wanted)
}

/// `contractors: seat gong`, `juniors: in emea at most viewer`, `guests: in emea none`
fn forbid(wanted: &mut Wanted, text: &str) {
    let (never, what) = text.split_once(": ").unwrap();
    let nevers = vec![never.to_owned()];
    match what.split_once(' ').unwrap() {
        ("seat", id) => drop(wanted.forbidden_seats.insert(id.to_owned(), nevers)),
        ("capture", id) => drop(wanted.forbidden_capture.insert(id.to_owned(), nevers)),
        (_, place) => {
            let (workspace, ceiling) = place.split_once(' ').unwrap();
            let profile = ceiling.strip_prefix("at most ").map(str::to_owned);
            wanted.ceilings.insert(workspace.to_owned(), CeilingOf { profile, nevers });
        }
    }
}

/// `seats a, b; in emea: rep; home emea; capture c; option consent: eu`
fn values(text: &str) -> Values {
    let mut values = Values::default();
    for clause in text.split("; ").filter(|clause| !clause.is_empty()) {
        let (word, rest) = clause.split_once(' ').unwrap();
        let list = || rest.split(", ").map(str::to_owned);
        match word {
            "seats" => values.seats.extend(list()),
            "capture" => values.capture.extend(list()),
            "home" => values.home = Some(rest.to_owned()),
            "in" => {
                let (workspace, profile) = rest.split_once(": ").unwrap();
                values.workspaces.insert(workspace.to_owned(), profile.to_owned());
            }
            "option" => {
                let (option, choice) = rest.split_once(": ").unwrap();
                values.options.insert(option.to_owned(), choice.to_owned());
            }
            _ => panic!("no such value: {clause}"),
        }
    }
    values
}

/// `+ seat engage, - capture email, in emea rep, in emea none, home apac, option consent eu,
/// active off`
fn edit(text: &str) -> Edit {
    let mut edit = Edit::default();
    for part in text.split(", ") {
        let words: Vec<&str> = part.split(' ').collect();
        let named = |name: &str| (name != "none").then(|| name.to_owned());
        match words[..] {
            [sign, "seat", id] => drop(edit.seats.insert(id.to_owned(), sign == "+")),
            [sign, "capture", id] => drop(edit.capture.insert(id.to_owned(), sign == "+")),
            ["in", id, profile] => drop(edit.workspaces.insert(id.to_owned(), named(profile))),
            ["option", id, choice] => drop(edit.options.insert(id.to_owned(), named(choice))),
            ["home", id] => edit.home = Some(id.to_owned()),
            ["active", word] => edit.active = Some(word == "on"),
            _ => panic!("no such part: {part}"),
        }
    }
    edit
}

/// An answer, one line a thing: refusals `x`, changes `+ - ~`, `held`, drift `!`, notes `i`.
pub fn show(answer: &Reconciled) -> Vec<String> {
    let refusals = answer.refusals.iter().map(show_refusal);
    let changes = answer.changes.iter().map(show_change);
    let held = answer.held.iter().map(|change| format!("held {}", show_change(change)));
    let drift = answer.drift.iter().map(show_drift);
    let notes = answer.notes.iter().map(show_note);
    refusals.chain(changes).chain(held).chain(drift).chain(notes).collect()
}

fn show_item(item: &Item) -> String {
    match item {
        Item::Seat(id) => format!("seat {id}"),
        Item::Workspace(id) => format!("in {id}"),
        Item::Home => "home".to_owned(),
        Item::Capture(id) => format!("capture {id}"),
        Item::Option(id) => format!("option {id}"),
    }
}

fn show_change(change: &Change) -> String {
    let Change { item, before, after, cause, .. } = change;
    let name =
        |value: &Option<Value>| value.as_ref().and_then(Value::name).unwrap_or("none").to_owned();
    let what = match (before, after) {
        (None, Some(Value::On)) => format!("+ {}", show_item(item)),
        (Some(Value::On), None) => format!("- {}", show_item(item)),
        _ => format!("~ {} {} -> {}", show_item(item), name(before), name(after)),
    };
    let cause = match cause {
        Cause::Row(row) => format!("row {}", row.number()),
        Cause::Never(nevers) => format!("never {}", nevers.join(" ")),
        Cause::StandingVeto(vetoes) => format!("veto {}", vetoes.join(" ")),
        Cause::Released => "released".to_owned(),
        Cause::BroughtBack => "brought back".to_owned(),
        Cause::HandEdit => "by hand".to_owned(),
        Cause::Confirmed => "confirmed".to_owned(),
    };
    let over = if change.over_hand_edit { ", over a hand edit" } else { "" };
    let inert = if change.inert { ", inert" } else { "" };
    format!("{what}  {cause}{over}{inert}")
}

fn show_refusal(refusal: &Refusal) -> String {
    let reason = match &refusal.reason {
        Reason::NoRecord => "no record".to_owned(),
        Reason::SourceOwns => "the source owns it".to_owned(),
        Reason::Deactivated => "deactivated".to_owned(),
        Reason::Unknown => "unknown".to_owned(),
        Reason::ManagersMayNot => "managers may not".to_owned(),
        Reason::Forbidden(nevers) => format!("forbidden by {}", nevers.join(" ")),
        Reason::Locked(assignment) => format!("locked by {assignment}"),
        Reason::Vetoed(vetoes) => format!("vetoed by {}", vetoes.join(" ")),
    };
    format!("x {}: {reason}", refusal.item.as_ref().map_or("member".into(), show_item))
}

fn show_drift(drift: &Drift) -> String {
    let kind = match drift.kind {
        DriftKind::ChangedByHand => "changed by hand",
        DriftKind::NotApplied => "not applied",
    };
    format!("! {} {kind}", show_item(&drift.item))
}

fn show_note(note: &Note) -> String {
    match note {
        Note::Inert { item, missing } => {
            let missing: Vec<String> = missing.iter().map(show_item).collect();
            format!("i {} does nothing without {}", show_item(item), missing.join(" and "))
        }
        Note::KeptOff { item, vetoes } => {
            format!("i {} kept off by {}", show_item(item), vetoes.join(" "))
        }
        Note::Stands { veto } => format!("i {veto} stands"),
        Note::NoLongerStands { veto, .. } => format!("i {veto} no longer stands"),
        Note::StaysAway { item, .. } => format!("i {} stays away", show_item(item)),
        Note::Unknown { item } => format!("i {} unknown", show_item(item)),
    }
}

fn show_values(values: &Values) -> String {
    let mut words: Vec<String> = Vec::new();
    for item in values.items() {
        let value = values.get(&item);
        let name = value.as_ref().and_then(Value::name).map(|name| format!(" {name}"));
        words.push(format!("{}{}", show_item(&item), name.unwrap_or_default()));
    }
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn show_record(record: &Record) -> String {
    let mut words = Vec::new();
    let assignment = record.assignment.as_ref();
    words.push(assignment.map_or("no assignment".into(), |a| a.name.clone()));
    let mut flag = |on: bool, word: &str| on.then(|| words.push(word.to_owned()));
    flag(!record.active, "inactive");
    flag(record.placed, "placed");
    flag(record.closed, "closed");
    flag(record.pending == Some(Pending::Adoption), "pending adoption");
    flag(record.pending == Some(Pending::Rules), "pending rules");
    for (area, mode) in &record.modes {
        words.push(format!("{} {mode:?}", area.word()).to_lowercase());
    }
    let lists = [("standing", &record.standing), ("released", &record.released)];
    for (word, list) in lists {
        if !list.is_empty() {
            words.push(format!("{word} {}", list.iter().cloned().collect::<Vec<_>>().join(" ")));
        }
    }
    for held in &record.held {
        let name = held.becomes.as_ref().and_then(Value::name).unwrap_or("none");
        words.push(format!("held {} to {name}", show_item(&held.item)));
    }
    for item in &record.inert {
        words.push(format!("inert {}", show_item(item)));
    }
    words.join(", ")
}
