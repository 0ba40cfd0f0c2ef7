//! `provisor fmt`: formats rules files.

use std::path::Path;

use clap::Args;
use provisor::diagnostic::Diagnostics;
use provisor::limits;
use provisor::rules::format::{Style, format};
use provisor::rules::source::{Source, Sources};

use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::mend;
use crate::output::{self, Output};
use crate::rules;

/// What is formatted, and where to.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provisor fmt --write sales.rules
  provisor fmt --check *.rules
  provisor fmt --scim sales.rules       conditions as SCIM filters, on standard output")]
pub struct Arguments {
    /// Files; `-` is standard input. What they include is left as it is
    #[arg(required = true)]
    files: Vec<String>,
    /// Write nothing; name the files that are not formatted, and end with exit code 1
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Write each file in place; CRLF line ends become LF
    #[arg(long)]
    write: bool,
    /// Spell conditions as SCIM filters (RFC 7644) rather than in words
    #[arg(long)]
    scim: bool,
}

/// Formats every file.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    if arguments.files.len() > 1 && !arguments.write && !arguments.check {
        return Err(Failure::new("cannot print several files as one")
            .help("add `--write` to format each in place, or `--check` to name those that differ")
            .into());
    }
    let mut exit = Exit::Clean;
    for name in &arguments.files {
        if !file(name, arguments, output)? {
            exit = Exit::Findings;
        }
    }
    if arguments.check && exit == Exit::Findings {
        output.remark("not formatted; `provisor fmt --write FILE` does it");
    }
    Ok(exit)
}

/// Formats one file; whether all is well.
fn file(name: &str, arguments: &Arguments, output: &Output) -> Result<bool, Stop> {
    let shown = files::shown(name);
    if arguments.write && name == files::STDIN {
        return Err(Failure::new("cannot write to standard input")
            .help("leave out `--write`: the result goes to standard output")
            .into());
    }
    let text = files::text(name, files::read(name, limits::FILE_BYTES)?)?;
    let style = if arguments.scim { Style::Scim } else { Style::Words };
    let source = Source::new(shown, text.as_str());
    let formatted = match format(&source, style) {
        Ok(formatted) => formatted,
        Err(found) => {
            let mut sources = Sources::new();
            sources.add(source);
            let found: Diagnostics = found.into_iter().collect();
            output.complain(rules::findings(&found, &sources, output.err).trim_end());
            let shown = output::shown(shown);
            output.complain(&format!("{shown} is left as it is, since it cannot be read"));
            return Ok(false);
        }
    };
    let same = formatted == text;
    if arguments.check {
        if !same {
            output.print(&format!(
                "{}\n",
                output.out.paint(&output::shown(shown), output::WARNING)
            ))?;
        }
        return Ok(same);
    }
    if arguments.write {
        if !same {
            // Through a link to the file itself, so that the link stays one.
            let path = std::fs::canonicalize(name).unwrap_or_else(|_| Path::new(name).into());
            mend::replace(&path, Some(&text), &formatted)?;
            output.remark(&format!("formatted {}", output::shown(shown)));
        }
        return Ok(true);
    }
    output.print(&formatted)?;
    Ok(true)
}
