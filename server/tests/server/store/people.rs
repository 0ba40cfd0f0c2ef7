//! Resources to try a store with.

use provisor_server::clock::Timestamp;
use provisor_server::id::{Id, Kind, TenantId};
use provisor_server::store::sqlite::{Options, Sqlite};
use provisor_server::store::{Found, NewResource, Query, Read, Store, StoreError, Window, Write};
use tempfile::TempDir;

pub(crate) const TENANT: TenantId = TenantId(1);
pub(crate) const OTHER: TenantId = TenantId(2);

/// A store in a folder that ends with it.
pub(crate) struct Kept {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
}

impl Kept {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&folder.path().join("store.db"), &Options::default()).unwrap();
        Self { store: Store::new(sqlite), folder }
    }

    /// Runs a job in a transaction; it must succeed.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&dyn Write) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.try_write(job).unwrap()
    }

    pub(crate) fn try_write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&dyn Write) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        wait(self.store.write(job))
    }

    /// Runs a job on a snapshot; it must succeed.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&dyn Read) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        wait(self.store.read(job)).unwrap()
    }
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// A user whose body says what its keys are.
pub(crate) fn user(name: &str, at: i64) -> NewResource {
    NewResource {
        id: Id::new(),
        kind: Kind::User,
        body: format!(r#"{{"userName":"{name}"}}"#),
        user_name: Some(name.to_owned()),
        display_name: None,
        external_id: None,
        active: Some(true),
        emails: Vec::new(),
        at: Timestamp(at),
    }
}

pub(crate) fn group(name: &str, at: i64) -> NewResource {
    NewResource {
        id: Id::new(),
        kind: Kind::Group,
        body: format!(r#"{{"displayName":"{name}"}}"#),
        user_name: None,
        display_name: Some(name.to_owned()),
        external_id: None,
        active: None,
        emails: Vec::new(),
        at: Timestamp(at),
    }
}

/// Everything of a kind, in the order of ids.
pub(crate) fn all(read: &dyn Read, kind: Kind) -> Result<Found, StoreError> {
    let matches = |_: &dyn Read, _: &_| Ok(true);
    let window = Window::Index { skip: 0, count: 1_000 };
    read.find(
        TENANT,
        kind,
        &Query { filter: None, matches: &matches, order: None, window, total: true },
    )
}
