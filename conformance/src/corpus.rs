//! Scenario files: those of this crate and those of folders.

mod check;
mod names;

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use crate::run::reads_only;
use crate::scenario::{Feature, Scenario};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// Read once in a process: every run plays some of them before those that it is asked for.
static BUILT_IN: LazyLock<Result<Corpus, Vec<Broken>>> = LazyLock::new(|| {
    let mut files = Vec::new();
    gather(&FILES, &mut files);
    Corpus::of(files.iter().map(|(id, text)| (format!("{id}.yaml"), *text)))
});

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
        BUILT_IN.clone()
    }

    /// Those of this crate that are played before some scenarios, where these do not bring their
    /// own: what must hold before anything is made, and what tries the features that they use.
    pub fn before(scenarios: &[Scenario]) -> Vec<Scenario> {
        let writes = !scenarios.iter().all(reads_only);
        let has_gate = scenarios.iter().any(|one| one.gate);
        let is_there = |one: &Scenario| scenarios.iter().any(|other| other.id == one.id);
        let is_wanted = |one: &&Scenario| {
            let probes = |feature: &Feature| {
                scenarios.iter().any(|other| other.uses(*feature))
                    && !scenarios.iter().any(|other| other.probes.contains(feature))
            };
            let may = writes || reads_only(one);
            !is_there(one) && may && ((one.gate && !has_gate) || one.probes.iter().any(probes))
        };
        let all = BUILT_IN.iter().flat_map(|corpus| &corpus.scenarios);
        all.filter(is_wanted).cloned().collect()
    }

    /// The scenarios of a folder and its folders.
    pub fn of_folder(folder: &Path) -> Result<Self, Vec<Broken>> {
        let name = folder.display().to_string();
        if folder.is_file() {
            let message = "this is a file; give the folder that it is in".to_owned();
            return Err(vec![Broken { file: name, line: None, message }]);
        }
        let mut files = Vec::new();
        walk(folder, folder, &mut files).map_err(|broken| vec![broken])?;
        let all = Self::of(files.iter().map(|(file, text)| (file.clone(), text.as_str())));
        // As it must be written to open it.
        all.map_err(|mut broken| {
            for one in &mut broken {
                one.file = folder.join(&one.file).display().to_string();
            }
            broken
        })
    }

    /// Scenarios from texts, each with the path of its file, which gives its id.
    pub fn of<'a>(files: impl Iterator<Item = (String, &'a str)>) -> Result<Self, Vec<Broken>> {
        let (mut scenarios, mut broken) = (Vec::new(), Vec::new());
        for (file, text) in files {
            let id = file.rsplit_once('.').map_or(file.as_str(), |(id, _)| id);
            match check::read(id, &file, text) {
                Ok(scenario) => scenarios.push(scenario),
                Err(fault) => broken.push(fault),
            }
        }
        scenarios.sort_by(|one: &Scenario, other| one.id.cmp(&other.id));
        if broken.is_empty() { Ok(Self { scenarios }) } else { Err(broken) }
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
        message: match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such folder".to_owned(),
            _ => error.to_string(),
        },
    };
    for entry in std::fs::read_dir(folder).map_err(|error| fault(folder, error))? {
        let path = entry.map_err(|error| fault(folder, error))?.path();
        if path.is_dir() {
            walk(root, &path, into)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "json") {
            let text = std::fs::read_to_string(&path).map_err(|error| fault(&path, error))?;
            let inside = path.strip_prefix(root).unwrap_or(&path);
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
