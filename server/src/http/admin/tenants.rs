//! Tenants: list, make, set, remove, by an administrator of the default tenant.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::{BytesRejection, PathRejection};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::caller::Caller;
use super::members::read_json;
use super::tokens::read_dialect;
use crate::auth::tenants::{self, Tenant};
use crate::clock::Timestamp;
use crate::error::ScimError;

pub(super) async fn list(caller: Caller) -> Result<Json<Value>, Problem> {
    caller.must_be_of_the_default_tenant()?;
    let tenants = caller.state.service.store.read(|tx| tenants::list(tx)).await?;
    let shown: Vec<Value> = tenants.iter().map(shown).collect();
    Ok(Json(json!({ "tenants": shown })))
}

/// A tenant to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    dialect: Option<String>,
}

pub(super) async fn add(
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.must_be_of_the_default_tenant()?;
    let New { name, dialect } = read_json(&body?)?;
    let dialect = read_dialect(dialect.as_deref())?;
    let state = caller.state.clone();
    let tenant = state
        .service
        .store
        .write(move |tx| {
            let mut tenant = tenants::add(tx, &name, caller.cause.at)?;
            if dialect.is_some() {
                tenant = tenants::set_dialect(tx, &tenant.number.to_string(), dialect)?;
            }
            caller.word(tx, caller.tenant, "tenantMade", &tenant.name)?;
            Ok::<_, ScimError>(tenant)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(shown(&tenant))))
}

/// What of a tenant can be set; null takes it away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    /// With a function of its own, so that it must be there: `{}` takes nothing away.
    #[serde(deserialize_with = "Option::deserialize")]
    dialect: Option<String>,
}

pub(super) async fn set(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    caller.must_be_of_the_default_tenant()?;
    let Path(reference) = path?;
    let Set { dialect } = read_json(&body?)?;
    let dialect = read_dialect(dialect.as_deref())?;
    let state = caller.state.clone();
    let tenant = state
        .service
        .store
        .write(move |tx| {
            let tenant = tenants::set_dialect(tx, &reference, dialect)?;
            caller.word(tx, caller.tenant, "tenantSet", &tenant.name)?;
            Ok::<_, ScimError>(tenant)
        })
        .await?;
    state.authenticate.forget();
    Ok(Json(shown(&tenant)))
}

pub(super) async fn remove(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    caller.must_be_of_the_default_tenant()?;
    let Path(reference) = path?;
    let state = caller.state.clone();
    state
        .service
        .store
        .write(move |tx| {
            if tenants::find(tx, &reference)?.number == caller.tenant.0 {
                let words = "this is the tenant of your own credential, which stays";
                return Err(ScimError::new(409, words));
            }
            let tenant = tenants::remove(tx, &reference)?;
            caller.word(tx, caller.tenant, "tenantRemoved", &tenant.name)
        })
        .await?;
    state.authenticate.forget();
    Ok(StatusCode::NO_CONTENT)
}

fn shown(tenant: &Tenant) -> Value {
    json!({
        "number": tenant.number,
        "name": tenant.name,
        "dialect": tenant.dialect,
        "created": Timestamp(tenant.created).to_string(),
    })
}
