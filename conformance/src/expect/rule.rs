//! Whether one rule holds for a value, and how a report says what it asks.

use regex::Regex;
use serde_json::Value;

use super::{meets, path};
use crate::scenario::{Matcher, Rule};

/// Whether one rule holds. A value that is not there meets `present: false`, `not`, `lacks`,
/// `absent-or`, `at-most` and `does-not-match` alone.
pub(super) fn holds(rule: &Rule, value: Option<&Value>) -> bool {
    let there = value.filter(|value| is_present(value));
    let elements = || there.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let has = |wanted: &Value| elements().iter().any(|one| matches(wanted, one));
    let finds = |pattern: &String| {
        let text = value.and_then(Value::as_str);
        text.map(|text| Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)))
    };
    let size = |limit: &Value| Some((measure(value)?, limit.as_f64()?));
    let numbers = |limit: &Value| Some((value?.as_f64()?, limit.as_f64()?));
    let times = |limit: &Value| Some((time(value?)?, time(limit)?));
    match rule {
        Rule::Present(wanted) => there.is_some() == *wanted,
        Rule::Is(wanted) => value.is_some_and(|value| is_like(wanted, value)),
        Rule::Equals(wanted) => value == Some(wanted),
        Rule::OneOf(several) => several.iter().any(|one| value.is_some_and(|v| contains(one, v))),
        Rule::Not(unwanted) => value != Some(unwanted),
        Rule::AbsentOr(wanted) => there.is_none_or(|value| matches(wanted, value)),
        Rule::Type(name) => value.is_some_and(|value| is_type(name, value)),
        Rule::Matches(pattern) => finds(pattern) == Some(true),
        Rule::DoesNotMatch(pattern) => finds(pattern) != Some(true),
        Rule::SameText(wanted) => value
            .and_then(Value::as_str)
            .is_some_and(|text| text.to_lowercase() == wanted.to_lowercase()),
        Rule::Count(limit) => size(limit).is_some_and(|(has, limit)| has == limit),
        Rule::AtLeast(limit) => size(limit).is_some_and(|(has, limit)| has >= limit),
        Rule::AtMost(limit) => size(limit).is_none_or(|(has, limit)| has <= limit),
        Rule::MoreThan(limit) => numbers(limit).is_some_and(|(has, limit)| has > limit),
        Rule::LessThan(limit) => numbers(limit).is_some_and(|(has, limit)| has < limit),
        Rule::After(limit) => times(limit).is_some_and(|(has, limit)| has > limit),
        Rule::Before(limit) => times(limit).is_some_and(|(has, limit)| has < limit),
        Rule::NotBefore(limit) => times(limit).is_some_and(|(has, limit)| has >= limit),
        Rule::NotAfter(limit) => times(limit).is_some_and(|(has, limit)| has <= limit),
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

/// The same as [`contains`], with every name read literally.
fn is_like(expected: &Value, value: &Value) -> bool {
    match (expected, value) {
        (Value::Object(wanted), Value::Object(_)) => wanted.iter().all(|(name, wanted)| {
            path::member(value, name).is_some_and(|found| is_like(wanted, found))
        }),
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found).all(|(wanted, found)| is_like(wanted, found))
        }
        (Value::Number(wanted), Value::Number(found)) => wanted.as_f64() == found.as_f64(),
        _ => expected == value,
    }
}

