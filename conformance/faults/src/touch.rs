//! Which endpoints each scenario talks to: a fault of one endpoint cannot change the verdict of a
//! scenario that never asks it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use provisor_conformance::corpus::Corpus;
use provisor_conformance::run::Event;
use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;

use crate::exchange::Asked;
use crate::fault::Answering;
use crate::host::Behaviour;
use crate::inner::Inner;
use crate::operators::{Endpoint, Key};
use crate::side_by_side::side_by_side;
use crate::suite;

/// What is asked: endpoints with methods.
pub type Touched = BTreeSet<Key>;

/// Notes what is asked, and changes nothing.
#[derive(Default)]
struct Recorder {
    seen: Arc<Mutex<Touched>>,
}

impl Behaviour for Recorder {
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a> {
        if let Some(endpoint) = Endpoint::of(&asked) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert((endpoint, asked.method.to_string()));
        }
        Box::pin(inner.answer(asked))
    }
}

/// What each scenario asks by itself: neither discovery nor what a run plays before it.
pub async fn of_each(
    scenarios: &[Scenario],
    dialect: Option<Dialect>,
    at_once: usize,
) -> Result<BTreeMap<String, Touched>, String> {
    let all = side_by_side(scenarios.to_vec(), at_once, |one| of(one, dialect)).await?;
    Ok(scenarios.iter().map(|one| one.id.clone()).zip(all).collect())
}

async fn of(scenario: Scenario, dialect: Option<Dialect>) -> Result<Touched, String> {
    let recorder = Recorder::default();
    let seen = Arc::clone(&recorder.seen);
    let own = Arc::new(Mutex::new(Touched::new()));
    let kept = Arc::clone(&own);
    let id = scenario.id.clone();
    // Where one before it makes what it is given, that is asked for this one as well.
    let shared = scenario.shared();
    let before = Corpus::before(std::slice::from_ref(&scenario));
    let sharing: BTreeSet<String> = before
        .into_iter()
        .filter(|one| shared.is_some() && one.shared() == shared)
        .map(|one| one.id)
        .collect();
    let on_event = move |event: &Event| {
        let seen = &mut *seen.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Done { id: done, .. } if sharing.contains(done) => {}
            // One is played after the other, so what came since the last one is its own.
            Event::Done { id: done, .. } if *done == id => {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = std::mem::take(seen);
            }
            Event::Done { .. } | Event::Discovered(_) => seen.clear(),
        }
    };
    suite::fire_and_tell(Arc::new(recorder), dialect, vec![scenario], 1, on_event).await?;
    let own = own.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(own)
}
