//! Bearer tokens: list, make, rotate, revoke. An administrator of the default tenant looks after
//! those of every tenant, others after those of their own.

use std::time::Duration;

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
use crate::auth::tokens::{self, NewToken, Token};
use crate::auth::{Scopes, Secret};
use crate::clock::Timestamp;
use crate::config::time;
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::service::dialect::Dialect;

/// An answer that holds a secret, which nobody on the way may keep (RFC 6749, 5.1 says so of
/// tokens).
pub(super) type Made = (StatusCode, [(http::HeaderName, &'static str); 1], Json<Value>);

pub(super) async fn list(caller: Caller) -> Result<Json<Value>, Problem> {
    let whose = caller.whose();
    let tokens = caller.state.service.store.read(|tx| tokens::list(tx)).await?;
    let mine = |token: &&Token| whose.is_none_or(|tenant| tenant.0 == token.tenant);
    let shown: Vec<Value> =
        tokens.iter().filter(mine).filter(|token| !token.refresh).map(shown).collect();
    Ok(Json(json!({ "tokens": shown })))
}

/// A token to make.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    name: String,
    scopes: Vec<String>,
    tenant: Option<Value>,
    lifetime: Option<String>,
    user: Option<String>,
    dialect: Option<String>,
}

pub(super) async fn add(
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Made, Problem> {
    let New { name, scopes, tenant, lifetime, user, dialect } = read_json(&body?)?;
    let (scopes, tenant) = (read_scopes(&scopes)?, reference(tenant)?);
    let lifetime = lifetime.map(|text| read_time("lifetime", &text)).transpose()?;
    let dialect = read_dialect(dialect.as_deref())?;
    let user: Option<Id> = user
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| Problem::new(400, "`user` takes the `id` of a user"))?;
    let (state, cause) = (caller.state.clone(), caller.cause.clone());
    let made = state
        .service
        .store
        .write(move |tx| {
            let tenant = tenant_of(tx, cause.tenant, tenant.as_deref())?;
            let new = NewToken { tenant, name, scopes, user, dialect, lifetime };
            let (secret, token) = tokens::create(tx, &new, cause.at)?;
            caller.word(tx, tenant, "tokenMade", &token.name)?;
            Ok::<_, ScimError>((secret, token))
        })
        .await?;
    Ok(answer(StatusCode::CREATED, &made.0, &made.1))
}

/// How long the old token is good.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    overlap: Option<String>,
}

pub(super) async fn rotate(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Made, Problem> {
    let (Path(reference), body) = (path?, body?);
    let overlap = match body.is_empty() {
        true => None,
        false => read_json::<Rotation>(&body)?.overlap,
    };
    let overlap = overlap.map_or(Ok(DAY), |text| read_time("overlap", &text))?;
    let (state, whose, now) = (caller.state.clone(), caller.whose(), caller.cause.at);
    let made = state
        .service
        .store
        .write(move |tx| {
            let old = tokens::find(tx, whose, &reference, now)?;
            let (secret, token) = tokens::rotate(tx, &old.hash, overlap, now)?;
            caller.word(tx, TenantId(token.tenant), "tokenRotated", &token.name)?;
            Ok::<_, ScimError>((secret, token))
        })
        .await?;
    // The old one has an end now.
    state.authenticate.forget();
    Ok(answer(StatusCode::CREATED, &made.0, &made.1))
}

pub(super) async fn revoke(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(reference) = path?;
    let (state, whose, now) = (caller.state.clone(), caller.whose(), caller.cause.at);
    let revoked = state
        .service
        .store
        .write(move |tx| {
            let (token, revoked) = tokens::revoke(tx, whose, &reference, now)?;
            caller.word(tx, TenantId(token.tenant), "tokenRevoked", &token.name)?;
            Ok::<_, ScimError>(revoked)
        })
        .await?;
    state.authenticate.forget();
    Ok(Json(json!({ "revoked": revoked })))
}

/// How long an old token is good after a rotation that does not say.
const DAY: Duration = Duration::from_secs(86_400);

fn answer(status: StatusCode, secret: &Secret, token: &Token) -> Made {
    let mut body = shown(token);
    if let Some(body) = body.as_object_mut() {
        body.insert("token".to_owned(), secret.expose().into());
    }
    (status, [(CACHE_CONTROL, "no-store")], Json(body))
}

fn shown(token: &Token) -> Value {
    let instant = |at: i64| Timestamp(at).to_string();
    json!({
        "id": token.id(),
        "name": token.name,
        "tenant": token.tenant,
        "scopes": words(&token.scopes),
        "user": token.user,
        "dialect": token.dialect,
        "client": token.client,
        "created": instant(token.created),
        "expires": token.expires.map(instant),
        "lastUsed": token.last_used.map(instant),
    })
}

/// Scopes as they are kept, as a list.
pub(super) fn words(scopes: &str) -> Vec<&str> {
    scopes.split_whitespace().collect()
}

/// Scopes of a body.
pub(super) fn read_scopes(names: &[String]) -> Result<Scopes, Problem> {
    Scopes::parse(&names.join(" ")).map_err(|unknown| Problem::new(400, unknown.to_string()))
}

/// A dialect of a body.
pub(super) fn read_dialect(name: Option<&str>) -> Result<Option<Dialect>, Problem> {
    let read = name.map(str::parse::<Dialect>).transpose();
    read.map_err(|unknown| Problem::new(400, unknown.to_string()))
}

fn read_time(member: &str, text: &str) -> Result<Duration, Problem> {
    time(text).map_err(|why| Problem::new(400, format!("`{member}` is no time: {why}")))
}
