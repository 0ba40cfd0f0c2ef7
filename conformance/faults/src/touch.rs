//! Which endpoints each scenario talks to: a fault of one endpoint cannot change the verdict of a
//! scenario that never asks it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;

use crate::exchange::Asked;
use crate::fault::Answering;
use crate::host::Behaviour;
use crate::inner::Inner;
use crate::operators::Endpoint;
use crate::suite;

/// Requests of each kind: by endpoint and method.
pub type Touched = BTreeMap<(Endpoint, String), u32>;

/// Counts what is asked, and changes nothing.
#[derive(Default)]
struct Recorder {
    seen: Arc<Mutex<Touched>>,
}

impl Behaviour for Recorder {
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a> {
        if let Some(endpoint) = Endpoint::of(&asked) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            *seen.entry((endpoint, asked.method.to_string())).or_insert(0) += 1;
        }
        Box::pin(inner.answer(asked))
    }
}

/// What each scenario asks, discovery before it apart.
pub async fn of_each(
    scenarios: &[Scenario],
    dialect: Option<Dialect>,
) -> Result<BTreeMap<String, Touched>, String> {
    let before = of(Vec::new(), dialect).await?;
    let mut all = BTreeMap::new();
    for scenario in scenarios {
        let mut touched = of(vec![scenario.clone()], dialect).await?;
        for (what, often) in &before {
            if let Some(count) = touched.get_mut(what) {
                *count = count.saturating_sub(*often);
            }
        }
        touched.retain(|_, often| *often > 0);
        all.insert(scenario.id.clone(), touched);
    }
    Ok(all)
}

async fn of(scenarios: Vec<Scenario>, dialect: Option<Dialect>) -> Result<Touched, String> {
    let recorder = Recorder::default();
    let seen = Arc::clone(&recorder.seen);
    suite::fire(Arc::new(recorder), dialect, scenarios, 1).await?;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(seen)
}
