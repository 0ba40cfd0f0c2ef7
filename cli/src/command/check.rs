//! `provisor check`: says what is wrong with rules files.

use clap::{Args, ValueEnum};
use provisor::diagnostic::render::{json, sarif};
use provisor::diagnostic::{Diagnostics, Severity};
use provisor::rules::build::Built;
use provisor::rules::format::hint;
use provisor::rules::source::Sources;

use crate::exit::{Exit, Stop};
use crate::files;
use crate::mend;
use crate::output::{self, Output};
use crate::rules;

/// What is checked.
#[derive(Debug, Args)]
#[command(after_help = "Example: provisor check sales.rules --deny warnings")]
pub struct Arguments {
    /// Root files; `-` is standard input. Without any, all `*.rules` of this folder
    files: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// End with exit code 1 on warnings too
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Apply every fix that is certain, and say what is left
    #[arg(long)]
    fix: bool,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
}

/// What ends with exit code 1 besides errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Warnings.
    Warnings,
}

/// Checks every root.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    if arguments.fix {
        mend::mend(&arguments.files, output)?;
    }
    let mut roots = rules::roots(&arguments.files)?;
    for (_, built) in &mut roots {
        let hints = built.sources.iter().filter_map(|(id, source)| hint(id, source));
        built.diagnostics.extend(hints.collect::<Vec<_>>());
        built.diagnostics.sort();
    }
    let found: Vec<(&Diagnostics, &Sources)> =
        roots.iter().map(|(_, built)| (&built.diagnostics, &built.sources)).collect();
    match arguments.format {
        Format::Json => output.print(&format!("{}\n", json::render_all(&found)))?,
        Format::Sarif => output.print(&format!("{}\n", sarif::render_all(&found)))?,
        Format::Text => {
            for (name, built) in &roots {
                print_text(name, built, output)?;
            }
        }
    }
    let count = |severity| found.iter().map(|(d, _)| d.count(severity)).sum::<usize>();
    let denied = arguments.deny.is_some() && count(Severity::Warning) > 0;
    Ok(if count(Severity::Error) > 0 || denied { Exit::Findings } else { Exit::Clean })
}

fn print_text(name: &str, built: &Built, output: &Output) -> Result<(), Stop> {
    if !built.diagnostics.is_empty() {
        let text = rules::findings(&built.diagnostics, &built.sources, output.out);
        return output.print(&text);
    }
    if output.quiet {
        return Ok(());
    }
    let files = match built.sources.iter().count() {
        0 | 1 => String::new(),
        2 => " and the file that it brings in".to_owned(),
        n => format!(" and the {} files that it brings in", n - 1),
    };
    let ok = output.out.paint("no findings", output::ADDED);
    let name = output::shown(files::shown(name));
    output.print(&format!("{ok} in {name}{files}\n"))
}
