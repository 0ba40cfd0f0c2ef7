//! Taking a deleted user in again who is kept ([`Deletion::Keep`](crate::store::Deletion::Keep)).

use super::Service;
use super::keep::keep;
use crate::entitlements::{Cause, Happening};
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::store::KeptMeta;

impl Service {
    /// Keeps the user under the same id and decides about them as about one who is new.
    ///
    /// Fails with 404 without such a user, with 409 where the `userName` is another's by now.
    pub async fn restore_deleted(&self, cause: Cause, id: Id) -> Result<(), ScimError> {
        let entitlements = std::sync::Arc::clone(&self.entitlements);
        self.store
            .write(move |tx| {
                let (tenant, kind) = (cause.tenant, Kind::User);
                let Some(user) = tx.deleted(tenant, kind, id)? else {
                    let words = format!("there is no deleted user with the id `{id}`");
                    return Err(ScimError::new(404, words));
                };
                tx.purge(tenant, kind, id)?;
                tx.insert(tenant, &keep(kind, id, &user.content()?, cause.at))?;
                // ETags from before stand for something else.
                let meta = KeptMeta {
                    created: user.created,
                    modified: cause.at,
                    version: user.version + 1,
                };
                tx.set_meta(tenant, kind, id, &meta)?;
                entitlements.happened(tx, &cause, &Happening::UserCreated(id))
            })
            .await
    }
}
