//! The commands of `docs/source-guide.md`, as a reader types them into a shell. `...` stands for
//! any lines and `…` for the rest of a line; `exit N` says how a command ends.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::run::Folder;

#[test]
fn every_command_does_what_the_guide_says() {
    if !is_there("python3") {
        // The sample source is a Python program; without Python there is nothing to follow.
        return;
    }
    let guide = guide();
    let folder = folder();
    let mut run = 0;
    for (exit, command, expected) in commands(&guide) {
        follow(&folder, exit, &command, &expected);
        run += 1;
    }
    assert!(run >= 6, "only {run} commands were found");
    for option in ["--oauth", "--large", "--misbehave", "--contract", "--rules"] {
        assert!(
            commands(&guide).iter().any(|(_, command, _)| command.contains(option)),
            "{option}"
        );
    }
}

#[test]
fn the_other_sample_does_the_same() {
    if !is_there("node") {
        return;
    }
    let folder = folder();
    let mut run = 0;
    for (exit, command, expected) in commands(&guide()) {
        // Tokens are fetched by the Python sample alone.
        if command.contains("--oauth") {
            continue;
        }
        let sample = "python3 examples/source-python/source.py";
        let command = command.replace(sample, "node examples/source-node/source.mjs");
        follow(&folder, exit, &command, &expected);
        run += 1;
    }
    assert!(run >= 5, "only {run} commands were found");
}

#[test]
fn the_python_sample_passes_every_misbehaviour() {
    passes_every_misbehaviour("python3", "examples/source-python/source.py");
}

#[test]
fn the_node_sample_passes_every_misbehaviour() {
    passes_every_misbehaviour("node", "examples/source-node/source.mjs");
}

/// With the one warning that the guide tells of.
fn passes_every_misbehaviour(program: &str, sample: &str) {
    if is_there(program) {
        let command =
            format!("provisor conform source --on any '{program} {sample}' --misbehave all");
        let expected = "...\nwarn: reaction/asks-again\n...\n\
            conformant, as far as was tested, with 1 warning\n...\n";
        follow(&folder(), 0, &command, expected);
    }
}

#[test]
fn a_sample_has_sixty_lines_at_most() {
    for name in ["examples/source-python/source.py", "examples/source-node/source.mjs"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        assert!(text.lines().count() <= 60, "{name}");
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn guide() -> String {
    fs::read_to_string(root().join("docs/source-guide.md")).unwrap()
}

/// A folder with what the guide's commands read.
fn folder() -> Folder {
    let root = root();
    let folder = Folder::with(&[]);
    let samples = [
        "rules.example",
        "examples/source-python/source.py",
        "examples/source-python/access_token.py",
        "examples/source-node/source.mjs",
    ];
    for name in samples {
        folder.write(name, &fs::read(root.join(name)).unwrap());
    }
    let catalogues = fs::read_dir(root.join("examples/brightwater")).into_iter().flatten();
    for entry in catalogues.flatten().filter(|entry| entry.path().is_file()) {
        let name = format!("examples/brightwater/{}", entry.file_name().to_str().unwrap());
        folder.write(&name, &fs::read(entry.path()).unwrap());
    }
    folder
}

/// Runs a command in a shell and holds what it prints against what is expected.
fn follow(folder: &Folder, exit: i32, command: &str, expected: &str) {
    let bin = Path::new(env!("CARGO_BIN_EXE_provisor")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .current_dir(folder.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{command}\n{text}");
    assert!(fits(&text, expected), "{command} prints\n{text}\nand not\n{expected}");
}

/// Exit code, command and what it prints.
fn commands(markdown: &str) -> Vec<(i32, String, String)> {
    let mut all: Vec<(i32, String, String)> = Vec::new();
    let mut open: Option<i32> = None;
    for line in markdown.lines() {
        if let Some(info) = line.strip_prefix("```") {
            let exit = info.strip_prefix("console").map(|rest| {
                rest.trim().strip_prefix("exit ").map_or(0, |code| code.parse().unwrap())
            });
            open = if open.is_some() { None } else { exit };
        } else if let Some(exit) = open {
            match (line.strip_prefix("$ "), all.last_mut()) {
                (Some(command), _) => all.push((exit, command.to_owned(), String::new())),
                (None, Some((_, _, printed))) => {
                    printed.push_str(line);
                    printed.push('\n');
                }
                (None, None) => {}
            }
        }
    }
    all
}

/// Whether the expected lines stand in the output, in order, with others only where `...` is.
fn fits(output: &str, expected: &str) -> bool {
    let lines: Vec<&str> = output.lines().collect();
    let mut at = 0;
    let mut skip = false;
    for wanted in expected.lines() {
        if wanted == "..." {
            skip = true;
            continue;
        }
        let found = lines[at..].iter().position(|line| like(line, wanted));
        match found {
            Some(0) => at += 1,
            Some(more) if skip => at += more + 1,
            _ => return false,
        }
        skip = false;
    }
    skip || at == lines.len()
}

/// Whether a line is as the pattern says, with `…` for anything.
fn like(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let last = number + 1 == parts.len();
        match rest.find(part) {
            Some(_) if last && part.is_empty() => return true,
            Some(_) if last => return rest.ends_with(part),
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    !parts.is_empty() || rest.is_empty()
}
