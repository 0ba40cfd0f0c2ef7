//! Templates: `${name}`, `${name/pointer}`, `${run}` in requests and expectations;
//! `${name/pointer@-11:00}` is the same instant as a clock with that offset shows it, and
//! `${name/pointer@last}` the last segment of an address.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::expect::at;

/// What names stand for.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Resources and answers by name.
    values: BTreeMap<String, Value>,
}

/// A template that cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What stands between the braces.
    pub name: String,
}

impl Scope {
    /// Remembers a value under a name.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// The value of a name, or a part of it: `ann`, `ann/id`, `ann/emails/0/value`.
    pub fn get(&self, path: &str) -> Option<&Value> {
        match path.split_once('/') {
            Some((name, rest)) => at(self.values.get(name)?, &format!("/{rest}")),
            None => self.values.get(path),
        }
    }

    /// A text with every template filled in. Values that are no text are written as JSON.
    pub fn text(&self, text: &str) -> Result<String, Unknown> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                return Err(Unknown { name: after.to_owned() });
            };
            match (self.get(name), name.rsplit_once('@')) {
                (Some(Value::String(text)), _) => filled.push_str(text),
                (Some(value), _) => filled.push_str(&value.to_string()),
                (None, Some((name, how))) => {
                    let other =
                        if how == "last" { self.last(name) } else { self.shifted(name, how) };
                    filled.push_str(&other.ok_or(Unknown { name: name.to_owned() })?);
                }
                (None, None) => return Err(Unknown { name: name.to_owned() }),
            }
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The last segment of an address, as it is written there.
    fn last(&self, name: &str) -> Option<String> {
        let address = self.get(name)?.as_str()?;
        let path = address.split(['?', '#']).next()?.trim_end_matches('/');
        let last = path.rsplit('/').next()?;
        (!last.is_empty()).then(|| last.to_owned())
    }

    /// A time on a clock with another offset, such as `-11:00`. In a query the plus sign is
    /// written `%2B`, and comes back so.
    fn shifted(&self, name: &str, offset: &str) -> Option<String> {
        let time: jiff::Timestamp = self.get(name)?.as_str()?.parse().ok()?;
        let plain = offset.replace("%2B", "+");
        let (sign, rest) = plain.split_at_checked(1)?;
        let (hours, minutes) = rest.split_once(':')?;
        let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
        let seconds = if sign == "-" { -seconds } else { seconds };
        let shown = time.display_with_offset(jiff::tz::Offset::from_seconds(seconds).ok()?);
        let shown = shown.to_string();
        Some(if plain == offset { shown } else { shown.replace('+', "%2B") })
    }

    /// A value with every template filled in. A text that is one template becomes the value
    /// itself, whatever its type.
    pub fn value(&self, value: &Value) -> Result<Value, Unknown> {
        Ok(match value {
            Value::String(text) => {
                let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                match whole.filter(|name| !name.contains(['{', '}'])) {
                    Some(name) => {
                        let unknown = || Unknown { name: name.to_owned() };
                        self.get(name).cloned().ok_or_else(unknown)?
                    }
                    None => Value::String(self.text(text)?),
                }
            }
            Value::Array(elements) => {
                let filled = elements.iter().map(|element| self.value(element));
                Value::Array(filled.collect::<Result<_, _>>()?)
            }
            Value::Object(entries) => {
                let filled = entries.iter().map(|(k, v)| Ok((self.text(k)?, self.value(v)?)));
                Value::Object(filled.collect::<Result<_, Unknown>>()?)
            }
            other => other.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_an_address_the_last_segment_can_be_told() {
        let mut scope = Scope::default();
        scope.set("ann", json!({ "at": "https://x/v2/Users/a%20b?x=/y", "no": "/", "n": 1 }));
        assert_eq!(scope.text("/Users/${ann/at@last}").unwrap(), "/Users/a%20b");
        for unknown in ["${ann/no@last}", "${ann/n@last}", "${bob/at@last}"] {
            assert!(scope.text(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn times_can_be_told_by_another_clock() {
        let mut scope = Scope::default();
        scope.set("ann", json!({ "made": "2026-11-29T05:30:00.25Z" }));
        let text = |text: &str| scope.text(text).unwrap();
        assert_eq!(text("${ann/made@-11:00}"), "2026-11-28T18:30:00.25-11:00");
        assert_eq!(text("${ann/made@%2B14:00}"), "2026-11-29T19:30:00.25%2B14:00");
        assert!(scope.text("${ann/name@-11:00}").is_err());
    }
}
