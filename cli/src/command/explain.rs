//! Not wired yet.

use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

/// None yet.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Not wired yet.
pub fn run(_: &Arguments, _: &Output) -> Result<Exit, Stop> {
    Err(Failure::new("this command is not built yet").into())
}
