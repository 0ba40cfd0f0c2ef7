//! Reading out of bytes, without building what nobody asks for.

use std::borrow::Cow;

use super::{Reader, Scalar};
use crate::error::Error;
use crate::json::{Kind, Lexer, Value};

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
    fn kind(&mut self) -> Result<Kind, Error> {
        self.lexer.peek()
    }

    fn scalar(&mut self) -> Result<Scalar<'_>, Error> {
        Ok(match self.lexer.value()? {
            Value::Bool(flag) => Scalar::Flag(flag),
            Value::Number(text) => Scalar::Number(Cow::Borrowed(text)),
            Value::String(text) => Scalar::Text(Cow::Borrowed(text.decode_in(&mut self.buffer))),
            Value::Null => Scalar::Null,
            // The caller has looked at the kind.
            Value::Array | Value::Object => {
                self.lexer.leave()?;
                Scalar::Null
            }
        })
    }

    fn list(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.lexer.value()?;
        while self.lexer.next_element()? {
            each(self)?;
        }
        Ok(())
    }

    fn object(
        &mut self,
        mut each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.lexer.value()?;
        while let Some(name) = self.lexer.next_key()? {
            each(&name.decode(), self)?;
        }
        Ok(())
    }

    fn skip(&mut self) -> Result<(), Error> {
        self.lexer.skip()
    }

    fn present(&mut self) -> Result<bool, Error> {
        // The lexer limits how deep this goes.
        Ok(match self.lexer.value()? {
            Value::Null => false,
            Value::Bool(_) | Value::Number(_) => true,
            Value::String(text) => !text.raw().is_empty(),
            Value::Array => {
                while self.lexer.next_element()? {
                    if self.present()? {
                        self.lexer.leave()?;
                        return Ok(true);
                    }
                }
                false
            }
            Value::Object => {
                while self.lexer.next_key()?.is_some() {
                    if self.present()? {
                        self.lexer.leave()?;
                        return Ok(true);
                    }
                }
                false
            }
        })
    }
}
