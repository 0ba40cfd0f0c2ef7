//! `cargo run --release -p provisor-faults -- table`: measures what the scenarios detect.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::{Parser, Subcommand};
use provisor_conformance::report::Verdict;
use provisor_faults::exchange::Asked;
use provisor_faults::fault::{Answering, Fault};
use provisor_faults::faults;
use provisor_faults::host::{Behaviour, Clean, Host};
use provisor_faults::inner::Inner;
use provisor_faults::matrix;
use provisor_faults::measure::{Baseline, Subject, run, spoken};
use provisor_faults::quick::{self, Choice};
use provisor_faults::{decoys, detect, document, idle, suite};

/// Where the matrix is.
const PLACE: &str = "conformance/faults/detection.tsv";

#[derive(Debug, Parser)]
#[command(about = "Measures what the conformance scenarios detect")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Fire every scenario at some faults or decoys and say what came of it
    Try {
        /// The beginnings of their ids; the unfaulted server where none is given
        ids: Vec<String>,
        /// Say what each failure was
        #[arg(long)]
        words: bool,
        /// Only the scenarios of a quick run, on the unfaulted server
        #[arg(long)]
        quick: bool,
    },
    /// Measure everything, and write docs/detection.md and the matrix
    Table {
        /// Servers at the same time
        #[arg(long, default_value_t = 4)]
        at_once: usize,
        /// The folder of the repository
        #[arg(long, default_value = ".")]
        folder: PathBuf,
        /// Take what catches the faults from the matrix, and measure the rest
        #[arg(long)]
        kept: bool,
    },
    /// Fire some scenarios at every fault, and put what comes of it into the matrix
    Update {
        /// Their ids
        ids: Vec<String>,
        /// Servers at the same time
        #[arg(long, default_value_t = 4)]
        at_once: usize,
        /// The folder of the repository
        #[arg(long, default_value = ".")]
        folder: PathBuf,
    },
    /// Name an operator that each of some scenarios fails on
    Operators {
        /// Their ids
        ids: Vec<String>,
        /// Servers at the same time
        #[arg(long, default_value_t = 4)]
        at_once: usize,
    },
    /// Propose the scenarios of a quick run, from the matrix
    Quick {
        /// The folder of the repository
        #[arg(long, default_value = ".")]
        folder: PathBuf,
    },
    /// Serve the reference server with a fault or decoy in front of it
    Serve {
        /// The id of a fault, or the name of a decoy; none for the server as it is
        #[arg(long)]
        fault: Option<String>,
        /// The port; a free one where it is 0
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Write a line to the error output for each request
        #[arg(long)]
        log: bool,
    },
    /// Name every fault and decoy, a line each; of a fault on the server of a decoy that too
    List,
}

/// Says what is asked.
struct Logged(Arc<dyn Behaviour>);

