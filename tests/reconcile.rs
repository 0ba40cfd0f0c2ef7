//! Reconcile: every row, event, setting and sentence of "Life cycle" as a story in text.

mod brake;
mod events;
mod hand_edit;
mod nevers;
mod record;
mod rows;
mod standing;
mod story;
mod timeline;
mod timeline_property;
