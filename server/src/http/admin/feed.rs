//! The change feed and the audit trail: ordered by number, read on from any number.

use std::time::Duration;

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Problem;
use super::caller::{Caller, page_size};
use super::members::read_id;
use crate::limits;
use crate::store::{Entry, StoreError};

/// How often a waiting reader looks again.
const LOOK: Duration = Duration::from_millis(250);

/// From where, how many, how long to wait.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    after: Option<u64>,
    limit: Option<usize>,
    wait: Option<u64>,
}

/// What a host applies. It keeps the number of the last entry that it has applied and asks for
/// those after it, so that it gets every entry at least once.
pub(super) async fn changes(
    caller: Caller,
    query: Result<Query<Changes>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query?;
    let (tenant, after) = (caller.tenant, asked.after.unwrap_or(0));
    let limit = page_size(asked.limit, limits::FEED_PAGE);
    let wait = Duration::from_secs(asked.wait.unwrap_or(0)).min(limits::FEED_WAIT);
    let until = Instant::now() + wait;
    loop {
        let store = &caller.state.service.store;
        let entries: Result<_, StoreError> =
            store.read(move |tx| tx.feed(tenant, after, limit)).await;
        let entries = entries?;
        if !entries.is_empty() || Instant::now() >= until {
            return page(entries, after);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Of which resource, from where, how many.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Audit {
    about: Option<String>,
    after: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn audit(
    caller: Caller,
    query: Result<Query<Audit>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query?;
    let about = asked.about.map(|id| read_id(&id)).transpose()?;
    let (tenant, after) = (caller.tenant, asked.after.unwrap_or(0));
    let limit = page_size(asked.limit, limits::FEED_PAGE);
    let store = &caller.state.service.store;
    let entries: Result<_, StoreError> =
        store.read(move |tx| tx.audit(tenant, about, after, limit)).await;
    page(entries?, after)
}

fn page(entries: Vec<Entry>, after: u64) -> Result<Json<Value>, Problem> {
    let last = entries.last().map_or(after, |entry| entry.number);
    let entries: Vec<Value> = entries.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(json!({ "entries": entries, "next": last })))
}

fn shown(entry: &Entry) -> Result<Value, StoreError> {
    let Ok(Value::Object(mut shown)) = serde_json::from_str(&entry.body) else {
        let number = entry.number;
        return Err(StoreError::broken(format!("the entry {number} is no JSON object")));
    };
    shown.insert("number".to_owned(), entry.number.into());
    shown.insert("at".to_owned(), entry.at.to_string().into());
    if let Some(about) = entry.about {
        shown.insert("about".to_owned(), about.to_string().into());
    }
    Ok(shown.into())
}
