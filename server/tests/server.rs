//! The server, tested over real sockets.

#![allow(missing_docs, reason = "tests document themselves by their names")]

mod server {
    mod replay;
    mod store;
    mod support;
}
