//! Batches: what one change does to many people, counted by the brake, and held by it.
//!
//! A change of rules goes through `counting` and `applying`, chunk by chunk, with its progress
//! kept, so that a crash resumes it. A group that is deleted or renamed is one transaction. Both
//! end `held` where the brake is on: removals wait for `confirm`. To cancel a held change of
//! rules is to put the rules before it in force again; to cancel another batch leaves the held
//! things with the people as they are. Whom a later batch overtakes, `holds` says.

use provisor::reconcile::{Brake, Item};
use serde::{Deserialize, Serialize};

use super::holds::{self, Listed};
use super::versions::{State, from_text, keep, kept, key};
use super::{Cause, Entitlements};
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::limits;
use crate::store::{Read, Shelf, Write};

/// One batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Its number, from 1.
    pub number: u64,
    /// What caused it.
    pub kind: Kind,
    /// How far it is.
    pub state: BatchState,
    /// When it began, in milliseconds since 1970.
    pub created: i64,
    /// When it came to its state.
    pub changed: i64,
    /// Who caused it.
    pub actor: String,
    /// The request that did.
    pub request: String,
    /// The last person that the present pass has reached; `None` at its start.
    pub after: Option<String>,
    /// How many people the present pass has looked at.
    pub people: u64,
    /// For how many something was written.
    pub written: u64,
    /// From how many the batch takes something.
    pub losing: u64,
    /// From how many it may; `None`: from any number.
    pub allowed: Option<u64>,
    /// Whether the brake holds its removals.
    pub brake: bool,
    /// Of how many people something is held.
    pub held: u64,
    /// How many lists of held people there are.
    pub lists: u64,
    /// The list that confirming has come to.
    pub confirmed: u64,
    /// For how many something waits until the source next sends something about them.
    #[serde(default)]
    pub pending: u64,
    /// The batch that went to everybody and overtook this one; `None` also where it was other
    /// rules while nobody was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<u64>,
}

/// What causes a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Kind {
    /// Other rules.
    Rules {
        /// Their version.
        version: u64,
        /// The version before.
        previous: Option<u64>,
    },
    /// The host applies what is decided, pending or not, to everybody.
    Apply {},
    /// A group was deleted.
    GroupDeleted {
        /// Its id.
        group: String,
    },
    /// A group was renamed.
    GroupRenamed {
        /// Its id.
        group: String,
    },
}

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BatchState {
    /// From how many people it would take something; other rules are not in force yet.
    Counting,
    /// It goes to one person after another.
    Applying,
    /// Everything is done but the removals, which wait for a person's word.
    Held,
    /// Held removals are being written.
    Confirming,
    /// Nothing is left to do.
    Done,
    /// It was given up while something was held.
    Cancelled,
    /// A later batch went to everybody and decided anew what this one held.
    Superseded,
}

impl Batch {
    /// Whether it brings other rules.
    pub fn is_rules(&self) -> bool {
        matches!(self.kind, Kind::Rules { .. })
    }

    /// Whether the present pass has been at a person.
    pub fn has_reached(&self, user: Id) -> bool {
        self.position().is_some_and(|after| user <= after)
    }

    /// The last person that the present pass has reached.
    pub fn position(&self) -> Option<Id> {
        self.after.as_deref().and_then(|after| after.parse().ok())
    }

    fn new(number: u64, kind: Kind, cause: &Cause) -> Self {
        Self {
            number,
            kind,
            state: BatchState::Counting,
            created: cause.at.0,
            changed: cause.at.0,
            actor: cause.actor.clone(),
            request: cause.request.clone(),
            after: None,
            people: 0,
            written: 0,
            losing: 0,
            allowed: None,
            brake: false,
            held: 0,
            lists: 0,
            confirmed: 0,
            pending: 0,
            superseded_by: None,
        }
    }
}

/// Opens a batch that goes to everybody; the caller keeps the state.
pub(super) fn open(
    tx: &dyn Write,
    cause: &Cause,
    state: &mut State,
    kind: Kind,
) -> Result<u64, ScimError> {
    let number = state.last_batch + 1;
    state.last_batch = number;
    state.running = Some(number);
    put(tx, cause.tenant, &Batch::new(number, kind, cause))?;
    forget_old(tx, cause.tenant, state)?;
    Ok(number)
}

