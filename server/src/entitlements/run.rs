//! Batches on their way: one chunk of people a transaction, and the words that end a held one.

use std::sync::Arc;
use std::time::Duration;

use provisor::reconcile::{Brake, Event, Item};
use serde_json::json;

use super::batch::{self, Batch, BatchState, Kind};
use super::decided::{Decider, Work, active_members};
use super::holds::{self, Listed};
use super::versions::{self, Put, State, keep};
use super::{Cause, Entitlements, Rules, import};
use crate::clock::Clock;
use crate::error::ScimError;
use crate::id::{Id, Kind as ResourceKind, TenantId};
use crate::limits;
use crate::store::{NOBODY, Read, Shelf, Store, Stored, Write};

/// How often the background looks for work that nobody told it of.
const TICK: Duration = Duration::from_secs(1);

/// What one chunk of counting found.
struct Counted {
    last: Option<Id>,
    people: u64,
    losing: u64,
}

impl Entitlements {
    /// Applies what has settled and brings batches to everybody, for as long as it is polled.
    /// A failure is logged and tried again.
    pub async fn background(self: Arc<Self>, store: Store, clock: Clock) {
        loop {
            if let Err(error) = self.work_off(&store, &clock).await {
                tracing::error!(%error, "background work on entitlements failed; it is tried again");
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Does all that can be done now. Tenants take turns, so that a large batch of one keeps
    /// no other waiting, and what fails in one stops no other.
    ///
    /// # Errors
    /// The first one; what was done stays done, and the rest is done the next time.
    pub async fn work_off(self: &Arc<Self>, store: &Store, clock: &Clock) -> Result<(), ScimError> {
        let settled = self.settle(store, clock).await;
        let mut failed = settled.err();
        let mut tenants = self.tenants(store).await?;
        while !tenants.is_empty() {
            let mut going = Vec::new();
            for tenant in tenants {
                match self.step(store, clock, tenant).await {
                    Ok(true) => going.push(tenant),
                    Ok(false) => {}
                    Err(error) => {
                        tracing::error!(tenant = tenant.0, %error, "a batch cannot go on");
                        failed.get_or_insert(error);
                    }
                }
            }
            tenants = going;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Brings the batch of a tenant that is on its way to its end.
    ///
    /// # Errors
    /// See [`Self::work_off`].
    pub async fn run_batches(
        self: &Arc<Self>,
        store: &Store,
        clock: &Clock,
        tenant: TenantId,
    ) -> Result<(), ScimError> {
        while self.step(store, clock, tenant).await? {}
        Ok(())
    }

    /// One chunk. False: nothing is on its way.
    ///
    /// # Errors
    /// See [`Self::work_off`].
    pub async fn step(
        self: &Arc<Self>,
        store: &Store,
        clock: &Clock,
        tenant: TenantId,
    ) -> Result<bool, ScimError> {
        let running = store
            .read(move |tx| match versions::state(tx, tenant)?.running {
                Some(number) => batch::get(tx, tenant, number),
                None => Ok::<_, ScimError>(None),
            })
            .await?;
        let Some(batch) = running else { return Ok(false) };
        let cause = Cause {
            tenant,
            at: clock.now(),
            actor: batch.actor.clone(),
            request: batch.request.clone(),
        };
        let this = Arc::clone(self);
        match batch.state {
            BatchState::Counting => {
                let read = batch.clone();
                let counted = store.read(move |tx| this.count_chunk(tx, tenant, &read)).await?;
                let this = Arc::clone(self);
                store.write(move |tx| this.counted(tx, &cause, batch, counted)).await?;
            }
            BatchState::Applying => {
                store.write(move |tx| this.apply_chunk(tx, &cause, batch)).await?;
            }
            BatchState::Confirming => {
                store.write(move |tx| this.confirm_chunk(tx, &cause, batch)).await?;
            }
            BatchState::Held
            | BatchState::Done
            | BatchState::Cancelled
            | BatchState::Superseded => {
                store.write(move |tx| stop(tx, tenant)).await?;
            }
        }
        Ok(true)
    }

    /// Opens a batch that applies to everybody what is decided, pending or not.
    ///
    /// # Errors
    /// 409 while another is on its way, or where there are no rules.
    pub fn apply_all(&self, tx: &dyn Write, cause: &Cause) -> Result<u64, ScimError> {
        let mut state = versions::state(tx, cause.tenant)?;
        if state.in_force.is_none() {
            return Err(ScimError::new(409, "there are no rules to apply; put some first"));
        }
        if state.running.is_some() {
            return Err(versions::busy());
        }
        let number = batch::open(tx, cause, &mut state, Kind::Apply {})?;
        keep(tx, cause.tenant, Shelf::Rules, "state", &state)?;
        word(tx, cause, "batchOpened", number)?;
        Ok(number)
    }

    /// Confirms the removals that a batch holds; they are written in the background.
    ///
    /// # Errors
    /// 404 without such a batch, 409 if it holds nothing or another is on its way.
    pub fn confirm(&self, tx: &dyn Write, cause: &Cause, number: u64) -> Result<Batch, ScimError> {
        let (mut state, mut batch) = held(tx, cause.tenant, number)?;
        state.running = Some(number);
        holds::note(tx, cause.tenant, &mut state, number, false)?;
        to_state(&mut batch, BatchState::Confirming, cause);
        batch.confirmed = 0;
        batch::put(tx, cause.tenant, &batch)?;
        keep(tx, cause.tenant, Shelf::Rules, "state", &state)?;
        word(tx, cause, "batchConfirmed", number)?;
        Ok(batch)
    }

    /// Gives up what a batch holds. A change of rules is undone: the rules before it are put in
    /// force again, as a new version. Otherwise people keep what is held.
    ///
    /// # Errors
    /// See [`Self::confirm`]; 409 too if there were no rules before, or others came since.
    pub fn cancel(&self, tx: &dyn Write, cause: &Cause, number: u64) -> Result<Batch, ScimError> {
        let tenant = cause.tenant;
        let (mut state, mut batch) = held(tx, tenant, number)?;
        holds::note(tx, tenant, &mut state, number, false)?;
        keep(tx, tenant, Shelf::Rules, "state", &state)?;
        to_state(&mut batch, BatchState::Cancelled, cause);
        batch::put(tx, tenant, &batch)?;
        if let Kind::Rules { version, previous } = batch.kind {
            let before = match previous.filter(|_| state.in_force == Some(version)) {
                Some(previous) => self.version(tx, tenant, Some(previous))?,
                None => None,
            };
            let Some((_, text)) = before else {
                let words = "the rules before this change are not kept, or other rules came \
                             since; put the rules that you want";
                return Err(ScimError::new(409, words));
            };
            let built = text.build();
            let set = built.rules.ok_or_else(|| {
                ScimError::new(409, "the rules before this change do not check any more")
            })?;
            let put = Put { text, origin: "cancel", expected: None };
            self.place(tx, cause, &put, set, 0)?;
        }
        word(tx, cause, "batchCancelled", number)?;
        Ok(batch)
    }

    /// The rules that a batch goes by.
    fn rules_for(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        batch: &Batch,
    ) -> Result<Option<Arc<Rules>>, ScimError> {
        match batch.kind {
            Kind::Rules { version, .. } => self.compiled(tx, tenant, version).map(Some),
            _ => self.in_force(tx, tenant),
        }
    }

    fn count_chunk(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        batch: &Batch,
    ) -> Result<Counted, ScimError> {
        let mut counted = Counted { last: None, people: 0, losing: 0 };
        let Some(rules) = self.rules_for(tx, tenant, batch)? else { return Ok(counted) };
        let decider = Decider::new(tx, tenant, &rules);
        let event = event_of(batch);
        for user in chunk(tx, tenant, batch.position())? {
            counted.last = Some(user.id);
            counted.people += 1;
            let known = decider.of(user)?;
            if known.record.is_some() {
                counted.losing += u64::from(holds::loses(&decider, &known, &event));
            }
        }
        Ok(counted)
    }

    fn counted(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        expected: Batch,
        counted: Counted,
    ) -> Result<(), ScimError> {
        let tenant = cause.tenant;
        let Some(mut batch) = unchanged(tx, tenant, &expected)? else { return Ok(()) };
        batch.people += counted.people;
        batch.losing += counted.losing;
        if let Some(last) = counted.last {
            batch.after = Some(last.to_string());
            return batch::put(tx, tenant, &batch);
        }
        // Everybody is counted: the rules come in force, and the brake is decided once.
        let mut state = versions::state(tx, tenant)?;
        if let Kind::Rules { version, .. } = batch.kind {
            state.in_force = Some(version);
        }
        holds::supersede(tx, cause, &mut state, Some(batch.number))?;
        keep(tx, tenant, Shelf::Rules, "state", &state)?;
        if let Some(rules) = self.in_force(tx, tenant)? {
            let max = rules.set.model().settings.max_removals;
            let brake = Brake::new(max, active_members(tx, tenant)?);
            batch.allowed = brake.allowed();
            batch.brake = batch.allowed.is_some_and(|allowed| batch.losing > allowed);
        }
        batch.after = None;
        batch.people = 0;
        to_state(&mut batch, BatchState::Applying, cause);
        batch::put(tx, tenant, &batch)
    }

    fn apply_chunk(&self, tx: &dyn Write, cause: &Cause, expected: Batch) -> Result<(), ScimError> {
        let tenant = cause.tenant;
        let Some(mut batch) = unchanged(tx, tenant, &expected)? else { return Ok(()) };
        let people = chunk(tx, tenant, batch.position())?;
        let Some(last) = people.last().map(|user| user.id) else {
            return self.applied(tx, cause, batch);
        };
        if let Some((state, rules)) = self.rules_of(tx, tenant)? {
            let event = event_of(&batch);
            let name = if batch.is_rules() { "rulesChanged" } else { "apply" };
            let mut work = Work::new(self, tx, cause, &rules, &state, name)?;
            // This is the change that everybody is being brought.
            work.overtaken = None;
            let mut held = Vec::new();
            for user in people {
                batch.people += 1;
                let id = user.id;
                let known = work.read.of(user)?;
                // What an import found would be lost once there is a record.
                let found = match known.record {
                    None => import::found(tx, tenant, &known.decided)?,
                    Some(_) => None,
                };
                let adopts = found.is_some();
                let event = found.map_or_else(|| event.clone(), Event::Adopted);
                let answer = holds::answer(&work.read, &known, &event, batch.brake);
                batch.written += u64::from(work.keep(&known, &answer)?);
                if adopts {
                    import::forget(tx, tenant, &known.decided)?;
                }
                let Some(record) = &answer.record else { continue };
                batch.pending += u64::from(record.pending.is_some());
                if !record.held.is_empty() {
                    held.push(Listed::new(id, record.held.iter().map(|held| held.item.clone())));
                }
            }
            work.finish()?;
            batch::list(tx, tenant, &mut batch, &held)?;
        }
        batch.after = Some(last.to_string());
        batch::put(tx, tenant, &batch)
    }

    fn applied(&self, tx: &dyn Write, cause: &Cause, mut batch: Batch) -> Result<(), ScimError> {
        let state = if batch.held > 0 { BatchState::Held } else { BatchState::Done };
        if state == BatchState::Held {
            metrics::counter!("provisor_batches_held_total").increment(1);
            let (batch, losing) = (batch.number, batch.losing);
            tracing::warn!(batch, losing, "the brake holds removals; confirm or cancel the batch");
            let mut state = versions::state(tx, cause.tenant)?;
            holds::note(tx, cause.tenant, &mut state, batch, true)?;
            keep(tx, cause.tenant, Shelf::Rules, "state", &state)?;
        }
        to_state(&mut batch, state, cause);
        batch::put(tx, cause.tenant, &batch)?;
        stop(tx, cause.tenant)
    }

    fn confirm_chunk(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        expected: Batch,
    ) -> Result<(), ScimError> {
        let tenant = cause.tenant;
        let Some(mut batch) = unchanged(tx, tenant, &expected)? else { return Ok(()) };
        if batch.confirmed >= batch.lists {
            to_state(&mut batch, BatchState::Done, cause);
            batch::put(tx, tenant, &batch)?;
            return stop(tx, tenant);
        }
        batch.confirmed += 1;
        if let Some((state, rules)) = self.rules_of(tx, tenant)? {
            let work = Work::new(self, tx, cause, &rules, &state, "confirmed")?;
            for (user, items) in batch::listed(tx, tenant, batch.number, batch.confirmed)? {
                let Some(known) = work.known(user)? else { continue };
                let Some(record) = &known.record else { continue };
                let target = &known.decided.target;
                // Another batch may hold something of the same person.
                let mine = |item: &Item| items.as_ref().is_none_or(|items| items.contains(item));
                let answer = Brake::confirm(&work.read.context, record, target, mine);
                batch.written += u64::from(work.keep(&known, &answer)?);
            }
            work.finish()?;
        }
        batch::put(tx, tenant, &batch)
    }

    /// Tenants that may have something to do: all that are known to the store or to this server.
    async fn tenants(&self, store: &Store) -> Result<Vec<TenantId>, ScimError> {
        let kept =
            store.read(|tx| tx.documents(NOBODY, Shelf::Tenants)).await.map_err(ScimError::from)?;
        let kept = kept.iter().filter_map(|(number, _)| number.trim().parse().ok().map(TenantId));
        let mut tenants: Vec<TenantId> = kept.collect();
        if let Ok(compiled) = self.compiled.read() {
            tenants.extend(compiled.keys());
        }
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }
}

fn event_of(batch: &Batch) -> Event {
    if batch.is_rules() { Event::RulesChanged } else { Event::Apply }
}

/// The next people, in the order of ids.
fn chunk(tx: &dyn Read, tenant: TenantId, after: Option<Id>) -> Result<Vec<Stored>, ScimError> {
    let mut people = Vec::with_capacity(limits::BATCH_CHUNK);
    tx.each(tenant, ResourceKind::User, after, &mut |user| {
        people.push(user);
        Ok(people.len() < limits::BATCH_CHUNK)
    })?;
    Ok(people)
}

/// The batch, if nobody has moved it on meanwhile.
fn unchanged(
    tx: &dyn Read,
    tenant: TenantId,
    expected: &Batch,
) -> Result<Option<Batch>, ScimError> {
    let batch = batch::get(tx, tenant, expected.number)?;
    Ok(batch.filter(|batch| batch == expected))
}

fn held(tx: &dyn Read, tenant: TenantId, number: u64) -> Result<(State, Batch), ScimError> {
    let state = versions::state(tx, tenant)?;
    let batch = batch::get(tx, tenant, number)?
        .ok_or_else(|| ScimError::not_found("batch", &number.to_string()))?;
    if batch.state != BatchState::Held {
        return Err(ScimError::new(409, no_longer(&batch)));
    }
    if state.running.is_some() {
        return Err(versions::busy());
    }
    Ok((state, batch))
}

/// Why a batch can be neither confirmed nor cancelled.
fn no_longer(batch: &Batch) -> String {
    let number = batch.number;
    match batch.state {
        BatchState::Superseded => match batch.superseded_by {
            Some(by) => format!(
                "batch {number} was overtaken by batch {by}, which decided anew about everybody; \
                 see what that one holds"
            ),
            None => format!("batch {number} was overtaken by other rules"),
        },
        BatchState::Cancelled => format!(
            "batch {number} was cancelled; `POST /admin/v1/batches` proposes what it held again"
        ),
        BatchState::Done => format!("batch {number} is done and holds nothing"),
        BatchState::Confirming => format!("batch {number} is being confirmed"),
        _ => format!("batch {number} is on its way and holds nothing yet"),
    }
}

fn stop(tx: &dyn Write, tenant: TenantId) -> Result<(), ScimError> {
    let mut state = versions::state(tx, tenant)?;
    state.running = None;
    keep(tx, tenant, Shelf::Rules, "state", &state)
}

fn to_state(batch: &mut Batch, state: BatchState, cause: &Cause) {
    batch.state = state;
    batch.changed = cause.at.0;
}

fn word(tx: &dyn Write, cause: &Cause, what: &str, number: u64) -> Result<(), ScimError> {
    let body = json!({
        "what": what, "batch": number, "actor": cause.actor, "request": cause.request,
    });
    tx.append_audit(cause.tenant, None, cause.at, &body.to_string())?;
    Ok(())
}
