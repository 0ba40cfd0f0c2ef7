//! Backup, restore and check of a store's file, for the operator. Reports and errors are words
//! for people and name no value of a resource.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::failure::{Sql, failed};
use super::open::{self, Lock};
use super::row::unsigned;
use super::session::Session;
use crate::id::Id;
use crate::store::{Read, StoreError, StoreErrorKind};

/// Pages that are copied at a time.
const PAGES: i32 = 1_024;
/// Memory of a connection that reads the whole file once.
const CACHE: usize = 4 << 20;
/// Faults of one kind that are told one by one.
const TOLD: usize = 20;

/// Of a file of which no more can be told.
const DAMAGED: &str = "the file is damaged";

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What was looked at, such as `1000 users`.
    pub looked_at: Vec<String>,
    /// What is wrong; empty for a sound store.
    pub faults: Vec<String>,
}

/// Copies a store to a new file, also while a server uses it: the copy is the store at one
/// instant. The file is there only once it is whole and on the disk. Gives its size in bytes.
///
/// Fails where the file exists already, since a backup is not to be lost to another.
pub fn backup(store: &Path, to: &Path) -> Result<u64, StoreError> {
    if to.exists() {
        return Err(refused(format!("`{}` exists already; name a new file", to.display())));
    }
    let source = open::existing(store, CACHE)?;
    copy(&source, to)
}

/// Makes a store of a backup. The backup is checked first. A store that is there is refused
/// unless it shall be replaced; then it is kept beside, and its new name is given.
///
/// Fails where a server uses the store.
pub fn restore(from: &Path, store: &Path, replace: bool) -> Result<Option<PathBuf>, StoreError> {
    if store.exists() && !replace {
        return Err(refused(format!(
            "`{}` is a store already; say that it shall be replaced, or name another file",
            store.display()
        )));
    }
    let _lock = Lock::take(store)?;
    let report = check(from)?;
    if let Some(fault) = report.faults.first() {
        return Err(refused(format!("the backup `{}` is damaged: {fault}", from.display())));
    }
    let source = open::existing(from, CACHE)?;
    let partial = partial(store);
    copy(&source, &partial)?;
    let former = set_aside(store)?;
    rename(&partial, store)?;
    Ok(former)
}

/// Looks whether a store is sound: the file itself, what refers to what, numbers that are kept
/// against numbers that are counted, and whether every body is JSON. A server may use it.
pub fn check(store: &Path) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let Some(conn) = open::existing_if_readable(store, CACHE)? else {
        report.faults.push(DAMAGED.to_owned());
        return Ok(report);
    };
    // One snapshot for everything.
    conn.execute_batch("BEGIN DEFERRED").map_err(failed("beginning a check"))?;
    check_file(&conn, &mut report.faults).map_err(failed("checking the file"))?;
    if report.faults.is_empty() {
        for question in QUESTIONS {
            ask(&conn, question, &mut report.faults).map_err(failed("checking the tables"))?;
        }
        check_bodies(&conn, &mut report).map_err(failed("checking the resources"))?;
    }
    Ok(report)
}

/// Reads a store at one instant, whether or not a server uses it.
pub fn snapshot<T, E: From<StoreError>>(
    store: &Path,
    work: impl FnOnce(&dyn Read) -> Result<T, E>,
) -> Result<T, E> {
    let conn = open::existing(store, CACHE)?;
    conn.execute_batch("BEGIN DEFERRED").map_err(failed("beginning to read"))?;
    work(&Session::reading(&conn))
}

/// A number of rows that must be 0.
struct Question {
    counts: &'static str,
    means: &'static str,
}

const QUESTIONS: &[Question] = &[
    Question {
        counts: "SELECT count(*) FROM pragma_foreign_key_check",
        means: "rows refer to resources that are not there",
    },
    Question {
        counts: "SELECT count(*) FROM (SELECT tenant, class, count(*) AS number FROM resources \
            GROUP BY tenant, class) AS counted FULL JOIN counts USING (tenant, class) \
            WHERE coalesce(counted.number, 0) <> coalesce(counts.number, 0)",
        means: "kept totals differ from what is there",
    },
    Question {
        counts: "SELECT count(*) FROM members m WHERE NOT EXISTS (SELECT 1 FROM resources r \
            WHERE r.tenant = m.tenant AND r.class = m.class AND r.id = m.member)",
        means: "members are not there as users or groups",
    },
    Question {
        counts: "SELECT count(*) FROM (SELECT DISTINCT tenant, holder FROM members) m \
            WHERE NOT EXISTS (SELECT 1 FROM resources r \
            WHERE r.tenant = m.tenant AND r.class IN (1, 3) AND r.id = m.holder)",
        means: "groups with members are not there",
    },
    Question {
        counts: "SELECT count(*) FROM (SELECT tenant, 'feed' AS log, max(number) AS last \
            FROM feed GROUP BY tenant UNION ALL SELECT tenant, 'audit', max(number) \
            FROM audit GROUP BY tenant) AS kept LEFT JOIN numbers USING (tenant, log) \
            WHERE kept.last > coalesce(numbers.last, 0)",
        means: "entries of the change feed or the audit trail have numbers not given out yet",
    },
];