/// Keeps a batch that was applied in one transaction and is held; the caller keeps the state.
pub(super) fn hold(
    tx: &dyn Write,
    cause: &Cause,
    state: &mut State,
    kind: Kind,
    brake: &Brake,
    held: &[Listed],
    written: u64,
) -> Result<(), ScimError> {
    let number = state.last_batch + 1;
    state.last_batch = number;
    let mut batch = Batch {
        state: BatchState::Held,
        losing: brake.losing(),
        allowed: brake.allowed(),
        brake: true,
        written,
        ..Batch::new(number, kind, cause)
    };
    for held in held.chunks(limits::BATCH_CHUNK) {
        list(tx, cause.tenant, &mut batch, held)?;
    }
    metrics::counter!("provisor_batches_held_total").increment(1);
    let losing = batch.losing;
    tracing::warn!(batch = number, losing, "the brake holds removals; confirm or cancel the batch");
    holds::note(tx, cause.tenant, state, number, true)?;
    put(tx, cause.tenant, &batch)?;
    forget_old(tx, cause.tenant, state)
}

/// Adds people of whom something is held.
pub(super) fn list(
    tx: &dyn Write,
    tenant: TenantId,
    batch: &mut Batch,
    held: &[Listed],
) -> Result<(), ScimError> {
    if held.is_empty() {
        return Ok(());
    }
    batch.lists += 1;
    batch.held += u64::try_from(held.len()).unwrap_or(u64::MAX);
    keep(tx, tenant, Shelf::Batches, &list_key(batch.number, batch.lists), &held)
}

/// Somebody with what of theirs a batch holds; `None` for all that is held of them, as it was
/// before items were listed.
type Held = (Id, Option<Vec<Item>>);

/// The people of one list of a batch.
pub(super) fn listed(
    tx: &dyn Read,
    tenant: TenantId,
    batch: u64,
    list: u64,
) -> Result<Vec<Held>, ScimError> {
    let key = list_key(batch, list);
    let Some(text) = tx.document(tenant, Shelf::Batches, &key)? else { return Ok(Vec::new()) };
    let id = |id: &str| id.parse::<Id>().ok();
    if let Ok(listed) = serde_json::from_str::<Vec<Listed>>(&text) {
        let one = |listed: Listed| Some((id(&listed.id)?, Some(listed.items)));
        return Ok(listed.into_iter().filter_map(one).collect());
    }
    let ids: Vec<String> = from_text(&text, "a list of whom a batch holds something")?;
    Ok(ids.iter().filter_map(|text| Some((id(text)?, None))).collect())
}

pub(super) fn get(
    tx: &dyn Read,
    tenant: TenantId,
    number: u64,
) -> Result<Option<Batch>, ScimError> {
    kept(tx, tenant, Shelf::Batches, &key("batch", number))
}

pub(super) fn put(tx: &dyn Write, tenant: TenantId, batch: &Batch) -> Result<(), ScimError> {
    keep(tx, tenant, Shelf::Batches, &key("batch", batch.number), batch)
}

fn list_key(batch: u64, list: u64) -> String {
    format!("{}/{list:012}", key("held", batch))
}

/// Forgets the batch that is too old; one that still waits for somebody's word stays.
fn forget_old(tx: &dyn Write, tenant: TenantId, state: &State) -> Result<(), ScimError> {
    let Some(number) = state.last_batch.checked_sub(limits::BATCHES) else { return Ok(()) };
    let Some(old) = get(tx, tenant, number)? else { return Ok(()) };
    let ended = [BatchState::Done, BatchState::Cancelled, BatchState::Superseded];
    if !ended.contains(&old.state) {
        return Ok(());
    }
    for list in 1..=old.lists {
        tx.remove_document(tenant, Shelf::Batches, &list_key(number, list))?;
    }
    tx.remove_document(tenant, Shelf::Batches, &key("batch", number))?;
    Ok(())
}

impl Entitlements {
    /// Batches before one, latest first, at most so many.
    pub fn batches(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Batch>, ScimError> {
        let last = super::versions::state(tx, tenant)?.last_batch;
        let before = before.unwrap_or(u64::MAX).min(last.saturating_add(1));
        let mut found = Vec::new();
        for number in (1..before).rev() {
            let batch = get(tx, tenant, number)?;
            // Beyond what is kept for sure a few may still wait, and looking ends.
            if found.len() >= limit || (batch.is_none() && last - number > 2 * limits::BATCHES) {
                break;
            }
            found.extend(batch);
        }
        Ok(found)
    }

    /// One batch.
    pub fn batch(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        number: u64,
    ) -> Result<Option<Batch>, ScimError> {
        get(tx, tenant, number)
    }

    /// People of whom a batch holds something: one of its lists, from 1.
    pub fn held_by(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        number: u64,
        list: u64,
    ) -> Result<Vec<Id>, ScimError> {
        Ok(listed(tx, tenant, number, list)?.into_iter().map(|(user, _)| user).collect())
    }
}
