//! Opening a file: whose it is, which version it has, how SQLite shall treat it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use super::checkpoint::KEPT_BYTES;
use super::failure::{Sql, failed};
use super::schema::{APPLICATION, MIGRATIONS};
use super::{Options, PATIENCE};
use crate::clock::Clock;
use crate::store::{StoreError, StoreErrorKind};

/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 128;

/// The file's exclusive user.
///
/// WAL mode would allow two servers on one file, since SQLite serializes their transactions. But
/// each server also keeps things in memory that the other would change behind its back (rules in
/// force, tokens), so the second one is refused. The lock is SQLite's own on a file beside, which
/// the system gives back when the process ends, however it ends. A backup or a check by another
/// process needs no lock.
#[derive(Debug)]
pub(super) struct Lock {
    _held: Connection,
}

impl Lock {
    /// Takes the lock of a file.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let beside = beside(path, "-lock");
        private(&beside);
        let take = || -> Sql<Connection> {
            let conn = Connection::open_with_flags(&beside, flags(true))?;
            conn.busy_timeout(Duration::ZERO)?;
            conn.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")?;
            Ok(conn)
        };
        match take() {
            Ok(held) => Ok(Self { _held: held }),
            Err(error) => {
                if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) {
                    return Err(cannot_write(&beside));
                }
                let error = failed("locking the store")(error);
                if error.kind != StoreErrorKind::Busy {
                    return Err(error);
                }
                let detail = format!(
                    "the store `{}` is in use by another server; stop that one first",
                    path.display()
                );
                Err(StoreError::new(StoreErrorKind::Busy, detail))
            }
        }
    }
}

/// Why a file beside the store cannot be opened: SQLite says only that it is so, the system says
/// why. Never asked of a file that is open: to close it would give back SQLite's locks on it.
fn cannot_write(path: &Path) -> StoreError {
    let why = match File::options().write(true).create(true).truncate(false).open(path) {
        Err(error) => error.to_string(),
        Ok(_) => "it could not be opened a moment ago".to_owned(),
    };
    let detail = format!(
        "`{}` cannot be written: {why}; the store needs a folder where it may make files",
        path.display()
    );
    StoreError::new(StoreErrorKind::ReadOnly, detail)
}

/// The writing connection, of a file that is made or brought to the newest version.
pub(super) fn writer(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let doing = "opening the store";
    private(path);
    let mut conn = Connection::open_with_flags(path, flags(true)).map_err(failed(doing))?;
    conn.busy_timeout(options.patience).map_err(failed(doing))?;
    if !recognize(&conn, path)? {
        return Err(damaged(path));
    }
    tune(&conn, options.writer_cache).map_err(failed(doing))?;
    if let Some(most) = options.most_pages {
        conn.pragma_update_and_check(None, "max_page_count", most, |_| Ok(()))
            .map_err(failed(doing))?;
    }
    migrate(&mut conn).map_err(failed("bringing the store to this version"))?;
    Ok(conn)
}

/// A connection that reads a file that [`writer`] has opened.
pub(super) fn reader(
    path: &Path,
    cache_bytes: usize,
    patience: Duration,
) -> Result<Connection, StoreError> {
    let open = || -> Sql<Connection> {
        let conn = Connection::open_with_flags(path, flags(true))?;
        conn.busy_timeout(patience)?;
        tune(&conn, cache_bytes)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    };
    open().map_err(failed("opening the store to read"))
}

/// A connection that reads a store that is there, whether or not a server uses it.
pub(super) fn existing(path: &Path, cache_bytes: usize) -> Result<Connection, StoreError> {
    existing_if_readable(path, cache_bytes)?.ok_or_else(|| damaged(path))
}

