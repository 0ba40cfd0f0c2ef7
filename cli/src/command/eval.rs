//! `provisor eval`: decides everybody of a directory.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use provisor::decide::{Directory, Groups, Person, RuleSet};

use crate::exit::{Exit, Failure, Stop};
use crate::explanation;
use crate::files;
use crate::groups;
use crate::outcome;
use crate::output::{self, Look, Output};
use crate::parallel;
use crate::people::{self, Chunk, Expected};
use crate::progress::Progress;
use crate::rules;
use crate::table;
use crate::tally::Tally;
use crate::unread::Unread;

/// Rows that a table shows; more than that nobody reads, and they would fill the memory.
const ROWS: usize = 10_000;

/// Who is decided, by which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: provisor eval --rules sales.rules --users people.ndjson --format csv > who-gets-what.csv

Users may be one SCIM User, a ListResponse, a JSON array, or one User a line (NDJSON), which
streams: memory does not grow with the number of people. `-` reads standard input.
Of two Groups with one id the last counts. docs/formats.md describes every output.")]
pub struct Arguments {
    /// The rules
    #[arg(long, value_name = "FILE")]
    rules: String,
    /// SCIM Users
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    users: Vec<String>,
    /// SCIM Groups; without them the users' own `groups` count
    #[arg(long, value_name = "FILE", num_args = 1..)]
    groups: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Say of each condition whether it held
    #[arg(long)]
    explain: bool,
}

/// How outcomes are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON array.
    Json,
    /// A JSON object a line.
    Ndjson,
    /// For spreadsheets.
    Csv,
}

/// What came of a chunk of people.
#[derive(Default)]
struct Part {
    text: Vec<u8>,
    rows: Vec<Vec<String>>,
    tally: Tally,
    unread: Vec<String>,
    size: u64,
    remark: Option<String>,
}

/// Decides everybody and prints what they get.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    if arguments.explain && arguments.format == Format::Csv {
        return Err(Failure::new("CSV has no room for an explanation")
            .help("leave out `--explain`, or use `--format ndjson`")
            .into());
    }
    let Arguments { rules, users, groups: group_files, .. } = arguments;
    files::stdin_once(users.iter().chain(group_files).chain([rules]))?;
    let rules = rules::load(rules, output)?;
    let directory = groups::load(group_files, output)?.map(Arc::new);
    let (chunks, size) = open_all(users)?;
    let view = View { format: arguments.format, explain: arguments.explain, look: output.out };
    let worker = Worker { rules: rules.clone(), directory, view };
    let mut printer = Printer::new(view, output);
    printer.begin()?;
    let mut progress = Progress::new(output, "deciding", size);
    let work = move |chunk: Result<Chunk, Failure>| chunk.map(|chunk| worker.decide(&chunk));
    let done = parallel::in_order(chunks, work, |part| {
        let part = part?;
        progress.advance(part.size);
        printer.part(part)
    });
    progress.finish();
    done?;
    printer.end(&rules)
}

/// All files one after another, and their size together where it is known.
fn open_all(names: &[String]) -> Result<(people::Chunks, Option<u64>), Failure> {
    let mut all: people::Chunks = Box::new(std::iter::empty());
    let mut total = Some(0);
    for name in names {
        let (chunks, size) = people::open(name, Expected::Users)?;
        all = Box::new(all.chain(chunks));
        total = total.zip(size).map(|(a, b)| a + b);
    }
    Ok((all, total))
}

/// In which form outcomes are wanted.
#[derive(Debug, Clone, Copy)]
struct View {
    format: Format,
    explain: bool,
    look: Look,
}

/// What every thread needs.
struct Worker {
    rules: RuleSet,
    directory: Option<Arc<Directory>>,
    view: View,
}

impl Worker {
    fn decide(&self, chunk: &Chunk) -> Part {
        let remark = chunk.remark.clone();
        let mut part = Part { size: chunk.size, remark, ..Part::default() };
        let mut person = Person::new();
        for resource in chunk.resources() {
            if let Err(why) = self.read(&mut person, resource.json) {
                part.tally.count_unread();
                part.unread.push(format!("{}:{}: {why}", chunk.file, resource.line));
            } else {
                self.add(&person, resource.line, &mut part);
            }
        }
        part
    }

