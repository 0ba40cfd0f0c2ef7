//! The judge from outside: a provider on loopback and sources that talk to it.

#[path = "judge/detection.rs"]
mod detection;
#[path = "judge/provider.rs"]
mod provider;
#[path = "judge/replayed.rs"]
mod replayed;
#[path = "judge/wire.rs"]
mod wire;
