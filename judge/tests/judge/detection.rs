//! What the judge finds: every faulty client is named, correct clients raise no failure, and
//! `docs/source-detection.md` says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use provisor_clients::client::Spec;
use provisor_clients::fault::{FAULTS, Fault};
use provisor_clients::provider::Provider as Played;
use provisor_judge::action::plan;
use provisor_judge::contract;
use provisor_judge::drive::Details;
use provisor_judge::judgement::Level;
use provisor_judge::misbehave::Misbehaviour;
use provisor_judge::provider::{Options, Provider};
use provisor_judge::run::{Outcome, Patience, run};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::replayed::Replayed;

/// Runs at the same time.
const LANES: usize = 8;

/// How a client is judged.
#[derive(Clone)]
struct Trial {
    name: String,
    spec: Spec,
    contract: String,
    misbehaviours: Vec<&'static Misbehaviour>,
    tls: bool,
    oauth: bool,
    /// Every action, or just those that a misbehaviour needs.
    actions: bool,
}

async fn judged(trial: &Trial) -> Outcome {
    let contract = contract::built_in(&trial.contract).unwrap();
    let folder = std::env::temp_dir().join(format!(
        "judge-{}-{}",
        std::process::id(),
        trial.name.replace(' ', "-")
    ));
    std::fs::create_dir_all(&folder).unwrap();
    let ca_file = trial.tls.then(|| folder.join("ca.pem"));
    let options = Options {
        port: 0,
        contract,
        tls: trial.tls,
        ca_file: ca_file.clone(),
        token_lifetime: trial.oauth.then(|| Duration::from_secs(600)),
    };
    let provider = Provider::start(options).await.unwrap();
    let client = provider.client();
    let details = Details {
        base_url: provider.base_url(),
        token: provider.token().map(str::to_owned),
        token_url: provider.token_url(),
        client_id: client.map(|(id, _)| id.to_owned()),
        client_secret: client.map(|(_, secret)| secret.to_owned()),
        ca_file,
        contract: trial.contract.clone(),
        user_agent: None,
    };
    let steps = plan(|_| trial.actions, &trial.misbehaviours, 0);
    let mut source = Replayed::new(trial.spec.clone(), &details, &steps);
    let patience = Patience::default();
    let outcome = run(&provider, &details, steps, &mut source, patience, None, |_| {}).await;
    provider.stop().await;
    let _ = std::fs::remove_dir_all(folder);
    outcome
}

async fn all(trials: Vec<Trial>) -> BTreeMap<String, Outcome> {
    let lanes = Arc::new(Semaphore::new(LANES));
    let mut tasks = JoinSet::new();
    for trial in trials {
        let lanes = Arc::clone(&lanes);
        tasks.spawn(async move {
            let _lane = lanes.acquire().await.unwrap();
            let outcome = judged(&trial).await;
            (trial.name, outcome)
        });
    }
    let mut outcomes = BTreeMap::new();
    while let Some(done) = tasks.join_next().await {
        let (name, outcome) = done.unwrap();
        outcomes.insert(name, outcome);
    }
    outcomes
}

/// Whether the client of a fault is let in by OAuth.
fn by_oauth(fault: &Fault) -> bool {
    matches!(fault.id, "K43b" | "K43c")
}

/// The misbehaviours that bring a class of faults to light.
fn brings_out(fault: &Fault) -> Vec<&'static Misbehaviour> {
    let of = |one: &&Misbehaviour| {
        one.faults.iter().any(|class| class == fault.class())
            && (!one.needs_oauth || by_oauth(fault))
    };
    Misbehaviour::all().iter().filter(of).collect()
}

