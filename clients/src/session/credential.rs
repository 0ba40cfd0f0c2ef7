//! What a client shows to be let in.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::http::encode::form;
use crate::http::{Answer, Broken, BrokenKind, Method, Request};

/// A credential. Its text never appears in what is kept or printed.
#[derive(Clone)]
pub enum Credential {
    /// None.
    None,
    /// A bearer token.
    Bearer(String),
    /// The whole value of `Authorization`.
    Header(String),
    /// A client that gets its tokens itself (RFC 6749, 4.4).
    OAuth(OAuth),
}

/// An OAuth client.
#[derive(Clone)]
pub struct OAuth {
    /// The token endpoint.
    pub url: String,
    /// The client's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Scopes, separated by spaces.
    pub scope: Option<String>,
    /// Where id and secret stand.
    pub placement: Placement,
}

/// Where an OAuth client shows its id and secret (RFC 6749, 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// As HTTP Basic.
    #[default]
    Header,
    /// In the form.
    Body,
}

/// An access token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) text: String,
    expires: Option<SystemTime>,
}

impl Credential {
    /// Whether a new token can be had.
    pub(super) fn renews(&self) -> bool {
        matches!(self, Self::OAuth(_))
    }
}

impl OAuth {
    pub(super) fn request(&self) -> Request {
        let mut body = "grant_type=client_credentials".to_owned();
        if let Some(scope) = &self.scope {
            body.push_str(&format!("&scope={}", form(scope)));
        }
        let (id, secret) = (form(&self.client_id), form(&self.client_secret));
        let mut request = Request { method: Method::Post, ..Request::get(&self.url) };
        match self.placement {
            Placement::Header => {
                use base64::Engine as _;
                let both =
                    base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
                request = request.with_header("Authorization", format!("Basic {both}"));
            }
            Placement::Body => {
                body.push_str(&format!("&client_id={id}&client_secret={secret}"));
            }
        }
        request.body = Some(body);
        request
            .with_header("Content-Type", "application/x-www-form-urlencoded")
            .with_header("Accept", "application/json")
    }
}

impl Token {
    pub(super) fn read(answer: &Answer, now: SystemTime) -> Result<Self, Broken> {
        let body = answer.json();
        let text = body.get("access_token").and_then(serde_json::Value::as_str);
        let Some(text) = text.filter(|_| answer.is_success()) else {
            let why = body.get("error").and_then(serde_json::Value::as_str).unwrap_or("no token");
            let message = format!("the token endpoint answered {}: {why}", answer.status);
            return Err(Broken::new(BrokenKind::Unauthorized, message));
        };
        let lifetime = body.get("expires_in").and_then(serde_json::Value::as_u64);
        let expires = lifetime.and_then(|seconds| now.checked_add(Duration::from_secs(seconds)));
        Ok(Self { text: text.to_owned(), expires })
    }

    /// Whether it is good for one more request.
    pub(super) fn serves(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer(…)",
            Self::Header(_) => "Header(…)",
            Self::OAuth(_) => "OAuth(…)",
        })
    }
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth").field("url", &self.url).finish_non_exhaustive()
    }
}
