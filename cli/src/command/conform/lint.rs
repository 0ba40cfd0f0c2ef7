//! `provisor conform lint`: what payloads and schemas say by themselves, without a server.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use provisor_conformance::lint::{self, Definitions, Node, Problem, Sender, place};
use provisor_conformance::requirement::Requirement;
use provisor_conformance::scenario::Level;
use serde_json::json;

use crate::exit::{Exit, Failure, Stop};
use crate::output::{self, Output};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Files with a SCIM resource, message or schema; `.ndjson` has one a line; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A Schema resource, or a list of them, that the files may use
    #[arg(long, value_name = "FILE")]
    schema: Vec<PathBuf>,
    /// Who made the files: what binds only the other side is left out
    #[arg(long, value_enum, value_name = "SIDE")]
    from: Option<From>,
    /// How problems are printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum From {
    /// A SCIM client
    Client,
    /// A service provider
    Server,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Lines for people
    #[default]
    Text,
    /// One JSON array
    Json,
}

/// A problem with the file and line where it is.
struct Found {
    file: String,
    line: usize,
    column: usize,
    problem: Problem,
}

/// Prints every problem; broken MUSTs make the exit code 1.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let mut definitions = Definitions::rfc().clone();
    for path in &arguments.schema {
        let (name, text) = read(path)?;
        let node = Node::read(&text).map_err(|error| no_json(&name, &text, &error))?;
        definitions = definitions.with(&node).ok_or_else(|| {
            let message =
                format!("`{name}` defines no schema: nothing in it has `id` and `attributes`");
            Stop::from(Failure::new(message))
        })?;
    }
    let sender = arguments.from.map(|side| match side {
        From::Client => Sender::Client,
        From::Server => Sender::Server,
    });
    let (mut found, mut unread, mut documents) = (Vec::new(), Vec::new(), 0_usize);
    for path in &arguments.files {
        let (name, text) = read(path)?;
        for (before, part) in parts(path, &text) {
            let node = match Node::read(part) {
                Ok(node) => node,
                Err(error) => {
                    // The other lines of a file say what they say.
                    unread.push(told(&name, part, before, &error));
                    continue;
                }
            };
            documents += 1;
            found.extend(lint::lint(&node, &definitions, sender).into_iter().map(|problem| {
                let (line, column) = place(part, problem.at);
                Found { file: name.clone(), line: line + before, column, problem }
            }));
        }
    }
    match arguments.format {
        _ if documents == 0 && !unread.is_empty() => {}
        Format::Text => output.print(&text(&found, documents, output))?,
        Format::Json => output.print(&format!("{:#}\n", array(&found)))?,
    }
    if !unread.is_empty() {
        return Err(Failure::new(unread.join("\n")).into());
    }
    let broken = found.iter().any(|one| one.problem.rule.level == Level::Must);
    Ok(if broken { Exit::Findings } else { Exit::Clean })
}

/// The documents of a file, each with the lines before it.
fn parts<'a>(path: &Path, text: &'a str) -> Vec<(usize, &'a str)> {
    let lines = path.extension().is_some_and(|ending| ending == "ndjson" || ending == "jsonl");
    if !lines {
        return vec![(0, text)];
    }
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect()
}

fn read(path: &Path) -> Result<(String, String), Stop> {
    let name = path.display().to_string();
    let bytes = if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| Failure::io("read", &name, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(format!("`{name}` is not UTF-8 from byte {at} on; SCIM is (RFC 7644, 3.8)"))
    })?;
    Ok((name, text))
}

fn no_json(name: &str, text: &str, error: &lint::NoDocument) -> Stop {
    Failure::new(told(name, text, 0, error)).into()
}

fn told(name: &str, text: &str, before: usize, error: &lint::NoDocument) -> String {
    let (line, column) = place(text, error.at);
    format!("{name}:{}:{column}: no JSON: {}", line + before, error.message)
}

/// `error`, `warning` or `note`, as compilers say it.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    }
}

fn text(found: &[Found], documents: usize, output: &Output) -> String {
    let mut text = String::new();
    for Found { file, line, column, problem } in found {
        let severity = severity(problem.rule.level);
        let head = format!("{file}:{line}:{column}: {severity}[{}]", problem.rule.id);
        text.push_str(&output.out.paint(&head, output::STRONG));
        text.push_str(&format!(": {}\n", problem.message));
        if let Some(requirement) =
            problem.rule.requirements.first().and_then(|id| Requirement::find(id))
        {
            let pointer = if problem.pointer.is_empty() { "/" } else { &problem.pointer };
            text.push_str(&format!(
                "  at {pointer}; {}, {}\n",
                requirement.place(),
                requirement.id
            ));
        }
    }
    let count = |level: Level| found.iter().filter(|one| one.problem.rule.level == level).count();
    if !output.quiet {
        text.push_str(&format!(
            "{}: {}, {}, {}\n",
            counted(documents, "document"),
            counted(count(Level::Must), "error"),
            counted(count(Level::Should), "warning"),
            counted(count(Level::May), "note"),
        ));
    }
    text
}

fn counted(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

fn array(found: &[Found]) -> serde_json::Value {
    let problems = found.iter().map(|Found { file, line, column, problem }| {
        json!({
            "file": file,
            "line": line,
            "column": column,
            "pointer": problem.pointer,
            "severity": severity(problem.rule.level),
            "rule": problem.rule.id,
            "title": problem.rule.title,
            "requirements": problem.rule.requirements,
            "message": problem.message,
        })
    });
    problems.collect()
}
