//! Hand edits: accepted whole or refused whole.

use std::collections::BTreeSet;

use super::context::Context;
use super::diff;
use super::event::{Edit, Editor, HandEdit};
use super::holds;
use super::nevers;
use super::outcome::{Cause, Note, Reason, Reconciled, Refusal};
use super::record::Record;
use super::target::{AreaName, Target, Wanted};
use super::values::{Item, Value};

/// A hand edit. The decision is that of the rules in force, pending or not: locks follow them at
/// once. A refused edit changes nothing at all.
pub(super) fn edit(
    context: &Context<'_>,
    record: Option<&Record>,
    edit: &HandEdit,
    target: &Target,
) -> Reconciled {
    let Some(record) = record else {
        return refused(None, vec![Refusal { item: None, reason: Reason::NoRecord }]);
    };
    let HandEdit { by, set } = edit;
    let parts = changing_parts(context, record, set);
    let mut refusals = Vec::new();
    if set.active.is_some_and(|active| active != record.active) {
        refusals.push(Refusal { item: None, reason: Reason::SourceOwns });
    }
    match target {
        Target::Active(decided) if record.active => {
            let judge = Judge {
                context,
                record,
                by: *by,
                decided,
                vetoes: vetoes(context, record, &parts),
            };
            let reasons = parts.iter().map(|(item, to)| (item, judge.refuse(item, to.as_ref())));
            refusals.extend(reasons.filter_map(|(item, reason)| {
                reason.map(|reason| Refusal { item: Some(item.clone()), reason })
            }));
            if refusals.is_empty() { judge.accept(&parts) } else { refused(Some(record), refusals) }
        }
        _ => {
            if !parts.is_empty() {
                refusals.push(Refusal { item: None, reason: Reason::Deactivated });
            }
            refused(Some(record), refusals)
        }
    }
}

fn refused(record: Option<&Record>, refusals: Vec<Refusal>) -> Reconciled {
    Reconciled { refusals, ..Reconciled::nothing(record.cloned()) }
}

/// The parts that change something, and those that ask for a veto.
fn changing_parts(
    context: &Context<'_>,
    record: &Record,
    set: &Edit,
) -> Vec<(Item, Option<Value>)> {
    let mut parts = set.parts();
    parts.retain(|(item, to)| {
        record.now.get(item) != *to || asks_for_veto(context, item, to.as_ref())
    });
    parts
}

fn asks_for_veto(context: &Context<'_>, item: &Item, to: Option<&Value>) -> bool {
    to.is_some() && matches!(item, Item::Capture(id) if context.is_veto(id))
}

/// The vetoes that would be on after the edit.
fn vetoes(
    context: &Context<'_>,
    record: &Record,
    parts: &[(Item, Option<Value>)],
) -> BTreeSet<String> {
    let mut after = record.now.clone();
    for (item, to) in parts {
        after.set(item, to.clone());
    }
    after.capture.retain(|id| context.is_veto(id));
    after.capture
}

struct Judge<'a> {
    context: &'a Context<'a>,
    record: &'a Record,
    by: Editor,
    decided: &'a Wanted,
    vetoes: BTreeSet<String>,
}

