//! Requests exactly as a scenario says, and answers exactly as they came.

mod client;
mod fault;
mod health;
mod origin;
mod pace;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

pub use client::{Client, Options, Proof};
pub(crate) use fault::fault;
pub use fault::{ClientError, FaultKind};
pub use health::Traffic;
pub use tls::TlsOptions;

/// A request that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query under the base URI, as sent.
    pub target: String,
    /// Headers in order, without the credential's value.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

/// An answer that came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in order, duplicates too.
    pub headers: Vec<(String, String)>,
    /// The body, at most [`Options::body_bytes`] of it.
    pub body: Bytes,
    /// From the request's first byte to the answer's last.
    pub took: Duration,
    /// The request may have arrived twice: a kept connection died under it.
    pub repeated: bool,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is that.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text, as far as it is text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
