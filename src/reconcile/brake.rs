//! The brake on removals: a mistake in one rule must not strip a company overnight.

use super::context::Context;
use super::holds;
use super::outcome::{Cause, Change, Reconciled};
use super::record::Record;
use super::target::Target;
use super::values::Item;
use crate::rules::model::MaxRemovals;

/// Under `max_removals N %` a batch that takes from no more members than this is never held.
pub const NEVER_FEWER_THAN: u64 = 5;

/// Counts one batch: everything that one change of rules, one deleted or renamed group, or one
/// `apply` causes. Give it every answer of the batch, then ask [`Brake::is_on`]; where it is,
/// [`Brake::hold`] each answer before writing anything.
///
/// Two passes over a large directory need no more memory than one: reconcile is deterministic,
/// so the answers can be made again in the second.
#[derive(Debug, Clone)]
pub struct Brake {
    max: MaxRemovals,
    active_members: u64,
    losing: u64,
}

impl Brake {
    /// A brake for a batch in a product with so many active members.
    pub fn new(max: MaxRemovals, active_members: u64) -> Self {
        Self { max, active_members, losing: 0 }
    }

    /// Counts the answer for one member.
    pub fn count(&mut self, reconciled: &Reconciled) {
        let takes = |change: &Change| change.takes && change.cause != Cause::Released;
        if reconciled.changes.iter().any(takes) {
            self.losing += 1;
        }
    }

    /// From how many members the batch takes a seat, a profile or a capture item.
    pub fn losing(&self) -> u64 {
        self.losing
    }

    /// From how many members a batch may take without being held; `None`: from any number.
    pub fn allowed(&self) -> Option<u64> {
        match self.max {
            MaxRemovals::None => None,
            MaxRemovals::Count(count) => Some(count),
            MaxRemovals::Percent(percent) => {
                // Whole members: "more than 20 % of 12" starts at 3.
                let share = u128::from(self.active_members) * u128::from(percent) / 100;
                Some(u64::try_from(share).unwrap_or(u64::MAX).max(NEVER_FEWER_THAN))
            }
        }
    }

    /// Whether the batch takes from more members than allowed.
    pub fn is_on(&self) -> bool {
        self.allowed().is_some_and(|allowed| self.losing > allowed)
    }

    /// An answer with its removals held: listed in [`Reconciled::held`], remembered in the
    /// record, and written once the host sends [`super::Event::Confirm`]. Additions stay. `before` is
    /// the record that the answer was made from.
    pub fn hold(
        context: &Context<'_>,
        before: Option<&Record>,
        reconciled: Reconciled,
    ) -> Reconciled {
        holds::hold_all(context, before, reconciled)
    }

    /// [`super::Event::Confirm`] of some of what is held, for a host that keeps apart which batch
    /// holds what of a member. What is not chosen stays held.
    pub fn confirm(
        context: &Context<'_>,
        record: &Record,
        target: &Target,
        chosen: impl Fn(&Item) -> bool,
    ) -> Reconciled {
        holds::confirm_some(context, record, target, chosen)
    }
}
