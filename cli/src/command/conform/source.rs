//! `provisor conform source`: plays the service provider and judges the source that pushes to it.

mod folder;
mod interrupt;
mod known;
mod silence;
mod usage;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use provisor::decide::RuleSet;
use provisor_judge::action::{Kind, Step, plan_for};
use provisor_judge::contract::{self, Contract};
use provisor_judge::drive::{Details, Guided, Script, Source};
use provisor_judge::judgement::{self, Level, Log};
use provisor_judge::misbehave::Misbehaviour;
use provisor_judge::provider::{Options, Provider};
use provisor_judge::report::{report, secrets, told};
use provisor_judge::run::{Done, Event, Outcome, Patience, run as go, watch};
use tokio::sync::mpsc;

use super::reports::Reports;
use super::server::runtime;
use crate::exit::{Exit, Failure, Stop};
use crate::output::{Output, shown};
use crate::rules;
use folder::Folder;
use interrupt::{Interruptible, Interrupts};
use silence::Heard;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provisor conform source                                  walks you through the actions
  provisor conform source --watch                          judges whatever comes
  provisor conform source --on any './push.py' --misbehave all --report html=source.html
  provisor conform source --contract gong --rules acme.rules --on create-user 'my-source push'")]
pub struct Arguments {
    /// What the target product expects: a name (see --list) or a file; rfc7644 without it
    #[arg(long, value_name = "NAME|FILE")]
    contract: Option<String>,
    /// A command that makes the source do an action; `any` for those without one; may be repeated
    #[arg(long, num_args = 2, value_names = ["ACTION", "COMMAND"])]
    on: Vec<String>,
    /// Judge whatever comes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["on", "actions", "large"])]
    watch: bool,
    /// Only these actions (see --list), with commas between them
    #[arg(long, value_name = "ACTIONS", value_delimiter = ',')]
    actions: Vec<String>,
    /// What the provider does badly on purpose (see --list), with commas between; or all
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    misbehave: Vec<String>,
    /// A group of so many people too, such as 10000
    #[arg(long, default_value_t = 0, value_name = "PEOPLE")]
    large: usize,
    /// Show what the people pushed would get by these rules
    #[arg(long, value_name = "FILE")]
    rules: Option<String>,
    /// Speak TLS, with a certificate made for this run
    #[arg(long)]
    tls: bool,
    /// Where the certificate to trust is written; without it, in a temporary folder
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca_file: Option<PathBuf>,
    /// A token endpoint whose tokens are good for so many seconds, in place of a lasting token
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    oauth: Option<u64>,
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Writes base URL and credentials for scripts: JSON where it ends in .json, else TOML
    #[arg(long, value_name = "FILE")]
    details: Option<PathBuf>,
    /// A step is over when it has been quiet for so many seconds after a change; with --on also for
    /// sources that go on when the command has ended [by hand: 5]
    #[arg(long, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    quiet_for: Option<u64>,
    /// The source is told single changes: nothing starts it again after a bad answer
    #[arg(long, conflicts_with = "watch")]
    no_next_cycle: bool,
    /// How long a command may take; for each more person of a large group 60 ms more
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Name actions, contracts, misbehaviours and rules, and do nothing; with --contract show that
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    reports: Reports,
}

impl Arguments {
    fn misbehaviours(&self) -> Result<Vec<&'static Misbehaviour>, Failure> {
        let next_cycle = !self.no_next_cycle;
        known::misbehaviours(&self.misbehave, self.tls, self.oauth.is_some(), next_cycle)
    }

    /// Actions with their commands.
    fn commands(&self) -> Vec<(String, String)> {
        let pairs = self.on.chunks_exact(2);
        pairs.filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone()))).collect()
    }
}

/// The contract of those who name none.
const LETTER: &str = "rfc7644";

