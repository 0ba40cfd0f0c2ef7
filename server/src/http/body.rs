//! Reading the body of a request: bounded in bytes and time, JSON without ambiguity.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use provisor::json::{self, Json};

use crate::error::{ScimError, ScimType};
use crate::http::media;

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
        return Err(too_large(limit));
    }
    let bytes = match tokio::time::timeout(time, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) => return Err(unread(error.as_ref(), limit)),
        Err(_) => {
            return Err(ScimError::new(408, "the body of the request did not come in time"));
        }
    };
    parse(&bytes)
}

/// Reads JSON text.
pub(super) fn parse(bytes: &Bytes) -> Result<Json, ScimError> {
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

fn unread(error: &(dyn std::error::Error + Send + Sync + 'static), limit: usize) -> ScimError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if one.is::<LengthLimitError>() {
            return too_large(limit);
        }
        cause = one.source();
    }
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
        match parse(&Bytes::copy_from_slice(text)) {
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
            @""
        );
    }
}
