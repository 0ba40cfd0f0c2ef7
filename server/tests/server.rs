//! The server, tested over real sockets.

mod server {
    mod http_bodies;
    mod http_limits;
    mod http_routes;
    mod http_running;
    mod http_support;
}
