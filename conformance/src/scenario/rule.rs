//! What a value must be, and how that is written: a plain value, or a map of rules.
//!
//! A map is rules where every key names a rule. Where that could be a mistake it is refused, and
//! `is` says that a value is meant literally.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};

use crate::suggest::nearest;

/// What a value must be. A plain YAML value stands for itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Matcher {
    /// Equal to this; of objects, at least these members.
    Is(Value),
    /// One of the rules of [`Rule`], all of which must hold.
    Rules(Vec<Rule>),
}

/// One rule for a value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// There or not; null, `[]` and `""` count as not there (RFC 7643, 2.5).
    Present(bool),
    /// Like this, read literally: no name in it is a rule. Of objects, at least these members.
    Is(Value),
    /// Equal to this and nothing more.
    Equals(Value),
    /// Any of these.
    OneOf(Vec<Value>),
    /// Something else than this.
    Not(Value),
    /// Not there, or like this.
    AbsentOr(Value),
    /// One of [`TYPES`].
    #[serde(alias = "of-type")]
    Type(String),
    /// Text that this regular expression finds.
    Matches(String),
    /// Text that this regular expression does not find; nothing, too.
    DoesNotMatch(String),
    /// Equal without regard to the case of letters.
    SameText(String),
    /// An array or text of so many elements.
    Count(Value),
    /// An array or text of at least so many elements; a number of at least that.
    AtLeast(Value),
    /// An array or text of at most so many elements; a number of at most that.
    AtMost(Value),
    /// A number above this.
    MoreThan(Value),
    /// A number below this.
    LessThan(Value),
    /// A time after this one.
    After(Value),
    /// A time before this one.
    Before(Value),
    /// This time or a later one.
    NotBefore(Value),
    /// This time or an earlier one.
    NotAfter(Value),
    /// An array with an element of which this holds.
    Has(Value),
    /// An array without such an element.
    Lacks(Value),
    /// An array of exactly these elements in any order.
    Exactly(Vec<Value>),
    /// An array whose elements are all like this.
    Every(Value),
}

/// The names of all rules, as files spell them.
pub const RULES: &[&str] = &[
    "present",
    "is",
    "equals",
    "one-of",
    "not",
    "absent-or",
    "type",
    "of-type",
    "matches",
    "does-not-match",
    "same-text",
    "count",
    "at-least",
    "at-most",
    "more-than",
    "less-than",
    "after",
    "before",
    "not-before",
    "not-after",
    "has",
    "lacks",
    "exactly",
    "every",
];

/// The types that the rule `type` knows.
pub const TYPES: &[&str] =
    &["string", "number", "integer", "boolean", "array", "object", "date-time", "uri"];

/// Names of rules that attributes of SCIM and members of its messages have as well.
const ALSO_MEMBERS: &[&str] = &["type", "count"];

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let matcher = Self::of(value).map_err(D::Error::custom)?;
        matcher.check().map_err(D::Error::custom)?;
        Ok(matcher)
    }
}

impl Matcher {
    /// A map whose only keys are names of rules is rules; anything else is the value itself.
    pub fn of(value: Value) -> Result<Self, String> {
        let Value::Object(entries) = &value else { return Ok(Self::Is(value)) };
        if entries.is_empty() || !entries.keys().all(|key| is_rule(key)) {
            return Ok(Self::Is(value));
        }
        let rules = entries.iter().map(|(name, argument)| {
            let one = Value::Object([(name.clone(), argument.clone())].into_iter().collect());
            serde_json::from_value::<Rule>(one)
                .map_err(|error| format!("the rule `{name}`: {error}"))
        });
        Ok(Self::Rules(rules.collect::<Result<_, _>>()?))
    }

    /// What is surely a mistake, in this matcher and those inside.
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Is(value) => check_value(value),
            Self::Rules(rules) => rules.iter().try_for_each(Rule::check),
        }
    }
}

impl Rule {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Type(name) if !TYPES.contains(&name.as_str()) => Err(format!(
                "`{name}` is no type that the rule `type` knows; those are {}. For a value with a \
                 member `type`, write `{{ is: {{ type: {name} }} }}`",
                TYPES.join(", ")
            )),
            Self::Matches(pattern) | Self::DoesNotMatch(pattern) => pattern_is_one(pattern),
            Self::Count(limit) | Self::AtLeast(limit) | Self::AtMost(limit) => number(limit),
            Self::MoreThan(limit) | Self::LessThan(limit) => number(limit),
            Self::Has(element) | Self::Lacks(element) | Self::Every(element) => {
                check_element(element)
            }
            Self::OneOf(several) | Self::Exactly(several) => {
                several.iter().try_for_each(check_element)
            }
            Self::AbsentOr(value) => Matcher::of(value.clone())?.check(),
            _ => Ok(()),
        }
    }
}

