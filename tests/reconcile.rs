//! Reconcile: every row, event, setting and sentence of "Life cycle" as a story in text.

mod absence;
mod brake;
mod deleted_group;
mod events;
mod hand_edit;
mod nevers;
mod record;
mod rows;
mod standing;
mod story;
mod timeline;
mod timeline_property;
mod words;