/// The same; `None` for a file that is damaged at its beginning.
pub(super) fn existing_if_readable(
    path: &Path,
    cache_bytes: usize,
) -> Result<Option<Connection>, StoreError> {
    if !path.is_file() {
        let detail = format!("there is no store `{}`", path.display());
        return Err(StoreError::new(StoreErrorKind::Broken, detail));
    }
    if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        let detail = format!("`{}` is an empty file and no store", path.display());
        return Err(StoreError::new(StoreErrorKind::Broken, detail));
    }
    let doing = "opening the store to read";
    let conn = Connection::open_with_flags(path, flags(false)).map_err(failed(doing))?;
    conn.busy_timeout(PATIENCE).map_err(failed(doing))?;
    if !recognize(&conn, path)? {
        return Ok(None);
    }
    let set = || -> Sql<()> {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        conn.pragma_update(None, "query_only", true)?;
        conn.pragma_update(None, "cache_size", kib(cache_bytes))
    };
    set().map_err(failed(doing))?;
    Ok(Some(conn))
}

/// Makes a file that only its owner can read, where there is none: everybody's data will be in it,
/// and SQLite gives its logs the same permissions. What goes wrong here SQLite will say.
pub(super) fn private(path: &Path) {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

/// A file of the store's name with an ending, such as `-wal`.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Each connection stays on one thread, so SQLite needs no locks of its own around it. A path is
/// a path: names that start with `file:` mean nothing else.
fn flags(create: bool) -> OpenFlags {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
    flags
}

/// Refuses what is not a store, and a store of a newer version. False: the file is damaged, so
/// that nobody can tell.
fn recognize(conn: &Connection, path: &Path) -> Result<bool, StoreError> {
    let number = |pragma: &str| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let read = || -> Sql<(i64, i64, i64)> {
        let tables = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((number("application_id")?, number("user_version")?, tables))
    };
    let broken = |detail: String| StoreError::new(StoreErrorKind::Broken, detail);
    let name = path.display();
    let (application, version, tables) = match read() {
        Ok(read) => read,
        Err(error) if is_not_sqlite(&error) => {
            return Err(broken(format!("`{name}` is not a store; name another file")));
        }
        Err(error) if is_damage(&error) => return Ok(false),
        Err(error) => return Err(failed("opening the store")(error)),
    };
    let fresh = application == 0 && version == 0 && tables == 0;
    if !fresh && application != i64::from(APPLICATION) {
        return Err(broken(format!(
            "`{name}` is a database of another program; name another file"
        )));
    }
    let newest = MIGRATIONS.len();
    if usize::try_from(version).is_ok_and(|version| version > newest) {
        return Err(broken(format!(
            "the store `{name}` has version {version}, written by a newer server; \
             this one knows versions up to {newest}"
        )));
    }
    Ok(true)
}

fn is_not_sqlite(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
}

/// Whether SQLite found that a file is not what it wrote.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}

fn damaged(path: &Path) -> StoreError {
    let detail = format!("the store `{}` is damaged; restore a backup", path.display());
    StoreError::new(StoreErrorKind::Broken, detail)
}

fn tune(conn: &Connection, cache_bytes: usize) -> Sql<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("ends_with", 2, flags, |context| {
        let text: Option<String> = context.get(0)?;
        let end: String = context.get(1)?;
        Ok(text.is_some_and(|text| text.ends_with(&end)))
    })?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // The answer is the mode that SQLite could take; a read-only file stays what it is.
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A commit is on the disk before it is acknowledged.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "cache_size", kib(cache_bytes))?;
    // Pages come through the bounded cache alone, so memory has a limit and an I/O error is an
    // error, not a signal.
    conn.pragma_update(None, "mmap_size", 0)?;
    // The checkpoint thread does it.
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    conn.pragma_update_and_check(None, "journal_size_limit", KEPT_BYTES, |_| Ok(()))?;
    conn.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Bytes for `cache_size`, which takes a negative number as KiB.
fn kib(bytes: usize) -> i64 {
    -i64::try_from(bytes / 1024).unwrap_or(i64::MAX)
}

fn migrate(conn: &mut Connection) -> Sql<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize = tx.pragma_query_value(None, "user_version", |row| row.get(0)).map(
        // A negative version was refused above with every other number that is not ours.
        |version: i64| usize::try_from(version).unwrap_or(0),
    )?;
    for (known, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        tx.execute_batch(migration)?;
        let number = i64::try_from(known + 1).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO migrations (version, at) VALUES (?1, ?2)",
            params![number, Clock::system().now()],
        )?;
        tx.pragma_update(None, "user_version", number)?;
        tx.pragma_update(None, "application_id", APPLICATION)?;
    }
    tx.commit()
}
