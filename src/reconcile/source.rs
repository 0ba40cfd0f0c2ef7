//! Events that come from the source, the rules or the host: rows 1 to 12.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::diff::{self, Causes};
use super::event::Event;
use super::holds;
use super::nevers;
use super::outcome::{Cause, Drift, DriftKind, Note, Reconciled};
use super::record::{InForce, Mode, Pending, Record};
use super::rows::{Act, AreaSituation, Arrival, Row, Situation, row};
use super::target::{AreaName, Target, Wanted};
use super::values::{Item, Value, Values};
use super::wanted::Effective;

/// Any event but deletion, confirmation and hand edits.
pub(super) fn happen(
    context: &Context<'_>,
    record: Option<&Record>,
    event: &Event,
    target: &Target,
) -> Reconciled {
    let (basis, fresh) = match record {
        Some(record) if !record.closed => (record.clone(), false),
        _ => (arrive(context, record, event), true),
    };
    match target {
        Target::Deactivated => inactive(context, basis, fresh),
        Target::Active(decided) => {
            Happening { context, basis: &basis, fresh, event, decided }.settle()
        }
    }
}

/// The record of somebody who has none. After deletion the same name is a creation, even where
/// the product still has something of it.
fn arrive(context: &Context<'_>, closed: Option<&Record>, event: &Event) -> Record {
    let Event::Adopted(found) = event else {
        return Record::new(Values::default(), false, BTreeSet::new());
    };
    // Rules never switched these on, so they stand.
    let vetoes = found.capture.iter().filter(|id| context.is_veto(id)).cloned().collect();
    Record::new(found.clone(), closed.is_none(), vetoes)
}

/// Rows 9 to 11.
fn inactive(context: &Context<'_>, basis: Record, fresh: bool) -> Reconciled {
    let mut after = basis.clone();
    if fresh {
        after.inert = context.inert(&after.now);
        return Reconciled::nothing(Some(after));
    }
    if !basis.active {
        return Reconciled::nothing(Some(basis));
    }
    after.active = false;
    // Reactivation decides anew whatever the rules say then; an adoption still waits.
    after.pending = basis.pending.filter(|pending| *pending == Pending::Adoption);
    if context.settings.deactivate_releases_seats {
        after.released = std::mem::take(&mut after.now.seats);
    }
    after.inert = context.inert(&after.now);
    let changes = diff::changes(context, &basis, &after, |_, _| Cause::Released);
    Reconciled { changes, ..Reconciled::nothing(Some(after)) }
}

/// Row 13: as row 10, but seats are released whatever the setting, and the record is closed.
pub(super) fn delete(context: &Context<'_>, record: Option<&Record>) -> Reconciled {
    let Some(basis) = record.filter(|record| !record.closed) else {
        return Reconciled::nothing(record.cloned());
    };
    let mut after = basis.clone();
    after.active = false;
    after.closed = true;
    after.pending = None;
    after.held.clear();
    after.released.extend(std::mem::take(&mut after.now.seats));
    after.inert = context.inert(&after.now);
    let changes = diff::changes(context, basis, &after, |_, _| Cause::Released);
    Reconciled { changes, ..Reconciled::nothing(Some(after)) }
}

/// One event of somebody whom the source says is active.
struct Happening<'a> {
    context: &'a Context<'a>,
    basis: &'a Record,
    /// There was no record.
    fresh: bool,
    event: &'a Event,
    decided: &'a Wanted,
}

/// What each area fell under; empty where nothing but nevers may write.
type Rows = BTreeMap<AreaName, (Row, Act)>;

