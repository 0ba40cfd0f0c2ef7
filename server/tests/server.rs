//! The server, tested over real sockets.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests document themselves by their names; panics are how they fail"
)]

mod server {
    mod admin_api;
    mod admin_credentials;
    mod auth;
    mod entitlements_batch;
    mod entitlements_happen;
    mod entitlements_model;
    mod entitlements_overtaken;
    mod entitlements_settle;
    mod http_bodies;
    mod http_limits;
    mod http_routes;
    mod http_running;
    mod http_service;
    mod http_support;
    mod replay;
    mod service;
    mod start;
    mod stopping;
    mod store;
    mod support;
    mod world;
}
