//! Differences that many entries have in common: one fault of a server, found in many places.

use std::collections::BTreeMap;

use serde_json::Value;

use super::visible;
use super::{Entry, Exchange, Finding};
use crate::expect::Difference;

/// One difference with the entries that have it.
#[derive(Debug)]
pub struct Common<'a> {
    /// What it is, in a few words.
    pub words: String,
    /// The entries, in their order; each once.
    pub entries: Vec<&'a Entry>,
}

/// Entries that must have a difference before it is told as one that is common.
const SEVERAL: usize = 3;

/// What several of the findings have in common, the most frequent first.
pub(super) fn of<'a>(findings: &[&'a Entry]) -> Vec<Common<'a>> {
    let mut by_words: BTreeMap<String, Vec<&'a Entry>> = BTreeMap::new();
    for entry in findings {
        for finding in &entry.findings {
            for difference in &finding.differences {
                let entries = by_words.entry(words(finding, difference)).or_default();
                if entries.last().is_none_or(|last| last.id != entry.id) {
                    entries.push(entry);
                }
            }
        }
    }
    let several = by_words.into_iter().filter(|(_, entries)| entries.len() >= SEVERAL);
    let mut all: Vec<Common<'a>> =
        several.map(|(words, entries)| Common { words, entries }).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.entries.len()));
    all
}

/// The same words for what is likely the same fault: where it is without regard to ids and
/// places in lists, what was expected, and of which kind what was found is.
fn words(finding: &Finding, difference: &Difference) -> String {
    let Difference { place, expected, found } = difference;
    if !place.starts_with('/') {
        let asked = finding.exchanges.first().map(asked).unwrap_or_default();
        // Of several permitted answers nobody knows which one was meant.
        if place == "answer" {
            return format!("{asked}: {found}, which is not permitted there");
        }
        // Of what came instead of JSON, nobody needs the text here.
        if place == "body" {
            return format!("{asked}: the body is not {expected}");
        }
        return format!("{asked}: `{place}` is {found}, not {expected}");
    }
    let mut place = pattern(place);
    // How many there are says something only with what was asked.
    if place == "/totalResults" {
        place.push_str(&finding.exchanges.first().map(query).unwrap_or_default());
    }
    let (is, wanted) = (kind(found), kind(expected));
    if is == Some("nothing") {
        return format!("`{place}` is missing");
    }
    match (is, wanted) {
        (Some(is), Some(wanted)) if is != wanted => format!("`{place}` is {is}, not {wanted}"),
        (Some("a boolean" | "a number"), Some(_)) => {
            format!("`{place}` is {found}, not {expected}")
        }
        (Some(is), Some(_)) => format!("`{place}` is {is}, but not the one expected"),
        (Some(is), None) => {
            format!("`{place}` is {is}; expected is {}", visible::start(expected, 60))
        }
        (None, _) => format!("`{place}` is not as expected"),
    }
}

/// The endpoint that was asked.
fn asked(exchange: &Exchange) -> String {
    let path = exchange.request.url.split('?').next().unwrap_or_default();
    let known =
        ["Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig"];
    let kind = path.split('/').rev().find(|part| known.contains(part));
    let kind = kind.map_or_else(|| "the server".to_owned(), |kind| format!("/{kind}"));
    format!("{} {kind}", exchange.request.method)
}

/// What a list was asked for: where, and by which parameters.
fn query(exchange: &Exchange) -> String {
    let asked = asked(exchange);
    let parameters = exchange.request.url.split_once('?').map_or("", |(_, query)| query);
    let mut names: Vec<&str> =
        parameters.split('&').filter_map(|one| one.split('=').next()).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    match names.as_slice() {
        [] => format!(" of {asked}"),
        names => format!(" of {asked} by {}", names.join(", ")),
    }
}

/// A pointer without places in lists and without choices of one element.
fn pattern(pointer: &str) -> String {
    let segment = |one: &str| match one.split_once('[') {
        Some((name, _)) => format!("{name}/*"),
        None if !one.is_empty() && one.chars().all(|c| c.is_ascii_digit()) => "*".to_owned(),
        None => one.to_owned(),
    };
    pointer.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The kind of a value that a difference tells of; none for words.
fn kind(text: &str) -> Option<&'static str> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Null) => Some("null"),
        Ok(Value::Bool(_)) => Some("a boolean"),
        Ok(Value::Number(_)) => Some("a number"),
        Ok(Value::String(_)) => Some("a text"),
        Ok(Value::Array(_)) => Some("a list"),
        Ok(Value::Object(_)) => Some("an object"),
        // What is long is cut, and then no JSON.
        Err(_) => match text.chars().next() {
            Some('"') => Some("a text"),
            Some('[') => Some("a list"),
            Some('{') => Some("an object"),
            _ if text == "nothing" => Some("nothing"),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Level;

    fn told(place: &str, expected: &str, found: &str) -> String {
        let finding = Finding {
            step: None,
            name: String::new(),
            level: Level::Must,
            minor: false,
            breaks: Vec::new(),
            before: Vec::new(),
            differences: Vec::new(),
            exchanges: Vec::new(),
        };
        let text = str::to_owned;
        let difference =
            Difference { place: text(place), expected: text(expected), found: text(found) };
        words(&finding, &difference)
    }

    #[test]
    fn the_same_fault_has_the_same_words() {
        assert_eq!(told("/status", "\"400\"", "400"), "`/status` is a number, not a text");
        assert_eq!(told("/Resources/3/id", "a value", "nothing"), "`/Resources/*/id` is missing");
        assert_eq!(
            told("/emails[type=work]/value", "\"a\"", "\"b\""),
            "`/emails/*/value` is a text, but not the one expected"
        );
        assert_eq!(
            told("body", "a JSON document", "<!doctype html>"),
            ": the body is not a JSON document"
        );
        assert_eq!(told("/active", "true", "false"), "`/active` is false, not true");
        assert_eq!(told("/a", "{\"b\":1}", "[1,2,…"), "`/a` is a list, not an object");
    }
}
