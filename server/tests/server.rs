//! The server, tested over real sockets.

#[path = "server/entitlements_happen.rs"]
mod entitlements_happen;
#[path = "server/world.rs"]
mod world;
