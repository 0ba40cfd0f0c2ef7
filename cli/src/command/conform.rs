//! `provisor conform`: tests SCIM endpoints.

mod coverage;
mod lint;
mod server;

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
    /// Say which requirements the scenarios cover
    Coverage(coverage::Arguments),
    /// Check payloads and schemas in files, without a server
    Lint(lint::Arguments),
}

/// Tests what was named.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    match &arguments.what {
        What::Server(arguments) => server::run(arguments, output),
        What::Coverage(arguments) => coverage::run(arguments, output),
        What::Lint(arguments) => lint::run(arguments, output),
    }
}
