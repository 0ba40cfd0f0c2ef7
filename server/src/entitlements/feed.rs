//! Entries of the change feed: what a host application writes into its product.

use provisor::reconcile::{Change, Item, Reconciled, Value};
use serde_json::{Value as Json, json};

use super::person::Decided;
use super::{Cause, Rules};
use crate::id::Id;

/// The body of an entry about one person.
pub(super) fn body(
    rules: &Rules,
    cause: &Cause,
    event: &str,
    user: Id,
    decided: Option<&Decided>,
    answer: &Reconciled,
) -> Json {
    let record = answer.record.as_ref();
    let changes: Vec<Json> = answer.changes.iter().map(|change| one(rules, change)).collect();
    json!({
        "user": user.to_string(),
        "userName": decided.and_then(|decided| decided.user_name.as_deref()),
        "externalId": decided.and_then(|decided| decided.external_id.as_deref()),
        "event": event,
        "actor": cause.actor,
        "request": cause.request,
        "rules": rules.version,
        "assignment": record.and_then(|record| record.assignment.as_ref()).map(|a| &a.name),
        "active": record.is_some_and(|record| record.active),
        "changes": changes,
    })
}

/// One change by the names of rules and of the host's API.
pub(super) fn one(rules: &Rules, change: &Change) -> Json {
    let (kind, name, wire) = match &change.item {
        Item::Seat(id) => ("seat", id.as_str(), rules.seat(id).wire),
        Item::Workspace(id) => ("workspace", id.as_str(), rules.workspace(id).wire),
        Item::Home => ("home", "home", "home".to_owned()),
        Item::Capture(id) => ("capture", id.as_str(), rules.capture(id).wire),
        Item::Option(id) => ("option", id.as_str(), rules.option(id).wire),
    };
    json!({
        "kind": kind,
        "name": name,
        "wire": wire,
        "before": value(rules, &change.item, change.before.as_ref()),
        "after": value(rules, &change.item, change.after.as_ref()),
        "cause": change.cause,
        "overHandEdit": change.over_hand_edit,
        "takes": change.takes,
        "inert": change.inert,
        "text": change.to_string(),
    })
}

/// On or off of what is on or off, otherwise the names of a profile, workspace or choice.
fn value(rules: &Rules, item: &Item, value: Option<&Value>) -> Json {
    let named = value.and_then(Value::name).map(|name| {
        let called = match item {
            Item::Workspace(id) => rules.profile(id, name),
            Item::Option(id) => rules.choice(id, name),
            _ => rules.workspace(name),
        };
        json!({ "name": name, "wire": called.wire })
    });
    match item {
        Item::Seat(_) | Item::Capture(_) => json!(value.is_some()),
        Item::Workspace(_) | Item::Home | Item::Option(_) => json!(named),
    }
}
