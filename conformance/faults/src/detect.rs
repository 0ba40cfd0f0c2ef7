//! The whole measurement: every fault, operator and decoy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::report::Verdict;
use provisor_conformance::scenario::Scenario;

use crate::decoys::{self, Decoy};
use crate::fault::Fault;
use crate::faults;
use crate::host::{Behaviour, Clean};
use crate::idle;
use crate::matrix;
use crate::measure::{Baseline, Subject, run};
use crate::operators::{self, Operator};
use crate::quick::{self, First};
use crate::side_by_side::side_by_side;
use crate::suite::{self, Found};
use crate::touch::{self, Touched};
use crate::wishes::{self, Wishes};

/// Scenarios that are tried on an operator at a time, until one fails.
const BATCH: usize = 16;

/// Everything that was found.
pub struct Detection {
    /// The unfaulted server, by the letter.
    pub baseline: Baseline,
    /// The servers of decoys that have faults of their own, by the letter.
    pub beside: BTreeMap<&'static str, Baseline>,
    /// Which scenarios caught each fault, with their verdicts.
    pub faults: Vec<(&'static Fault, Caught)>,
    /// What went wrong with each decoy.
    pub decoys: Vec<(&'static Decoy, BTreeMap<String, Verdict>)>,
    /// Each operator with scenarios that caught it.
    pub operators: Vec<(Operator, BTreeSet<String>)>,
    /// Scenarios that no fault fails, with an operator that does.
    pub idle: BTreeMap<String, Option<String>>,
    /// What a run plays before each scenario.
    pub first: First,
    /// The requests of each scenario by itself.
    pub alone: BTreeMap<String, u32>,
    /// Scenarios of providers' wishes, with what each fails on.
    pub wishes: Wishes,
}

/// Who caught a fault.
#[derive(Debug, Clone, Default)]
pub struct Caught {
    /// Scenarios that pass on the unfaulted server and fail or warn here.
    pub by: BTreeMap<String, Verdict>,
    /// Those of them that cover a requirement that the fault breaks.
    pub naming: BTreeSet<String>,
    /// Scenarios that got no answer, or could not be carried out.
    pub errors: BTreeSet<String>,
}

impl Caught {
    /// What caught a fault, from a run on it.
    pub fn of(fault: &Fault, baseline: &Baseline, found: &Found) -> Self {
        let by = baseline.found.caught(found);
        let names = |id: &&String| {
            let covers = baseline.scenario(id).map(|one| one.covers.as_slice()).unwrap_or_default();
            covers.iter().any(|one| fault.breaks.contains(&one.as_str()))
        };
        let naming = by.keys().filter(names).cloned().collect();
        let broken = |(id, verdict): &(&String, &Verdict)| {
            **verdict == Verdict::Error && baseline.found.passes(id)
        };
        let errors = found.verdicts.iter().filter(broken).map(|(id, _)| id.clone()).collect();
        Self { by, naming, errors }
    }

    /// Whether a scenario fails.
    pub fn fails(&self) -> bool {
        self.by.values().any(|verdict| *verdict == Verdict::Fail)
    }
}

/// Measures everything, `at_once` servers at a time. `keep` gets the matrix of faults as soon as it
/// is there, since what follows takes its time; `kept` gives the matrix that was measured before,
/// and is asked when all else is measured.
pub async fn measure(
    at_once: usize,
    kept: Option<impl FnOnce() -> Result<String, String>>,
    keep: impl FnOnce(&str) -> Result<(), String>,
    done: impl Fn(&str) + Send + Sync + Clone + 'static,
) -> Result<Detection, String> {
    let baseline = Baseline::of(None).await?;
    let beside = Baseline::on_each(&baseline.scenarios).await?;
    let anew = match kept {
        Some(_) => Vec::new(),
        None => {
            let all: Vec<&Fault> = faults::all().collect();
            let found = of_faults(&all, &baseline, &beside, at_once, done.clone()).await?;
            all.into_iter().zip(found.into_iter().map(|(_, caught)| caught)).collect()
        }
    };
    if kept.is_none() {
        keep(&matrix::write(matrix::of(&anew)))?;
    }
    let touched = touch::of_each(&baseline.scenarios, None, at_once).await?;
    let operators = of_operators(&baseline, &touched, at_once, done.clone()).await?;
    let decoys = of_decoys(&baseline, at_once, done.clone()).await?;
    let faults = match kept {
        Some(kept) => kept_faults(&kept()?),
        None => anew,
    };
    let alone = quick::requests(at_once).await?;
    let told = done.clone();
    let idle = idle::of(&baseline, &beside, &touched, &faults, at_once, told).await?;
    let wishes = wishes::measure(at_once, done).await?;
    Ok(Detection {
        baseline,
        beside,
        faults,
        decoys,
        operators,
        idle,
        first: quick::first()?,
        alone,
        wishes,
    })
}

/// Faults with what caught them, as a matrix has it.
fn kept_faults(text: &str) -> Vec<(&'static Fault, Caught)> {
    let mut all: Vec<_> = faults::all().map(|fault| (fault, Caught::default())).collect();
    for row in matrix::read(text) {
        let Some((_, caught)) = all.iter_mut().find(|(one, _)| one.id == row.fault) else {
            continue;
        };
        caught.by.insert(row.scenario.to_owned(), row.verdict);
        if row.names {
            caught.naming.insert(row.scenario.to_owned());
        }
    }
    all
}

/// The matrix with the lines of these scenarios measured anew, at every fault by the letter.
pub async fn update(
    matrix: &str,
    ids: &BTreeSet<String>,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<String, String> {
    let mut scenarios = suite::by_the_letter()?;
    scenarios.retain(|one| ids.contains(&one.id));
    let found = suite::fire(Arc::new(Clean), None, scenarios.clone(), 4).await?;
    let baseline = Baseline { scenarios, found };
    let beside = Baseline::on_each(&baseline.scenarios).await?;
    let chosen: Vec<&Fault> = faults::all().filter(|fault| fault.dialect.is_none()).collect();
    let found = of_faults(&chosen, &baseline, &beside, at_once, done).await?;
    let mut all = kept_faults(matrix);
    for (fault, (_, new)) in chosen.into_iter().zip(found) {
        let Some((_, caught)) = all.iter_mut().find(|(one, _)| one.id == fault.id) else {
            continue;
        };
        caught.by.retain(|id, _| !ids.contains(id));
        caught.naming.retain(|id| !ids.contains(id));
        caught.by.extend(new.by);
        caught.naming.extend(new.naming);
    }
    Ok(matrix::write(matrix::of(&all)))
}

/// Fires everything at some faults: what was found on each, and what caught it.
pub async fn of_faults(
    chosen: &[&'static Fault],
    baseline: &Baseline,
    beside: &BTreeMap<&'static str, Baseline>,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Vec<(Found, Caught)>, String> {
    let mut of_dialects = BTreeMap::new();
    for name in chosen.iter().filter_map(|fault| fault.dialect) {
        if !of_dialects.contains_key(name) {
            of_dialects.insert(name, Baseline::of(Some(name)).await?);
        }
    }
    let subjects = chosen.iter().map(|fault| Subject::of(fault));
    let scenarios = Arc::new(baseline.scenarios.clone());
    let found = run(subjects, &scenarios, at_once, done).await?;
    let caught = chosen.iter().zip(found).map(|(fault, found)| {
        let of_dialect = fault.dialect.and_then(|name| of_dialects.get(name));
        let on = fault.on().and_then(|decoy| beside.get(decoy));
        let caught = Caught::of(fault, of_dialect.or(on).unwrap_or(baseline), &found);
        (found, caught)
    });
    Ok(caught.collect())
}

/// Fires everything at every decoy.
pub async fn of_decoys(
    baseline: &Baseline,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Vec<(&'static Decoy, BTreeMap<String, Verdict>)>, String> {
    let subjects = decoys::all().map(Subject::of_decoy);
    let scenarios = Arc::new(baseline.scenarios.clone());
    let found = run(subjects, &scenarios, at_once, done).await?;
    Ok(decoys::all().zip(found.iter().map(false_alarms)).collect())
}

/// Verdicts that a legal server must not get.
pub fn false_alarms(found: &Found) -> BTreeMap<String, Verdict> {
    let bad = found.verdicts.iter().filter(|(_, verdict)| {
        matches!(verdict, Verdict::Fail | Verdict::Error | Verdict::Blocked)
    });
    let mut bad: BTreeMap<_, _> = bad.map(|(id, verdict)| (id.clone(), *verdict)).collect();
    if let Some(why) = &found.aborted {
        bad.insert(why.clone(), Verdict::Error);
    }
    bad
}

/// Scenarios that ask what an operator spoils, those with few requests first.
fn relevant(
    baseline: &Baseline,
    touched: &BTreeMap<String, Touched>,
    operator: &Operator,
) -> Vec<Scenario> {
    let key = operator.key();
    let asks = |scenario: &&Scenario| {
        touched.get(&scenario.id).is_some_and(|touched| touched.contains(&key))
            && baseline.found.passes(&scenario.id)
    };
    let mut chosen: Vec<Scenario> = baseline.scenarios.iter().filter(asks).cloned().collect();
    chosen.sort_by_key(|one| baseline.found.requests.get(&one.id).copied().unwrap_or(u32::MAX));
    chosen
}

/// Fires what is relevant at every operator, until something fails.
async fn of_operators(
    baseline: &Baseline,
    touched: &BTreeMap<String, Touched>,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Vec<(Operator, BTreeSet<String>)>, String> {
    let (done, passing) = (Arc::new(done), Arc::new(baseline.found.clone()));
    let each = |operator: Operator| {
        let scenarios = relevant(baseline, touched, &operator);
        let (done, passing) = (Arc::clone(&done), Arc::clone(&passing));
        async move {
            let behaviour: Arc<dyn Behaviour> = Arc::new(operator.clone());
            let mut by = BTreeSet::new();
            for batch in scenarios.chunks(BATCH) {
                let found = suite::fire(Arc::clone(&behaviour), None, batch.to_vec(), 4).await?;
                by.extend(passing.caught(&found).into_keys());
                if !by.is_empty() {
                    break;
                }
            }
            done(&operator.name());
            Ok((operator, by))
        }
    };
    side_by_side(operators::all(), at_once, each).await
}
