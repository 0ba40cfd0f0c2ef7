//! Files held in memory, for tests and for hosts that keep rules elsewhere than in files.

use std::collections::BTreeMap;

use super::{Found, LoadError, Loader};

/// Files by path.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }
}

impl Loader for Memory {
    fn resolve(&self, path: &str) -> Result<Found, LoadError> {
        let bytes = self.files.get(path).ok_or(LoadError::Missing)?;
        let bytes = Some(bytes.len() as u64);
        Ok(Found { key: path.to_owned(), name: path.to_owned(), bytes })
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, LoadError> {
        self.files.get(&found.key).cloned().ok_or(LoadError::Missing)
    }
}
