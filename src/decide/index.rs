//! From what a person has to the few rules that can match.
//!
//! A *fact* is what one look-up finds: a group by name, id, `externalId` or pattern, or a value of
//! an attribute. Facts lead to the *sets* that hold them (one for each list of groups or values,
//! shared by all rules that use it), sets to the rules that have them as a key. All of it is done
//! for what the person has, so the cost does not grow with the rules.

use hashbrown::HashMap;

use super::layout::{GroupColumn, Layout};
use super::note::Raw;
use super::pattern::Pattern;
use super::person::{Cell, CellKind, Met, Person, Text};
use super::prefix::PrefixIndex;
use super::program::{Form, View};
use crate::scim::compare::{Number, nfc};

/// Holds whether or not groups were deleted, and is direct.
const ALWAYS: u8 = 0b1111;

#[derive(Debug)]
pub(super) struct Index {
    pub(super) groups: GroupFacts,
    /// One for each value of an attribute that is a key of some rule.
    pub(super) values: Vec<ValueFacts>,
    /// Fact → sets that hold it.
    pub(super) sets: Lists,
    /// Set → rules that have it as a key.
    pub(super) rules: Lists,
    /// Rules that can match whatever the person has, ascending.
    pub(super) always: Vec<u32>,
    /// Former names count (`group_identity id`).
    pub(super) former_names: bool,
}

#[derive(Debug)]
pub(super) struct GroupFacts {
    pub(super) names: HashMap<Box<str>, u32>,
    pub(super) ids: HashMap<Box<str>, u32>,
    pub(super) external_ids: HashMap<Box<str>, u32>,
    pub(super) patterns: PrefixIndex<(Pattern, u32)>,
}

#[derive(Debug)]
pub(super) struct ValueFacts {
    pub(super) attribute: u32,
    pub(super) value: u32,
    pub(super) form: Form,
    pub(super) texts: HashMap<Box<str>, u32>,
    pub(super) numbers: HashMap<Number, u32>,
    pub(super) starts: PrefixIndex<u32>,
}

/// A list of numbers for each number, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Lists {
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Lists {
    pub(super) fn new(lists: &[Vec<u32>]) -> Self {
        let mut this = Self { starts: vec![0], entries: vec![] };
        for list in lists {
            this.entries.extend(list);
            this.starts.push(u32::try_from(this.entries.len()).unwrap_or(u32::MAX));
        }
        this
    }

    pub(super) fn get(&self, of: u32) -> &[u32] {
        let bound = |place: usize| self.starts.get(place).map(|at| *at as usize);
        match (bound(of as usize), bound(of as usize + 1)) {
            (Some(start), Some(end)) => self.entries.get(start..end).unwrap_or(&[]),
            _ => &[],
        }
    }
}

impl Index {
    /// Works out everything about a person that was just read and that `decide` builds on.
    pub(super) fn settle(&self, person: &mut Person, layout: &Layout) {
        person.settled.any_deleted = person.groups.iter().any(|group| group.deleted);
        join_memberships(person);
        fill_columns(person, layout, self.former_names);
        let mut settled = std::mem::take(&mut person.settled);
        self.find_groups(person, &mut settled.facts);
        self.find_values(person, &mut settled.facts);
        self.meet(&mut settled.facts, &mut settled.met);
        for met in &settled.met {
            settled.candidates.extend(self.rules.get(met.set));
        }
        settled.candidates.sort_unstable();
        settled.candidates.dedup();
        person.settled = settled;
        person.notes.sort_unstable();
    }

    fn find_groups(&self, person: &mut Person, facts: &mut Vec<(u32, u8)>) {
        if !person.groups_given && !person.groups.is_empty() && !self.groups.external_ids.is_empty()
        {
            person.note(Raw::ExternalIdUnknown);
        }
        for place in 0..person.groups.len() {
            let Some(group) = person.groups.get(place).copied() else { break };
            let views = match (group.deleted, group.direct) {
                (false, false) => 0b0101,
                (false, true) => ALWAYS,
                (true, false) => 0b0100,
                (true, true) => 0b1100,
            };
            let before = facts.len();
            let mut news = vec![];
            self.facts_of_group(person, place, |fact, former| {
                if let Some(number) = former {
                    let known = facts.get(before..).unwrap_or(&[]);
                    if known.iter().any(|(known, _)| *known == fact) {
                        return;
                    }
                    news.push(number);
                }
                facts.push((fact, views));
            });
            let group = u32::try_from(place).unwrap_or(u32::MAX);
            for former in news {
                person.note(Raw::FormerName { group, former });
            }
        }
    }

    /// Calls with each fact that a group of a person makes hold, and with the former name that
    /// does if none of its own does. A fact can come twice.
    pub(super) fn facts_of_group(
        &self,
        person: &Person,
        place: usize,
        mut found: impl FnMut(u32, Option<u32>),
    ) {
        let Some(group) = person.groups.get(place) else { return };
        let store = &person.store;
        self.groups.by_name(store.get(group.folded), |fact| found(fact, None));
        for (table, text) in
            [(&self.groups.ids, group.id), (&self.groups.external_ids, group.external_id)]
        {
            if !table.is_empty()
                && let Some(fact) = table.get(&*nfc(store.get(text)))
            {
                found(*fact, None);
            }
        }
        if !self.former_names {
            return;
        }
        for number in group.former.0..group.former.1 {
            if let Some(former) = person.former.get(number as usize) {
                self.groups.by_name(store.get(former.folded), |fact| found(fact, Some(number)));
            }
        }
    }