fn ask(conn: &Connection, question: &Question, faults: &mut Vec<String>) -> Sql<()> {
    let number: i64 = conn.query_row(question.counts, [], |row| row.get(0))?;
    if number != 0 {
        faults.push(format!("{number} {}", question.means));
    }
    Ok(())
}

fn check_file(conn: &Connection, faults: &mut Vec<String>) -> Sql<()> {
    let mut statement = conn.prepare("PRAGMA integrity_check(20)")?;
    let mut rows = statement.query([])?;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let line: String = row.get(0)?;
                if line != "ok" {
                    faults.push(line);
                }
            }
            Ok(None) => return Ok(()),
            Err(error) if open::is_damage(&error) => {
                faults.push(DAMAGED.to_owned());
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
}

fn check_bodies(conn: &Connection, report: &mut Report) -> Sql<()> {
    let mut statement = conn.prepare("SELECT id, class, body FROM resources ORDER BY row")?;
    let mut rows = statement.query([])?;
    let (mut counted, mut bad) = ([0_u64; 4], 0);
    while let Some(row) = rows.next()? {
        let class: i64 = row.get(1)?;
        let at = usize::try_from(class).ok().and_then(|class| counted.get_mut(class));
        match at {
            Some(number) => *number += 1,
            None => report.faults.push(format!("a resource has the unknown class {class}")),
        }
        let body = row.get_ref(2)?.as_str()?;
        let is_object =
            provisor::json::parse(body.as_bytes()).is_ok_and(|json| json.as_object().is_some());
        if !is_object {
            bad += 1;
            if bad <= TOLD {
                let id: Id = row.get(0)?;
                report.faults.push(format!("the resource {id} is not kept as a JSON object"));
            }
        }
    }
    if bad > TOLD {
        report.faults.push(format!("{} more resources are not JSON objects", bad - TOLD));
    }
    let names = ["users", "groups", "deleted users", "deleted groups"];
    let told = names.iter().zip(counted).map(|(name, number)| format!("{number} {name}"));
    report.looked_at.extend(told);
    for table in ["members", "entitlements", "feed", "audit", "documents"] {
        // The names are those above.
        let number = conn
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .map(unsigned)?;
        report.looked_at.push(format!("{number} rows of {table}"));
    }
    Ok(())
}

/// Copies what a connection sees at one instant, and gives the copy its name when it is whole.
fn copy(source: &Connection, to: &Path) -> Result<u64, StoreError> {
    let partial = partial(to);
    open::private(&partial);
    let copied = copy_pages(source, &partial)
        .map_err(failed("copying the store"))
        .and_then(|()| synced(&partial))
        .and_then(|bytes| rename(&partial, to).map(|()| bytes));
    if copied.is_err() {
        // Why it failed says more than why its rest cannot be removed.
        for ending in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(open::beside(&partial, ending));
        }
    }
    copied
}

fn copy_pages(source: &Connection, to: &Path) -> Sql<()> {
    // A snapshot that is held: otherwise each write of the server would begin the copy anew.
    source.execute_batch("BEGIN DEFERRED")?;
    source.query_row("SELECT count(*) FROM migrations", [], |_| Ok(()))?;
    let mut target = Connection::open(to)?;
    let copying = Backup::new(source, &mut target)?;
    while copying.step(PAGES)? != StepResult::Done {}
    drop(copying);
    target.close().map_err(|(_, error)| error)?;
    source.execute_batch("ROLLBACK")
}

fn synced(path: &Path) -> Result<u64, StoreError> {
    let file = File::options().read(true).write(true).open(path).map_err(io("opening", path))?;
    file.sync_all().map_err(io("writing", path))?;
    file.metadata().map(|meta| meta.len()).map_err(io("reading", path))
}

/// Gives a file its name, for good: the folder is synced too.
fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(io("naming", to))?;
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Where a folder cannot be opened as a file, the system does this by itself.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().map_err(io("syncing", to))?;
    }
    Ok(())
}

/// Moves a store and its log out of the way; gives the new name of the store, if there was one.
/// A log that stayed would be taken for one of the new file, also where the file itself is gone.
fn set_aside(store: &Path) -> Result<Option<PathBuf>, StoreError> {
    let former = open::beside(store, &format!("-before-{}", Id::new()));
    for ending in ["-wal", "-shm"] {
        let log = open::beside(store, ending);
        if log.exists() {
            rename(&log, &open::beside(&former, ending))?;
        }
    }
    if !store.exists() {
        return Ok(None);
    }
    rename(store, &former)?;
    Ok(Some(former))
}

fn partial(to: &Path) -> PathBuf {
    open::beside(to, &format!("-partial-{}", Id::new()))
}

fn io<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(std::io::Error) -> StoreError + 'a {
    move |error| {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull => StoreErrorKind::Full,
            std::io::ErrorKind::ReadOnlyFilesystem => StoreErrorKind::ReadOnly,
            _ => StoreErrorKind::Broken,
        };
        StoreError::new(kind, format!("{doing} `{}`: {error}", path.display()))
    }
}

fn refused(detail: String) -> StoreError {
    StoreError::new(StoreErrorKind::Broken, detail)
}
