//! Runs the scenarios against many servers, several at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use provisor_conformance::scenario::Scenario;
use provisor_server::service::dialect::Dialect;

use crate::decoys::{self, Decoy};
use crate::fault::Fault;
use crate::faults;
use crate::host::{Behaviour, Clean};
use crate::side_by_side::side_by_side;
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

impl Subject {
    /// A server with a fault, judged as the fault is.
    pub fn of(fault: &'static Fault) -> Self {
        let behaviour = Arc::new(fault.act);
        Self { name: fault.id.to_owned(), behaviour, dialect: fault.dialect }
    }

    /// The server of a decoy.
    pub fn of_decoy(decoy: &'static Decoy) -> Self {
        Self { name: decoy.id.to_owned(), behaviour: Arc::new(decoy.act), dialect: None }
    }
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
    subjects: impl IntoIterator<Item = Subject>,
    scenarios: &Arc<Vec<Scenario>>,
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Vec<Found>, String> {
    let done = Arc::new(done);
    let each = |subject: Subject| {
        let (scenarios, done) = (Arc::clone(scenarios), Arc::clone(&done));
        async move {
            let chosen = match subject.dialect {
                Some(name) => suite::of_dialect(name)?,
                None => scenarios.as_ref().clone(),
            };
            let dialect = spoken(subject.dialect);
            let found = suite::fire(subject.behaviour, dialect, chosen, JOBS).await?;
            done(&subject.name);
            Ok(found)
        }
    };
    side_by_side(subjects, at_once, each).await
}
