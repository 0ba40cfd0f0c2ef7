//! HTTP: routes, limits, and how refusals become responses.
//!
//! [`router`] has the SCIM endpoints, for this server and for others that embed them;
//! [`Running`] is this server: listener, TLS, health, metrics, an end in good order.

mod base;
mod body;
mod endpoint;
mod media;
mod observe;
mod peer;
mod respond;
mod scim;
mod state;

pub use observe::RequestId;
pub use peer::Peer;
pub use scim::router;
pub use state::{AppState, BadSettings, Settings};
