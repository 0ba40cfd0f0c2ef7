//! The server, tested over real sockets.

#![allow(missing_docs, reason = "tests document themselves by their names")]

mod server {
    mod entitlements_batch;
    mod entitlements_happen;
    mod entitlements_settle;
    mod http_bodies;
    mod http_limits;
    mod http_routes;
    mod http_running;
    mod http_support;
    mod service;
    mod store;
    mod world;
}
