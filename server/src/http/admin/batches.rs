//! Batches: list, one, what is held, apply, confirm, cancel.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::caller::{Caller, page_size};
use crate::clock::Timestamp;
use crate::entitlements::batch::Batch;
use crate::limits;

/// A page of batches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    before: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn list(
    caller: Caller,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(page) = query?;
    let limit = page_size(page.limit, limits::PAGE);
    let batches =
        caller.read(move |of, tx, tenant| of.batches(tx, tenant, page.before, limit)).await?;
    let batches: Vec<Value> = batches.iter().map(shown).collect();
    Ok(Json(json!({ "batches": batches })))
}

pub(super) async fn one(
    caller: Caller,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    find(&caller, path?.0).await.map(|batch| Json(shown(&batch)))
}

/// A page of what a batch holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    page: Option<u64>,
}

pub(super) async fn held(
    caller: Caller,
    path: Result<Path<u64>, PathRejection>,
    query: Result<Query<Held>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(held) = query?;
    let (page, number) = (held.page.unwrap_or(1), path?.0);
    let batch = find(&caller, number).await?;
    let people = caller.read(move |of, tx, tenant| of.held_by(tx, tenant, number, page)).await?;
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let next = (page < batch.lists).then_some(page + 1);
    Ok(Json(json!({ "members": people, "next": next })))
}

pub(super) async fn apply(caller: Caller) -> Result<(StatusCode, Json<Value>), Problem> {
    let Caller { state, cause, .. } = caller;
    let entitlements = Arc::clone(&state.service.entitlements);
    let number = state.service.store.write(move |tx| entitlements.apply_all(tx, &cause)).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "number": number }))))
}

pub(super) async fn confirm(
    caller: Caller,
    path: Result<Path<u64>, PathRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let number = path?.0;
    let Caller { state, cause, .. } = caller;
    let entitlements = Arc::clone(&state.service.entitlements);
    let batch =
        state.service.store.write(move |tx| entitlements.confirm(tx, &cause, number)).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&batch))))
}

pub(super) async fn cancel(
    caller: Caller,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let number = path?.0;
    let Caller { state, cause, .. } = caller;
    let entitlements = Arc::clone(&state.service.entitlements);
    let batch =
        state.service.store.write(move |tx| entitlements.cancel(tx, &cause, number)).await?;
    Ok(Json(shown(&batch)))
}

async fn find(caller: &Caller, number: u64) -> Result<Batch, Problem> {
    let batch = caller.read(move |of, tx, tenant| of.batch(tx, tenant, number)).await?;
    batch.ok_or_else(|| Problem::new(404, format!("there is no batch {number}")))
}

fn shown(batch: &Batch) -> Value {
    json!({
        "number": batch.number,
        "kind": batch.kind,
        "state": batch.state,
        "created": Timestamp(batch.created).to_string(),
        "changed": Timestamp(batch.changed).to_string(),
        "actor": batch.actor,
        "request": batch.request,
        "people": batch.people,
        "written": batch.written,
        "losing": batch.losing,
        "allowed": batch.allowed,
        "brake": batch.brake,
        "held": batch.held,
        "pending": batch.pending,
        "supersededBy": batch.superseded_by,
    })
}
