//! `provisor reference`: the language reference.

use crate::exit::{Exit, Stop};
use crate::output::Output;

const REFERENCE: &str = include_str!("../../../grammar/README.md");

/// Prints it as markdown.
pub fn run(output: &Output) -> Result<Exit, Stop> {
    output.print(REFERENCE)?;
    Ok(Exit::Clean)
}
