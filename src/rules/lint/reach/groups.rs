//! What memberships imply and exclude.
//!
//! Groups that rules name are independent of each other, save that direct membership is
//! membership and that a group of a known name fits the patterns which that name fits.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::fuel::Fuel;
use super::patterns::{Shape, shape};
use crate::rules::ast::GroupBy;
use crate::rules::model::GroupKey;

/// Sets larger than this are looked up by hash.
const SMALL: usize = 8;
/// Patterns with the text in the middle are compared with every name; more are left alone.
const INNER_PATTERNS: usize = 64;

/// The groups that rules name and the sets of them, each with a number.
#[derive(Debug, Default)]
pub(super) struct Groups<'m> {
    keys: Vec<&'m GroupKey>,
    numbers: HashMap<(GroupBy, &'m str), u32>,
    sets: Vec<KeySet>,
    set_numbers: HashMap<usize, u32>,
    singles: HashMap<u32, u32>,
    /// The patterns that each key fits, itself first.
    fits: Vec<Vec<u32>>,
}

/// A set of groups.
#[derive(Debug)]
pub(super) struct KeySet {
    /// Its keys, sorted, each once.
    pub(super) keys: Vec<u32>,
    lookup: HashSet<u32>,
}

impl KeySet {
    fn contains(&self, key: u32) -> bool {
        if self.lookup.is_empty() { self.keys.contains(&key) } else { self.lookup.contains(&key) }
    }
}

/// What a condition says about groups: sets by number, with `directly`.
#[derive(Debug, Default)]
pub(super) struct Memberships {
    /// In all of these.
    pub(super) all: Vec<(u32, bool)>,
    /// In at least one of each.
    pub(super) any: Vec<(u32, bool)>,
    /// In none of these.
    pub(super) none: Vec<(u32, bool)>,
    /// Not in every one of each.
    pub(super) not_all: Vec<(u32, bool)>,
}

