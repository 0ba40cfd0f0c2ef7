//! Reading the body of a request: bounded in bytes and time, JSON without ambiguity.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use provisor::json::{self, Json};

use crate::error::{ScimError, ScimType};
use crate::http::media;
use crate::limits::{DRAIN_TIME, DRAINED};

/// Reads a body as JSON.
///
/// Fails with 415 for another media type or encoding, 413 for more than `limit` bytes (after
/// decompression too), 408 where the client takes longer than `time`, and 400 for what is not
/// JSON, or has a key twice in one object: the second would win here and the first elsewhere.
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

/// Reads JSON text.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, ScimError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ScimError::bad(
            ScimType::InvalidSyntax,
            "the request has no body; send a JSON object",
        ));
    }
    let json = json::parse(bytes)?;
    match duplicate(&json) {
        None => Ok(json),
        Some(key) => {
            let key: String = key.chars().filter(|c| !c.is_control()).take(60).collect();
            let detail = format!("the key `{key}` is there twice in one object; send it once");
            Err(ScimError::bad(ScimType::InvalidSyntax, detail))
        }
    }
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

/// A key that occurs twice in the same object.
fn duplicate(json: &Json) -> Option<&str> {
    // Recursion ends at the nesting that the parser allows.
    match json {
        Json::Array(elements) => elements.iter().find_map(duplicate),
        Json::Object(object) => object
            .duplicates()
            .first()
            .copied()
            .or_else(|| object.iter().find_map(|(_, value)| duplicate(value))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &[u8]) -> String {
        match parse(text) {
            Ok(json) => json.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_not_json_says_where() {
        let deep = "[".repeat(200);
        insta::assert_snapshot!(
            [
                &b""[..],
                b" \n",
                b"{",
                b"{\"userName\": \"ana\",}",
                b"{\n'userName': 1}",
                b"{\"a\": \"\xff\"}",
                b"{} {}",
                b"<html>",
                b"{\"a\": 1, \"a\": 2}",
                b"{\"x\": [{\"a\": {\"b\": 1, \"b\": 1}}]}",
                b"\xef\xbb\xbf{\"a\": 1}",
                b"\xff\xfe{\x00",
                deep.as_bytes(),
            ]
            .map(told)
            .join("\n"),
            @r#"
        400: the request has no body; send a JSON object
        400: the request has no body; send a JSON object
        400: a key in double quotes was expected, but the text ends (line 1, at byte 1); the text is cut off: was it transferred whole?
        400: a key in double quotes was expected, but `}` was found (line 1, at byte 19); remove the comma before `}`
        400: a key in double quotes was expected, but `'` was found (line 2, at byte 2); write double quotes, not single ones
        400: the byte 0xFF is not part of UTF-8 text (line 1, at byte 7); send JSON as UTF-8 (RFC 8259, 8.1)
        400: the text should end after the value, but `{` was found (line 1, at byte 3); send one value; in NDJSON each value has a line of its own
        400: a JSON value was expected, but `<` was found (line 1, at byte 0); this looks like HTML or XML: was an error page received?
        400: the key `a` is there twice in one object; send it once
        400: the key `b` is there twice in one object; send it once
        {"a":1}
        400: the text is UTF-16, not UTF-8 (line 1, at byte 0); send JSON as UTF-8 (RFC 8259, 8.1)
        400: more than 128 objects and arrays are inside one another (line 1, at byte 128); SCIM resources need no more than 4 levels
        "#
        );
    }
}
