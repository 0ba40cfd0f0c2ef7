//! Reconcile: every row, event, setting and sentence of "Life cycle" as a story in text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic like the tests"
)]

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
