//! JSON: what is read, what is refused, and that nothing is lost.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on says so by panicking"
)]

mod differential;
mod errors;
mod lexer;
mod tree;
