//! The OAuth 2.0 token endpoint (RFC 6749, 3.2): client credentials and refresh.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER};
use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use percent_encoding::percent_decode;
use serde_json::{Value, json};

use super::Peer;
use crate::auth::clients::{Grant, GrantError, Issued};
use crate::auth::gate::GrantOrWait;
use crate::auth::{Gate, Scopes, Secret};
use crate::clock::whole_seconds;

/// Where the endpoint is.
pub const PATH: &str = "/oauth2/token";
/// Bytes of a request to it; a grant needs a few hundred.
const BODY_BYTES: usize = 16 * 1024;
/// Parameters of a request to it.
const PARAMETERS: usize = 32;

/// The endpoint, to be merged into the server's routes.
pub fn routes(gate: Arc<Gate>) -> Router {
    Router::new().route(PATH, post(token)).layer(DefaultBodyLimit::max(BODY_BYTES)).with_state(gate)
}

/// A refusal (RFC 6749, 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
    /// The client used the Authorization header, so a challenge answers it.
    challenge: bool,
    wait: Option<Duration>,
}

async fn token(
    State(gate): State<Arc<Gate>>,
    peer: Option<axum::Extension<Peer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let address = peer.map(|axum::Extension(peer)| peer.address);
    match answer(&gate, address, &headers, &body).await {
        Ok(issued) => respond(StatusCode::OK, &granted(&issued)),
        Err(refused) => refuse(&refused),
    }
}

async fn answer(
    gate: &Gate,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Issued, Refused> {
    let form = form(headers, body)?;
    let (id, secret, in_header) = credentials(headers, &form)?;
    let text = |name: &str| form.get(name).map(String::as_str);
    let grant = match text("grant_type") {
        Some("client_credentials") => Grant::ClientCredentials,
        Some("refresh_token") => match text("refresh_token") {
            Some(token) => Grant::Refresh(Secret::new(token)),
            None => return Err(Refused::request("`refresh_token` is missing")),
        },
        Some(_) => {
            let description = "grant types are `client_credentials` and `refresh_token`";
            return Err(Refused::new("unsupported_grant_type", description));
        }
        None => return Err(Refused::request("`grant_type` is missing")),
    };
    let wanted = match text("scope") {
        Some(names) => Some(Scopes::parse(names).map_err(|_| Refused::scope())?),
        None => None,
    };
    gate.grant(peer, &id, secret, grant, wanted).await.map_err(|why| match why {
        GrantOrWait::Wait(wait) => Refused {
            status: StatusCode::TOO_MANY_REQUESTS,
            wait: Some(wait),
            ..Refused::new("temporarily_unavailable", "too many failures; try again later")
        },
        GrantOrWait::Refused(GrantError::Client) => Refused::client(in_header),
        GrantOrWait::Refused(GrantError::Grant) => {
            Refused::new("invalid_grant", "the refresh token is unknown, expired, used or revoked")
        }
        GrantOrWait::Refused(GrantError::Scope) => Refused::scope(),
        GrantOrWait::Refused(GrantError::Failed(error)) => Refused {
            status: StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            wait: error.retry_after(),
            ..Refused::new("temporarily_unavailable", "the server cannot do this at the moment")
        },
    })
}

/// The parameters. One that is there twice is refused and one without a value counts as absent
/// (RFC 6749, 3.2).
fn form(headers: &HeaderMap, body: &[u8]) -> Result<BTreeMap<String, String>, Refused> {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refused::request("the body must be application/x-www-form-urlencoded"));
    }
    let mut form = BTreeMap::new();
    let mut names = std::collections::BTreeSet::new();
    for (n, pair) in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).enumerate() {
        if n >= PARAMETERS {
            return Err(Refused::request("there are too many parameters"));
        }
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let mut part = || decoded(parts.next().unwrap_or_default());
        let (Some(name), Some(value)) = (part(), part()) else {
            return Err(Refused::request("the body is not UTF-8"));
        };
        if !names.insert(name.clone()) {
            return Err(Refused::request("a parameter is there twice"));
        }
        if !value.is_empty() {
            form.insert(name, value);
        }
    }
    Ok(form)
}

