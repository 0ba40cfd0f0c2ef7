//! Requests over HTTP and HTTPS, with limits on everything that comes back.

use std::error::Error;
use std::time::{Duration, SystemTime};

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use super::{Carried, Wire};
use crate::http::{Answer, Broken, BrokenKind, Method, Request};

/// Whose certificates are trusted.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// Those of the system.
    #[default]
    System,
    /// Those that this PEM file's authorities signed.
    Authorities(Vec<u8>),
    /// Everybody's. A client fault (K42).
    Anybody,
}

/// Connections to one endpoint.
#[derive(Debug, Clone)]
pub struct Network {
    client: Client,
    base: String,
}

/// Why there is no [`Network`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// In words.
    pub message: String,
}

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

impl Network {
    /// Connections to what lies under a base URI such as `https://scim.example/v2`.
    pub fn new(base: &str, trust: &Trust, timeout: Duration) -> Result<Self, Unusable> {
        let known = ["http://", "https://"].iter().any(|scheme| base.starts_with(scheme));
        let url = reqwest::Url::parse(base).ok().filter(|url| known && url.has_host());
        if url.is_none() {
            return Err(unusable(format!("`{base}` is no http:// or https:// URL")));
        }
        settle_cryptography();
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(timeout)
            .connect_timeout(timeout);
        match trust {
            Trust::System => {}
            Trust::Authorities(pem) => {
                let authorities = Certificate::from_pem_bundle(pem)
                    .map_err(|error| unusable(format!("the certificates: {}", causes(&error))))?;
                builder = builder.tls_certs_only(authorities);
            }
            Trust::Anybody => builder = builder.tls_danger_accept_invalid_certs(true),
        }
        let client = builder.build().map_err(|error| unusable(causes(&error)))?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned() })
    }

    async fn carry(&self, request: &Request) -> Result<Answer, Broken> {
        let url = if request.to.starts_with("http") {
            request.to.clone()
        } else {
            format!("{}{}", self.base, request.to)
        };
        let mut message = self.client.request(method(request.method), url);
        for (name, value) in &request.headers {
            message = message.header(name, value);
        }
        if let Some(body) = &request.body {
            message = message.body(body.clone());
        }
        let mut response = message.send().await.map_err(|error| broken(&error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                let message = format!("the answer has more than {LONGEST_ANSWER} bytes");
                return Err(Broken::new(BrokenKind::Lost, message));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: text(&body) })
    }
}

/// Chooses the cryptography of the process, unless somebody has; whoever uses `reqwest` in a build
/// with this crate needs that before the first client is made.
pub fn settle_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Wire for Network {
    fn send<'a>(&'a self, request: &'a Request) -> Carried<'a, Result<Answer, Broken>> {
        Box::pin(self.carry(request))
    }

    fn wait(&self, time: Duration) -> Carried<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn broken(error: &reqwest::Error) -> Broken {
    if error.is_timeout() && !error.is_connect() {
        return Broken::new(BrokenKind::Lost, "no answer in time");
    }
    let kind = if error.is_builder() {
        BrokenKind::Unsendable
    } else if error.is_connect() {
        BrokenKind::Unreachable
    } else {
        BrokenKind::Lost
    };
    Broken::new(kind, causes(error))
}

/// The causes of an error, without URLs, which may hold secrets.
fn causes(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn Error> = error.source();
    let mut words = Vec::new();
    while let Some(one) = cause {
        words.push(one.to_string());
        cause = one.source();
    }
    words.dedup();
    if words.is_empty() { "the request cannot be sent".to_owned() } else { words.join(": ") }
}

fn unusable(message: impl Into<String>) -> Unusable {
    Unusable { message: message.into() }
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Unusable {}
