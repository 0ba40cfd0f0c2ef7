//! The text of rules: a root file and what it includes, from a folder, the store or a request.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use provisor::limits;
use provisor::rules::build::{Built, build};
use provisor::rules::load::{Found, LoadError, Loader, Memory};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Every file of a rule set, by the path that `include` and `use` say, relative to the root's
/// folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesText {
    /// The path of the root file.
    pub root: String,
    /// Path → text.
    pub files: BTreeMap<String, String>,
}

impl RulesText {
    /// One file.
    pub fn single(name: impl Into<String>, text: impl Into<String>) -> Self {
        let root = name.into();
        Self { files: BTreeMap::from([(root.clone(), text.into())]), root }
    }

    /// Checks and compiles it.
    pub fn build(&self) -> Built {
        let memory = self.files.iter().fold(Memory::new(), |memory, (path, text)| {
            memory.with(path.as_str(), text.as_bytes().to_vec())
        });
        build(&memory, &self.root)
    }

    /// What tells it from any other: SHA-256 in hexadecimal digits.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |part: &str| {
            // The length first, so that no two lists of parts run together.
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        };
        add(&self.root);
        for (path, text) in &self.files {
            add(path);
            add(text);
        }
        hasher.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> usize {
        self.files.values().map(String::len).sum()
    }
}

/// Reads and checks the rules of a root file with everything that it brings in.
///
/// # Errors
/// Words, if the root cannot be read at all; whatever is wrong inside is a diagnostic.
pub fn read(root: &Path) -> Result<(RulesText, Built), String> {
    let disk = Disk::of(root)?;
    let file = disk.root.clone();
    fs::File::open(disk.folder.join(&file))
        .map_err(|error| format!("cannot read `{}`: {error}", root.display()))?;
    let built = build(&disk, &file);
    let read = disk.read.into_inner();
    let files = disk.paths.into_inner().into_iter().filter_map(|(path, key)| {
        Some((path, String::from_utf8_lossy(read.get(&key)?).into_owned()))
    });
    Ok((RulesText { root: file, files: files.collect() }, built))
}

/// Whether the files of a root are, byte for byte, those of a text that was read from it.
pub(super) fn is_on_disk(text: &RulesText, root: &Path) -> bool {
    let Ok(disk) = Disk::of(root) else { return false };
    let is_same = |path: &str, text: &str| {
        let bytes = disk.resolve(path).and_then(|found| disk.read(&found));
        bytes.is_ok_and(|bytes| bytes == text.as_bytes())
    };
    // What else they bring in stands in these, so that nothing can have come in besides.
    disk.root == text.root && text.files.iter().all(|(path, text)| is_same(path, text))
}

/// Files under the folder of a root, links resolved. It remembers what was read, so that what is
/// kept in the store is what was checked.
struct Disk {
    folder: PathBuf,
    root: String,
    /// Path as asked for → key.
    paths: RefCell<BTreeMap<String, String>>,
    /// Key → bytes.
    read: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Disk {
    fn of(root: &Path) -> Result<Self, String> {
        let shown = root.display();
        let file = root.file_name().and_then(|file| file.to_str());
        let file = file.ok_or_else(|| format!("`{shown}` does not name a file"))?.to_owned();
        let folder = root.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))
            .map_err(|error| format!("cannot read `{shown}`: {error}"))?;
        Ok(Self { folder, root: file, paths: RefCell::default(), read: RefCell::default() })
    }
}

impl Loader for Disk {
    fn resolve(&self, path: &str) -> Result<Found, LoadError> {
        let resolved = fs::canonicalize(self.folder.join(path)).map_err(|error| unread(&error))?;
        // The root itself may be a link to wherever it likes.
        if path != self.root && !resolved.starts_with(&self.folder) {
            return Err(LoadError::Outside);
        }
        let metadata = fs::metadata(&resolved).map_err(|error| unread(&error))?;
        if !metadata.is_file() {
            return Err(LoadError::Unreadable("it is not a file".to_owned()));
        }
        let key = resolved.to_string_lossy().into_owned();
        self.paths.borrow_mut().insert(path.to_owned(), key.clone());
        Ok(Found { key, name: path.to_owned(), bytes: Some(metadata.len()) })
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, LoadError> {
        let file = fs::File::open(&found.key).map_err(|error| unread(&error))?;
        let mut bytes = Vec::new();
        // One byte more than allowed is enough to see that it is too large.
        file.take(limits::FILE_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unread(&error))?;
        self.read.borrow_mut().insert(found.key.clone(), bytes.clone());
        Ok(bytes)
    }
}

fn unread(error: &std::io::Error) -> LoadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => LoadError::Missing,
        ErrorKind::PermissionDenied => LoadError::Unreadable("permission denied".to_owned()),
        _ => LoadError::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_tells_a_text_moved_between_files_from_the_same_text_elsewhere() {
        let one =
            RulesText { root: "a".into(), files: BTreeMap::from([("a".into(), "bc".into())]) };
        let two =
            RulesText { root: "a".into(), files: BTreeMap::from([("ab".into(), "c".into())]) };
        assert_ne!(one.hash(), two.hash());
        assert_eq!(one.hash(), one.clone().hash());
    }

    #[test]
    fn a_change_of_any_file_is_seen_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (root, seats) = (folder.path().join("root.rules"), folder.path().join("seats.rules"));
        let text = "provisioning 1\nseat gong \"Gong\"\n";
        fs::write(&root, "provisioning 1\ninclude \"seats.rules\"\n").unwrap();
        fs::write(&seats, text).unwrap();
        let (read, _) = read(&root).unwrap();
        assert!(is_on_disk(&read, &root));
        fs::write(&seats, text.replace("Gong", "gong")).unwrap();
        assert!(!is_on_disk(&read, &root));
        fs::write(&seats, text).unwrap();
        assert!(is_on_disk(&read, &root));
        fs::remove_file(&seats).unwrap();
        assert!(!is_on_disk(&read, &root));
    }
}
