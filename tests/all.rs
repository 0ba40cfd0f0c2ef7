//! The one integration-test binary: `cargo test -p provisor --test all MODULE`.

#![allow(missing_docs, clippy::all, reason = "tests document themselves by their names")]

mod check;
mod decide;
mod diagnostics;
mod docs;
mod json;
mod lint;
mod reconcile;
mod scim;
mod syntax;
