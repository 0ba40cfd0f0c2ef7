//! SCIM's operations (RFC 7644, 3): each is one job of the store.

use std::sync::Arc;

use provisor::json::Json;
use provisor::scim::schema::Schemas;

use crate::auth::Principal;
use crate::clock::Clock;
use crate::entitlements::{Cause, Entitlements};
use crate::error::ScimError;
use crate::id::Kind;
use crate::protocol::{BulkRequest, BulkResponse, Condition, ListQuery, Listed, Projection};
use crate::store::{Deletion, Store};

/// The SCIM operations over a store.
#[derive(Clone)]
pub struct Service {
    /// Where everything is kept.
    pub store: Store,
    /// The schemas: the standard ones, the entitlements extension, those of schema files.
    pub schemas: Arc<Schemas>,
    /// What people get.
    pub entitlements: Arc<Entitlements>,
    /// What time it is.
    pub clock: Clock,
    /// What the operator chose.
    pub settings: Arc<Settings>,
}

/// What the operator chose about SCIM.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What becomes of deleted users.
    pub user_deletion: Deletion,
    /// What of the clients' dialects PATCH accepts.
    pub patch: provisor::scim::patch::Options,
    /// What filters accept beyond the letter.
    pub filter: provisor::scim::filter::Options,
    /// Operations of one bulk request.
    pub bulk_operations: usize,
    /// Bytes of one request.
    pub body_bytes: usize,
    /// Resources of one page at most.
    pub page: usize,
}

/// One request, whoever sent it.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who.
    pub principal: Principal,
    /// Tenant, time, actor, request id.
    pub cause: Cause,
    /// The base URI for `meta.location` and `$ref`, such as `https://host/scim/v2`, without a
    /// slash at its end.
    pub base: Arc<str>,
    /// Which attributes the answer has (RFC 7644, 3.9).
    pub projection: Projection,
}

/// A resource as the client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The resource.
    pub resource: Json,
    /// For `Location`.
    pub location: String,
    /// The ETag, with `W/` and quotes.
    pub etag: String,
}

/// The answer to a conditional read.
#[derive(Debug, Clone, PartialEq)]
pub enum Got {
    /// Here it is.
    Resource(Box<Shown>),
    /// 304: the client has this ETag already.
    NotModified(String),
}

/// Stubs until `service/` has them; each names its requirements.
impl Service {
    /// RFC 7644, 3.3.
    pub async fn create(&self, call: &Call, kind: Kind, body: Json) -> Result<Shown, ScimError> {
        let _ = (call, kind, body);
        Err(ScimError::new(501, "not yet"))
    }

    /// RFC 7644, 3.4.1.
    pub async fn read(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        condition: &Condition,
    ) -> Result<Got, ScimError> {
        let _ = (call, kind, id, condition);
        Err(ScimError::new(501, "not yet"))
    }

    /// RFC 7644, 3.5.1.
    pub async fn replace(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        body: Json,
        condition: &Condition,
    ) -> Result<Shown, ScimError> {
        let _ = (call, kind, id, body, condition);
        Err(ScimError::new(501, "not yet"))
    }

    /// RFC 7644, 3.5.2.
    pub async fn patch(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        body: Json,
        condition: &Condition,
    ) -> Result<Shown, ScimError> {
        let _ = (call, kind, id, body, condition);
        Err(ScimError::new(501, "not yet"))
    }

    /// RFC 7644, 3.6.
    pub async fn delete(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        condition: &Condition,
    ) -> Result<(), ScimError> {
        let _ = (call, kind, id, condition);
        Err(ScimError::new(501, "not yet"))
    }

    /// RFC 7644, 3.4.2 and 3.4.3; RFC 9865. Of one kind, or of all at the root.
    pub async fn list(
        &self,
        call: &Call,
        kinds: &[Kind],
        query: &ListQuery,
    ) -> Result<Listed, ScimError> {
        let _ = (call, kinds, query);
        Err(ScimError::new(501, "not yet"))
    }

    /// RFC 7644, 3.7.
    pub async fn bulk(&self, call: &Call, request: BulkRequest) -> Result<BulkResponse, ScimError> {
        let _ = (call, request);
        Err(ScimError::new(501, "not yet"))
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}