    fn read(&self, person: &mut Person, json: Option<&[u8]>) -> Result<(), String> {
        let groups = self.directory.as_deref().map_or(Groups::Own, Groups::Directory);
        people::read_user(person, &self.rules, json, groups)
    }

    fn add(&self, person: &Person, line: u64, part: &mut Part) {
        let decision = self.rules.decide(person);
        let report = decision.report();
        part.tally.count(&report);
        match (self.view.format, self.view.explain) {
            (Format::Table, false) => {
                if part.rows.len() < ROWS {
                    part.rows.push(outcome::row(&report, line));
                }
            }
            (Format::Table, true) => {
                let explanation = self.rules.explain(person);
                let text = explanation::render(&explanation, &decision, line, self.view.look);
                part.text.extend_from_slice(text.as_bytes());
                part.text.push(b'\n');
            }
            (Format::Csv, _) => part.text.extend_from_slice(outcome::csv(&report).as_bytes()),
            (Format::Json | Format::Ndjson, explain) => {
                if self.view.format == Format::Json {
                    part.text.extend_from_slice(b",\n");
                }
                // Writing to memory does not fail, and names are the only keys.
                let _ = if explain {
                    serde_json::to_writer(&mut part.text, &self.rules.explain(person))
                } else {
                    serde_json::to_writer(&mut part.text, &report)
                };
                if self.view.format == Format::Ndjson {
                    part.text.push(b'\n');
                }
            }
        }
    }
}

/// Prints the parts in order.
struct Printer<'a> {
    view: View,
    output: &'a Output,
    rows: Vec<Vec<String>>,
    tally: Tally,
    unread: Unread<'a>,
    first: bool,
}

impl<'a> Printer<'a> {
    fn new(view: View, output: &'a Output) -> Self {
        let unread = Unread::new("person", output);
        Self { view, output, rows: Vec::new(), tally: Tally::default(), unread, first: true }
    }

    fn begin(&self) -> Result<(), Stop> {
        match self.view.format {
            Format::Csv => self.output.print(outcome::CSV_HEADER),
            Format::Json => self.output.print("["),
            Format::Table | Format::Ndjson => Ok(()),
        }
    }

    fn part(&mut self, part: Part) -> Result<(), Stop> {
        let mut text = part.text.as_slice();
        if self.view.format == Format::Json && self.first && !text.is_empty() {
            // The first of all has no comma before it.
            text = text.strip_prefix(b",").unwrap_or(text);
            self.first = false;
        }
        if !text.is_empty() {
            self.output.print_bytes(text)?;
        }
        let free = ROWS.saturating_sub(self.rows.len());
        self.rows.extend(part.rows.into_iter().take(free));
        self.tally.add(&part.tally);
        part.unread.iter().for_each(|unread| self.unread.add(unread));
        if let Some(remark) = part.remark {
            self.output.remark(&output::shown(&remark));
        }
        Ok(())
    }

    fn end(self, rules: &RuleSet) -> Result<Exit, Stop> {
        let output = self.output;
        self.unread.end();
        match self.view.format {
            Format::Json => output.print(if self.first { "]\n" } else { "\n]\n" })?,
            Format::Table => {
                if !self.view.explain {
                    output.print(&table::render(&outcome::TITLES, &self.rows, output.out))?;
                }
                if self.rows.len() == ROWS {
                    output.print(&format!("… only the first {ROWS}; --format ndjson has all\n"))?;
                }
                if !output.quiet {
                    output.print(&format!("\n{}", self.tally.render(rules.model(), output.out)))?;
                }
            }
            Format::Csv | Format::Ndjson => {}
        }
        if self.view.format != Format::Table {
            output.remark(self.tally.render(rules.model(), output.err).trim_end());
        }
        Ok(if self.tally.unread() > 0 { Exit::Unread } else { Exit::Clean })
    }
}
