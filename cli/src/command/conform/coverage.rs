//! `provisor conform coverage`: which requirements the scenarios cover.

use std::collections::BTreeMap;

use clap::Args;
use provisor_conformance::corpus::Corpus;
use provisor_conformance::requirement::Requirement;
use provisor_conformance::scenario::Level;

use super::selection::unreadable;
use crate::exit::{Exit, Stop};
use crate::output::{self, Output};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only requirements that no scenario covers
    #[arg(long)]
    missing: bool,
}

/// Prints a line for each requirement that a server can be tested for, and a summary.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let corpus = Corpus::built_in().map_err(|broken| unreadable(&broken))?;
    let mut scenarios: BTreeMap<&str, usize> = BTreeMap::new();
    for id in corpus.scenarios.iter().flat_map(|scenario| &scenario.covers) {
        *scenarios.entry(id).or_insert(0) += 1;
    }
    let mut text = String::new();
    let mut summary: BTreeMap<Level, (usize, usize)> = BTreeMap::new();
    for requirement in Requirement::all().filter(|one| one.is_for_servers()) {
        let count = scenarios.get(requirement.id).copied().unwrap_or(0);
        let (covered, all) = summary.entry(requirement.level()).or_insert((0, 0));
        *all += 1;
        *covered += usize::from(count > 0);
        if !arguments.missing || count == 0 {
            let Requirement { id, keyword, text: words, .. } = requirement;
            text.push_str(&format!("{id:<20} {keyword:<10} {count:>3}  {words}\n"));
        }
    }
    if !text.is_empty() {
        let title = format!("{:<20} {:<10} {:>3}  requirement\n", "id", "level", "n");
        text.insert_str(0, &output.out.paint(&title, output::STRONG));
        text.push('\n');
    }
    for (level, (covered, all)) in summary {
        let name = match level {
            Level::Must => "must",
            Level::Should => "should",
            Level::May => "may",
        };
        text.push_str(&format!("{name:<7} {covered} of {all} covered\n"));
    }
    output.print(&text)?;
    Ok(Exit::Clean)
}
