//! `provisor conform server`: fires scenarios at a service provider.

use std::sync::Arc;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum, value_parser};
use provisor_conformance::http::{ClientError, FaultKind};
use provisor_conformance::plan::plan;
use provisor_conformance::report::summary::many;
use provisor_conformance::run::{Event, Options, run as fire};
use provisor_conformance::scenario::{Level, Scenario};
use serde_json::json;

use super::connection::Connection;
use super::manners::{self, Manners};
use super::progress::Progress;
use super::reports::Reports;
use super::selection::Selected;
use super::signal::Signals;
use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

#[derive(Debug, Args)]
#[command(override_usage = "provisor conform server [OPTIONS] <URL>")]
pub struct Arguments {
    /// The base URI, such as http://127.0.0.1:8080/scim/v2
    #[arg(required_unless_present_any = ["list", "dry_run"])]
    url: Option<String>,
    /// Name the scenarios and send nothing
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, value_name = "FORM")]
    #[arg(default_missing_value = "text")]
    list: Option<Form>,
    /// Print method and path of the requests that would be sent, and send nothing
    #[arg(long, conflicts_with = "list")]
    dry_run: bool,
    /// Scenarios at the same time; a number that suits the endpoint where none is given
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    jobs: Option<usize>,
    /// No new scenario after the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Play each scenario so often; verdicts that differ are told as flaky
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    repeat: u32,
    /// What random choices follow, such as the order; the report tells it
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Keep every exchange in the report, not only those of findings, such as for --report har=FILE
    #[arg(long, help_heading = "Reports")]
    har_all: bool,
    #[command(flatten)]
    selected: Selected,
    #[command(flatten)]
    manners: Manners,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    reports: Reports,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line a scenario
    Text,
    /// A JSON array
    Json,
}

/// Fires scenarios and prints what was found.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let mut scenarios = arguments.selected.scenarios()?;
    if let Some(replaced) = arguments.selected.replaced()? {
        output.remark(&format!("note: of --scenarios, {replaced}"));
    }
    let url = arguments.url.clone().unwrap_or_default();
    if let Some(form) = arguments.list {
        // Without a URL, the word behind `--list` stands where that would.
        let form = Form::from_str(&url, true).unwrap_or(form);
        output.print(&listed(&scenarios, form)?)?;
        return Ok(Exit::Clean);
    }
    if arguments.dry_run {
        let plan = plan(&scenarios);
        let (requests, writes) = (plan.requests, plan.writes);
        let (count, requests) = (many(scenarios.len(), "scenario"), many(requests, "request"));
        output.print(&format!(
            "{}\n{count}, about {requests}, {writes} of them writes\n",
            plan.text
        ))?;
        return Ok(Exit::Clean);
    }
    let ready = arguments.reports.ready()?;
    let endpoint = arguments.connection.endpoint(&url)?;
    let http = arguments.connection.http(output)?;
    let (kept, journal, past) = arguments.manners.journal(output)?;
    let mut seed = arguments.seed.unwrap_or_else(seed);
    if let Some(past) = &past {
        if past.url != url {
            let why = format!("it tells of a run at {}", past.url);
            return Err(Failure::new("the journal is of another endpoint").why(why).into());
        }
        scenarios = arguments.selected.all()?;
        scenarios.retain(|one| past.scenarios.contains(&one.id));
        seed = past.seed;
    }
    let options = Options {
        http,
        jobs: arguments.jobs,
        seed,
        repeat: arguments.repeat,
        fail_fast: arguments.fail_fast,
        read_only: arguments.selected.read_only,
        allow_existing_data: arguments.manners.allow_existing_data,
        allow_left_behind: arguments.manners.allow_left_behind,
        keep: arguments.manners.keep,
        journal,
        past,
        keep_exchanges: arguments.har_all,
        ..Options::default()
    };
    let stopper = options.stopper.clone();
    let progress = Arc::new(Progress::new(output, scenarios.len()));
    let seen = Arc::clone(&progress);
    let on_event = move |event: &Event| {
        if let Event::Done { id, outcome } = event {
            seen.done(id, outcome.verdict);
        }
    };
    let runtime = runtime()?;
    let report = runtime.block_on(async {
        let complain = |text: &str| output.complain(text);
        let signals = Signals::listen();
        tokio::select! {
            report = fire(endpoint, scenarios, options, on_event) => Some(report),
            () = manners::watch(signals, stopper.clone(), complain) => None,
        }
    });
    // Nothing more is sent, and nobody waits for what is on its way.
    runtime.shutdown_background();
    progress.finish();
    let report = match report {
        Some(report) => report.map_err(|error| {
            kept.forget();
            cannot(&error, &url)
        })?,
        // What the journal has is more than nothing.
        None => match kept.report("ended at once by a second Ctrl-C") {
            Some(report) => report,
            None => return Ok(Exit::Interrupted),
        },
    };
    let all = arguments.selected.all()?;
    let known = |id: &str| all.iter().any(|one| one.id == id);
    let covered = |id: &str| all.iter().any(|one| one.covers.iter().any(|cover| cover == id));
    let exit = ready.finish(report, known, covered, output);
    // Whoever cannot write a report still has to know what is left.
    kept.finish(output, &url, arguments.manners.allow_existing_data);
    let exit = exit?;
    Ok(if stopper.is_stopped() { Exit::Interrupted } else { exit })
}

