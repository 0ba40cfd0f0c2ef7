//! Who calls the admin API.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Problem;
use crate::auth::Challenge;
use crate::entitlements::Cause;
use crate::http::{AppState, RequestId};
use crate::id::TenantId;

/// Somebody who may use the admin API, with what their request will have caused.
pub(super) struct Caller {
    pub(super) state: AppState,
    pub(super) tenant: TenantId,
    pub(super) cause: Cause,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let principal = state.authenticate.authenticate(parts).await?;
        if !principal.scopes.admin {
            return Err(Challenge::insufficient_scope("admin").into());
        }
        let request = parts.extensions.get::<RequestId>().map(ToString::to_string);
        let cause = Cause {
            tenant: principal.tenant,
            at: state.service.clock.now(),
            actor: principal.name,
            request: request.unwrap_or_default(),
        };
        Ok(Self { state: state.clone(), tenant: principal.tenant, cause })
    }
}
