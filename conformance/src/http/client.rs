//! Kept connections to one endpoint, with limits on everything that comes back.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{Answer, Request};

/// How requests are made.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long an answer may take as a whole.
    pub timeout: Duration,
    /// Bytes of an answer's body that are read; more is an error.
    pub body_bytes: usize,
    /// Scenarios at the same time.
    pub jobs: usize,
    /// Times that a throttled request (429, or 503 with `Retry-After`) is sent again.
    pub retries: u32,
    /// The longest `Retry-After` that is waited for.
    pub longest_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            body_bytes: 64 * 1024 * 1024,
            jobs: 8,
            retries: 5,
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientError {
    /// In words for people.
    pub message: String,
}

/// A client of one endpoint; shared by reference between lanes.
#[derive(Debug)]
pub struct Client {
    host: String,
    address: String,
    /// The path of the base URI without a slash at its end.
    base: String,
    options: Options,
    idle: Mutex<VecDeque<SendRequest<Full<Bytes>>>>,
}

impl Client {
    /// A client of `http://host[:port]/path`. Fails where the URL is no such thing.
    pub fn new(url: &str, options: Options) -> Result<Self, ClientError> {
        let uri: http::Uri = url.parse().map_err(|_| fail(format!("`{url}` is no URL")))?;
        if uri.scheme_str() != Some("http") {
            return Err(fail(format!("`{url}` does not start with http://")));
        }
        let authority =
            uri.authority().ok_or_else(|| fail(format!("`{url}` names no host")))?.clone();
        let port = authority.port_u16().unwrap_or(80);
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let address =
            if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        Ok(Self {
            host: authority.to_string(),
            address,
            base: uri.path().trim_end_matches('/').to_owned(),
            options,
            idle: Mutex::default(),
        })
    }

    /// Sends a request and reads the whole answer; waits and repeats where it is throttled.
    pub async fn send(
        &self,
        request: &Request,
        authorization: Option<&str>,
    ) -> Result<Answer, ClientError> {
        let mut left = self.options.retries;
        loop {
            let once =
                tokio::time::timeout(self.options.timeout, self.once(request, authorization));
            let answer = once.await.map_err(|_| {
                fail(format!("no answer within {} s", self.options.timeout.as_secs()))
            })??;
            match throttled(&answer) {
                Some(wait) if left > 0 => {
                    left -= 1;
                    tokio::time::sleep(wait.min(self.options.longest_wait)).await;
                }
                _ => return Ok(answer),
            }
        }
    }

    async fn once(
        &self,
        request: &Request,
        authorization: Option<&str>,
    ) -> Result<Answer, ClientError> {
        let begun = Instant::now();
        let body = request.body.clone().unwrap_or_default();
        let mut message = http::Request::builder()
            .method(request.method.as_str())
            .uri(format!("{}{}", self.base, request.target))
            .header("host", &self.host);
        for (name, value) in &request.headers {
            message = message.header(name, value);
        }
        if let Some(value) = authorization {
            message = message.header("authorization", value);
        }
        let message = message
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| fail(format!("the request cannot be sent: {error}")))?;
        let mut sender = self.connection().await?;
        let response = sender
            .send_request(message)
            .await
            .map_err(|error| fail(format!("the connection broke: {error}")))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let body = self.read(response.into_body()).await?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push_back(sender);
        }
        Ok(Answer { status, headers, body, took: begun.elapsed() })
    }

    /// A kept connection that still works, or a new one.
    async fn connection(&self) -> Result<SendRequest<Full<Bytes>>, ClientError> {
        loop {
            let kept = self.idle.lock().ok().and_then(|mut idle| idle.pop_front());
            let Some(mut sender) = kept else { break };
            if sender.ready().await.is_ok() {
                return Ok(sender);
            }
        }
        let stream = TcpStream::connect(&self.address)
            .await
            .map_err(|error| fail(format!("cannot connect to {}: {error}", self.address)))?;
        // Small requests must not wait for one another.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| fail(format!("cannot speak HTTP with {}: {error}", self.address)))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn read(&self, mut body: hyper::body::Incoming) -> Result<Bytes, ClientError> {
        let mut all = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| fail(format!("the answer broke off: {error}")))?;
            let Some(data) = frame.data_ref() else { continue };
            if all.len() + data.len() > self.options.body_bytes {
                let limit = self.options.body_bytes;
                return Err(fail(format!("the answer has more than {limit} bytes")));
            }
            all.extend_from_slice(data);
        }
        Ok(all.freeze())
    }
}

/// How long to wait before the request is sent again; `None`: it is not throttled.
fn throttled(answer: &Answer) -> Option<Duration> {
    let after = answer.header("retry-after");
    if answer.status != 429 && !(answer.status == 503 && after.is_some()) {
        return None;
    }
    let seconds = after.and_then(|text| text.trim().parse::<u64>().ok());
    Some(Duration::from_secs(seconds.unwrap_or(1)))
}

fn fail(message: impl Into<String>) -> ClientError {
    ClientError { message: message.into() }
}
