//! `provisor conform server`: fires scenarios at a service provider.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor_conformance::corpus::{Broken, Corpus};
use provisor_conformance::http::Options;
use provisor_conformance::run::{Endpoint, Event, run as fire};
use provisor_conformance::scenario::Scenario;

use super::progress::Progress;
use super::reports::Reports;
use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The base URI, such as http://127.0.0.1:8080/scim/v2
    url: String,
    /// The bearer token; better in the environment, where nobody sees it
    #[arg(long, env = "PROVISOR_CONFORM_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A token of another tenant, for scenarios about isolation
    #[arg(long, env = "PROVISOR_CONFORM_SECOND_TOKEN", hide_env_values = true)]
    second_token: Option<String>,
    /// A token that may only read, for scenarios about scopes
    #[arg(long, env = "PROVISOR_CONFORM_READ_ONLY_TOKEN", hide_env_values = true)]
    read_only_token: Option<String>,
    /// Judge by the wishes of this provider too, such as entra; may be repeated
    #[arg(long = "dialect", value_name = "NAME")]
    dialects: Vec<String>,
    /// Scenarios whose ids contain this; may be repeated
    #[arg(long = "only", value_name = "TEXT")]
    only: Vec<String>,
    /// Scenarios with this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// More scenarios, in a folder of your own
    #[arg(long, value_name = "FOLDER")]
    scenarios: Option<PathBuf>,
    /// Scenarios at the same time
    #[arg(long, default_value_t = 8)]
    jobs: usize,
    /// Name the scenarios and send nothing
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    reports: Reports,
}

/// Fires scenarios and prints what was found.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let scenarios = chosen(arguments)?;
    if arguments.list {
        let lines = scenarios.iter().map(|one| format!("{}  {}\n", one.id, one.title));
        output.print(&lines.collect::<String>())?;
        return Ok(Exit::Clean);
    }
    let ready = arguments.reports.ready()?;
    let endpoint = Endpoint {
        url: arguments.url.clone(),
        token: arguments.token.clone(),
        second_token: arguments.second_token.clone(),
        read_only_token: arguments.read_only_token.clone(),
    };
    let options = Options { jobs: arguments.jobs, ..Options::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start").why(error.to_string()))?;
    let progress = Arc::new(Progress::new(output, scenarios.len()));
    let seen = Arc::clone(&progress);
    let on_event = move |event: &Event| {
        if let Event::Done { id, outcome } = event {
            seen.done(id, outcome.verdict);
        }
    };
    let report = runtime.block_on(fire(endpoint, scenarios, options, mark(), on_event));
    progress.finish();
    let report = report.map_err(|error| {
        Failure::new("the endpoint cannot be tested")
            .why(error.message)
            .help("give the base URI, and a token with --token or PROVISOR_CONFORM_TOKEN")
    })?;
    let all = all(arguments)?;
    let known = |id: &str| all.iter().any(|one| one.id == id);
    let covered = |id: &str| all.iter().any(|one| one.covers.iter().any(|cover| cover == id));
    ready.finish(report, known, covered, output)
}

/// Every scenario, chosen or not.
fn all(arguments: &Arguments) -> Result<Vec<Scenario>, Stop> {
    let mut scenarios = Corpus::built_in().map_err(|broken| unreadable(&broken))?.scenarios;
    if let Some(folder) = &arguments.scenarios {
        scenarios
            .extend(Corpus::of_folder(folder).map_err(|broken| unreadable(&broken))?.scenarios);
    }
    Ok(scenarios)
}

fn chosen(arguments: &Arguments) -> Result<Vec<Scenario>, Stop> {
    let mut scenarios = all(arguments)?;
    for name in &arguments.dialects {
        let known = || scenarios.iter().flat_map(|one| &one.dialects).map(String::as_str);
        if !known().any(|one| one == name) {
            let failure = Failure::new(format!("no scenario knows the dialect `{name}`"));
            return Err(match nearest(name, known()) {
                Some(near) => failure.help(did_you_mean(near)).into(),
                None => failure.into(),
            });
        }
    }
    let wanted = |one: &Scenario| {
        // By the letter of the RFCs alone, unless a provider's wishes are asked for.
        let spoken = one.dialects.is_empty()
            || one.dialects.iter().any(|name| arguments.dialects.contains(name));
        let named = arguments.only.is_empty() || arguments.only.iter().any(|t| one.id.contains(t));
        let tagged =
            arguments.tags.is_empty() || arguments.tags.iter().any(|t| one.tags.contains(t));
        spoken && named && tagged
    };
    scenarios.retain(wanted);
    if scenarios.is_empty() {
        let help = "those of a provider need `--dialect` too; `--list` names what is chosen";
        return Err(Failure::new("no scenario is chosen").help(help).into());
    }
    Ok(scenarios)
}

/// Tells this run's resources from those of everybody else.
fn mark() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("pvc{:x}", since.as_millis())
}

pub(super) fn unreadable(broken: &[Broken]) -> Failure {
    let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
    Failure::new("scenarios cannot be read").why(lines.join("\n"))
}
