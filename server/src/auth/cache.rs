//! Who showed which token lately, so that a request costs no read of the store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Principal;
use super::secret::Hash;
use crate::clock::Timestamp;

/// Tokens that are remembered at most.
const ENTRIES: usize = 10_000;

/// The cache. Only tokens that were good are in it, so nobody can fill it with guesses.
#[derive(Debug, Default)]
pub(super) struct Cache {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    entries: HashMap<Hash, Entry>,
    generation: Generation,
}

/// How often everything was forgotten. What was looked up before is not to be remembered after,
/// since it may have been revoked between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Generation(u64);

#[derive(Debug)]
struct Entry {
    principal: Principal,
    until: Timestamp,
}

impl Cache {
    /// Who showed a token, if that is still known; otherwise what a look-up that begins now
    /// [puts](Self::put) its answer with.
    pub(super) fn get(&self, hash: &Hash, now: Timestamp) -> Result<Principal, Generation> {
        let known = self.known();
        match known.entries.get(hash) {
            Some(entry) if now < entry.until => Ok(entry.principal.clone()),
            _ => Err(known.generation),
        }
    }

    /// Remembers it until an instant, unless all was forgotten since a generation.
    pub(super) fn put(
        &self,
        hash: Hash,
        principal: Principal,
        until: Timestamp,
        now: Timestamp,
        since: Generation,
    ) {
        let mut known = self.known();
        if known.generation != since {
            return;
        }
        let entries = &mut known.entries;
        if entries.len() >= ENTRIES {
            entries.retain(|_, entry| now < entry.until);
            if entries.len() >= ENTRIES {
                entries.clear();
            }
        }
        entries.insert(hash, Entry { principal, until });
    }

    /// Forgets all: after a revocation.
    pub(super) fn clear(&self) {
        let mut known = self.known();
        known.entries.clear();
        known.generation.0 = known.generation.0.wrapping_add(1);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
