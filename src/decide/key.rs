//! What a rule is found by.
//!
//! A key of a condition is a choice of sets of which some fact must hold if the condition does.
//! Rules without one are tried for everybody.

use hashbrown::HashMap;

use super::index::{GroupFacts, Index, Lists, ValueFacts};
use super::pattern::Pattern;
use super::prefix::PrefixIndex;
use super::program::Form;
use crate::rules::ast::GroupBy;
use crate::rules::model::{Cond, CondKind, GroupAtom, GroupKey, Operand, Test, ValueAtom};
use crate::scim::compare::Number;

/// Sets larger than this are not looked through to guess how common their facts are.
const SMALL: usize = 64;

/// A shared list by its address and length, with the value of the attribute that it is held
/// against.
type Place = (usize, usize, Option<(u32, u32)>);

/// Collects facts and sets while the conditions of all rules are compiled.
#[derive(Default)]
pub(super) struct Keys {
    facts: Vec<Fact>,
    known: HashMap<Fact, u32>,
    sets: Vec<Set>,
    by_content: HashMap<Vec<u32>, u32>,
    /// Shared lists, by where they are: each is looked through once.
    by_place: HashMap<Place, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Fact {
    Group(GroupBy, Box<str>),
    Text { at: (u32, u32), exact: bool, text: Box<str> },
    Starts { at: (u32, u32), exact: bool, text: Box<str> },
    Number { at: (u32, u32), number: Number },
}

struct Set {
    facts: Vec<u32>,
    /// How many rules ask for it.
    asked: u64,
    is_key: bool,
}

/// A way to find a rule: these sets, at this guess of a cost.
pub(super) struct Key {
    pub(super) sets: Vec<u32>,
    cost: u64,
}

impl Keys {
    /// The set of a group test.
    pub(super) fn groups(&mut self, atom: &GroupAtom) -> u32 {
        let place = (atom.groups.as_ptr() as usize, atom.groups.len(), None);
        if let Some(set) = self.by_place.get(&place) {
            return *set;
        }
        let facts = atom.groups.iter().map(|key| self.fact(Fact::of_group(key))).collect();
        let set = self.set(facts);
        self.by_place.insert(place, set);
        set
    }

    /// How many different groups a set has.
    pub(super) fn len(&self, set: u32) -> u32 {
        self.sets.get(set as usize).map_or(0, |set| u32::try_from(set.facts.len()).unwrap_or(0))
    }

    /// The set of a test of values, if look-ups can find those that pass it.
    fn values(&mut self, atom: &ValueAtom) -> Option<u32> {
        let at = (atom.attribute.0, atom.value?.0);
        let one = |this: &mut Self, fact: Option<Fact>| {
            let fact = this.fact(fact?);
            Some(this.set(vec![fact]))
        };
        match &atom.test {
            Test::Equal(operand) => one(self, Fact::of_value(at, operand)),
            Test::StartsWith(Operand::Text { compared, exact }) => {
                let text = compared.as_str().into();
                one(self, Some(Fact::Starts { at, exact: *exact, text }))
            }
            Test::Like { pattern, exact } => {
                let compared = crate::scim::compare::compared(pattern, *exact);
                let text = Pattern::new(&compared).prefix();
                let fact = Fact::Starts { at, exact: *exact, text: text.as_str().into() };
                one(self, (!text.is_empty()).then_some(fact))
            }
            Test::In(list) => {
                let place = (list.as_ptr() as usize, list.len(), Some(at));
                if let Some(set) = self.by_place.get(&place) {
                    return Some(*set);
                }
                let facts: Option<Vec<u32>> = list
                    .iter()
                    .map(|operand| Some(self.fact(Fact::of_value(at, operand)?)))
                    .collect();
                let set = self.set(facts?);
                self.by_place.insert(place, set);
                Some(set)
            }
            _ => None,
        }
    }

