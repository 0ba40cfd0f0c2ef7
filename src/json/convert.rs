//! From and to other values.

use crate::error::{Error, ErrorKind};
use crate::limits;

use super::tree::{Json, Numeral, Object};

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<Vec<Json>> for Json {
    fn from(elements: Vec<Json>) -> Self {
        Self::Array(elements)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<i64> for Numeral {
    fn from(number: i64) -> Self {
        Self::from_display(number)
    }
}

impl From<u64> for Numeral {
    fn from(number: u64) -> Self {
        Self::from_display(number)
    }
}

/// Fails only where the value is deeper than [`limits::JSON_NESTING`].
impl TryFrom<serde_json::Value> for Json {
    type Error = Error;

    fn try_from(value: serde_json::Value) -> Result<Self, Error> {
        from_value(value, 0)
    }
}

/// Fails where the value is deeper than [`limits::JSON_NESTING`], and for a number beyond the
/// range of 64 bits of floating point. Of duplicate keys the last one stays; a number that 64
/// bits do not hold exactly is rounded.
impl TryFrom<&Json> for serde_json::Value {
    type Error = Error;

    fn try_from(json: &Json) -> Result<Self, Error> {
        to_value(json, 0)
    }
}

fn from_value(value: serde_json::Value, depth: usize) -> Result<Json, Error> {
    use serde_json::Value;
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(flag),
        Value::Number(number) => Json::Number(Numeral::from_display(number)),
        Value::String(text) => Json::String(text),
        Value::Array(elements) => {
            let depth = deeper(depth)?;
            let read = elements.into_iter().map(|element| from_value(element, depth));
            Json::Array(read.collect::<Result<_, _>>()?)
        }
        Value::Object(entries) => {
            let depth = deeper(depth)?;
            let read = entries.into_iter().map(|(key, value)| Ok((key, from_value(value, depth)?)));
            Json::Object(read.collect::<Result<_, Error>>()?)
        }
    })
}

fn to_value(json: &Json, depth: usize) -> Result<serde_json::Value, Error> {
    use serde_json::Value;
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(numeral) => {
            Value::Number(serde_json::from_str(numeral.as_str()).map_err(|_| {
                Error::new(ErrorKind::Value, "a number is too large for 64 bits")
                    .help("keep such a number as text")
            })?)
        }
        Json::String(text) => Value::String(text.clone()),
        Json::Array(elements) => {
            let depth = deeper(depth)?;
            let made = elements.iter().map(|element| to_value(element, depth));
            Value::Array(made.collect::<Result<_, _>>()?)
        }
        Json::Object(object) => {
            let depth = deeper(depth)?;
            let made =
                object.iter().map(|(key, value)| Ok((key.to_owned(), to_value(value, depth)?)));
            Value::Object(made.collect::<Result<_, Error>>()?)
        }
    })
}

fn deeper(depth: usize) -> Result<usize, Error> {
    if depth < limits::JSON_NESTING {
        Ok(depth + 1)
    } else {
        let limit = limits::JSON_NESTING;
        let message = format!("more than {limit} objects and arrays are inside one another");
        Err(Error::new(ErrorKind::Limit, message))
    }
}
