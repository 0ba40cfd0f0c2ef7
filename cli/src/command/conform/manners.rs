//! What `provisor conform` does to leave nothing behind: journal, resuming, signals.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use provisor_conformance::journal::{Journal, Past};
use provisor_conformance::report::Redacted;
use provisor_conformance::run::Stopper;

use super::signal::{Came, Signals};
use crate::exit::{Failure, Stop};
use crate::output::Output;

#[derive(Debug, Args)]
#[command(next_help_heading = "Manners")]
pub struct Manners {
    /// Write although users or groups are there already
    #[arg(long)]
    pub allow_existing_data: bool,
    /// Go on making resources although the endpoint does not delete them
    #[arg(long)]
    pub allow_left_behind: bool,
    /// Leave what failing scenarios made where it is, for a look; `provisor conform clean` takes
    /// it away
    #[arg(long)]
    pub keep: bool,
    /// Write down here what is made, for `provisor conform clean`; a file of the state folder
    /// where none is named
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Go on where the run of this journal stopped
    #[arg(long, value_name = "JOURNAL", conflicts_with = "journal")]
    resume: Option<PathBuf>,
}

/// The journal of a run.
#[derive(Debug)]
pub struct Kept {
    /// Where it is; none where it could not be made and nobody asked for it.
    pub path: Option<PathBuf>,
    /// It goes away with a run that leaves nothing.
    ours: bool,
}

impl Manners {
    /// Opens the journal, and reads the run that goes on.
    pub fn journal(&self, output: &Output) -> Result<(Kept, Option<Journal>, Option<Past>), Stop> {
        if let Some(path) = &self.resume {
            let past = read(path)?;
            let journal = Journal::append(path)
                .map_err(|error| Failure::io("write", &path.display().to_string(), &error))?;
            return Ok((Kept { path: Some(path.clone()), ours: false }, Some(journal), Some(past)));
        }
        if let Some(path) = &self.journal {
            let journal = Journal::create(path).map_err(|error| {
                let name = path.display().to_string();
                match error.kind() {
                    std::io::ErrorKind::AlreadyExists => {
                        Failure::new(format!("`{name}` is there already"))
                            .why("a journal may be the only trace of what a run left")
                            .help(format!("`provisor conform clean {name}` takes that away"))
                            .help(format!("`--resume {name}` goes on with that run"))
                    }
                    _ => Failure::io("write", &name, &error),
                }
            })?;
            return Ok((Kept { path: Some(path.clone()), ours: false }, Some(journal), None));
        }
        let made = state_folder().and_then(|folder| {
            std::fs::create_dir_all(&folder).ok()?;
            let path = folder.join(name());
            Journal::create(&path).ok().map(|journal| (path, journal))
        });
        match made {
            Some((path, journal)) => {
                Ok((Kept { path: Some(path), ours: true }, Some(journal), None))
            }
            None => {
                output.remark("note: no journal can be written in the state folder; name a file with --journal");
                Ok((Kept { path: None, ours: true }, None, None))
            }
        }
    }
}

impl Kept {
    /// What the journal tells was found until now.
    pub fn report(&self, why: &str) -> Option<Redacted> {
        Some(Past::read(self.path.as_ref()?).ok()?.report(why))
    }

    /// After the run: a journal that nobody asked for and that tells of nothing goes away; of any
    /// other people are told.
    pub fn finish(&self, output: &Output, url: &str, beside_others: bool) {
        let Some(path) = &self.path else { return };
        // What cannot be read can be neither cleaned nor gone on with.
        let Ok(past) = Past::read(path) else { return };
        if self.ours && past.left.is_empty() && past.ended {
            let _ = std::fs::remove_file(path);
            return;
        }
        let name = path.display();
        if !past.left.is_empty() {
            output.complain(&format!("to take away what is left: provisor conform clean {name}"));
        }
        if !past.ended {
            let more = if beside_others { " --allow-existing-data" } else { "" };
            output.complain(&format!(
                "to go on, with the options of this run: provisor conform server {url} --resume \
                 {name}{more}"
            ));
        }
    }

    /// A run that did not begin has nothing to tell.
    pub fn forget(&self) {
        if let (true, Some(path)) = (self.ours, &self.path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Reads a journal.
pub fn read(path: &Path) -> Result<Past, Stop> {
    let name = path.display().to_string();
    if !path.exists() {
        return Err(Failure::new(format!("cannot read `{name}`"))
            .why("there is no such file")
            .into());
    }
    Past::read(path).map_err(|why| {
        let help = "a run that leaves something names its journal at its end; `provisor conform \
                    clean` lists those of the state folder";
        Failure::new(format!("`{name}` is no journal of a run")).why(why).help(help).into()
    })
}

/// Journals of runs that left something, in the state folder.
pub fn all() -> Vec<PathBuf> {
    let entries = state_folder().and_then(|folder| std::fs::read_dir(folder).ok());
    let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let mut journals: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "journal")).collect();
    journals.sort();
    journals
}

/// Where a user's programs keep what they must not forget.
fn state_folder() -> Option<PathBuf> {
    let variable =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = variable("XDG_STATE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| Some(variable("HOME")?.join(".local").join("state")))?;
    Some(base.join("provisor").join("conform"))
}

fn name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{}.journal", since.as_millis(), std::process::id())
}

/// A signal stops the run, which takes away what it made; comes back after a second one.
pub(super) async fn watch(mut signals: Signals, stopper: Stopper, told: impl Fn(&str)) {
    signals.came().await;
    told("stopping: what was made is taken away; again Ctrl-C ends at once and leaves it");
    stopper.stop();
    while signals.came().await == Came::HungUp {}
    told("ended at once");
}
