//! What passed between a source and the judge's provider, as it was on the wire.

use bytes::Bytes;
use provisor::json::{self, Json};

/// A request with its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Its number in the run, from 1, in the order in which requests came.
    pub number: u32,
    /// The connection that it came on, from 1.
    pub connection: u32,
    /// The step of the run in which it came: a place in the list of steps.
    pub step: usize,
    /// Milliseconds from the start of the run to the head of the request.
    pub began: u64,
    /// Milliseconds from the start of the run to the end of the answer.
    pub ended: u64,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Whether it came to the other host, that a redirect led to.
    pub elsewhere: bool,
    /// Whether its bearer token is none that the judge ever gave out.
    pub strange: bool,
    /// The misbehaviour that the answer shows, if the judge meddled with it.
    pub meddled: Option<String>,
    /// The request.
    pub request: Request,
    /// The answer; `None` where the judge dropped the connection on purpose, or the source did.
    pub answer: Option<Answer>,
}

/// A request as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target, byte by byte.
    pub target: String,
    /// Headers in their order and spelling, duplicates too.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// An answer as it went out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A body, or the beginning of one that was too large to keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// What is kept of it.
    pub bytes: Bytes,
    /// How long it was.
    pub length: u64,
}

impl Body {
    /// A whole body.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { length: bytes.len() as u64, bytes }
    }

    /// Whether all of it is kept.
    pub fn is_whole(&self) -> bool {
        self.length == self.bytes.len() as u64
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// As text, as far as it is text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// As JSON without loss, if it is that and all of it is kept.
    pub fn json(&self) -> Option<Json> {
        if self.is_whole() { json::parse(&self.bytes).ok() } else { None }
    }

    /// As JSON for looking things up; of two members with one name the last counts.
    pub fn value(&self) -> Option<serde_json::Value> {
        if self.is_whole() { serde_json::from_slice(&self.bytes).ok() } else { None }
    }
}

impl Request {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The raw query behind the `?`, if there is a `?`.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// Whether it asks for a change: POST (but no search), PUT, PATCH, DELETE.
    pub fn is_write(&self) -> bool {
        match self.method.as_str() {
            "POST" => !self.path().ends_with("/.search"),
            "PUT" | "PATCH" | "DELETE" => true,
            _ => false,
        }
    }
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Exchange {
    /// The status of the answer; 0 where there was none.
    pub fn status(&self) -> u16 {
        self.answer.as_ref().map_or(0, |answer| answer.status)
    }

    /// Method, target and status in one line.
    pub fn line(&self) -> String {
        let Request { method, target, .. } = &self.request;
        match &self.answer {
            Some(answer) => format!("#{} {method} {target} → {}", self.number, answer.status),
            None => format!("#{} {method} {target} → no answer", self.number),
        }
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
    headers.iter().find(same).map(|(_, value)| value.as_str())
}
