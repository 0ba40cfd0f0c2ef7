//! Whether an answer is what was expected, and if not, how it differs.

mod path;

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::Answer;
use crate::scenario::{Expectation, Matcher, Rule, Statuses};

pub use path::at;

/// One difference between an answer and what was expected of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Where: `status`, a header's name, or a pointer into the body.
    pub place: String,
    /// What was expected, for people.
    pub expected: String,
    /// What was there, shortened.
    pub found: String,
}

/// Every difference from what was expected first; none where another permitted answer came.
/// Templates in the expectation are filled in already.
pub fn differences(expectation: &Expectation, answer: &Answer) -> Vec<Difference> {
    let all = differences_from(expectation, answer);
    let permitted = expectation.or.iter().any(|other| differences(other, answer).is_empty());
    if permitted { Vec::new() } else { all }
}

fn differences_from(expectation: &Expectation, answer: &Answer) -> Vec<Difference> {
    let mut all = Vec::new();
    if let Some(statuses) = &expectation.status
        && !fits(statuses, answer.status)
    {
        all.push(Difference {
            place: "status".to_owned(),
            expected: words_of(statuses),
            found: answer.status.to_string(),
        });
    }
    for (name, matcher) in &expectation.headers {
        let value = answer.header(name).map(|text| Value::String(text.to_owned()));
        check(&format!("header {name}"), matcher, value.as_ref(), &mut all);
    }
    if expectation.body.is_empty() {
        return all;
    }
    let Some(body) = answer.json() else {
        all.push(Difference {
            place: "body".to_owned(),
            expected: "a JSON document".to_owned(),
            found: short(&answer.text()),
        });
        return all;
    };
    for (pointer, matcher) in &expectation.body {
        check(pointer, matcher, at(&body, pointer), &mut all);
    }
    all
}

/// How the statuses of answers to one request sent at once differ from what was expected: each
/// status (or class) with how many answers have it, and nothing else.
pub fn among(expected: &BTreeMap<String, u32>, answers: &[Answer]) -> Vec<Difference> {
    let fits_key =
        |key: &String, answer: &Answer| fits(&Statuses::Class(key.clone()), answer.status);
    let mut all = Vec::new();
    for (key, wanted) in expected {
        let found = answers.iter().filter(|answer| fits_key(key, answer)).count();
        if u32::try_from(found) != Ok(*wanted) {
            all.push(Difference {
                place: format!("answers with status {key}"),
                expected: wanted.to_string(),
                found: found.to_string(),
            });
        }
    }
    let other = |answer: &&Answer| !expected.keys().any(|key| fits_key(key, answer));
    if let Some(answer) = answers.iter().find(other) {
        let keys: Vec<&str> = expected.keys().map(String::as_str).collect();
        all.push(Difference {
            place: "status".to_owned(),
            expected: keys.join(" or "),
            found: answer.status.to_string(),
        });
    }
    all
}

/// Whether a value meets a matcher.
pub fn meets(matcher: &Matcher, value: Option<&Value>) -> bool {
    let mut differences = Vec::new();
    check("", matcher, value, &mut differences);
    differences.is_empty()
}

fn check(place: &str, matcher: &Matcher, value: Option<&Value>, into: &mut Vec<Difference>) {
    let mut differ = |expected: String| {
        into.push(Difference {
            place: place.to_owned(),
            expected,
            found: value.map_or_else(|| "nothing".to_owned(), |value| short(&value.to_string())),
        });
    };
    match matcher {
        Matcher::Is(expected) => {
            if !value.is_some_and(|value| contains(expected, value)) {
                differ(short(&expected.to_string()));
            }
        }
        Matcher::Rules(rules) => {
            for rule in rules {
                if !holds(rule, value) {
                    differ(words(rule));
                }
            }
        }
    }
}

