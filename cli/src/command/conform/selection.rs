//! Which scenarios `provisor conform` plays.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use provisor_conformance::corpus::{Broken, Corpus};
use provisor_conformance::scenario::{Level, Need, Scenario};
use provisor_conformance::select::Selection;

use crate::exit::{Failure, Stop};

#[derive(Debug, Args)]
#[command(next_help_heading = "Selection (of one option any, of several all must fit)")]
pub struct Selected {
    /// Scenarios whose ids contain this, or fit a pattern with `*`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// All but those whose ids contain this, or fit a pattern with `*`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    except: Vec<String>,
    /// Scenarios with this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Scenarios about this section, such as 3.5.2 or rfc7644/3.5.2; may be repeated
    #[arg(long = "section", value_name = "SECTION")]
    sections: Vec<String>,
    /// Scenarios of this level; may be repeated
    #[arg(long = "level", value_enum, value_name = "LEVEL")]
    levels: Vec<LevelName>,
    /// Scenarios about this capability, such as bulk; may be repeated
    #[arg(long, value_name = "CAPABILITY", value_parser = need)]
    needs: Vec<Need>,
    /// Judge by the wishes of this provider too, such as entra; may be repeated
    #[arg(long = "dialect", value_name = "NAME")]
    dialects: Vec<String>,
    /// The most telling scenarios only, at most 250 requests
    #[arg(long)]
    quick: bool,
    /// Only scenarios that write nothing
    #[arg(long)]
    pub read_only: bool,
    /// More scenarios, in a folder of your own; may be repeated
    #[arg(long, value_name = "FOLDER")]
    scenarios: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelName {
    /// MUST, SHALL, REQUIRED, and what is stated as a fact
    Must,
    /// SHOULD
    Should,
    /// MAY
    May,
}

impl Selected {
    /// The scenarios that are chosen.
    pub fn scenarios(&self) -> Result<Vec<Scenario>, Stop> {
        let mut tags = self.tags.clone();
        if self.quick {
            tags.push("quick".to_owned());
        }
        let levels = self.levels.iter().map(|level| match level {
            LevelName::Must => Level::Must,
            LevelName::Should => Level::Should,
            LevelName::May => Level::May,
        });
        let selection = Selection {
            only: self.only.clone(),
            except: self.except.clone(),
            tags,
            sections: self.sections.clone(),
            levels: levels.collect(),
            needs: self.needs.clone(),
            dialects: self.dialects.clone(),
            read_only: self.read_only,
        };
        let chosen = selection.of(self.all()?).map_err(Failure::new)?;
        if chosen.is_empty() {
            let help = "those of a provider need `--dialect` too; `--list` names what is chosen";
            return Err(Failure::new("no scenario is chosen").help(help).into());
        }
        Ok(chosen)
    }

    /// How many built-in scenarios folders replace, in words; none where none is.
    pub fn replaced(&self) -> Result<Option<String>, Stop> {
        if self.scenarios.is_empty() {
            return Ok(None);
        }
        let built_in = Corpus::built_in().map_err(|broken| unreadable(&broken))?.scenarios;
        let mut replaced: Vec<String> = Vec::new();
        for folder in &self.scenarios {
            let more = Corpus::of_folder(folder).map_err(|broken| unreadable(&broken))?.scenarios;
            let same = more.into_iter().filter(|one| built_in.iter().any(|ours| ours.id == one.id));
            replaced.extend(same.map(|one| one.id));
        }
        replaced.sort_unstable();
        replaced.dedup();
        Ok(match replaced.as_slice() {
            [] => None,
            [one] => Some(format!("{one} takes the place of the built-in one")),
            [one, ..] => {
                let count = replaced.len();
                Some(format!("{count} scenarios take the place of built-in ones, such as {one}"))
            }
        })
    }

    /// Every scenario there is.
    pub fn all(&self) -> Result<Vec<Scenario>, Stop> {
        let mut all = Corpus::built_in().map_err(|broken| unreadable(&broken))?.scenarios;
        for folder in &self.scenarios {
            let more = Corpus::of_folder(folder).map_err(|broken| unreadable(&broken))?.scenarios;
            for scenario in more {
                // One's own scenario of the same id takes the place of ours.
                all.retain(|one| one.id != scenario.id);
                all.push(scenario);
            }
        }
        Ok(all)
    }
}

fn need(name: &str) -> Result<Need, String> {
    let found = Need::ALL.into_iter().find(|need| need.name() == name);
    found.ok_or_else(|| {
        let all: Vec<&str> = Need::ALL.into_iter().map(Need::name).collect();
        format!("capabilities are {}", all.join(", "))
    })
}

/// Scenario files with mistakes in them.
pub(super) fn unreadable(broken: &[Broken]) -> Failure {
    let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
    let failure = Failure::new("scenarios cannot be read").why(lines.join("\n"));
    failure
        .help("the sources of provisor have conformance/README.md, which says what a file may hold")
}
