//! Matchers from what is written: a plain value, or a map of rules.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

use super::{Matcher, Rule};

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match Self::of(value) {
            Ok(matcher) => Ok(matcher),
            Err(message) => Err(D::Error::custom(message)),
        }
    }
}

impl Matcher {
    /// A map whose only keys are names of rules is rules; anything else is the value itself.
    pub fn of(value: Value) -> Result<Self, String> {
        let Value::Object(entries) = &value else { return Ok(Self::Is(value)) };
        if entries.is_empty() || !entries.keys().all(|key| RULES.contains(&key.as_str())) {
            return Ok(Self::Is(value));
        }
        let rules = entries.iter().map(|(name, argument)| {
            let one = Value::Object([(name.clone(), argument.clone())].into_iter().collect());
            serde_json::from_value::<Rule>(one)
                .map_err(|error| format!("the rule `{name}`: {error}"))
        });
        Ok(Self::Rules(rules.collect::<Result<_, _>>()?))
    }
}

/// The names of all rules, as files spell them.
pub const RULES: &[&str] = &[
    "present",
    "equals",
    "one-of",
    "not",
    "type",
    "matches",
    "does-not-match",
    "same-text",
    "count",
    "at-least",
    "at-most",
    "has",
    "lacks",
    "exactly",
    "every",
];
