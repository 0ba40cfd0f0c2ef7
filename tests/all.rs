//! The one integration-test binary: `cargo test -p provisor --test all MODULE`.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::type_complexity,
    reason = "tests document themselves by their names; panics are how they fail"
)]

mod check;
mod decide;
mod diagnostics;
mod docs;
mod json;
mod lint;
mod printed;
mod reconcile;
mod scim;
mod syntax;
