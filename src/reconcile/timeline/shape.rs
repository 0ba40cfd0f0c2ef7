//! What a timeline must look like, checked before it is read, so that a mistake has a place and
//! words for people.

use crate::diagnostic::suggest;
use crate::json::{Kind, Lexer};
use crate::reconcile::record::Record;
use crate::{Error, ErrorKind};

/// What a value must be.
enum Shape {
    Text,
    Flag,
    /// Any object: a SCIM User, or attributes.
    Attributes,
    /// A stored record.
    Record,
    /// One of these.
    Word(&'static [&'static str]),
    /// A list of names.
    Texts,
    /// An object with names of the writer's own.
    Named(&'static Shape),
    /// An object with these fields.
    Fields(&'static [Field]),
    /// The list of steps.
    Steps,
}

struct Field {
    name: &'static str,
    shape: Shape,
    needed: bool,
    /// Whether `null` may stand for it.
    null: bool,
}

const fn needed(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: true, null: false }
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: false, null: false }
}

const fn or_null(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: false, null: true }
}

use Shape::{Attributes, Fields, Flag, Named, Steps, Text, Texts, Word};

const TIMELINE: Shape = Fields(&[
    may("groups", Named(&Fields(GROUP))),
    may("people", Named(&Fields(PERSON))),
    needed("events", Steps),
]);
const GROUP: &[Field] =
    &[or_null("id", Text), or_null("externalId", Text), may("formerNames", Texts)];
const PERSON: &[Field] =
    &[needed("user", Attributes), may("groups", Texts), or_null("record", Shape::Record)];

/// Each kind of step.
const STEPS: &[Field] = &[
    may("note", Text),
    may(
        "create",
        Fields(&[needed("person", Text), needed("user", Attributes), may("groups", Texts)]),
    ),
    may(
        "adopt",
        Fields(&[
            needed("person", Text),
            needed("user", Attributes),
            may("groups", Texts),
            needed("has", Fields(VALUES)),
        ]),
    ),
    may("update", Fields(&[needed("person", Text), needed("set", Attributes)])),
    may("changeGroups", Fields(&[needed("person", Text), may("add", Texts), may("remove", Texts)])),
    may(
        "edit",
        Fields(&[
            needed("person", Text),
            needed("by", Word(&["admin", "manager", "csv"])),
            needed("set", Fields(EDIT)),
        ]),
    ),
    may("deactivate", Text),
    may("reactivate", Text),
    may("delete", Text),
    may("deleteGroup", Text),
    may(
        "renameGroup",
        Fields(&[needed("group", Text), needed("to", Text), may("formerNameListed", Flag)]),
    ),
    may("rules", Text),
    may("apply", Texts),
    may("confirm", Texts),
];
/// What the product had.
const VALUES: &[Field] = &[
    may("seats", Texts),
    may("workspaces", Named(&Text)),
    or_null("home", Text),
    may("capture", Texts),
    may("options", Named(&Text)),
];
const EDIT: &[Field] = &[
    or_null("active", Flag),
    may("seats", Named(&Flag)),
    may("workspaces", Named(&OR_NONE)),
    or_null("home", Text),
    may("capture", Named(&Flag)),
    may("options", Named(&OR_NONE)),
];
/// A name, or `null` for none.
const OR_NONE: Shape = Shape::Word(&[]);

/// Checks that a text is a timeline.
pub(super) fn check(text: &str) -> Result<(), Error> {
    let lexer = Lexer::new(text.as_bytes())?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(Error::new(ErrorKind::Json, "it is empty").help(FORM));
    }
    let mut reader = Reader { text, lexer, step: None, path: Vec::new() };
    reader.value(&TIMELINE)?;
    reader.lexer.finish()
}

const FORM: &str = "a timeline is `{ \"events\": [ … ] }`";

struct Reader<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The step, from 1; notes do not count.
    step: Option<usize>,
    /// The fields that lead here, in the timeline or in the step.
    path: Vec<String>,
}

