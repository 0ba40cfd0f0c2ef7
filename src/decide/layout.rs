//! Where in a payload stands what the rules mention: names to numbers, once for a rule set.

use hashbrown::HashTable;

use super::note::Subject;
use crate::rules::model::{AttributeDef, AttributeId, Model, ValueId, ValueKind};

/// The schema of SCIM users (RFC 7643, 4.1).
pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// What a reader looks for.
///
/// Core attributes stand at the top of the user by their plain names, those of an extension in the
/// object named by its URN. Other places, such as a core attribute below the core URN or a dotted
/// name at the top, are no SCIM (RFC 7643, 3.3) and not looked at.
#[derive(Debug)]
pub(super) struct Layout {
    /// Top-level names.
    pub(super) top: NameTable<Field>,
    /// Attributes of each extension.
    pub(super) extensions: Vec<Extension>,
    /// Of each attribute.
    pub(super) shapes: Vec<Shape>,
    /// How many names can be seen.
    pub(super) slots: usize,
    /// The attribute `groups`, if rules ask for it as an attribute.
    pub(super) groups: Option<GroupColumns>,
    /// The attribute `active`, if rules ask for it.
    pub(super) active: Option<u32>,
}

/// What stands behind a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// To notice that it is there twice.
    pub(super) slot: usize,
    pub(super) subject: Subject,
    pub(super) role: Role,
    /// The attribute that rules mention.
    pub(super) attribute: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    Active,
    Groups,
    UserName,
    Id,
    ExternalId,
    DisplayName,
    Extension(usize),
}

#[derive(Debug)]
pub(super) struct Extension {
    pub(super) fields: NameTable<Field>,
}

/// The shape of an attribute.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) multi_valued: bool,
    pub(super) complex: bool,
    pub(super) columns: Vec<Column>,
    /// Mentioned sub-attributes.
    pub(super) names: NameTable<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) kind: ValueKind,
    /// Some rule compares it folded.
    pub(super) folded: bool,
}

/// What the columns of the attribute `groups` are.
#[derive(Debug)]
pub(super) struct GroupColumns {
    pub(super) attribute: u32,
    pub(super) columns: Vec<GroupColumn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupColumn {
    Id,
    Name,
    Type,
    Reference,
    Unknown,
}

impl Layout {
    /// `folded` says which values of which attribute some rule compares folded.
    pub(super) fn new(model: &Model, folded: &[Vec<bool>]) -> Self {
        let mut layout = Self {
            top: NameTable::default(),
            extensions: vec![],
            shapes: vec![],
            slots: 0,
            groups: None,
            active: None,
        };
        for (name, role) in [
            ("active", Role::Active),
            ("groups", Role::Groups),
            ("userName", Role::UserName),
            ("id", Role::Id),
            ("externalId", Role::ExternalId),
            ("displayName", Role::DisplayName),
        ] {
            let field = layout.field(Subject::Known(name), role, None);
            layout.top.insert(name, field);
        }
        for (place, attribute) in model.attributes.iter().enumerate() {
            let number = u32::try_from(place).unwrap_or(u32::MAX);
            let folded = folded.get(place).map_or(&[][..], Vec::as_slice);
            layout.shapes.push(Shape::new(attribute, folded));
            if attribute.schema.eq_ignore_ascii_case(USER) {
                layout.core(attribute, number);
            } else {
                layout.extended(attribute, number);
            }
        }
        layout
    }

    fn field(&mut self, subject: Subject, role: Role, attribute: Option<u32>) -> Field {
        self.slots += 1;
        Field { slot: self.slots - 1, subject, role, attribute }
    }

    fn core(&mut self, attribute: &AttributeDef, number: u32) {
        let subject = Subject::Attribute(AttributeId(number));
        if let Some(known) = self.top.get_mut(&attribute.name) {
            known.attribute = Some(number);
            known.subject = subject;
            match known.role {
                Role::Active => self.active = Some(number),
                Role::Groups => self.groups = Some(GroupColumns::new(attribute, number)),
                _ => {}
            }
            return;
        }
        let field = self.field(subject, Role::Plain, Some(number));
        self.top.insert(&attribute.name, field);
    }

