//! OAuth clients: list, make, remove. Whose, see `tokens.rs`.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::{BytesRejection, PathRejection};
use bytes::Bytes;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::caller::{Caller, reference, tenant_of};
use super::members::read_json;
use super::tokens::{Made, read_dialect, read_scopes, words};
use crate::auth::clients::{self, Client};
use crate::clock::Timestamp;
use crate::error::ScimError;
use crate::id::TenantId;

pub(super) async fn list(caller: Caller) -> Result<Json<Value>, Problem> {
    let whose = caller.whose();
    let clients = caller.state.service.store.read(|tx| clients::list(tx)).await?;
    let mine = |client: &&Client| whose.is_none_or(|tenant| tenant.0 == client.tenant);
    let shown: Vec<Value> = clients.iter().filter(mine).map(shown).collect();
    Ok(Json(json!({ "clients": shown })))
}

/// A client to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    scopes: Vec<String>,
    tenant: Option<Value>,
    #[serde(default)]
    refresh: bool,
    dialect: Option<String>,
}

pub(super) async fn add(
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Made, Problem> {
    let New { name, scopes, tenant, refresh, dialect } = read_json(&body?)?;
    let tenant = reference(tenant)?;
    let (scopes, dialect) = (read_scopes(&scopes)?, read_dialect(dialect.as_deref())?);
    let state = caller.state.clone();
    let (client, secret) = state
        .service
        .store
        .write(move |tx| {
            let tenant = tenant_of(tx, caller.tenant, tenant.as_deref())?;
            let at = caller.cause.at;
            let made = clients::add(tx, tenant, &name, scopes, refresh, dialect, at)?;
            caller.word(tx, tenant, "clientMade", &name)?;
            Ok::<_, ScimError>(made)
        })
        .await?;
    let mut body = shown(&client);
    if let Some(body) = body.as_object_mut() {
        body.insert("secret".to_owned(), secret.expose().into());
    }
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)))
}

pub(super) async fn remove(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(reference) = path?;
    let (state, whose) = (caller.state.clone(), caller.whose());
    state
        .service
        .store
        .write(move |tx| {
            let client = clients::remove(tx, whose, &reference)?;
            caller.word(tx, TenantId(client.tenant), "clientRemoved", &client.name)
        })
        .await?;
    state.authenticate.forget();
    Ok(StatusCode::NO_CONTENT)
}

fn shown(client: &Client) -> Value {
    json!({
        "id": client.id,
        "name": client.name,
        "tenant": client.tenant,
        "scopes": words(&client.scopes),
        "refresh": client.refresh,
        "dialect": client.dialect,
        "created": Timestamp(client.created).to_string(),
    })
}
