//! Reconcile: what a member has + what happened + what is decided → the changes to write.

mod brake;
mod context;
mod diff;
mod event;
mod hand;
mod holds;
mod nevers;
mod outcome;
mod record;
mod rows;
mod source;
pub mod target;
pub mod timeline;
mod values;
mod wanted;
mod words;

pub use brake::{Brake, NEVER_FEWER_THAN};
pub use context::Context;
pub use event::{Edit, Editor, Event, HandEdit};
pub use outcome::{Cause, Change, Drift, DriftKind, Note, Reason, Reconciled, Refusal};
pub use record::{Held, InForce, Mode, Pending, Record, Version};
pub use rows::Row;
pub use target::{AreaName, CeilingOf, Target, Wanted};
pub use values::{Item, Value, Values};

/// What one event does to one member.
///
/// `record` is what the last event answered, `None` for somebody unknown. `target` is the
/// decision of the rules in force about the person as the source sees them now; for
/// [`Event::Deleted`] it is not looked at.
///
/// The same arguments give the same answer, and the same event again after its changes changes
/// nothing.
pub fn reconcile(
    context: &Context<'_>,
    record: Option<&Record>,
    event: &Event,
    target: &Target,
) -> Reconciled {
    match event {
        Event::HandEdit(edit) => hand::edit(context, record, edit, target),
        Event::Confirm => holds::confirm(context, record, target),
        Event::Deleted => source::delete(context, record),
        _ => source::happen(context, record, event, target),
    }
}