/// Judges and prints what was found.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    if arguments.list {
        let list = match &arguments.contract {
            None => known::list(),
            Some(name) => match known::contract(name) {
                Some(text) => text,
                // A file of one's own one can read; it is read here to tell its mistakes.
                None => format!("{}\n", contract_of(name, output)?.title),
            },
        };
        output.print(&list)?;
        return Ok(Exit::Clean);
    }
    let contract = contract_of(arguments.contract.as_deref().unwrap_or(LETTER), output)?;
    let misbehaviours = arguments.misbehaviours()?;
    let kinds = known::actions(&arguments.actions)?;
    usage::checked(arguments, &contract, &kinds, &misbehaviours)?;
    let rules = arguments.rules.as_deref().map(|name| rules::load(name, output)).transpose()?;
    let ready = arguments.reports.ready()?;
    let runtime = runtime()?;
    let interrupts = runtime.block_on(async { Interrupts::listen() });
    // Made when signals are heard already, so that it goes away in any case.
    let folder = Folder::new("provisor-judge")?;
    let interrupted = interrupts.clone();
    let plan =
        Plan { arguments, contract, misbehaviours, kinds, rules, folder, interrupts, output };
    let (outcome, details, contract) = runtime.block_on(plan.carry_out())?;
    let misbehaviours = arguments.misbehaviours()?;
    let report = report(&outcome, &details, &contract, &misbehaviours);
    let report = report.redacted(&secrets(&details));
    let covered = |id: &str| judgement::rules().any(|rule| rule.covers.contains(&id));
    let known = |id: &str| judgement::rules().any(|rule| rule.id == id);
    // Who saw the lines of the steps needs no second copy of them.
    let ready = if output.quiet { ready } else { ready.told(told(&outcome)) };
    let exit = ready.finish(report, known, covered, output)?;
    // Watching ends so, and only so.
    let early = interrupted.is_there() && !arguments.watch;
    Ok(if early { Exit::Interrupted } else { exit })
}

/// What a run is made of.
struct Plan<'a> {
    arguments: &'a Arguments,
    contract: Contract,
    misbehaviours: Vec<&'static Misbehaviour>,
    kinds: Vec<Kind>,
    rules: Option<RuleSet>,
    folder: Folder,
    interrupts: Interrupts,
    output: &'a Output,
}

impl Plan<'_> {
    async fn carry_out(self) -> Result<(Outcome, Details, Contract), Stop> {
        let Self { arguments, output, .. } = &self;
        let ca_file = arguments
            .ca_file
            .clone()
            .or_else(|| arguments.tls.then(|| self.folder.path().join("ca.pem")));
        let provider = Provider::start(Options {
            port: arguments.port,
            contract: self.contract.clone(),
            tls: arguments.tls,
            ca_file: ca_file.clone(),
            token_lifetime: arguments.oauth.map(Duration::from_secs),
        })
        .await
        .map_err(|error| {
            let failure = Failure::new("the judge cannot start").why(error.to_string());
            match arguments.port {
                0 => failure,
                _ => failure.help("name another with --port, or 0 for a free one"),
            }
        })?;
        let details = details(&provider, ca_file);
        if let Some(file) = &arguments.details {
            let json = file.extension().is_some_and(|ending| ending == "json");
            let name = file.display().to_string();
            folder::secret(file, &details.to_text(json))
                .map_err(|error| Failure::io("write", &name, &error))?;
        }
        if arguments.on.is_empty() {
            output.complain(&announced(&details, &self.contract));
        }
        let outcome = if arguments.watch {
            self.watched(&provider).await
        } else if arguments.on.is_empty() {
            self.guided(&provider, &details).await?
        } else {
            self.scripted(&provider, &details).await?
        };
        provider.stop().await;
        Ok((outcome, details, self.contract))
    }

    async fn watched(&self, provider: &Provider) -> Outcome {
        if let Some(one) = self.misbehaviours.first() {
            provider.script().arm(one);
        }
        self.output.complain("Watching. Ctrl-C ends it and prints the report.");
        let mut interrupts = self.interrupts.clone();
        let end = async move { interrupts.came().await };
        watch(provider, self.rules.as_ref(), end, |event| match event {
            Event::Seen(count) => self.output.remark(&format!("  requests so far: {count}")),
            Event::Found(one) => {
                let verdict = if one.rule.level == Level::Must { "fail" } else { "warn" };
                let words = format!(
                    "  {verdict}: {}: {}: expected {}, found {}",
                    one.rule.id, one.place, one.expected, one.found
                );
                self.output.remark(&shown(&words));
            }
            Event::Step(..) => {}
        })
        .await
    }

    async fn guided(&self, provider: &Provider, details: &Details) -> Result<Outcome, Stop> {
        let steps = self.plan(|kind| self.kinds.contains(&kind));
        let (sender, lines) = mpsc::channel(16);
        let typed = Arc::new(AtomicBool::new(false));
        let types = Arc::clone(&typed);
        // A thread of its own, since reading from a terminal cannot be given up.
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                let Ok(line) = line else { return };
                types.store(true, Ordering::Relaxed);
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        let say = |text: &str| {
            // Nobody is left to tell if this fails.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        };
        let mut source = Guided::new(say, lines, steps.len());
        let usual = Patience::default();
        let patience = Patience {
            quiet: self.arguments.quiet_for.map_or(usual.quiet, Duration::from_secs),
            next_cycle: !self.arguments.no_next_cycle,
            ..usual
        };
        let outcome = self.steps(provider, details, steps, &mut source, patience).await;
        let nobody = !typed.load(Ordering::Relaxed) && !std::io::stdin().is_terminal();
        if nobody && outcome.interrupted.is_some() && !self.interrupts.is_there() {
            return Err(Failure::new("nobody can be asked")
                .why("standard input is at its end, and no terminal")
                .help("give --on ACTION COMMAND, or --watch")
                .into());
        }
        Ok(outcome)
    }

    async fn scripted(&self, provider: &Provider, details: &Details) -> Result<Outcome, Stop> {
        let pairs = self.arguments.commands();
        let timeout = Duration::from_secs(self.arguments.timeout);
        let source = Script::new(&pairs, self.folder.path().to_owned(), timeout)
            .map_err(|error| Failure::new(error.0))?;
        let steps = self.plan(|kind| self.kinds.contains(&kind) && source.can(kind));
        let patience = Patience {
            linger: self.arguments.quiet_for.map(Duration::from_secs),
            next_cycle: !self.arguments.no_next_cycle,
            ..Patience::default()
        };
        let mut source = Heard { source, provider, failed: 0 };
        let outcome = self.steps(provider, details, steps, &mut source, patience).await;
        match silence::told(&outcome, provider, self.output) {
            Some(failure) if !self.interrupts.is_there() => Err(failure.into()),
            _ => Ok(outcome),
        }
    }

    fn plan(&self, wanted: impl Fn(Kind) -> bool) -> Vec<Step> {
        let Arguments { no_next_cycle, large, .. } = self.arguments;
        plan_for(&self.contract, *no_next_cycle, wanted, &self.misbehaviours, *large)
    }

    async fn steps(
        &self,
        provider: &Provider,
        details: &Details,
        steps: Vec<Step>,
        source: &mut dyn Source,
        patience: Patience,
    ) -> Outcome {
        let total = steps.len();
        let mut source = Interruptible { source, interrupts: self.interrupts.clone() };
        go(provider, details, steps, &mut source, patience, self.rules.as_ref(), |event| {
            if let Event::Step(done, log) = event {
                self.output.remark(&step_line(done, log, total));
            }
        })
        .await
    }
}

