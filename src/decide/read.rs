//! Reading a person: step 1 of the meaning, the same for every form of JSON.

mod attribute;
mod bytes;
mod groups;
mod tree;

use std::borrow::Cow;

use self::attribute::Attribute;
pub(super) use self::bytes::BytesReader;
pub(super) use self::tree::TreeReader;
use super::groups::Groups;
use super::layout::{Field, Layout, Role};
use super::note::{Found, Raw, Subject, Wanted};
use super::person::{Person, Text};
use super::rule_set::RuleSet;
use crate::error::{Error, ErrorKind};
use crate::json::{Kind, Lexer, View};
use crate::limits;

impl Person {
    /// Reads a SCIM user from a tree: a [`serde_json::Value`] or a [`Json`](crate::json::Json).
    ///
    /// It must be an object; everything else about it is read tolerantly, with
    /// [notes](super::Decision::notes). Core attributes are looked for at the top by their plain
    /// names, those of an extension in the object named by its URN, in any letter case. After an
    /// error the person is nobody.
    pub fn read_value(
        &mut self,
        rules: &RuleSet,
        user: &impl View,
        groups: Groups<'_>,
    ) -> Result<(), Error> {
        read(self, rules, &mut TreeReader(user), groups)
    }

    /// Reads a SCIM user from JSON bytes. What no rule mentions is checked and skipped, not built;
    /// otherwise as [`read_value`](Self::read_value), with the same result.
    pub fn read_bytes(
        &mut self,
        rules: &RuleSet,
        user: &[u8],
        groups: Groups<'_>,
    ) -> Result<(), Error> {
        if user.len() > limits::PERSON_BYTES {
            self.clear(0);
            let message = format!("the user is longer than {} bytes", limits::PERSON_BYTES);
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let mut lexer = Lexer::new(user)?;
        self.read_next(rules, &mut lexer, groups)?;
        lexer.finish().inspect_err(|_| self.clear(0))
    }

    /// Reads the SCIM user that a lexer has next, such as an element of `Resources`.
    pub fn read_next(
        &mut self,
        rules: &RuleSet,
        lexer: &mut Lexer<'_>,
        groups: Groups<'_>,
    ) -> Result<(), Error> {
        read(self, rules, &mut BytesReader::new(lexer), groups)
    }
}

/// A JSON value that comes next; each is taken exactly once.
pub(super) trait Reader: Sized {
    fn kind(&mut self) -> Result<Kind, Error>;
    /// Takes null, a flag, a number or text.
    fn scalar(&mut self) -> Result<Scalar<'_>, Error>;
    /// Takes a list; the callback takes each element.
    fn list(&mut self, each: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error>;
    /// Takes an object; the callback takes the value of each name.
    fn object(
        &mut self,
        each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error>;
    /// Takes the value without looking at it.
    fn skip(&mut self) -> Result<(), Error>;
    /// Takes the value and says whether it is one (step 1: null, `""`, `[]` and objects without
    /// values are none).
    fn present(&mut self) -> Result<bool, Error>;
}

pub(super) enum Scalar<'a> {
    Null,
    Flag(bool),
    /// As written.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
}

impl Scalar<'_> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Null => "",
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::Number(text) | Self::Text(text) => text,
        }
    }

    fn found(&self) -> Found {
        match self {
            Self::Null | Self::Text(_) => Found::Text,
            Self::Flag(_) => Found::Flag,
            Self::Number(_) => Found::Number,
        }
    }

    fn is_absent(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// Reads a user into a person and looks its values up in the index of the rules.
fn read<R: Reader>(
    person: &mut Person,
    rules: &RuleSet,
    reader: &mut R,
    groups: Groups<'_>,
) -> Result<(), Error> {
    let layout = rules.layout();
    person.clear(layout.shapes.len());
    if !person.rules.as_ref().is_some_and(|known| known.is(rules)) {
        person.rules = Some(rules.clone());
    }
    person.groups_given = !matches!(groups, Groups::Own);
    read_all(person, layout, reader, groups).inspect_err(|_| person.clear(0))?;
    rules.settle(person);
    Ok(())
}

fn read_all<R: Reader>(
    person: &mut Person,
    layout: &Layout,
    reader: &mut R,
    groups: Groups<'_>,
) -> Result<(), Error> {
    if reader.kind()? != Kind::Object {
        return Err(Error::new(ErrorKind::Payload, "a user must be a JSON object"));
    }
    let mut seen = Seen::new(layout.slots, std::mem::take(&mut person.seen));
    let result = reader.object(|name, reader| match layout.top.get(name) {
        Some(field) => read_field(person, layout, *field, &mut seen, reader),
        None => reader.skip(),
    });
    person.seen = seen.slots;
    result?;
    match groups {
        Groups::Own => Ok(()),
        Groups::Given(list) => self::groups::give(person, list),
        Groups::Directory(directory) => self::groups::find(person, directory),
    }
}

/// Which names were there already.
struct Seen {
    slots: Vec<bool>,
}

impl Seen {
    fn new(count: usize, mut slots: Vec<bool>) -> Self {
        slots.clear();
        slots.resize(count, false);
        Self { slots }
    }

    fn again(&mut self, slot: usize) -> bool {
        self.slots.get_mut(slot).is_some_and(|seen| std::mem::replace(seen, true))
    }
}

fn read_field<R: Reader>(
    person: &mut Person,
    layout: &Layout,
    field: Field,
    seen: &mut Seen,
    reader: &mut R,
) -> Result<(), Error> {
    if field.role == Role::Groups && person.groups_given {
        return reader.skip();
    }
    if seen.again(field.slot) {
        person.note(Raw::Repeated { subject: field.subject });
        forget(person, layout, field);
    }
    match field.role {
        Role::Groups => return self::groups::read(person, reader),
        Role::Active => return read_active(person, reader),
        Role::Extension(place) => {
            return read_extension(person, layout, field, place, seen, reader);
        }
        Role::Plain => {}
        Role::UserName | Role::Id | Role::ExternalId | Role::DisplayName => {
            if matches!(reader.kind()?, Kind::String | Kind::Number | Kind::Bool) {
                return read_name(person, layout, field, reader);
            }
        }
    }
    let shape = field.attribute.and_then(|number| layout.shapes.get(number as usize));
    match (field.attribute, shape) {
        (Some(number), Some(shape)) => Attribute { person, number, shape }.read(reader),
        _ => reader.skip(),
    }
}

/// What was read before under the same name does not count.
fn forget(person: &mut Person, layout: &Layout, field: Field) {
    let clear = |person: &mut Person, number: Option<u32>| {
        if let Some(rows) = number.and_then(|n| person.attributes.get_mut(n as usize)) {
            rows.clear();
        }
    };
    clear(person, field.attribute);
    match field.role {
        Role::Plain => {}
        Role::Active => person.active = true,
        Role::Groups => person.groups.clear(),
        Role::UserName => person.identity.user_name = Text::default(),
        Role::Id => person.identity.id = Text::default(),
        Role::ExternalId => person.identity.external_id = Text::default(),
        Role::DisplayName => person.identity.display_name = Text::default(),
        Role::Extension(place) => {
            for inner in layout.extensions.get(place).into_iter().flat_map(|e| e.fields.iter()) {
                clear(person, inner.attribute);
            }
        }
    }
}

/// `userName` and the like are kept for outputs, whether rules mention them or not.
fn read_name<R: Reader>(
    person: &mut Person,
    layout: &Layout,
    field: Field,
    reader: &mut R,
) -> Result<(), Error> {
    let scalar = reader.scalar()?;
    let text = person.store.push(scalar.text());
    match field.role {
        Role::UserName => person.identity.user_name = text,
        Role::Id => person.identity.id = text,
        Role::ExternalId => person.identity.external_id = text,
        _ => person.identity.display_name = text,
    }
    let shape = field.attribute.and_then(|number| layout.shapes.get(number as usize));
    if let (Some(number), Some(shape)) = (field.attribute, shape) {
        Attribute { person, number, shape }.scalar(&scalar);
    }
    Ok(())
}

/// Missing and null are true; what is no flag even tolerantly is false.
fn read_active<R: Reader>(person: &mut Person, reader: &mut R) -> Result<(), Error> {
    let subject = Subject::Known("active");
    person.active = match reader.kind()? {
        Kind::Array | Kind::Object => {
            reader.skip()?;
            None
        }
        _ => match reader.scalar()? {
            Scalar::Null => Some(true),
            Scalar::Flag(flag) => Some(flag),
            Scalar::Number(_) => None,
            Scalar::Text(text) => {
                let flag = flag_in(&text);
                if flag.is_some() {
                    person.note(Raw::ReadAs { subject, found: Found::Text, wanted: Wanted::Flag });
                }
                flag
            }
        },
    }
    .unwrap_or_else(|| {
        person.note(Raw::ActiveUnclear);
        false
    });
    Ok(())
}

fn read_extension<R: Reader>(
    person: &mut Person,
    layout: &Layout,
    field: Field,
    place: usize,
    seen: &mut Seen,
    reader: &mut R,
) -> Result<(), Error> {
    let Some(extension) = layout.extensions.get(place) else { return reader.skip() };
    let found = match reader.kind()? {
        Kind::Object => {
            // A second object of the same name replaces the first, with all that is in it.
            for inner in extension.fields.iter() {
                seen.forget(inner.slot);
            }
            return reader.object(|name, reader| match extension.fields.get(name) {
                Some(inner) => read_field(person, layout, *inner, seen, reader),
                None => reader.skip(),
            });
        }
        kind => found(kind),
    };
    if reader.present()? {
        let wanted = Wanted::Object;
        person.note(Raw::Ignored { subject: field.subject, found, wanted });
    }
    Ok(())
}

impl Seen {
    fn forget(&mut self, slot: usize) {
        if let Some(seen) = self.slots.get_mut(slot) {
            *seen = false;
        }
    }
}

/// What a value is, for notes.
fn found(kind: Kind) -> Found {
    match kind {
        Kind::Bool => Found::Flag,
        Kind::Number => Found::Number,
        Kind::Null | Kind::String => Found::Text,
        Kind::Array => Found::List,
        Kind::Object => Found::Object,
    }
}

fn flag_in(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
