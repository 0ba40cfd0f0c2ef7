//! SARIF 2.1.0 (OASIS) for code hosts: a rule for each thing that was judged, a result for each
//! that is no pass.

use serde_json::{Map, Value, json};

use super::{Entry, Finding, Kind, Redacted, Verdict, script};
use crate::report::baseline::ChangeKind;
use crate::report::visible;
use crate::scenario::Level;

/// The report as an indented SARIF log.
pub fn render(report: &Redacted) -> String {
    let rules: Vec<Value> = report.entries.iter().map(rule).collect();
    // What a source never did is no result: there would be hundreds.
    let is_shown = |one: &Entry| match one.verdict {
        Verdict::Pass => false,
        Verdict::NotExercised | Verdict::Skip => report.kind == Kind::Server,
        _ => true,
    };
    let shown = report.entries.iter().enumerate().filter(|(_, one)| is_shown(one));
    let results: Vec<Value> = shown.map(|(place, one)| result(report, place, one)).collect();
    let notes: Vec<Value> = report
        .problems
        .iter()
        .map(|problem| json!({ "level": "error", "message": { "text": problem.to_string() } }))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": match report.kind {
                    Kind::Server => "provisor conform server",
                    Kind::Source => "provisor conform source",
                },
                "semanticVersion": report.tool,
                "rules": rules,
            } },
            "invocations": [{
                "executionSuccessful": report.ran(),
                "startTimeUtc": report.started,
                "toolExecutionNotifications": notes,
            }],
            "results": results,
            "properties": { "subject": report.subject, "mark": report.mark },
        }],
    });
    format!("{log:#}\n")
}

fn rule(entry: &Entry) -> Value {
    let mut help = String::new();
    for cited in &entry.requirements {
        help.push_str(&format!(
            "{} {} ({}): {}\n",
            cited.id, cited.keyword, cited.place, cited.text
        ));
    }
    help.push_str(&format!("To fix: {}", entry.fix));
    json!({
        "id": entry.id,
        "shortDescription": { "text": entry.title },
        "fullDescription": { "text": format!("{}. {}", entry.title, entry.why) },
        "help": { "text": help },
        "defaultConfiguration": { "level": match entry.level {
            Level::Must => "error",
            Level::Should => "warning",
            Level::May => "note",
        } },
        "properties": { "section": entry.section.place, "tags": entry.tags },
    })
}

fn result(report: &Redacted, place: usize, entry: &Entry) -> Value {
    // What did not apply, and what is not known, is no failure in SARIF's words.
    let (kind, level) = match entry.verdict {
        Verdict::Fail => ("fail", "error"),
        Verdict::Warn => ("fail", "warning"),
        Verdict::Pass => ("pass", "none"),
        Verdict::Skip => ("notApplicable", "none"),
        Verdict::Blocked | Verdict::Error | Verdict::NotExercised => ("open", "none"),
    };
    let mut result = json!({
        "ruleId": entry.id,
        "ruleIndex": place,
        "kind": kind,
        "level": level,
        "message": { "text": message(entry) },
        "locations": locations(report, entry),
        "partialFingerprints": { "entry/v1": entry.id },
    });
    let mut set = |name: &str, value: Value| {
        if let Some(members) = result.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(waived) = &entry.waived {
        let why = format!("{} (until {})", waived.reason, waived.expires);
        set("suppressions", json!([{ "kind": "external", "justification": why }]));
    }
    if let Some(changes) = &report.changes {
        let state = match changes.of(&entry.id).map(|change| (change.kind, change.was)) {
            None => "unchanged",
            Some((ChangeKind::NewFailure | ChangeKind::Added, None)) => "new",
            Some((ChangeKind::NewFailure, _)) => "new",
            Some(_) => "updated",
        };
        set("baselineState", json!(state));
    }
    set("properties", properties(report, entry));
    result
}

fn properties(report: &Redacted, entry: &Entry) -> Value {
    let mut properties = Map::new();
    properties.insert("verdict".to_owned(), json!(entry.verdict));
    let sent = |finding: &Finding| finding.exchanges.iter().any(|one| !one.request.received);
    if entry.findings.iter().any(sent) {
        let lines = script::of(entry, &report.mark).into_iter();
        let curl: Vec<String> =
            lines.flat_map(|one| one.before.into_iter().chain(one.then)).collect();
        properties.insert("curl".to_owned(), json!(curl));
    }
    Value::Object(properties)
}

fn message(entry: &Entry) -> String {
    let mut text = entry.title.clone();
    if let Some(reason) = &entry.reason {
        text.push_str(&format!("\n{reason}"));
    }
    for finding in &entry.findings {
        for one in &finding.differences {
            text.push_str(&format!(
                "\n{}, {}: expected {}, found {}",
                visible::line(&finding.name),
                one.place,
                visible::line(&one.expected),
                visible::line(&one.found)
            ));
        }
    }
    if matches!(entry.verdict, Verdict::Fail | Verdict::Warn) {
        text.push_str(&format!("\nWhy it matters: {}\nTo fix: {}", entry.why, entry.fix));
    }
    text
}

/// The file of the scenario, which code hosts can show, and the endpoints as places beside files.
/// Rules about sources are in no file, and where the source's code is nobody knows.
fn locations(report: &Redacted, entry: &Entry) -> Value {
    let mut endpoints: Vec<String> = Vec::new();
    for exchange in entry.findings.iter().flat_map(|finding| &finding.exchanges) {
        let url = exchange.request.url.split('?').next().unwrap_or_default();
        let name = format!("{} {url}", exchange.request.method);
        if !endpoints.contains(&name) {
            endpoints.push(name);
        }
    }
    let logical: Vec<Value> = endpoints
        .iter()
        .map(|name| json!({ "fullyQualifiedName": name, "kind": "resource" }))
        .collect();
    let mut location = match report.kind {
        Kind::Server => json!({
            "physicalLocation": {
                "artifactLocation": { "uri": format!("scenarios/{}.yaml", entry.id) },
                "region": { "startLine": 1 },
            },
        }),
        Kind::Source if logical.is_empty() => return json!([]),
        Kind::Source => json!({}),
    };
    if let (false, Some(members)) = (logical.is_empty(), location.as_object_mut()) {
        members.insert("logicalLocations".to_owned(), Value::Array(logical));
    }
    json!([location])
}
