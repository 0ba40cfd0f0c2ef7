//! Media types of requests and responses (RFC 7644, 3.8; RFC 9110, 12.5.1).

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use crate::error::ScimError;

/// The media type of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Media {
    /// `application/scim+json`
    #[default]
    Scim,
    /// `application/json`, only for those who want nothing else or want it more.
    Json,
}

impl Media {
    /// For `Content-Type`. Without a charset: JSON is UTF-8, and the registration knows no
    /// parameters.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Scim => "application/scim+json",
            Self::Json => "application/json",
        })
    }
}

/// The media type that a client takes. Without `Accept`, or with nothing in it that can be read,
/// it is SCIM's. Fails with 406 where neither is taken.
pub(super) fn accepted(headers: &HeaderMap) -> Result<Media, ScimError> {
    let ranges: Vec<Range> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Range::read)
        .collect();
    if ranges.is_empty() {
        return Ok(Media::Scim);
    }
    let quality = |subtype: &str| {
        let fits = ranges.iter().filter_map(|range| Some((range.fit(subtype)?, range.quality)));
        // The most exact range decides (RFC 9110, 12.5.1).
        fits.max_by_key(|(fit, _)| *fit).map_or(0, |(_, quality)| quality)
    };
    match (quality("scim+json"), quality("json")) {
        (0, 0) => Err(ScimError::new(
            406,
            "the server answers in `application/scim+json` or `application/json`, and `Accept` \
             takes neither",
        )),
        (scim, json) if json > scim => Ok(Media::Json),
        _ => Ok(Media::Scim),
    }
}

/// Whether a body can be read by its `Content-Type`. None at all is taken for SCIM's.
///
/// Fails with 415 for another type, another charset than UTF-8, or several types.
pub(super) fn readable(headers: &HeaderMap) -> Result<(), ScimError> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else { return Ok(()) };
    let refused = |why: &str| {
        Err(ScimError::new(415, format!("{why}; send `application/scim+json` in UTF-8")))
    };
    if values.next().is_some() {
        return refused("there are several `Content-Type`s");
    }
    let Ok(value) = value.to_str() else { return refused("the `Content-Type` is not ASCII") };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let ours = ["application/scim+json", "application/json"];
    if !ours.iter().any(|one| one.eq_ignore_ascii_case(essence)) {
        return refused("the server does not read this `Content-Type`");
    }
    for part in parts {
        let Some((name, charset)) = part.split_once('=') else { continue };
        let charset = charset.trim().trim_matches('"');
        let utf8 = ["utf-8", "utf8"].iter().any(|one| one.eq_ignore_ascii_case(charset));
        if name.trim().eq_ignore_ascii_case("charset") && !utf8 {
            return refused("the server does not read this charset");
        }
    }
    Ok(())
}

/// A media range.
struct Range {
    essence: String,
    /// In thousandths.
    quality: u16,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().filter(|essence| essence.contains('/'))?.to_ascii_lowercase();
        let mut quality = 1000;
        for part in parts {
            if let Some((name, value)) = part.split_once('=')
                && name.trim().eq_ignore_ascii_case("q")
            {
                let value: f32 = value.trim().parse().ok()?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "clamped to 0 to 1000"
                )]
                let thousandths = (value.clamp(0.0, 1.0) * 1000.0) as u16;
                quality = thousandths;
            }
        }
        Some(Self { essence, quality })
    }

    /// How exactly it names `application/…`.
    fn fit(&self, subtype: &str) -> Option<u8> {
        match self.essence.split_once('/')? {
            ("*", "*") => Some(0),
            ("application", "*") => Some(1),
            ("application", own) if own == subtype => Some(2),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> Result<Media, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, value.parse().unwrap());
        accepted(&headers).map_err(|error| error.status)
    }

    fn content_type(value: &str) -> Result<(), u16> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, value.parse().unwrap());
        readable(&headers).map_err(|error| error.status)
    }

    #[test]
    fn scim_is_preferred_unless_the_client_wants_json_more() {
        assert_eq!(accepted(&HeaderMap::new()), Ok(Media::Scim));
        for value in ["*/*", "application/*", "application/scim+json", "text/html,*/*;q=0.8", ""] {
            assert_eq!(accept(value), Ok(Media::Scim), "{value}");
        }
        for value in ["application/json", "application/json, application/scim+json;q=0.5"] {
            assert_eq!(accept(value), Ok(Media::Json), "{value}");
        }
        assert_eq!(
            accept("application/json;charset=utf-8, application/scim+json"),
            Ok(Media::Scim)
        );
        assert_eq!(accept("*/*, application/scim+json;q=0"), Ok(Media::Json));
    }

    #[test]
    fn neither_is_406() {
        for value in ["text/html", "application/xml, text/*", "*/*;q=0"] {
            assert_eq!(accept(value), Err(406), "{value}");
        }
    }

    #[test]
    fn bodies_are_json_in_utf8() {
        for value in [
            "application/scim+json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/scim+json;charset=\"UTF-8\"; profile=x",
        ] {
            assert_eq!(content_type(value), Ok(()), "{value}");
        }
        for value in [
            "text/plain",
            "application/xml",
            "application/json-patch+json",
            "application/json; charset=iso-8859-1",
            "application/x-www-form-urlencoded",
            "",
        ] {
            assert_eq!(content_type(value), Err(415), "{value}");
        }
    }
}
