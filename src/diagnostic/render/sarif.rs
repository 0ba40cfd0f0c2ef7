//! SARIF 2.1.0 (OASIS) for code hosts and editors: one run, one rule per code that was found.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::place::Place;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Edit, Fix, Severity};
use crate::limits;
use crate::rules::source::{FileId, Sources, Span};

/// The findings as an indented SARIF log without a final line break.
pub fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    render_all(&[(diagnostics, sources)])
}

/// The findings of several roots as one log: a run each, as SARIF asks for.
pub fn render_all(roots: &[(&Diagnostics, &Sources)]) -> String {
    let runs: Vec<Value> = roots.iter().map(|(d, s)| run(d, s)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    });
    serde_json::to_string_pretty(&log).unwrap_or_default()
}

fn run(diagnostics: &Diagnostics, sources: &Sources) -> Value {
    let shown = || diagnostics.iter().take(limits::DIAGNOSTICS);
    let codes: Vec<Code> = shown().map(|d| d.code).collect::<BTreeSet<_>>().into_iter().collect();
    let results: Vec<Value> = shown().map(|d| result(d, &codes, sources)).collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "provisor",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
        } },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let more = diagnostics.len().saturating_sub(limits::DIAGNOSTICS);
    if more > 0 {
        set(&mut run, "properties", json!({ "findingsNotListed": more }));
    }
    run
}

/// Adds a member that is not always there.
fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn rule(code: Code) -> Value {
    let entry = code.entry();
    json!({
        "id": entry.name,
        "shortDescription": { "text": entry.summary },
        "help": { "text": entry.page, "markdown": entry.page },
        "defaultConfiguration": { "level": level(entry.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &Sources) -> Value {
    let mut text = diagnostic.message.clone();
    for help in &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let mut location = json!({ "physicalLocation": physical(diagnostic.span, sources) });
    if let Some(label) = &diagnostic.label {
        set(&mut location, "message", json!({ "text": label }));
    }
    if let Some(context) = &diagnostic.context {
        set(&mut location, "logicalLocations", json!([{ "fullyQualifiedName": context }]));
    }
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity()),
        "message": { "text": text },
        "locations": [location],
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().enumerate().map(|(index, related)| {
            json!({
                "id": index + 1,
                "physicalLocation": physical(related.span, sources),
                "message": { "text": related.message },
            })
        });
        set(&mut result, "relatedLocations", related.collect());
    }
    if !diagnostic.fixes.is_empty() {
        let fixes = diagnostic.fixes.iter().map(|f| fix(f, sources)).collect();
        set(&mut result, "fixes", fixes);
    }
    result
}

fn fix(fix: &Fix, sources: &Sources) -> Value {
    let files: BTreeSet<FileId> = fix.edits.iter().map(|edit| edit.span.file).collect();
    let changes = files.into_iter().map(|file| {
        let edits = fix.edits.iter().filter(|edit| edit.span.file == file);
        json!({
            "artifactLocation": { "uri": uri(sources.get(file).map_or("", |s| s.name())) },
            "replacements": edits.map(|edit| replacement(edit, sources)).collect::<Vec<_>>(),
        })
    });
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn replacement(edit: &Edit, sources: &Sources) -> Value {
    json!({
        "deletedRegion": region(&Place::of(edit.span, sources)),
        "insertedContent": { "text": edit.text },
    })
}

fn physical(span: Span, sources: &Sources) -> Value {
    let place = Place::of(span, sources);
    json!({ "artifactLocation": { "uri": uri(&place.file) }, "region": region(&place) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.0,
        "startColumn": place.start.1,
        "endLine": place.end.0,
        "endColumn": place.end.1,
    })
}

/// A file name as a URI reference (RFC 3986): relative as it is, absolute with its scheme, every
/// character outside the unreserved ones escaped.
fn uri(name: &str) -> String {
    let slashed = name.replace('\\', "/");
    let mut out = String::new();
    if slashed.starts_with('/') {
        out.push_str("file://");
    } else if slashed.get(1..3) == Some(":/") {
        out.push_str("file:///");
    }
    for byte in slashed.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn file_names_become_uris() {
        assert_eq!(uri("rules/sales team.rules"), "rules/sales%20team.rules");
        assert_eq!(uri("/srv/ü.rules"), "file:///srv/%C3%BC.rules");
        assert_eq!(uri("C:\\rules\\a.rules"), "file:///C%3A/rules/a.rules");
    }
}
