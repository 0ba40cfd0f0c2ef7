//! Who is at the other end of the connection.

use std::net::IpAddr;

/// The other end, as an extension of a request. The server puts it there; a host application may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address; behind a trusted proxy, the client's.
    pub address: IpAddr,
    /// Whether it came over TLS.
    pub tls: bool,
}
