//! Reading one resource (RFC 7644, 3.4.1).

use super::{Call, Got, Service};
use crate::error::ScimError;
use crate::id::Kind;
use crate::protocol::Condition;
use crate::protocol::condition::etag;

impl Service {
    /// RFC 7644, 3.4.1; with If-None-Match, 3.14.
    ///
    /// Fails with 404, and with 412 for an If-Match that does not hold.
    pub async fn read(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        condition: &Condition,
    ) -> Result<Got, ScimError> {
        let (work, id, condition) = (self.work(call), id.to_owned(), condition.clone());
        self.store
            .read(move |tx| {
                let stored = work.existing(tx, kind, &id)?;
                if condition.has_already(stored.version)? {
                    return Ok(Got::NotModified(etag(stored.version)));
                }
                Ok(Got::Resource(Box::new(work.shown(tx, &stored)?)))
            })
            .await
    }
}
