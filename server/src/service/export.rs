//! Everybody of a tenant as NDJSON: one SCIM resource a line, users before the groups that they
//! are in. Nothing is held but one user, or a part of the members of one group.

use provisor::json::{Json, Object};

use super::membership::PART;
use crate::entitlements::Entitlements;
use crate::error::ScimError;
use crate::id::{Kind, TenantId};
use crate::protocol::represent::{Derived, member, whole};
use crate::store::{Read, StoreError, Stored};

/// Under which key a user's line has the record of entitlements; see [`Export::records`].
pub const RECORD: &str = "urn:provisor:params:scim:export:1.0:Record";

/// What is exported, and how.
#[derive(Debug, Clone)]
pub struct Export {
    /// Whose resources.
    pub tenant: TenantId,
    /// The base URI for `meta.location` and `$ref`, without a slash at its end; empty: they are
    /// relative to it.
    pub base: String,
    /// With what is kept of entitlements under [`RECORD`], so that an import keeps it: what was
    /// written, by whom, what waits for an administrator.
    pub records: bool,
}

/// How many were exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Exported {
    pub users: u64,
    pub groups: u64,
}

impl Export {
    /// Writes everything as a snapshot has it, in pieces of lines. False from `write` ends it.
    ///
    /// Users and groups that were deleted and are kept are not among it: they are no SCIM
    /// resources any more.
    ///
    /// # Errors
    /// Those of the store; 500 where what is kept cannot be read.
    pub fn run(
        &self,
        tx: &dyn Read,
        write: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Exported, ScimError> {
        let mut exported = Exported::default();
        let mut failed = None;
        for kind in Kind::ALL {
            tx.each(self.tenant, kind, None, &mut |stored| {
                let written = match kind {
                    Kind::User => self.user(tx, &stored, write),
                    Kind::Group => self.group(tx, &stored, write),
                };
                match kind {
                    Kind::User => exported.users += 1,
                    Kind::Group => exported.groups += 1,
                }
                // The store's callback has errors of the store alone.
                Ok(written.unwrap_or_else(|error| {
                    failed = Some(error);
                    false
                }))
            })?;
            if failed.is_some() {
                break;
            }
        }
        failed.map_or(Ok(exported), Err)
    }

    fn user(
        &self,
        tx: &dyn Read,
        stored: &Stored,
        write: &mut dyn FnMut(&str) -> bool,
    ) -> Result<bool, ScimError> {
        let derived = Derived {
            groups: Some(tx.groups_of(self.tenant, stored.id)?),
            entitlements: Entitlements::default().shown(tx, self.tenant, stored.id)?,
            members: None,
        };
        let mut user = whole(stored, derived, &self.base)?;
        if self.records
            && let Some(kept) = tx.entitlement(self.tenant, stored.id)?
        {
            let unreadable = |_| {
                let user = stored.id;
                StoreError::broken(format!("the record of entitlements of {user} is no JSON"))
            };
            user.push(RECORD, kept.record.parse::<Json>().map_err(unreadable)?);
        }
        Ok(write(&format!("{}\n", Json::Object(user))))
    }

    fn group(
        &self,
        tx: &dyn Read,
        stored: &Stored,
        write: &mut dyn FnMut(&str) -> bool,
    ) -> Result<bool, ScimError> {
        // The members stand before `meta`, as the server represents them.
        let mut group = whole(stored, Derived::default(), &self.base)?;
        let meta = group.entries_mut().pop();
        let mut text = Json::Object(group).to_string();
        // The brace; a group has a `displayName` at least.
        text.pop();
        let mut after = None;
        loop {
            let part = tx.members(self.tenant, stored.id, after, PART)?;
            for one in &part {
                text.push_str(if after.is_none() { ",\"members\":[" } else { "," });
                text.push_str(&member(*one, &self.base).to_string());
                after = Some(one.id);
            }
            if part.len() < PART {
                break;
            }
            if !write(&text) {
                return Ok(false);
            }
            text.clear();
        }
        if after.is_some() {
            text.push(']');
        }
        let end = Json::Object(meta.into_iter().collect::<Object>()).to_string();
        text.push(',');
        text.push_str(end.strip_prefix('{').unwrap_or(&end));
        text.push('\n');
        Ok(write(&text))
    }
}