/// Why nothing was tested, and what to do.
fn cannot(error: &ClientError, url: &str) -> Failure {
    let mut failure = Failure::new("the endpoint cannot be tested").why(error.message.clone());
    if let (FaultKind::Usage, Some((base, end))) = (error.kind, of_resources(url)) {
        failure = failure.help(format!("leave `{end}` out: {base}"));
    }
    match help(error) {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// A URL that ends in the endpoint of a type of resources: the base URI, and that end.
fn of_resources(url: &str) -> Option<(&str, &str)> {
    let url = url.trim_end_matches('/');
    let (base, end) = url.split_at_checked(url.rfind('/')?)?;
    let known = ["/Users", "/Groups"].iter().any(|one| one.eq_ignore_ascii_case(end));
    known.then_some((base, end))
}

/// What to do about an endpoint that cannot be reached, or will not be written to.
pub(super) fn help(error: &ClientError) -> Option<String> {
    let help = match error.kind {
        _ if error.help.is_some() => return error.help.clone(),
        FaultKind::ExistingData => {
            "give a tenant for tests, or --allow-existing-data; --read-only writes nothing"
        }
        FaultKind::Tls => "name the file of its authority with --ca; --insecure trusts anybody",
        FaultKind::Usage => return None,
        FaultKind::Throttled => "send less with --rate",
        FaultKind::Network | FaultKind::Closed | FaultKind::Timeout | FaultKind::BrokenHttp => {
            "is it running, and is the base URI right?"
        }
    };
    Some(help.to_owned())
}

fn listed(scenarios: &[Scenario], form: Form) -> Result<String, Stop> {
    if form == Form::Text {
        return Ok(scenarios.iter().map(|one| format!("{}  {}\n", one.id, one.title)).collect());
    }
    let level = |level: Level| match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
    };
    let all = scenarios.iter().map(|one| {
        let needs: Vec<&str> = one.needs.iter().map(|need| need.name()).collect();
        json!({
            "id": one.id,
            "title": one.title,
            "level": level(one.level),
            "covers": one.covers,
            "needs": needs,
            "dialects": one.dialects,
            "tags": one.tags,
        })
    });
    let all = serde_json::to_string_pretty(&all.collect::<Vec<_>>());
    let mut text = all.map_err(|error| Failure::new("cannot list").why(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// One that nobody chose, short enough to be typed.
fn seed() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| u64::from(since.subsec_micros()))
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::new("cannot start").why(error.to_string()).into())
}
