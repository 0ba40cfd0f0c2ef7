//! The commands in the documents do what the documents say.
//!
//! A `console` fence holds commands behind `$` with their output; a line `...` stands for any
//! lines. `console exit 1` says how the commands end; otherwise they end with 0.

use std::fs;
use std::path::Path;

use super::guide::{document, fences};
use super::run::Folder;

const DOCUMENTS: [&str; 7] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "grammar/README.md",
    "docs/admin-guide.md",
    "docs/embedding.md",
    "docs/formats.md",
];

#[test]
fn console_fences_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut run = 0;
    for document in DOCUMENTS {
        let Ok(text) = fs::read_to_string(root.join(document)) else { continue };
        let folder = Folder::with(&[]);
        copy(root, folder.path(), "rules.example");
        copy(root, folder.path(), "examples");
        for (line, exit, commands) in consoles(&text) {
            for (command, expected) in commands {
                let Some(arguments) = command.strip_prefix("provisor ") else { continue };
                let ran = folder.run(arguments);
                let place = format!("{document}:{line}: {command}");
                assert_eq!(ran.code(), exit, "{place}\n{ran}");
                let all = format!("{}{}", ran.out().replace("\r\n", "\n"), ran.err());
                assert!(fits(&all, &expected), "{place} prints\n{all}\nand not\n{expected}");
                run += 1;
            }
        }
    }
    assert!(run >= 3, "only {run} commands were found");
}

#[test]
fn rules_that_readers_copy_are_formatted() {
    for (name, info) in
        [("README.md", "rules"), ("docs/server-guide.md", "rules file company.rules")]
    {
        let fences = fences(&document(name));
        let rules = fences.iter().find(|fence| fence.info == info).unwrap();
        let ran = Folder::with(&[("copied.rules", &rules.text)]).run("fmt --check copied.rules");
        assert_eq!(ran.code(), 0, "{name}\n{ran}");
    }
}

fn copy(root: &Path, to: &Path, name: &str) {
    let source = root.join(name);
    if source.is_dir() {
        fs::create_dir_all(to.join(name)).unwrap();
        for entry in fs::read_dir(&source).unwrap() {
            copy(root, to, &format!("{name}/{}", entry.unwrap().file_name().to_str().unwrap()));
        }
    } else {
        fs::copy(source, to.join(name)).unwrap();
    }
}

type Commands = Vec<(String, String)>;

/// Line, exit code and commands with their output, of each fence.
fn consoles(markdown: &str) -> Vec<(usize, i32, Commands)> {
    let mut fences = Vec::new();
    let mut open: Option<(usize, i32, Commands)> = None;
    for (index, line) in markdown.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            if let Some(fence) = open.take() {
                fences.push(fence);
            } else if info.starts_with("console") && !info.starts_with("console server") {
                let exit = info.split(' ').nth(2).map_or(0, |code| code.parse().unwrap());
                open = Some((index + 1, exit, Vec::new()));
            }
        } else if let Some((_, _, commands)) = &mut open {
            if let Some(command) = line.strip_prefix("$ ") {
                commands.push((command.to_owned(), String::new()));
            } else if let Some((_, output)) = commands.last_mut() {
                output.push_str(line);
                output.push('\n');
            }
        }
    }
    fences
}

/// Whether the pieces between `...` stand in the output, in order; the first at its start and the
/// last at its end.
fn fits(output: &str, expected: &str) -> bool {
    let pieces: Vec<&str> = expected.split("...\n").collect();
    let mut rest = output;
    for (index, piece) in pieces.iter().enumerate() {
        let last = index + 1 == pieces.len();
        rest = match (index, last) {
            (0, _) if rest.starts_with(piece) => &rest[piece.len()..],
            (0, _) => return false,
            (_, true) if rest.ends_with(piece) => "",
            (_, _) => match rest.find(piece) {
                Some(at) => &rest[at + piece.len()..],
                None => return false,
            },
        };
    }
    pieces.len() > 1 || rest.is_empty()
}