impl Happening<'_> {
    fn settle(&self) -> Reconciled {
        let Self { context, basis, decided, .. } = *self;
        let mut after = basis.clone();
        after.active = true;
        // Released seats come back before anything is decided about them.
        let released = std::mem::take(&mut after.released);
        after.now.seats.extend(released);
        let effective = Effective::new(context, decided, &after.standing);
        holds::forget_wanted(&mut after, &effective);
        let returned = after.clone();

        let quiet = self.is_quiet();
        let rows = if quiet { Rows::new() } else { self.follow(&mut after, &effective) };
        let held = holds::bind(context, decided, basis, &mut after, |a| is_written(&rows, a));
        if quiet && *self.event == Event::RulesChanged {
            after.pending = self.pending(&after, &effective);
        }
        after.inert = context.inert(&after.now);

        let causes = Causes { context, basis, decided, effective: &effective, rows: &rows };
        let mut changes = diff::changes(context, basis, &after, |item, was| causes.of(item, was));
        for change in &mut changes {
            change.over_hand_edit =
                change.cause != Cause::BroughtBack && by_hand(&returned, &effective, &change.item);
        }
        let held = held
            .into_iter()
            .map(|(item, becomes)| {
                let was = after.now.get(&item);
                let cause = causes.of(&item, was.as_ref());
                let mut change = diff::change(context, &after, item, was, becomes, cause);
                change.over_hand_edit = by_hand(&returned, &effective, &change.item);
                change
            })
            .collect();
        Reconciled {
            changes,
            held,
            drift: drift(&after, &effective, &rows),
            notes: self.notes(&after, &effective, &rows),
            ..Reconciled::nothing(Some(after))
        }
    }

    /// Whether only nevers may write: the rules changed and wait for the source, or a group was
    /// renamed and its members are still found by the former name. An event that finds the
    /// member deactivated is a return whatever its name.
    fn is_quiet(&self) -> bool {
        let settings = self.context.settings;
        match self.event {
            Event::RulesChanged => !settings.propagate_at_once && (self.fresh || self.basis.active),
            Event::GroupRenamed { former_name_listed } => {
                *former_name_listed
                    && !settings.group_identity_name
                    && self.basis.active
                    && self.basis.assignment.is_some()
            }
            _ => false,
        }
    }

    /// Rows 1 to 8 and 12: writes what they write, and lets the record follow the winner.
    fn follow(&self, after: &mut Record, effective: &Effective<'_>) -> Rows {
        let Self { context, basis, decided, .. } = *self;
        let settings = context.settings;
        let reapply = settings.reactivate_always && !self.fresh && !basis.active;
        let same = basis.assignment.as_ref().is_some_and(|last| is_same(last, decided));
        let adopting = basis.pending == Some(Pending::Adoption) && decided.default && same;
        let arrival = match &basis.assignment {
            None if basis.adopted => Some(Arrival::Adopted),
            None => Some(Arrival::Created),
            // Until a move the groups have probably not arrived.
            Some(_) if adopting && !reapply => Some(Arrival::Adopted),
            Some(_) => None,
        };
        // Applying is the host's word that the default is meant.
        let waits = decided.default && *self.event != Event::Apply;
        let member = Situation { arrival, waits, reapply, moved: !same, placed: basis.placed };

        let mut rows = Rows::new();
        for area in AreaName::ALL {
            let automatic = decided.automatic.contains(&area);
            let now = if automatic { Mode::Automatic } else { Mode::Manual };
            let by_hand = area_items(after, effective, area)
                .iter()
                .any(|item| by_hand(after, effective, item));
            let (row, act) =
                row(settings, member, AreaSituation { now, before: basis.mode(area), by_hand });
            if act == Act::Write {
                write(after, effective, area);
            }
            if act == Act::Write || after.modes.contains_key(&area) {
                after.modes.insert(area, now);
            }
            rows.insert(area, (row, act));
        }
        let adopted = arrival == Some(Arrival::Adopted);
        after.placed |= !decided.default || (adopted && !settings.on_adopt_apply);
        after.pending = (adopted && waits).then_some(Pending::Adoption);
        after.assignment =
            Some(InForce { name: decided.assignment.clone(), default: decided.default });
        rows
    }

    /// What waits for the source after a change of rules: whatever would be written or recorded
    /// if it sent the person now. A new name of the same assignment is not worth waiting.
    fn pending(&self, after: &Record, effective: &Effective<'_>) -> Option<Pending> {
        let mut applied = after.clone();
        let rows = self.follow(&mut applied, effective);
        holds::bind(self.context, self.decided, self.basis, &mut applied, |area| {
            is_written(&rows, area)
        });
        applied.pending = after.pending;
        if after.assignment.as_ref().is_some_and(|last| is_same(last, self.decided)) {
            applied.assignment.clone_from(&after.assignment);
        }
        match self.basis.pending {
            Some(Pending::Adoption) => Some(Pending::Adoption),
            _ => (applied != *after).then_some(Pending::Rules),
        }
    }

    fn notes(&self, after: &Record, effective: &Effective<'_>, rows: &Rows) -> Vec<Note> {
        let Self { context, basis, decided, .. } = *self;
        let mut notes = Vec::new();
        for veto in basis.standing.difference(&after.standing) {
            let nevers = decided.forbidden_capture.get(veto).cloned().unwrap_or_default();
            notes.push(Note::NoLongerStands { veto: veto.clone(), nevers });
        }
        for id in basis.released.difference(&after.now.seats) {
            let item = Item::Seat(id.clone());
            if let Some(nevers) = nevers::forbidding(context, decided, &item, &Value::On) {
                notes.push(Note::StaysAway { item, nevers: nevers.to_vec() });
            }
        }
        if is_written(rows, AreaName::Capture) {
            for (id, vetoes) in &effective.kept_off {
                let item = Item::Capture(id.clone());
                notes.push(Note::KeptOff { item, vetoes: vetoes.clone() });
            }
        }
        notes.extend(diff::inert_notes(context, after, |item| !basis.inert.contains(item)));
        for item in after.now.items() {
            if after.now.get(&item).is_some_and(|value| !context.knows(&item, &value)) {
                notes.push(Note::Unknown { item });
            }
        }
        notes
    }
}

