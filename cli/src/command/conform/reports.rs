//! Where reports go and what they are compared with: options that every judge has in common.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use provisor::diagnostic::suggest::{did_you_mean, nearest};
use provisor_conformance::report::baseline::ChangeKind;
use provisor_conformance::report::text::Look;
use provisor_conformance::report::waivers::Waivers;
use provisor_conformance::report::{Format, Redacted, format, json};

use crate::exit::{Exit, Failure, Stop};
use crate::output::Output;

#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub struct Reports {
    /// What standard output gets: text, json, html, markdown, junit, sarif or har
    #[arg(long, default_value = "text", value_name = "FORMAT", value_parser = of_name)]
    format: Named,
    /// Writes a report into a file too, such as report.html or junit=out.xml; may be repeated
    #[arg(long = "report", value_name = "[FORMAT=]FILE", value_parser = into_file)]
    reports: Vec<(Named, String)>,
    /// An earlier report (--report json=FILE): show only what changed; only new failures count
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// Known failures, each with a reason and a last day (YAML)
    #[arg(long, value_name = "FILE")]
    waivers: Option<String>,
    /// Writes a badge: FILE.svg a picture, FILE.json data for shields.io; may be repeated
    #[arg(long = "badge", value_name = "FILE", value_parser = of_badge)]
    badges: Vec<String>,
}

/// A form of a report; `Format` itself is of another crate.
#[derive(Debug, Clone, Copy)]
struct Named(Format);

fn of_name(name: &str) -> Result<Named, String> {
    Format::named(name).map(Named).ok_or_else(|| {
        let names = || Format::ALL.iter().map(|(_, name, _)| *name);
        match nearest(name, names()) {
            Some(near) => did_you_mean(near),
            None => format!("it is one of {}", names().collect::<Vec<_>>().join(", ")),
        }
    })
}

fn into_file(text: &str) -> Result<(Named, String), String> {
    match text.split_once('=') {
        Some((name, file)) if !file.is_empty() => Ok((of_name(name)?, file.to_owned())),
        // The ending says it.
        None => match Format::of_file(text) {
            Some(form) => Ok((Named(form), text.to_owned())),
            None => {
                Err("the ending tells no format; write FORMAT=FILE, such as html=report".to_owned())
            }
        },
        _ => Err("write FORMAT=FILE, such as html=report.html".to_owned()),
    }
}

fn of_badge(file: &str) -> Result<String, String> {
    let ending = Path::new(file).extension().and_then(|ending| ending.to_str());
    match ending {
        Some("svg" | "json") => Ok(file.to_owned()),
        _ => Err("a badge is FILE.svg or FILE.json".to_owned()),
    }
}

/// What a report is compared with, read before a run begins: a mistake in it costs no run.
#[derive(Debug)]
pub struct Ready<'a> {
    reports: &'a Reports,
    baseline: Option<Redacted>,
    waivers: Option<Waivers>,
    told: Vec<String>,
    saw_steps: bool,
}

impl Reports {
    /// Reads what a report is compared with, and looks whether files can be written.
    pub fn ready(&self) -> Result<Ready<'_>, Stop> {
        for file in self.reports.iter().map(|(_, file)| file).chain(&self.badges) {
            let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty());
            if folder.is_some_and(|folder| !folder.is_dir()) {
                let missing = std::io::ErrorKind::NotFound.into();
                return Err(Failure::io("write", file, &missing).into());
            }
        }
        let baseline = match &self.baseline {
            Some(file) => Some(json::read(&read(file)?).map_err(|why| {
                Failure::new(format!("`{file}` cannot be compared with"))
                    .why(why)
                    .help("make one with --report json=FILE")
            })?),
            None => None,
        };
        let waivers = match &self.waivers {
            Some(file) => Some(Waivers::read(file, &read(file)?).map_err(|problems| {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Failure::new("waivers cannot be read")
                    .why(lines.join("\n"))
                    .help("each is `- id: …`, `reason: …` and `expires: YYYY-MM-DD`")
            })?),
            None => None,
        };
        Ok(Ready { reports: self, baseline, waivers, told: Vec::new(), saw_steps: false })
    }
}

impl Ready<'_> {
    /// These notes are told already, as are the steps, and not printed again; files have them.
    pub fn told(self, notes: Vec<String>) -> Self {
        Self { told: notes, saw_steps: true, ..self }
    }

    /// Writes every report, and says how the command ends. `known` says whether there is anything
    /// of an id at all, `covered` whether anything tests a requirement, chosen or not.
    pub fn finish(
        self,
        report: Redacted,
        known: impl Fn(&str) -> bool,
        covered: impl Fn(&str) -> bool,
        output: &Output,
    ) -> Result<Exit, Stop> {
        let mut report = report.with_requirements(covered);
        if let Some(waivers) = &self.waivers {
            report = report.waived(waivers, &today(), known);
        }
        if let Some(baseline) = &self.baseline {
            report = report.since(baseline);
        }
        // A file that cannot be written costs neither the others nor what is printed.
        let mut written = Ok(());
        for (Named(form), file) in &self.reports.reports {
            written = written.and(write(file, &form.render(&report, Look::plain())));
        }
        for file in &self.reports.badges {
            written = written.and(write(file, &format::badge(&report, file).unwrap_or_default()));
        }
        let width = output.out.terminal.then_some(output.out.width);
        let look = Look { color: output.out.color, width };
        let form = self.reports.format.0;
        let printed = match form {
            Format::Text => {
                let report = report.clone().without(&self.told);
                // Whoever was told of the steps saw each of them end.
                let report = if self.saw_steps { report.without_steps() } else { report };
                form.render(&report, look)
            }
            _ => form.render(&report, look),
        };
        output.print(&printed)?;
        written?;
        Ok(exit(&report))
    }
}

/// A failure is more certain than what could not be run. With an earlier report, what is new
/// counts.
fn exit(report: &Redacted) -> Exit {
    let new = |kind| report.changes.as_ref().map(|changes| changes.count(kind) > 0);
    let fails = new(ChangeKind::NewFailure).unwrap_or_else(|| !report.conforms());
    let errors =
        report.interrupted.is_some() || new(ChangeKind::NewError).unwrap_or_else(|| !report.ran());
    if fails || !report.problems.is_empty() {
        Exit::Findings
    } else if errors {
        Exit::Unread
    } else {
        Exit::Clean
    }
}

fn read(file: &str) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::io("read", file, &error))
}

fn write(file: &str, text: &str) -> Result<(), Failure> {
    fs::write(file, text).map_err(|error| Failure::io("write", file, &error))
}

/// The date in UTC (RFC 3339 full-date).
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    provisor_conformance::report::exchange::date(seconds)
}