/// Who the client is: from the Basic header, whose two parts are form-urlencoded, or from the
/// body; never both (RFC 6749, 2.3). True: it was the header.
fn credentials(
    headers: &HeaderMap,
    form: &BTreeMap<String, String>,
) -> Result<(String, Secret, bool), Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next();
    if values.next().is_some() {
        return Err(Refused::request("there are two Authorization headers"));
    }
    let (id, secret) = (form.get("client_id"), form.get("client_secret"));
    let Some(header) = header else {
        return match (id, secret) {
            (Some(id), Some(secret)) => Ok((id.clone(), Secret::new(secret), false)),
            _ => Err(Refused::client(false)),
        };
    };
    let (basic_id, basic_secret) = basic(header).ok_or_else(|| Refused::client(true))?;
    if secret.is_some() || id.is_some_and(|id| *id != basic_id) {
        return Err(Refused::request("there are credentials in the header and in the body"));
    }
    Ok((basic_id, basic_secret, true))
}

/// RFC 7617 with the encoding of RFC 6749, 2.3.1.
fn basic(header: &HeaderValue) -> Option<(String, Secret)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let (id, secret) = bytes.split_at_checked(colon)?;
    let secret = secret.get(1..)?;
    Some((decoded(id)?, Secret::new(decoded(secret)?)))
}

/// A name or value of a form: `+` is a blank, `%` begins a byte.
fn decoded(encoded: &[u8]) -> Option<String> {
    let blanks: Vec<u8> =
        encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&blanks).collect()).ok()
}

fn granted(issued: &Issued) -> Value {
    let mut body = json!({
        "access_token": issued.access.expose(),
        "token_type": "Bearer",
        "expires_in": issued.lifetime.as_secs(),
        "scope": issued.scopes.to_string(),
    });
    if let (Some(refresh), Some(members)) = (&issued.refresh, body.as_object_mut()) {
        members.insert("refresh_token".to_owned(), refresh.expose().into());
    }
    body
}

fn refuse(refused: &Refused) -> Response<Body> {
    let body = json!({ "error": refused.error, "error_description": refused.description });
    let mut response = respond(refused.status, &body);
    if refused.challenge {
        let challenge = HeaderValue::from_static("Basic realm=\"oauth2\", charset=\"UTF-8\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(wait) = refused.wait {
        response.headers_mut().insert(RETRY_AFTER, whole_seconds(wait).into());
    }
    response
}

/// Never to be kept by a cache (RFC 6749, 5.1).
fn respond(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

impl Refused {
    fn new(error: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description, challenge: false, wait: None }
    }

    fn request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    fn scope() -> Self {
        Self::new("invalid_scope", "a scope is unknown or more than the client may have")
    }

    /// 401 in both cases; the challenge where the header was used (RFC 6749, 5.2).
    fn client(challenge: bool) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        let description = "the client is unknown or its secret is wrong";
        Self { status, challenge, ..Self::new("invalid_client", description) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Option<(String, String)> {
        let (id, secret) = basic(&HeaderValue::from_str(header).unwrap())?;
        Some((id, secret.expose().to_owned()))
    }

    #[test]
    fn the_basic_header_of_rfc_6749_2_3_1_is_read() {
        let pair = ("s6BhdRkqt3".to_owned(), "7Fjfp0ZBr1KtDRbnfVdmIw".to_owned());
        assert_eq!(read("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"), Some(pair));
    }

    #[test]
    fn its_parts_are_form_urlencoded_so_a_colon_in_an_id_is_no_separator() {
        let header = format!("basic {}", STANDARD.encode("a%3Ab+c:p%25:w%C3%A9"));
        assert_eq!(read(&header), Some(("a:b c".to_owned(), "p%:wé".to_owned())));
    }

    #[test]
    fn what_is_not_basic_is_refused() {
        let no_colon = format!("Basic {}", STANDARD.encode("abc"));
        let not_utf8 = format!("Basic {}", STANDARD.encode(b"a:%FF"));
        for header in ["Basic", "Basic !", "Bearer abc", &no_colon, &not_utf8] {
            assert_eq!(read(header), None, "{header}");
        }
    }

    #[test]
    fn a_parameter_twice_is_refused_and_an_empty_one_is_absent() {
        let mut headers = HeaderMap::new();
        assert!(form(&headers, b"a=1").is_err(), "RFC 6749, 4.4.2: the media type");
        let media = "application/x-www-form-urlencoded; charset=UTF-8";
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        assert!(form(&headers, b"a=1&a=2").is_err());
        assert!(form(&headers, b"a=&a=2").is_err());
        let read = form(&headers, b"scope=&grant_type=x%20y").unwrap();
        assert_eq!(read.into_iter().collect::<Vec<_>>(), [("grant_type".into(), "x y".into())]);
    }
}
