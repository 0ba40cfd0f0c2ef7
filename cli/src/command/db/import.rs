//! `provisor db import`: people and groups from NDJSON.

use std::io::{BufRead, BufReader, Read};
use std::mem;
use std::path::PathBuf;

use clap::Args;
use provisor_server::config;
use provisor_server::id::Kind;
use provisor_server::run::transfer::Import;
use provisor_server::service::import::{Imported, Line};

use crate::command::token;
use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::output::{self, Output};
use crate::progress::Progress;

/// Bytes of a line: a group of some hundred thousand members.
const LINE_BYTES: usize = 64 * 1024 * 1024;
/// Lines that are taken in together: either all of them are on the disk or none.
const LINES: usize = 500;
/// Bytes of lines that are taken in together, about.
const BYTES: usize = 1024 * 1024;

/// What is taken in, and where to.
#[derive(Debug, Args)]
#[command(after_help = "One SCIM resource a line, users before groups, as `provisor db export` \
    writes them. Who is here already, by `id`, `externalId`, `userName` or a group's \
    `displayName`, becomes what the line says; others are made, with the line's `id` where it is \
    one of this server. Who is in no line stays. What people get is decided when all lines are \
    in. An import that was cut off is begun again: what is in already stays as it is.\n\n\
    Example: provisor db import --create people.ndjson")]
pub struct Arguments {
    /// The file to read; `-` reads standard input
    #[arg(value_name = "FILE")]
    from: String,
    /// The tenant, by name or number
    #[arg(long, value_name = "TENANT", default_value = "default")]
    tenant: String,
    /// A schema that extends User or Group, as for `provisor serve`
    #[arg(long, value_name = "TYPE=FILE", value_parser = config::schema)]
    schema: Vec<(Kind, PathBuf)>,
    /// Make the database if it is not there
    #[arg(long)]
    create: bool,
    #[command(flatten)]
    database: token::Database,
}

/// What became of the lines.
#[derive(Debug, Default)]
struct Tally {
    created: [u64; 2],
    changed: [u64; 2],
    unchanged: [u64; 2],
    refused: u64,
}

/// Takes it in.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let (reader, size) = files::open(&arguments.from)?;
    let is_new = !arguments.database.database.exists();
    let mut import = Import::open(
        &arguments.database.database,
        arguments.create,
        &arguments.tenant,
        &arguments.schema,
    )
    .map_err(not_begun)?;
    let name = files::shown(&arguments.from);
    let mut telling = Telling { name, output, tally: Tally::default() };
    let mut progress = Progress::new(output, "importing", size);
    let mut reader = BufReader::new(reader);
    let (mut lines, mut bytes, mut number) = (Vec::new(), 0, 0);
    loop {
        let read = next(&mut reader).map_err(|error| Failure::io("read", name, &error))?;
        let ended = read.is_none();
        if let Some((line, length)) = read {
            number += 1;
            progress.advance(length);
            match line {
                Some(line) if line.trim_ascii().is_empty() => {}
                Some(mut line) => {
                    line.truncate(line.trim_ascii_end().len());
                    bytes += line.len();
                    lines.push((number, line));
                }
                None => telling.refuse(number, &format!("it has more than {LINE_BYTES} bytes")),
            }
        }
        if ended || lines.len() >= LINES || bytes >= BYTES {
            telling.take(&mut import, mem::take(&mut lines))?;
            bytes = 0;
        }
        if ended {
            break;
        }
    }
    let missing = import.finish().map_err(|error| telling.cut_off(error.to_string()))?;
    progress.finish();
    for (line, number) in &missing {
        let label = output.err.paint("error", output::ERROR);
        output.complain(&format!(
            "{label}: {}:{line} is taken in without {number} of its members: they are in no line \
             and not here",
            output::shown(name)
        ));
    }
    output.remark(&telling.tally.words());
    if is_new {
        output.remark("the database is new and has no token; next: provisor token add NAME");
    }
    let whole = telling.tally.refused == 0 && missing.is_empty();
    Ok(if whole { Exit::Clean } else { Exit::Unread })
}

struct Telling<'a> {
    name: &'a str,
    output: &'a Output,
    tally: Tally,
}

impl Telling<'_> {
    /// Takes in some lines and tells of those that are refused.
    fn take(&mut self, import: &mut Import, lines: Vec<Line>) -> Result<(), Stop> {
        if lines.is_empty() {
            return Ok(());
        }
        let done = import.lines(lines).map_err(|error| self.cut_off(error.to_string()))?;
        for (number, imported) in done {
            let tally = &mut self.tally;
            match imported {
                Imported::Created(kind) => add(&mut tally.created, kind),
                Imported::Changed(kind) => add(&mut tally.changed, kind),
                Imported::Unchanged(kind) => add(&mut tally.unchanged, kind),
                Imported::Refused(error) => self.refuse(number, &error.detail),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, number: u64, why: &str) {
        self.tally.refused += 1;
        let label = self.output.err.paint("error", output::ERROR);
        let (name, why) = (output::shown(self.name), output::shown(why));
        self.output.complain(&format!("{label}: {name}:{number} is not taken in: {why}"));
    }

    fn cut_off(&self, why: String) -> Failure {
        Failure::new("the import is cut off")
            .why(why)
            .help(format!("so far: {}", self.tally.words()))
            .help("import the file again; what is in already stays as it is")
    }
}

impl Tally {
    fn words(&self) -> String {
        let Self { created, changed, unchanged, refused } = self;
        let [of_users, of_groups] = [0, 1].map(|kind| {
            let number = |counts: &[u64; 2]| counts.get(kind).copied().unwrap_or(0);
            let (new, other, same) = (number(created), number(changed), number(unchanged));
            format!("{new} new, {other} changed, {same} as they were")
        });
        let mut words = format!("users: {of_users}; groups: {of_groups}");
        if *refused > 0 {
            words.push_str(&format!("; {refused} lines not taken in"));
        }
        words
    }
}

fn add(counts: &mut [u64; 2], kind: Kind) {
    let [users, groups] = counts;
    match kind {
        Kind::User => *users += 1,
        Kind::Group => *groups += 1,
    }
}

/// The next line with its length in bytes; the line is missing where it is too long.
fn next(reader: &mut impl BufRead) -> std::io::Result<Option<(Option<Vec<u8>>, u64)>> {
    let mut line = Vec::new();
    let limit = LINE_BYTES as u64 + 1;
    let mut length = reader.by_ref().take(limit).read_until(b'\n', &mut line)? as u64;
    if length == 0 {
        return Ok(None);
    }
    if length < limit || line.ends_with(b"\n") {
        return Ok(Some((Some(line), length)));
    }
    loop {
        line.clear();
        let more = reader.by_ref().take(limit).read_until(b'\n', &mut line)? as u64;
        length += more;
        if more == 0 || line.ends_with(b"\n") {
            return Ok(Some((None, length)));
        }
    }
}

fn not_begun(error: provisor_server::run::StartError) -> Failure {
    Failure::new("nothing is imported")
        .why(error.to_string())
        .help("`--create` makes a database, `--database` names another")
}
