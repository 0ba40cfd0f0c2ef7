//! A client that adds as little as it can to what is measured: one kept connection, one request
//! at a time.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    base: String,
    token: String,
}

/// A server to talk to.
#[derive(Clone)]
pub(crate) struct Target {
    /// `127.0.0.1:8080`
    pub(crate) address: String,
    /// `/scim/v2`
    pub(crate) base: String,
    pub(crate) token: String,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) async fn connect(target: &Target) -> Self {
        let stream = TcpStream::connect(&target.address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
        tokio::spawn(connection);
        Self {
            sender,
            host: target.address.clone(),
            base: target.base.clone(),
            token: target.token.clone(),
        }
    }

    /// Sends a request to a path under the base and reads the whole answer.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &str) -> Response {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("host", &self.host)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/scim+json")
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
            .expect("a request");
        self.sender.ready().await.expect("a connection that is kept");
        let answer =
            tokio::time::timeout(Duration::from_secs(600), self.sender.send_request(request));
        let response = answer.await.expect("an answer in time").expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        Response { status, body }
    }

    /// The same, and stops the run if the status is another.
    pub(crate) async fn expect(
        &mut self,
        statuses: &[u16],
        method: &str,
        path: &str,
        body: &str,
    ) -> Response {
        let response = self.send(method, path, body).await;
        assert!(
            statuses.contains(&response.status),
            "{method} {path}: {} {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        );
        response
    }
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}
