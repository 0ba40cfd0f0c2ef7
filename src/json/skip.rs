//! Skipping: the whole grammar is checked, nothing is built.

use crate::error::Error;
use crate::limits;

use super::fault::{Fault, What};
use super::lexer::Lexer;
use super::scan;

/// Where a skip stands.
struct Place {
    at: usize,
    depth: usize,
    objects: u128,
}

impl Lexer<'_> {
    /// Skips a value.
    pub fn skip(&mut self) -> Result<(), Error> {
        let mut place = Place { at: self.at, depth: self.depth, objects: self.objects };
        let skipped = place.value(self.bytes(), self.depth);
        self.moved(place, skipped)
    }

    /// Skips what is left of the innermost object or array, and its end. To be called between
    /// its values, as [`next_key`](Self::next_key) and [`next_element`](Self::next_element) are.
    pub fn leave(&mut self) -> Result<(), Error> {
        let more = match self.objects & 1 {
            _ if self.depth == 0 => false,
            0 => self.next_element()?,
            _ => self.next_key()?.is_some(),
        };
        if !more {
            return Ok(());
        }
        let mut place = Place { at: self.at, depth: self.depth, objects: self.objects };
        let skipped = place.value(self.bytes(), self.depth - 1);
        self.moved(place, skipped)
    }

    fn moved(&mut self, place: Place, skipped: Result<(), Fault>) -> Result<(), Error> {
        self.at = place.at;
        self.depth = place.depth;
        self.objects = place.objects;
        skipped.map_err(|fault| self.fail(fault))
    }
}

impl Place {
    /// Skips a value, then what surrounds it, until only `base` containers are open.
    fn value(&mut self, bytes: &[u8], base: usize) -> Result<(), Fault> {
        let mut at = self.at;
        'value: loop {
            at = scan::blank(bytes, at);
            match bytes.get(at) {
                Some(b'"') => at = scan::string(bytes, at + 1)?.0,
                Some(b'{') => {
                    self.open(at, true)?;
                    at = scan::blank(bytes, at + 1);
                    if bytes.get(at) == Some(&b'}') {
                        at += 1;
                        self.close();
                    } else {
                        at = key(bytes, at)?;
                        continue 'value;
                    }
                }
                Some(b'[') => {
                    self.open(at, false)?;
                    at = scan::blank(bytes, at + 1);
                    if bytes.get(at) == Some(&b']') {
                        at += 1;
                        self.close();
                    } else {
                        continue 'value;
                    }
                }
                Some(b'-' | b'0'..=b'9') => at = scan::number(bytes, at)?,
                Some(b't') => at = scan::word(bytes, at, b"true")?,
                Some(b'f') => at = scan::word(bytes, at, b"false")?,
                Some(b'n') => at = scan::word(bytes, at, b"null")?,
                _ => return Err(Fault { at, what: What::NoValue }),
            }
            loop {
                if self.depth == base {
                    self.at = at;
                    return Ok(());
                }
                at = scan::blank(bytes, at);
                let object = self.objects & 1 == 1;
                match bytes.get(at) {
                    Some(b',') if object => {
                        at = key(bytes, scan::blank(bytes, at + 1))?;
                        continue 'value;
                    }
                    Some(b',') => {
                        at += 1;
                        continue 'value;
                    }
                    Some(b'}') if object => {
                        at += 1;
                        self.close();
                    }
                    Some(b']') if !object => {
                        at += 1;
                        self.close();
                    }
                    _ if object => return Err(Fault { at, what: What::NoCommaInObject }),
                    _ => return Err(Fault { at, what: What::NoCommaInArray }),
                }
            }
        }
    }

    #[inline]
    fn open(&mut self, at: usize, object: bool) -> Result<(), Fault> {
        if self.depth == limits::JSON_NESTING {
            return Err(Fault { at, what: What::Depth });
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        Ok(())
    }

    #[inline]
    fn close(&mut self) {
        self.depth -= 1;
        self.objects >>= 1;
    }
}

/// A key and its colon.
#[inline]
fn key(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    if bytes.get(at) != Some(&b'"') {
        return Err(Fault { at, what: What::NoKey });
    }
    let at = scan::blank(bytes, scan::string(bytes, at + 1)?.0);
    if bytes.get(at) == Some(&b':') { Ok(at + 1) } else { Err(Fault { at, what: What::NoColon }) }
}
