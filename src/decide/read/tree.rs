//! Reading out of a tree that is built already.

use std::borrow::Cow;

use super::{Next, Reader, Scalar};
use crate::error::Error;
use crate::json::{Kind, View};
use crate::limits;

/// A value of a [`serde_json::Value`] or a [`Json`](crate::json::Json).
pub(in crate::decide) struct TreeReader<'a, V> {
    value: &'a V,
    /// For numbers that have to be written out.
    buffer: String,
}

impl<'a, V> TreeReader<'a, V> {
    pub(in crate::decide) fn new(value: &'a V) -> Self {
        Self { value, buffer: String::new() }
    }
}

impl<V: View> Reader for TreeReader<'_, V> {
    fn next(&mut self) -> Result<Next<'_>, Error> {
        Ok(match self.value.kind() {
            Kind::Null => Next::Scalar(Scalar::Null),
            Kind::Bool => Next::Scalar(Scalar::Flag(self.value.as_flag() == Some(true))),
            Kind::String => Next::Scalar(Scalar::Text(self.value.as_text().unwrap_or(""))),
            Kind::Number => Next::Scalar(Scalar::Number(match self.value.as_number_text() {
                Some(Cow::Borrowed(text)) => text,
                Some(Cow::Owned(text)) => {
                    self.buffer = text;
                    &self.buffer
                }
                None => "",
            })),
            Kind::Array => Next::List,
            Kind::Object => Next::Object,
        })
    }

    fn elements(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.value.elements().try_for_each(|element| each(&mut TreeReader::new(element)))
    }

    fn members(
        &mut self,
        mut each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.value.entries().try_for_each(|(name, value)| each(name, &mut TreeReader::new(value)))
    }

    fn filled(&mut self, _list: bool) -> Result<bool, Error> {
        Ok(present(self.value, limits::JSON_NESTING))
    }

    fn skip(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Deeper than JSON may nest, something counts as there.
fn present<V: View>(value: &V, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match value.kind() {
        Kind::Null => false,
        Kind::Bool | Kind::Number => true,
        Kind::String => value.as_text().is_some_and(|text| !text.is_empty()),
        Kind::Array => value.elements().any(|value| present(value, depth)),
        Kind::Object => value.entries().any(|(_, value)| present(value, depth)),
    }
}