impl<'m> Groups<'m> {
    /// The number of a set.
    pub(super) fn set(&mut self, groups: &'m Arc<[GroupKey]>) -> u32 {
        let address = groups.as_ptr() as usize;
        if let Some(known) = self.set_numbers.get(&address) {
            return *known;
        }
        let mut keys: Vec<u32> = groups.iter().map(|key| self.key(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let number = match keys.as_slice() {
            [only] => self.single(*only),
            _ => self.add(keys),
        };
        self.set_numbers.insert(address, number);
        number
    }

    /// The number of the set of one group.
    pub(super) fn single(&mut self, key: u32) -> u32 {
        if let Some(known) = self.singles.get(&key) {
            return *known;
        }
        let number = self.add(vec![key]);
        self.singles.insert(key, number);
        number
    }

    fn add(&mut self, keys: Vec<u32>) -> u32 {
        let number = count(self.sets.len());
        let lookup =
            if keys.len() > SMALL { keys.iter().copied().collect() } else { HashSet::new() };
        self.sets.push(KeySet { keys, lookup });
        number
    }

    /// The keys of a set.
    pub(super) fn keys(&self, set: u32) -> &[u32] {
        self.sets.get(set as usize).map_or(&[], |set| set.keys.as_slice())
    }

    /// The keys whose groups a member of this one is in: itself and the patterns that it fits.
    pub(super) fn fits(&self, key: u32) -> &[u32] {
        self.fits.get(key as usize).map_or(&[], Vec::as_slice)
    }

    /// Finds out which names fit which patterns; call when all sets are known.
    pub(super) fn compare_patterns(&mut self) {
        let patterns = Patterns::new(&self.keys);
        self.fits = self
            .keys
            .iter()
            .enumerate()
            .map(|(number, key)| {
                let itself = count(number);
                let mut fits = vec![itself];
                patterns.of(key, &mut fits);
                fits.sort_unstable();
                fits.dedup();
                fits
            })
            .collect();
    }

    /// Whether nobody can have these memberships.
    pub(super) fn contradictory(&self, known: &Memberships, fuel: &mut Fuel) -> bool {
        let given: Vec<(u32, bool)> = known
            .all
            .iter()
            .flat_map(|(set, directly)| self.keys(*set).iter().map(move |key| (*key, *directly)))
            .collect();
        if !fuel.spend(given.len() * (known.none.len() + known.not_all.len())) {
            return false;
        }
        let denied = |key, directly| {
            known.none.iter().any(|(set, only)| self.gives(key, directly, *set, *only))
        };
        if given.iter().any(|(key, directly)| denied(*key, *directly)) {
            return true;
        }
        for (set, directly) in &known.any {
            let keys = self.keys(*set);
            if known.none.is_empty() || !fuel.spend(keys.len()) {
                break;
            }
            if keys.iter().all(|key| denied(*key, *directly)) {
                return true;
            }
        }
        for (set, directly) in &known.not_all {
            let keys = self.keys(*set);
            if given.is_empty() || !fuel.spend(keys.len() * given.len()) {
                break;
            }
            let met = |wanted: &u32| {
                given.iter().any(|(key, direct)| {
                    (*direct || !*directly) && self.fits(*key).contains(wanted)
                })
            };
            if keys.iter().all(met) {
                return true;
            }
        }
        false
    }

    /// Whether a member of the group is in a group of the set.
    fn gives(&self, key: u32, directly: bool, set: u32, only_directly: bool) -> bool {
        let Some(set) = self.sets.get(set as usize) else { return false };
        (directly || !only_directly) && self.fits(key).iter().any(|fit| set.contains(*fit))
    }

    fn key(&mut self, key: &'m GroupKey) -> u32 {
        let next = count(self.keys.len());
        let keys = &mut self.keys;
        *self.numbers.entry((key.by, key.compared.as_str())).or_insert_with(|| {
            keys.push(key);
            next
        })
    }
}

/// The patterns among the keys, for look-up by what they say.
#[derive(Default)]
struct Patterns {
    starts: HashMap<String, u32>,
    ends: HashMap<String, u32>,
    /// Lengths of starts and ends: only these need looking up.
    lengths: BTreeSet<usize>,
    wholes: HashMap<String, u32>,
    parts: Vec<(String, u32)>,
    anything: Option<u32>,
}

impl Patterns {
    fn new(keys: &[&GroupKey]) -> Self {
        let mut patterns = Self::default();
        for (number, key) in keys.iter().enumerate().filter(|(_, key)| key.by == GroupBy::Like) {
            let number = count(number);
            match shape(&key.compared) {
                Shape::Anything => patterns.anything = Some(number),
                Shape::Whole(text) => {
                    patterns.wholes.insert(text, number);
                }
                Shape::Start(text) => {
                    patterns.lengths.insert(text.len());
                    patterns.starts.insert(text, number);
                }
                Shape::End(text) => {
                    patterns.lengths.insert(text.len());
                    patterns.ends.insert(text, number);
                }
                Shape::Within(text) if patterns.parts.len() < INNER_PATTERNS => {
                    patterns.parts.push((text, number));
                }
                Shape::Within(_) | Shape::Other => {}
            }
        }
        patterns
    }

    /// Adds the patterns that every group of this key fits.
    fn of(&self, key: &GroupKey, fits: &mut Vec<u32>) {
        let (start, end, part) = match key.by {
            GroupBy::Name => {
                let name = key.compared.as_str();
                fits.extend(self.wholes.get(name));
                (Some(name.to_owned()), Some(name.to_owned()), Some(name.to_owned()))
            }
            GroupBy::Like => match shape(&key.compared) {
                Shape::Start(text) => (Some(text.clone()), None, Some(text)),
                Shape::End(text) => (None, Some(text.clone()), Some(text)),
                Shape::Within(text) => (None, None, Some(text)),
                Shape::Whole(text) => (Some(text.clone()), Some(text.clone()), Some(text)),
                Shape::Anything | Shape::Other => (None, None, None),
            },
            GroupBy::Id | GroupBy::ExternalId => return,
        };
        for length in &self.lengths {
            let head = start.as_deref().and_then(|text| text.get(..*length));
            fits.extend(head.and_then(|head| self.starts.get(head)));
            let tail = end
                .as_deref()
                .and_then(|text| text.len().checked_sub(*length).and_then(|at| text.get(at..)));
            fits.extend(tail.and_then(|tail| self.ends.get(tail)));
        }
        if let Some(text) = part {
            fits.extend(self.parts.iter().filter(|(part, _)| text.contains(part)).map(|(_, n)| *n));
            fits.extend(self.anything);
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
