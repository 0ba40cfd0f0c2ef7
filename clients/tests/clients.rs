//! The clients from outside: what they send, and what a service provider has in the end.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests document themselves by their names; panics are how they fail"
)]

#[path = "clients/play.rs"]
mod play;
#[path = "clients/served.rs"]
mod served;
#[path = "clients/stub.rs"]
mod stub;

#[path = "clients/converge.rs"]
mod converge;
#[path = "clients/faults.rs"]
mod faults;
#[path = "clients/model.rs"]
mod model;
#[path = "clients/network.rs"]
mod network;
#[path = "clients/properties.rs"]
mod properties;
#[path = "clients/readme.rs"]
mod readme;
#[path = "clients/shapes.rs"]
mod shapes;
