//! `provisor test`: runs the `test` blocks of rules files.

use clap::{Args, ValueEnum};
use provisor::diagnostic::render::json;
use provisor::diagnostic::{Diagnostics, Severity};
use provisor::rules::build::Built;
use provisor::testing::{self, TestReport};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure, Stop};
use crate::files;
use crate::output::{self, Output};
use crate::rules;

/// Whose tests.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: provisor test sales.rules

A run that tests nothing fails: every file that is named must have a test.")]
pub struct Arguments {
    /// Root files; `-` is standard input. Without any, all `*.rules` of this folder
    files: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: an object for each root, with its tests, coverage and findings.
    Json,
}

/// Runs the tests of every root.
pub fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Stop> {
    let mut exit = Exit::Clean;
    let mut results = Vec::new();
    let roots = rules::roots(&arguments.files)?;
    for (name, built) in &roots {
        let Some(rules) = &built.rules else {
            if !built.diagnostics.has_errors() {
                // A catalogue. Whether that is a failure is said below.
                if arguments.format == Format::Json {
                    results.push(result(name, None, &built.diagnostics, built));
                }
                continue;
            }
            // Rules with errors decide nobody, so no test can be run.
            exit = Exit::Findings;
            if arguments.format == Format::Json {
                results.push(result(name, None, &built.diagnostics, built));
            } else {
                let errors = rules::only_errors(&built.diagnostics);
                output.print(&rules::findings(&errors, &built.sources, output.out))?;
            }
            continue;
        };
        let mut report = testing::run(rules, &built.tests);
        let found: Diagnostics = std::mem::take(&mut report.diagnostics).into_iter().collect();
        if found.has_errors() {
            exit = Exit::Findings;
        }
        match arguments.format {
            Format::Json => results.push(result(name, Some(&report), &found, built)),
            Format::Text => print_text(name, &report, &found, built, output)?,
        }
    }
    if arguments.format == Format::Json {
        let text = serde_json::to_string_pretty(&json!({ "version": 1, "roots": results }));
        output.print(&format!("{}\n", text.unwrap_or_default()))?;
    }
    let Some(failure) = untested(&roots, !arguments.files.is_empty()) else { return Ok(exit) };
    match exit {
        Exit::Clean => Err(failure.into()),
        _ => {
            output.failure(&failure);
            Ok(exit)
        }
    }
}

/// What a run that tests nothing fails with: a green run must have tested something. Each file
/// that is named must have a test; of those that were looked for, one.
fn untested(roots: &[(String, Built)], named: bool) -> Option<Failure> {
    let is_bare = |built: &Built| built.tests.cases.is_empty() && !built.diagnostics.has_errors();
    let bare: Vec<&(String, Built)> = roots.iter().filter(|(_, built)| is_bare(built)).collect();
    if !named && bare.len() < roots.len() {
        return None;
    }
    if let [(name, built)] = bare.as_slice()
        && built.rules.is_none()
    {
        return Some(rules::catalogue(name));
    }
    let names: Vec<String> =
        bare.iter().map(|(name, _)| format!("`{}`", files::shown(name))).collect();
    let failure = Failure::new(format!("there is no test in {}", names.join(", ")))
        .help("write one: `test \"name\" { given … expect … }`; `provisor init -` shows some");
    (!bare.is_empty()).then_some(failure)
}

fn print_text(
    name: &str,
    report: &TestReport,
    found: &Diagnostics,
    built: &Built,
    output: &Output,
) -> Result<(), Stop> {
    let look = output.out;
    let mut text = String::new();
    for case in &report.cases {
        let (mark, style) =
            if case.passed() { ("ok  ", output::ADDED) } else { ("FAIL", output::ERROR) };
        if !output.quiet || !case.passed() {
            text.push_str(&format!("{} {}\n", look.paint(mark, style), output::shown(&case.name)));
        }
    }
    if !text.is_empty() && !found.is_empty() {
        text.push('\n');
    }
    for diagnostic in found.iter().take(provisor::limits::DIAGNOSTICS) {
        text.push_str(&rules::finding(diagnostic, &built.sources, look));
        text.push('\n');
    }
    if !output.quiet {
        let covered = report.coverage.iter().filter(|rule| rule.tests > 0).count();
        let all = report.coverage.len();
        let line = format!(
            "{}: {} passed, {} failed; tests reach {covered} of {all} rules",
            output::shown(files::shown(name)),
            report.passed(),
            report.failed(),
        );
        let style = if report.failed() > 0 { output::ERROR } else { output::STRONG };
        text.push_str(&format!("{}\n", look.paint(&line, style)));
    }
    output.print(&text)
}

fn result(name: &str, report: Option<&TestReport>, found: &Diagnostics, built: &Built) -> Value {
    let place = |span| built.sources.locate(span);
    let tests: Vec<Value> = report
        .iter()
        .flat_map(|report| &report.cases)
        .map(|case| {
            json!({
                "name": case.name,
                "place": place(case.span),
                "passed": case.passed(),
                "assignment": case.assignment,
                "expectations": case.expectations,
                "failures": case.failures,
            })
        })
        .collect();
    let coverage: Vec<Value> = report
        .iter()
        .flat_map(|report| &report.coverage)
        .map(|rule| {
            json!({
                "kind": rule.kind.as_str(),
                "name": rule.name,
                "place": place(rule.span),
                "tests": rule.tests,
            })
        })
        .collect();
    json!({
        "file": files::shown(name),
        "ran": report.is_some(),
        "passed": report.map_or(0, TestReport::passed),
        "failed": report.map_or(0, TestReport::failed),
        "warnings": found.count(Severity::Warning),
        "tests": tests,
        "coverage": coverage,
        "findings": json::value(found, &built.sources),
    })
}
