//! Whether an answer is what was expected, and if not, how it differs.

mod broken;
mod path;
mod rule;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::Answer;
use crate::scenario::{Expectation, Matcher, Statuses, Took};

use rule::{contains, holds, words};

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

/// Every difference from the permitted answer that is nearest; none where one of them came.
/// Templates in the expectation are filled in already.
pub fn differences(expectation: &Expectation, answer: &Answer) -> Vec<Difference> {
    let all = expectation.ways().into_iter().map(|way| differences_from(way, answer));
    let mut nearest = all.min_by_key(|one| distance(one)).unwrap_or_default();
    if let Some(status) = nearest.iter_mut().find(|one| one.place == STATUS) {
        status.expected = statuses(expectation).join(" or ");
    }
    nearest
}

/// The same as readers are told them. An answer that could be meant as one of several that are
/// permitted is held against all of these: the nearest alone would name a fault that it may not be.
pub fn told(
    expectation: &Expectation,
    answer: &Answer,
    nearest: Vec<Difference>,
) -> Vec<Difference> {
    let all = expectation.ways();
    if all.len() < 2 || nearest.is_empty() {
        return nearest;
    }
    let has_status = |one: &&&Expectation| {
        one.status.as_ref().is_none_or(|statuses| fits(statuses, answer.status))
    };
    let fitting: Vec<&Expectation> = all.iter().filter(has_status).copied().collect();
    if fitting.is_empty() {
        // What else differs is of one way by chance.
        return nearest.into_iter().filter(|one| one.place == STATUS).collect();
    }
    let is_refusal = |one: &&Expectation| {
        one.status.as_ref().is_some_and(|statuses| !(200..300).any(|code| fits(statuses, code)))
    };
    // Whoever did it took the way on which it is done; whoever refused it may have had to do it.
    if fitting.len() == 1 && (answer.is_success() || all.iter().all(is_refusal)) {
        return nearest;
    }
    match at_one_place(&fitting, answer).filter(|_| answer.is_success()) {
        Some(difference) => vec![difference],
        None => vec![Difference {
            place: "answer".to_owned(),
            expected: list(&all.iter().map(|one| asked(one)).collect::<Vec<_>>()),
            found: came(&all, &fitting, answer),
        }],
    }
}

/// One difference, where each of some ways has that one alone, and all have it at one place.
fn at_one_place(ways: &[&Expectation], answer: &Answer) -> Option<Difference> {
    let mut merged: Option<Difference> = None;
    for way in ways {
        let mut differences = differences_from(way, answer);
        let one = differences.pop().filter(|_| differences.is_empty())?;
        match &mut merged {
            None => merged = Some(one),
            Some(merged) if merged.place == one.place => {
                merged.expected = list(&[merged.expected.clone(), one.expected]);
            }
            Some(_) => return None,
        }
    }
    merged
}

fn list(several: &[String]) -> String {
    let mut different: Vec<&str> = Vec::new();
    for one in several {
        if !different.contains(&one.as_str()) {
            different.push(one);
        }
    }
    different.join(", or ")
}

/// A permitted answer, for people.
fn asked(way: &Expectation) -> String {
    let headers = way.headers.iter().map(|(name, one)| format!("header {name} {}", asks(one)));
    let body = way.body.iter().map(|(pointer, one)| format!("`{pointer}` {}", asks(one)));
    let parts: Vec<String> = headers.chain(body).collect();
    let status = way.status.as_ref().map_or_else(|| "any status".to_owned(), words_of);
    if parts.is_empty() { status } else { short(&format!("{status} with {}", parts.join(", "))) }
}

fn asks(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Is(value) => value.to_string(),
        Matcher::Rules(rules) => rules.iter().map(words).collect::<Vec<_>>().join(" and "),
    }
}

/// What an answer has of what the permitted ones are about.
fn came(all: &[&Expectation], fitting: &[&Expectation], answer: &Answer) -> String {
    let status = answer.status;
    let Some(body) = answer.json() else { return format!("{status} without a JSON document") };
    let mut parts: Vec<String> = Vec::new();
    for way in all {
        for pointer in way.body.keys() {
            let part = match at(&body, pointer) {
                Some(value) => format!("`{pointer}` {value}"),
                None if fitting.contains(way) => format!("no `{pointer}`"),
                None => continue,
            };
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    if parts.is_empty() {
        status.to_string()
    } else {
        short(&format!("{status} with {}", parts.join(", ")))
    }
}

/// The place of a difference in the status.
const STATUS: &str = "status";

/// An answer of a status that is permitted is nearer than one of another, whatever is in it.
fn distance(differences: &[Difference]) -> (bool, usize) {
    (differences.iter().any(|one| one.place == STATUS), differences.len())
}

/// Every status that some permitted answer has.
fn statuses(expectation: &Expectation) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for status in expectation.ways().into_iter().filter_map(|way| way.status.as_ref()) {
        let words = words_of(status);
        if !all.contains(&words) {
            all.push(words);
        }
    }
    all
}

fn differences_from(expectation: &Expectation, answer: &Answer) -> Vec<Difference> {
    let mut all = Vec::new();
    if let Some(statuses) = &expectation.status
        && !fits(statuses, answer.status)
    {
        all.push(Difference {
            place: STATUS.to_owned(),
            expected: words_of(statuses),
            found: answer.status.to_string(),
        });
    }
    for (name, matcher) in &expectation.headers {
        let value = answer.header(name).map(|text| Value::String(text.to_owned()));
        check(&format!("header {name}"), matcher, value.as_ref(), &mut all);
    }
    all.extend(expectation.took.iter().filter_map(|(name, took)| too_long(name, took)));
    if expectation.body.is_empty() {
        return all;
    }
    let Some(body) = answer.json() else {
        all.push(broken::difference(&answer.text()));
        return all;
    };
    for (pointer, matcher) in &expectation.body {
        check(pointer, matcher, at(&body, pointer), &mut all);
    }
    all
}

/// A measure that is longer than it may be, beside another.
fn too_long(name: &str, took: &Took) -> Option<Difference> {
    let (this, other) = took.measured?;
    let Took { of, times, floor, .. } = took;
    if this <= other * times || this <= other + floor {
        return None;
    }
    Some(Difference {
        place: format!("time of `{name}`"),
        expected: format!("at most {times} times `{of}` ({other} ms), or {floor} ms more"),
        found: format!("{this} ms"),
    })
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
            place: STATUS.to_owned(),
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

/// Text for a report: not longer than people read.
fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(std::iter::once('…')).collect()
}
