//! Runs the scenarios against many servers, several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::report::Verdict;
use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::decoys;
use crate::fault::Fault;
use crate::faults;
use crate::host::{Behaviour, Clean};
use crate::suite::{self, Found};

/// Scenarios at the same time in one run.
const JOBS: usize = 6;

/// One server to run against.
pub struct Subject {
    /// Its name.
    pub name: String,
    /// What stands in front of the reference server.
    pub behaviour: Arc<dyn Behaviour>,
    /// The provider by whose wishes it is judged.
    pub dialect: Option<&'static str>,
}

/// What the unfaulted server does: the measure of everything else.
pub struct Baseline {
    /// The scenarios that hold for every server.
    pub scenarios: Vec<Scenario>,
    /// What a run found.
    pub found: Found,
}

impl Baseline {
    /// Runs the scenarios of this dialect, or those of the letter, against the server as it is.
    pub async fn of(dialect: Option<&'static str>) -> Result<Self, String> {
        let scenarios = match dialect {
            Some(name) => suite::of_dialect(name)?,
            None => suite::by_the_letter()?,
        };
        let found = suite::fire(Arc::new(Clean), spoken(dialect), scenarios.clone(), JOBS).await?;
        Ok(Self { scenarios, found })
    }

    /// Runs some scenarios against the server of a decoy.
    pub async fn on(decoy: &str, scenarios: Vec<Scenario>) -> Result<Self, String> {
        let decoy = decoys::find(decoy).ok_or_else(|| format!("there is no decoy `{decoy}`"))?;
        let found = suite::fire(Arc::new(decoy.act), None, scenarios.clone(), JOBS).await?;
        Ok(Self { scenarios, found })
    }

    /// Runs some scenarios on each decoy whose server has faults of its own.
    pub async fn on_each(scenarios: &[Scenario]) -> Result<BTreeMap<&'static str, Self>, String> {
        let mut all = BTreeMap::new();
        for decoy in faults::all().filter_map(Fault::on) {
            if !all.contains_key(decoy) {
                all.insert(decoy, Self::on(decoy, scenarios.to_vec()).await?);
            }
        }
        Ok(all)
    }

    /// Scenarios that fail here and pass on the unfaulted server. A warning counts where it says
    /// what the unfaulted server was not told.
    pub fn caught(&self, found: &Found) -> BTreeMap<String, Verdict> {
        let worse = found.verdicts.iter().filter(|(id, verdict)| {
            matches!(verdict, Verdict::Fail | Verdict::Warn)
                && self.found.verdicts.get(*id) == Some(&Verdict::Pass)
        });
        worse.map(|(id, verdict)| (id.clone(), *verdict)).collect()
    }

    /// The scenario of an id.
    pub fn scenario(&self, id: &str) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }
}

/// The server's dialect of that name.
pub fn spoken(name: Option<&str>) -> Option<Dialect> {
    Dialect::ALL.iter().copied().find(|dialect| Some(dialect.name()) == name)
}

/// Fires scenarios at every subject, `at_once` subjects at a time; in the order of the subjects.
pub async fn run(
    subjects: Vec<Subject>,
    scenarios: &Arc<Vec<Scenario>>,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Vec<Found>, String> {
    let turns = Arc::new(Semaphore::new(at_once.max(1)));
    let done = Arc::new(done);
    let mut running = JoinSet::new();
    for (place, subject) in subjects.into_iter().enumerate() {
        let (turns, done) = (Arc::clone(&turns), Arc::clone(&done));
        let scenarios = Arc::clone(scenarios);
        running.spawn(async move {
            // The semaphore is never closed.
            let _turn = turns.acquire().await.ok();
            let chosen = match subject.dialect {
                Some(name) => suite::of_dialect(name)?,
                None => scenarios.as_ref().clone(),
            };
            let dialect = spoken(subject.dialect);
            let found = suite::fire(subject.behaviour, dialect, chosen, JOBS).await?;
            done(&subject.name);
            Ok::<_, String>((place, found))
        });
    }
    let mut all = BTreeMap::new();
    while let Some(ended) = running.join_next().await {
        let (place, found) = ended.map_err(|error| error.to_string())??;
        all.insert(place, found);
    }
    Ok(all.into_values().collect())
}

/// Requirements that a scenario covers.
pub fn covers(baseline: &Baseline, id: &str) -> BTreeSet<String> {
    let covers = baseline.scenario(id).map(|scenario| scenario.covers.clone());
    covers.unwrap_or_default().into_iter().collect()
}
