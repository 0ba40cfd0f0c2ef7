//! Everybody of a tenant out of a database, and into one: what `provisor db export` and
//! `provisor db import` do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::{StartError, start};
use crate::auth::{Principal, Scopes, tenants};
use crate::clock::Clock;
use crate::entitlements::{Cause, Entitlements};
use crate::error::ScimError;
use crate::id::{Kind, TenantId};
use crate::limits;
use crate::protocol::Projection;
use crate::service::export::{Export, Exported};
use crate::service::import::{Imported, Line, Memory};
use crate::service::{Call, Service, Settings};
use crate::store::sqlite::maintain;
use crate::store::{Deletion, Store, StoreError};

/// Writes everybody of a tenant, named or numbered, as NDJSON; see [`Export`]. A server may use
/// the database meanwhile: what is written is one instant.
///
/// # Errors
/// Words for the operator. An end that `write` asks for is none.
pub fn export(
    database: &Path,
    tenant: &str,
    base: &str,
    records: bool,
    write: &mut dyn FnMut(&str) -> bool,
) -> Result<Exported, StartError> {
    let done = maintain::snapshot(database, |tx| {
        let tenant = TenantId(tenants::find(tx, tenant)?.number);
        Ok(Export { tenant, base: base.to_owned(), records }.run(tx, write)?)
    });
    done.map_err(|error: Failed| StartError(error.0))
}

/// An import under way. It has the database to itself; what is in stays in when it is dropped.
#[derive(Debug)]
pub struct Import {
    runtime: Runtime,
    service: Service,
    tenant: TenantId,
    memory: Memory,
}

impl Import {
    /// Opens a database for an import into a tenant, named or numbered. `create` makes the
    /// database where there is none, with the default tenant and without a token.
    ///
    /// # Errors
    /// Words for the operator, also where a server uses the database.
    pub fn open(
        database: &Path,
        create: bool,
        tenant: &str,
        schemas: &[(Kind, PathBuf)],
    ) -> Result<Self, StartError> {
        if !create && !database.is_file() {
            let path = database.display();
            return Err(StartError(format!("there is no database `{path}`")));
        }
        let schemas = start::schemas(schemas)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|why| StartError(format!("cannot start a thread: {why}")))?;
        let (clock, named) = (Clock::system(), tenant.to_owned());
        let now = clock.now();
        let (store, tenant) = runtime.block_on(async {
            let store = start::open(database).await?;
            let tenant = store.write(move |tx| {
                tenants::ensure_default(tx, now)?;
                Ok(TenantId(tenants::find(tx, &named)?.number))
            });
            let tenant = tenant.await.map_err(|error: ScimError| StartError(error.detail))?;
            Ok::<(Store, TenantId), StartError>((store, tenant))
        })?;
        let service = Service {
            store,
            schemas: Arc::new(schemas),
            entitlements: Arc::new(Entitlements::default()),
            clock,
            settings: Arc::new(settings()),
        };
        Ok(Self { runtime, service, tenant, memory: Memory::default() })
    }

    /// Takes in some lines, all in one transaction: when this returns they are on the disk.
    ///
    /// # Errors
    /// Words for the operator; then none of these lines is in.
    pub fn lines(&mut self, lines: Vec<Line>) -> Result<Vec<(u64, Imported)>, StartError> {
        let (call, memory) = (self.call(), std::mem::take(&mut self.memory));
        let done = self.runtime.block_on(self.service.import(&call, lines, memory));
        let (done, memory) = done.map_err(|error| StartError(error.detail))?;
        self.memory = memory;
        Ok(done)
    }

    /// Ends it: brings members into groups that came before them, and decides what people get.
    /// Gives how many members of which line are nowhere.
    ///
    /// # Errors
    /// Words for the operator. What is not decided then is decided by the next import, or when a
    /// server starts.
    pub fn finish(mut self) -> Result<Vec<(u64, u64)>, StartError> {
        let (call, memory) = (self.call(), std::mem::take(&mut self.memory));
        let Self { runtime, service, .. } = self;
        runtime
            .block_on(async {
                let missing = service.import_members(&call, memory).await?;
                service.entitlements.settle(&service.store, &service.clock).await?;
                Ok(missing)
            })
            .map_err(|error: ScimError| StartError(error.detail))
    }

    fn call(&self) -> Call {
        let name = "import".to_owned();
        Call {
            cause: Cause {
                tenant: self.tenant,
                at: self.service.clock.now(),
                actor: name.clone(),
                request: String::new(),
            },
            principal: Principal {
                tenant: self.tenant,
                name,
                scopes: Scopes::ALL,
                user: None,
                dialect: None,
            },
            base: Arc::from(""),
            projection: Projection::Default,
        }
    }
}

/// Those that the operations of an import ask for; the rest is never asked.
fn settings() -> Settings {
    Settings {
        resource: provisor::scim::resource::Options::lenient(),
        user_deletion: Deletion::Remove,
        patch: provisor::scim::patch::Options::tolerant(),
        filter: provisor::scim::filter::Options::lenient(),
        bulk_operations: limits::BULK_OPERATIONS,
        body_bytes: limits::BODY_BYTES,
        page: limits::PAGE,
    }
}

/// What the store or an operation says, in words: whoever works on a file sees the store's own.
struct Failed(String);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.detail)
    }
}

impl From<ScimError> for Failed {
    fn from(error: ScimError) -> Self {
        Self(error.detail)
    }
}
