//! From two records to changes with their causes.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::nevers;
use super::outcome::{Cause, Change, Note};
use super::record::Record;
use super::rows::{Act, Row};
use super::target::{AreaName, Wanted};
use super::values::{Item, Value};
use super::wanted::Effective;

/// What makes an event change an item.
pub(super) struct Causes<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) basis: &'a Record,
    pub(super) decided: &'a Wanted,
    pub(super) effective: &'a Effective<'a>,
    pub(super) rows: &'a BTreeMap<AreaName, (Row, Act)>,
}

impl Causes<'_> {
    /// Why an item that had this value lost it: the most binding cause.
    pub(super) fn of(&self, item: &Item, was: Option<&Value>) -> Cause {
        let forbidden = was.and_then(|v| nevers::forbidding(self.context, self.decided, item, v));
        if let Some(nevers) = forbidden {
            return Cause::Never(nevers.to_vec());
        }
        match item {
            Item::Seat(id) if was.is_none() && self.basis.released.contains(id) => {
                return Cause::BroughtBack;
            }
            Item::Capture(id) if was.is_some() => {
                let vetoes = self.effective.protected.get(id);
                if let Some(vetoes) = vetoes.or_else(|| self.effective.kept_off.get(id)) {
                    return Cause::StandingVeto(vetoes.clone());
                }
            }
            _ => {}
        }
        // Without rows only nevers write, so that every change has found its cause above.
        let row = self.rows.get(&item.area()).map_or(Row::SameManual, |(row, _)| *row);
        Cause::Row(row)
    }
}

/// What differs between what the member had and has, each with its cause.
pub(super) fn changes(
    context: &Context<'_>,
    before: &Record,
    after: &Record,
    cause: impl Fn(&Item, Option<&Value>) -> Cause,
) -> Vec<Change> {
    let items: BTreeSet<Item> = before.now.items().chain(after.now.items()).collect();
    let mut changes = Vec::new();
    for item in items {
        let (was, is) = (before.now.get(&item), after.now.get(&item));
        if was != is {
            let cause = cause(&item, was.as_ref());
            changes.push(change(context, after, item, was, is, cause));
        }
    }
    changes
}

/// A change that overwrites nothing made by hand.
pub(super) fn change(
    context: &Context<'_>,
    record: &Record,
    item: Item,
    before: Option<Value>,
    after: Option<Value>,
    cause: Cause,
) -> Change {
    Change {
        area: item.area(),
        takes: context.takes(&item, before.as_ref(), after.as_ref()),
        inert: after.is_some() && record.inert.contains(&item),
        over_hand_edit: false,
        item,
        before,
        after,
        cause,
    }
}

/// A note for each inert item that is worth one.
pub(super) fn inert_notes(
    context: &Context<'_>,
    record: &Record,
    worth: impl Fn(&Item) -> bool,
) -> Vec<Note> {
    let note = |item: &Item| Note::Inert {
        item: item.clone(),
        missing: context.missing(&record.now, &record.inert, item),
    };
    record.inert.iter().filter(|item| worth(item)).map(note).collect()
}
