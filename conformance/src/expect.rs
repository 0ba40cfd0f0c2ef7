//! Whether an answer is what was expected, and if not, how it differs.

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
    let mut nearest = differences_from(expectation, answer);
    for other in &expectation.or {
        let other = differences(other, answer);
        if distance(&other) < distance(&nearest) {
            nearest = other;
        }
    }
    if let Some(status) = nearest.iter_mut().find(|one| one.place == STATUS) {
        status.expected = statuses(expectation).join(" or ");
    }
    nearest
}

/// The place of a difference in the status.
const STATUS: &str = "status";

/// An answer of a status that is permitted is nearer than one of another, whatever is in it.
fn distance(differences: &[Difference]) -> (bool, usize) {
    (differences.iter().any(|one| one.place == STATUS), differences.len())
}

/// Every status that some permitted answer has.
fn statuses(expectation: &Expectation) -> Vec<String> {
    let mut all: Vec<String> = expectation.status.iter().map(words_of).collect();
    for other in expectation.or.iter().flat_map(statuses) {
        if !all.contains(&other) {
            all.push(other);
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
