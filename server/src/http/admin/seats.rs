//! Seats: how many there are by the rules, and how many people have them.

use axum::Json;
use serde_json::{Value, json};

use super::Problem;
use super::caller::Caller;

pub(super) async fn list(caller: Caller) -> Result<Json<Value>, Problem> {
    let seats = caller.read(|of, tx, tenant| of.seats(tx, tenant)).await?;
    Ok(Json(json!({ "seats": seats })))
}
