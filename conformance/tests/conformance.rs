//! The runner against small servers that misbehave on purpose, and the format of scenarios.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests document themselves by their names; panics are how they fail"
)]

#[path = "conformance/raw.rs"]
mod raw;
#[path = "conformance/small.rs"]
mod small;
#[path = "conformance/tell.rs"]
mod tell;

#[path = "conformance/auth.rs"]
mod auth;
#[path = "conformance/bad_input.rs"]
mod bad_input;
#[path = "conformance/diagnose.rs"]
mod diagnose;
#[path = "conformance/format.rs"]
mod format;
#[path = "conformance/manners.rs"]
mod manners;
#[path = "conformance/selection.rs"]
mod selection;
#[path = "conformance/tls.rs"]
mod tls;
