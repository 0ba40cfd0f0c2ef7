//! Scenario files: those of this crate and those of folders.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::requirement::Requirement;
use crate::scenario::{Expectation, Scenario, Step};

/// Requests sent at once, at most.
const MOST_AT_ONCE: u32 = 64;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// Scenarios by id.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// In the order of ids.
    pub scenarios: Vec<Scenario>,
}

/// A file that is no scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub file: String,
    /// The line, where one is known.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Corpus {
    /// The scenarios of this crate.
    ///
    /// Fails with every broken file; a test of the crate shows that there is none.
    pub fn built_in() -> Result<Self, Vec<Broken>> {
        let mut files = Vec::new();
        gather(&BUILT_IN, &mut files);
        Self::of(files.iter().map(|(id, text)| (id.as_str(), *text)))
    }

    /// The scenarios of a folder and its folders.
    pub fn of_folder(folder: &Path) -> Result<Self, Vec<Broken>> {
        let mut files = Vec::new();
        walk(folder, folder, &mut files).map_err(|broken| vec![broken])?;
        Self::of(files.iter().map(|(id, text)| (id.as_str(), text.as_str())))
    }

    /// Scenarios from texts, each with the id that its place gives it.
    pub fn of<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Vec<Broken>> {
        let (mut scenarios, mut broken) = (Vec::new(), Vec::new());
        for (id, text) in files {
            match read(id, text) {
                Ok(scenario) => scenarios.push(scenario),
                Err(fault) => broken.push(fault),
            }
        }
        scenarios.sort_by(|one: &Scenario, other| one.id.cmp(&other.id));
        if broken.is_empty() { Ok(Self { scenarios }) } else { Err(broken) }
    }
}

/// Reads one scenario and checks what its type does not say.
fn read(id: &str, text: &str) -> Result<Scenario, Broken> {
    let broken =
        |line: Option<u64>, message: String| Broken { file: format!("{id}.yaml"), line, message };
    let scenario: Scenario = serde_saphyr::from_str(text).map_err(|error| {
        let line = error.location().map(|place| place.line());
        let message = error.to_string();
        broken(line, message.lines().next().unwrap_or_default().to_owned())
    })?;
    if scenario.id != id {
        let message = format!("the id is `{}`; its place says `{id}`", scenario.id);
        return Err(broken(None, message));
    }
    if scenario.covers.is_empty() {
        return Err(broken(None, "it covers no requirement; name at least one".to_owned()));
    }
    if let Some(unknown) = scenario.covers.iter().find(|one| Requirement::find(one).is_none()) {
        return Err(broken(None, format!("there is no requirement `{unknown}`")));
    }
    if scenario.steps.is_empty() {
        return Err(broken(None, "it has no steps".to_owned()));
    }
    if let Some(unknown) = scenario.unchanged.iter().find(|one| !scenario.given.contains_key(*one))
    {
        let message = format!("`unchanged` names `{unknown}`; only what is under `given` can be");
        return Err(broken(None, message));
    }
    match scenario.steps.iter().find_map(race_that_makes_no_sense) {
        Some(message) => Err(broken(None, message.to_owned())),
        None => Ok(scenario),
    }
}

/// What is sent at once is judged by `among` alone; anything else would not be looked at.
fn race_that_makes_no_sense(step: &Step) -> Option<&'static str> {
    let default = Expectation::default();
    let expected = step.expect.as_ref().unwrap_or(&default);
    let others = Expectation { among: BTreeMap::new(), level: None, ..expected.clone() };
    match step.at_once {
        None if expected.among.is_empty() => None,
        None => Some("`among` counts answers to what is sent `at_once`; say how often"),
        Some(times) if !(2..=MOST_AT_ONCE).contains(&times) => {
            Some("`at_once` is a number from 2 to 64")
        }
        Some(_) if expected.among.is_empty() => {
            Some("a step with `at_once` says under `among` how many answers have which status")
        }
        Some(_) if others != default || step.name_as.is_some() || step.walk.is_some() => {
            Some("a step with `at_once` expects only `among`, and has no `as` and no `walk`")
        }
        Some(_) => None,
    }
}

fn gather<'a>(folder: &'a Dir<'a>, into: &mut Vec<(String, &'a str)>) {
    for file in folder.files() {
        let path = file.path();
        if path.extension().is_some_and(|ending| ending == "yaml")
            && let (Some(id), Some(text)) = (path.with_extension("").to_str(), file.contents_utf8())
        {
            into.push((id.to_owned(), text));
        }
    }
    folder.dirs().for_each(|inner| gather(inner, into));
}

fn walk(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) -> Result<(), Broken> {
    let fault = |path: &Path, error: std::io::Error| Broken {
        file: path.display().to_string(),
        line: None,
        message: error.to_string(),
    };
    for entry in std::fs::read_dir(folder).map_err(|error| fault(folder, error))? {
        let path = entry.map_err(|error| fault(folder, error))?.path();
        if path.is_dir() {
            walk(root, &path, into)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "json") {
            let text = std::fs::read_to_string(&path).map_err(|error| fault(&path, error))?;
            let inside = path.strip_prefix(root).unwrap_or(&path).with_extension("");
            into.push((inside.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}
