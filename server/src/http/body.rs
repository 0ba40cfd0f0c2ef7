//! Reading the body of a request: bounded in bytes and time, JSON without ambiguity.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use provisor::json::Json;

use crate::error::{ScimError, ScimType};
use crate::http::media;
use crate::limits::{DRAIN_TIME, DRAINED};
use crate::protocol::body::parse;

/// Reads a body as JSON.
///
/// Fails with 415 for another media type or encoding, 413 for more than `limit` bytes (after
/// decompression too), 408 where the client takes longer than `time`, and as [`parse`] does.
pub(super) async fn json(
    request: Request<Body>,
    limit: usize,
    time: Duration,
) -> Result<Json, ScimError> {
    let (parts, body) = request.into_parts();
    media::readable(&parts.headers)?;
    encoding(&parts.headers)?;
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse().ok()).is_some_and(|bytes: u64| bytes > limit as u64) {
        drain(body).await;
        return Err(too_large(limit));
    }
    match tokio::time::timeout(time, gather(body, limit)).await {
        Ok(bytes) => parse(&bytes?),
        Err(_) => Err(ScimError::new(408, "the body of the request did not come in time")),
    }
}

/// The whole body, if it is not longer than the limit.
async fn gather(mut body: Body, limit: usize) -> Result<Bytes, ScimError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| cut_off())?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > limit {
            drain(body).await;
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes.freeze())
}

/// Throws away what is left of a body, within bounds. A connection that is closed while a client
/// writes is reset, and the client sees a broken connection instead of the answer.
async fn drain(mut body: Body) {
    let reading = async {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    };
    // Whoever takes longer is not waited for.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}

/// Only gzip, which a layer around this has undone already. A `Content-Encoding` that is still
/// there is another one.
fn encoding(headers: &HeaderMap) -> Result<(), ScimError> {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    if encodings.all(|one| one.as_bytes().eq_ignore_ascii_case(b"identity")) {
        Ok(())
    } else {
        Err(ScimError::new(
            415,
            "the server does not read this `Content-Encoding`; send the body plain or as `gzip`",
        ))
    }
}

fn too_large(limit: usize) -> ScimError {
    // RFC 7644, 3.7.4: the message names the limit.
    let detail = format!(
        "the request has more than {limit} bytes, which is the `maxPayloadSize`; send several \
         requests"
    );
    ScimError::new(413, detail)
}

fn cut_off() -> ScimError {
    ScimError::bad(
        ScimType::InvalidSyntax,
        "the body of the request is cut off, or is not encoded as its head says",
    )
}
