//! What the server can (RFC 7644, 4), over HTTP.

use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{Response, StatusCode};

use crate::error::ScimError;
use crate::http::media::Media;
use crate::http::{AppState, base, respond};
use crate::id::TenantId;
use crate::protocol::discovery::{self, Published, describe};
use crate::protocol::endpoint::Endpoint;
use crate::protocol::query::decode;

/// Answers `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` and each of them; `tenant` is
/// whose client asks, if that is known.
pub(super) async fn answer(
    state: &AppState,
    parts: &Parts,
    endpoint: &Endpoint,
    media: Media,
    tenant: Option<TenantId>,
) -> Result<Response<Body>, ScimError> {
    let what = match endpoint {
        Endpoint::ServiceProviderConfig => discovery::Endpoint::ServiceProviderConfig,
        Endpoint::ResourceTypes => discovery::Endpoint::ResourceTypes,
        Endpoint::ResourceType(name) => discovery::Endpoint::ResourceType(name),
        Endpoint::Schemas => discovery::Endpoint::Schemas,
        Endpoint::Schema(name) => discovery::Endpoint::Schema(name),
        other => {
            let detail = format!("`{}` does not describe the server", other.template());
            return Err(ScimError::new(404, detail));
        }
    };
    // Every other parameter is ignored there, whatever it says.
    let query = parts.uri.query().unwrap_or_default();
    let filter = query.split('&').any(|part| {
        let name = part.split('=').next().unwrap_or_default();
        decode(name, "the query string").is_ok_and(|name| name.eq_ignore_ascii_case("filter"))
    });
    let base = base::base(parts, &state.settings)?;
    let service = &state.service;
    let entitlements = match (tenant, what) {
        (None, _) | (_, discovery::Endpoint::ServiceProviderConfig) => true,
        (Some(tenant), _) => {
            let entitlements = Arc::clone(&service.entitlements);
            service.store.read(move |tx| entitlements.any(tx, tenant)).await?
        }
    };
    let published = Published { schemas: &service.schemas, entitlements };
    let body = describe(what, filter, published, &service.settings, &base)?;
    Ok(respond::json(StatusCode::OK, &body, media))
}
