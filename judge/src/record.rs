//! Keeps every exchange of a run, within limits of memory.

mod head;
mod tap;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::exchange::{Answer, Body, Exchange, Request};
use crate::judgement::TOKEN_PATH;

pub(crate) use head::{Head, Heads};
pub(crate) use tap::Tapped;

/// Bytes of bodies that a run keeps; of what comes after that only beginnings are kept.
const BODIES: usize = 128 << 20;
/// Bytes kept of a body once that is reached.
const BEGINNING: usize = 4 << 10;
/// Exchanges that a run keeps.
const EXCHANGES: usize = 100_000;

/// The exchanges of a run.
#[derive(Debug)]
pub struct Recorder {
    start: Instant,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    /// The bytes of their bodies.
    bytes: usize,
    /// Bodies of which only the beginning is kept.
    cut: u64,
    /// Exchanges that are not kept at all.
    lost: u64,
    step: usize,
    /// Requests that have come and are not answered.
    open: usize,
    last: Option<Instant>,
    connections: u32,
    /// Heads that were no HTTP.
    broken: u32,
}

/// How much of a run was not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Missing {
    /// Bodies of which only the beginning is kept.
    pub cut: u64,
    /// Exchanges that are not kept.
    pub lost: u64,
    /// Connections that sent something else than HTTP.
    pub broken: u32,
}

impl Default for Recorder {
    fn default() -> Self {
        Self { start: Instant::now(), kept: Mutex::default() }
    }
}

impl Recorder {
    /// Milliseconds since the start.
    pub fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Exchanges that come from now on belong to that step.
    pub fn begin_step(&self, step: usize) {
        self.kept().step = step;
    }

    /// The exchanges so far, in the order in which requests came.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.kept().exchanges.clone()
    }

    /// How many exchanges there are so far.
    pub fn count(&self) -> usize {
        self.kept().exchanges.len()
    }

    /// The exchanges of one step.
    pub fn of_step(&self, step: usize) -> Vec<Exchange> {
        self.kept().exchanges.iter().filter(|one| one.step == step).cloned().collect()
    }

    /// What is not kept.
    pub fn missing(&self) -> Missing {
        let kept = self.kept();
        Missing { cut: kept.cut, lost: kept.lost, broken: kept.broken }
    }

    /// How long it has been quiet: no request under way. `None`: nothing came yet in this step,
    /// or one is under way.
    pub fn quiet(&self) -> Option<Duration> {
        let kept = self.kept();
        let step = kept.step;
        if kept.open > 0 || !kept.exchanges.iter().rev().take(64).any(|one| one.step == step) {
            return None;
        }
        kept.last.map(|last| last.elapsed())
    }

    /// How many requests came in this step.
    pub fn count_in_step(&self) -> usize {
        let kept = self.kept();
        kept.exchanges.iter().rev().take_while(|one| one.step == kept.step).count()
    }

    /// Whether anything of this step asks for a change, or was answered badly on purpose. Products
    /// that poll, or look whether they reach the provider, have done nothing yet.
    pub fn acted_in_step(&self) -> bool {
        let kept = self.kept();
        let own = kept.exchanges.iter().rev().take_while(|one| one.step == kept.step);
        let changes = |one: &Exchange| one.request.is_write() && one.request.path() != TOKEN_PATH;
        own.into_iter().any(|one| one.meddled.is_some() || changes(one))
    }

    /// Whether nothing came at all.
    pub fn is_empty(&self) -> bool {
        self.kept().exchanges.is_empty()
    }

    /// Connections so far.
    pub fn connections(&self) -> u32 {
        self.kept().connections
    }

    /// Whether no request is under way.
    pub fn is_idle(&self) -> bool {
        self.kept().open == 0
    }

    pub(crate) fn connection(&self) -> u32 {
        let mut kept = self.kept();
        kept.connections += 1;
        kept.connections
    }

    /// Something came on a connection that was no HTTP.
    pub(crate) fn broken(&self) {
        self.kept().broken += 1;
    }

    /// A request has come; gives its place.
    pub(crate) fn request(&self, mut exchange: Exchange) -> Option<usize> {
        exchange.began = exchange.began.min(self.now());
        let mut kept = self.kept();
        kept.open += 1;
        kept.last = Some(Instant::now());
        if kept.exchanges.len() >= EXCHANGES {
            kept.lost += 1;
            return None;
        }
        let place = kept.exchanges.len();
        exchange.number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        exchange.step = kept.step;
        exchange.request.body = kept.keep(exchange.request.body);
        kept.exchanges.push(exchange);
        Some(place)
    }

    /// Its answer went out, or the connection was dropped.
    pub(crate) fn answer(
        &self,
        place: Option<usize>,
        answer: Option<Answer>,
        meddled: Option<String>,
    ) {
        let now = self.now();
        let mut kept = self.kept();
        kept.open = kept.open.saturating_sub(1);
        kept.last = Some(Instant::now());
        let answer = answer.map(|answer| Answer { body: kept.keep(answer.body), ..answer });
        let exchange = place.and_then(|place| kept.exchanges.get_mut(place));
        if let Some(exchange) = exchange {
            (exchange.ended, exchange.answer, exchange.meddled) = (now, answer, meddled);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, body: Body) -> Body {
        if self.bytes + body.bytes.len() <= BODIES || body.bytes.len() <= BEGINNING {
            self.bytes += body.bytes.len();
            return body;
        }
        self.cut += 1;
        self.bytes += BEGINNING;
        let beginning = body.bytes.get(..BEGINNING).unwrap_or_default();
        // A copy, so that the whole is not kept by its beginning.
        Body { bytes: Bytes::copy_from_slice(beginning), length: body.length }
    }
}

/// A request from its head as it came and its body.
pub(crate) fn request(head: Head, body: Bytes) -> Request {
    let Head { method, target, headers } = head;
    Request { method, target, headers, body: Body::whole(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_beyond_the_limit_are_cut_and_counted() {
        let recorder = Recorder::default();
        let big = vec![b'x'; BODIES / 2 + 1];
        for _ in 0..2 {
            let request = Request { body: Body::whole(big.clone()), ..Request::default() };
            let place = recorder.request(Exchange { request, ..Exchange::default() });
            recorder.answer(place, None, None);
        }
        let exchanges = recorder.exchanges();
        assert!(exchanges[0].request.body.is_whole());
        assert!(!exchanges[1].request.body.is_whole());
        assert_eq!(exchanges[1].request.body.length, big.len() as u64);
        assert_eq!(recorder.missing().cut, 1);
    }

    #[test]
    fn a_step_is_quiet_only_after_something_came_and_was_answered() {
        let recorder = Recorder::default();
        recorder.begin_step(3);
        assert_eq!(recorder.quiet(), None);
        let place = recorder.request(Exchange::default());
        assert_eq!(recorder.quiet(), None);
        recorder.answer(place, Some(Answer::default()), None);
        assert!(recorder.quiet().is_some());
        recorder.begin_step(4);
        assert_eq!(recorder.quiet(), None);
        assert_eq!((recorder.of_step(3).len(), recorder.of_step(4).len()), (1, 0));
    }
}
