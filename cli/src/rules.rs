//! Rules from files: the one place that knows how the stages of the library are called.

use provisor::decide::RuleSet;

use crate::exit::{Failure, Stop};
use crate::output::Output;

/// Rules that decide; findings of errors are printed, and the run ends with them.
pub fn load(_name: &str, _output: &Output) -> Result<RuleSet, Stop> {
    Err(Failure::new("rules cannot be read yet").into())
}
