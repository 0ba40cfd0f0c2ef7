//! What is known of one member: record, decision, drift.

use provisor::json::{Json, Object};
use provisor::reconcile::{Event, Record};
use serde_json::{Value, json};

use super::decided::Decider;
use super::{Entitlements, feed};
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::store::{Read, Stored};

/// One member as the admin API shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    /// The user.
    pub user: Id,
    /// As JSON.
    pub body: Value,
}

impl Entitlements {
    /// A member with record, decision and drift; `None` without such a user.
    ///
    /// # Errors
    /// Those of the store.
    pub fn member(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        user: Id,
    ) -> Result<Option<MemberView>, ScimError> {
        let Some(stored) = tx.resource(tenant, Kind::User, user)? else { return Ok(None) };
        let mut body = brief(tx, tenant, &stored)?;
        let mut add = |name: &str, value: Value| {
            if let Some(body) = body.as_object_mut() {
                body.insert(name.to_owned(), value);
            }
        };
        if let Some((_, rules)) = self.rules_of(tx, tenant)? {
            let decider = Decider::new(tx, tenant, &rules);
            let known = decider.of(stored)?;
            add("decision", decider.report());
            add("target", json!(known.decided.target));
            if let Some(record) = &known.record {
                // What would be written or differs, as of now; nothing is kept.
                let answer = decider.answer(&known, &Event::RulesChanged);
                add("drift", json!(answer.drift));
                add("notes", json!(answer.notes));
                let open: Vec<Value> =
                    answer.changes.iter().map(|change| feed::one(&rules, change)).collect();
                add("open", json!(open));
                add("record", json!(record));
            }
            add("rules", json!(rules.version));
        }
        Ok(Some(MemberView { user, body }))
    }

    /// Members after one in the order of ids, at most so many, each in brief.
    ///
    /// # Errors
    /// Those of the store.
    pub fn members(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<MemberView>, ScimError> {
        let mut users = Vec::new();
        if limit > 0 {
            tx.each(tenant, Kind::User, after, &mut |user| {
                users.push(user);
                Ok(users.len() < limit)
            })?;
        }
        let view = |user: Stored| Ok(MemberView { user: user.id, body: brief(tx, tenant, &user)? });
        users.into_iter().map(view).collect()
    }
}

/// Who it is and how the member stands.
fn brief(tx: &dyn Read, tenant: TenantId, user: &Stored) -> Result<Value, ScimError> {
    let body = user.content()?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(str::to_owned);
    let kept = tx.entitlement(tenant, user.id)?;
    let record: Option<Record> = kept.map(|kept| kept.record_of(user.id)).transpose()?;
    let record = record.as_ref();
    Ok(json!({
        "id": user.id.to_string(),
        "userName": text("userName"),
        "externalId": text("externalId"),
        "displayName": text("displayName"),
        "known": record.is_some(),
        "active": record.map_or_else(|| is_active(&body), |record| record.active),
        "assignment": record.and_then(|record| record.assignment.as_ref()).map(|a| &a.name),
        "pending": record.and_then(|record| record.pending),
        "held": record.map_or(0, |record| record.held.len()),
    }))
}

/// What the source says of somebody of whom nothing is known yet; without a word they are active.
fn is_active(body: &Object) -> bool {
    !matches!(body.get("active"), Some(Json::Bool(false)))
}
