//! What every operation needs inside its job: whose request it is, and how resources are looked
//! up.

use provisor::scim::schema::{ResourceType, Schemas};

use super::{Call, Service};
use crate::clock::Timestamp;
use crate::entitlements::Happening;
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::store::{Read, StoreError, Stored, Write};

/// A request on its way through a job of the store.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) service: Service,
    pub(super) call: Call,
    /// It is one step of many that belong together: what follows is decided after all of them.
    pub(super) among_others: bool,
}

impl Service {
    /// The request as a job carries it.
    pub(super) fn work(&self, call: &Call) -> Work {
        Work { service: self.clone(), call: call.clone(), among_others: false }
    }
}

impl Work {
    pub(super) fn tenant(&self) -> TenantId {
        self.call.principal.tenant
    }

    pub(super) fn at(&self) -> Timestamp {
        self.call.cause.at
    }

    pub(super) fn resource_type(&self, kind: Kind) -> Result<&ResourceType, ScimError> {
        type_of(kind, &self.service.schemas)
    }

    /// The resource of an id, or 404: also where the text is no id of this server.
    pub(super) fn existing(
        &self,
        tx: &dyn Read,
        kind: Kind,
        id: &str,
    ) -> Result<Stored, ScimError> {
        let missing = || ScimError::not_found(kind.name(), id);
        let known: Id = id.parse().map_err(|_| missing())?;
        tx.resource(self.tenant(), kind, known)?.ok_or_else(missing)
    }

    /// The resource again, after it was written and everything followed from that.
    pub(super) fn again(&self, tx: &dyn Read, kind: Kind, id: Id) -> Result<Stored, ScimError> {
        self.existing(tx, kind, &id.to_string())
    }

    /// Tells what happened, in the same transaction.
    pub(super) fn happened(&self, tx: &dyn Write, what: &Happening) -> Result<(), ScimError> {
        let (entitlements, cause) = (&self.service.entitlements, &self.call.cause);
        match self.among_others {
            false => entitlements.happened(tx, cause, what),
            true => entitlements.happened_among_others(tx, cause, what),
        }
    }
}

/// The schemas' name for a kind. Both kinds are in the standard schemas.
pub(super) fn type_of(kind: Kind, schemas: &Schemas) -> Result<&ResourceType, ScimError> {
    schemas
        .resource_type(kind.name())
        .ok_or_else(|| ScimError::new(500, "the server lacks one of its own schemas"))
}

/// Does a part of a job that is taken back by itself where it is refused. What the server cannot
/// help is the outer error, which ends the whole job.
pub(super) fn apart<T>(
    tx: &dyn Write,
    mut part: impl FnMut(&dyn Write) -> Result<T, ScimError>,
) -> Result<Result<T, ScimError>, ScimError> {
    let mut outcome = None;
    tx.nested(&mut |tx| {
        let result = part(tx);
        let keep = result.is_ok();
        outcome = Some(result);
        Ok(keep)
    })?;
    match outcome {
        Some(Err(error)) if error.status >= 500 => Err(error),
        Some(outcome) => Ok(outcome),
        None => Err(StoreError::broken("a part of a transaction was not run").into()),
    }
}
