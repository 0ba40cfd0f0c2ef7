//! SCIM in memory: comparison, schemas, paths, filters, PATCH.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on says so by panicking"
)]

mod compare;
mod evaluation;
mod filter_errors;
mod filter_properties;
mod patch;
mod patch_properties;
mod path;
mod project;
mod resource;
mod schema;
mod vectors;