    fn extended(&mut self, attribute: &AttributeDef, number: u32) {
        let known = self.top.get(&attribute.schema).and_then(|field| match field.role {
            Role::Extension(place) => Some(place),
            _ => None,
        });
        let place = known.unwrap_or_else(|| {
            let place = self.extensions.len();
            self.extensions.push(Extension { fields: NameTable::default() });
            let subject = Subject::Extension(AttributeId(number));
            let field = self.field(subject, Role::Extension(place), None);
            self.top.insert(&attribute.schema, field);
            place
        });
        let field = self.field(Subject::Attribute(AttributeId(number)), Role::Plain, Some(number));
        if let Some(extension) = self.extensions.get_mut(place) {
            extension.fields.insert(&attribute.name, field);
        }
    }
}

impl Shape {
    fn new(attribute: &AttributeDef, folded: &[bool]) -> Self {
        let mut names = NameTable::default();
        if attribute.complex {
            for (place, value) in attribute.values.iter().enumerate() {
                names.insert(&value.name, place);
            }
        }
        let columns = attribute.values.iter().enumerate().map(|(place, value)| Column {
            kind: value.kind,
            folded: folded.get(place).copied().unwrap_or(false),
        });
        Self {
            multi_valued: attribute.multi_valued,
            complex: attribute.complex,
            columns: columns.collect(),
            names,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// What a note about one of its values is about.
    pub(super) fn subject(&self, attribute: u32, column: usize) -> Subject {
        let value = ValueId(u32::try_from(column).unwrap_or(u32::MAX));
        Subject::Value(AttributeId(attribute), value)
    }
}

impl GroupColumns {
    fn new(attribute: &AttributeDef, number: u32) -> Self {
        let column = |name: &str| match name.to_ascii_lowercase().as_str() {
            "value" => GroupColumn::Id,
            "display" => GroupColumn::Name,
            "type" => GroupColumn::Type,
            "$ref" => GroupColumn::Reference,
            _ => GroupColumn::Unknown,
        };
        let columns = attribute.values.iter().map(|value| column(&value.name)).collect();
        Self { attribute: number, columns }
    }
}

/// Things by attribute name or URN; letter case does not count (RFC 7643, 2.1).
#[derive(Debug)]
pub(super) struct NameTable<T> {
    table: HashTable<(Box<str>, T)>,
    /// The bits of [`bit`] of all names: most names that are not there are told at once.
    bits: u64,
}

impl<T> Default for NameTable<T> {
    fn default() -> Self {
        Self { table: HashTable::new(), bits: 0 }
    }
}

impl<T> NameTable<T> {
    fn insert(&mut self, name: &str, thing: T) {
        self.bits |= bit(name);
        self.table.insert_unique(hash(name), (name.into(), thing), |(name, _)| hash(name));
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        if self.bits & bit(name) == 0 {
            return None;
        }
        let found = self.table.find(hash(name), |(known, _)| same(known, name));
        found.map(|(_, thing)| thing)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.table.iter().map(|(_, thing)| thing)
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let found = self.table.find_mut(hash(name), |(known, _)| same(known, name));
        found.map(|(_, thing)| thing)
    }
}

/// One of 64 bits, by length and first letter.
fn bit(name: &str) -> u64 {
    let first = name.as_bytes().first().copied().unwrap_or(0) | 0x20;
    1 << ((name.len() * 11 + usize::from(first)) % 64)
}

/// Most names are spelled as the schema does, which is quick to see.
fn same(known: &str, name: &str) -> bool {
    known == name || known.eq_ignore_ascii_case(name)
}

/// The same for names that differ by letter case. It looks at a few letters only, so that a long
/// URN costs no more than a short name; names come from the rules, so nobody gains by making them
/// collide.
fn hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let length = bytes.len();
    let picks = [
        0,
        length / 4,
        length / 2,
        length * 3 / 4,
        length.saturating_sub(2),
        length.saturating_sub(1),
    ];
    let letters = picks.into_iter().fold(length as u64, |letters, place| {
        let letter = bytes.get(place).copied().unwrap_or(0);
        letters << 8 | u64::from(letter | 0x20)
    });
    letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 29
}
