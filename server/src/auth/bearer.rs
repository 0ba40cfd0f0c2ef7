//! The bearer token of a request (RFC 6750, 2.1): in the header and nowhere else.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::{Challenge, Secret};

/// Bytes of a token at most; JWTs with many claims are the longest.
const LONGEST: usize = 16 * 1024;

/// The token, or why there is none.
pub(super) fn token(headers: &HeaderMap, query: Option<&str>) -> Result<Secret, Challenge> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Challenge::invalid_request("there are two Authorization headers; send one"));
    }
    // RFC 6750, 2.3: it would stand in logs and histories, so it is not supported, and together
    // with a header it is two credentials (2).
    if query.is_some_and(has_access_token) {
        let detail = "a token in the query ends up in logs; send it in the Authorization header";
        return Err(Challenge::invalid_request(detail));
    }
    let Some(value) = first else { return Err(Challenge::missing()) };
    let text = value.to_str().map_err(|_| malformed())?;
    // The scheme compares without regard to case (RFC 9110, 11.1).
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // A scheme that is not offered is no credential (RFC 6750, 3.1).
        return Err(Challenge::missing());
    }
    let token = rest.trim_matches(' ');
    if token.is_empty() || token.len() > LONGEST || !token.bytes().all(is_b64token) {
        return Err(malformed());
    }
    Ok(Secret::new(token))
}

fn malformed() -> Challenge {
    Challenge::invalid_request("the Authorization header must be: Bearer, a blank, the token")
}

fn is_b64token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

fn has_access_token(query: &str) -> bool {
    query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        name == "access_token"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str], query: Option<&str>) -> Result<String, u16> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        let found = token(&headers, query);
        found.map(|secret| secret.expose().to_owned()).map_err(|refused| refused.error.status)
    }

    #[test]
    fn the_header_is_read_as_rfc_6750_2_1_writes_it() {
        assert_eq!(of(&["Bearer mF_9.B5f-4.1JqM"], None).as_deref(), Ok("mF_9.B5f-4.1JqM"));
        assert_eq!(of(&["bearer  abc=="], Some("filter=x")).as_deref(), Ok("abc=="));
    }

    #[test]
    fn nothing_to_go_by_is_401_and_nonsense_is_400() {
        assert_eq!(of(&[], None), Err(401));
        assert_eq!(of(&["Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"], None), Err(401));
        for value in ["Bearer", "Bearer ", "Bearer a b", "Bearer a\"b", "Bearer a,b"] {
            assert_eq!(of(&[value], None), Err(400), "{value}");
        }
        assert_eq!(of(&[&format!("Bearer {}", "a".repeat(LONGEST + 1))], None), Err(400));
    }

    #[test]
    fn two_credentials_and_tokens_in_the_query_are_400() {
        assert_eq!(of(&["Bearer a", "Bearer a"], None), Err(400));
        assert_eq!(of(&["Bearer a"], Some("access_token=a")), Err(400));
        assert_eq!(of(&[], Some("filter=x&access%5Ftoken=a")), Err(400));
    }
}
