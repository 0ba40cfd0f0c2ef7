//! Syntax: text to tree and back, and files that name one another.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod corpus;
mod format;
mod layout;
mod load;
mod mistakes;
mod plain;
mod properties;
mod strategy;
mod words;
