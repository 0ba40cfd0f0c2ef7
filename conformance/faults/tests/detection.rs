//! The scenarios catch what servers get wrong, and nothing else.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails so")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_conformance::corpus::Corpus;
use provisor_conformance::report::Verdict;
use provisor_conformance::requirement::Requirement;
use provisor_conformance::scenario::Scenario;
use provisor_faults::detect::false_alarms;
use provisor_faults::fault::Fault;
use provisor_faults::faults::SECTIONS;
use provisor_faults::host::{Behaviour, Clean};
use provisor_faults::matrix::MATRIX;
use provisor_faults::operators::Endpoint;
use provisor_faults::side_by_side::side_by_side;
use provisor_faults::suite::Found;
use provisor_faults::{decoys, faults, matrix, measure, operators, quick, suite, touch};

/// What was measured last, for people.
const DOCUMENT: &str = include_str!("../../../docs/detection.md");

/// Servers at the same time.
const AT_ONCE: usize = 4;
/// Of the scenarios that catch faults a decoy is met by one in so many.
const SHARES: usize = 5;

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let mut runtime = runtime;
    runtime.worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn all_scenarios() -> BTreeMap<String, Scenario> {
    let mut all = suite::by_the_letter().unwrap();
    let dialects: BTreeSet<_> = faults::all().filter_map(|fault| fault.dialect).collect();
    for name in dialects {
        all.extend(suite::of_dialect(name).unwrap());
    }
    all.into_iter().map(|scenario| (scenario.id.clone(), scenario)).collect()
}

/// What stands before a server, the dialect that it is judged by, and what is fired at it.
type Subject<'a> = (Arc<dyn Behaviour>, Option<&'a str>, Vec<Scenario>);

/// Fires chosen scenarios at each of several servers, a few at a time.
fn fire_all(subjects: Vec<Subject<'_>>) -> Vec<Found> {
    let fire = |(behaviour, dialect, scenarios): Subject<'_>| {
        suite::fire(behaviour, measure::spoken(dialect), scenarios, 4)
    };
    block_on(side_by_side(subjects, AT_ONCE, fire)).unwrap()
}

