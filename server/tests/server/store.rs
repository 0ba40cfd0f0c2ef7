//! The store: what its interface promises, on a real file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests: what cannot go on shall panic"
)]

mod basics;
mod finding;
mod maintenance;
mod people;
