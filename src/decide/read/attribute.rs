//! Reading the values of one attribute that rules mention.

use super::{Reader, Scalar, flag_in, found};
use crate::decide::bits::Bits;
use crate::decide::layout::{Column, Shape};
use crate::decide::note::{Found, Raw, Subject, Wanted};
use crate::decide::person::{Cell, CellKind, Person, Rows};
use crate::error::Error;
use crate::json::Kind;
use crate::rules::model::{AttributeId, ValueKind};
use crate::scim::compare::{Instant, Number};

/// An attribute being read.
pub(super) struct Attribute<'a> {
    pub(super) person: &'a mut Person,
    pub(super) number: u32,
    pub(super) shape: &'a Shape,
}

impl Attribute<'_> {
    pub(super) fn read<R: Reader>(&mut self, reader: &mut R) -> Result<(), Error> {
        let multi_valued = self.shape.multi_valued;
        match reader.kind()? {
            Kind::Array if multi_valued => reader.list(|reader| self.element(reader, false)),
            _ => self.element(reader, multi_valued),
        }
    }

    /// One value, or one element; `lone` where a list belongs.
    fn element<R: Reader>(&mut self, reader: &mut R, lone: bool) -> Result<(), Error> {
        let subject = Subject::Attribute(AttributeId(self.number));
        let there = reader.kind()?;
        let kept = match (there, self.shape.complex) {
            (Kind::Object, true) => self.object(reader)?,
            (kind @ (Kind::Array | Kind::Object), complex) => {
                if reader.present()? {
                    let wanted = if complex { Wanted::Object } else { self.wanted(0) };
                    self.person.note(Raw::Ignored { subject, found: found(kind), wanted });
                }
                false
            }
            _ => {
                let scalar = reader.scalar()?;
                self.scalar(&scalar)
            }
        };
        if kept && lone {
            let wanted = Wanted::List;
            self.person.note(Raw::ReadAs { subject, found: found(there), wanted });
        }
        Ok(())
    }

    /// A value of a simple attribute, or plain text for a complex one; whether it is there.
    pub(super) fn scalar(&mut self, scalar: &Scalar<'_>) -> bool {
        if scalar.is_absent() {
            return false;
        }
        let subject = Subject::Attribute(AttributeId(self.number));
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
        let mut written = Bits::default();
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
                kind @ (Kind::Array | Kind::Object) => {
                    if reader.present()? {
                        any = true;
                        let subject = self.shape.subject(self.number, column);
                        let wanted = self.wanted(column);
                        self.person.note(Raw::Ignored { subject, found: found(kind), wanted });
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
