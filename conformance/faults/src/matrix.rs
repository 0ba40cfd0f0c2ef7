//! The matrix beside this package: every fault with every scenario that catches it.

use std::fmt::Write;

use provisor_conformance::report::Verdict;

use crate::detect::Caught;
use crate::fault::Fault;

/// The matrix as it was measured last.
pub const MATRIX: &str = include_str!("../detection.tsv");

const TITLES: &str = "fault\tscenario\tverdict\tnames the requirement\n";

/// One line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The id of the fault.
    pub fault: &'a str,
    /// The scenario that catches it.
    pub scenario: &'a str,
    /// As what.
    pub verdict: Verdict,
    /// Whether the scenario covers a requirement that the fault breaks.
    pub names: bool,
}

/// The rows of a matrix as it is written.
pub fn read(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().skip(1).filter_map(|line| {
        let [fault, scenario, verdict, names] = line.split('\t').collect::<Vec<_>>()[..] else {
            return None;
        };
        let verdict = if verdict == "warn" { Verdict::Warn } else { Verdict::Fail };
        Some(Row { fault, scenario, verdict, names: names == "yes" })
    })
}

/// The rows of what was measured.
pub fn of<'a>(faults: &'a [(&'static Fault, Caught)]) -> impl Iterator<Item = Row<'a>> {
    faults.iter().flat_map(|(fault, caught)| {
        caught.by.iter().map(|(scenario, verdict)| Row {
            fault: fault.id,
            scenario,
            verdict: *verdict,
            names: caught.naming.contains(scenario),
        })
    })
}

/// Rows as a matrix is written.
pub fn write<'a>(rows: impl Iterator<Item = Row<'a>>) -> String {
    let mut text = String::from(TITLES);
    for Row { fault, scenario, verdict, names } in rows {
        let names = if names { "yes" } else { "no" };
        let _ = writeln!(text, "{fault}\t{scenario}\t{}\t{names}", verdict.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        assert_eq!(write(read(MATRIX)), MATRIX);
    }
}