fn told(outcome: &Outcome) -> String {
    let lines = outcome.log.findings.iter().map(|one| {
        format!(
            "{} step {} {}: expected {}, found {}",
            one.rule.id, one.step, one.place, one.expected, one.found
        )
    });
    let mut lines: Vec<String> = lines.collect();
    lines.extend(outcome.steps.iter().filter_map(|step| {
        step.complaint.as_ref().map(|words| format!("  {} {}: {words}", step.number, step.name))
    }));
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn correct_clients_raise_no_failure() {
    let mut trials: Vec<Trial> = Played::ALL
        .iter()
        .map(|played| Trial {
            name: played.name().to_owned(),
            spec: Spec::of(*played),
            contract: played.name().to_owned(),
            misbehaviours: Vec::new(),
            tls: false,
            oauth: false,
            actions: true,
        })
        .collect();
    // What a provider's client does after bad answers is its maker's choice; the model does
    // everything right.
    trials.extend(Misbehaviour::all().iter().map(|one| Trial {
        name: format!("rfc7644 while {}", one.id),
        spec: Spec::of(Played::Rfc7644),
        contract: "rfc7644".to_owned(),
        misbehaviours: vec![one],
        tls: one.needs_tls,
        oauth: one.needs_oauth || one.id == "token-expired",
        actions: false,
    }));
    let outcomes = all(trials).await;
    let mut wrong = String::new();
    for (name, outcome) in &outcomes {
        assert!(outcome.steps.len() >= 4, "{name}");
        if let Some(what) = name.strip_prefix("rfc7644 while ") {
            let judged = &Misbehaviour::find(what).unwrap().judged;
            let looked = judged.iter().filter(|id| outcome.log.looked.contains_key(id.as_str()));
            if looked.count() < judged.len() {
                let _ = writeln!(wrong, "== {name}: not all of {judged:?} were looked at");
            }
        }
        let failed = outcome.log.findings.iter().any(|one| one.rule.level == Level::Must);
        if failed {
            let _ = writeln!(wrong, "== {name}\n{}", told(outcome));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A faulty client, and the rules by which it was named.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_faulty_client_is_named() {
    let trials = FAULTS.iter().map(|fault| {
        let misbehaviours = brings_out(fault);
        let tls = misbehaviours.iter().any(|one| one.needs_tls);
        Trial {
            name: fault.id.to_owned(),
            spec: fault.spec(),
            contract: "rfc7644".to_owned(),
            misbehaviours,
            tls,
            oauth: by_oauth(fault),
            actions: true,
        }
    });
    let outcomes = all(trials.collect()).await;
    let mut table = String::from(INTRODUCTION);
    let mut missed = String::new();
    for fault in FAULTS {
        let outcome = &outcomes[fault.id];
        let mut naming: Vec<&str> = outcome
            .log
            .findings
            .iter()
            .map(|one| one.rule.id)
            // Every look-up by GET is told about, also that of the model.
            .filter(|id| *id != "filter/personal")
            .collect();
        naming.sort_unstable();
        naming.dedup();
        let own = |id: &&str| {
            provisor_judge::judgement::rules()
                .any(|rule| rule.id == *id && rule.fault == Some(fault.class()))
        };
        let (class, other): (Vec<&str>, Vec<&str>) = naming.into_iter().partition(own);
        if class.is_empty() {
            let _ = writeln!(missed, "== {} {}\n{}", fault.id, fault.what, told(outcome));
        }
        let code =
            |list: &[&str]| list.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
        let while_: Vec<&str> = brings_out(fault).iter().map(|one| one.id.as_str()).collect();
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} |",
            fault.id,
            fault.what,
            code(&while_),
            code(&class),
            code(&other)
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/source-detection.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert!(missed.is_empty(), "{missed}");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let again = "write it anew: UPDATE_DOCS=1 cargo test -p provisor-judge detection";
    assert_eq!(certain(&kept), certain(&table), "{again}");
}

/// Without the last column: which other rules notice something can hang on how quick a machine is.
fn certain(table: &str) -> Vec<String> {
    let row = |line: &str| line.split(" | ").take(4).collect::<Vec<_>>().join(" | ");
    table.lines().map(row).collect()
}

const INTRODUCTION: &str = "# What the judge finds\n\n\
`provisor conform source` is measured on clients that each do one thing wrong: the model client of \
`provisor replay` with one fault. This table is written by a test (`judge/tests/judge/detection.rs`); \
a fault that no rule of its class names fails it. The same test goes through the correct clients (the model with \
every misbehaviour, the others by the contracts of their names): none of them raises a failure.\n\n\
The third column says what the judge did badly to bring the fault to light; the fourth which rules \
of the fault's class named it, the fifth which others did too. Letters behind a number are other \
forms of the same class.\n\n\
| Fault | What the client does | While | Named by | Also |\n|---|---|---|---|---|\n";
