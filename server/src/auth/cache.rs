//! Who showed which token lately, so that a request costs no read of the store.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Principal;
use super::secret::Hash;
use crate::clock::Timestamp;

/// Tokens that are remembered at most.
const ENTRIES: usize = 10_000;

/// The cache. Only tokens that were good are in it, so nobody can fill it with guesses.
#[derive(Debug, Default)]
pub(super) struct Cache {
    entries: Mutex<HashMap<Hash, Entry>>,
}

#[derive(Debug)]
struct Entry {
    principal: Principal,
    until: Timestamp,
}

impl Cache {
    /// Who showed a token, if that is still known.
    pub(super) fn get(&self, hash: &Hash, now: Timestamp) -> Option<Principal> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(hash)?;
        (now < entry.until).then(|| entry.principal.clone())
    }

    /// Remembers it until an instant.
    pub(super) fn put(&self, hash: Hash, principal: Principal, until: Timestamp, now: Timestamp) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
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
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
