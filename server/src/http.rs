//! HTTP: routes, limits, and how refusals become responses.

mod peer;

pub use peer::Peer;
