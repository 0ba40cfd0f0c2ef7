//! Import of members that the product has, one JSON object a line.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Problem;
use super::caller::Caller;
use crate::entitlements::import::{Existing, Imported, user_of};
use crate::error::ScimError;
use crate::limits;

/// Takes in each line; those that cannot be read are told, and do not keep others out.
pub(super) async fn import(
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let body = body?;
    let mut lines = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in body.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if index >= limits::IMPORT_LINES {
            let words =
                format!("an import has at most {} lines; send it in parts", limits::IMPORT_LINES);
            return Err(Problem::new(413, words));
        }
        match serde_json::from_slice::<Existing>(line) {
            Ok(existing) if existing.user_name.is_none() && existing.external_id.is_none() => {
                errors
                    .push(json!({ "line": index + 1, "detail": "no `userName` or `externalId`" }));
            }
            Ok(existing) => lines.push((index + 1, existing)),
            Err(error) => {
                errors.push(json!({ "line": index + 1, "detail": error.to_string() }));
            }
        }
    }
    let Caller { state, tenant, cause } = caller;
    let (mut adopted, mut waiting, mut known) = (0_u64, 0_u64, 0_u64);
    for chunk in lines.chunks(limits::BATCH_CHUNK) {
        let (chunk, cause) = (chunk.to_vec(), cause.clone());
        let entitlements = Arc::clone(&state.service.entitlements);
        let outcomes = state
            .service
            .store
            .write(move |tx| {
                let mut outcomes = Vec::new();
                for (line, existing) in &chunk {
                    let user = user_of(tx, tenant, existing)?;
                    outcomes.push((*line, entitlements.import(tx, &cause, existing, user)?));
                }
                Ok::<_, ScimError>(outcomes)
            })
            .await?;
        for (line, outcome) in outcomes {
            match outcome {
                Imported::Adopted => adopted += 1,
                Imported::Waiting => waiting += 1,
                Imported::Known => known += 1,
                Imported::Refused(words) => {
                    errors.push(json!({ "line": line, "detail": words }));
                }
            }
        }
    }
    errors.sort_by_key(|error| error.get("line").and_then(Value::as_u64));
    errors.truncate(limits::DEFAULT_PAGE);
    Ok(Json(json!({
        "adopted": adopted, "waiting": waiting, "known": known, "errors": errors,
    })))
}
