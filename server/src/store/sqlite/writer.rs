//! The thread that writes: many jobs, one commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::failure::failed;
use super::session::Session;
use crate::store::{StoreError, StoreErrorKind, WriteJob};

/// Jobs that share a commit at most.
const BATCH: usize = 256;
/// How long jobs may be added to a batch that has begun.
const GATHER: Duration = Duration::from_millis(10);

/// What the writing thread is told.
pub(super) enum Order {
    /// A job.
    Job(Box<dyn WriteJob>),
    /// What little a checkpoint has left; see [`super::checkpoint`].
    Checkpoint,
    /// Nothing more comes.
    Stop,
}

/// Runs jobs until there are no more. After each batch `written` is called.
pub(super) fn run(conn: &Connection, orders: &Receiver<Order>, mut written: impl FnMut()) {
    while let Ok(order) = orders.recv() {
        let stop = match order {
            Order::Job(job) => batch(conn, job, orders),
            Order::Checkpoint => After::Checkpoint,
            Order::Stop => After::Stop,
        };
        match stop {
            After::Nothing => written(),
            After::Checkpoint => super::checkpoint::passive(conn),
            After::Stop => return,
        }
    }
}

/// What a batch met that is no job.
enum After {
    Nothing,
    Checkpoint,
    Stop,
}

/// A job that ran, and what becomes of it if the rest goes well.
struct Ran {
    job: Box<dyn WriteJob>,
    outcome: Result<(), StoreError>,
}

/// Takes a job and those that wait, runs them in one transaction and answers all.
fn batch(conn: &Connection, first: Box<dyn WriteJob>, orders: &Receiver<Order>) -> After {
    if let Err(error) = conn.execute_batch("BEGIN IMMEDIATE") {
        first.finish(Err(failed("beginning a transaction")(error)));
        return After::Nothing;
    }
    let began = Instant::now();
    let mut done = Vec::new();
    let mut next = Some(first);
    let mut after = After::Nothing;
    let mut broken = None;
    while let Some(job) = next.take() {
        let (ran, fault) = run_one(conn, job);
        done.push(ran);
        broken = fault;
        if broken.is_some() || done.len() >= BATCH || began.elapsed() >= GATHER {
            break;
        }
        match orders.try_recv() {
            Ok(Order::Job(job)) => next = Some(job),
            Ok(Order::Checkpoint) => after = After::Checkpoint,
            Ok(Order::Stop) => after = After::Stop,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
    }
    let outcome = match broken {
        Some(error) => Err(error),
        None => conn.execute_batch("COMMIT").map_err(failed("committing")),
    };
    if outcome.is_err() && !conn.is_autocommit() {
        // Where this fails too, the next BEGIN says so.
        let _ = conn.execute_batch("ROLLBACK");
    }
    for Ran { job, outcome: own } in done {
        // What a job saw of others in the batch was taken back with all of it.
        let outcome = outcome.clone().and(own);
        answer(job, outcome);
    }
    after
}

/// Runs a job in its own savepoint. A fault means that the whole transaction is lost.
fn run_one(conn: &Connection, mut job: Box<dyn WriteJob>) -> (Ran, Option<StoreError>) {
    if let Err(error) = conn.execute_batch("SAVEPOINT job") {
        let error = failed("beginning a job")(error);
        return (Ran { job, outcome: Err(error.clone()) }, Some(error));
    }
    let session = Session { conn };
    let kept = catch_unwind(AssertUnwindSafe(|| job.run(&session)));
    let outcome = match kept {
        Ok(_) => Ok(()),
        Err(_) => Err(StoreError::new(StoreErrorKind::Broken, "a job of the store panicked")),
    };
    let fault = if conn.is_autocommit() {
        let detail = "the transaction was given up after a failure within it";
        Some(StoreError::new(StoreErrorKind::Full, detail))
    } else {
        let end = match kept {
            Ok(true) => "RELEASE job",
            _ => "ROLLBACK TO job; RELEASE job",
        };
        conn.execute_batch(end).map_err(failed("ending a job")).err()
    };
    (Ran { job, outcome }, fault)
}

/// A job that panics when it is answered shall not end the thread.
fn answer(job: Box<dyn WriteJob>, outcome: Result<(), StoreError>) {
    // Whoever waits for it sees that its channel is gone.
    let _ = catch_unwind(AssertUnwindSafe(|| job.finish(outcome)));
}
