//! Rules files on disk: everything lies under the folder of the root file, links resolved.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use provisor::limits;
use provisor::rules::load::{Found, LoadError, Loader};

use crate::exit::Failure;
use crate::files;

/// Brings the files of one root.
#[derive(Debug, Clone)]
pub struct Disk {
    /// The root's folder, links resolved.
    folder: PathBuf,
    /// The root's folder as it was written, to be put before names.
    prefix: String,
    /// The root's own name in its folder.
    root: String,
    /// The root's text where it is standard input.
    stdin: Option<Vec<u8>>,
    /// Texts that stand for those on disk, by key.
    overlay: BTreeMap<String, String>,
    /// Shown name → path with links resolved, of every file that was found.
    found: RefCell<BTreeMap<String, PathBuf>>,
}

impl Disk {
    /// For a root file, or `-` for standard input, whose folder is the current one.
    pub fn new(name: &str) -> Result<Self, Failure> {
        if name == files::STDIN {
            let text = files::read(name, limits::FILE_BYTES)?;
            return Self::at(Path::new(""), files::shown(name), Some(text));
        }
        // What cannot be opened is a failure of the command, not a finding about rules.
        files::open(name)?;
        let path = Path::new(name);
        let file = path.file_name().and_then(|file| file.to_str());
        let file = file.ok_or_else(|| Failure::new(format!("`{name}` does not name a file")))?;
        Self::at(path.parent().unwrap_or(Path::new("")), file, None)
    }

    fn at(folder: &Path, root: &str, stdin: Option<Vec<u8>>) -> Result<Self, Failure> {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let shown = here.display().to_string();
        let resolved =
            fs::canonicalize(here).map_err(|error| Failure::io("read", &shown, &error))?;
        let prefix = match folder.to_str() {
            None | Some("") => String::new(),
            Some(folder) if folder.ends_with(['/', '\\']) => folder.to_owned(),
            Some(folder) => format!("{folder}/"),
        };
        Ok(Self {
            folder: resolved,
            prefix,
            root: root.to_owned(),
            stdin,
            overlay: BTreeMap::new(),
            found: RefCell::default(),
        })
    }

    /// The name of the root, as the library asks for it.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Whether the root is standard input.
    pub fn is_stdin(&self) -> bool {
        self.stdin.is_some()
    }

    /// Where the file of a shown name is, links resolved.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.found.borrow().get(name).cloned()
    }

    /// Every file that was found.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.found.borrow().values().cloned().collect()
    }

    /// From now on this text stands for the file of a shown name.
    pub fn overlay(&mut self, name: &str, text: String) {
        if let Some(path) = self.path(name) {
            self.overlay.insert(key(&path), text);
        }
    }

    /// The texts that stand for files, by path.
    pub fn overlaid(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.overlay.iter().map(|(path, text)| (Path::new(path), text.as_str()))
    }
}

impl Loader for Disk {
    fn resolve(&self, path: &str) -> Result<Found, LoadError> {
        if self.is_stdin() && path == self.root {
            let (key, name) = (path.to_owned(), path.to_owned());
            return Ok(Found { key, name, bytes: None });
        }
        let resolved = fs::canonicalize(self.folder.join(path)).map_err(|error| unread(&error))?;
        // The root itself may be a link to wherever it likes.
        if path != self.root && !resolved.starts_with(&self.folder) {
            return Err(LoadError::Outside);
        }
        let metadata = fs::metadata(&resolved).map_err(|error| unread(&error))?;
        if metadata.is_dir() {
            return Err(LoadError::Unreadable("it is a folder".to_owned()));
        }
        let name = format!("{}{path}", self.prefix);
        self.found.borrow_mut().insert(name.clone(), resolved.clone());
        let bytes = metadata.is_file().then_some(metadata.len());
        Ok(Found { key: key(&resolved), name, bytes })
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, LoadError> {
        if let Some(text) = self.overlay.get(&found.key) {
            return Ok(text.clone().into_bytes());
        }
        match &self.stdin {
            Some(text) if found.key == self.root => Ok(text.clone()),
            _ => files::read(&found.key, limits::FILE_BYTES)
                .map_err(|failure| LoadError::Unreadable(failure.why.unwrap_or_default())),
        }
    }
}

fn key(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn unread(error: &std::io::Error) -> LoadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => LoadError::Missing,
        ErrorKind::PermissionDenied => LoadError::Unreadable("permission denied".to_owned()),
        _ => LoadError::Unreadable(error.to_string()),
    }
}
