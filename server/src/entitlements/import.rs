//! What the product had of people before the source sends them, so that they are adopted rather
//! than created.
//!
//! An entry waits under `userName` or `externalId` until the source sends the person; somebody
//! who is there without a record is adopted at once.

use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor::reconcile::{Event, Values};
use provisor::scim::compare::{compared, nfc};
use serde::{Deserialize, Serialize};

use super::decided::Work;
use super::person::Decided;
use super::versions::{from_text, keep};
use super::{Cause, Entitlements, Rules};
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

impl Existing {
    /// What of it the rules do not know, in words; it would never be taken back or written.
    fn unknown(&self, rules: &Rules) -> Option<String> {
        let catalogue = &rules.set.model().catalogue;
        let values = &self.values;
        let say = |kind: &str, id: &str, known: Vec<&str>| {
            let help = nearest(id, known.iter().copied()).map(did_you_mean);
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            (!known.contains(&id)).then(|| format!("the rules have no {kind} `{id}`{help}"))
        };
        let seats: Vec<&str> = catalogue.seats.iter().map(|one| &*one.naming.id).collect();
        let captures: Vec<&str> = catalogue.captures.iter().map(|one| &*one.naming.id).collect();
        let workspaces: Vec<&str> =
            catalogue.workspaces.iter().map(|one| &*one.naming.id).collect();
        let profiles: Vec<&str> = catalogue.profiles.iter().map(|one| &*one.naming.id).collect();
        let options: Vec<&str> = catalogue.options.iter().map(|one| &*one.naming.id).collect();
        let choice = |(option, choice): (&String, &String)| {
            let known = catalogue.options.iter().find(|one| one.naming.id == *option);
            let Some(known) = known else { return say("option", option, options.clone()) };
            let choices = known.choices.iter().map(|one| &*one.id).collect();
            say(&format!("choice of the option `{option}`"), choice, choices)
        };
        let mut seats = values.seats.iter().map(|id| say("seat", id, seats.clone()));
        let mut captures =
            values.capture.iter().map(|id| say("capture item", id, captures.clone()));
        let mut places = values
            .workspaces
            .iter()
            .flat_map(|(id, profile)| {
                [
                    say("workspace", id, workspaces.clone()),
                    say("profile", profile, profiles.clone()),
                ]
            })
            .chain(values.home.iter().map(|id| say("workspace", id, workspaces.clone())));
        let mut options = values.options.iter().map(choice);
        seats
            .find_map(|one| one)
            .or_else(|| captures.find_map(|one| one))
            .or_else(|| places.find_map(|one| one))
            .or_else(|| options.find_map(|one| one))
    }
}

/// What became of a line of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The person is there and was adopted.
    Adopted,
    /// It waits until the source sends the person.
    Waiting,
    /// The person is there and known already; nothing was done.
    Known,
    /// It names what the rules in force do not have; nothing was done.
    Refused(String),
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
        let ruled = self.rules_of(tx, tenant)?;
        if let Some(words) = ruled.as_ref().and_then(|(_, rules)| existing.unknown(rules)) {
            return Ok(Imported::Refused(words));
        }
        if let (Some(user), Some((state, rules))) = (user, ruled) {
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
