//! One person as the rules see it.

use std::fmt;

use super::directory::last_segment;
use super::groups::GroupView;
use super::note::{Note, Raw};
use super::program::{Form, View};
use super::rule_set::RuleSet;
use crate::rules::model::{AttributeId, Model, ValueId};
use crate::scim::compare::{Instant, Number, compared, nfc};

/// A person as read from JSON: the values that some rule mentions, the groups, and what names the
/// person in outputs. Everything else was skipped.
///
/// It is a buffer: reading the next person into it allocates only what the largest person before
/// did not need. A person is decided by the rules it was read for.
#[derive(Default)]
pub struct Person {
    pub(super) rules: Option<RuleSet>,
    pub(super) store: Store,
    pub(super) identity: Names,
    pub(super) active: bool,
    pub(super) attributes: Vec<Rows>,
    pub(super) groups: Vec<Group>,
    pub(super) former: Vec<Former>,
    /// Groups come from Group resources or the host rather than from the user.
    pub(super) groups_given: bool,
    pub(super) notes: Vec<Raw>,
    /// Which names were there already; only while reading.
    pub(super) seen: Vec<bool>,
    pub(super) settled: Settled,
}

/// What names a person in outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity<'a> {
    /// `userName`
    pub user_name: Option<&'a str>,
    /// `id`
    pub id: Option<&'a str>,
    /// `externalId`
    pub external_id: Option<&'a str>,
    /// `displayName`
    pub display_name: Option<&'a str>,
}

/// Text and numbers of a person, one behind the other.
#[derive(Default)]
pub(super) struct Store {
    texts: String,
    numbers: Vec<Number>,
}

/// A text of the store; empty means none.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Text {
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Names {
    pub(super) user_name: Text,
    pub(super) id: Text,
    pub(super) external_id: Text,
    pub(super) display_name: Text,
}

/// The values of an attribute: a row for each of its elements, one at most if it is single-valued.
#[derive(Default)]
pub(super) struct Rows {
    /// As many a row as the attribute has mentioned values.
    pub(super) cells: Vec<Cell>,
    pub(super) count: usize,
    /// Rows that exist without deleted groups; those come last.
    pub(super) live: usize,
}

/// One value.
#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) kind: CellKind,
    /// As it stood there.
    pub(super) raw: Text,
    /// It stood there as text.
    pub(super) quoted: bool,
}

#[derive(Clone, Copy, Default)]
pub(super) enum CellKind {
    #[default]
    Absent,
    Text {
        exact: Text,
        folded: Text,
    },
    Flag(bool),
    Number(u32),
    Date(Instant),
}

/// A group that the person is in.
#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) name: Text,
    pub(super) folded: Text,
    pub(super) id: Text,
    pub(super) external_id: Text,
    pub(super) reference: Text,
    pub(super) direct: bool,
    pub(super) deleted: bool,
    pub(super) former: (u32, u32),
}

#[derive(Clone, Copy, Default)]
pub(super) struct Former {
    pub(super) raw: Text,
    pub(super) folded: Text,
}

/// What the index of the rules found out about a person.
#[derive(Default)]
pub(super) struct Settled {
    /// Facts that hold, with the views in which they do.
    pub(super) facts: Vec<(u32, u8)>,
    /// Sets of facts some of which hold, ascending.
    pub(super) met: Vec<Met>,
    /// Rules that can match besides those that always can, ascending.
    pub(super) candidates: Vec<u32>,
    pub(super) any_deleted: bool,
}

/// How many facts of a set hold: live, live and direct, deleted too, deleted too and direct.
#[derive(Clone, Copy)]
pub(super) struct Met {
    pub(super) set: u32,
    pub(super) counts: [u32; 4],
}

impl Person {
    /// Nobody: active, without values and groups.
    pub fn new() -> Self {
        Self { active: true, ..Self::default() }
    }

