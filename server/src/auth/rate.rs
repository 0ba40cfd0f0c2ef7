//! Rate limits: token buckets, one for each key, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// Keys that are remembered at most. Beyond, full buckets are forgotten, which changes nothing,
/// and then all, which forgives everybody once.
const KEYS: usize = 100_000;

/// How many requests are allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Requests a second on average; 0 means no limit.
    pub per_second: f64,
    /// Requests at once after a pause.
    pub burst: f64,
}

/// Buckets that fill at one rate.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Timestamp,
}

impl<K: Hash + Eq> Buckets<K> {
    /// Buckets, all full.
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes one from the bucket of a key, or says how long until there is one.
    pub fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        self.change(key, now, |level| {
            if *level >= 1.0 {
                *level -= 1.0;
                true
            } else {
                false
            }
        })
    }

    /// Whether there is one in the bucket, without taking it.
    pub fn check(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        self.change(key, now, |level| *level >= 1.0)
    }

    fn change(
        &self,
        key: K,
        now: Timestamp,
        take: impl FnOnce(&mut f64) -> bool,
    ) -> Result<(), Duration> {
        let Rate { per_second, burst } = self.rate;
        if per_second <= 0.0 {
            return Ok(());
        }
        let burst = burst.max(1.0);
        let level = |bucket: &Bucket| {
            // A clock that goes back fills nothing.
            let passed = now.0.saturating_sub(bucket.at.0).max(0) as f64 / 1000.0;
            (bucket.level + passed * per_second).min(burst)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| level(bucket) < burst);
            if buckets.len() >= KEYS {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket { level: burst, at: now });
        bucket.level = level(bucket);
        bucket.at = now;
        if take(&mut bucket.level) {
            Ok(())
        } else {
            Err(Duration::from_secs_f64(((1.0 - bucket.level) / per_second).min(86_400.0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_rate() {
        let buckets = Buckets::new(Rate { per_second: 2.0, burst: 3.0 });
        let at = |millis: i64| Timestamp(1_000_000 + millis);
        for _ in 0..3 {
            assert_eq!(buckets.take("a", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("a", at(0)), Err(Duration::from_millis(500)));
        assert_eq!(buckets.take("b", at(0)), Ok(()), "each key has its own bucket");
        assert_eq!(buckets.take("a", at(500)), Ok(()));
        assert!(buckets.take("a", at(500)).is_err());
        assert!(buckets.take("a", at(-9_000)).is_err(), "a clock that goes back gives nothing");
    }

    #[test]
    fn checking_takes_nothing_and_zero_means_no_limit() {
        let buckets = Buckets::new(Rate { per_second: 1.0, burst: 1.0 });
        assert!((0..9).all(|_| buckets.check("a", Timestamp(0)).is_ok()));
        let none = Buckets::new(Rate { per_second: 0.0, burst: 0.0 });
        assert!((0..9).all(|_| none.take("a", Timestamp(0)).is_ok()));
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(Rate { per_second: 1.0, burst: 2.0 });
        for key in 0..KEYS + 10 {
            assert_eq!(buckets.take(key, Timestamp(0)), Ok(()));
        }
        assert!(buckets.buckets.lock().unwrap().len() <= KEYS);
    }
}
