//! Questions about many resources.

mod scan;

use super::session::Session;
use crate::id::{Kind, TenantId};
use crate::store::{Found, Query, StoreError};

/// See [`Query`].
pub(super) fn find(
    session: &Session<'_>,
    tenant: TenantId,
    kind: Kind,
    query: &Query<'_>,
) -> Result<Found, StoreError> {
    scan::find(session, tenant, kind, query)
}
