//! Asserts that all engines agree, times them, prints the tables and puts them into the README.
//!
//! `cargo bench` for all; `cargo bench -- groups_200` for a part, which is printed but not kept.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use peers::agree::{assert_agrees, assert_outcomes, expected};
use peers::engine::Engine;
use peers::engines;
use peers::scenario::{DEFAULT, Scenario, Shape};
use peers::table::{Measured, Start, replace_between, tables};

const PEOPLE: usize = 100;
const ASSIGNMENTS: [usize; 3] = [10, 200, 2_000];
const OUTPUT: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/criterion");
const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Calls a generic function for each engine, in the order of the tables.
macro_rules! for_each_engine {
    ($function:ident $arguments:tt) => {{
        $function::<engines::ByHand> $arguments;
        $function::<engines::Provisor> $arguments;
        $function::<engines::Cedar> $arguments;
        $function::<engines::Cel> $arguments;
        $function::<engines::Regorus> $arguments;
        #[cfg(feature = "zen")]
        $function::<engines::Zen> $arguments;
    }};
}

fn main() {
    let machine = machine();
    // What is left of an earlier run must not fill gaps in this one.
    let _ = fs::remove_dir_all(OUTPUT);
    let mut criterion = Criterion::default()
        .output_directory(Path::new(OUTPUT))
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2))
        .nresamples(10_000)
        .without_plots()
        .configure_from_args();

    let mut measured = vec![];
    let mut crowds = String::new();
    for shape in [Shape::Groups, Shape::Attributes] {
        for assignments in ASSIGNMENTS {
            let scenario = Scenario::new(shape, assignments, PEOPLE);
            let expected = expected(&scenario);
            for_each_engine!(assert_agrees(&scenario, &expected));
            assert_outcomes(&scenario, &expected);
            crowds += &crowd(&scenario, &expected);
            for_each_engine!(measure(&mut criterion, &scenario, &mut measured));
        }
    }
    criterion.final_summary();

    let mut engines = vec![];
    for_each_engine!(name(&mut engines));
    let complete = measured.len() == 2 * ASSIGNMENTS.len() * engines.len() * Start::ALL.len();
    let tables = tables(&measured, &engines);
    let text = format!("\n{machine}\n\n{tables}How far a search in order has to go:\n\n{crowds}\n");
    println!("{text}");
    if complete && cfg!(feature = "zen") {
        keep(&text);
    } else {
        println!("Not kept: a part only.");
    }
}

fn measure<E: Engine>(
    criterion: &mut Criterion,
    scenario: &Scenario,
    measured: &mut Vec<Measured>,
) {
    let mut engine = E::new(scenario);
    let (id, words) = names(scenario);
    let mut group = criterion.benchmark_group(&id);
    group.throughput(Throughput::Elements(scenario.people.len() as u64));
    for start in Start::ALL {
        group.bench_function(BenchmarkId::new(E::NAME, start.id()), |bencher| match start {
            Start::Ready => {
                let read = |person: &peers::scenario::Person| {
                    let mut input = engine.blank();
                    engine.read_text(&person.text, &mut input);
                    input
                };
                let inputs: Vec<_> = scenario.people.iter().map(read).collect();
                bencher.iter(|| {
                    for input in &inputs {
                        engine.decide(black_box(input), show);
                    }
                });
            }
            Start::Tree => {
                let mut input = engine.blank();
                bencher.iter(|| {
                    for person in &scenario.people {
                        engine.read_tree(black_box(&person.tree), &mut input);
                        engine.decide(&input, show);
                    }
                });
            }
            Start::Text => {
                let mut input = engine.blank();
                bencher.iter(|| {
                    for person in &scenario.people {
                        engine.read_text(black_box(&person.text), &mut input);
                        engine.decide(&input, show);
                    }
                });
            }
        });
        let file = format!("{OUTPUT}/{id}/{}/{}/new/estimates.json", E::NAME, start.id());
        let Ok(estimates) = fs::read(file) else { continue };
        let estimates: serde_json::Value =
            serde_json::from_slice(&estimates).expect("criterion writes JSON");
        let median = estimates["median"]["point_estimate"].as_f64().expect("a median");
        measured.push(Measured {
            scenario: words.clone(),
            engine: E::NAME,
            start,
            nanoseconds: median / scenario.people.len() as f64,
        });
    }
    group.finish();
}

fn show(name: &str) {
    black_box(name);
}

fn name<E: Engine>(list: &mut Vec<(&'static str, String)>) {
    list.push((E::NAME, version(E::CRATE)));
}

/// In benchmark ids and in tables.
fn names(scenario: &Scenario) -> (String, String) {
    let count = scenario.assignments.len();
    match scenario.shape {
        Shape::Groups => (format!("groups_{count}"), format!("{count}, group")),
        Shape::Attributes => {
            (format!("attributes_{count}"), format!("{count}, group and department and title"))
        }
    }
}

/// Who is decided: how far a search in order has to go.
fn crowd(scenario: &Scenario, expected: &[&str]) -> String {
    let defaults = expected.iter().filter(|winner| **winner == DEFAULT).count();
    let place = |winner: &&str| scenario.assignments.iter().position(|one| one.name == *winner);
    let looked_at: usize = expected
        .iter()
        .map(|winner| place(winner).map_or(scenario.assignments.len(), |p| p + 1))
        .sum();
    format!(
        "- {}: {} rules on average; {defaults} of {} people get the default.\n",
        names(scenario).1,
        looked_at / expected.len(),
        expected.len(),
    )
}

/// The version of a crate in the lock file; nothing for what has none.
fn version(name: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let after = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, rest)| rest);
    after.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "Machine: {}, {} cores, one used; load of the last minute before the run {}; {}.",
        model.map_or("unknown processor", |(_, model)| model.trim()),
        available_parallelism().map_or(1, usize::from),
        load.split(' ').next().unwrap_or("unknown"),
        rustc.split(" (").next().unwrap_or_default(),
    )
}

fn keep(text: &str) {
    let page = fs::read_to_string(README).expect("the README");
    let page = replace_between(&page, "<!-- measured -->", "<!-- end -->", text);
    fs::write(README, page.expect("the README has the marks")).expect("the README can be written");
    println!("Kept in {README}");
}
