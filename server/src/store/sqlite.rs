//! The store in one SQLite file.
//!
//! One thread writes and commits for many jobs at once (`writer`); a few threads read, each
//! job on a snapshot (`readers`); one moves the log into the file (`checkpoint`). A commit is
//! on the disk before anybody is told of it. SQL stands in one file per subject.

mod checkpoint;
mod documents;
mod entitlements;
mod failure;
mod find;
mod logs;
pub mod maintain;
mod members;
mod open;
mod readers;
mod resources;
mod row;
mod schema;
mod session;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Backend, ReadJob, StoreError, StoreErrorKind, WriteJob};
use crate::id::Id;

use open::Lock;
use writer::Order;

/// Jobs that wait to write at most; more are refused as busy.
const WRITES_WAITING: usize = 4_096;
/// Jobs that wait to read at most; more are refused as busy.
const READS_WAITING: usize = 4_096;

/// How long a connection waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a store uses the machine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that read, at least 1.
    pub readers: usize,
    /// Bytes of pages that the writing connection keeps.
    pub writer_cache: usize,
    /// Bytes of pages that each reading connection keeps.
    pub reader_cache: usize,
    /// Pages of 4 KiB that the file may have at most; `None`: as many as there is room for.
    pub most_pages: Option<u32>,
    /// How long to wait for another process that has locked the file, such as one that copies it
    /// or repairs it. Within one server nothing waits for long: there is one writer, and readers
    /// never block in WAL mode.
    pub patience: Duration,
}

/// Together 96 MiB of pages.
impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            writer_cache: 48 << 20,
            reader_cache: 12 << 20,
            most_pages: None,
            patience: PATIENCE,
        }
    }
}

/// A store in a file. Dropping it ends it as [`Sqlite::close`] does.
pub struct Sqlite {
    writes: SyncSender<Order>,
    /// `None` once it is closed: the readers end when nobody can send.
    reads: Mutex<Option<SyncSender<ReadJob>>>,
    readers: Mutex<Vec<JoinHandle<()>>>,
    /// The writing thread, and that of checkpoints.
    writers: Mutex<Vec<JoinHandle<()>>>,
    /// See [`Backend::last_failure`].
    failed: Arc<Mutex<Option<Instant>>>,
    /// A folder that ends with the store.
    temporary: Option<PathBuf>,
}

impl Sqlite {
    /// Opens a file, or makes it.
    ///
    /// Fails where the file is not a store, is of a newer version, is in use by another server,
    /// or cannot be written.
    pub fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let lock = Lock::take(path)?;
        let conn = open::writer(path, options)?;
        let (writes, orders) = mpsc::sync_channel(WRITES_WAITING);
        let (reads, jobs) = mpsc::sync_channel(READS_WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        let (ask, asked) = mpsc::sync_channel(1);
        let mut readers = Vec::new();
        for number in 0..options.readers.max(1) {
            let reader = open::reader(path, options.reader_cache, options.patience)?;
            let jobs = Arc::clone(&jobs);
            readers.push(start(format!("store-read-{number}"), move || {
                readers::run(&reader, &jobs);
            })?);
        }
        let mut writers = Vec::new();
        let mover = open::reader(path, 1 << 20, options.patience)?;
        let to_writer = writes.clone();
        writers.push(start("store-checkpoint".to_owned(), move || {
            checkpoint::run(&mover, &asked, &to_writer);
        })?);
        let log = checkpoint::log_of(path);
        let failed = Arc::new(Mutex::new(None));
        let note = Arc::clone(&failed);
        writers.push(start("store-write".to_owned(), move || {
            // Held as long as anything can be written.
            let _lock = lock;
            writer::run(&conn, &orders, || {
                if failure::was_met() {
                    *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                }
                if checkpoint::is_long(&log) {
                    // One that is asked already will do.
                    let _ = ask.try_send(());
                }
            });
            drop(ask);
            // What waits is answered; then the log is moved, so that the file is whole by itself.
            for order in orders.try_iter() {
                if let Order::Job(job) = order {
                    job.finish(Err(closing()));
                }
            }
            let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        })?);
        Ok(Self {
            writes,
            reads: Mutex::new(Some(reads)),
            readers: Mutex::new(readers),
            writers: Mutex::new(writers),
            failed,
            temporary: None,
        })
    }

    /// A new store in a folder of its own among the system's temporary files; both are gone when
    /// it is dropped. For tests and trials: it is a real file, so it behaves as any other.
    pub fn temporary(options: &Options) -> Result<Self, StoreError> {
        let folder = std::env::temp_dir().join(format!("provisor-{}", Id::new()));
        std::fs::create_dir(&folder).map_err(|error| {
            let detail = format!("making a temporary folder: {error}");
            StoreError::new(StoreErrorKind::Broken, detail)
        })?;
        let mut opened = Self::open(&folder.join("store.db"), options);
        match &mut opened {
            Ok(sqlite) => sqlite.temporary = Some(folder),
            // Why it could not be opened says more than why this fails.
            Err(_) => drop(std::fs::remove_dir_all(&folder)),
        }
        opened
    }

    /// Ends it: jobs that were given are done, the log is moved into the file, and the file can
    /// be opened by another server. Blocks until then. Jobs that are given later are refused.
    pub fn close(&self) {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Readers first: a log that somebody reads cannot be moved whole.
        join(&self.readers);
        // A writer that is gone already needs no order.
        let _ = self.writes.send(Order::Stop);
        join(&self.writers);
    }
}

impl Backend for Sqlite {
    fn read(&self, job: ReadJob) {
        let reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = match reads.as_ref() {
            None => Some((job, closing())),
            Some(sender) => match sender.try_send(job) {
                Ok(()) => None,
                Err(TrySendError::Full(job)) => Some((job, busy())),
                Err(TrySendError::Disconnected(job)) => Some((job, closing())),
            },
        };
        drop(reads);
        if let Some((job, error)) = refused {
            job(Err(error));
        }
    }

    fn write(&self, job: Box<dyn WriteJob>) {
        let (order, error) = match self.writes.try_send(Order::Job(job)) {
            Ok(()) => return,
            Err(TrySendError::Full(order)) => (order, busy()),
            Err(TrySendError::Disconnected(order)) => (order, closing()),
        };
        if let Order::Job(job) = order {
            job.finish(Err(error));
        }
    }

    fn last_failure(&self) -> Option<Instant> {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
        if let Some(folder) = &self.temporary {
            // The system clears what is left here some day.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sqlite")
    }
}

fn start(name: String, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new().name(name).spawn(work).map_err(|error| {
        StoreError::new(StoreErrorKind::Broken, format!("starting a thread of the store: {error}"))
    })
}

fn join(threads: &Mutex<Vec<JoinHandle<()>>>) {
    let threads = std::mem::take(&mut *threads.lock().unwrap_or_else(PoisonError::into_inner));
    for thread in threads {
        // A thread that panicked has ended, too.
        let _ = thread.join();
    }
}

fn busy() -> StoreError {
    StoreError::new(StoreErrorKind::Busy, "too many jobs wait for the store")
}

fn closing() -> StoreError {
    StoreError::new(StoreErrorKind::Busy, "the store is shutting down")
}
