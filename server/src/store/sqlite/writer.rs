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
    let session = Session::writing(conn);
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel, sync_channel};

    use super::*;
    use crate::id::TenantId;
    use crate::store::sqlite::{Options, open};
    use crate::store::{NOBODY, Shelf, Write};

    /// Puts a document; then does something of its own.
    struct Puts<F> {
        key: &'static str,
        then: F,
        told: Sender<(&'static str, Result<(), StoreErrorKind>)>,
    }

    impl<F: FnMut(&dyn Write) -> bool + Send> WriteJob for Puts<F> {
        fn run(&mut self, tx: &dyn Write) -> bool {
            tx.put_document(NOBODY, Shelf::Keys, self.key, "{}").is_ok() && (self.then)(tx)
        }

        fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
            self.told.send((self.key, outcome.map_err(|error| error.kind))).unwrap();
        }
    }

    type Told = Vec<(&'static str, Result<(), StoreErrorKind>)>;

    /// Runs jobs that wait together; gives what each was told and what is kept.
    fn together(
        conn: &Connection,
        jobs: impl FnOnce(&mut dyn FnMut(&'static str, Box<dyn FnMut(&dyn Write) -> bool + Send>)),
    ) -> (Told, Vec<String>) {
        let (told, hears) = channel();
        let (send, orders) = sync_channel(100);
        jobs(&mut |key, then| {
            let job = Puts { key, then, told: told.clone() };
            send.send(Order::Job(Box::new(job))).unwrap();
        });
        send.send(Order::Stop).unwrap();
        run(conn, &orders, || {});
        let mut statement = conn.prepare("SELECT key FROM documents ORDER BY key").unwrap();
        let kept = statement.query_map([], |row| row.get(0)).unwrap();
        (hears.try_iter().collect(), kept.collect::<Result<_, _>>().unwrap())
    }

    fn store() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let conn = open::writer(&folder.path().join("store.db"), &Options::default()).unwrap();
        (folder, conn)
    }

    #[test]
    fn jobs_that_wait_together_fail_alone() {
        let (_folder, conn) = store();
        let (told, kept) = together(&conn, |job| {
            job("a", Box::new(|_| true));
            job("b", Box::new(|_| false));
            job("c", Box::new(|_| panic!("on purpose")));
            job("d", Box::new(|_| true));
        });
        let broken = Err(StoreErrorKind::Broken);
        assert_eq!(told, [("a", Ok(())), ("b", Ok(())), ("c", broken), ("d", Ok(()))]);
        assert_eq!(kept, ["a", "d"]);
    }

    #[test]
    fn a_commit_that_fails_fails_every_job_and_keeps_nothing() {
        let (_folder, conn) = store();
        // A reference that is looked at only by the commit.
        conn.execute_batch(
            "CREATE TABLE later (row INTEGER REFERENCES resources (row) DEFERRABLE INITIALLY DEFERRED); \
             CREATE TRIGGER breaks AFTER INSERT ON documents WHEN NEW.key = 'b' \
             BEGIN INSERT INTO later VALUES (99); END",
        )
        .unwrap();
        let (told, kept) = together(&conn, |job| {
            job("a", Box::new(|_| true));
            job("b", Box::new(|_| true));
            job("c", Box::new(|_| true));
        });
        let broken = Err(StoreErrorKind::Broken);
        assert_eq!(told, [("a", broken), ("b", broken), ("c", broken)]);
        assert_eq!(kept, [""; 0]);
        // The next batch is another one.
        let (told, kept) = together(&conn, |job| job("d", Box::new(|_| true)));
        assert_eq!((told, kept), (vec![("d", Ok(()))], vec!["d".to_owned()]));
    }

    #[test]
    fn a_store_that_can_be_read_only_says_so() {
        let (_folder, conn) = store();
        conn.pragma_update(None, "query_only", true).unwrap();
        let (_, kept) = together(&conn, |job| job("a", Box::new(|_| true)));
        assert_eq!(kept, [""; 0]);
        let session = Session::writing(&conn);
        conn.execute_batch("BEGIN").unwrap();
        let error = session.put_document(TenantId(1), Shelf::Keys, "a", "{}").unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::ReadOnly);
    }

    // SQLite gives a whole transaction up by itself after some failures: what a job does after
    // that must not be kept piece by piece.
    #[test]
    fn a_job_that_goes_on_after_its_transaction_is_gone_keeps_nothing() {
        let (_folder, conn) = store();
        conn.execute_batch(
            "CREATE TRIGGER gives_up BEFORE INSERT ON documents WHEN NEW.key = 'up' \
             BEGIN SELECT RAISE(ROLLBACK, 'gone'); END",
        )
        .unwrap();
        let (told, kept) = together(&conn, |job| {
            job("a", Box::new(|_| true));
            job(
                "b",
                Box::new(|tx| {
                    let gone = tx.put_document(NOBODY, Shelf::Keys, "up", "{}");
                    assert!(gone.is_err());
                    let on = tx.nested(&mut |part| {
                        part.put_document(NOBODY, Shelf::Keys, "on", "{}").map(|()| true)
                    });
                    assert!(on.is_err());
                    tx.put_document(NOBODY, Shelf::Keys, "on", "{}").is_err()
                }),
            );
        });
        assert!(told.iter().all(|(_, outcome)| outcome.is_err()), "{told:?}");
        assert_eq!((told.len(), kept), (2, vec![]));
    }
}
