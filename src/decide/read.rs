//! Reading a person: step 1 of the meaning, the same for every form of JSON.

use std::borrow::Cow;

use super::groups::Groups;
use super::layout::{Column, Field, Layout, Role, Shape};
use super::note::{Found, Raw, Subject, Wanted};
use super::person::{Cell, CellKind, Former, Group, Person, Rows, Text};
use super::rule_set::RuleSet;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::rules::model::ValueKind;
use crate::scim::compare::{Instant, Number};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Flag,
    Number,
    Text,
    List,
    Object,
}

pub(super) enum Scalar<'a> {
    Null,
    Flag(bool),
    /// As written.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
}

impl Scalar<'_> {
    fn text(&self) -> &str {
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
pub(super) fn read<R: Reader>(
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
        Groups::Own => {}
        Groups::Given(list) => give(person, list)?,
    }
    rules.settle(person);
    Ok(())
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
        Role::Groups => return read_groups(person, reader),
        Role::Active => return read_active(person, reader),
        Role::Extension(place) => {
            return read_extension(person, layout, field, place, seen, reader);
        }
        Role::Plain => {}
        Role::UserName | Role::Id | Role::ExternalId | Role::DisplayName => {
            if matches!(reader.kind()?, Kind::Text | Kind::Number | Kind::Flag) {
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
        Kind::List | Kind::Object => {
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
        kind => kind.found(),
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

impl Kind {
    fn found(self) -> Found {
        match self {
            Self::Flag => Found::Flag,
            Self::Number => Found::Number,
            Self::Null | Self::Text => Found::Text,
            Self::List => Found::List,
            Self::Object => Found::Object,
        }
    }
}

/// An attribute being read.
struct Attribute<'a> {
    person: &'a mut Person,
    number: u32,
    shape: &'a Shape,
}

impl Attribute<'_> {
    fn read<R: Reader>(&mut self, reader: &mut R) -> Result<(), Error> {
        let multi_valued = self.shape.multi_valued;
        match reader.kind()? {
            Kind::List if multi_valued => reader.list(|reader| self.element(reader, false)),
            _ => self.element(reader, multi_valued),
        }
    }

    /// One value, or one element; `lone` where a list belongs.
    fn element<R: Reader>(&mut self, reader: &mut R, lone: bool) -> Result<(), Error> {
        let subject = Subject::Attribute(crate::rules::model::AttributeId(self.number));
        let kept = match (reader.kind()?, self.shape.complex) {
            (Kind::Object, true) => self.object(reader)?,
            (kind @ (Kind::List | Kind::Object), complex) => {
                if reader.present()? {
                    let wanted = if complex { Wanted::Object } else { self.wanted(0) };
                    self.person.note(Raw::Ignored { subject, found: kind.found(), wanted });
                }
                false
            }
            _ => {
                let scalar = reader.scalar()?;
                self.scalar(&scalar)
            }
        };
        if kept && lone {
            let found = if self.shape.complex { Found::Object } else { Found::Text };
            self.person.note(Raw::ReadAs { subject, found, wanted: Wanted::List });
        }
        Ok(())
    }

    /// A value of a simple attribute, or plain text for a complex one; whether it is there.
    fn scalar(&mut self, scalar: &Scalar<'_>) -> bool {
        if scalar.is_absent() {
            return false;
        }
        let subject = Subject::Attribute(crate::rules::model::AttributeId(self.number));
        let column = if self.shape.complex {
            if !matches!(scalar, Scalar::Text(_)) {
                let wanted = Wanted::Object;
                self.person.note(Raw::Ignored { subject, found: scalar.found(), wanted });
                return false;
            }
            self.person.note(Raw::ReadAs { subject, found: Found::Text, wanted: Wanted::Object });
            self.shape.names.get("value").copied()
        } else {
            Some(0)
        };
        let cell = column.map(|column| (column, self.cell(column, scalar)));
        let there = self.shape.complex
            || cell.as_ref().is_some_and(|(_, cell)| !matches!(cell.kind, CellKind::Absent));
        if there {
            self.open();
            if let Some((column, cell)) = cell {
                self.set(column, cell);
            }
            self.rows(Rows::keep);
        }
        there
    }

    /// An element of a complex attribute; whether it has a value.
    fn object<R: Reader>(&mut self, reader: &mut R) -> Result<bool, Error> {
        self.open();
        let mut any = false;
        let mut written = super::bits::Bits::default();
        reader.object(|name, reader| {
            let Some(column) = self.shape.names.get(name).copied() else {
                // What no rule mentions still makes the element one.
                if any {
                    return reader.skip();
                }
                any = reader.present()?;
                return Ok(());
            };
            if written.contains(column) {
                let subject = self.shape.subject(self.number, column);
                self.person.note(Raw::Repeated { subject });
            }
            written.insert(column);
            let cell = match reader.kind()? {
                kind @ (Kind::List | Kind::Object) => {
                    if reader.present()? {
                        any = true;
                        let subject = self.shape.subject(self.number, column);
                        let wanted = self.wanted(column);
                        self.person.note(Raw::Ignored { subject, found: kind.found(), wanted });
                    }
                    Cell::default()
                }
                _ => {
                    let scalar = reader.scalar()?;
                    any |= !scalar.is_absent();
                    self.cell(column, &scalar)
                }
            };
            self.set(column, cell);
            Ok(())
        })?;
        if any {
            self.rows(Rows::keep);
        } else {
            let width = self.shape.width();
            self.rows(|rows| rows.drop(width));
        }
        Ok(any)
    }

    /// A scalar as a value of the kind that the schema says, tolerantly.
    fn cell(&mut self, column: usize, scalar: &Scalar<'_>) -> Cell {
        let Some(Column { kind, folded }) = self.shape.columns.get(column).copied() else {
            return Cell::default();
        };
        if scalar.is_absent() {
            return Cell::default();
        }
        let raw = self.person.store.push(scalar.text());
        let quoted = matches!(scalar, Scalar::Text(_));
        let (kind, tolerant) = match (kind, scalar) {
            (ValueKind::Text { .. }, scalar) => {
                let exact = self.person.store.exact(raw);
                let folded = if folded { self.person.store.folded(raw) } else { exact };
                (CellKind::Text { exact, folded }, !matches!(scalar, Scalar::Text(_)))
            }
            (ValueKind::Flag, Scalar::Flag(flag)) => (CellKind::Flag(*flag), false),
            (ValueKind::Flag, Scalar::Text(text)) => {
                (flag_in(text).map_or(CellKind::Absent, CellKind::Flag), true)
            }
            (ValueKind::Number, Scalar::Number(text) | Scalar::Text(text)) => {
                let number =
                    Number::parse(text).map(|number| self.person.store.push_number(number));
                (number.map_or(CellKind::Absent, CellKind::Number), quoted)
            }
            (ValueKind::Date, Scalar::Text(text)) => {
                (Instant::parse(text).map_or(CellKind::Absent, CellKind::Date), false)
            }
            _ => (CellKind::Absent, false),
        };
        let (subject, found) = (self.shape.subject(self.number, column), scalar.found());
        let wanted = self.wanted(column);
        if matches!(kind, CellKind::Absent) {
            self.person.note(Raw::Ignored { subject, found, wanted });
        } else if tolerant {
            self.person.note(Raw::ReadAs { subject, found, wanted });
        }
        Cell { kind, raw, quoted }
    }

    fn wanted(&self, column: usize) -> Wanted {
        match self.shape.columns.get(column).map(|column| column.kind) {
            Some(ValueKind::Flag) => Wanted::Flag,
            Some(ValueKind::Number) => Wanted::Number,
            Some(ValueKind::Date) => Wanted::Date,
            Some(ValueKind::Text { .. }) | None => Wanted::Text,
        }
    }

    fn open(&mut self) {
        let width = self.shape.width();
        self.rows(|rows| rows.open(width));
    }

    fn set(&mut self, column: usize, cell: Cell) {
        let width = self.shape.width();
        self.rows(|rows| rows.set(width, column, cell));
    }

    fn rows(&mut self, change: impl FnOnce(&mut Rows)) {
        if let Some(rows) = self.person.attributes.get_mut(self.number as usize) {
            change(rows);
        }
    }
}

fn flag_in(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The user's own `groups`.
fn read_groups<R: Reader>(person: &mut Person, reader: &mut R) -> Result<(), Error> {
    let subject = Subject::Known("groups");
    match reader.kind()? {
        Kind::List => reader.list(|reader| read_group(person, reader).map(|_| ())),
        Kind::Null => reader.skip(),
        kind => {
            let found = kind.found();
            if read_group(person, reader)? {
                person.note(Raw::ReadAs { subject, found, wanted: Wanted::List });
            }
            Ok(())
        }
    }
}

/// One of the user's own groups; whether it is one.
fn read_group<R: Reader>(person: &mut Person, reader: &mut R) -> Result<bool, Error> {
    let subject = Subject::Known("groups");
    let wanted = Wanted::Object;
    let mut group = Group { direct: true, ..Group::default() };
    let mut any = false;
    match reader.kind()? {
        Kind::Object => reader.object(|name, reader| {
            let part = ["value", "display", "$ref", "type"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name));
            let Some(part) = part else {
                any |= reader.present()?;
                return Ok(());
            };
            let text = read_group_part(person, part, reader, &mut any)?;
            match part {
                "value" => group.id = text,
                "display" => group.name = text,
                "$ref" => group.reference = text,
                _ => group.direct = !person.store.get(text).eq_ignore_ascii_case("indirect"),
            }
            Ok(())
        })?,
        kind @ (Kind::Text | Kind::Null) => {
            let scalar = reader.scalar()?;
            any = !scalar.is_absent();
            group.id = person.store.push(scalar.text());
            if any {
                person.note(Raw::ReadAs { subject, found: kind.found(), wanted });
            }
        }
        kind => {
            if reader.present()? {
                person.note(Raw::Ignored { subject, found: kind.found(), wanted });
            }
        }
    }
    if !any {
        return Ok(false);
    }
    if person.store.present(group.id).is_none() {
        group.id = person.store.last_segment(group.reference);
    }
    add(person, group)?;
    Ok(true)
}

fn read_group_part<R: Reader>(
    person: &mut Person,
    part: &'static str,
    reader: &mut R,
    any: &mut bool,
) -> Result<Text, Error> {
    let subject = Subject::Known(match part {
        "value" => "groups.value",
        "display" => "groups.display",
        "$ref" => "groups.$ref",
        _ => "groups.type",
    });
    let kind = reader.kind()?;
    let (found, wanted) = (kind.found(), Wanted::Text);
    if matches!(kind, Kind::List | Kind::Object) {
        if reader.present()? {
            *any = true;
            person.note(Raw::Ignored { subject, found, wanted });
        }
        return Ok(Text::default());
    }
    let scalar = reader.scalar()?;
    *any |= !scalar.is_absent();
    let text = person.store.push(scalar.text());
    if matches!(kind, Kind::Number | Kind::Flag) {
        person.note(Raw::ReadAs { subject, found, wanted });
    }
    Ok(text)
}

/// Groups that the host gives.
fn give(person: &mut Person, list: &[Membership]) -> Result<(), Error> {
    for given in list {
        let store = &mut person.store;
        let mut push = |text: &Option<String>| store.push(text.as_deref().unwrap_or(""));
        let mut group = Group {
            name: push(&given.name),
            id: push(&given.id),
            external_id: push(&given.external_id),
            direct: given.direct,
            deleted: given.deleted,
            ..Group::default()
        };
        let count = |former: &Vec<Former>| u32::try_from(former.len()).unwrap_or(u32::MAX);
        group.former.0 = count(&person.former);
        for name in &given.former_names {
            let raw = person.store.push(name);
            let folded = person.store.folded(raw);
            person.former.push(Former { raw, folded });
        }
        group.former.1 = count(&person.former);
        add(person, group)?;
    }
    Ok(())
}

fn add(person: &mut Person, mut group: Group) -> Result<(), Error> {
    if person.groups.len() >= limits::PERSON_GROUPS {
        let message = format!("the user is in more than {} groups", limits::PERSON_GROUPS);
        return Err(Error::new(ErrorKind::Limit, message));
    }
    group.folded = person.store.folded(group.name);
    person.groups.push(group);
    Ok(())
}

use super::groups::Membership;