/// Whether one rule holds. A value that is not there meets `present: false`, `not` and `lacks`
/// alone.
fn holds(rule: &Rule, value: Option<&Value>) -> bool {
    let there = value.filter(|value| is_present(value));
    let elements = || there.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let has = |wanted: &Value| elements().iter().any(|one| matches(wanted, one));
    match rule {
        Rule::Present(wanted) => there.is_some() == *wanted,
        Rule::Equals(wanted) => value == Some(wanted),
        Rule::OneOf(several) => several.iter().any(|one| value.is_some_and(|v| contains(one, v))),
        Rule::Not(unwanted) => value != Some(unwanted),
        Rule::Type(name) => value.is_some_and(|value| is_type(name, value)),
        Rule::Matches(pattern) => {
            let text = value.and_then(Value::as_str);
            text.is_some_and(|text| Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)))
        }
        Rule::SameText(wanted) => value
            .and_then(Value::as_str)
            .is_some_and(|text| text.to_lowercase() == wanted.to_lowercase()),
        Rule::Count(count) => length(value) == Some(*count),
        Rule::AtLeast(count) => length(value).is_some_and(|length| length >= *count),
        Rule::AtMost(count) => length(value).is_none_or(|length| length <= *count),
        Rule::Has(wanted) => has(wanted),
        Rule::Lacks(unwanted) => !has(unwanted),
        Rule::Exactly(wanted) => {
            let found = elements();
            found.len() == wanted.len() && wanted.iter().all(has)
        }
        Rule::Every(wanted) => {
            value.is_some_and(Value::is_array) && elements().iter().all(|one| matches(wanted, one))
        }
    }
}

/// An element against a matcher written as a plain value.
fn matches(wanted: &Value, element: &Value) -> bool {
    Matcher::of(wanted.clone()).is_ok_and(|matcher| meets(&matcher, Some(element)))
}

/// Whether a value is what was expected. An object may have more members than expected, whose
/// names compare as SCIM's do; a member may be a matcher.
fn contains(expected: &Value, value: &Value) -> bool {
    match (expected, value) {
        (Value::Object(wanted), Value::Object(_)) => wanted.iter().all(|(name, wanted)| {
            let found = path::member(value, name);
            Matcher::of(wanted.clone()).is_ok_and(|matcher| meets(&matcher, found))
        }),
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found).all(|(wanted, found)| matches(wanted, found))
        }
        (Value::Number(wanted), Value::Number(found)) => wanted.as_f64() == found.as_f64(),
        _ => expected == value,
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(entries) => entries.values().any(is_present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "date-time" => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        "uri" => value.as_str().is_some_and(|text| text.parse::<http::Uri>().is_ok()),
        _ => false,
    }
}

fn length(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Array(elements) => u64::try_from(elements.len()).ok(),
        Value::String(text) => u64::try_from(text.chars().count()).ok(),
        _ => None,
    }
}

fn fits(statuses: &Statuses, status: u16) -> bool {
    match statuses {
        Statuses::Code(code) => *code == status,
        Statuses::Class(class) => {
            class.strip_suffix("xx").and_then(|first| first.parse().ok()) == Some(status / 100)
                || class.parse() == Ok(status)
        }
        Statuses::Any(several) => several.iter().any(|one| fits(one, status)),
    }
}

fn words_of(statuses: &Statuses) -> String {
    match statuses {
        Statuses::Code(code) => code.to_string(),
        Statuses::Class(class) => class.clone(),
        Statuses::Any(several) => several.iter().map(words_of).collect::<Vec<_>>().join(" or "),
    }
}

fn words(rule: &Rule) -> String {
    let list =
        |several: &[Value]| several.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
    match rule {
        Rule::Present(true) => "a value".to_owned(),
        Rule::Present(false) => "no value".to_owned(),
        Rule::Equals(value) => value.to_string(),
        Rule::OneOf(several) => format!("one of {}", list(several)),
        Rule::Not(value) => format!("anything but {value}"),
        Rule::Type(name) => format!("a value of type {name}"),
        Rule::Matches(pattern) => format!("text that matches /{pattern}/"),
        Rule::SameText(text) => format!("\"{text}\" in any case"),
        Rule::Count(count) => format!("exactly {count} elements"),
        Rule::AtLeast(count) => format!("at least {count} elements"),
        Rule::AtMost(count) => format!("at most {count} elements"),
        Rule::Has(value) => format!("an element like {value}"),
        Rule::Lacks(value) => format!("no element like {value}"),
        Rule::Exactly(several) => format!("exactly these elements: {}", list(several)),
        Rule::Every(value) => format!("only elements like {value}"),
    }
}

/// Text for a report: not longer than people read.
fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(std::iter::once('…')).collect()
}
