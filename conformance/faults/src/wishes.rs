//! Scenarios of providers' wishes, at the server that grants them all: each must fail on a fault,
//! or at least on an operator.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::report::Verdict;

use crate::faults;
use crate::idle;
use crate::measure::{Baseline, Subject, run, spoken};
use crate::suite::EVERYBODY;
use crate::touch;

/// What came of them.
pub struct Wishes {
    /// What each scenario fails on: faults by their ids, or one operator by its name.
    pub by: BTreeMap<String, Vec<String>>,
    /// Scenarios that the unfaulted server does not pass, with their verdicts.
    pub ungranted: BTreeMap<String, &'static str>,
}

/// Fires all of them at every fault, and what none of these fails at operators.
pub async fn measure(
    at_once: usize,
    done: impl Fn(&str) + Send + Sync + Clone + 'static,
) -> Result<Wishes, String> {
    let baseline = Baseline::of(Some(EVERYBODY)).await?;
    let verdicts = &baseline.found.verdicts;
    let others = verdicts.iter().filter(|(_, verdict)| **verdict != Verdict::Pass);
    let ungranted: BTreeMap<_, _> =
        others.map(|(id, verdict)| (id.clone(), verdict.as_str())).collect();
    let granted = || verdicts.keys().filter(|id| !ungranted.contains_key(*id));
    let mut by: BTreeMap<String, Vec<String>> =
        granted().map(|id| (id.clone(), Vec::new())).collect();

    let subjects =
        faults::all().map(|fault| Subject { dialect: Some(EVERYBODY), ..Subject::of(fault) });
    let found = run(subjects, &Arc::default(), at_once, done.clone()).await?;
    for (fault, found) in faults::all().zip(&found) {
        for id in baseline.found.caught(found).into_keys() {
            by.entry(id).or_default().push(fault.id.to_owned());
        }
    }

    let idle: BTreeSet<&String> =
        by.iter().filter(|(_, by)| by.is_empty()).map(|(id, _)| id).collect();
    let left: Vec<_> =
        baseline.scenarios.iter().filter(|one| idle.contains(&one.id)).cloned().collect();
    let dialect = spoken(Some(EVERYBODY));
    let touched = touch::of_each(&left, dialect, at_once).await?;
    let searched = idle::search(left, dialect, &baseline.found, &touched, at_once, done).await?;
    for (id, operator) in searched {
        by.entry(id).or_default().extend(operator);
    }
    Ok(Wishes { by, ungranted })
}