impl Judge<'_> {
    /// The first reason that refuses a part.
    fn refuse(&self, item: &Item, to: Option<&Value>) -> Option<Reason> {
        let Self { context, decided, .. } = *self;
        if to.is_some_and(|to| !context.knows(item, to)) {
            return Some(Reason::Unknown);
        }
        let capture = item.area() == AreaName::Capture;
        if self.by == Editor::Manager && capture && !context.settings.managers_edit_capture {
            return Some(Reason::ManagersMayNot);
        }
        if let Some(nevers) = to.and_then(|to| nevers::forbidding(context, decided, item, to)) {
            return Some(Reason::Forbidden(nevers.to_vec()));
        }
        if asks_for_veto(context, item, to) || self.ends_standing(item, to) || self.is_free(item) {
            return None;
        }
        if decided.automatic.contains(&item.area()) {
            return Some(Reason::Locked(decided.assignment.clone()));
        }
        let Item::Capture(id) = item else { return None };
        let over = context.vetoes_over(id).iter().filter(|veto| self.vetoes.contains(*veto));
        let over: Vec<String> = over.map(|veto| (*veto).to_owned()).collect();
        (to.is_some() && !over.is_empty()).then_some(Reason::Vetoed(over))
    }

    /// Switching off a standing veto that the rules do not ask for.
    fn ends_standing(&self, item: &Item, to: Option<&Value>) -> bool {
        to.is_none()
            && matches!(item, Item::Capture(id)
                if self.record.standing.contains(id) && !self.decided.capture.contains(id))
    }

    /// Home, or an option, that the winner leaves out is nobody's.
    fn is_free(&self, item: &Item) -> bool {
        match item {
            Item::Home => self.decided.home.is_none(),
            Item::Option(id) => !self.decided.options.contains_key(id),
            _ => false,
        }
    }

    fn accept(&self, parts: &[(Item, Option<Value>)]) -> Reconciled {
        let Self { context, record, decided, .. } = *self;
        let mut after = record.clone();
        let mut notes = Vec::new();
        for (item, to) in parts {
            after.now.set(item, to.clone());
            after.release(item);
            let Item::Capture(id) = item else { continue };
            if !context.is_veto(id) {
                continue;
            }
            if to.is_none() {
                after.standing.remove(id);
            } else if after.standing.insert(id.clone()) {
                notes.push(Note::Stands { veto: id.clone() });
            }
        }
        let asked = parts.iter().filter_map(|(item, to)| match item {
            Item::Capture(id) if asks_for_veto(context, item, to.as_ref()) => Some(id),
            _ => None,
        });
        for veto in asked {
            self.protect(&mut after, veto);
        }
        holds::bind(context, decided, record, &mut after, |_| false);
        after.inert = context.inert(&after.now);

        let by_hand: BTreeSet<&Item> = parts.iter().map(|(item, _)| item).collect();
        let changes = diff::changes(context, record, &after, |item, was| {
            self.cause(by_hand.contains(item), item, was)
        });
        notes.extend(diff::inert_notes(context, &after, |item| {
            by_hand.contains(item) || !record.inert.contains(item)
        }));
        Reconciled { changes, notes, ..Reconciled::nothing(Some(after)) }
    }

    /// What a veto excludes goes off, and it is reconcile that switches it off. Where the source
    /// decides and withheld items are not written, what requires it goes too, as it would at the
    /// next event.
    fn protect(&self, after: &mut Record, veto: &str) {
        let excluded: BTreeSet<String> =
            self.context.excluded_by(veto).map(str::to_owned).collect();
        let store = self.context.settings.withheld_store;
        for values in [&mut after.now, &mut after.written] {
            values.capture.retain(|id| !excluded.contains(id));
            if self.decided.automatic.contains(&AreaName::Capture) && !store {
                self.context.drop_dependents(&mut values.capture, &excluded);
            }
        }
        for id in excluded {
            after.release(&Item::Capture(id));
        }
    }

    fn cause(&self, edited: bool, item: &Item, was: Option<&Value>) -> Cause {
        if edited {
            return Cause::HandEdit;
        }
        let never = was.and_then(|was| nevers::forbidding(self.context, self.decided, item, was));
        if let Some(nevers) = never {
            return Cause::Never(nevers.to_vec());
        }
        let Item::Capture(id) = item else { return Cause::HandEdit };
        let over = self.context.vetoes_over(id).iter().filter(|veto| self.vetoes.contains(*veto));
        let over: Vec<String> = over.map(|veto| (*veto).to_owned()).collect();
        // What only requires an excluded item goes off for every veto that is on.
        Cause::StandingVeto(if over.is_empty() {
            self.vetoes.iter().cloned().collect()
        } else {
            over
        })
    }
}
