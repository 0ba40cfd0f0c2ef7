//! Reconcile: what a member has + what happened + what is decided → the changes to write.
//!
//! The section "Life cycle" of the language reference is the specification; [`reconcile()`] is
//! pure, reads no clock, and running it again after its changes changes nothing. The host stores
//! the [`Record`], writes the [`Change`]s, and shows refusals, drift and notes. One event of many
//! members goes through the [`Brake`]. [`timeline`] plays events from a file.
//!
//! ```
//! use provisor::reconcile::{Context, Event, Target, Wanted, reconcile};
//! use provisor::rules::model::{Catalogue, Settings};
//!
//! let (catalogue, settings) = (Catalogue::default(), Settings::default());
//! let context = Context::new(&catalogue, &settings);
//! let seats = ["gong".to_owned()].into();
//! let wanted = Wanted { assignment: "Sales".into(), seats, ..Wanted::default() };
//! let answer = reconcile(&context, None, &Event::Created, &Target::Active(wanted));
//! assert_eq!(answer.changes[0].to_string(), "seat `gong`: off -> on (row 1: creation)");
//! ```
//!
//! # Where to read
//! `rows` is the table; `source` applies it; `wanted` is what writing would make of a member;
//! `nevers` bind in every row; `hand` judges hand edits; `holds` is the brake's memory.
//!
//! # Decisions
//! What the reference leaves open is decided here, so that each is in one place.
//!
//! **What was written.** [`Record::written`] starts as what adoption found, so that "changed by
//! hand" always means "since Provisor knows the member". A never takes from `now` and from
//! `written` alike: what it took is never mistaken for a hand edit. An item that is as decided is
//! no drift, however it came about. A veto that only stands does not count as written.
//!
//! **Modes.** An area's mode is recorded from its first write on. A write of an area in which the
//! winner governs nothing counts. A never's removal does not.
//!
//! **Adoption.** Under the default an adoption goes on (row 2, pending) until another assignment
//! wins, or reactivation writes always: otherwise the same event a second time would fall under
//! row 4, and an automatic default would strip everybody whose groups come late. `apply` ends it:
//! then the default is decided about like another assignment. With `on_adopt keep` such a member is placed, so that the later move is one of rows 6–8;
//! with `apply` the move is row 3, which spares what was edited by hand since.
//!
//! **Row 3 and vetoes.** A standing veto, and what it switched off, is no hand edit of its area:
//! it looks after itself, and asking for protection must not cost a person the placement.
//!
//! **Standing vetoes.** Every veto that is on at adoption stands, decided or not. What requires
//! an item that a standing veto keeps off is withheld with it (held back, or inert). In areas
//! that are kept nothing is switched off on their account. A never that names a veto is stronger:
//! the veto goes off and no longer stands, with a note. After an accepted switch-off an automatic
//! area gets the excluded items back at the next event of the source, not by the edit itself.
//!
//! **Withheld items.** [`Record::inert`] is worked out from what the member has at the end of
//! each event, whether `withheld store` wrote it, a never left it over, or a hand set it. Under
//! `store`, withheld seats, capture items and profiles are written like others; a profile only
//! where none stands.
//!
//! **Ceilings where the area is kept.** A profile above its ceiling is lowered as a decision
//! lowers it, looking at the seats that the member has after this event; where that seat is
//! missing, or the workspace does not offer the lower profile, it is taken away. A profile
//! outside `profile order` is above every ceiling.
//!
//! **Deactivation** clears pending rules, because the return decides anew, and keeps a pending
//! adoption. **Deletion** closes the record of a deactivated member too. A closed record is no
//! record; if the host adopts the name again, what it found is the start of a creation, and
//! vetoes in it stand.
//!
//! **Changed rules on push.** Nothing is pending for somebody for whom applying the rules would
//! write and record nothing new; a new name of the same assignment alone is nothing. Somebody
//! without a record gets one, with everything pending, and is created or adopted by the next
//! event of the source. An event that finds the member deactivated is a return, whatever it is.
//!
//! **Hand edits.** What the catalogue does not have can be taken away, not given. A manager whom
//! the setting forbids capture may not ask for a veto either. An item is judged by the vetoes
//! that the edit leaves on. The source's `active` and every refused part are told together.
//! Nevers bind at an accepted edit; a refused one changes nothing at all.
//!
//! **Brake.** A lower profile is a removal, and so is one that no order compares; home and
//! options are not counted. A held item keeps its value through every later event of that person,
//! also where a never forbids the seat or profile, until it is confirmed, wanted again, edited by
//! hand, or released by deactivation. Confirmation writes what was listed, in manual areas and
//! for deactivated members too. Removals of capture by a never count but are not held.

mod brake;
mod context;
mod deleted_group;
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
pub use context::{Context, Index};
pub use deleted_group::{GroupNames, NamedBy, rules_naming};
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
