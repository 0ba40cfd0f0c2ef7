//! SQLite's failures as those of the store.

use std::cell::Cell;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::store::{StoreError, StoreErrorKind};

thread_local! {
    /// Whether this thread met a file that takes nothing.
    static MET: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread met a file that takes nothing since it was last asked.
pub(super) fn was_met() -> bool {
    MET.replace(false)
}

/// Result of a piece of SQL.
pub(super) type Sql<T> = Result<T, rusqlite::Error>;

/// What went wrong, and while doing what. The words name statements and codes, never values:
/// SQLite's own messages name columns and tables alone.
pub(super) fn failed(doing: &str) -> impl FnOnce(rusqlite::Error) -> StoreError + '_ {
    move |error| {
        let kind = kind_of(&error);
        if matches!(kind, StoreErrorKind::Full | StoreErrorKind::ReadOnly) {
            MET.set(true);
        }
        StoreError::new(kind, format!("{doing}: {}", words(&error)))
    }
}

fn kind_of(error: &rusqlite::Error) -> StoreErrorKind {
    let Some(code) = error.sqlite_error() else { return StoreErrorKind::Broken };
    match code.code {
        ErrorCode::DiskFull => StoreErrorKind::Full,
        ErrorCode::ReadOnly => StoreErrorKind::ReadOnly,
        // What the system gives for a quota, a limit of the file's size or a disk that fails is
        // one code to SQLite. Nothing was kept, and it can be tried again.
        ErrorCode::SystemIoFailure if is_of_writing(code.extended_code) => StoreErrorKind::ReadOnly,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreErrorKind::Busy,
        _ if code.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE => taken(error),
        _ => StoreErrorKind::Broken,
    }
}

fn is_of_writing(extended_code: i32) -> bool {
    matches!(
        extended_code,
        ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMSIZE
    )
}

/// Whether it is the name of another user that stands in the way.
fn taken(error: &rusqlite::Error) -> StoreErrorKind {
    let names_it = match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.contains("user_name"),
        _ => false,
    };
    if names_it { StoreErrorKind::Taken("userName") } else { StoreErrorKind::Broken }
}

fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message)) => {
            format!("{message} (SQLite code {})", code.extended_code)
        }
        rusqlite::Error::SqliteFailure(code, None) => {
            format!("SQLite code {}", code.extended_code)
        }
        rusqlite::Error::InvalidColumnType(column, name, kind) => {
            format!("column {column} `{name}` holds {kind}")
        }
        // Others may hold what was bound.
        _ => "the statement does not fit the data".to_owned(),
    }
}
