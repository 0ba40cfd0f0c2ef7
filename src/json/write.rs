//! Writing JSON, compact or indented.

use std::fmt::{self, Write};

use super::tree::Json;

/// Compact; `{:#}` indents by two blanks.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pretty = f.alternate();
        // Its own stack: a tree that a program built may be deeper than one that was read.
        let mut open: Vec<Open<'_>> = Vec::new();
        let mut value = Some(self);
        loop {
            if let Some(next) = value.take() {
                match next {
                    Json::Null => f.write_str("null")?,
                    Json::Bool(flag) => f.write_str(if *flag { "true" } else { "false" })?,
                    Json::Number(numeral) => f.write_str(numeral.as_str())?,
                    Json::String(text) => write_string(f, text)?,
                    Json::Array(elements) => open.push(Open {
                        rest: Rest::Elements(elements.iter()),
                        empty: elements.is_empty(),
                        first: true,
                    }),
                    Json::Object(object) => open.push(Open {
                        rest: Rest::Entries(Box::new(object.iter())),
                        empty: object.is_empty(),
                        first: true,
                    }),
                }
            }
            let depth = open.len();
            let Some(container) = open.last_mut() else { return Ok(()) };
            let (start, end) = container.brackets();
            if std::mem::take(&mut container.first) {
                f.write_char(start)?;
            } else if !container.is_done() {
                f.write_char(',')?;
            }
            if container.is_done() {
                if pretty && !container.empty {
                    new_line(f, depth - 1)?;
                }
                f.write_char(end)?;
                open.pop();
                continue;
            }
            if pretty {
                new_line(f, depth)?;
            }
            value = container.next(f, pretty)?;
        }
    }
}

/// Text as a JSON string with its quotes.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    // Writing to a string does not fail.
    let _ = write_string(&mut quoted, text);
    quoted
}

/// A container that is being written.
struct Open<'a> {
    rest: Rest<'a>,
    empty: bool,
    first: bool,
}

enum Rest<'a> {
    Elements(std::slice::Iter<'a, Json>),
    Entries(Box<dyn ExactSizeIterator<Item = (&'a str, &'a Json)> + 'a>),
}

impl<'a> Open<'a> {
    fn brackets(&self) -> (char, char) {
        match self.rest {
            Rest::Elements(_) => ('[', ']'),
            Rest::Entries(_) => ('{', '}'),
        }
    }

    fn is_done(&self) -> bool {
        match &self.rest {
            Rest::Elements(elements) => elements.len() == 0,
            Rest::Entries(entries) => entries.len() == 0,
        }
    }

    /// Writes the next key, if there are keys, and gives the next value.
    fn next(&mut self, f: &mut impl Write, pretty: bool) -> Result<Option<&'a Json>, fmt::Error> {
        match &mut self.rest {
            Rest::Elements(elements) => Ok(elements.next()),
            Rest::Entries(entries) => {
                let Some((key, value)) = entries.next() else { return Ok(None) };
                write_string(f, key)?;
                f.write_str(if pretty { ": " } else { ":" })?;
                Ok(Some(value))
            }
        }
    }
}

fn new_line(f: &mut impl Write, depth: usize) -> fmt::Result {
    write!(f, "\n{:width$}", "", width = depth * 2)
}

fn write_string(f: &mut impl Write, text: &str) -> fmt::Result {
    let special = |c: char| matches!(c, '"' | '\\' | '\0'..='\u{1f}');
    f.write_char('"')?;
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        f.write_str(before)?;
        let mut chars = after.chars();
        match chars.next() {
            Some(c @ ('"' | '\\')) => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            Some('\n') => f.write_str("\\n")?,
            Some('\r') => f.write_str("\\r")?,
            Some('\t') => f.write_str("\\t")?,
            Some('\u{8}') => f.write_str("\\b")?,
            Some('\u{c}') => f.write_str("\\f")?,
            Some(c) => write!(f, "\\u{:04x}", u32::from(c))?,
            None => {}
        }
        rest = chars.as_str();
    }
    f.write_str(rest)?;
    f.write_char('"')
}
