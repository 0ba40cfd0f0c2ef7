//! Scenarios that no fault fails, each with an operator that it fails on: a scenario that fails on
//! nothing says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::report::Verdict;
use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::detect::{Caught, worse};
use crate::fault::Fault;
use crate::host::Clean;
use crate::measure::Baseline;
use crate::operators::{self, Operator};
use crate::suite::{self, Found};
use crate::touch::{self, Touched};

/// What each scenario asks.
type Asked = BTreeMap<String, Touched>;

/// Scenarios that no fault fails, each with the first operator that it fails on.
pub(crate) async fn of(
    baseline: &Baseline,
    beside: &BTreeMap<&'static str, Baseline>,
    touched: &Asked,
    faults: &[(&'static Fault, Caught)],
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<BTreeMap<String, Option<String>>, String> {
    let busy: BTreeSet<&String> = faults.iter().flat_map(|(_, caught)| caught.by.keys()).collect();
    let (mut all, mut searched) = (BTreeMap::new(), Vec::new());
    for scenario in baseline.scenarios.iter().filter(|one| !busy.contains(&one.id)) {
        let passes = |one: &Baseline| one.found.verdicts.get(&scenario.id) == Some(&Verdict::Pass);
        // Each is tried by itself: beside others it may fail by what the operator did to them.
        if passes(baseline) {
            searched.push(scenario.clone());
        } else if beside.values().any(passes) {
            // What only a decoy has is measured by the faults of its server.
            all.insert(scenario.id.clone(), None);
        }
    }
    all.extend(search(searched, None, &baseline.found, touched, at_once, done).await?);
    Ok(all)
}

/// The first operator that each of these scenarios fails on.
pub async fn of_scenarios(
    ids: &BTreeSet<String>,
    at_once: usize,
) -> Result<BTreeMap<String, Option<String>>, String> {
    let mut scenarios = suite::by_the_letter()?;
    scenarios.retain(|one| ids.contains(&one.id));
    let touched = touch::of_each(&scenarios, None).await?;
    let found = suite::fire(Arc::new(Clean), None, scenarios.clone(), 4).await?;
    search(scenarios, None, &found, &touched, at_once, |_| {}).await
}

/// The first operator that each of some scenarios fails on, at a server of this dialect.
pub(crate) async fn search(
    scenarios: Vec<Scenario>,
    dialect: Option<Dialect>,
    passing: &Found,
    touched: &Asked,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<BTreeMap<String, Option<String>>, String> {
    let turns = Arc::new(Semaphore::new(at_once.max(1)));
    let (done, passing) = (Arc::new(done), Arc::new(passing.clone()));
    let mut running = JoinSet::new();
    for scenario in scenarios {
        let some = in_question(&scenario, touched);
        let (turns, done, passing) = (Arc::clone(&turns), Arc::clone(&done), Arc::clone(&passing));
        running.spawn(async move {
            // The semaphore is never closed.
            let _turn = turns.acquire().await.ok();
            let by = first(&scenario, dialect, &passing, some).await?;
            done(&scenario.id);
            Ok::<_, String>((scenario.id, by))
        });
    }
    let mut all = BTreeMap::new();
    while let Some(ended) = running.join_next().await {
        let (id, by) = ended.map_err(|error| error.to_string())??;
        all.insert(id, by);
    }
    Ok(all)
}

/// Operators of what a scenario asks. What few others ask is most likely what it is about.
fn in_question(scenario: &Scenario, touched: &Asked) -> Vec<Operator> {
    let kind = |operator: &Operator| (operator.endpoint, operator.method.to_string());
    let asks = |touched: &Touched, one: &Operator| touched.contains_key(&kind(one));
    let own = touched.get(&scenario.id).cloned().unwrap_or_default();
    let mut some: Vec<Operator> =
        operators::all().into_iter().filter(|one| asks(&own, one)).collect();
    some.sort_by_cached_key(|one| touched.values().filter(|other| asks(other, one)).count());
    some
}

async fn first(
    scenario: &Scenario,
    dialect: Option<Dialect>,
    passing: &Found,
    operators: Vec<Operator>,
) -> Result<Option<String>, String> {
    for operator in operators {
        let name = operator.name();
        let found = suite::fire(Arc::new(operator), dialect, vec![scenario.clone()], 1).await?;
        if !worse(passing, &found).is_empty() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
