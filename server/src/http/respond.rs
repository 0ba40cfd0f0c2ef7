//! Responses.

use axum::body::Body;
use http::header::{
    ALLOW, CONTENT_LOCATION, CONTENT_TYPE, ETAG, HeaderName, LOCATION, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use http::{HeaderValue, Response, StatusCode};
use provisor::json::Json;

use crate::auth::Challenge;
use crate::clock::whole_seconds;
use crate::error::ScimError;
use crate::http::media::Media;
use crate::service::Shown;

/// A response with a body.
pub(super) fn json(status: StatusCode, body: &Json, media: Media) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media.header());
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// A response without a body.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A resource, with where it is and its version (RFC 7644, 3.3, 3.4.1, 3.14; RFC 7643, 3.1:
/// `meta.location` is `Content-Location`).
pub(super) fn shown(status: StatusCode, shown: &Shown, media: Media) -> Response<Body> {
    // RFC 7644, 3.5.2: 204 where there is nothing to show.
    let mut response = match &shown.resource {
        Json::Null => empty(StatusCode::NO_CONTENT),
        resource => json(status, resource, media),
    };
    put(&mut response, LOCATION, &shown.location);
    put(&mut response, CONTENT_LOCATION, &shown.location);
    put(&mut response, ETAG, &shown.etag);
    response
}

/// 304: no body, the ETag.
pub(super) fn not_modified(etag: &str) -> Response<Body> {
    let mut response = empty(StatusCode::NOT_MODIFIED);
    put(&mut response, ETAG, etag);
    response
}

/// A refusal.
pub(super) fn error(error: &ScimError, media: Media) -> Response<Body> {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, &error.to_json(), media);
    match status {
        // RFC 9110, 15.5.16
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            put(&mut response, http::header::ACCEPT, "application/scim+json, application/json");
            put(&mut response, http::header::ACCEPT_ENCODING, "gzip");
        }
        // What is left of the body is not read.
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE => {
            put(&mut response, http::header::CONNECTION, "close");
        }
        _ => {}
    }
    if let Some(wait) = error.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, whole_seconds(wait).into());
    }
    response
}

/// A request that is not let in.
pub(super) fn challenge(challenge: &Challenge, media: Media) -> Response<Body> {
    let mut response = error(&challenge.error, media);
    if let Some(value) = &challenge.www_authenticate {
        put(&mut response, WWW_AUTHENTICATE, value);
    }
    if let Some(wait) = challenge.retry_after {
        response.headers_mut().insert(RETRY_AFTER, whole_seconds(wait).into());
    }
    response
}

/// 405 with the methods that would do.
pub(super) fn method_not_allowed(allow: &'static str, media: Media) -> Response<Body> {
    let refusal = ScimError::new(405, format!("this endpoint takes only {allow}"));
    let mut response = error(&refusal, media);
    put(&mut response, ALLOW, allow);
    response
}

/// A header. A value that no header can have is left out.
pub(super) fn put(response: &mut Response<Body>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
