//! What a client counts: answers, how long they took, and how often in a row none came.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use super::ClientError;

/// Requests without any answer in a row, after which an endpoint counts as gone.
const GONE_AFTER: u32 = 5;

/// Counted over all lanes.
#[derive(Debug, Default)]
pub(super) struct Health {
    silent: AtomicU32,
    silences: AtomicU64,
    sent: AtomicU64,
    throttled: AtomicU64,
    times: Mutex<Vec<Duration>>,
    redirects: Mutex<BTreeMap<String, u64>>,
    gone: Mutex<Option<String>>,
}

/// How the requests of a run went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Requests sent, repetitions too.
    pub requests: u64,
    /// Those among them that were throttled.
    pub throttled: u64,
    /// How long each answer took.
    pub times: Vec<Duration>,
    /// Redirects within the origin that were followed, each with how often.
    pub redirects: BTreeMap<String, u64>,
}

impl Health {
    pub(super) fn sends(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn is_throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, took: Duration) {
        self.silent.store(0, Ordering::Relaxed);
        if let Ok(mut all) = self.times.lock() {
            all.push(took);
        }
    }

    pub(super) fn failed(&self, error: &ClientError) {
        if !error.is_silence() {
            self.silent.store(0, Ordering::Relaxed);
            return;
        }
        self.silences.fetch_add(1, Ordering::Relaxed);
        let row = self.silent.fetch_add(1, Ordering::Relaxed) + 1;
        if row >= GONE_AFTER
            && let Ok(mut gone) = self.gone.lock()
        {
            gone.get_or_insert_with(|| error.message.clone());
        }
    }

    pub(super) fn redirected(&self, what: String) {
        if let Ok(mut all) = self.redirects.lock() {
            *all.entry(what).or_insert(0) += 1;
        }
    }

    /// Requests without any answer, in a row or not.
    pub(super) fn silences(&self) -> u64 {
        self.silences.load(Ordering::Relaxed)
    }

    pub(super) fn answers(&self) -> usize {
        self.times.lock().map(|all| all.len()).unwrap_or_default()
    }

    /// It counts as there again until as many requests in a row have no answer.
    pub(super) fn try_again(&self) {
        self.silent.store(0, Ordering::Relaxed);
        if let Ok(mut gone) = self.gone.lock() {
            *gone = None;
        }
    }

    /// Why the endpoint counts as gone, if it does.
    pub(super) fn gone(&self) -> Option<String> {
        self.gone.lock().ok()?.clone()
    }

    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.sent.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            times: self.times.lock().map(|all| all.clone()).unwrap_or_default(),
            redirects: self.redirects.lock().map(|all| all.clone()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::fault::{FaultKind, fault};

    #[test]
    fn an_endpoint_is_gone_after_some_silence_in_a_row() {
        let health = Health::default();
        let refused = fault(FaultKind::Network, "refused");
        for _ in 0..GONE_AFTER - 1 {
            health.failed(&refused);
        }
        health.answered(Duration::ZERO);
        assert_eq!(health.gone(), None, "an answer begins the row anew");
        health.failed(&refused);
        assert_eq!(health.gone(), None);
        for _ in 1..GONE_AFTER {
            health.failed(&refused);
        }
        assert_eq!(health.gone().as_deref(), Some("refused"));
        health.try_again();
        health.failed(&refused);
        assert_eq!(health.gone(), None, "asked again, it has as many tries");
    }
}