impl Reader<'_> {
    /// Checks the next value. Shapes are nested a few levels deep, and so is this.
    fn value(&mut self, shape: &Shape) -> Result<(), Error> {
        let kind = self.lexer.peek()?;
        let start = self.lexer.offset();
        match (shape, kind) {
            (Shape::Text, Kind::String)
            | (Shape::Flag, Kind::Bool)
            | (Shape::Attributes, Kind::Object) => self.lexer.skip(),
            (Shape::Record, Kind::Object) => {
                let raw = self.lexer.raw()?;
                match serde_json::from_str::<Record>(raw) {
                    Ok(_) => Ok(()),
                    Err(_) => Err(self
                        .error(start, "is no record that this version can read")
                        .help("copy it from the `record` of an answer, whole")),
                }
            }
            (Shape::Word([]), Kind::String | Kind::Null) => self.lexer.skip(),
            (Shape::Word(words), Kind::String) => {
                let crate::json::Value::String(text) = self.lexer.value()? else { return Ok(()) };
                let written = text.decode();
                if words.contains(&&*written) {
                    return Ok(());
                }
                let error =
                    self.error(start, &format!("is `{written}`, which is none of its words"));
                Err(error.help(nearest(&written, words)))
            }
            (Shape::Texts, Kind::Array) => {
                self.lexer.value()?;
                while self.lexer.next_element()? {
                    self.value(&Shape::Text)?;
                }
                Ok(())
            }
            (Shape::Named(shape), Kind::Object) => {
                self.lexer.value()?;
                while let Some(key) = self.lexer.next_key()? {
                    self.within(key.decode().into_owned(), shape)?;
                }
                Ok(())
            }
            (Shape::Fields(fields), Kind::Object) => self.fields(fields, start),
            (Shape::Steps, Kind::Array) => self.steps(),
            _ => Err(self.error(start, &format!("must be {}, not {}", wanted(shape), found(kind)))),
        }
    }

    fn within(&mut self, name: String, shape: &Shape) -> Result<(), Error> {
        self.path.push(name);
        self.value(shape)?;
        self.path.pop();
        Ok(())
    }

    fn fields(&mut self, fields: &[Field], start: usize) -> Result<(), Error> {
        self.lexer.value()?;
        let mut seen: Vec<&str> = Vec::new();
        while let Some(key) = self.lexer.next_key()? {
            let at = self.lexer.offset();
            let key = key.decode();
            let Some(field) = fields.iter().find(|field| field.name == key) else {
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                let error = self.error(at, &format!("has no field `{key}`"));
                return Err(error.help(nearest(&key, &names)));
            };
            if seen.contains(&field.name) {
                return Err(self.error(at, &format!("has `{key}` twice")));
            }
            seen.push(field.name);
            if field.null && self.lexer.peek()? == Kind::Null {
                self.lexer.skip()?;
            } else {
                self.within(key.into_owned(), &field.shape)?;
            }
        }
        match fields.iter().find(|field| field.needed && !seen.contains(&field.name)) {
            Some(missing) => {
                let error = self.error(start, &format!("has no `{}`", missing.name));
                Err(error.help(format!("add `{}`: {}", missing.name, wanted(&missing.shape))))
            }
            None => Ok(()),
        }
    }

    fn steps(&mut self) -> Result<(), Error> {
        self.lexer.value()?;
        let outer = std::mem::take(&mut self.path);
        let mut number = 1;
        while self.lexer.next_element()? {
            self.step = Some(number);
            if self.one_step()? {
                number += 1;
            }
        }
        (self.step, self.path) = (None, outer);
        Ok(())
    }

    /// A step is an object with one field, which says what happens. Whether it counts as one.
    fn one_step(&mut self) -> Result<bool, Error> {
        let kind = self.lexer.peek()?;
        let start = self.lexer.offset();
        if kind != Kind::Object {
            return Err(self.error(start, &format!("must be an object, not {}", found(kind))));
        }
        self.lexer.value()?;
        let mut happens: Option<&str> = None;
        while let Some(key) = self.lexer.next_key()? {
            let at = self.lexer.offset();
            let key = key.decode();
            let Some(field) = STEPS.iter().find(|field| field.name == key) else {
                let names: Vec<&str> = STEPS.iter().map(|field| field.name).collect();
                let error = self.error(at, &format!("is a `{key}`, which is no step"));
                return Err(error.help(nearest(&key, &names)));
            };
            if happens.is_some() {
                let error = self.error(at, "has two fields, and what happens is one");
                return Err(error.help("make it two steps"));
            }
            happens = Some(field.name);
            self.within(key.into_owned(), &field.shape)?;
        }
        if let Some(happens) = happens {
            return Ok(happens != "note");
        }
        Err(self.error(start, "is empty").help("say what happens: `{ \"deactivate\": \"ana\" }`"))
    }

    /// A mistake at a byte, about what is being read.
    fn error(&self, at: usize, says: &str) -> Error {
        let path = self.path.join(".");
        let subject = match (self.step, path.is_empty()) {
            (None, true) => "the timeline".to_owned(),
            (None, false) => format!("`{path}`"),
            (Some(step), true) => format!("step {step}"),
            (Some(step), false) => format!("`{path}` of step {step}"),
        };
        let before = self.text.as_bytes().iter().take(at);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        let error = Error::new(ErrorKind::Payload, format!("{subject} {says}"));
        let error = if path.is_empty() && self.step.is_none() { error.help(FORM) } else { error };
        error.at(at).on_line(line)
    }
}

/// The nearest name, or all there are.
fn nearest(written: &str, names: &[&str]) -> String {
    match suggest::nearest(written, names.iter().copied()) {
        Some(near) => suggest::did_you_mean(near),
        None => format!("there are: {}", names.join(", ")),
    }
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Word([_, ..]) => "a text",
        Shape::Word([]) => "a name or `null`",
        Shape::Flag => "`true` or `false`",
        Shape::Attributes => "an object of SCIM attributes",
        Shape::Record => "a stored record",
        Shape::Texts => "a list of names",
        Shape::Named(_) | Shape::Fields(_) => "an object",
        Shape::Steps => "a list of steps",
    }
}

fn found(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "`null`",
        Kind::Bool => "a flag",
        Kind::Number => "a number",
        Kind::String => "a text",
        Kind::Array => "a list",
        Kind::Object => "an object",
    }
}
