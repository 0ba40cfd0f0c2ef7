//! Scenarios that no fault fails, each with an operator that it fails on: a scenario that fails on
//! nothing says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;

use crate::detect::Caught;
use crate::fault::Fault;
use crate::host::Clean;
use crate::measure::Baseline;
use crate::operators::{self, Operator};
use crate::side_by_side::side_by_side;
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
        let passes = |one: &Baseline| one.found.passes(&scenario.id);
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
    let touched = touch::of_each(&scenarios, None, at_once).await?;
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
    let (done, passing) = (Arc::new(done), Arc::new(passing.clone()));
    let each = |scenario: Scenario| {
        let some = in_question(&scenario, touched);
        let (done, passing) = (Arc::clone(&done), Arc::clone(&passing));
        async move {
            let by = first(&scenario, dialect, &passing, some).await?;
            done(&scenario.id);
            Ok((scenario.id, by))
        }
    };
    Ok(side_by_side(scenarios, at_once, each).await?.into_iter().collect())
}

/// Operators of what a scenario asks. What few others ask is most likely what it is about.
fn in_question(scenario: &Scenario, touched: &Asked) -> Vec<Operator> {
    let own = touched.get(&scenario.id);
    let asks = |one: &Operator| own.is_some_and(|own| own.contains(&one.key()));
    let mut some: Vec<Operator> = operators::all().into_iter().filter(asks).collect();
    some.sort_by_cached_key(|one| {
        let key = one.key();
        touched.values().filter(|other| other.contains(&key)).count()
    });
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
        if !passing.caught(&found).is_empty() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