fn is_written(rows: &Rows, area: AreaName) -> bool {
    rows.get(&area).is_some_and(|(_, act)| *act == Act::Write)
}

/// An assignment is the same if its name or its former name is.
fn is_same(last: &InForce, decided: &Wanted) -> bool {
    last.name == decided.assignment || decided.formerly.as_ref() == Some(&last.name)
}

fn area_items(record: &Record, effective: &Effective<'_>, area: AreaName) -> BTreeSet<Item> {
    let mut items = record.items();
    items.extend(effective.items());
    items.retain(|item| item.area() == area && effective.governs(item));
    items
}

fn write(record: &mut Record, effective: &Effective<'_>, area: AreaName) {
    for item in area_items(record, effective, area) {
        record.now.set(&item, effective.value(&item));
        record.written.set(&item, effective.written(&item));
    }
}

/// Whether an item was changed by hand since it was last written. Standing vetoes and what they
/// exclude are looked after by themselves, and what is nobody's is free.
fn by_hand(record: &Record, effective: &Effective<'_>, item: &Item) -> bool {
    let guarded = matches!(item, Item::Capture(id)
        if record.standing.contains(id) || effective.protected.contains_key(id));
    !guarded && effective.governs(item) && record.now.get(item) != record.written.get(item)
}

fn drift(record: &Record, effective: &Effective<'_>, rows: &Rows) -> Vec<Drift> {
    let mut drift = Vec::new();
    for area in AreaName::ALL {
        if is_written(rows, area) {
            continue;
        }
        for item in area_items(record, effective, area) {
            let (now, written) = (record.now.get(&item), record.written.get(&item));
            let decided = effective.value(&item);
            // What is there is what is wanted, however it came about; what is held is listed.
            if now == decided || record.held(&item).is_some() {
                continue;
            }
            let by_hand = (now != written).then_some(DriftKind::ChangedByHand);
            let not_applied = (written != decided).then_some(DriftKind::NotApplied);
            for kind in by_hand.into_iter().chain(not_applied) {
                let (now, written, decided) = (now.clone(), written.clone(), decided.clone());
                drift.push(Drift { item: item.clone(), kind, now, written, decided });
            }
        }
    }
    drift
}
