//! `provisor db`: the database of a server, as the operator handles it.

mod export;
mod import;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use provisor_server::store::StoreError;
use provisor_server::store::sqlite::maintain;

use super::token::Database;
use crate::exit::{Exit, Failure, Stop};
use crate::output::{self, Output};

/// Where the database is, for what only reads it.
#[derive(Debug, Clone, Args)]
pub struct Source {
    /// The database; a server may be using it
    #[arg(long, value_name = "FILE", default_value = "provisor.db")]
    database: PathBuf,
}

/// What is done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy the database to a new file, also while the server runs
    #[command(after_help = "Example: provisor db backup /backups/2026-01-31.db")]
    Backup {
        /// The copy; it must not exist
        #[arg(value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        source: Source,
    },
    /// Make the database from a backup
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        from: PathBuf,
        /// Replace a database that is there; it is kept beside
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Look whether the database is sound, also while the server runs
    Check {
        #[command(flatten)]
        source: Source,
    },
    /// Write the people and groups of a tenant as NDJSON, also while the server runs
    Export(export::Arguments),
    /// Take in people and groups from NDJSON
    Import(import::Arguments),
}

/// Does it.
pub fn run(command: &Command, output: &Output) -> Result<Exit, Stop> {
    match command {
        Command::Backup { to, source } => {
            let bytes = maintain::backup(&source.database, to)
                .map_err(|error| failed("there is no backup", &error))?;
            output.remark(&format!("{} has {bytes} bytes", shown(to)));
            Ok(Exit::Clean)
        }
        Command::Restore { from, replace, database } => {
            let former = maintain::restore(from, &database.database, *replace)
                .map_err(|error| failed("the database is not restored", &error))?;
            output.remark(&format!("{} is restored", shown(&database.database)));
            if let Some(former) = former {
                output.remark(&format!("what it was before is kept as {}", shown(&former)));
            }
            Ok(Exit::Clean)
        }
        Command::Check { source } => check(source, output),
        Command::Export(arguments) => export::run(arguments, output),
        Command::Import(arguments) => import::run(arguments, output),
    }
}

fn check(source: &Source, output: &Output) -> Result<Exit, Stop> {
    let report = maintain::check(&source.database)
        .map_err(|error| failed("the database cannot be checked", &error))?;
    for fault in &report.faults {
        let label = output.out.paint("error", output::ERROR);
        output.print(&format!("{label}: {}\n", output::shown(fault)))?;
    }
    if !report.looked_at.is_empty() {
        output.remark(&format!("looked at {}", report.looked_at.join(", ")));
    }
    if report.faults.is_empty() {
        output.remark(&format!("{} is sound", shown(&source.database)));
        return Ok(Exit::Clean);
    }
    Ok(Exit::Findings)
}

fn failed(what: &str, error: &StoreError) -> Failure {
    Failure::new(what).why(error.detail.clone())
}

fn shown(path: &std::path::Path) -> String {
    output::shown(&path.display().to_string())
}
