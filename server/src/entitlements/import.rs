//! What the product had of people before the source sends them, so that they are adopted rather
//! than created.
//!
//! An entry waits under `userName` or `externalId` until the source sends the person; somebody
//! who is there without a record is adopted at once.

use provisor::reconcile::{Event, Values};
use provisor::scim::compare::{compared, nfc};
use provisor::scim::filter::{ExprKind, Literal, Op, Placed, Test};
use provisor::scim::path::AttrPath;
use serde::{Deserialize, Serialize};

use super::decided::Work;
use super::person::Decided;
use super::versions::{from_text, keep};
use super::{Cause, Entitlements};
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::store::{Query, Read, Shelf, StoreError, StoreErrorKind, Stored, Window, Write};

/// One existing member of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Existing {
    /// The `userName` that the source will send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The `externalId` that the source will send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the product has, by the names of rules.
    #[serde(default)]
    pub values: Values,
}

/// What became of a line of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// The person is there and was adopted.
    Adopted,
    /// It waits until the source sends the person.
    Waiting,
    /// The person is there and known already; nothing was done.
    Known,
}

impl Entitlements {
    /// Takes in one existing member. `user` is who has the name already.
    ///
    /// # Errors
    /// 400 without a name; those of the store.
    pub fn import(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        existing: &Existing,
        user: Option<Id>,
    ) -> Result<Imported, ScimError> {
        let tenant = cause.tenant;
        let keys = keys(existing.user_name.as_deref(), existing.external_id.as_deref());
        if keys.is_empty() {
            let words = "an existing member needs a `userName` or an `externalId`";
            return Err(ScimError::new(400, words));
        }
        if let (Some(user), Some((state, rules))) = (user, self.rules_of(tx, tenant)?) {
            let work = Work::new(self, tx, cause, &rules, &state, "adopted")?;
            if let Some(known) = work.known(user)? {
                if known.record.is_some() {
                    return Ok(Imported::Known);
                }
                let answer = work.read.answer(&known, &Event::Adopted(existing.values.clone()));
                work.keep(&known, &answer)?;
                work.finish()?;
                forget(tx, tenant, &known.decided)?;
                for key in keys {
                    tx.remove_document(tenant, Shelf::Imports, &key)?;
                }
                return Ok(Imported::Adopted);
            }
        }
        // Whole under each key, so that it is forgotten under both.
        for key in keys {
            keep(tx, tenant, Shelf::Imports, &key, existing)?;
        }
        Ok(Imported::Waiting)
    }
}

/// The user whose `externalId` a line gives; `None` also where several users share it, since
/// nobody can say which of them is meant.
///
/// # Errors
/// A failing store.
pub fn with_external_id(
    tx: &dyn Read,
    tenant: TenantId,
    external_id: &str,
) -> Result<Option<Id>, StoreError> {
    let wanted = nfc(external_id).into_owned();
    let filter = Placed::new(
        ExprKind::Compare {
            path: Placed::new(AttrPath::new("externalId", None), 0..0),
            test: Test::Value(Op::Eq, Placed::new(Literal::Text(external_id.to_owned()), 0..0)),
        },
        0..0,
    );
    let matches = |_: &dyn Read, user: &Stored| {
        let body: serde_json::Value = serde_json::from_str(&user.body)
            .map_err(|_| StoreError::new(StoreErrorKind::Broken, "a stored user cannot be read"))?;
        let has = body.get("externalId").and_then(serde_json::Value::as_str);
        Ok(has.is_some_and(|has| nfc(has) == wanted))
    };
    let query = Query {
        filter: Some(&filter),
        matches: &matches,
        order: None,
        window: Window::Index { skip: 0, count: 2 },
        total: false,
    };
    let found = tx.find(tenant, Kind::User, &query)?;
    Ok(match found.resources.as_slice() {
        [one] => Some(one.id),
        _ => None,
    })
}

/// What waits for a person, by either name.
pub(super) fn found(
    tx: &dyn Read,
    tenant: TenantId,
    decided: &Decided,
) -> Result<Option<Values>, ScimError> {
    Ok(entry(tx, tenant, decided)?.map(|existing| existing.values))
}

/// Forgets what waited for a person who was adopted, under the names of the person and under
/// those of the entry: whoever comes by the other name is somebody else.
pub(super) fn forget(tx: &dyn Write, tenant: TenantId, decided: &Decided) -> Result<(), ScimError> {
    if let Some(adopted) = entry(tx, tenant, decided)? {
        for key in keys(adopted.user_name.as_deref(), adopted.external_id.as_deref()) {
            // A later line may have taken one of its names.
            if under(tx, tenant, &key)?.as_ref() == Some(&adopted) {
                tx.remove_document(tenant, Shelf::Imports, &key)?;
            }
        }
    }
    for key in keys(decided.user_name.as_deref(), decided.external_id.as_deref()) {
        tx.remove_document(tenant, Shelf::Imports, &key)?;
    }
    Ok(())
}

/// The entry that waits for a person.
fn entry(
    tx: &dyn Read,
    tenant: TenantId,
    decided: &Decided,
) -> Result<Option<Existing>, ScimError> {
    for key in keys(decided.user_name.as_deref(), decided.external_id.as_deref()) {
        if let Some(existing) = under(tx, tenant, &key)? {
            return Ok(Some(existing));
        }
    }
    Ok(None)
}

/// What waits under a key. Before there were whole entries only their values were kept; no field
/// of the one is one of the other.
fn under(tx: &dyn Read, tenant: TenantId, key: &str) -> Result<Option<Existing>, ScimError> {
    let Some(text) = tx.document(tenant, Shelf::Imports, key)? else { return Ok(None) };
    if let Ok(existing) = serde_json::from_str(&text) {
        return Ok(Some(existing));
    }
    let values = from_text(&text)?;
    Ok(Some(Existing { user_name: None, external_id: None, values }))
}

/// `userName` compares without regard to case, `externalId` with (RFC 7643, 4.1.1 and 3.1).
fn keys(user_name: Option<&str>, external_id: Option<&str>) -> Vec<String> {
    let external = external_id.map(|id| format!("externalId/{}", nfc(id)));
    let name = user_name.map(|name| format!("userName/{}", compared(name, false)));
    external.into_iter().chain(name).collect()
}
