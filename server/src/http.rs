//! HTTP: routes, limits, and how refusals become responses.

pub mod oauth;
mod peer;

pub use peer::Peer;
