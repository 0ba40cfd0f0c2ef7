//! Tests of the harness without a server.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests document themselves by their names; panics are how they fail"
)]

mod coverage;
mod lint;
mod report;
mod run;