    /// Counts which sets a rule asks for, so that common ones are avoided as keys.
    pub(super) fn count(&mut self, condition: &Cond) {
        match &condition.kind {
            CondKind::All(parts) | CondKind::Any(parts) => {
                parts.iter().for_each(|part| self.count(part));
            }
            CondKind::Element { inner, .. } => self.count(inner),
            CondKind::Group(atom) => {
                let set = self.groups(atom);
                self.asked(set);
            }
            CondKind::Value(atom) => {
                if let Some(set) = self.values(atom) {
                    self.asked(set);
                }
            }
            CondKind::Not(inner) => self.count(inner),
            CondKind::True => {}
        }
    }

    /// The cheapest key of a condition, or of its contrary.
    pub(super) fn choose(&mut self, condition: &Cond, holds: bool) -> Option<Key> {
        match (&condition.kind, holds) {
            (CondKind::All(parts), true) | (CondKind::Any(parts), false) => {
                let keys = parts.iter().filter_map(|part| self.choose(part, holds));
                keys.min_by_key(|key| key.cost)
            }
            (CondKind::Any(parts), true) | (CondKind::All(parts), false) => {
                let mut all = Key { sets: vec![], cost: 0 };
                for part in parts {
                    let key = self.choose(part, holds)?;
                    all.cost = all.cost.saturating_add(key.cost);
                    all.sets.extend(key.sets);
                }
                Some(all)
            }
            (CondKind::Not(inner), holds) => self.choose(inner, !holds),
            (CondKind::Element { inner, .. }, true) => self.choose(inner, true),
            (CondKind::Group(atom), true) => {
                let set = self.groups(atom);
                // `in all groups {}` holds for everybody.
                (!atom.all || self.len(set) > 0).then(|| self.key(set))
            }
            (CondKind::Value(atom), true) => self.values(atom).map(|set| self.key(set)),
            (CondKind::True, false) => Some(Key { sets: vec![], cost: 0 }),
            (CondKind::True, true)
            | (CondKind::Element { .. } | CondKind::Group(_) | CondKind::Value(_), false) => None,
        }
    }

    /// Takes a set as a key of some rule.
    pub(super) fn keep(&mut self, set: u32) {
        if let Some(set) = self.sets.get_mut(set as usize) {
            set.is_key = true;
        }
    }

    /// The index; `rules` has the rules of each set, `always` those without key.
    pub(super) fn finish(
        self,
        rules: &HashMap<u32, Vec<u32>>,
        always: Vec<u32>,
        former_names: bool,
    ) -> Index {
        let mut sets_of = vec![vec![]; self.facts.len()];
        let mut rules_of = vec![vec![]; self.sets.len()];
        for (number, set) in self.sets.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let of_groups = set.facts.first().is_some_and(|fact| self.is_group(*fact));
            if !(set.is_key || of_groups) {
                continue;
            }
            for fact in &set.facts {
                if let Some(sets) = sets_of.get_mut(*fact as usize) {
                    sets.push(number);
                }
            }
            if let (Some(list), Some(place)) =
                (rules.get(&number), rules_of.get_mut(number as usize))
            {
                place.clone_from(list);
            }
        }
        let mut building = Building::default();
        for (number, fact) in self.facts.into_iter().enumerate() {
            if sets_of.get(number).is_some_and(|sets| !sets.is_empty()) {
                building.add(fact, u32::try_from(number).unwrap_or(u32::MAX));
            }
        }
        let (groups, values) = building.finish();
        Index {
            groups,
            values,
            sets: Lists::new(&sets_of),
            rules: Lists::new(&rules_of),
            always,
            former_names,
        }
    }

    fn is_group(&self, fact: u32) -> bool {
        matches!(self.facts.get(fact as usize), Some(Fact::Group(..)))
    }

    fn fact(&mut self, fact: Fact) -> u32 {
        let next = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        let number = *self.known.entry(fact.clone()).or_insert(next);
        if number == next {
            self.facts.push(fact);
        }
        number
    }

