//! Tokens from a token endpoint: client credentials, refresh tokens, and clients that prove
//! themselves with a key (RFC 6749, 4.4 and 6; RFC 7523, 2.2).

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::Secret;
use crate::http::{Client, ClientError, FaultKind, Options, Request, fault};

/// A client of a token endpoint.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// The token endpoint.
    pub url: String,
    /// The client's id.
    pub client: String,
    /// How the client proves itself.
    pub placement: Placement,
    /// What it asks by.
    pub grant: Grant,
    /// Scopes, blanks between them.
    pub scope: Option<String>,
}

/// How a client proves itself to a token endpoint.
#[derive(Debug, Clone)]
pub enum Placement {
    /// Its secret in the Authorization header (`client_secret_basic`).
    Header(Secret),
    /// Its secret in the body (`client_secret_post`).
    Body(Secret),
    /// A signed assertion (`private_key_jwt`): a key in PEM, RSA for RS256 or P-256 for ES256.
    Key(Secret),
    /// Not at all: a public client.
    Public,
}

/// What a client asks for a token by.
#[derive(Debug, Clone)]
pub enum Grant {
    /// Itself.
    ClientCredentials,
    /// A refresh token.
    Refresh(Secret),
}

impl OAuth {
    pub(super) fn secrets(&self) -> Vec<&Secret> {
        let client = match &self.placement {
            Placement::Header(one) | Placement::Body(one) | Placement::Key(one) => Some(one),
            Placement::Public => None,
        };
        let refresh = match &self.grant {
            Grant::Refresh(one) => Some(one),
            Grant::ClientCredentials => None,
        };
        client.into_iter().chain(refresh).collect()
    }
}

/// The token that is valid now.
#[derive(Debug)]
pub(super) struct Tokens {
    oauth: OAuth,
    client: Client,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    token: Option<(Secret, Option<Instant>)>,
    /// A refresh token that took the place of the first (RFC 6749, 6).
    refresh: Option<Secret>,
    fetched: Option<Instant>,
}

/// A token that ends within this is fetched anew.
const EARLY: Duration = Duration::from_secs(20);
/// A refused token is fetched anew at most once in this time.
const SELDOM: Duration = Duration::from_secs(30);

impl Tokens {
    pub(super) fn new(oauth: OAuth, options: &Options) -> Result<Self, ClientError> {
        let mut options = options.clone();
        options.rate = None;
        options.body_bytes = 1024 * 1024;
        let client = Client::new(&oauth.url, options)?;
        Ok(Self { oauth, client, kept: Mutex::default() })
    }

    /// A token that is valid for some time; all lanes wait for one fetch.
    pub(super) async fn valid(&self) -> Result<Secret, ClientError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, end)) = &kept.token
            && end.is_none_or(|end| end > Instant::now() + EARLY)
        {
            return Ok(token.clone());
        }
        self.fetch(&mut kept).await
    }

    /// Forgets a token that was refused. Whether that makes sense.
    pub(super) async fn forget(&self) -> bool {
        let mut kept = self.kept.lock().await;
        if kept.fetched.is_some_and(|at| at.elapsed() < SELDOM) {
            return false;
        }
        kept.token = None;
        true
    }

    async fn fetch(&self, kept: &mut Kept) -> Result<Secret, ClientError> {
        let refused = |why: String| {
            fault(FaultKind::Usage, format!("{} gives no token: {why}", self.oauth.url))
        };
        let request = self.request(kept.refresh.as_ref())?;
        let answer = self.client.send(&request, self.header().as_ref()).await;
        let answer = answer.map_err(|error| refused(error.message))?;
        let body = answer.json().unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let Some(token) = text("access_token").filter(|_| answer.is_success()) else {
            let why = [text("error"), text("error_description")];
            let why = why.into_iter().flatten().collect::<Vec<_>>().join(", ");
            return Err(refused(format!("it answers {} {why}", answer.status).trim().to_owned()));
        };
        let end = body.get("expires_in").and_then(Value::as_u64);
        // One that ends at once would be fetched before each request.
        let end = end.map(|seconds| Instant::now() + Duration::from_secs(seconds).max(EARLY * 2));
        if let Some(next) = text("refresh_token") {
            kept.refresh = Some(Secret::new(next));
        }
        let token = Secret::new(token);
        kept.token = Some((token.clone(), end));
        kept.fetched = Some(Instant::now());
        Ok(token)
    }

    fn header(&self) -> Option<(String, String)> {
        let Placement::Header(secret) = &self.oauth.placement else { return None };
        // RFC 6749, 2.3.1: both are encoded as a form does before they are put together.
        let pair = format!("{}:{}", form(&self.oauth.client), form(secret.show()));
        Some(("authorization".to_owned(), format!("Basic {}", STANDARD.encode(pair))))
    }

    fn request(&self, newer: Option<&Secret>) -> Result<Request, ClientError> {
        let mut fields = Vec::new();
        match &self.oauth.grant {
            Grant::ClientCredentials => {
                fields.push(("grant_type", "client_credentials".to_owned()))
            }
            Grant::Refresh(token) => {
                fields.push(("grant_type", "refresh_token".to_owned()));
                fields.push(("refresh_token", newer.unwrap_or(token).show().to_owned()));
            }
        }
        match &self.oauth.placement {
            Placement::Header(_) => {}
            Placement::Body(secret) => {
                fields.push(("client_id", self.oauth.client.clone()));
                fields.push(("client_secret", secret.show().to_owned()));
            }
            Placement::Key(key) => {
                fields.push(("client_id", self.oauth.client.clone()));
                fields.push(("client_assertion_type", ASSERTION.to_owned()));
                fields.push(("client_assertion", self.assertion(key)?));
            }
            Placement::Public => fields.push(("client_id", self.oauth.client.clone())),
        }
        if let Some(scope) = &self.oauth.scope {
            fields.push(("scope", scope.clone()));
        }
        let body = fields.iter().map(|(name, value)| format!("{name}={}", form(value)));
        let body = body.collect::<Vec<_>>().join("&");
        let headers = [("accept", "application/json"), ("content-type", FORM)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let (method, target) = ("POST".to_owned(), String::new());
        Ok(Request { method, target, headers, body: Some(body) })
    }

    /// A statement of the client about itself, valid for a minute.
    fn assertion(&self, key: &Secret) -> Result<String, ClientError> {
        let pem = key.show().as_bytes();
        let unusable = || {
            let message = "the key is neither an RSA nor a P-256 key in PEM";
            fault(FaultKind::Usage, message)
        };
        let (algorithm, key) = match EncodingKey::from_rsa_pem(pem) {
            Ok(key) => (Algorithm::RS256, key),
            Err(_) => (Algorithm::ES256, EncodingKey::from_ec_pem(pem).map_err(|_| unusable())?),
        };
        let now = jiff::Timestamp::now();
        let unique: [u8; 16] = std::array::from_fn(|_| fastrand::u8(..));
        let claims = json!({
            "iss": self.oauth.client,
            "sub": self.oauth.client,
            "aud": self.oauth.url,
            "jti": URL_SAFE_NO_PAD.encode(unique),
            "iat": now.as_second(),
            "exp": now.as_second() + 60,
        });
        jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).map_err(|_| unusable())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// As a form writes it.
fn form(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}
