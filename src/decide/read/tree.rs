//! Reading out of a tree that is built already.

use std::borrow::Cow;

use super::{Reader, Scalar};
use crate::error::Error;
use crate::json::{Kind, View};
use crate::limits;

/// A value of a [`serde_json::Value`] or a [`Json`](crate::json::Json).
pub(in crate::decide) struct TreeReader<'a, V>(pub(in crate::decide) &'a V);

impl<V: View> Reader for TreeReader<'_, V> {
    fn kind(&mut self) -> Result<Kind, Error> {
        Ok(self.0.kind())
    }

    fn scalar(&mut self) -> Result<Scalar<'_>, Error> {
        if let Some(text) = self.0.as_text() {
            return Ok(Scalar::Text(Cow::Borrowed(text)));
        }
        if let Some(flag) = self.0.as_flag() {
            return Ok(Scalar::Flag(flag));
        }
        Ok(self.0.as_number_text().map_or(Scalar::Null, Scalar::Number))
    }

    fn list(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.0.elements().try_for_each(|element| each(&mut TreeReader(element)))
    }

    fn object(
        &mut self,
        mut each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.0.entries().try_for_each(|(name, value)| each(name, &mut TreeReader(value)))
    }

    fn skip(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn present(&mut self) -> Result<bool, Error> {
        Ok(present(self.0, limits::JSON_NESTING))
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
