//! One request: recorded, answered by the routes or by the script, and its answer recorded.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use provisor::json::quote;
use tower::ServiceExt;

use super::{Core, oauth};
use crate::exchange::{Answer, Body as Kept, Exchange};
use crate::judgement::{TOKEN_PATH, form_decoded};
use crate::misbehave::Meddled;
use crate::record::{self, Head};

/// Bytes of a body at most.
const BODY: usize = 64 << 20;

/// Where a request came in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    pub(super) connection: u32,
    pub(super) elsewhere: bool,
    pub(super) tls: bool,
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(super) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Ends a record also where the source goes away before its answer.
struct Open {
    core: Arc<Core>,
    place: Option<usize>,
    closed: bool,
}

impl Open {
    fn close(mut self, answer: Option<Answer>, meddled: Option<String>) {
        self.closed = true;
        self.core.recorder.answer(self.place, answer, meddled);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.closed {
            self.core.recorder.answer(self.place, None, None);
        }
    }
}

pub(super) async fn answer(
    request: Request<Incoming>,
    head: Head,
    came: Came,
    core: Arc<Core>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let began = core.recorder.now();
    let (mut parts, body) = request.into_parts();
    let head = if head.method.is_empty() { of_parts(&parts) } else { head };
    let body = Limited::new(body, BODY).collect().await;
    let too_large = body.is_err();
    let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let request = record::request(head, body.clone());
    let place = core.recorder.request(Exchange {
        connection: came.connection,
        elsewhere: came.elsewhere,
        tls: came.tls,
        strange: core.tokens.is_strange(request.header("authorization")),
        began,
        request: request.clone(),
        ..Exchange::default()
    });
    let open = Open { core: Arc::clone(&core), place, closed: false };
    if came.elsewhere || too_large {
        let (status, detail) = if too_large {
            (StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 MiB")
        } else {
            (StatusCode::NOT_FOUND, "this is another host; nothing is here")
        };
        let answer = error(status, detail);
        open.close(Some(answer.clone()), None);
        return Ok(response(answer));
    }
    parts.extensions.insert(provisor_server::http::Peer {
        address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        tls: came.tls,
    });
    token_from_url(&mut parts);
    let meddling = core.script.before(&request, &core.contract, core.elsewhere);
    if let Some(wait) = meddling.as_ref().and_then(|one| one.wait) {
        tokio::time::sleep(wait).await;
    }
    let (meddled, name) = match meddling {
        Some(one) => (one.meddled, Some(one.name)),
        None => (Meddled::Pass, None),
    };
    let answer = match meddled {
        Meddled::Instead(answer) => Some(answer),
        Meddled::DropAfter => {
            let _ = carried_out(&core, &request, parts, body).await;
            None
        }
        Meddled::After(answer) => {
            let _ = carried_out(&core, &request, parts, body).await;
            Some(answer)
        }
        Meddled::Rewrite(rewrite) => {
            let query = rewrite.query(request.query().unwrap_or_default());
            if let Some(uri) =
                query.and_then(|query| format!("{}?{query}", request.path()).parse().ok())
            {
                parts.uri = uri;
            }
            let mut answer = carried_out(&core, &request, parts, body).await;
            rewrite.apply(&mut answer);
            Some(answer)
        }
        Meddled::Pass => Some(carried_out(&core, &request, parts, body).await),
    };
    open.close(answer.clone(), name);
    answer.map(response).ok_or(Dropped)
}

/// A token in the URL lets in too, as by RFC 6750, 2.3: it is named, and must not hide the rest.
fn token_from_url(parts: &mut http::request::Parts) {
    if parts.headers.contains_key(http::header::AUTHORIZATION) {
        return;
    }
    let query = parts.uri.query().unwrap_or_default();
    let is_token = |part: &&str| part.starts_with("access_token=") || part.starts_with("token=");
    let Some(part) = query.split('&').find(is_token) else { return };
    let token = form_decoded(part.split_once('=').map_or("", |(_, value)| value));
    let rest: Vec<&str> = query.split('&').filter(|one| *one != part).collect();
    let target = match rest.join("&") {
        rest if rest.is_empty() => parts.uri.path().to_owned(),
        rest => format!("{}?{rest}", parts.uri.path()),
    };
    if let (Ok(value), Ok(uri)) = (format!("Bearer {token}").parse(), target.parse()) {
        parts.headers.insert(http::header::AUTHORIZATION, value);
        parts.uri = uri;
    }
}

/// The true answer: of the token endpoint, or of the routes.
async fn carried_out(
    core: &Core,
    asked: &crate::exchange::Request,
    parts: http::request::Parts,
    body: Bytes,
) -> Answer {
    if asked.path() == TOKEN_PATH {
        let (status, headers, text) = oauth::answer(asked, &core.tokens);
        let headers = headers.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        return Answer { status: status.as_u16(), headers, body: Kept::whole(text) };
    }
    let request = Request::from_parts(parts, Body::from(body));
    let routed: Result<_, Infallible> = core.routes.clone().oneshot(request).await;
    let (parts, body) = routed.unwrap_or_else(|never| match never {}).into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    Answer { status: parts.status.as_u16(), headers, body: Kept::whole(body) }
}

/// A SCIM error (RFC 7644, 3.12).
pub(crate) fn error(status: StatusCode, detail: &str) -> Answer {
    let text = format!(
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"{}\",\
         \"detail\":{}}}",
        status.as_u16(),
        quote(detail)
    );
    let headers = vec![("content-type".to_owned(), "application/scim+json".to_owned())];
    Answer { status: status.as_u16(), headers, body: Kept::whole(text) }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body.bytes));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        // The length is the body's own matter.
        if name.eq_ignore_ascii_case("content-length") {
            continue;
        }
        let pair = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = pair {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// What a head was, as far as the parsed request tells it.
fn of_parts(parts: &http::request::Parts) -> Head {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter();
    Head {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
    }
}
