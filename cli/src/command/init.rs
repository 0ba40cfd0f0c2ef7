//! `provisor init`: a commented rules file to start from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

/// The file that is written; a test checks it and runs its tests.
const STARTER: &str = include_str!("init.rules");

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = "Example: provisor init sales.rules && provisor test sales.rules")]
pub struct Arguments {
    /// The file to write; it must not exist. `-` prints it
    #[arg(default_value = "provisor.rules")]
    file: PathBuf,
}

/// Writes the file; never over another.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let name = arguments.file.display().to_string();
    let text = STARTER.replace("FILE", if name == "-" { "provisor.rules" } else { &name });
    if name == "-" {
        output.print(&text)?;
        return Ok(Exit::Clean);
    }
    let created = OpenOptions::new().write(true).create_new(true).open(&arguments.file);
    let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => {
            output.remark(&format!("wrote {name}; next: provisor test {name}"));
            Ok(Exit::Clean)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Failure::new(format!("`{name}` exists"))
                .why("init never writes over a file")
                .help("give another name: `provisor init other.rules`")
                .into())
        }
        Err(error) => Err(Failure::io("write", &name, &error).into()),
    }
}