/// An element that has a type as its only member could be meant either way.
fn check_element(element: &Value) -> Result<(), String> {
    if let Value::Object(entries) = element
        && let (1, Some(Value::String(name))) = (entries.len(), entries.get("type"))
    {
        return Err(format!(
            "`{{ type: {name} }}` for an element could be the rule or a member; write `{{ of-type: \
             {name} }}` for the rule, `{{ is: {{ type: {name} }} }}` for the member"
        ));
    }
    Matcher::of(element.clone())?.check()
}

fn check_value(value: &Value) -> Result<(), String> {
    match value {
        Value::Array(elements) => elements.iter().try_for_each(check_value),
        Value::Object(entries) => {
            check_names(entries)?;
            entries.values().try_for_each(|member| Matcher::of(member.clone())?.check())
        }
        _ => Ok(()),
    }
}

/// Rules beside what is none, and names that are nearly those of rules.
fn check_names(entries: &Map<String, Value>) -> Result<(), String> {
    let sure = |name: &&String| is_rule(name) && !ALSO_MEMBERS.contains(&name.as_str());
    if let Some(rule) = entries.keys().find(sure)
        && let Some(other) = entries.keys().find(|name| !is_rule(name))
    {
        let help = nearest(other, RULES).map_or_else(
            || format!("; write `{{ is: … }}` if `{rule}` is a member of the value"),
            |near| format!("; did you mean `{near}`?"),
        );
        return Err(format!("`{other}` is no rule, though `{rule}` beside it is{help}"));
    }
    for name in entries.keys().filter(|name| name.len() > 3 && !is_rule(name)) {
        let near = nearest(name, RULES).filter(|near| near.len() > 4);
        if let Some(near) = near.filter(|near| strsim::damerau_levenshtein(near, name) <= 1) {
            return Err(format!(
                "there is no rule `{name}`; did you mean `{near}`? For a member of that name, \
                 write `{{ is: {{ {name}: … }} }}`"
            ));
        }
    }
    Ok(())
}

fn is_rule(name: &str) -> bool {
    RULES.contains(&name)
}

/// A pattern, whose templates stand for some text.
fn pattern_is_one(pattern: &str) -> Result<(), String> {
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        plain.push_str(before);
        plain.push('x');
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    regex::Regex::new(&plain).map(|_| ()).map_err(|error| {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("`{pattern}` is no regular expression: {why}")
    })
}

/// A number, or a template of one.
fn number(limit: &Value) -> Result<(), String> {
    match limit {
        Value::Number(_) => Ok(()),
        Value::String(text) if text.starts_with("${") => Ok(()),
        other => Err(format!("`{other}` is no number and no template of one")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Matcher, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_map_of_names_of_rules_is_rules_and_any_other_is_a_value() {
        assert!(matches!(read(json!({ "type": "string", "count": 2 })), Ok(Matcher::Rules(_))));
        assert!(matches!(read(json!({ "type": "work", "value": "x" })), Ok(Matcher::Is(_))));
        assert!(matches!(read(json!({ "is": { "type": "work" } })), Ok(Matcher::Rules(_))));
        assert!(matches!(read(json!("x")), Ok(Matcher::Is(_))));
    }

    #[test]
    fn what_could_be_meant_either_way_is_refused_with_the_way_out() {
        for (written, told) in [
            (json!({ "type": "work" }), "{ is: { type: work } }"),
            (json!({ "has": { "type": "work" } }), "{ is: { type: work } }"),
            (json!({ "has": { "type": "string" } }), "{ of-type: string }"),
            (json!({ "present": true, "matchs": "x" }), "did you mean `matches`?"),
            (json!({ "presnt": true }), "did you mean `present`?"),
            (json!({ "name": { "one_of": [1] } }), "did you mean `one-of`?"),
            (json!({ "has": { "matches": "(" } }), "is no regular expression"),
            (json!({ "count": "many" }), "is no number"),
            (json!({ "present": "yes" }), "the rule `present`"),
        ] {
            let error = read(written.clone()).unwrap_err();
            assert!(error.contains(told), "{written}: {error}");
        }
    }

    #[test]
    fn every_rule_is_in_the_table() {
        for name in RULES {
            let one = json!({ *name: null });
            let error = serde_json::from_value::<Rule>(one).err();
            let known = error.is_none_or(|error| !error.to_string().contains("unknown variant"));
            assert!(known, "{name}");
        }
        let error = serde_json::from_value::<Rule>(json!({ "zzz": 1 })).unwrap_err().to_string();
        let missing = crate::suggest::listed(&error).into_iter();
        let missing: Vec<String> = missing.filter(|name| !RULES.contains(&name.as_str())).collect();
        assert_eq!(missing, Vec::<String>::new());
    }
}
