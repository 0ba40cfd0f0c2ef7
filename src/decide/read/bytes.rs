//! Reading out of bytes, without building what nobody asks for.

use super::{Next, Reader, Scalar};
use crate::error::Error;
use crate::json::{Lexer, Value};

/// The next value of a lexer.
pub(in crate::decide) struct BytesReader<'l, 'a> {
    lexer: &'l mut Lexer<'a>,
    /// For texts with escapes.
    buffer: String,
}

impl<'l, 'a> BytesReader<'l, 'a> {
    pub(in crate::decide) fn new(lexer: &'l mut Lexer<'a>) -> Self {
        Self { lexer, buffer: String::new() }
    }
}

impl Reader for BytesReader<'_, '_> {
    #[inline]
    fn next(&mut self) -> Result<Next<'_>, Error> {
        Ok(match self.lexer.value()? {
            Value::String(text) => Next::Scalar(Scalar::Text(text.decode_in(&mut self.buffer))),
            Value::Number(text) => Next::Scalar(Scalar::Number(text)),
            Value::Bool(flag) => Next::Scalar(Scalar::Flag(flag)),
            Value::Null => Next::Scalar(Scalar::Null),
            Value::Array => Next::List,
            Value::Object => Next::Object,
        })
    }

    #[inline]
    fn elements(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while self.lexer.next_element()? {
            each(self)?;
        }
        Ok(())
    }

    #[inline]
    fn members(
        &mut self,
        mut each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while let Some(name) = self.lexer.next_key()? {
            match name.plain() {
                Some(name) => each(name, self)?,
                None => each(&name.decode(), self)?,
            }
        }
        Ok(())
    }

    /// The lexer limits how deep this goes.
    fn filled(&mut self, list: bool) -> Result<bool, Error> {
        while if list { self.lexer.next_element()? } else { self.lexer.next_key()?.is_some() } {
            if self.present()? {
                self.lexer.leave()?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[inline]
    fn skip(&mut self) -> Result<(), Error> {
        self.lexer.skip()
    }
}