/// Whether a value is what was expected. An object may have more members than expected, whose
/// names compare as SCIM's do; a member may be a matcher.
pub(super) fn contains(expected: &Value, value: &Value) -> bool {
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

/// A number itself, or how many elements or characters there are.
fn measure(value: Option<&Value>) -> Option<f64> {
    let count = match value? {
        Value::Array(elements) => elements.len(),
        Value::String(text) => text.chars().count(),
        other => return other.as_f64(),
    };
    u32::try_from(count).ok().map(f64::from)
}

fn time(value: &Value) -> Option<jiff::Timestamp> {
    value.as_str()?.parse().ok()
}

/// What a rule asks, for people.
pub(super) fn words(rule: &Rule) -> String {
    let list =
        |several: &[Value]| several.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
    match rule {
        Rule::Present(true) => "a value".to_owned(),
        Rule::Present(false) => "no value".to_owned(),
        Rule::Is(value) | Rule::Equals(value) => value.to_string(),
        Rule::OneOf(several) => format!("one of {}", list(several)),
        Rule::Not(value) => format!("anything but {value}"),
        Rule::AbsentOr(value) => format!("nothing or {value}"),
        Rule::Type(name) => format!("a value of type {name}"),
        Rule::Matches(pattern) => format!("text that matches /{pattern}/"),
        Rule::DoesNotMatch(pattern) => format!("no text that matches /{pattern}/"),
        Rule::SameText(text) => format!("\"{text}\" in any case"),
        Rule::Count(limit) => format!("exactly {limit} elements"),
        Rule::AtLeast(limit) => format!("at least {limit} (elements, if it is a list)"),
        Rule::AtMost(limit) => format!("at most {limit} (elements, if it is a list)"),
        Rule::MoreThan(limit) => format!("more than {limit}"),
        Rule::LessThan(limit) => format!("less than {limit}"),
        Rule::After(limit) => format!("a time after {limit}"),
        Rule::Before(limit) => format!("a time before {limit}"),
        Rule::NotBefore(limit) => format!("a time not before {limit}"),
        Rule::NotAfter(limit) => format!("a time not after {limit}"),
        Rule::Has(value) => format!("an element like {value}"),
        Rule::Lacks(value) => format!("no element like {value}"),
        Rule::Exactly(several) => format!("exactly these elements: {}", list(several)),
        Rule::Every(value) => format!("only elements like {value}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds_of(rule: Value, value: Value) -> bool {
        let rule: Rule = serde_json::from_value(rule).unwrap();
        holds(&rule, Some(&value).filter(|value| !value.is_null()))
    }

    #[test]
    fn times_compare_as_instants() {
        let at = "2026-01-01T00:00:00Z";
        assert!(holds_of(json!({ "not-before": at }), json!("2026-01-01T01:00:00+01:00")));
        assert!(!holds_of(json!({ "after": at }), json!("2026-01-01T01:00:00+01:00")));
        assert!(holds_of(json!({ "after": at }), json!("2026-01-01T00:00:00.001Z")));
        assert!(!holds_of(json!({ "after": at }), json!("tomorrow")));
    }

    #[test]
    fn numbers_compare_and_lists_are_counted() {
        assert!(holds_of(json!({ "more-than": 2 }), json!(3)));
        assert!(!holds_of(json!({ "more-than": 2 }), json!(2)));
        assert!(holds_of(json!({ "at-least": 2 }), json!([1, 2])));
        assert!(holds_of(json!({ "at-least": 2 }), json!(2)));
        assert!(!holds_of(json!({ "count": 2 }), json!([1])));
    }

    #[test]
    fn absence_may_be_one_of_the_answers() {
        assert!(holds_of(json!({ "absent-or": "x" }), json!(null)));
        assert!(holds_of(json!({ "absent-or": { "matches": "^x" } }), json!("xy")));
        assert!(!holds_of(json!({ "absent-or": "x" }), json!("y")));
        assert!(holds_of(json!({ "does-not-match": "^x" }), json!("yx")));
        assert!(!holds_of(json!({ "does-not-match": "^x" }), json!("xy")));
    }

    #[test]
    fn what_is_literal_has_no_rules_in_it() {
        let rule = json!({ "has": { "is": { "type": "work" } } });
        assert!(holds_of(rule.clone(), json!([{ "Type": "work", "value": "x" }])));
        assert!(!holds_of(rule, json!([{ "type": "home" }])));
    }
}
