//! Events that were gathered: applied once nothing more has come for the time of `--settle`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::decided::Work;
use super::{Cause, Entitlements};
use crate::clock::{Clock, Timestamp};
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::limits;
use crate::store::{Store, StoreError, Write};

impl Entitlements {
    /// Applies everything that is due.
    ///
    /// # Errors
    /// Those of the store; what is left is due the next time.
    pub async fn settle(self: &Arc<Self>, store: &Store, clock: &Clock) -> Result<(), ScimError> {
        // Somebody may be waiting also where nothing is gathered: since an import that was cut
        // off, or since the operator chose otherwise. A look writes nothing.
        loop {
            let (this, now) = (Arc::clone(self), clock.now());
            let due: Result<_, StoreError> = store.read(move |tx| tx.due(now, 1)).await;
            if due?.is_empty() {
                return Ok(());
            }
            store.write(move |tx| this.settle_some(tx, now)).await?;
        }
    }

    /// Some of what is due.
    fn settle_some(&self, tx: &dyn Write, now: Timestamp) -> Result<(), ScimError> {
        let due = tx.due(now, limits::SETTLE_CHUNK)?;
        let mut tenants: BTreeMap<TenantId, Vec<Id>> = BTreeMap::new();
        for (tenant, user) in &due {
            tenants.entry(*tenant).or_default().push(*user);
        }
        for (tenant, users) in tenants {
            let actor = "settle".to_owned();
            let cause = Cause { tenant, at: now, actor, request: String::new() };
            let Some((state, rules)) = self.rules_of(tx, tenant)? else {
                for user in users {
                    tx.set_due(tenant, user, None)?;
                }
                continue;
            };
            let mut work = Work::new(self, tx, &cause, &rules, &state, "settled")?;
            work.settles = true;
            for user in users {
                self.settled(&work, user)?;
            }
            work.finish()?;
        }
        Ok(())
    }
}
