//! Events that were gathered: applied once nothing more has come for the time of `--settle`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::decided::Work;
use super::versions::State;
use super::{Cause, Entitlements, Rules};
use crate::clock::{Clock, Timestamp};
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::limits;
use crate::store::{Store, StoreError, Write};

/// How long somebody whose events cannot be applied waits until they are tried again, in
/// milliseconds.
const AGAIN: i64 = 60_000;

impl Entitlements {
    /// Applies everything that is due. Who cannot be decided stops nobody else: they are due
    /// again after a while.
    ///
    /// # Errors
    /// The first one, or that of the store; what is left is due the next time.
    pub async fn settle(self: &Arc<Self>, store: &Store, clock: &Clock) -> Result<(), ScimError> {
        let mut failed = None;
        // Somebody may be waiting also where nothing is gathered: since an import that was cut
        // off, or since the operator chose otherwise. A look writes nothing.
        loop {
            let (this, now) = (Arc::clone(self), clock.now());
            let due: Result<_, StoreError> = store.read(move |tx| tx.due(now, 1)).await;
            if due?.is_empty() {
                return failed.map_or(Ok(()), Err);
            }
            let first = store.write(move |tx| this.settle_some(tx, now)).await?;
            failed = failed.or(first);
        }
    }

    /// Some of what is due. Gives the first failure of somebody who waits on.
    fn settle_some(&self, tx: &dyn Write, now: Timestamp) -> Result<Option<ScimError>, ScimError> {
        let due = tx.due(now, limits::SETTLE_CHUNK)?;
        let mut tenants: BTreeMap<TenantId, Vec<Id>> = BTreeMap::new();
        for (tenant, user) in &due {
            tenants.entry(*tenant).or_default().push(*user);
        }
        let mut failed = None;
        for (tenant, users) in tenants {
            let actor = "settle".to_owned();
            let cause = Cause { tenant, at: now, actor, request: String::new() };
            let ruled = self.rules_of(tx, tenant);
            for user in users {
                let settled = match &ruled {
                    Ok(Some(ruled)) => self.settle_one(tx, &cause, ruled, user)?,
                    Ok(None) => Ok(tx.set_due(tenant, user, None)?),
                    Err(error) => Err(error.clone()),
                };
                if let Err(error) = settled {
                    tracing::error!(
                        tenant = tenant.0, %user, %error,
                        "events of a person cannot be applied; they are tried again in a minute"
                    );
                    // Who is due already would not become due later.
                    tx.set_due(tenant, user, None)?;
                    tx.set_due(tenant, user, Some(now.plus_millis(AGAIN)))?;
                    failed.get_or_insert(error);
                }
            }
        }
        Ok(failed)
    }

    /// What has settled of one person, whole or not at all. The outer error is that of a store
    /// that cannot go on.
    fn settle_one(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        (state, rules): &(State, Arc<Rules>),
        user: Id,
    ) -> Result<Result<(), ScimError>, StoreError> {
        let mut outcome = Ok(());
        tx.nested(&mut |tx| {
            outcome = Work::new(self, tx, cause, rules, state, "settled").and_then(|mut work| {
                work.settles = true;
                self.settled(&work, user)?;
                work.finish()
            });
            Ok(outcome.is_ok())
        })?;
        Ok(outcome)
    }
}
