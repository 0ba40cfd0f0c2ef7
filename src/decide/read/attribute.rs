//! Reading the values of one attribute that rules mention.

use super::{Next, Reader, Scalar};
use crate::decide::bits::Bits;
use crate::decide::layout::{Column, Shape};
use crate::decide::note::{Found, Raw, Subject, Wanted};
use crate::decide::person::{Cell, CellKind, Person, Rows};
use crate::error::Error;
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
        let lone = self.shape.multi_valued;
        match reader.next()? {
            Next::Scalar(scalar) => {
                self.scalar(scalar, lone);
                Ok(())
            }
            Next::List if lone => reader.elements(|reader| match reader.next()? {
                Next::Scalar(scalar) => {
                    self.scalar(scalar, false);
                    Ok(())
                }
                Next::List => self.container(reader, true, false),
                Next::Object => self.container(reader, false, false),
            }),
            Next::List => self.container(reader, true, false),
            Next::Object => self.container(reader, false, lone),
        }
    }

    /// A value of a simple attribute, or plain text for a complex one; `lone` where a list
    /// belongs.
    pub(super) fn scalar(&mut self, scalar: Scalar<'_>, lone: bool) {
        if scalar.is_absent() {
            return;
        }
        let (subject, found) = (self.subject(), scalar.found());
        if !self.shape.complex {
            let cell = self.cell(0, scalar);
            if matches!(cell.kind, CellKind::Absent) {
                return;
            }
            self.open();
            self.set(0, cell);
        } else if found == Found::Text {
            self.person.note(Raw::ReadAs { subject, found, wanted: Wanted::Object });
            let cell =
                self.shape.names.get("value").map(|column| (*column, self.cell(*column, scalar)));
            self.open();
            if let Some((column, cell)) = cell {
                self.set(column, cell);
            }
        } else {
            self.person.note(Raw::Ignored { subject, found, wanted: Wanted::Object });
            return;
        }
        self.rows(Rows::keep);
        if lone {
            self.person.note(Raw::ReadAs { subject, found, wanted: Wanted::List });
        }
    }

    /// A list or object that has begun: an element of a complex attribute, or a wrong type.
    pub(super) fn container<R: Reader>(
        &mut self,
        reader: &mut R,
        list: bool,
        lone: bool,
    ) -> Result<(), Error> {
        let (subject, found) = (self.subject(), if list { Found::List } else { Found::Object });
        if list || !self.shape.complex {
            let wanted = if self.shape.complex { Wanted::Object } else { self.wanted(0) };
            if reader.filled(list)? {
                self.person.note(Raw::Ignored { subject, found, wanted });
            }
        } else if self.object(reader)? && lone {
            self.person.note(Raw::ReadAs { subject, found, wanted: Wanted::List });
        }
        Ok(())
    }

    /// An element of a complex attribute; whether it has a value.
    fn object<R: Reader>(&mut self, reader: &mut R) -> Result<bool, Error> {
        self.open();
        let mut any = false;
        let mut written = Bits::default();
        reader.members(|name, reader| {
            let Some(column) = self.shape.names.get(name).copied() else {
                // What no rule mentions still makes the element one.
                if any {
                    return reader.skip();
                }
                any = reader.present()?;
                return Ok(());
            };
            let subject = self.shape.subject(self.number, column);
            if written.contains(column) {
                self.person.note(Raw::Repeated { subject });
            }
            written.insert(column);
            let (there, found) = match reader.next()? {
                Next::Scalar(scalar) => {
                    any |= !scalar.is_absent();
                    let cell = self.cell(column, scalar);
                    self.set(column, cell);
                    return Ok(());
                }
                Next::List => (reader.filled(true)?, Found::List),
                Next::Object => (reader.filled(false)?, Found::Object),
            };
            any |= there;
            if there {
                let wanted = self.wanted(column);
                self.person.note(Raw::Ignored { subject, found, wanted });
            }
            self.set(column, Cell::default());
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

    fn subject(&self) -> Subject {
        Subject::Attribute(AttributeId(self.number))
    }

    /// A scalar as a value of the kind that the schema says, tolerantly.
    fn cell(&mut self, column: usize, scalar: Scalar<'_>) -> Cell {
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
            (ValueKind::Flag, Scalar::Flag(flag)) => (CellKind::Flag(flag), false),
            (ValueKind::Flag, Scalar::Text(text)) => {
                (Scalar::flag(text).map_or(CellKind::Absent, CellKind::Flag), true)
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
