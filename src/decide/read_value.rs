//! Reading a person from `serde_json::Value`.

use std::borrow::Cow;

use serde_json::Value;

use super::groups::Groups;
use super::person::Person;
use super::read::{Kind, Reader, Scalar, read};
use super::rule_set::RuleSet;
use crate::error::Error;
use crate::limits;

impl Person {
    /// Reads a SCIM user. It must be an object; everything else about it is read tolerantly, with
    /// [notes](super::Decision::notes).
    ///
    /// Core attributes are looked for at the top by their plain names, those of an extension in
    /// the object named by its URN, in any letter case.
    pub fn read_value(
        &mut self,
        rules: &RuleSet,
        user: &Value,
        groups: Groups<'_>,
    ) -> Result<(), Error> {
        read(self, rules, &mut ValueReader(user), groups)
    }
}

struct ValueReader<'a>(&'a Value);

impl Reader for ValueReader<'_> {
    fn kind(&mut self) -> Result<Kind, Error> {
        Ok(match self.0 {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Flag,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Array(_) => Kind::List,
            Value::Object(_) => Kind::Object,
        })
    }

    fn scalar(&mut self) -> Result<Scalar<'_>, Error> {
        Ok(match self.0 {
            Value::Bool(flag) => Scalar::Flag(*flag),
            Value::Number(number) => Scalar::Number(Cow::Owned(number.to_string())),
            Value::String(text) => Scalar::Text(Cow::Borrowed(text)),
            Value::Null | Value::Array(_) | Value::Object(_) => Scalar::Null,
        })
    }

    fn list(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        let elements = self.0.as_array().into_iter().flatten();
        elements.map(ValueReader).try_for_each(|mut element| each(&mut element))
    }

    fn object(
        &mut self,
        mut each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let members = self.0.as_object().into_iter().flatten();
        members
            .map(|(name, value)| (name, ValueReader(value)))
            .try_for_each(|(name, mut value)| each(name, &mut value))
    }

    fn skip(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn present(&mut self) -> Result<bool, Error> {
        Ok(present(self.0, limits::JSON_NESTING))
    }
}

/// Deeper than JSON may nest, something counts as there.
fn present(value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => elements.iter().any(|value| present(value, depth)),
        Value::Object(members) => members.values().any(|value| present(value, depth)),
    }
}
