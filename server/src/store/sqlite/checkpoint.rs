//! Moving the write-ahead log into the file, beside the writing and not within it.
//!
//! A checkpoint that the writer makes after its commit (SQLite's default) makes that one commit
//! wait for two more syncs. So a thread of its own makes PASSIVE checkpoints, which block
//! nobody. Under a steady stream of writes such a checkpoint is never complete, and a log that is
//! never complete never starts again at its beginning: it would grow without end. So the writer
//! makes one more between two batches, when the thread has just done all but a few pages.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use rusqlite::Connection;

use super::writer::Order;

/// A log of so many bytes is moved.
pub(super) const LOG_BYTES: u64 = 4 * 1024 * 1024;
/// What a log that begins again is cut to. It is less than [`LOG_BYTES`], so that the length of
/// the file tells how much has to be moved.
pub(super) const KEPT_BYTES: i64 = 1024 * 1024;
/// How long it rests after one: where a long reading job holds the log, more would be in vain.
const REST: Duration = Duration::from_millis(100);
/// How often a smaller log is moved, so that a quiet server leaves little in it.
const PAUSE: Duration = Duration::from_secs(60);

/// Whether a log is long enough to be moved.
pub(super) fn is_long(log: &Path) -> bool {
    std::fs::metadata(log).is_ok_and(|meta| meta.len() >= LOG_BYTES)
}

/// Moves what can be moved without waiting for anybody. A failure is met again by the next one,
/// and a log that stays costs room, not data.
pub(super) fn passive(conn: &Connection) {
    let _ = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
}

/// Moves the log whenever it is asked to, until nobody can ask any more.
pub(super) fn run(conn: &Connection, asked: &Receiver<()>, writer: &SyncSender<Order>) {
    loop {
        match asked.recv_timeout(PAUSE) {
            Ok(()) => {
                passive(conn);
                // A full queue means that the writer is busy: another time.
                let _ = writer.try_send(Order::Checkpoint);
                std::thread::sleep(REST);
            }
            Err(RecvTimeoutError::Timeout) => passive(conn),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The log of a store.
pub(super) fn log_of(path: &Path) -> PathBuf {
    super::open::beside(path, "-wal")
}
