//! Who calls the admin API.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::{Value, json};

use super::Problem;
use crate::auth::{Challenge, tenants};
use crate::entitlements::{Cause, Entitlements};
use crate::error::ScimError;
use crate::http::{AppState, RequestId};
use crate::id::TenantId;
use crate::limits;
use crate::store::{Read, Write};

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

impl Caller {
    /// Whose tokens and clients they look after; `None`: those of every tenant.
    pub(super) fn whose(&self) -> Option<TenantId> {
        (self.tenant != tenants::DEFAULT).then_some(self.tenant)
    }

    /// Reads something of their tenant's entitlements, in one job of the store.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Entitlements, &dyn Read, TenantId) -> Result<T, ScimError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (service, tenant) = (&self.state.service, self.tenant);
        let entitlements = Arc::clone(&service.entitlements);
        Ok(service.store.read(move |tx| ask(&entitlements, tx, tenant)).await?)
    }

    /// 403 for administrators of other tenants, who are not told which tenants there are.
    pub(super) fn must_be_of_the_default_tenant(&self) -> Result<(), Problem> {
        match self.whose() {
            None => Ok(()),
            Some(_) => {
                Err(Problem::new(403, "only an administrator of the default tenant may do this"))
            }
        }
    }

    /// Writes into the audit trail of a tenant what was done to a token, client or tenant.
    pub(super) fn word(
        &self,
        tx: &dyn Write,
        tenant: TenantId,
        what: &str,
        name: &str,
    ) -> Result<(), ScimError> {
        let Cause { actor, request, at, .. } = &self.cause;
        let body = json!({ "what": what, "name": name, "actor": actor, "request": request });
        tx.append_audit(tenant, None, *at, &body.to_string())?;
        Ok(())
    }
}

/// How many things a page shall have: as many as is asked for, one at least.
pub(super) fn page_size(limit: Option<usize>, most: usize) -> usize {
    limit.unwrap_or(limits::DEFAULT_PAGE).clamp(1, most)
}

/// A tenant in a body: its name, or its number as answers say it.
pub(super) fn reference(value: Option<Value>) -> Result<Option<String>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(Problem::new(400, "`tenant` takes the name or the number of a tenant")),
    }
}

/// The tenant that a body names, if who sends it may look after it; their own without a name.
pub(super) fn tenant_of(
    tx: &dyn Read,
    own: TenantId,
    reference: Option<&str>,
) -> Result<TenantId, ScimError> {
    let Some(reference) = reference else { return Ok(own) };
    match tenants::find(tx, reference) {
        Ok(tenant) if own == tenants::DEFAULT || tenant.number == own.0 => {
            Ok(TenantId(tenant.number))
        }
        // Whether there is such a tenant is not told either.
        _ if own != tenants::DEFAULT => {
            let words = "you look after your own tenant only; leave `tenant` out";
            Err(ScimError::new(403, words))
        }
        Ok(tenant) => Ok(TenantId(tenant.number)),
        Err(error) => Err(error),
    }
}
