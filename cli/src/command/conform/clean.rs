//! `provisor conform clean`: takes away what an interrupted run left.

use std::path::PathBuf;

use clap::Args;
use provisor_conformance::clean::clean;
use provisor_conformance::journal::Journal;
use provisor_conformance::report::summary::many;

use super::connection::Connection;
use super::manners;
use super::server::{help, runtime};
use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

#[derive(Debug, Args)]
#[command(override_usage = "provisor conform clean [OPTIONS] [JOURNAL]")]
pub struct Arguments {
    /// The journal of the run; without one, those in the state folder are listed
    #[arg(value_name = "JOURNAL")]
    file: Option<PathBuf>,
    /// The same
    #[arg(long, value_name = "JOURNAL", conflicts_with = "file")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// Deletes what the journal says may be there, and nothing else.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let Some(path) = arguments.file.as_ref().or(arguments.journal.as_ref()) else {
        return list(output);
    };
    let past = manners::read(path)?;
    if past.left.is_empty() {
        output.print(&format!("nothing is left of the run at {}\n", past.url))?;
        return Ok(Exit::Clean);
    }
    let endpoint = arguments.connection.endpoint(&past.url)?;
    let http = arguments.connection.http(output)?;
    let journal = Journal::append(path)
        .map_err(|error| Failure::io("write", &path.display().to_string(), &error))?;
    let cleaned =
        runtime()?.block_on(clean(endpoint, &past, Some(journal), http)).map_err(|error| {
            let failure = Failure::new(format!("{} cannot be cleaned", past.url));
            let help = help(&error);
            let failure = failure.why(error.message);
            match help {
                Some(help) => failure.help(help),
                None => failure,
            }
        })?;
    let mut text = String::new();
    for path in &cleaned.gone {
        text.push_str(&format!("gone: {path}\n"));
    }
    for path in &cleaned.left {
        text.push_str(&format!("still there: {path}\n"));
    }
    let marks = past.marks.join(" or ");
    if !cleaned.left.is_empty() {
        let left = many(cleaned.left.len(), "resource");
        text.push_str(&format!("{left} could not be taken away; look for {marks} in names\n"));
    }
    for endpoint in &cleaned.unsearched {
        text.push_str(&format!("could not be searched: {endpoint}; look for {marks} in names\n"));
    }
    output.print(&text)?;
    let all = cleaned.left.is_empty() && cleaned.unsearched.is_empty();
    Ok(if all { Exit::Clean } else { Exit::Unread })
}

fn list(output: &Output) -> Result<Exit, Stop> {
    let mut text = String::new();
    for path in manners::all() {
        if let Ok(past) = manners::read(&path) {
            let (there, lost) = (past.left.there.len(), past.left.lost.len());
            let left = match (there, lost) {
                (0, 0) => "nothing left".to_owned(),
                (there, 0) => format!("{} left", many(there, "resource")),
                (0, lost) => format!("{} lost", many(lost, "answer")),
                (there, lost) => {
                    format!("{} left, {} lost", many(there, "resource"), many(lost, "answer"))
                }
            };
            let begun = past.at.split('.').next().unwrap_or_default().trim_end_matches('Z');
            let (path, url) = (path.display(), &past.url);
            text.push_str(&format!("{path}\n  {left} at {url}, begun {begun}Z"));
            if past.left.is_empty() {
                text.push_str("; delete the file, or go on with --resume");
            }
            text.push('\n');
        }
    }
    if text.is_empty() {
        text.push_str("no journal tells of anything left\n");
    }
    output.print(&text)?;
    Ok(Exit::Clean)
}
