//! The `provisor` command: check, format, test, evaluate and explain provisioning rules.

mod command;
mod disk;
mod exit;
mod explanation;
mod files;
mod find;
mod fixes;
mod groups;
mod mend;
mod outcome;
mod output;
mod parallel;
mod people;
mod place;
mod progress;
mod rules;
mod table;
mod tally;
mod tls;
mod unread;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::{Exit, Stop};
use output::Output;

/// Rules that decide what each person of a SCIM directory gets
#[derive(Debug, Parser)]
#[command(name = "provisor", version, arg_required_else_help = true, after_help = exit::HELP)]
#[command(propagate_version = false, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    options: output::Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what is wrong with rules files
    Check(command::check::Arguments),
    /// Format rules files
    Fmt(command::fmt::Arguments),
    /// Run the `test` blocks of rules files
    Test(command::test::Arguments),
    /// Decide what everybody of a directory gets
    Eval(command::eval::Arguments),
    /// Explain what one person gets, condition by condition
    Explain(command::explain::Arguments),
    /// Explain a code such as P003
    ExplainCode(command::explain_code::Arguments),
    /// Run a timeline of events and print each change and refusal
    Simulate(command::simulate::Arguments),
    /// Test SCIM endpoints
    Conform(command::conform::Arguments),
    /// Send a SCIM endpoint what an identity provider would send
    Replay(Box<command::replay::Arguments>),
    /// Write a commented rules file to start from
    Init(command::init::Arguments),
    /// Serve SCIM: keep people and groups, and decide what each person gets
    Serve(command::serve::Arguments),
    /// Make, list, rotate and revoke bearer tokens of a server
    #[command(subcommand)]
    Token(command::token::Command),
    /// Make, list and remove OAuth clients of a server
    #[command(subcommand)]
    Client(command::client::Command),
    /// Make, list and remove tenants of a server
    #[command(subcommand)]
    Tenant(command::tenant::Command),
    /// Back up, restore, check, export and import a server's database
    #[command(subcommand)]
    Db(command::db::Command),
    /// A server, the example company pushed to it over SCIM, and who gets what
    Demo,
    /// Print the language reference
    Reference,
    /// Print completions for a shell
    Completions(command::completions::Arguments),
}

fn main() -> ExitCode {
    provisor_clients::wire::settle_cryptography();
    let cli = Cli::parse();
    let output = Output::new(&cli.options);
    match run(cli.command, &output) {
        Ok(exit) | Err(Stop::Exit(exit)) => exit.into(),
        Err(Stop::Closed) => ExitCode::SUCCESS,
        Err(Stop::Failure(failure)) => {
            output.failure(&failure);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Check(arguments) => command::check::run(&arguments, output),
        Command::Fmt(arguments) => command::fmt::run(&arguments, output),
        Command::Test(arguments) => command::test::run(&arguments, output),
        Command::Eval(arguments) => command::eval::run(&arguments, output),
        Command::Explain(arguments) => command::explain::run(&arguments, output),
        Command::ExplainCode(arguments) => command::explain_code::run(&arguments, output),
        Command::Simulate(arguments) => command::simulate::run(&arguments, output),
        Command::Conform(arguments) => command::conform::run(&arguments, output),
        Command::Replay(arguments) => command::replay::run(&arguments, output),
        Command::Init(arguments) => command::init::run(&arguments, output),
        Command::Serve(arguments) => command::serve::run(&arguments, output),
        Command::Token(command) => command::token::run(&command, output),
        Command::Client(command) => command::client::run(&command, output),
        Command::Tenant(command) => command::tenant::run(&command, output),
        Command::Db(command) => command::db::run(&command, output),
        Command::Demo => command::demo::run(output),
        Command::Reference => command::reference::run(output),
        Command::Completions(arguments) => {
            command::completions::run(&arguments, <Cli as clap::CommandFactory>::command(), output)
        }
    }
}
