//! Medians as Markdown tables, with ratios against Provisor.

use std::fmt::Write;

use crate::engine::Engine;
use crate::engines::Provisor;

/// What is measured of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The person is in the engine's own form.
    Ready,
    /// The person is a tree of `serde_json`.
    Tree,
    /// The person is JSON text.
    Text,
}

impl Start {
    pub const ALL: [Self; 3] = [Self::Ready, Self::Tree, Self::Text];

    /// Its name in benchmark ids.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Tree => "tree",
            Self::Text => "text",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Ready => "Input ready: the person is in the engine's own form",
            Self::Tree => "From a tree: the SCIM User is a `serde_json::Value`",
            Self::Text => "From text: the SCIM User is JSON text",
        }
    }
}

/// A median.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Words for the scenario, one row of a table.
    pub scenario: String,
    pub engine: &'static str,
    pub start: Start,
    /// One person.
    pub nanoseconds: f64,
}

/// A table for each start: scenarios down, engines across.
pub fn tables(measured: &[Measured], engines: &[(&'static str, String)]) -> String {
    let mut scenarios: Vec<_> = measured.iter().map(|one| &*one.scenario).collect();
    scenarios.dedup();
    let mut text = String::new();
    for start in Start::ALL {
        let _ = write!(text, "### {}\n\n| Rules |", start.title());
        for (engine, version) in engines {
            let _ = write!(text, " {} |", format!("{engine} {version}").trim_end());
        }
        let _ = write!(text, "\n|---|{}\n", "---:|".repeat(engines.len()));
        for scenario in &scenarios {
            let find = |engine: &str| {
                let same = |one: &&Measured| {
                    (&*one.scenario, one.engine, one.start) == (*scenario, engine, start)
                };
                measured.iter().find(same).map(|one| one.nanoseconds)
            };
            let _ = write!(text, "| {scenario} |");
            for (engine, _) in engines {
                let _ = write!(text, " {} |", cell(find(engine), find(Provisor::NAME)));
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// Puts a text between the two marks of a page; `None` if they are not there.
pub fn replace_between(page: &str, open: &str, close: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(open)?;
    let (_, after) = rest.split_once(close)?;
    Some(format!("{before}{open}\n{text}{close}{after}"))
}

fn cell(nanoseconds: Option<f64>, of_provisor: Option<f64>) -> String {
    let Some(nanoseconds) = nanoseconds else { return "–".to_owned() };
    let ratio =
        of_provisor.map_or_else(String::new, |of| format!(" ({}×)", short(nanoseconds / of)));
    format!("{} µs{ratio}", short(nanoseconds / 1000.0))
}

/// Two digits that count, and no decimals from 10 on.
fn short(number: f64) -> String {
    match number {
        ..0.1 => format!("{number:.3}"),
        ..1.0 => format!("{number:.2}"),
        ..10.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}
