//! How fast requests go: so many a second, and none while the endpoint asks for a pause.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Answer;

/// The longest time from one request to the next, for whoever asks for next to none.
const SLOWEST: Duration = Duration::from_secs(3_600);

/// Shared by all lanes, since an endpoint counts them together.
#[derive(Debug)]
pub(super) struct Pace {
    /// From one request to the next.
    between: Option<Duration>,
    /// When the next request may go.
    next: Mutex<Instant>,
}

impl Pace {
    /// At most so many requests a second; any number without one.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let between = rate
            .filter(|rate| *rate > 0.0)
            .map(|rate| Duration::try_from_secs_f64(1.0 / rate).unwrap_or(SLOWEST).min(SLOWEST));
        Self { between, next: Mutex::new(Instant::now()) }
    }

    /// Waits for one's turn.
    pub(super) async fn turn(&self) {
        let at = self.take(Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// Takes the next turn and says when it comes.
    fn take(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (*next).max(now);
        if let Some(between) = self.between {
            *next = at + between;
        }
        at
    }

    /// Nobody sends for so long.
    pub(super) fn pause(&self, wait: Duration) {
        self.pause_from(Instant::now(), wait);
    }

    fn pause_from(&self, now: Instant, wait: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(now + wait);
    }
}

/// How long to wait before the request is sent again (RFC 9110, 10.2.3: seconds or a date);
/// `None`: it is not throttled.
pub(super) fn throttled(answer: &Answer) -> Option<Duration> {
    let after = answer.header("retry-after").map(str::trim);
    if answer.status != 429 && !(answer.status == 503 && after.is_some()) {
        return None;
    }
    let wait = after.and_then(|text| match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(text, jiff::Timestamp::now()),
    });
    Some(wait.unwrap_or(Duration::from_secs(1)))
}

/// From now until a date of HTTP; none, if it is past.
fn until(date: &str, now: jiff::Timestamp) -> Option<Duration> {
    let at = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds after the first at which the next turns come.
    fn turns(pace: &Pace, start: Instant, count: usize) -> Vec<u128> {
        (0..count).map(|_| pace.take(start).duration_since(start).as_millis()).collect()
    }

    #[test]
    fn turns_are_as_far_apart_as_the_rate_says_for_all_lanes_together() {
        let pace = Pace::new(Some(20.0));
        let start = Instant::now();
        assert_eq!(turns(&pace, start, 4), [0, 50, 100, 150]);
        // Who comes late has not saved up anything.
        let late = start + Duration::from_secs(9);
        assert_eq!(turns(&pace, late, 3), [0, 50, 100]);
    }

    #[test]
    fn without_a_rate_all_may_go_until_a_pause_is_asked_for() {
        let pace = Pace::new(None);
        let start = Instant::now();
        assert_eq!(turns(&pace, start, 3), [0, 0, 0]);
        pace.pause_from(start, Duration::from_secs(7));
        pace.pause_from(start, Duration::from_secs(2));
        assert_eq!(turns(&pace, start, 2), [7_000, 7_000]);
    }

    #[test]
    fn a_rate_next_to_nothing_is_one_an_hour() {
        let pace = Pace::new(Some(1e-300));
        assert_eq!(turns(&pace, Instant::now(), 2), [0, 3_600_000]);
    }

    fn answer(status: u16, after: &str) -> Answer {
        let headers = vec![("Retry-After".to_owned(), after.to_owned())];
        Answer { status, headers, ..Answer::default() }
    }

    #[test]
    fn throttling_is_429_or_503_with_a_time() {
        assert_eq!(throttled(&answer(429, "7")), Some(Duration::from_secs(7)));
        assert_eq!(throttled(&answer(503, "7")), Some(Duration::from_secs(7)));
        assert_eq!(throttled(&Answer { status: 503, ..Answer::default() }), None);
        assert_eq!(throttled(&answer(200, "7")), None);
        assert_eq!(throttled(&answer(429, "soon")), Some(Duration::from_secs(1)));
    }

    #[test]
    fn the_time_may_be_a_date_rfc_9110_10_2_3() {
        let now: jiff::Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        assert_eq!(until("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(until("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(until("soon", now), None);
    }
}
