//! JUnit XML as Jenkins and GitLab read it: a suite for each section, a case for each scenario.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::text::evidence;
use super::{Entry, Redacted, Verdict, visible};
use crate::report::summary::Summary;

/// The report as XML.
pub fn render(report: &Redacted) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing into memory does not fail.
    let _ = document(&mut writer, report);
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

type Xml = Writer<Vec<u8>>;

fn document(xml: &mut Xml, report: &Redacted) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<&Entry> = report.entries.iter().collect();
    let problems = report.problems.len();
    let [tests, failures, errors, _] = totals(&all);
    xml.create_element("testsuites")
        .with_attribute(("name", visible::line(&report.subject).as_str()))
        .with_attribute(("tests", (tests + problems).to_string().as_str()))
        .with_attribute(("failures", (failures + problems).to_string().as_str()))
        .with_attribute(("errors", errors.to_string().as_str()))
        .with_attribute(("time", seconds(report.millis).as_str()))
        .write_inner_content(|xml| {
            for (section, _) in Summary::of(report).sections {
                let of_it = |entry: &&&Entry| entry.section.place == section.place;
                let entries: Vec<&Entry> = all.iter().filter(of_it).copied().collect();
                suite(xml, report, &format!("{} {}", section.place, section.title), &entries)?;
            }
            waivers(xml, report)
        })?;
    Ok(())
}

/// Tests, failures, errors and skipped.
fn totals(entries: &[&Entry]) -> [usize; 4] {
    let count = |wanted: Case| entries.iter().filter(|entry| case(entry) == wanted).count();
    [entries.len(), count(Case::Failure), count(Case::Error), count(Case::Skipped)]
}

/// What JUnit knows of verdicts.
#[derive(PartialEq, Eq)]
enum Case {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// A warning passes, with what it says as output. What is blocked counts once, at what blocks it.
fn case(entry: &Entry) -> Case {
    match entry.verdict {
        _ if entry.waived.is_some() => Case::Skipped,
        Verdict::Fail => Case::Failure,
        Verdict::Error => Case::Error,
        Verdict::Blocked | Verdict::Skip | Verdict::NotExercised => Case::Skipped,
        Verdict::Warn | Verdict::Pass => Case::Passed,
    }
}

fn suite(xml: &mut Xml, report: &Redacted, name: &str, entries: &[&Entry]) -> io::Result<()> {
    let [tests, failures, errors, skipped] = totals(entries);
    let millis = entries.iter().map(|entry| entry.millis).sum();
    xml.create_element("testsuite")
        .with_attribute(("name", name))
        .with_attribute(("tests", tests.to_string().as_str()))
        .with_attribute(("failures", failures.to_string().as_str()))
        .with_attribute(("errors", errors.to_string().as_str()))
        .with_attribute(("skipped", skipped.to_string().as_str()))
        .with_attribute(("time", seconds(millis).as_str()))
        .with_attribute(("timestamp", report.started.as_str()))
        .write_inner_content(|xml| entries.iter().try_for_each(|entry| test_case(xml, entry)))?;
    Ok(())
}

fn test_case(xml: &mut Xml, entry: &Entry) -> io::Result<()> {
    let (class, name) = entry.id.rsplit_once('/').unwrap_or(("", entry.id.as_str()));
    let element = xml
        .create_element("testcase")
        .with_attribute(("classname", class.replace('/', ".").as_str()))
        .with_attribute(("name", name))
        .with_attribute(("time", seconds(entry.millis).as_str()));
    let kind = case(entry);
    if kind == Case::Passed && entry.verdict == Verdict::Pass {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|xml| {
        let reason = match (&entry.waived, &entry.reason) {
            (Some(waived), _) => {
                format!("waived until {}: {}", waived.expires, waived.reason)
            }
            (None, Some(reason)) => format!("{}: {reason}", entry.verdict.as_str()),
            (None, None) => entry.title.clone(),
        };
        let name = match kind {
            Case::Failure => "failure",
            Case::Error => "error",
            Case::Skipped => "skipped",
            Case::Passed => "system-out",
        };
        let mut element = xml.create_element(name);
        if kind != Case::Passed {
            element = element.with_attribute(("message", visible::line(&reason).as_str()));
        }
        if matches!(kind, Case::Failure | Case::Error) {
            element = element.with_attribute(("type", entry.verdict.as_str()));
        }
        if kind == Case::Skipped {
            element.write_empty()?;
        } else {
            let text = visible::lines(&evidence(entry));
            element.write_text_content(BytesText::new(&text))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn waivers(xml: &mut Xml, report: &Redacted) -> io::Result<()> {
    if report.problems.is_empty() {
        return Ok(());
    }
    let count = report.problems.len().to_string();
    xml.create_element("testsuite")
        .with_attribute(("name", "waivers"))
        .with_attribute(("tests", count.as_str()))
        .with_attribute(("failures", count.as_str()))
        .with_attribute(("errors", "0"))
        .write_inner_content(|xml| {
            for problem in &report.problems {
                let name = format!("{}:{}", problem.file, problem.line.unwrap_or(0));
                xml.create_element("testcase")
                    .with_attribute(("classname", "waivers"))
                    .with_attribute(("name", name.as_str()))
                    .write_inner_content(|xml| {
                        xml.create_element("failure")
                            .with_attribute(("message", visible::line(&problem.message).as_str()))
                            .with_attribute(("type", "waiver"))
                            .write_empty()?;
                        Ok(())
                    })?;
            }
            Ok(())
        })?;
    Ok(())
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