fn step_line(done: &Done, log: &Log, total: usize) -> String {
    let state = done.words(log);
    let broken = log.broken();
    let found = if broken.is_empty() { String::new() } else { format!("; {}", broken.join(", ")) };
    let mut text = format!("{:>3}/{total}  {}: {state}{found}", done.number, done.name);
    if let Some(complaint) = &done.complaint {
        text.push_str(&format!("\n         {}", shown(complaint)));
    }
    for one in &done.gets {
        text.push_str(&format!("\n         {} gets {}", one.user_name, one.words));
    }
    text
}

fn contract_of(name: &str, output: &Output) -> Result<Contract, Failure> {
    let is_file = Path::new(name).is_file() || name.contains(['/', '.']);
    let read = if is_file { contract::of_file(Path::new(name)) } else { contract::built_in(name) };
    read.map_err(|error| {
        for place in &error.places {
            output.complain(&shown(place));
        }
        Failure::new(error.what)
    })
}

fn details(provider: &Provider, ca_file: Option<PathBuf>) -> Details {
    let client = provider.client();
    Details {
        base_url: provider.base_url(),
        token: provider.token().map(str::to_owned),
        token_url: provider.token_url(),
        client_id: client.map(|(id, _)| id.to_owned()),
        client_secret: client.map(|(_, secret)| secret.to_owned()),
        ca_file,
        contract: provider.contract().name.clone(),
        user_agent: provider.contract().requests.user_agent.clone(),
    }
}

/// What a person needs to point a source here.
fn announced(details: &Details, contract: &Contract) -> String {
    let mut text = format!("A service provider for your source, judged as: {}\n", contract.title);
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("  {name:<14} {value}\n"));
        }
    };
    line("base URL", Some(details.base_url.clone()));
    line("token", details.token.clone());
    line("token endpoint", details.token_url.clone());
    line("client id", details.client_id.clone());
    line("client secret", details.client_secret.clone());
    line("trust", details.ca_file.as_ref().map(|path| path.display().to_string()));
    line("User-Agent", details.user_agent.clone());
    text
}
