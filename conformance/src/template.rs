//! Templates: `${name}`, `${name/pointer}`, `${run}` in requests and expectations.

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
            match self.get(name) {
                Some(Value::String(text)) => filled.push_str(text),
                Some(value) => filled.push_str(&value.to_string()),
                None => return Err(Unknown { name: name.to_owned() }),
            }
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// A value with every template filled in. A text that is one template becomes the value
    /// itself, whatever its type.
    pub fn value(&self, value: &Value) -> Result<Value, Unknown> {
        Ok(match value {
            Value::String(text) => {
                let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                match whole.filter(|name| !name.contains("${")) {
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
