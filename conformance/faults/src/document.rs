//! `docs/detection.md`, from a measurement.

use std::collections::BTreeMap;
use std::fmt::Write;

use provisor_conformance::report::Verdict;

use crate::detect::{Caught, Detection};
use crate::fault::Fault;
use crate::faults::SECTIONS;
use crate::measure::Baseline;
use crate::operators::Operator;
use crate::operators::equivalent;
use crate::quick::Choice;
use crate::wishes::Wishes;

/// Scenarios that a cell names; the matrix has all of them.
const NAMED: usize = 4;

/// The document, with the choice for a quick run.
pub fn document(detection: &Detection, choice: &Choice) -> String {
    let mut text = String::from(HEAD);
    text.push_str(match cfg!(debug_assertions) {
        true => "What follows was measured with a debug build, which is slower and has the same verdicts.\n\n",
        false => "What follows was measured with a release build.\n\n",
    });
    text.push_str(&summary(detection, choice));
    text.push_str(&faults(detection));
    text.push_str(&left());
    text.push_str(&decoys(detection));
    text.push_str(&operators(detection));
    text.push_str(&idle(detection));
    text.push_str(&wishes(&detection.wishes));
    text
}

const HEAD: &str = "# What the scenarios detect

This file is generated: `TMPDIR=/dev/shm cargo run --release -p provisor-faults -- table` measures \
everything anew and writes it (without `TMPDIR` the stores lie on the disk, which is slower and \
changes nothing). `update SCENARIO…` \
measures single scenarios anew against every fault, and `table --kept` everything but the faults. \
`conformance/faults/` has what is measured with.

A fault is something that SCIM servers in the field do wrong, put in front of the reference server, \
one at a time. It is **caught** when a scenario fails on it that passes on the server without it, \
and **named** when that scenario covers a requirement that the fault breaks. Where the RFCs only \
recommend, a warning is all there can be. A decoy is odd and legal: nothing may fail on it. An \
operator is a general fault, made by rule for each endpoint and method.

";

fn summary(detection: &Detection, choice: &Choice) -> String {
    let all = &detection.faults;
    let fails = all.iter().filter(|(_, caught)| caught.fails()).count();
    let warned = all.iter().filter(|(_, one)| !one.fails() && !one.by.is_empty()).count();
    let silent = all.iter().filter(|(_, one)| one.by.is_empty() && !one.errors.is_empty()).count();
    let named = all.iter().filter(|(_, caught)| !caught.naming.is_empty()).count();
    let clean = detection.decoys.iter().filter(|(_, bad)| bad.is_empty()).count();
    let operators = &detection.operators;
    let caught = operators.iter().filter(|(_, by)| !by.is_empty()).count();
    let explained = operators
        .iter()
        .filter(|(one, by)| by.is_empty() && equivalent::reason(&one.name()).is_some())
        .count();
    let requests = detection.baseline.found.sent;
    let rows = [
        ("scenarios by the letter of the RFCs", detection.baseline.scenarios.len().to_string()),
        ("requests of a complete run", requests.to_string()),
        ("faults", all.len().to_string()),
        ("… caught by a failure", fails.to_string()),
        ("… caught by a warning alone", warned.to_string()),
        ("… seen as no answer alone", silent.to_string()),
        ("… where a scenario names the requirement", named.to_string()),
        ("decoys", detection.decoys.len().to_string()),
        ("… without a false failure", clean.to_string()),
        ("operators", operators.len().to_string()),
        ("… caught", caught.to_string()),
        ("… that do no harm, each with the reason", explained.to_string()),
        (
            "scenarios that catch neither a fault nor an operator",
            nothing(detection).len().to_string(),
        ),
        ("faults of the survey that a choice of at most 250 requests catches", quick_line(choice)),
    ];
    let mut text = String::from("| | |\n|---|---:|\n");
    for (what, number) in rows {
        let _ = writeln!(text, "| {what} | {number} |");
    }
    text.push('\n');
    text
}

fn quick_line(choice: &Choice) -> String {
    format!("{} of {}, {} requests", choice.caught, choice.of, choice.requests)
}

fn faults(detection: &Detection) -> String {
    let caught: BTreeMap<&str, &Caught> =
        detection.faults.iter().map(|(fault, caught)| (fault.id, caught)).collect();
    let mut text = String::from(
        "## Faults\n\n★★★ damages data or access in silence, ★★ breaks a client of the mainstream, ★ can be lived with. The number is of all scenarios that catch it; those that name the requirement stand first. `conformance/faults/detection.tsv` has every one.\n",
    );
    for section in SECTIONS {
        let _ = write!(
            text,
            "\n### {}\n\n| Fault | | The server | Where | Caught by | Named |\n|---|---|---|---|---|---|\n",
            section.title
        );
        for fault in section.faults {
            if let Some(caught) = caught.get(fault.id) {
                text.push_str(&row(fault, caught));
            }
        }
    }
    text
}

