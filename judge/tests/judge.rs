//! The judge from outside: a provider on loopback and sources that talk to it.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests document themselves by their names; panics are how they fail"
)]

#[path = "judge/detection.rs"]
mod detection;
#[path = "judge/modes.rs"]
mod modes;
#[path = "judge/provider.rs"]
mod provider;
#[path = "judge/pusher.rs"]
mod pusher;
#[path = "judge/replayed.rs"]
mod replayed;
#[path = "judge/verdicts.rs"]
mod verdicts;
#[path = "judge/wire.rs"]
mod wire;
