//! `provisor check`: says what is wrong with rules files.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use provisor::diagnostic::render::{json, sarif};
use provisor::diagnostic::{Diagnostics, Severity};
use provisor::rules::source::Sources;

use crate::disk::Disk;
use crate::exit::{Exit, Failure, Stop};
use crate::mend;
use crate::output::{self, Output};
use crate::rules::{self, Loaded};

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
    let mut roots = Vec::new();
    for name in names(&arguments.files)? {
        let mut disk = Disk::new(&name)?;
        if arguments.fix {
            mend::mend(&name, &mut disk, output)?;
        }
        let loaded = Loaded::from(&disk);
        roots.push((name, disk, loaded));
    }
    if arguments.files.is_empty() {
        // Files that another root brings in are checked as part of it.
        let parts = parts(&roots);
        roots.retain(|(_, disk, _)| disk.path(disk.root()).is_none_or(|path| !parts.contains(&path)));
    }

    let found: Vec<(&Diagnostics, &Sources)> =
        roots.iter().map(|(_, _, loaded)| (&loaded.diagnostics, &loaded.sources)).collect();
    match arguments.format {
        Format::Json => output.print(&format!("{}\n", json::render_all(&found)))?,
        Format::Sarif => output.print(&format!("{}\n", sarif::render_all(&found)))?,
        Format::Text => {
            for (name, _, loaded) in &roots {
                print_text(name, loaded, output)?;
            }
        }
    }
    let count = |severity| found.iter().map(|(d, _)| d.count(severity)).sum::<usize>();
    let denied = arguments.deny.is_some() && count(Severity::Warning) > 0;
    Ok(if count(Severity::Error) > 0 || denied { Exit::Findings } else { Exit::Clean })
}

fn print_text(name: &str, loaded: &Loaded, output: &Output) -> Result<(), Stop> {
    if !loaded.diagnostics.is_empty() {
        let text = rules::findings(&loaded.diagnostics, &loaded.sources, output, false);
        return output.print(&text);
    }
    if output.quiet {
        return Ok(());
    }
    let files = match loaded.sources.iter().count() {
        1 => String::new(),
        n => format!(" and the {} it brings in", if n == 2 { "file".to_owned() } else { format!("{} files", n - 1) }),
    };
    let ok = output.out.paint("no findings", output::ADDED);
    output.print(&format!("{ok} in {}{files}\n", crate::files::shown(name)))
}

/// The files asked for, or all rules files of the current folder.
fn names(files: &[String]) -> Result<Vec<String>, Failure> {
    if !files.is_empty() {
        return Ok(files.to_vec());
    }
    let folder = fs::read_dir(".").map_err(|error| Failure::io("read", ".", &error))?;
    let mut names: Vec<String> = folder
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".rules"))
        .collect();
    names.sort();
    if names.is_empty() {
        return Err(Failure::new("there is nothing to check")
            .why("no file is named, and none in this folder ends in `.rules`")
            .help("name a file: `provisor check sales.rules`")
            .help("or write one to start from: `provisor init`"));
    }
    Ok(names)
}

/// Files that some root brings in and that are not the root itself.
fn parts(roots: &[(String, Disk, Loaded)]) -> BTreeSet<PathBuf> {
    roots
        .iter()
        .flat_map(|(_, disk, _)| {
            let own = disk.path(disk.root());
            disk.paths().into_iter().filter(move |path| Some(path) != own.as_ref())
        })
        .collect()
}