impl Behaviour for Logged {
    fn answer<'a>(&'a self, inner: &'a Inner, asked: Asked) -> Answering<'a> {
        eprintln!("{} {}", asked.method, asked.path);
        self.0.answer(inner, asked)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match arguments.what {
            What::Try { quick: true, .. } => attempt_quick().await,
            What::Try { ids, words, .. } => attempt(&ids, words).await,
            What::Table { at_once, folder, kept } => table(at_once, &folder, kept).await,
            What::Update { ids, at_once, folder } => update(ids, at_once, &folder).await,
            What::Operators { ids, at_once } => search(ids, at_once).await,
            What::Quick { folder } => propose(&folder).await,
            What::Serve { fault, port, log } => serve(fault.as_deref(), port, log).await,
            What::List => {
                faults::all().for_each(|fault| match fault.on() {
                    Some(decoy) => println!("fault {} on {decoy}", fault.id),
                    None => println!("fault {}", fault.id),
                });
                decoys::all().for_each(|decoy| println!("decoy {}", decoy.id));
                Ok(())
            }
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn update(ids: Vec<String>, at_once: usize, folder: &Path) -> Result<(), String> {
    let path = folder.join(PLACE);
    let told = |error: std::io::Error| format!("{PLACE}: {error}");
    let matrix = std::fs::read_to_string(&path).map_err(told)?;
    let ids = ids.into_iter().collect();
    let matrix = detect::update(&matrix, &ids, at_once, |_| {}).await?;
    std::fs::write(&path, matrix).map_err(told)
}

async fn search(ids: Vec<String>, at_once: usize) -> Result<(), String> {
    for (id, by) in idle::of_scenarios(&ids.into_iter().collect(), at_once).await? {
        println!("{id}: {}", by.as_deref().unwrap_or("nothing"));
    }
    Ok(())
}

async fn table(at_once: usize, folder: &Path, kept: bool) -> Result<(), String> {
    let place = folder.join(PLACE);
    let kept = kept.then_some(move || {
        std::fs::read_to_string(place).map_err(|error| format!("{PLACE}: {error}"))
    });
    let done = AtomicUsize::new(0);
    let done = Arc::new(done);
    let write = |path: &str, text: &str| {
        std::fs::write(folder.join(path), text).map_err(|error| format!("{path}: {error}"))
    };
    let keep = |matrix: &str| write(PLACE, matrix);
    let detection = detect::measure(at_once, kept, keep, move |name| {
        let number = done.fetch_add(1, Ordering::Relaxed) + 1;
        eprintln!("{number:>4} {name}");
    })
    .await?;
    let choice = quick::of(&detection);
    write("docs/detection.md", &document::document(&detection, &choice))?;
    say(&choice);
    Ok(())
}

async fn propose(folder: &Path) -> Result<(), String> {
    let matrix = std::fs::read_to_string(folder.join(PLACE));
    let matrix = matrix.map_err(|error| format!("{PLACE}: {error}"))?;
    let requests = quick::requests(4).await?;
    say(&quick::choose(&requests, &quick::fails(matrix::read(&matrix)), &quick::first()?));
    Ok(())
}

fn say(choice: &Choice) {
    println!("{} of {} faults with {} requests:", choice.caught, choice.of, choice.requests);
    choice.scenarios.iter().for_each(|id| println!("{id}"));
}

async fn attempt_quick() -> Result<(), String> {
    let mut scenarios = suite::by_the_letter()?;
    scenarios.retain(|scenario| scenario.tags.iter().any(|tag| tag == "quick"));
    let found = suite::fire(Arc::new(Clean), None, scenarios, 8).await?;
    println!("{} requests, {} ms", found.sent, found.millis);
    Ok(())
}

async fn attempt(ids: &[String], words: bool) -> Result<(), String> {
    let baseline = Baseline::of(None).await?;
    if ids.is_empty() {
        for (id, verdict) in &baseline.found.verdicts {
            if *verdict != Verdict::Pass {
                println!("{} {id}", verdict.as_str());
                println!("{}", baseline.found.words.get(id).map_or("", String::as_str));
            }
        }
        let abort = baseline.found.aborted.clone().unwrap_or_default();
        println!("{} requests, {} ms {abort}", baseline.found.sent, baseline.found.millis);
        return Ok(());
    }
    if ids == ["decoys"] || ids.iter().any(|id| decoys::find(id).is_some()) {
        return attempt_decoys(ids, &baseline).await;
    }
    let beside = Baseline::on_each(&baseline.scenarios).await?;
    let begins = |fault: &&Fault| ids.iter().any(|id| fault.id.starts_with(id));
    let chosen: Vec<&Fault> = faults::all().filter(begins).collect();
    let found = detect::of_faults(&chosen, &baseline, &beside, 3, |_| {}).await?;
    for (fault, (found, caught)) in chosen.iter().zip(&found) {
        let failed = caught.by.values().filter(|verdict| **verdict == Verdict::Fail).count();
        let expected = caught.by.contains_key(fault.caught_by);
        let told = caught.naming.is_empty() || !expected;
        let errors: Vec<&String> = caught.errors.iter().collect();
        println!(
            "{} {}: caught by {} ({failed} fail), localised {}, expected {expected}, errors {}{} {}",
            if failed == 0 {
                "!!!"
            } else if told {
                "---"
            } else {
                "ok "
            },
            fault.id,
            caught.by.len(),
            caught.naming.len(),
            errors.len(),
            if errors.is_empty() { String::new() } else { format!(" {errors:?}") },
            found.aborted.clone().unwrap_or_default(),
        );
        for id in caught.by.keys().filter(|_| told) {
            let names = if caught.naming.contains(id) { "*" } else { "" };
            let covers = baseline.scenario(id).map(|one| one.covers.join(" "));
            println!("      {id} {names} {}", covers.unwrap_or_default());
        }
        for id in caught.by.keys().filter(|_| words) {
            println!("    {id}{}", found.words.get(id).map_or("", String::as_str));
        }
    }
    Ok(())
}

async fn attempt_decoys(ids: &[String], baseline: &Baseline) -> Result<(), String> {
    let chosen: Vec<_> = decoys::all()
        .filter(|decoy| ids == ["decoys"] || ids.iter().any(|id| id == decoy.id))
        .collect();
    let subjects = chosen.iter().map(|decoy| Subject::of_decoy(decoy));
    let scenarios = Arc::new(baseline.scenarios.clone());
    let found = run(subjects, &scenarios, 3, |_| {}).await?;
    for (decoy, found) in chosen.iter().zip(&found) {
        let failed = found
            .verdicts
            .iter()
            .filter(|(_, v)| !matches!(v, Verdict::Pass | Verdict::Skip | Verdict::Warn));
        let failed: Vec<_> = failed.collect();
        println!(
            "{} {} {}",
            if failed.is_empty() { "ok " } else { "!!!" },
            decoy.id,
            found.aborted.clone().unwrap_or_default()
        );
        for (id, verdict) in failed {
            println!(
                "    {} {id}{}",
                verdict.as_str(),
                found.words.get(id).map_or("", String::as_str)
            );
        }
    }
    Ok(())
}

async fn serve(id: Option<&str>, port: u16, log: bool) -> Result<(), String> {
    let unknown = |id: &str| format!("there is no fault or decoy `{id}`; `list` names them");
    let (behaviour, dialect): (Arc<dyn Behaviour>, _) = match id {
        None => (Arc::new(Clean), None),
        Some(id) => match (faults::find(id), decoys::find(id)) {
            (Some(fault), _) => (Arc::new(fault.act), spoken(fault.dialect)),
            (None, Some(decoy)) => (Arc::new(decoy.act), None),
            (None, None) => return Err(unknown(id)),
        },
    };
    let behaviour: Arc<dyn Behaviour> = if log { Arc::new(Logged(behaviour)) } else { behaviour };
    let host = Host::start(behaviour, dialect, port).await?;
    println!("{}", host.url());
    println!("{}", host.tokens.main);
    // Until it is stopped from outside.
    std::future::pending::<()>().await;
    Ok(())
}