fn row(fault: &Fault, caught: &Caught) -> String {
    let mut ids: Vec<&String> = caught.by.keys().collect();
    ids.sort_by_key(|id| (!caught.naming.contains(*id), id.as_str()));
    let shown: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    let by = match (ids.is_empty(), caught.fails()) {
        (true, _) if !caught.errors.is_empty() => {
            let ids = caught.errors.iter().map(|id| format!("`{id}`"));
            format!("as no answer: {}", ids.collect::<Vec<_>>().join(", "))
        }
        (true, _) => "**nothing**".to_owned(),
        (false, fails) => {
            let more = if ids.len() > NAMED { " …" } else { "" };
            let how = if fails { "" } else { "as a warning: " };
            format!("{how}{}: {}{more}", ids.len(), shown.join(", "))
        }
    };
    let dialect =
        fault.dialect.map(|name| format!(" (by the wishes of {name})")).unwrap_or_default();
    let on = fault.on().map(|decoy| format!(" (on the server of the decoy `{decoy}`)"));
    let on = on.unwrap_or_default();
    let named = if caught.naming.is_empty() { "no" } else { "yes" };
    format!(
        "| {} | {} | {}{dialect}{on} | {} | {by} | {named} |\n",
        fault.id,
        fault.severity.stars(),
        fault.does,
        fault.layer.name()
    )
}

fn left() -> String {
    let mut text = String::from(
        "\n### Classes without a fault of their own\n\n| Class | The server | Why |\n|---|---|---|\n",
    );
    for left in SECTIONS.iter().flat_map(|section| section.left) {
        let _ = writeln!(text, "| {} | {} | {} |", left.id, left.does, left.because);
    }
    text
}

fn decoys(detection: &Detection) -> String {
    let mut text = String::from(
        "\n## Decoys\n\n| Decoy | The server | Permitted by | False failures |\n|---|---|---|---|\n",
    );
    for (decoy, bad) in &detection.decoys {
        let bad = match bad.is_empty() {
            true => "none".to_owned(),
            false => {
                let ids = bad.iter().map(|(id, verdict)| format!("{} `{id}`", verdict.as_str()));
                ids.collect::<Vec<_>>().join(", ")
            }
        };
        let _ = writeln!(text, "| `{}` | {} | {} | {bad} |", decoy.id, decoy.does, decoy.permitted);
    }
    text
}

fn operators(detection: &Detection) -> String {
    let mut text = String::from(
        "\n## Operators\n\nEach is fired at by the scenarios that ask that endpoint by that method, until one fails.\n\n| Endpoint | Method | Operators | Caught | Equivalent | Not caught |\n|---|---|---:|---:|---:|---:|\n",
    );
    let mut counts: BTreeMap<_, [usize; 3]> = BTreeMap::new();
    for (operator, by) in &detection.operators {
        let [all, caught, equivalent] = counts.entry(operator.key()).or_default();
        *all += 1;
        match (by.is_empty(), equivalent::reason(&operator.name())) {
            (false, _) => *caught += 1,
            (true, Some(_)) => *equivalent += 1,
            (true, None) => {}
        }
    }
    for ((endpoint, method), [all, caught, equivalent]) in counts {
        let path = endpoint.path();
        let missed = all - caught - equivalent;
        let _ =
            writeln!(text, "| `{path}` | {method} | {all} | {caught} | {equivalent} | {missed} |");
    }
    text.push_str("\nThose that no scenario fails on, with the reason where they are equivalent to no fault:\n\n| Operator | Why |\n|---|---|\n");
    for (operator, _) in detection.operators.iter().filter(|(_, by)| by.is_empty()) {
        let name = operator.name();
        let _ = writeln!(text, "| {name} | {} |", why(operator));
    }
    text
}

fn why(operator: &Operator) -> &'static str {
    equivalent::reason(&operator.name()).unwrap_or("**not caught**")
}

/// Scenarios that catch nothing at all.
pub fn nothing(detection: &Detection) -> Vec<&String> {
    detection.idle.iter().filter(|(_, by)| by.is_none()).map(|(id, _)| id).collect()
}

fn idle(detection: &Detection) -> String {
    let mut text = String::from(
        "\n## Scenarios that no fault fails\n\nA scenario that fails on nothing says nothing. These fail on an operator; a test fires each at the one that is named here.\n\n| Scenario | Fails on |\n|---|---|\n",
    );
    for (id, by) in &detection.idle {
        let by = by.as_deref().unwrap_or("**nothing**");
        let _ = writeln!(text, "| `{id}` | {by} |");
    }
    let skipped = detection.baseline.found.verdicts.iter();
    let elsewhere = |id: &String| {
        let passes = |one: &Baseline| one.found.passes(id);
        detection.beside.values().any(passes)
    };
    let skipped = skipped.filter(|(id, verdict)| **verdict == Verdict::Skip && !elsewhere(id));
    let skipped: Vec<String> = skipped.map(|(id, _)| format!("`{id}`")).collect();
    if !skipped.is_empty() {
        let _ = writeln!(
            text,
            "\nNot measured, because neither the reference server nor a decoy has what they ask for: {}.",
            skipped.join(", ")
        );
    }
    text
}

fn wishes(wishes: &Wishes) -> String {
    let mut text = String::from(
        "\n## Scenarios of dialects\n\nThey say what providers wish beyond the letter, and are fired at the reference server in its dialect `tolerant`, with every fault in front of it. Where no fault fails one, an operator does.\n\n| Scenario | Fails on |\n|---|---|\n",
    );
    for (id, by) in &wishes.by {
        let more = if by.len() > NAMED { " …" } else { "" };
        let by = match by.as_slice() {
            [] => "**nothing**".to_owned(),
            by => by.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "),
        };
        let _ = writeln!(text, "| `{id}` | {by}{more} |");
    }
    for (id, words) in &wishes.ungranted {
        let _ = writeln!(
            text,
            "\nNot measured, because the reference server does not grant the wish: `{id}`. {words}"
        );
    }
    text
}
