//! Not wired yet.

use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

/// Not wired yet.
pub fn run(_: &Output) -> Result<Exit, Stop> {
    Err(Failure::new("this command is not built yet").into())
}
