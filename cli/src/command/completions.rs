//! `provisor completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use crate::exit::{Exit, Stop};
use crate::output::Output;

/// Which shell.
#[derive(Debug, Args)]
#[command(after_help = "Example: provisor completions bash > /etc/bash_completion.d/provisor")]
pub struct Arguments {
    /// The shell to complete in
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completion script.
pub fn run(
    arguments: &Arguments,
    mut command: clap::Command,
    output: &Output,
) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "provisor", &mut script);
    output.print_bytes(&script)?;
    Ok(Exit::Clean)
}
