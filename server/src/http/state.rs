//! What every request needs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;

use crate::auth::Authenticate;
use crate::limits;
use crate::service::Service;

/// What every request needs; shared by cloning.
#[derive(Clone)]
pub struct AppState {
    /// The operations.
    pub service: Service,
    /// Who calls.
    pub authenticate: Arc<dyn Authenticate>,
    /// What the operator chose about HTTP.
    pub settings: Arc<Settings>,
}

/// What the operator chose about HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    base_path: String,
    public_url: Option<String>,
    /// Whether `X-Forwarded-For`, `-Host` and `-Proto` are believed: only behind a proxy that
    /// sets them.
    pub trust_forwarded: bool,
    /// Whether `/ServiceProviderConfig` can be read without a credential, so that clients can
    /// learn how to authenticate (RFC 7643, 5, `authenticationSchemes`).
    pub public_config: bool,
    /// How long a body may take to come, and then the answer to be found.
    pub request_time: Duration,
}

/// A setting that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSettings(String);

impl Settings {
    /// The path of the SCIM endpoints, such as `/scim/v2`.
    ///
    /// Fails unless it begins with a slash and has only letters, digits and `-._~/`.
    pub fn with_base_path(mut self, path: &str) -> Result<Self, BadSettings> {
        let path = path.trim_end_matches('/');
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '/');
        if !path.starts_with('/') || !path.chars().all(plain) || path.contains("//") {
            return Err(BadSettings(format!(
                "the base path `{path}` is not usable; write it as in `/scim/v2`"
            )));
        }
        self.base_path = path.to_owned();
        Ok(self)
    }

    /// The URL under which clients reach the server, without the base path, such as
    /// `https://scim.acme.com`.
    ///
    /// Fails unless it is `http` or `https`, a host and perhaps a path.
    pub fn with_public_url(mut self, url: &str) -> Result<Self, BadSettings> {
        let bad = || {
            BadSettings(format!(
                "the public URL `{url}` is not usable; write it as in `https://scim.acme.com`"
            ))
        };
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let userinfo = uri.authority().is_none_or(|one| one.as_str().contains('@'));
        if !matches!(scheme, "http" | "https") || userinfo || uri.query().is_some() {
            return Err(bad());
        }
        self.public_url = Some(url.trim_end_matches('/').to_owned());
        Ok(self)
    }

    /// See [`Self::with_base_path`].
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// See [`Self::with_public_url`].
    pub fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_path: "/scim/v2".to_owned(),
            public_url: None,
            trust_forwarded: false,
            public_config: true,
            request_time: limits::REQUEST_TIME,
        }
    }
}

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSettings {}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("settings", &self.settings).finish_non_exhaustive()
    }
}
