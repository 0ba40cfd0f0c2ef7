//! Rules: read, check, dry run, put, versions.

use axum::Json;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use provisor::rules::build::Built;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::caller::{Caller, page_size};
use super::members::{read_id, read_json};
use crate::entitlements::{
    Preview, Put, PutRefused, Rules, RulesText, VersionInfo,
    versions::{Placed, findings},
};
use crate::limits;

pub(super) async fn get(caller: Caller) -> Result<Response, Problem> {
    show(caller, None).await
}

pub(super) async fn version(
    caller: Caller,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Response, Problem> {
    show(caller, Some(path?.0)).await
}

async fn show(caller: Caller, version: Option<u64>) -> Result<Response, Problem> {
    let found = caller.read(move |of, tx, tenant| of.version(tx, tenant, version)).await?;
    let (info, text) =
        found.ok_or_else(|| Problem::new(404, "there are no such rules, or they are not kept"))?;
    let number = info.version;
    let mut body = shown(&info);
    if let Some(body) = body.as_object_mut() {
        body.insert("files".to_owned(), json!(text.files));
    }
    let mut response = Json(body).into_response();
    if let Ok(etag) = HeaderValue::try_from(format!("\"{number}\"")) {
        response.headers_mut().insert(ETAG, etag);
    }
    Ok(response)
}

/// A page of versions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Versions {
    before: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn versions(
    caller: Caller,
    query: Result<Query<Versions>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(page) = query?;
    let limit = page_size(page.limit, limits::PAGE);
    let found =
        caller.read(move |of, tx, tenant| of.versions(tx, tenant, page.before, limit)).await?;
    let versions: Vec<Value> = found.iter().map(shown).collect();
    Ok(Json(json!({ "versions": versions })))
}

pub(super) async fn put(
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let text: RulesText = read_json(&body?)?;
    let put = Put { text, origin: "api", expected: expected(&headers)? };
    let service = &caller.state.service;
    let placed = service.entitlements.put_rules(&service.store, &caller.cause, put).await;
    Ok(on_its_way(placed.map_err(refused)?))
}

/// Reads the rules again from the files that they came from.
pub(super) async fn reload(caller: Caller) -> Result<Response, Problem> {
    let service = &caller.state.service;
    let placed = service.entitlements.reload(&service.store, &caller.cause).await;
    Ok(on_its_way(placed.map_err(refused)?))
}

pub(super) async fn check(
    _: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let built = build(read_json(&body?)?).await?;
    let diagnostics = findings(&built.diagnostics, &built);
    Ok(Json(json!({ "ok": built.rules.is_some(), "diagnostics": diagnostics })))
}

/// A page of a dry run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewQuery {
    after: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn preview(
    caller: Caller,
    query: Result<Query<PreviewQuery>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(page) = query?;
    let after = page.after.map(|id| read_id(&id)).transpose()?;
    let people = page_size(page.limit, limits::PAGE);
    let built = build(read_json(&body?)?).await?;
    let diagnostics = findings(&built.diagnostics, &built);
    let Some(set) = built.rules else { return Err(unchecked(diagnostics)) };
    let page = caller
        .read(move |of, tx, tenant| {
            // No version has the number 0.
            let rules = Rules::new(0, set);
            of.preview(tx, tenant, &rules, Preview { after, people })
        })
        .await?;
    Ok(Json(json!({
        "changes": page.changes,
        "people": page.people,
        "losing": page.losing,
        "pending": page.pending,
        "allowed": page.allowed,
        "next": page.next.map(|id| id.to_string()),
    })))
}

fn on_its_way(placed: Placed) -> Response {
    // With a batch the rules are on their way, and not in force yet.
    let status = if placed.batch.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    (status, Json(json!(placed))).into_response()
}

fn refused(refused: PutRefused) -> Problem {
    match refused {
        PutRefused::Findings(diagnostics) => unchecked(diagnostics),
        PutRefused::Other(error) => error.into(),
    }
}

fn unchecked(diagnostics: Value) -> Problem {
    Problem::new(422, "the rules do not check; those in force stay in force")
        .with("diagnostics", diagnostics)
}

async fn build(text: RulesText) -> Result<Built, Problem> {
    if text.files.len() > limits::RULES_FILES {
        return Err(Problem::new(413, "the rules have too many files"));
    }
    tokio::task::spawn_blocking(move || text.build())
        .await
        .map_err(|_| Problem::new(500, "checking the rules was interrupted"))
}

/// What must be in force: a version, none, or whatever is (RFC 9110, 13.1).
fn expected(headers: &HeaderMap) -> Result<Option<Option<u64>>, Problem> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or(""));
    let bad =
        || Problem::new(400, "If-Match needs the ETag of the rules in force, such as `\"3\"`");
    match (text(IF_MATCH), text(IF_NONE_MATCH)) {
        (None, None) => Ok(None),
        (None, Some("*")) => Ok(Some(None)),
        (Some(etag), None) => {
            let version = etag.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let version = version.and_then(|version| version.parse().ok()).ok_or_else(bad)?;
            Ok(Some(Some(version)))
        }
        _ => Err(bad()),
    }
}

fn shown(info: &VersionInfo) -> Value {
    let mut shown = json!(info);
    if let Some(shown) = shown.as_object_mut() {
        let at = crate::clock::Timestamp(info.at).to_string();
        shown.insert("at".to_owned(), at.into());
    }
    shown
}
