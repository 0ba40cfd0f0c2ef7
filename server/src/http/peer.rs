//! Who is at the other end of the connection.

use std::net::IpAddr;

use http::HeaderMap;

/// The other end, as an extension of a request. The server puts it there; a host application may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address; behind a trusted proxy, the client's.
    pub address: IpAddr,
    /// Whether it came over TLS; behind a trusted proxy, whether the client did.
    pub tls: bool,
}

impl Peer {
    /// What a trusted proxy says of its client. Of several addresses the last one counts: the
    /// proxy has added it, and those before it are what the client itself may have sent.
    #[must_use]
    pub(super) fn forwarded(self, headers: &HeaderMap) -> Self {
        let last = |name: &str| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next().map(str::trim)
        };
        let address = last("x-forwarded-for").and_then(|text| text.parse().ok());
        let scheme = last("x-forwarded-proto");
        Self {
            address: address.unwrap_or(self.address),
            tls: scheme.map_or(self.tls, |scheme| scheme.eq_ignore_ascii_case("https")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_itself_sent_does_not_count() {
        let peer = Peer { address: IpAddr::from([10, 0, 0, 1]), tls: false };
        let mut headers = HeaderMap::new();
        assert_eq!(peer.forwarded(&headers), peer);
        headers.insert("x-forwarded-for", "6.6.6.6, 192.0.2.7".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let client = Peer { address: IpAddr::from([192, 0, 2, 7]), tls: true };
        assert_eq!(peer.forwarded(&headers), client);
        headers.insert("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(peer.forwarded(&headers).address, peer.address);
    }
}
