//! What a run made, written down as it happens, so that somebody can take it away after a crash.
//!
//! One JSON object a line. Before a request that may make something is sent, the journal says so;
//! afterwards it says what came of it. Whatever has the first line and not the second may exist.

mod ledger;
mod read;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::Entry;
use crate::scenario::Credential;

pub(crate) use ledger::Ledger;
pub use read::{Left, Past};

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub(crate) enum Line {
    /// A run begins, or goes on.
    Begin {
        /// The version of this form.
        version: u32,
        /// The base URI.
        url: String,
        /// In the name of everything that it makes.
        mark: String,
        /// What its random choices follow.
        seed: u64,
        /// When (RFC 3339).
        at: String,
        /// The ids of its scenarios.
        scenarios: Vec<String>,
        /// Of those among them that ask again what others ask, the ids of these.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        repeats: BTreeMap<String, Vec<String>>,
    },
    /// A request is about to be sent that may make something.
    Asks {
        /// Tells it from others.
        number: u64,
        /// The endpoint.
        to: String,
        /// With whose credential.
        with: Credential,
    },
    /// It made this.
    Made {
        /// Which request.
        number: u64,
        /// Under the base URI.
        path: String,
        /// With whose credential.
        with: Credential,
    },
    /// It was answered, and all that it made has been said.
    Answered {
        /// Which request.
        number: u64,
    },
    /// This was taken away.
    Gone {
        /// Under the base URI.
        path: String,
    },
    /// DELETE was answered as done, and what it should have taken away was shown afterwards. What
    /// was taken away by its word may be there.
    Doubted,
    /// What came of answers that were lost until here was looked for.
    Searched,
    /// A scenario is done.
    Done {
        /// What was found, without secrets.
        entry: Box<Entry>,
    },
    /// The run came to its end.
    End,
}

/// Where to look for what may be at any endpoint.
const EVERYWHERE: &str = "/";

/// The version of the form.
const VERSION: u32 = 1;

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
}

impl Journal {
    /// A new one. Fails where the file is there already: it may be the only trace of something.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Ok(Self { file })
    }

    /// One that goes on.
    pub fn append(path: &Path) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().append(true).open(path)?;
        // The last line may be half of one.
        file.write_all(b"\n")?;
        Ok(Self { file })
    }

    /// Writes a line at once: what the system has, a crash of this program does not lose.
    fn write(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())
    }
}
