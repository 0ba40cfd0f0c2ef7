//! Rules from files: the one place that knows how the stages of the library are called.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use provisor::decide::RuleSet;
use provisor::diagnostic::render::text;
use provisor::diagnostic::{Diagnostic, Diagnostics, Severity};
use provisor::rules::build::{Built, build};
use provisor::rules::source::Sources;

use crate::disk::Disk;
use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::output::{Look, Output};

/// Reads and checks a root file and everything that it brings in.
pub fn read(disk: &Disk) -> Built {
    build(disk, disk.root())
}

/// Rules that decide. Errors are printed on standard error, and the run ends with them; of
/// warnings only their number is said.
pub fn load(name: &str, output: &Output) -> Result<RuleSet, Stop> {
    let built = read(&Disk::new(name)?);
    let Some(rules) = built.rules else {
        if !built.diagnostics.has_errors() {
            return Err(catalogue(name).into());
        }
        let errors = only_errors(&built.diagnostics);
        output.complain(findings(&errors, &built.sources, output.err).trim_end());
        return Err(Exit::Findings.into());
    };
    let warnings = built.diagnostics.count(Severity::Warning);
    if warnings > 0 {
        let plural = if warnings == 1 { "" } else { "s" };
        output.remark(&format!("{warnings} warning{plural}; see: provisor check {name}"));
    }
    Ok(rules)
}

/// Why a file without assignments cannot do what was wanted.
pub fn catalogue(name: &str) -> Failure {
    Failure::new(format!("`{}` decides nobody", files::shown(name)))
        .why("it is a catalogue, without an assignment")
        .help("name the rules file that uses it, or add a `default assignment`")
}

/// Root files with what became of them: those named, or else all rules files of the current
/// folder save those that another brings in.
pub fn roots(files: &[String]) -> Result<Vec<(String, Built)>, Failure> {
    let load = |name: String| {
        let disk = Disk::new(&name)?;
        let built = read(&disk);
        Ok::<_, Failure>((name, disk, built))
    };
    let all = names(files)?.into_iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let own = |disk: &Disk| disk.path(disk.root());
    let mut parts: BTreeSet<PathBuf> = BTreeSet::new();
    if files.is_empty() {
        for (_, disk, _) in &all {
            parts.extend(disk.paths().into_iter().filter(|path| Some(path) != own(disk).as_ref()));
        }
    }
    let is_root = |disk: &Disk| own(disk).is_none_or(|path| !parts.contains(&path));
    Ok(all
        .into_iter()
        .filter(|(_, disk, _)| is_root(disk))
        .map(|(name, _, built)| (name, built))
        .collect())
}

/// The files named, or else all rules files of the current folder.
pub fn names(files: &[String]) -> Result<Vec<String>, Failure> {
    if !files.is_empty() {
        return Ok(files.to_vec());
    }
    let folder = fs::read_dir(".").map_err(|error| Failure::io("read", ".", &error))?;
    let mut names: Vec<String> = folder
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".rules"))
        .collect();
    names.sort();
    if names.is_empty() {
        return Err(Failure::new("there are no rules here")
            .why("no file is named, and none in this folder ends in `.rules`")
            .help("name a file, such as `sales.rules`, or `-` for standard input")
            .help("or write one to start from: `provisor init`"));
    }
    Ok(names)
}

/// The errors among findings.
pub fn only_errors(diagnostics: &Diagnostics) -> Diagnostics {
    diagnostics.iter().filter(|d| d.severity() == Severity::Error).cloned().collect()
}

/// Findings as text.
pub fn findings(diagnostics: &Diagnostics, sources: &Sources, look: Look) -> String {
    let style = look.diagnostics();
    let options = text::Options { width: look.width, ..text::Options::new(&style) };
    text::render(diagnostics, sources, &options)
}

/// One finding as text.
pub fn finding(diagnostic: &Diagnostic, sources: &Sources, look: Look) -> String {
    let style = look.diagnostics();
    let options = text::Options { width: look.width, ..text::Options::new(&style) };
    text::render_one(diagnostic, sources, &options)
}
