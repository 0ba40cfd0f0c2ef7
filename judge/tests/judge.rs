//! The judge from outside: a provider on loopback and sources that talk to it.

#[path = "judge/provider.rs"]
mod provider;
#[path = "judge/wire.rs"]
mod wire;
