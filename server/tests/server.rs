//! The server, tested over real sockets.

#![allow(missing_docs, reason = "tests document themselves by their names")]

mod server {
    mod entitlements_batch;
    mod entitlements_happen;
    mod entitlements_settle;
    mod world;
    mod store;
}