    fn find_values(&self, person: &Person, facts: &mut Vec<(u32, u8)>) {
        for values in &self.values {
            for row in 0..person.rows(values.attribute, View::WithDeleted) {
                let Some(cell) = person.cell(values.attribute, row, values.value) else { continue };
                if let Some(text) = person.text(cell, values.form) {
                    facts.extend(values.texts.get(text).map(|fact| (*fact, ALWAYS)));
                    values.starts.each(text, |fact| facts.push((*fact, ALWAYS)));
                } else if let Some(number) = person.number(cell) {
                    facts.extend(values.numbers.get(number).map(|fact| (*fact, ALWAYS)));
                }
            }
        }
    }

    /// Counts for each set the facts that hold.
    fn meet(&self, facts: &mut Vec<(u32, u8)>, met: &mut Vec<Met>) {
        facts.sort_unstable();
        facts.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 |= later.1;
            }
            same
        });
        for (fact, views) in facts {
            let counts = [0, 1, 2, 3].map(|view| u32::from(*views >> view & 1));
            met.extend(self.sets.get(*fact).iter().map(|set| Met { set: *set, counts }));
        }
        met.sort_unstable_by_key(|met| met.set);
        met.dedup_by(|later, earlier| {
            let same = later.set == earlier.set;
            if same {
                for (sum, more) in earlier.counts.iter_mut().zip(later.counts) {
                    *sum = sum.saturating_add(more);
                }
            }
            same
        });
    }
}

impl GroupFacts {
    fn by_name(&self, folded: &str, mut found: impl FnMut(u32)) {
        if folded.is_empty() {
            return;
        }
        if let Some(fact) = self.names.get(folded) {
            found(*fact);
        }
        if !self.patterns.is_empty() {
            self.patterns.each(folded, |(pattern, fact)| {
                if pattern.fits(folded) {
                    found(*fact);
                }
            });
        }
    }
}

/// Where a group is listed twice, directly and not, membership is direct.
fn join_memberships(person: &mut Person) {
    let Person { groups, store, .. } = person;
    if groups.len() < 2 || groups.iter().all(|group| group.direct) {
        return;
    }
    let direct: hashbrown::HashSet<(bool, &str, &str)> = groups
        .iter()
        .filter(|group| group.direct)
        .map(|group| {
            (
                group.deleted,
                store.get(group.id),
                named_only(store.get(group.id), store.get(group.folded)),
            )
        })
        .collect();
    let joined: Vec<bool> = groups
        .iter()
        .map(|group| {
            let (id, name) = (store.get(group.id), store.get(group.folded));
            group.direct || direct.contains(&(group.deleted, id, named_only(id, name)))
        })
        .collect();
    for (group, direct) in groups.iter_mut().zip(joined) {
        group.direct = direct;
    }
}

/// The name counts only where there is no id.
fn named_only<'a>(id: &str, name: &'a str) -> &'a str {
    if id.is_empty() { name } else { "" }
}

/// The attributes `groups` and `active` read what was made of them.
fn fill_columns(person: &mut Person, layout: &Layout, former_names: bool) {
    if let Some(active) = layout.active {
        let raw = person.store.push(if person.active { "true" } else { "false" });
        if let Some(rows) = person.attributes.get_mut(active as usize) {
            rows.clear();
            rows.open(1);
            rows.set(1, 0, Cell { kind: CellKind::Flag(person.active), raw, quoted: false });
            rows.keep();
        }
    }
    let Some(columns) = &layout.groups else { return };
    let Some(shape) = layout.shapes.get(columns.attribute as usize) else { return };
    let mut rows = person
        .attributes
        .get_mut(columns.attribute as usize)
        .map(std::mem::take)
        .unwrap_or_default();
    rows.clear();
    let mut live = 0;
    for deleted in [false, true] {
        for group in person.groups.iter().filter(|group| group.deleted == deleted) {
            // A former name is like the name: as if the group were listed under each.
            let former = if former_names { group.former.1 - group.former.0 } else { 0 };
            for name in 0..=former {
                let name = match name.checked_sub(1) {
                    None => group.name,
                    Some(former) => person
                        .former
                        .get((group.former.0 + former) as usize)
                        .map_or(Text::default(), |former| former.raw),
                };
                rows.open(columns.columns.len());
                for (place, column) in columns.columns.iter().enumerate() {
                    let folded = shape.columns.get(place).is_some_and(|column| column.folded);
                    let raw = match column {
                        GroupColumn::Id => group.id,
                        GroupColumn::Name => name,
                        GroupColumn::Type if group.direct => person.store.push("direct"),
                        GroupColumn::Type => person.store.push("indirect"),
                        GroupColumn::Reference => group.reference,
                        GroupColumn::Unknown => Text::default(),
                    };
                    if person.store.present(raw).is_none() {
                        continue;
                    }
                    let exact = person.store.exact(raw);
                    let folded = if folded { person.store.folded(raw) } else { exact };
                    let kind = CellKind::Text { exact, folded };
                    rows.set(columns.columns.len(), place, Cell { kind, raw, quoted: true });
                }
                rows.keep();
            }
        }
        if !deleted {
            live = rows.count;
        }
    }
    // Deleted groups come last.
    rows.live = live;
    if let Some(place) = person.attributes.get_mut(columns.attribute as usize) {
        *place = rows;
    }
}
