//! What a client does when it is refused for a time, or not answered.

use std::time::{Duration, SystemTime};

use super::repeatable;
use crate::http::{Answer, Broken, BrokenKind, Method};

/// How often and when a request is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// Times that a request is sent in all.
    pub tries: u32,
    /// Statuses that mean "later".
    pub later: &'static [u16],
    /// Whether a `Retry-After` that is a date is understood (RFC 9110, 10.2.3).
    pub dates: bool,
    /// How long it waits where no usable `Retry-After` came; twice as long each time.
    pub first_wait: Duration,
    /// Whether a request that may be repeated is, after no answer or a failure of the server.
    pub repeats_lost: bool,
    /// Whether it waits at all.
    pub waits: bool,
}

impl Patience {
    /// Sends everything once.
    pub const fn none() -> Self {
        Self {
            tries: 1,
            later: &[],
            dates: false,
            first_wait: Duration::ZERO,
            repeats_lost: false,
            waits: true,
        }
    }

    /// As a client should be: both forms of `Retry-After`, else from half a second upwards.
    pub const fn model() -> Self {
        Self {
            tries: 6,
            later: &[429, 503],
            dates: true,
            first_wait: Duration::from_millis(500),
            repeats_lost: true,
            waits: true,
        }
    }

    /// Ten times at once, whatever was asked for.
    pub const fn hammering() -> Self {
        Self { tries: 10, waits: false, ..Self::model() }
    }

    /// How long to wait before the request is sent again; `None`: it is not.
    pub fn after(
        &self,
        tries: u32,
        method: Method,
        answer: &Result<Answer, Broken>,
        now: SystemTime,
    ) -> Option<Duration> {
        if tries >= self.tries {
            return None;
        }
        let asked = match answer {
            Ok(answer) if self.later.contains(&answer.status) => self.asked(answer, now),
            Ok(answer) if matches!(answer.status, 500 | 502 | 504) => {
                (self.repeats_lost && repeatable(method)).then_some(None)?
            }
            Ok(_) => return None,
            Err(broken) => match broken.kind {
                BrokenKind::Lost if self.repeats_lost && repeatable(method) => None,
                BrokenKind::Unreachable if self.repeats_lost => None,
                _ => return None,
            },
        };
        if !self.waits {
            return Some(Duration::ZERO);
        }
        let doubled = self.first_wait.saturating_mul(1 << (tries - 1).min(16));
        Some(asked.unwrap_or(doubled))
    }

    fn asked(&self, answer: &Answer, now: SystemTime) -> Option<Duration> {
        let text = answer.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let date = httpdate::parse_http_date(text).ok().filter(|_| self.dates)?;
        Some(date.duration_since(now).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Result<Answer, Broken> {
        let headers = retry_after.map(|value| ("Retry-After".to_owned(), value.to_owned()));
        Ok(Answer { status, headers: headers.into_iter().collect(), body: String::new() })
    }

    fn lost(kind: BrokenKind) -> Result<Answer, Broken> {
        Err(Broken::new(kind, "x"))
    }

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn both_forms_of_retry_after_are_obeyed() {
        let model = Patience::model();
        let after = |answer| model.after(1, Method::Post, &answer, NOW);
        assert_eq!(after(answer(429, Some("120"))), Some(120 * SECOND));
        assert_eq!(after(answer(503, Some("Thu, 01 Jan 1970 00:00:07 GMT"))), Some(7 * SECOND));
        assert_eq!(after(answer(429, None)), Some(SECOND / 2));
        assert_eq!(after(answer(400, Some("1"))), None);
        assert_eq!(model.after(6, Method::Get, &answer(429, Some("1")), NOW), None);
        assert_eq!(model.after(3, Method::Get, &answer(429, None), NOW), Some(2 * SECOND));
    }

    #[test]
    fn a_creation_is_never_repeated_blindly() {
        let model = Patience::model();
        assert_eq!(model.after(1, Method::Post, &lost(BrokenKind::Lost), NOW), None);
        assert_eq!(model.after(1, Method::Post, &answer(500, None), NOW), None);
        assert!(model.after(1, Method::Put, &lost(BrokenKind::Lost), NOW).is_some());
        // Nothing was sent, so nothing can be there twice.
        assert!(model.after(1, Method::Post, &lost(BrokenKind::Unreachable), NOW).is_some());
        assert_eq!(model.after(1, Method::Get, &lost(BrokenKind::Limit), NOW), None);
    }

    #[test]
    fn hammering_knows_no_wait() {
        let hammering = Patience::hammering();
        assert_eq!(
            hammering.after(9, Method::Post, &answer(429, Some("60")), NOW),
            Some(Duration::ZERO)
        );
    }
}
