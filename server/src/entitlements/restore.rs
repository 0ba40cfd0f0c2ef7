//! Records that come back with a person from elsewhere.

use provisor::reconcile::Record;

use super::decided::{ACTIVE, active_members};
use super::versions::keep;
use super::{Cause, Entitlements, seats};
use crate::error::{ScimError, ScimType};
use crate::id::Id;
use crate::store::{Entitlement, Shelf, Write};

impl Entitlements {
    /// Keeps what was known of a new user's entitlements elsewhere, as it was there: nothing is
    /// decided by it.
    ///
    /// # Errors
    /// 400 where it is no record; those of the store.
    pub fn restore(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        user: Id,
        known: &Entitlement,
    ) -> Result<(), ScimError> {
        // Where it fails is told, and not what stands there: that may be personal.
        let record: Record = serde_json::from_str(&known.record).map_err(|error| {
            let column = error.column();
            let detail = format!("the record of entitlements cannot be read (column {column})");
            ScimError::bad(ScimType::InvalidValue, detail)
        })?;
        tx.put_entitlement(cause.tenant, user, known)?;
        let mut changes = seats::Changes::new();
        seats::note(&mut changes, None, Some(&record));
        seats::finish(tx, cause.tenant, None, &changes)?;
        if record.active && !record.closed {
            let active = active_members(tx, cause.tenant)?.saturating_add(1);
            keep(tx, cause.tenant, Shelf::Rules, ACTIVE, &active)?;
        }
        Ok(())
    }
}
