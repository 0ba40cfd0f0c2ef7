//! The threads that read: each job on a snapshot of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::failure::failed;
use super::session::Session;
use crate::store::ReadJob;

/// Runs jobs until there are no more. Several threads share the receiving end: one waits, the
/// others wait for their turn to wait.
pub(super) fn run(conn: &Connection, jobs: &Mutex<Receiver<ReadJob>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        one(conn, job);
    }
}

fn one(conn: &Connection, job: ReadJob) {
    // The first statement takes the snapshot; it lasts until the end of the transaction.
    let begun = conn.execute_batch("BEGIN DEFERRED").map_err(failed("beginning to read"));
    let session = Session::reading(conn);
    // A job that panics has dropped its channel: whoever waits for it sees that.
    let _ = catch_unwind(AssertUnwindSafe(|| job(begun.map(|()| &session as _))));
    if !conn.is_autocommit() {
        // Where this fails, the next BEGIN says so.
        let _ = conn.execute_batch("ROLLBACK");
    }
}
