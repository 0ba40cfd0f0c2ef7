//! How long answers took.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds within which so many of a hundred answers came, from the request's first byte to
/// the answer's last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of them.
    pub p50: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
    /// All.
    pub max: f64,
}

impl Latency {
    /// Of some answers; none where there was no answer.
    pub fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        // The nearest rank: the time of a real answer, never one between two.
        let rank = |percent: usize| {
            let place = (times.len() * percent).div_ceil(100).max(1) - 1;
            let micros = times.get(place)?.as_micros();
            Some((micros as f64 / 10.0).round() / 100.0)
        };
        Some(Self { p50: rank(50)?, p95: rank(95)?, p99: rank(99)?, max: rank(100)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_of_real_answers() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let of = Latency::of(times).unwrap();
        assert_eq!((of.p50, of.p95, of.p99, of.max), (100.0, 190.0, 198.0, 200.0));
        let one = Latency::of(vec![Duration::from_micros(1234)]).unwrap();
        assert_eq!((one.p50, one.max), (1.23, 1.23));
        assert_eq!(Latency::of(Vec::new()), None);
    }
}
