//! The token endpoint: client credentials alone (RFC 6749, 4.4), the secret by Basic or form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use provisor::json::quote;

use super::tokens::Tokens;
use crate::exchange::Request;
use crate::judgement::form_decoded;

/// The answer: status, headers, body.
pub(super) fn answer(
    request: &Request,
    tokens: &Tokens,
) -> (StatusCode, Vec<(http::HeaderName, String)>, String) {
    let json =
        vec![(CONTENT_TYPE, "application/json".to_owned()), (CACHE_CONTROL, "no-store".to_owned())];
    let refused =
        |status, error: &str| (status, json.clone(), format!("{{\"error\":\"{error}\"}}"));
    let Some(client) = tokens.client() else {
        return refused(StatusCode::NOT_FOUND, "invalid_request");
    };
    if request.method != "POST" {
        return refused(StatusCode::METHOD_NOT_ALLOWED, "invalid_request");
    }
    let body = request.body.text();
    let field = |name: &str| {
        let parts = body.split('&').filter_map(|part| part.split_once('='));
        parts.filter(|(key, _)| *key == name).map(|(_, value)| form_decoded(value)).next()
    };
    let basic = request.header(AUTHORIZATION.as_str()).and_then(basic);
    let shown = basic.or_else(|| Some((field("client_id")?, field("client_secret")?)));
    let known = shown.is_some_and(|(id, secret)| (id.as_str(), secret.as_str()) == client);
    if !known {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if field("grant_type").as_deref() != Some("client_credentials") {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let Some((token, seconds)) = tokens.issue() else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "server_error");
    };
    let token = quote(&token);
    let body = format!(
        "{{\"access_token\":{token},\"token_type\":\"Bearer\",\"expires_in\":{seconds},\
         \"scope\":\"scim\"}}"
    );
    (StatusCode::OK, json, body)
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_read() {
        let read = basic("Basic anVkZ2VkLXNvdXJjZTpzM2NyM3Q=");
        assert_eq!(read, Some(("judged-source".to_owned(), "s3cr3t".to_owned())));
        assert_eq!(basic("Bearer x"), None);
    }
}
