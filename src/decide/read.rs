//! Reading a person: step 1 of the meaning, the same for every form of JSON.

mod attribute;
mod bytes;
mod groups;
mod tree;

use self::attribute::Attribute;
pub(super) use self::bytes::BytesReader;
pub(super) use self::tree::TreeReader;
use super::groups::Groups;
use super::layout::{Field, Layout, Role};
use super::note::{Found, Raw, Subject, Wanted};
use super::person::{Person, Rows, Text};
use super::rule_set::RuleSet;
use crate::error::{Error, ErrorKind};
use crate::json::{Lexer, View};
use crate::limits;
use crate::rules::model::AttributeId;

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
        read(self, rules, &mut TreeReader::new(user), groups)
    }

    /// Reads a SCIM user from JSON bytes. What no rule mentions is checked and skipped, not built;
    /// otherwise as [`read_value`](Self::read_value), with the same result.
    pub fn read_bytes(
        &mut self,
        rules: &RuleSet,
        user: &[u8],
        groups: Groups<'_>,
    ) -> Result<(), Error> {
        self.clear();
        if user.len() > limits::PERSON_BYTES {
            let message = format!("the user is longer than {} bytes", limits::PERSON_BYTES);
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let mut lexer = Lexer::new(user)?;
        self.read_next(rules, &mut lexer, groups)?;
        lexer.finish().inspect_err(|_| self.clear())
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

/// JSON values one after the other; each is taken exactly once.
pub(super) trait Reader: Sized {
    /// Takes null, a flag, a number or text; of a list or an object its beginning.
    fn next(&mut self) -> Result<Next<'_>, Error>;
    /// Takes the elements of a list that has begun; the callback takes each.
    fn elements(&mut self, each: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<(), Error>;
    /// Takes the members of an object that has begun; the callback takes the value of each name.
    fn members(
        &mut self,
        each: impl FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error>;
    /// Takes the rest of a list or object that has begun and says whether there is a value in it
    /// (step 1: null, `""`, `[]` and objects without values are none).
    fn filled(&mut self, list: bool) -> Result<bool, Error>;
    /// Takes a whole value without looking at it.
    fn skip(&mut self) -> Result<(), Error>;

    /// Takes a whole value and says whether it is one.
    fn present(&mut self) -> Result<bool, Error> {
        match self.next()? {
            Next::Scalar(scalar) => Ok(!scalar.is_absent()),
            Next::List => self.filled(true),
            Next::Object => self.filled(false),
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next<'a> {
    Scalar(Scalar<'a>),
    List,
    Object,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Scalar<'a> {
    Null,
    Flag(bool),
    /// As written.
    Number(&'a str),
    Text(&'a str),
}

impl<'a> Scalar<'a> {
    /// As written.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Null => "",
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::Number(text) | Self::Text(text) => text,
        }
    }

    fn is_absent(self) -> bool {
        matches!(self, Self::Null | Self::Text(""))
    }

    /// What it is, for notes.
    fn found(self) -> Found {
        match self {
            Self::Null | Self::Text(_) => Found::Text,
            Self::Flag(_) => Found::Flag,
            Self::Number(_) => Found::Number,
        }
    }

    /// The flag that a text says.
    fn flag(text: &str) -> Option<bool> {
        match text {
            _ if text.eq_ignore_ascii_case("true") => Some(true),
            _ if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
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
    person.clear();
    person.attributes.resize_with(layout.shapes.len(), Rows::default);
    if !person.rules.as_ref().is_some_and(|known| known.is(rules)) {
        person.rules = Some(rules.clone());
    }
    person.groups_given = !matches!(groups, Groups::Own);
    read_all(person, layout, reader, groups).inspect_err(|_| person.clear())?;
    rules.settle(person);
    Ok(())
}

fn read_all<R: Reader>(
    person: &mut Person,
    layout: &Layout,
    reader: &mut R,
    groups: Groups<'_>,
) -> Result<(), Error> {
    let Next::Object = reader.next()? else {
        return Err(Error::new(ErrorKind::Payload, "a user must be a JSON object"));
    };
    let mut seen = std::mem::take(&mut person.seen);
    seen.clear();
    seen.resize(layout.slots, false);
    let mut user = User { person, layout, seen };
    let result = reader.members(|name, reader| match layout.top.get(name) {
        Some(field) => user.field(*field, reader),
        None => reader.skip(),
    });
    let User { person, seen, .. } = user;
    person.seen = seen;
    result?;
    match groups {
        Groups::Own => Ok(()),
        Groups::Given(list) => self::groups::give(person, list),
        Groups::Directory(directory) => self::groups::find(person, directory),
    }
}

/// A user being read.
struct User<'a> {
    person: &'a mut Person,
    layout: &'a Layout,
    /// Which names were there already.
    seen: Vec<bool>,
}

impl User<'_> {
    fn field<R: Reader>(&mut self, field: Field, reader: &mut R) -> Result<(), Error> {
        if field.role == Role::Groups && self.person.groups_given {
            return reader.skip();
        }
        let seen = self.seen.get_mut(field.slot);
        if seen.is_some_and(|seen| std::mem::replace(seen, true)) {
            self.forget(field);
            self.person.note(Raw::Repeated { subject: field.subject });
        }
        match field.role {
            Role::Groups => self::groups::read(self.person, reader),
            Role::Active => self.active(reader),
            Role::Extension(place) => self.extension(field, place, reader),
            Role::Plain => self.attribute(field, reader),
            Role::UserName | Role::Id | Role::ExternalId | Role::DisplayName => {
                self.name(field, reader)
            }
        }
    }

    /// What was read before under the same name does not count.
    fn forget(&mut self, field: Field) {
        self.clear(field.attribute);
        let person = &mut *self.person;
        match field.role {
            Role::Plain => {}
            Role::Active => {
                person.active = true;
                person.notes.retain(|note| *note != Raw::ActiveUnclear);
            }
            Role::Groups => person.groups.clear(),
            Role::UserName => person.identity.user_name = Text::default(),
            Role::Id => person.identity.id = Text::default(),
            Role::ExternalId => person.identity.external_id = Text::default(),
            Role::DisplayName => person.identity.display_name = Text::default(),
            Role::Extension(place) => {
                let fields = self.layout.extensions.get(place).into_iter();
                for inner in fields.flat_map(|extension| extension.fields.iter()) {
                    self.clear(inner.attribute);
                    if let Some(seen) = self.seen.get_mut(inner.slot) {
                        *seen = false;
                    }
                }
            }
        }
    }

    fn clear(&mut self, attribute: Option<u32>) {
        let Some(number) = attribute else { return };
        if let Some(rows) = self.person.attributes.get_mut(number as usize) {
            rows.clear();
        }
        self.person.notes.retain(|note| !note.is_about(AttributeId(number)));
    }

    fn attribute<R: Reader>(&mut self, field: Field, reader: &mut R) -> Result<(), Error> {
        match self.mentioned(field) {
            Some(mut attribute) => attribute.read(reader),
            None => reader.skip(),
        }
    }

    fn mentioned(&mut self, field: Field) -> Option<Attribute<'_>> {
        let number = field.attribute?;
        let shape = self.layout.shapes.get(number as usize)?;
        Some(Attribute { person: self.person, number, shape })
    }

    /// `userName` and the like are kept for outputs, whether rules mention them or not.
    fn name<R: Reader>(&mut self, field: Field, reader: &mut R) -> Result<(), Error> {
        let next = reader.next()?;
        if let Next::Scalar(scalar) = next {
            let text = self.person.store.push(scalar.text());
            let identity = &mut self.person.identity;
            match field.role {
                Role::UserName => identity.user_name = text,
                Role::Id => identity.id = text,
                Role::ExternalId => identity.external_id = text,
                _ => identity.display_name = text,
            }
            if let Some(mut attribute) = self.mentioned(field) {
                attribute.scalar(scalar, false);
            }
            return Ok(());
        }
        let list = matches!(next, Next::List);
        match self.mentioned(field) {
            Some(mut attribute) => attribute.container(reader, list, false),
            None => reader.filled(list).map(drop),
        }
    }

    /// Missing and null are true; what is no flag even tolerantly is false.
    fn active<R: Reader>(&mut self, reader: &mut R) -> Result<(), Error> {
        let active = match reader.next()? {
            Next::Scalar(Scalar::Null) => Some(true),
            Next::Scalar(Scalar::Flag(flag)) => Some(flag),
            Next::Scalar(Scalar::Text(text)) => {
                let flag = Scalar::flag(text);
                if flag.is_some() {
                    let subject = Subject::Known("active");
                    let (found, wanted) = (Found::Text, Wanted::Flag);
                    self.person.note(Raw::ReadAs { subject, found, wanted });
                }
                flag
            }
            Next::Scalar(Scalar::Number(_)) => None,
            Next::List => reader.filled(true).map(|_| None)?,
            Next::Object => reader.filled(false).map(|_| None)?,
        };
        if active.is_none() {
            self.person.note(Raw::ActiveUnclear);
        }
        self.person.active = active.unwrap_or(false);
        Ok(())
    }

    fn extension<R: Reader>(
        &mut self,
        field: Field,
        place: usize,
        reader: &mut R,
    ) -> Result<(), Error> {
        let Some(extension) = self.layout.extensions.get(place) else { return reader.skip() };
        let (there, found) = match reader.next()? {
            Next::Object => {
                return reader.members(|name, reader| match extension.fields.get(name) {
                    Some(inner) => self.field(*inner, reader),
                    None => reader.skip(),
                });
            }
            Next::List => (reader.filled(true)?, Found::List),
            Next::Scalar(scalar) => (!scalar.is_absent(), scalar.found()),
        };
        if there {
            let (subject, wanted) = (field.subject, Wanted::Object);
            self.person.note(Raw::Ignored { subject, found, wanted });
        }
        Ok(())
    }
}
