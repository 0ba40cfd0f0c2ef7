//! Cubes of earlier rules, found by one of their literals.
//!
//! A cube covers another if the other implies each of its literals. Every cube is filed under
//! its rarest literals, and a look-up goes through the handles that a cube implies: a
//! group, a value, the starts of a text, the sets that they are in.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::atoms::{Ask, Atom, Fixed, Lit, Point};
use super::clash::Logic;
use super::cubes::{Cube, Placed};
use super::fuel::Fuel;
use crate::rules::model::{AttributeId, ValueId};

/// Covering rules listed for one cube; more make no smaller blocking set in practice.
const COVERS: usize = 8;
/// Rules listed that cover all of a cube but one part.
const NEARLY: usize = 8;
/// Cubes filed under the second-rarest literal too, which finds them where the rarest is what is
/// missing; handles with more would cost more than they find.
const ALSO_FILED: usize = 16;
/// Parts of one text that are looked up.
const PARTS: usize = 256;

/// A value's place: the attribute and the value in it.
type Slot = (AttributeId, ValueId);

/// Under what a cube is filed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Handle<'m> {
    Group(u32),
    GroupSet(u32),
    Value(Slot, Point<'m>),
    ValueSet(Slot, u32),
    Start(Slot, Cow<'m, str>),
    End(Slot, Cow<'m, str>),
    Part(Slot, Cow<'m, str>),
    /// Anything else, by what the literal is about.
    About(u32),
}

/// The cubes of earlier rules.
#[derive(Debug, Default)]
pub(super) struct Index<'m> {
    filed: HashMap<Handle<'m>, Vec<u32>>,
    cubes: Vec<(u32, Cube)>,
    sets_of_group: HashMap<u32, Vec<u32>>,
    sets_of_value: HashMap<(Slot, Point<'m>), Vec<u32>>,
    /// Every literal of the cubes.
    asked: HashSet<Lit>,
    /// Attributes with a lower and with an upper bound somewhere.
    bounded: [HashSet<u32>; 2],
    /// Lengths of starts and ends that something is filed under.
    lengths: HashMap<Slot, BTreeSet<usize>>,
}

/// What earlier rules do to a cube.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Rules with a cube that holds wherever this one does, in file order.
    pub(super) covering: Vec<u32>,
    /// Rules with a cube that holds wherever this one and one more literal do.
    pub(super) nearly: Vec<(u32, Placed)>,
}

impl<'m> Index<'m> {
    /// Adds a cube of a rule, which must not be empty.
    pub(super) fn add(&mut self, rule: u32, cube: &[Placed], logic: &Logic<'m>) {
        let number = u32::try_from(self.cubes.len()).unwrap_or(u32::MAX);
        let mut best: Vec<(u8, usize, usize, Handle<'m>)> = cube
            .iter()
            .enumerate()
            .filter_map(|(at, placed)| self.rarest(*placed, at, logic))
            .collect();
        best.sort_by_key(|(rank, load, at, _)| (*rank, *load, *at));
        best.truncate(if best.get(1).is_some_and(|(_, load, ..)| *load < ALSO_FILED) {
            2
        } else {
            1
        });
        let under: Vec<usize> = best.iter().map(|(_, _, at, _)| *at).collect();
        for (_, _, _, handle) in best {
            if !self.filed.contains_key(&handle) {
                self.open(&handle, logic);
            }
            self.filed.entry(handle).or_default().push(number);
        }
        for placed in cube {
            self.asked.insert(placed.lit);
            if let Some(lower) = bound(placed.lit, logic) {
                let [upper_of, lower_of] = &mut self.bounded;
                if lower { lower_of } else { upper_of }.insert(placed.slot);
            }
        }
        // What a look-up probably knows of is compared last.
        let (last, mut first): (Vec<_>, Vec<_>) =
            cube.iter().enumerate().partition(|(at, _)| under.contains(at));
        first.extend(last);
        self.cubes.push((rule, first.into_iter().map(|(_, placed)| *placed).collect()));
    }

    /// What earlier rules do to a cube.
    pub(super) fn find(&self, cube: &[Placed], logic: &Logic<'m>, fuel: &mut Fuel) -> Found {
        let mut found = Found::default();
        let mut seen: HashSet<u32> = HashSet::new();
        let mut known: HashMap<Lit, bool> = HashMap::new();
        for handle in self.implied(cube, logic) {
            for number in self.filed.get(&handle).into_iter().flatten() {
                let Some((rule, other)) = self.cubes.get(*number as usize) else { continue };
                if fuel.is_empty() || found.covering.len() >= COVERS {
                    break;
                }
                if !seen.insert(*number) || found.covering.contains(rule) || !fuel.spend(1) {
                    continue;
                }
                match missing(cube, other, logic, &mut known, fuel) {
                    Missing::Nothing => found.covering.push(*rule),
                    Missing::One(literal)
                        if found.nearly.len() < NEARLY && self.has_complement(literal, logic) =>
                    {
                        found.nearly.push((*rule, literal));
                    }
                    Missing::One(_) | Missing::More => {}
                }
            }
        }
        found.covering.sort_unstable();
        found
    }

    /// Whether some rule could take those of whom a literal does not hold.
    fn has_complement(&self, placed: Placed, logic: &Logic<'m>) -> bool {
        let not = placed.lit.not();
        if self.asked.contains(&not) {
            return true;
        }
        let [upper_of, lower_of] = &self.bounded;
        match bound(not, logic) {
            Some(true) => lower_of.contains(&placed.slot),
            Some(false) => upper_of.contains(&placed.slot),
            None => matches!(
                logic.atoms.get(not),
                Some(Atom::Value(_, _, Ask::Present | Ask::Equal(Point::Flag(_))) | Atom::Whole(_))
            ),
        }
    }

    /// The handle of a literal under which the fewest cubes are filed.
    fn rarest(
        &self,
        placed: Placed,
        at: usize,
        logic: &Logic<'m>,
    ) -> Option<(u8, usize, usize, Handle<'m>)> {
        handles(placed, logic)
            .into_iter()
            .map(|handle| {
                let load = self.filed.get(&handle).map_or(0, Vec::len);
                (u8::from(matches!(handle, Handle::About(_))), load, at, handle)
            })
            .min_by_key(|(rank, load, ..)| (*rank, *load))
    }

    /// Makes a handle reachable from the groups, values and texts that imply it.
    fn open(&mut self, handle: &Handle<'m>, logic: &Logic<'m>) {
        match handle {
            Handle::GroupSet(set) => {
                for key in logic.atoms.groups.keys(*set) {
                    self.sets_of_group.entry(*key).or_default().push(*set);
                }
            }
            Handle::ValueSet(slot, set) => {
                for point in logic.atoms.points(*set).into_iter().flat_map(|set| &set.list) {
                    self.sets_of_value.entry((*slot, point.clone())).or_default().push(*set);
                }
            }
            Handle::Start(slot, text) | Handle::End(slot, text) | Handle::Part(slot, text) => {
                self.lengths.entry(*slot).or_default().insert(text.len());
            }
            Handle::Group(_) | Handle::Value(..) | Handle::About(_) => {}
        }
    }

    /// The handles of literals that a cube implies; some handles may be of others.
    fn implied(&self, cube: &[Placed], logic: &Logic<'m>) -> Vec<Handle<'m>> {
        let mut list = Vec::new();
        let mut last = None;
        for placed in cube {
            if last != Some(placed.slot) {
                last = Some(placed.slot);
                list.push(Handle::About(placed.slot));
            }
            each_value(placed.lit, logic, &mut |lit| self.implied_by(lit, logic, &mut list));
        }
        list
    }

    fn implied_by(&self, lit: Lit, logic: &Logic<'m>, list: &mut Vec<Handle<'m>>) {
        if !lit.holds() {
            return;
        }
        match logic.atoms.get(lit) {
            Some(Atom::Group { set, all, .. }) => {
                // Of several groups any one will do for a look-up: what it implies is checked.
                let keys = logic.atoms.groups.keys(*set);
                let keys = if *all { keys } else { keys.get(..1).unwrap_or(keys) };
                for key in keys.iter().flat_map(|key| logic.atoms.groups.fits(*key)) {
                    list.push(Handle::Group(*key));
                    let sets = self.sets_of_group.get(key).into_iter().flatten();
                    list.extend(sets.map(|set| Handle::GroupSet(*set)));
                }
            }
            Some(Atom::Value(attribute, value, ask)) => {
                let slot = (*attribute, *value);
                match ask {
                    Ask::Equal(point) => self.implied_by_point(slot, point, list),
                    Ask::In(set) => {
                        let first = logic.atoms.points(*set).and_then(|set| set.list.first());
                        if let Some(point) = first {
                            self.implied_by_point(slot, point, list);
                        }
                    }
                    Ask::StartsWith(text) => {
                        self.starts(slot, &text.text, list);
                        self.parts(slot, &text.text, list);
                    }
                    Ask::EndsWith(text) => {
                        self.ends(slot, &text.text, list);
                        self.parts(slot, &text.text, list);
                    }
                    Ask::Contains(text) => self.parts(slot, &text.text, list),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn implied_by_point(&self, slot: Slot, point: &Point<'m>, list: &mut Vec<Handle<'m>>) {
        let mut forms = vec![point.clone()];
        if let Point::Text(Fixed { text, exact }) = point {
            let folded = crate::scim::compare::compared(text, false);
            let mut texts = vec![folded.as_ref()];
            if *exact {
                texts.push(text);
                let text = Cow::Owned(folded.clone().into_owned());
                forms.push(Point::Text(Fixed { text, exact: false }));
            }
            for text in texts {
                self.starts(slot, text, list);
                self.ends(slot, text, list);
                self.parts(slot, text, list);
            }
        }
        for form in forms {
            let key = (slot, form);
            let sets = self.sets_of_value.get(&key).into_iter().flatten();
            list.extend(sets.map(|set| Handle::ValueSet(slot, *set)));
            list.push(Handle::Value(slot, key.1));
        }
    }

    fn starts(&self, slot: Slot, text: &str, list: &mut Vec<Handle<'m>>) {
        for length in self.lengths.get(&slot).into_iter().flatten() {
            let Some(start) = text.get(..*length) else { continue };
            list.push(Handle::Start(slot, Cow::Owned(start.to_owned())));
        }
    }

    fn ends(&self, slot: Slot, text: &str, list: &mut Vec<Handle<'m>>) {
        for length in self.lengths.get(&slot).into_iter().flatten() {
            let end = text.len().checked_sub(*length).and_then(|at| text.get(at..));
            let Some(end) = end else { continue };
            list.push(Handle::End(slot, Cow::Owned(end.to_owned())));
        }
    }

    fn parts(&self, slot: Slot, text: &str, list: &mut Vec<Handle<'m>>) {
        let lengths = || self.lengths.get(&slot).into_iter().flatten();
        let windows = text
            .char_indices()
            .flat_map(|(at, _)| lengths().filter_map(move |length| text.get(at..at + length)));
        list.extend(
            windows.take(PARTS).map(|part| Handle::Part(slot, Cow::Owned(part.to_owned()))),
        );
    }
}

/// Whether a literal is a lower rather than an upper bound, if it is one.
fn bound(lit: Lit, logic: &Logic<'_>) -> Option<bool> {
    match logic.atoms.get(lit)? {
        Atom::Value(_, _, Ask::Above { .. }) => Some(lit.holds()),
        Atom::Value(_, _, Ask::Below { .. }) => Some(!lit.holds()),
        _ => None,
    }
}

/// What a cube lacks to lie within another.
enum Missing {
    Nothing,
    One(Placed),
    More,
}

/// `known` remembers which literals the cube implies.
fn missing(
    cube: &[Placed],
    other: &[Placed],
    logic: &Logic<'_>,
    known: &mut HashMap<Lit, bool>,
    fuel: &mut Fuel,
) -> Missing {
    let mut missing = Missing::Nothing;
    for wanted in other {
        let implied =
            *known.entry(wanted.lit).or_insert_with(|| logic.implies(cube, *wanted, fuel));
        if !implied {
            match missing {
                Missing::Nothing => missing = Missing::One(*wanted),
                _ => return Missing::More,
            }
        }
    }
    missing
}

/// Where a literal could be filed.
fn handles<'m>(placed: Placed, logic: &Logic<'m>) -> Vec<Handle<'m>> {
    let mut list = Vec::new();
    each_value(placed.lit, logic, &mut |lit| {
        if !lit.holds() {
            return;
        }
        match logic.atoms.get(lit) {
            Some(Atom::Group { set, all, .. }) => match (logic.atoms.groups.keys(*set), all) {
                ([key, ..], true) | ([key], false) => list.push(Handle::Group(*key)),
                _ => list.push(Handle::GroupSet(*set)),
            },
            Some(Atom::Value(attribute, value, ask)) => {
                let slot = (*attribute, *value);
                match ask {
                    Ask::Equal(point) => list.push(Handle::Value(slot, point.clone())),
                    Ask::In(set) => list.push(Handle::ValueSet(slot, *set)),
                    Ask::StartsWith(text) => list.push(Handle::Start(slot, text.text.clone())),
                    Ask::EndsWith(text) => list.push(Handle::End(slot, text.text.clone())),
                    Ask::Contains(text) => list.push(Handle::Part(slot, text.text.clone())),
                    _ => {}
                }
            }
            _ => {}
        }
    });
    if list.is_empty() {
        list.push(Handle::About(placed.slot));
    }
    list
}

/// The literal itself, or those that one element must meet.
fn each_value(lit: Lit, logic: &Logic<'_>, then: &mut dyn FnMut(Lit)) {
    match logic.atoms.get(lit) {
        Some(Atom::Some(_, inner)) if lit.holds() => inner.iter().for_each(|lit| then(*lit)),
        _ => then(lit),
    }
}
