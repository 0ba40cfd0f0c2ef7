//! What a request occupies while it is answered: a slot of the server, and a place among the
//! requests of its token and its tenant.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Holds what a request occupies, as an extension of the request; it is free again once the
/// request is answered or given up.
#[derive(Clone, Default)]
pub struct Turn(Arc<Mutex<Vec<Box<dyn Any + Send>>>>);

impl Turn {
    /// Occupies something until the end of the request.
    pub fn hold(&self, thing: impl Any + Send) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(thing));
    }

    /// Frees it before the end: for what waits and does nothing meanwhile.
    pub fn free(&self) {
        let held = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        drop(held);
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

/// How many requests of each key are under way.
#[derive(Debug)]
pub struct Places<K: Hash + Eq> {
    most: usize,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

/// A place; it is free again when it is dropped.
pub struct Place<K: Hash + Eq> {
    key: K,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Hash + Eq + Clone> Places<K> {
    /// So many for each key.
    pub fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// A place of a key, if one is free.
    pub fn take(&self, key: K) -> Option<Place<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key.clone()).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { key, taken: Arc::clone(&self.taken) })
    }
}

impl<K: Hash + Eq> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_places_and_what_is_dropped_is_free_again() {
        let places = Places::new(2);
        let (one, _two) = (places.take("a").unwrap(), places.take("a").unwrap());
        assert!(places.take("a").is_none());
        assert!(places.take("b").is_some());
        let turn = Turn::default();
        turn.hold(one);
        assert!(places.take("a").is_none());
        turn.free();
        assert!(places.take("a").is_some());
        drop(turn);
        assert_eq!(places.taken.lock().unwrap().len(), 1, "nothing is kept of who is gone");
    }
}