    /// What names the person in outputs.
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            user_name: self.store.present(self.identity.user_name),
            id: self.store.present(self.identity.id),
            external_id: self.store.present(self.identity.external_id),
            display_name: self.store.present(self.identity.display_name),
        }
    }

    /// Whether the source says that the person is active.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The groups of the person.
    pub fn groups(&self) -> impl Iterator<Item = GroupView<'_>> {
        self.groups.iter().map(|group| GroupView { person: self, group })
    }

    /// Values as they stood in the payload, one for each element that has one.
    pub fn values(&self, attribute: AttributeId, value: ValueId) -> impl Iterator<Item = &str> {
        (0..self.rows(attribute.0, View::WithDeleted)).filter_map(move |row| {
            let cell = self.cell(attribute.0, row, value.0)?;
            (!matches!(cell.kind, CellKind::Absent)).then(|| self.store.get(cell.raw))
        })
    }

    /// Makes it nobody again; what was allocated is kept.
    pub(super) fn clear(&mut self) {
        self.store.texts.clear();
        self.store.numbers.clear();
        self.identity = Names::default();
        self.active = true;
        self.attributes.iter_mut().for_each(Rows::clear);
        self.groups.clear();
        self.former.clear();
        self.groups_given = false;
        self.notes.clear();
        self.settled.facts.clear();
        self.settled.met.clear();
        self.settled.candidates.clear();
        self.settled.any_deleted = false;
    }

    pub(super) fn rows(&self, attribute: u32, view: View) -> usize {
        self.attributes.get(attribute as usize).map_or(0, |rows| match view {
            View::Live => rows.live,
            View::WithDeleted => rows.count,
        })
    }

    pub(super) fn cell(&self, attribute: u32, row: usize, value: u32) -> Option<&Cell> {
        self.attributes.get(attribute as usize)?.cell(row, value as usize)
    }

    pub(super) fn text(&self, cell: &Cell, form: Form) -> Option<&str> {
        match (cell.kind, form) {
            (CellKind::Text { exact, .. }, Form::Exact) => Some(self.store.get(exact)),
            (CellKind::Text { folded, .. }, Form::Folded) => Some(self.store.get(folded)),
            _ => None,
        }
    }

    pub(super) fn number(&self, cell: &Cell) -> Option<&Number> {
        match cell.kind {
            CellKind::Number(place) => self.store.numbers.get(place as usize),
            _ => None,
        }
    }

    /// How many entries of a set are met.
    pub(super) fn met_of(&self, set: u32, view: View, directly: bool) -> u32 {
        let met = &self.settled.met;
        let Ok(place) = met.binary_search_by_key(&set, |met| met.set) else { return 0 };
        let which = usize::from(directly) + if view == View::WithDeleted { 2 } else { 0 };
        met.get(place).and_then(|met| met.counts.get(which)).copied().unwrap_or(0)
    }

    pub(super) fn former_of(&self, group: &Group) -> &[Former] {
        self.former.get(group.former.0 as usize..group.former.1 as usize).unwrap_or(&[])
    }

    /// What was noticed while reading, in words.
    pub(super) fn described_notes(&self, model: &Model) -> Vec<Note> {
        let names = |group: u32, former: u32| {
            let now = self.groups.get(group as usize).map_or(Text::default(), |group| {
                if group.name == Text::default() { group.id } else { group.name }
            });
            let before = self.former.get(former as usize).map_or(Text::default(), |f| f.raw);
            (self.store.get(now).to_owned(), self.store.get(before).to_owned())
        };
        self.notes.iter().map(|note| note.note(model, names)).collect()
    }

    pub(super) fn note(&mut self, note: Raw) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

impl Rows {
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.count = 0;
        self.live = 0;
    }

    /// Opens a row of so many values, all absent.
    pub(super) fn open(&mut self, width: usize) {
        self.cells.resize_with(self.cells.len() + width, Cell::default);
    }

    /// Keeps the open row.
    pub(super) fn keep(&mut self) {
        self.count += 1;
        self.live = self.count;
    }

    /// Drops the open row.
    pub(super) fn drop(&mut self, width: usize) {
        self.cells.truncate(self.cells.len().saturating_sub(width));
    }

    /// A value of the open row.
    pub(super) fn set(&mut self, width: usize, value: usize, cell: Cell) {
        let start = self.cells.len().saturating_sub(width);
        if let Some(place) = self.cells.get_mut(start + value) {
            *place = cell;
        }
    }

    pub(super) fn cell(&self, row: usize, value: usize) -> Option<&Cell> {
        let width = self.cells.len().checked_div(self.count)?;
        self.cells.get(row * width..(row + 1) * width)?.get(value)
    }
}

impl Store {
    pub(super) fn get(&self, text: Text) -> &str {
        self.texts.get(text.start as usize..text.end as usize).unwrap_or("")
    }

    pub(super) fn present(&self, text: Text) -> Option<&str> {
        Some(self.get(text)).filter(|text| !text.is_empty())
    }

    pub(super) fn push(&mut self, text: &str) -> Text {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.since(start)
    }

    /// The id at the end of an address.
    pub(super) fn last_segment(&mut self, address: Text) -> Text {
        let start = self.texts.len();
        let segment = last_segment(self.get(address)).to_owned();
        self.texts.push_str(&segment);
        self.since(start)
    }

    /// The NFC form of a text that was just pushed; the same text where nothing changes.
    pub(super) fn exact(&mut self, text: Text) -> Text {
        let owned = match nfc(self.get(text)) {
            std::borrow::Cow::Borrowed(_) => return text,
            std::borrow::Cow::Owned(owned) => owned,
        };
        self.push(&owned)
    }

    /// The folded form of a text that was just pushed.
    pub(super) fn folded(&mut self, text: Text) -> Text {
        let now = self.get(text);
        if now.is_ascii() {
            let start = self.texts.len();
            self.texts.extend_from_within(text.start as usize..text.end as usize);
            if let Some(copy) = self.texts.get_mut(start..) {
                copy.make_ascii_lowercase();
            }
            return self.since(start);
        }
        let owned = match compared(now, false) {
            std::borrow::Cow::Borrowed(_) => return text,
            std::borrow::Cow::Owned(owned) => owned,
        };
        self.push(&owned)
    }

    pub(super) fn push_number(&mut self, number: Number) -> u32 {
        self.numbers.push(number);
        u32::try_from(self.numbers.len() - 1).unwrap_or(u32::MAX)
    }

    /// Four gigabytes of one person's text do not fit; what is beyond counts as none.
    fn since(&self, start: usize) -> Text {
        let number = u32::try_from;
        match (number(start), number(self.texts.len())) {
            (Ok(start), Ok(end)) => Text { start, end },
            _ => Text::default(),
        }
    }
}

/// Payload values stay out of logs.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("active", &self.active)
            .field("groups", &self.groups.len())
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}
