//! Members: list, one, explanation, hand edit.

use axum::Json;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use bytes::Bytes;
use provisor::reconcile::{HandEdit, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::Problem;
use super::caller::{Caller, page_size};
use crate::entitlements::Edited;
use crate::id::Id;
use crate::limits;

/// A page of members.
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
    let members = caller.read(move |of, tx, tenant| of.members(tx, tenant, after, limit)).await?;
    let next = members.last().filter(|_| members.len() == limit).map(|m| m.user.to_string());
    let members: Vec<Value> = members.into_iter().map(|member| member.body).collect();
    Ok(Json(json!({ "members": members, "next": next })))
}

pub(super) async fn one(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = read_id(&path?.0)?;
    let member = caller.read(move |of, tx, tenant| of.member(tx, tenant, id)).await?;
    member.map(|member| Json(member.body)).ok_or_else(|| missing(id))
}

pub(super) async fn explain(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = read_id(&path?.0)?;
    let explained = caller.read(move |of, tx, tenant| of.explain(tx, tenant, id)).await?;
    let both = |explained: crate::entitlements::Explained| {
        let crate::entitlements::Explained { text, json, now } = explained;
        Json(json!({ "text": text, "explanation": json, "now": now }))
    };
    explained.map(both).ok_or_else(|| {
        Problem::new(404, "there is no such member, or no rules by which to explain")
    })
}

pub(super) async fn edit(
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let id = read_id(&path?.0)?;
    let edit: HandEdit = read_json(&body?)?;
    let Caller { state, cause, tenant } = caller;
    let entitlements = Arc::clone(&state.service.entitlements);
    let editing = Arc::clone(&entitlements);
    let edited = state.service.store.write(move |tx| editing.edit(tx, &cause, id, edit)).await?;
    if let Edited::Refused(answer) = edited {
        let refusals: Vec<Value> = answer.refusals.iter().map(refusal).collect();
        return Err(Problem::new(409, "the edit is refused, and nothing was changed")
            .with("refusals", json!(refusals)));
    }
    let member = state.service.store.read(move |tx| entitlements.member(tx, tenant, id)).await?;
    member.map(|member| Json(member.body)).ok_or_else(|| missing(id))
}

fn refusal(refusal: &Refusal) -> Value {
    json!({
        "item": refusal.item,
        "reason": refusal.reason,
        "text": refusal.to_string(),
        "help": refusal.help(),
    })
}

fn missing(id: Id) -> Problem {
    Problem::new(404, format!("there is no member with the id `{id}`"))
}

/// An id from a path or query.
pub(super) fn read_id(text: &str) -> Result<Id, Problem> {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    text.parse().map_err(|_| Problem::new(404, format!("there is nothing with the id `{shown}`")))
}

/// A JSON body. What is wrong is told with its place, not with its text.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::new(400, format!("the body is not what openapi.json says: {error}"))
            .with("place", json!({ "line": line, "column": column }))
    })
}
