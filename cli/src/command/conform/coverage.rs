//! `provisor conform coverage`: which requirements the scenarios cover.

use std::collections::BTreeMap;

use clap::Args;
use provisor_conformance::corpus::Corpus;
use provisor_conformance::lint::rule;
use provisor_conformance::requirement::Requirement;
use provisor_conformance::scenario::Level;

use super::selection::unreadable;
use crate::exit::{Exit, Stop};
use crate::output::{self, Output};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only requirements that neither a scenario nor a rule of `lint` covers, and why
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
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for id in rule::ALL.iter().flat_map(|rule| rule.requirements) {
        *rules.entry(id).or_insert(0) += 1;
    }
    let mut text = String::new();
    let mut summary: BTreeMap<Level, (usize, usize, usize)> = BTreeMap::new();
    for requirement in Requirement::all().filter(|one| one.is_for_servers()) {
        let Requirement { id, keyword, text: words, .. } = requirement;
        let played = scenarios.get(id).copied().unwrap_or(0);
        let checked = rules.get(id).copied().unwrap_or(0);
        let (covered, explained, all) = summary.entry(requirement.level()).or_default();
        *all += 1;
        if played + checked > 0 {
            *covered += 1;
        } else {
            *explained += usize::from(requirement.why_uncovered().is_some());
        }
        if !arguments.missing || played + checked == 0 {
            text.push_str(&format!("{id:<20} {keyword:<10} {played:>9} {checked:>5}  {words}\n"));
            if let Some(why) = requirement.why_uncovered() {
                text.push_str(&format!("{:<48}not covered: {why}\n", ""));
            }
        }
    }
    if !text.is_empty() {
        let title = format!("{:<20} {:<10} scenarios rules  requirement\n", "id", "level");
        text.insert_str(0, &output.out.paint(&title, output::STRONG));
        text.push('\n');
    }
    for (level, (covered, explained, all)) in summary {
        let name = match level {
            Level::Must => "must",
            Level::Should => "should",
            Level::May => "may",
        };
        text.push_str(&format!(
            "{name:<7} {covered} of {all} covered, {explained} not and with a reason\n"
        ));
    }
    output.print(&text)?;
    Ok(Exit::Clean)
}
