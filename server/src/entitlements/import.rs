//! What the product had of people before the source sends them, so that they are adopted rather
//! than created.
//!
//! An entry waits under `userName` or `externalId` until the source sends the person; somebody
//! who is there without a record is adopted at once.

use provisor::reconcile::{Event, Values};
use provisor::scim::compare::{compared, nfc};
use serde::{Deserialize, Serialize};

use super::decided::Work;
use super::person::Decided;
use super::versions::{from_text, keep};
use super::{Cause, Entitlements};
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::store::named::{NameOf, Named, named};
use crate::store::user_name::prepared;
use crate::store::{Read, Shelf, StoreError, Write};

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

/// Who has the name of an existing member already: the `userName`, or else the `externalId`;
/// `None` also where several users share that one, since nobody can say which of them is meant.
///
/// # Errors
/// A failing store.
pub fn user_of(
    tx: &dyn Read,
    tenant: TenantId,
    existing: &Existing,
) -> Result<Option<Id>, StoreError> {
    if let Some(name) = &existing.user_name
        && let Some(user) = tx.user_named(tenant, name)?
    {
        return Ok(Some(user.id));
    }
    let Some(external_id) = &existing.external_id else { return Ok(None) };
    Ok(match named(tx, tenant, Kind::User, NameOf::ExternalId, external_id)? {
        Named::One(user) => Some(user.id),
        Named::Nobody | Named::Several => None,
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
    // The key is a name of somebody.
    let values = from_text(&text, "what an import left for somebody")?;
    Ok(Some(Existing { user_name: None, external_id: None, values }))
}

/// `userName` compares without regard to case, `externalId` with (RFC 7643, 4.1.1 and 3.1).
fn keys(user_name: Option<&str>, external_id: Option<&str>) -> Vec<String> {
    let external = external_id.map(|id| format!("externalId/{}", nfc(id)));
    let name = user_name.map(|name| format!("userName/{}", compared(&prepared(name), false)));
    external.into_iter().chain(name).collect()
}