    fn set(&mut self, mut facts: Vec<u32>) -> u32 {
        facts.sort_unstable();
        facts.dedup();
        if let Some(known) = self.by_content.get(&facts) {
            return *known;
        }
        let number = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.by_content.insert(facts.clone(), number);
        self.sets.push(Set { facts, asked: 0, is_key: false });
        number
    }

    fn asked(&mut self, set: u32) {
        if let Some(set) = self.sets.get_mut(set as usize) {
            set.asked += 1;
        }
    }

    /// A guess of how often the set is met: the more rules ask for it, the more common it is.
    fn key(&self, set: u32) -> Key {
        let cost = self.sets.get(set as usize).map_or(0, |set| {
            let weight = |fact: &u32| self.facts.get(*fact as usize).map_or(1, Fact::weight);
            let facts: u64 = set.facts.iter().take(SMALL).map(weight).sum();
            facts.saturating_mul(set.asked.saturating_add(1))
        });
        Key { sets: vec![set], cost }
    }
}

impl Fact {
    fn of_group(key: &GroupKey) -> Self {
        Self::Group(key.by, key.compared.as_str().into())
    }

    fn of_value(at: (u32, u32), operand: &Operand) -> Option<Self> {
        match operand {
            Operand::Text { compared, exact } => {
                Some(Self::Text { at, exact: *exact, text: compared.as_str().into() })
            }
            Operand::Number(number) => Some(Self::Number { at, number: number.clone() }),
            // Half of everybody has a flag; instants are hardly ever asked for one by one.
            Operand::Flag(_) | Operand::Date(_) => None,
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Self::Group(GroupBy::Like, pattern) if pattern.starts_with(['*', '?']) => 16,
            Self::Group(GroupBy::Like, _) | Self::Starts { .. } => 4,
            Self::Group(..) => 1,
            Self::Text { .. } | Self::Number { .. } => 3,
        }
    }
}

/// The look-ups of the index being filled.
#[derive(Default)]
struct Building {
    names: HashMap<Box<str>, u32>,
    ids: HashMap<Box<str>, u32>,
    external_ids: HashMap<Box<str>, u32>,
    patterns: Vec<(String, (Pattern, u32))>,
    values: HashMap<((u32, u32), bool), BuildingValues>,
}

#[derive(Default)]
struct BuildingValues {
    texts: HashMap<Box<str>, u32>,
    numbers: HashMap<Number, u32>,
    starts: Vec<(String, u32)>,
}

impl Building {
    fn add(&mut self, fact: Fact, number: u32) {
        match fact {
            Fact::Group(by, text) => match by {
                GroupBy::Name => drop(self.names.insert(text, number)),
                GroupBy::Id => drop(self.ids.insert(text, number)),
                GroupBy::ExternalId => drop(self.external_ids.insert(text, number)),
                GroupBy::Like => {
                    let pattern = Pattern::new(&text);
                    self.patterns.push((pattern.prefix(), (pattern, number)));
                }
            },
            Fact::Text { at, exact, text } => {
                self.values.entry((at, exact)).or_default().texts.insert(text, number);
            }
            Fact::Starts { at, exact, text } => {
                let values = self.values.entry((at, exact)).or_default();
                values.starts.push((text.into(), number));
            }
            Fact::Number { at, number: value } => {
                self.values.entry((at, true)).or_default().numbers.insert(value, number);
            }
        }
    }

    fn finish(self) -> (GroupFacts, Vec<ValueFacts>) {
        let mut values: Vec<ValueFacts> = self
            .values
            .into_iter()
            .map(|(((attribute, value), exact), found)| ValueFacts {
                attribute,
                value,
                form: Form::of(exact),
                texts: found.texts,
                numbers: found.numbers,
                starts: PrefixIndex::new(found.starts),
            })
            .collect();
        values.sort_by_key(|values| (values.attribute, values.value, values.form == Form::Exact));
        let groups = GroupFacts {
            names: self.names,
            ids: self.ids,
            external_ids: self.external_ids,
            patterns: PrefixIndex::new(self.patterns),
        };
        (groups, values)
    }
}