#[test]
fn every_fault_is_caught_by_the_scenario_that_its_row_names() {
    let scenarios = all_scenarios();
    let own = |fault: &Fault| vec![scenarios[fault.caught_by].clone()];
    let faulty = faults::all()
        .map(|fault| (Arc::new(fault.act) as Arc<dyn Behaviour>, fault.dialect, own(fault)));
    let found = fire_all(faulty.collect());
    let missed = faults::all().zip(&found).filter_map(|(fault, found)| {
        let verdict = found.verdicts.get(fault.caught_by).copied();
        let seen = matches!(verdict, Some(Verdict::Fail | Verdict::Warn));
        (!seen).then(|| format!("{} by {}: {verdict:?}", fault.id, fault.caught_by))
    });
    assert_eq!(missed.collect::<Vec<_>>(), Vec::<String>::new());
    // Where its steps say what they break, that is something that the fault breaks.
    let misnamed = faults::all().zip(&found).filter_map(|(fault, found)| {
        let blames = found.blames.get(fault.caught_by)?;
        let right = fault.breaks.iter().any(|one| blames.contains(*one));
        (!right).then(|| format!("{} by {}: {blames:?}", fault.id, fault.caught_by))
    });
    assert_eq!(misnamed.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn the_server_without_a_fault_passes_everything_that_catches_one() {
    let scenarios = all_scenarios();
    let mut chosen: BTreeMap<(Option<&str>, Option<&str>), BTreeSet<&str>> = BTreeMap::new();
    for fault in faults::all() {
        chosen.entry((fault.dialect, fault.on())).or_default().insert(fault.caught_by);
    }
    let clean = chosen.into_iter().map(|((dialect, on), ids)| {
        let some = ids.into_iter().map(|id| scenarios[id].clone()).collect();
        let server: Arc<dyn Behaviour> = match on {
            Some(decoy) => Arc::new(decoys::find(decoy).unwrap().act),
            None => Arc::new(Clean),
        };
        (server, dialect, some)
    });
    for found in fire_all(clean.collect()) {
        assert_eq!(found.words, BTreeMap::new());
    }
}

/// Each decoy is met by a share of the scenarios that catch faults, the next one by the next share;
/// `table` fires all at all.
#[test]
fn no_decoy_makes_a_scenario_fail_that_catches_a_fault() {
    let scenarios = all_scenarios();
    let ids: BTreeSet<&str> =
        faults::all().filter(|one| one.dialect.is_none()).map(|one| one.caught_by).collect();
    let share = |place: usize| -> Vec<Scenario> {
        ids.iter().skip(place % SHARES).step_by(SHARES).map(|id| scenarios[*id].clone()).collect()
    };
    let odd = decoys::all()
        .enumerate()
        .map(|(place, one)| (Arc::new(one.act) as Arc<dyn Behaviour>, None, share(place)));
    let alarms = decoys::all().zip(fire_all(odd.collect())).filter_map(|(decoy, found)| {
        let alarms = false_alarms(&found);
        (!alarms.is_empty()).then(|| format!("{}: {alarms:?} {:?}", decoy.id, found.words))
    });
    assert_eq!(alarms.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn what_a_scenario_asks_is_its_own() {
    let id = "rfc7644/3.3-create/not-an-object";
    let scenario = all_scenarios()[id].clone();
    let touched = block_on(touch::of_each(&[scenario], None, AT_ONCE)).unwrap();
    let asked: Vec<(Endpoint, &str)> =
        touched[id].iter().map(|(endpoint, method)| (*endpoint, method.as_str())).collect();
    // It makes nothing. What a run plays before it does, and deletes it and looks for it.
    assert_eq!(asked, [(Endpoint::Users, "POST")]);
}

#[test]
fn the_table_has_every_class_of_the_survey() {
    let known: BTreeSet<&str> = include_str!("../classes.txt").lines().collect();
    let surveyed = || SECTIONS.iter().filter(|section| section.of_the_survey);
    let left = surveyed().flat_map(|section| section.left).map(|left| left.id);
    let faults = surveyed().flat_map(|section| section.faults).map(Fault::class);
    let rows: BTreeSet<&str> = faults.chain(left).collect();
    assert_eq!(rows, known);
}

#[test]
fn rows_are_unique_and_name_what_exists() {
    let scenarios = all_scenarios();
    let mut seen = BTreeSet::new();
    for fault in faults::all() {
        assert!(seen.insert(fault.id), "{} is there twice", fault.id);
        let scenario = &scenarios.get(fault.caught_by);
        let scenario = scenario.unwrap_or_else(|| panic!("{}: {}", fault.id, fault.caught_by));
        for id in fault.breaks {
            assert!(Requirement::find(id).is_some(), "{}: no requirement {id}", fault.id);
        }
        let named = scenario.covers.iter().any(|one| fault.breaks.contains(&one.as_str()));
        assert!(named, "{}: {} names no requirement that it breaks", fault.id, fault.caught_by);
    }
    assert!(decoys::all().count() >= 25);
    let names: BTreeSet<String> = operators::all().iter().map(operators::Operator::name).collect();
    assert_eq!(names.len(), operators::all().len());
}

#[test]
fn a_quick_run_is_short_and_catches_most_faults() {
    let quick: Vec<Scenario> = suite::by_the_letter()
        .unwrap()
        .into_iter()
        .filter(|scenario| scenario.tags.iter().any(|tag| tag == "quick"))
        .collect();
    // What a run plays before them finds faults as well.
    let before = Corpus::before(&quick);
    let ids: BTreeSet<String> = quick.iter().chain(&before).map(|one| one.id.clone()).collect();
    let fails = quick::fails(matrix::read(MATRIX));
    let caught = fails.values().filter(|by| by.iter().any(|id| ids.contains(*id))).count();
    assert!(caught * 10 >= fails.len() * 9, "{caught} of {}", fails.len());

    let found = fire_all(vec![(Arc::new(Clean) as Arc<dyn Behaviour>, None, quick)]).remove(0);
    assert_eq!(found.words, BTreeMap::new());
    let most = u64::from(quick::REQUESTS);
    assert!(found.sent <= most, "{} requests, those of setting up and cleaning up too", found.sent);
}

/// The table of `docs/detection.md` under this title: first cell to second cell.
fn table_of_the_document(title: &str) -> BTreeMap<&'static str, &'static str> {
    let section = DOCUMENT.split_once(&format!("\n## {title}\n")).unwrap().1;
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let cells = |row: &'static str| row.strip_prefix("| `")?.split_once("` | ");
    section.lines().filter_map(cells).map(|(id, by)| (id, by.trim_end_matches(" |"))).collect()
}

/// Each scenario is caught by a fault in the matrix, or by the operator that the document names,
/// which is tried here. There is no third way.
#[test]
fn every_scenario_fails_on_a_fault_or_an_operator() {
    let scenarios = suite::by_the_letter().unwrap();
    let by_fault: BTreeSet<&str> = matrix::read(MATRIX).map(|row| row.scenario).collect();
    let by_operator = table_of_the_document("Scenarios that no fault fails");
    let all: BTreeMap<String, operators::Operator> =
        operators::all().into_iter().map(|one| (one.name(), one)).collect();

    let idle: Vec<&Scenario> =
        scenarios.iter().filter(|one| !by_fault.contains(one.id.as_str())).collect();
    let known =
        |one: &&Scenario| by_operator.get(one.id.as_str()).is_some_and(|by| all.contains_key(*by));
    let unknown: Vec<&str> =
        idle.iter().filter(|one| !known(one)).map(|one| one.id.as_str()).collect();
    assert_eq!(unknown, Vec::<&str>::new(), "no fault and no operator is known to fail these");
    assert!(!DOCUMENT.contains("**nothing**"), "nor those of a dialect");

    let spoilt = idle.iter().map(|one| {
        let operator = all[by_operator[one.id.as_str()]].clone();
        (Arc::new(operator) as Arc<dyn Behaviour>, None, vec![(*one).clone()])
    });
    let silent = idle.iter().zip(fire_all(spoilt.collect())).filter_map(|(one, found)| {
        let verdict = found.verdicts.get(&one.id).copied();
        let seen = matches!(verdict, Some(Verdict::Fail | Verdict::Warn));
        (!seen).then(|| format!("{} by {}: {verdict:?}", one.id, by_operator[one.id.as_str()]))
    });
    assert_eq!(silent.collect::<Vec<_>>(), Vec::<String>::new());
}
