//! Jobs with answers of any type, over the plain jobs of a backend.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::{Backend, Read, StoreError, StoreErrorKind, Write, WriteJob};

/// A store, shared by cloning.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
}

impl Store {
    /// A store on a backend.
    pub fn new(backend: impl Backend) -> Self {
        Self { backend: Arc::new(backend) }
    }

    /// See [`Backend::last_failure`].
    pub fn last_failure(&self) -> Option<Instant> {
        self.backend.last_failure()
    }

    /// Runs a job on one snapshot.
    pub async fn read<T, E>(
        &self,
        job: impl FnOnce(&dyn Read) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.backend.read(Box::new(move |snapshot| {
            let result = snapshot.map_err(E::from).and_then(job);
            // Nobody waits any more: the request was given up.
            let _ = answer.send(result);
        }));
        answered.await.unwrap_or_else(|_| Err(gone().into()))
    }

    /// Runs a job in one transaction. An error takes everything back; an answer is given only
    /// once everything is durable.
    pub async fn write<T, E>(
        &self,
        job: impl FnOnce(&dyn Write) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.backend.write(Box::new(Job { work: Some(job), result: None, answer }));
        answered.await.unwrap_or_else(|_| Err(gone().into()))
    }
}

struct Job<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> WriteJob for Job<F, T, E>
where
    F: FnOnce(&dyn Write) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &dyn Write) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result = work(tx);
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        let result = match (outcome, self.result) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(gone().into()),
        };
        let _ = self.answer.send(result);
    }
}

fn gone() -> StoreError {
    StoreError::new(StoreErrorKind::Busy, "the store is shutting down")
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}
