//! The server, tested over real sockets.

#![allow(missing_docs, reason = "tests document themselves by their names")]

mod server {
    mod admin_api;
    mod entitlements_batch;
    mod entitlements_happen;
    mod entitlements_model;
    mod entitlements_settle;
    mod store;
    mod world;
}
