//! `provisor conform`: tests SCIM endpoints, and the sources that push to them.

mod clean;
mod connection;
mod coverage;
mod lint;
mod manners;
mod progress;
mod reports;
mod selection;
mod server;
mod signal;
mod source;

use clap::{Args, Subcommand};

use crate::exit::{Exit, Stop};
use crate::output::Output;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Fire scenarios at a SCIM service provider
    Server(Box<server::Arguments>),
    /// Take away what an interrupted run left, as its journal tells
    Clean(Box<clean::Arguments>),
    /// Play the service provider and judge the source that pushes to it
    Source(Box<source::Arguments>),
    /// Say which requirements the scenarios cover
    Coverage(coverage::Arguments),
    /// Check payloads and schemas in files, without a server
    Lint(lint::Arguments),
}

/// Tests what was named.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    match &arguments.what {
        What::Server(arguments) => server::run(arguments, output),
        What::Clean(arguments) => clean::run(arguments, output),
        What::Source(arguments) => source::run(arguments, output),
        What::Coverage(arguments) => coverage::run(arguments, output),
        What::Lint(arguments) => lint::run(arguments, output),
    }
}
