//! How the server does with many people: `cargo bench -p provisor-server --bench load -- --help`.
//!
//! Starts the release binary as a process of its own and talks to it over loopback, as a client
//! would. Nothing here asserts a time; it prints tables.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops where it cannot go on, and prints"
)]

#[path = "load/client.rs"]
mod client;
#[path = "load/disk.rs"]
mod disk;
#[path = "load/measure.rs"]
mod measure;
#[path = "load/requests.rs"]
mod requests;
#[path = "load/server.rs"]
mod server;
