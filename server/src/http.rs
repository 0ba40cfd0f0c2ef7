//! HTTP: routes, limits, and how refusals become responses.
//!
//! [`router`] has the SCIM endpoints, for this server and for others that embed them;
//! [`Running`] is this server: listener, TLS, health, metrics, an end in good order.

pub mod admin;
mod app;
mod base;
mod body;
mod health;
mod media;
pub mod oauth;
mod observe;
mod peer;
mod respond;
mod scim;
mod serve;
mod stall;
mod state;
mod stopping;
mod telemetry;
mod tls;
pub mod turn;

pub use observe::{RequestId, Seen};
pub use peer::Peer;
pub use scim::router;
pub use serve::{Bound, Listen, Running, StartError};
pub use state::{AppState, BadSettings, Settings};
pub use telemetry::prometheus;
pub use tls::TlsFiles;
