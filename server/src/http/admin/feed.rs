//! The change feed and the audit trail: ordered by number, read on from any number.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, FromRequestParts, Query};
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Problem;
use super::caller::{Caller, page_size};
use super::members::read_id;
use crate::http::stopping::Stopping;
use crate::http::turn::{Places, Turn};
use crate::id::TenantId;
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
    Extension(waiters): Extension<Waiters>,
    caller: Caller,
    waiting: Waiting,
    query: Result<Query<Changes>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query?;
    let (tenant, after) = (caller.tenant, asked.after.unwrap_or(0));
    let limit = page_size(asked.limit, limits::FEED_PAGE);
    let wait = Duration::from_secs(asked.wait.unwrap_or(0)).min(limits::FEED_WAIT);
    let until = Instant::now() + wait;
    let mut place = None;
    loop {
        let store = &caller.state.service.store;
        let (entries, last) = store
            .read(move |tx| {
                Ok::<_, StoreError>((tx.feed(tenant, after, limit)?, tx.last_feed(tenant)?))
            })
            .await?;
        if after > last {
            return Err(beyond(after, last));
        }
        if !entries.is_empty() || Instant::now() >= until || waiting.is_over() {
            return page(entries, after);
        }
        if place.is_none() {
            let free = waiters.0.take(tenant);
            let detail = "too many readers of this tenant wait for the change feed already";
            place = Some(free.ok_or_else(|| Problem::busy(detail, limits::TURN_TIME))?);
            // Who waits keeps nobody else waiting.
            waiting.free();
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = waiting.told() => {}
        }
    }
}

/// The feed ends before the number that a reader has: it is that of a restored database. Going on
/// from there would pass over what comes next.
fn beyond(after: u64, last: u64) -> Problem {
    let detail = format!(
        "the feed ends at {last}, before {after}: the database was restored from an older backup; \
         read again from the number that you had when the backup was made, or from 0, and apply \
         every entry"
    );
    Problem::new(410, detail).with("last", last.into())
}

/// How many readers of each tenant wait.
#[derive(Clone)]
pub(super) struct Waiters(Arc<Places<TenantId>>);

impl Waiters {
    pub(super) fn new() -> Self {
        Self(Arc::new(Places::new(limits::FEED_WAITERS)))
    }
}

/// What a request that waits gives up, and what ends its waiting.
pub(super) struct Waiting {
    turn: Option<Turn>,
    stopping: Option<Stopping>,
}

impl<S: Sync> FromRequestParts<S> for Waiting {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let (turn, stopping) = (parts.extensions.get(), parts.extensions.get());
        Ok(Self { turn: turn.cloned(), stopping: stopping.cloned() })
    }
}

impl Waiting {
    fn free(&self) {
        if let Some(turn) = &self.turn {
            turn.free();
        }
    }

    fn is_over(&self) -> bool {
        self.stopping.as_ref().is_some_and(Stopping::is_told)
    }

    async fn told(&self) {
        match self.stopping.clone() {
            Some(mut stopping) => stopping.told().await,
            None => std::future::pending().await,
        }
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
