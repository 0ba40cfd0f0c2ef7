//! SCIM's operations (RFC 7644, 3): each is one job of the store.

mod show;
mod texts;
mod work;

pub mod dialect;

mod create;
mod delete;
mod patch;
mod read;
mod replace;
mod restore;

mod keep;
mod membership;
mod user_name;

pub mod export;
pub mod import;

mod bulk;
mod cursor;
mod filter;
mod list;
mod page;
mod sort;

use std::sync::Arc;

use provisor::json::Json;
use provisor::scim::schema::Schemas;

use crate::auth::Principal;
use crate::clock::Clock;
use crate::entitlements::{Cause, Entitlements};
use crate::limits;
use crate::protocol::Projection;
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
    /// What PATCH accepts beyond the letter; this and the two below hold for credentials that
    /// have no [`Dialect`](dialect::Dialect).
    pub patch: provisor::scim::patch::Options,
    /// What resources may have beyond the letter.
    pub resource: provisor::scim::resource::Options,
    /// What filters accept beyond the letter.
    pub filter: provisor::scim::filter::Options,
    /// Operations of one bulk request.
    pub bulk_operations: usize,
    /// Bytes of one request.
    pub body_bytes: usize,
    /// Resources of one page at most.
    pub page: usize,
}

impl Service {
    /// A service of the built-in schemas with the default settings; each field can be replaced.
    pub fn new(store: Store, entitlements: Arc<Entitlements>, clock: Clock) -> Self {
        // A test shows that the built-in schemas can be read.
        let schemas = crate::protocol::schemas::built_in().unwrap_or_default();
        let (schemas, settings) = (Arc::new(schemas), Arc::default());
        Self { store, schemas, entitlements, clock, settings }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_deletion: Deletion::Remove,
            patch: provisor::scim::patch::Options::lenient(),
            resource: provisor::scim::resource::Options::lenient(),
            filter: provisor::scim::filter::Options::lenient(),
            bulk_operations: limits::BULK_OPERATIONS,
            body_bytes: limits::BODY_BYTES,
            page: limits::PAGE,
        }
    }
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
    /// The resource. Null means 204 and no body: after a PATCH of a Group that did not ask for
    /// attributes, as RFC 7644, 3.5.2 allows. Whoever adds one member does not wait until
    /// 100,000 are read.
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

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}
