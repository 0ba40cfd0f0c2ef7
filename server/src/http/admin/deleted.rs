//! Users that were deleted and are kept (`user-deletion soft`): list, restore, purge.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::caller::{Caller, page_size};
use super::members::read_id;
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::limits;
use crate::store::Stored;

/// A page of deleted users.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    after: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn list(
    caller: Caller,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(page) = query?;
    let after = page.after.map(|id| read_id(&id)).transpose()?;
    let limit = page_size(page.limit, limits::PAGE);
    let users: Vec<Stored> = caller
        .read(move |_, tx, tenant| {
            let mut users = Vec::new();
            tx.each_deleted(tenant, Kind::User, after, &mut |user| {
                users.push(user);
                Ok(users.len() < limit)
            })?;
            Ok(users)
        })
        .await?;
    let next = users.last().filter(|_| users.len() == limit).map(|user| user.id.to_string());
    let users: Vec<Value> = users.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(json!({ "users": users, "next": next })))
}

/// Takes the user in again under the same id, as one who is new: without groups, until the source
/// sends them.
pub(super) async fn restore(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = read_id(&path?.0)?;
    let (state, cause, tenant) = (caller.state, caller.cause, caller.tenant);
    let service = &state.service;
    service.restore_deleted(cause, id).await?;
    let entitlements = std::sync::Arc::clone(&service.entitlements);
    let member = service.store.read(move |tx| entitlements.member(tx, tenant, id)).await?;
    member.map(|member| Json(member.body)).ok_or_else(|| missing(id).into())
}

/// Takes the user away for good. The feed and the audit trail keep what they say.
pub(super) async fn purge(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let id = read_id(&path?.0)?;
    let state = caller.state.clone();
    state
        .service
        .store
        .write(move |tx| {
            if !tx.purge(caller.tenant, Kind::User, id)? {
                return Err(missing(id));
            }
            caller.word(tx, caller.tenant, "userPurged", &id.to_string())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn missing(id: Id) -> ScimError {
    ScimError::new(404, format!("there is no deleted user with the id `{id}`"))
}

fn shown(user: &Stored) -> Result<Value, ScimError> {
    let body = user.content()?;
    let text = |name: &str| body.get(name).and_then(|value| value.as_str());
    Ok(json!({
        "id": user.id.to_string(),
        "userName": text("userName"),
        "externalId": text("externalId"),
        "deleted": user.modified.to_string(),
    }))
}
