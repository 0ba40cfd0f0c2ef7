//! `check --fix`: applies fixes that are certain, and only if the rules are no worse for it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use provisor::diagnostic::Severity;
use provisor::limits;
use provisor::rules::build::Built;

use crate::disk::Disk;
use crate::exit::{Failure, Stop};
use crate::fixes;
use crate::output::Output;
use crate::rules;

/// Fixes can make room for others; more rounds than this would mean that they go in a circle.
const ROUNDS: usize = 10;

/// Mends the files of roots on disk: those named, or else all of the current folder.
///
/// After each round everything is checked again in memory, and a round after which there are more
/// errors is not kept. A file that was changed by somebody else meanwhile is left alone.
pub fn mend(files: &[String], output: &Output) -> Result<(), Stop> {
    for name in rules::names(files)? {
        mend_root(&name, output)?;
    }
    Ok(())
}

fn mend_root(name: &str, output: &Output) -> Result<(), Stop> {
    let mut disk = Disk::new(name)?;
    if disk.is_stdin() {
        return Err(Failure::new("cannot fix standard input")
            .why("there is no file to write to")
            .help("name the file: `provisor check --fix sales.rules`")
            .into());
    }
    let mut built = rules::read(&disk);
    let originals: Vec<(PathBuf, String)> = built
        .sources
        .iter()
        .filter_map(|(_, source)| Some((disk.path(source.name())?, source.text().to_owned())))
        .collect();
    for (_, source) in built.sources.iter() {
        let file = disk.path(source.name()).and_then(|path| fs::metadata(path).ok());
        if file.is_some_and(|file| file.len() > limits::FILE_BYTES as u64) {
            return Err(Failure::new(format!("did not fix `{}`", source.name()))
                .why(format!("it is longer than {} bytes, and so was not read", limits::FILE_BYTES))
                .help("move some of its rules into another file, and `include` that")
                .into());
        }
    }
    let mut total = 0;
    for _ in 0..ROUNDS {
        let (texts, applied) = fixes::apply(&built.diagnostics, &built.sources);
        if texts.is_empty() {
            break;
        }
        let mut trial = disk.clone();
        for (file, text) in texts {
            if let Some(source) = built.sources.get(file) {
                trial.overlay(source.name(), text);
            }
        }
        let mended = rules::read(&trial);
        let errors = |built: &Built| built.diagnostics.count(Severity::Error);
        if errors(&mended) > errors(&built) {
            break;
        }
        total += applied;
        disk = trial;
        built = mended;
    }

    let mut written = 0;
    for (path, text) in disk.overlaid() {
        let original = originals.iter().find(|(other, _)| other == path).map(|(_, text)| text);
        if original.is_some_and(|original| original == text) {
            continue;
        }
        replace(path, original.map(String::as_str), text)?;
        written += 1;
    }
    if written > 0 {
        let fixes = if total == 1 { "1 fix".to_owned() } else { format!("{total} fixes") };
        let files = if written == 1 { "1 file".to_owned() } else { format!("{written} files") };
        output.remark(&format!("applied {fixes} to {files} of {name}"));
    }
    Ok(())
}

/// Replaces a file as a whole or not at all, if it still holds what was read.
pub fn replace(path: &Path, expected: Option<&str>, text: &str) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let failure = |error: &std::io::Error| Failure::io("write", &shown, error);
    let now = fs::read(path).map_err(|error| failure(&error))?;
    if expected.is_some_and(|expected| expected.as_bytes() != now) {
        return Err(Failure::new(format!("did not write `{shown}`"))
            .why("it was changed by somebody else meanwhile")
            .help("run the command again"));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let write = || {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::set_permissions(&beside, fs::metadata(path)?.permissions())?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| {
        // What is half written is of no use to anybody.
        let _ = fs::remove_file(&beside);
        failure(&error)
    })
}
