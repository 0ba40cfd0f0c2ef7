//! What reconcile needs to know of the rules: the catalogue by name, and the settings.

use std::borrow::Cow;
use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::values::{Item, Value, Values};
use crate::rules::model::{
    CaptureId, CaptureItem, Catalogue, MaxRemovals, Naming, ProfileItem, Settings,
};

/// The facts of one set of checked rules that the life cycle looks up. Make it once for many
/// members; it is immutable and can be shared between threads.
#[derive(Debug)]
pub struct Context<'a> {
    pub(super) settings: &'a Settings,
    catalogue: &'a Catalogue,
    index: Cow<'a, Index>,
}

/// A catalogue by name. Who keeps rules for long and cannot keep a [`Context`], which borrows
/// them, keeps this beside them.
#[derive(Debug, Clone)]
pub struct Index {
    seats: HashMap<String, usize>,
    profiles: HashMap<String, usize>,
    workspaces: HashMap<String, usize>,
    captures: HashMap<String, usize>,
    options: HashMap<String, usize>,
    /// Place of each seat in an order where requirements come first.
    seat_order: Vec<usize>,
    /// The same for capture items.
    capture_order: Vec<usize>,
    /// Capture item → the vetoes that exclude it.
    vetoes: HashMap<usize, Vec<String>>,
}

impl Index {
    /// The index of a catalogue. Linear in it.
    pub fn new(catalogue: &Catalogue) -> Self {
        let seat_needs: Vec<Vec<usize>> = catalogue
            .seats
            .iter()
            .map(|s| s.requires.iter().map(|id| id.index()).collect())
            .collect();
        let capture_needs: Vec<Vec<usize>> = catalogue
            .captures
            .iter()
            .map(|c| c.requires_captures.iter().map(|id| id.index()).collect())
            .collect();
        let mut vetoes: HashMap<usize, Vec<String>> = HashMap::new();
        for item in &catalogue.captures {
            for excluded in &item.excludes {
                vetoes.entry(excluded.index()).or_default().push(item.naming.id.clone());
            }
        }
        Self {
            seats: by_name(catalogue.seats.iter().map(|item| &item.naming)),
            profiles: by_name(catalogue.profiles.iter().map(|item| &item.naming)),
            workspaces: by_name(catalogue.workspaces.iter().map(|item| &item.naming)),
            captures: by_name(catalogue.captures.iter().map(|item| &item.naming)),
            options: by_name(catalogue.options.iter().map(|item| &item.naming)),
            seat_order: requirements_first(&seat_needs),
            capture_order: requirements_first(&capture_needs),
            vetoes,
        }
    }
}

impl<'a> Context<'a> {
    /// The facts of a catalogue and its settings. Linear in the catalogue.
    pub fn new(catalogue: &'a Catalogue, settings: &'a Settings) -> Self {
        Self { settings, catalogue, index: Cow::Owned(Index::new(catalogue)) }
    }

    /// The same with an index that was made of this very catalogue before. Costs nothing.
    pub fn indexed(catalogue: &'a Catalogue, settings: &'a Settings, index: &'a Index) -> Self {
        Self { settings, catalogue, index: Cow::Borrowed(index) }
    }

    /// How many members a batch may take something from.
    pub fn max_removals(&self) -> MaxRemovals {
        self.settings.max_removals
    }

    /// Whether a capture item is a veto.
    pub(super) fn is_veto(&self, id: &str) -> bool {
        self.capture(id).is_some_and(CaptureItem::is_veto)
    }

    /// The vetoes that exclude a capture item, in catalogue order.
    pub(super) fn vetoes_over(&self, id: &str) -> &[String] {
        let vetoes = self.index.captures.get(id).and_then(|place| self.index.vetoes.get(place));
        vetoes.map_or(&[], Vec::as_slice)
    }

    /// What a veto excludes.
    pub(super) fn excluded_by(&self, veto: &str) -> impl Iterator<Item = &'a str> {
        let excluded = self.capture(veto).map_or(&[][..], |item| &item.excludes);
        excluded.iter().filter_map(|id| self.capture_name(*id))
    }

    /// Takes out of `capture` what requires something in `gone`, and what requires that.
    pub(super) fn drop_dependents(&self, capture: &mut BTreeSet<String>, gone: &BTreeSet<String>) {
        let mut gone = gone.clone();
        for id in self.requirements_first(&self.index.capture_order, &self.index.captures, capture)
        {
            let needs = self.capture(&id).map_or(&[][..], |item| &item.requires_captures);
            if needs.iter().filter_map(|need| self.capture_name(*need)).any(|n| gone.contains(n)) {
                capture.remove(&id);
                gone.insert(id);
            }
        }
    }

    /// What keeps an item of those values from doing anything: requirements that are not there
    /// or are inert themselves.
    pub(super) fn missing(
        &self,
        values: &Values,
        inert: &BTreeSet<Item>,
        item: &Item,
    ) -> Vec<Item> {
        let works = |need: &Item| values.get(need).is_some() && !inert.contains(need);
        self.requirements(values, item).filter(|need| !works(need)).collect()
    }

    /// The items of those values that do nothing, because something is missing that they
    /// require, or that a requirement of theirs requires.
    pub(super) fn inert(&self, values: &Values) -> BTreeSet<Item> {
        let mut inert = BTreeSet::new();
        let seats =
            self.requirements_first(&self.index.seat_order, &self.index.seats, &values.seats);
        let capture = self.requirements_first(
            &self.index.capture_order,
            &self.index.captures,
            &values.capture,
        );
        let workspaces = values.workspaces.keys().cloned().map(Item::Workspace);
        let items = seats.into_iter().map(Item::Seat);
        for item in items.chain(workspaces).chain(capture.into_iter().map(Item::Capture)) {
            if !self.missing(values, &inert, &item).is_empty() {
                inert.insert(item);
            }
        }
        inert
    }

    /// Whether the seats that a profile requires are among these.
    pub(super) fn profile_works(&self, profile: &str, seats: &BTreeSet<String>) -> bool {
        let needs = self.profile(profile).map_or(&[][..], |item| &item.requires);
        needs
            .iter()
            .all(|id| self.catalogue.seat(*id).is_some_and(|s| seats.contains(&s.naming.id)))
    }

    /// The place of a profile in `profile order`.
    pub(super) fn rank(&self, profile: &str) -> Option<u32> {
        self.profile(profile).and_then(|item| item.rank)
    }

    /// Whether the catalogue has the item and can give it that value.
    pub(super) fn knows(&self, item: &Item, value: &Value) -> bool {
        match (item, value) {
            (Item::Seat(id), _) => self.index.seats.contains_key(id.as_str()),
            (Item::Capture(id), _) => self.index.captures.contains_key(id.as_str()),
            (Item::Home, Value::Named(id)) => self.index.workspaces.contains_key(id.as_str()),
            (Item::Workspace(id), Value::Named(profile)) => self.offers(id, profile),
            (Item::Option(id), Value::Named(choice)) => {
                let option = self.index.options.get(id.as_str());
                let option = option.and_then(|place| self.catalogue.options.get(*place));
                option.is_some_and(|option| option.choices.iter().any(|c| c.id == *choice))
            }
            _ => false,
        }
    }

    /// Whether going from one value to the other takes something from the member. A profile
    /// counts as taken where the new one is lower, or where no order tells which is lower.
    pub(super) fn takes(&self, item: &Item, before: Option<&Value>, after: Option<&Value>) -> bool {
        match (item, before, after) {
            (Item::Home | Item::Option(_), _, _) | (_, None, _) => false,
            (_, Some(_), None) => true,
            (Item::Workspace(_), Some(Value::Named(before)), Some(Value::Named(after))) => {
                before != after
                    && match (self.rank(before), self.rank(after)) {
                        (Some(before), Some(after)) => after < before,
                        _ => true,
                    }
            }
            _ => false,
        }
    }

    /// Whether a profile exists in a workspace.
    pub(super) fn offers(&self, workspace: &str, profile: &str) -> bool {
        let Some(profile) = self.index.profiles.get(profile) else { return false };
        let workspace = self.index.workspaces.get(workspace);
        let Some(workspace) = workspace.and_then(|place| self.catalogue.workspaces.get(*place))
        else {
            return false;
        };
        let offers = workspace.offers.as_ref();
        offers.is_none_or(|offers| offers.iter().any(|(id, _)| id.index() == *profile))
    }

    fn requirements<'s>(&'s self, values: &Values, item: &'s Item) -> impl Iterator<Item = Item> {
        let (seats, captures) = match item {
            Item::Seat(id) => {
                let seat = self.index.seats.get(id.as_str());
                let seat = seat.and_then(|place| self.catalogue.seats.get(*place));
                (seat.map_or(&[][..], |seat| &seat.requires), &[][..])
            }
            Item::Workspace(id) => {
                let profile = values.workspaces.get(id).and_then(|id| self.profile(id));
                (profile.map_or(&[][..], |profile| &profile.requires), &[][..])
            }
            Item::Capture(id) => self
                .capture(id)
                .map_or((&[][..], &[][..]), |item| (&item.requires_seats, &item.requires_captures)),
            Item::Home | Item::Option(_) => (&[][..], &[][..]),
        };
        let seats = seats.iter().filter_map(|id| self.catalogue.seat(*id));
        let captures = captures.iter().filter_map(|id| self.capture_name(*id));
        let seats = seats.map(|seat| Item::Seat(seat.naming.id.clone()));
        seats.chain(captures.map(|id| Item::Capture(id.to_owned())))
    }

    /// The names, those that others require before those that require them.
    fn requirements_first(
        &self,
        order: &[usize],
        places: &HashMap<String, usize>,
        names: &BTreeSet<String>,
    ) -> Vec<String> {
        let mut names: Vec<String> = names.iter().cloned().collect();
        names.sort_by_key(|name| places.get(name.as_str()).and_then(|place| order.get(*place)));
        names
    }

    fn profile(&self, id: &str) -> Option<&'a ProfileItem> {
        self.index.profiles.get(id).and_then(|place| self.catalogue.profiles.get(*place))
    }

    fn capture(&self, id: &str) -> Option<&'a CaptureItem> {
        self.index.captures.get(id).and_then(|place| self.catalogue.captures.get(*place))
    }

    fn capture_name(&self, id: CaptureId) -> Option<&'a str> {
        self.catalogue.capture(id).map(|item| item.naming.id.as_str())
    }
}

fn by_name<'a>(names: impl Iterator<Item = &'a Naming>) -> HashMap<String, usize> {
    names.enumerate().map(|(place, naming)| (naming.id.clone(), place)).collect()
}

/// For each node its place in an order where what it needs comes first. Nodes of a cycle, which
/// checked rules do not have, come last.
fn requirements_first(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (node, needs) in needs.iter().enumerate() {
        for need in needs {
            if let Some(list) = needed_by.get_mut(*need) {
                list.push(node);
            }
        }
    }
    let mut places = vec![usize::MAX; needs.len()];
    let mut ready: Vec<usize> =
        open.iter().enumerate().filter(|(_, n)| **n == 0).map(|(i, _)| i).collect();
    let mut next = 0;
    while let Some(node) = ready.pop() {
        if let Some(place) = places.get_mut(node) {
            *place = next;
            next += 1;
        }
        for dependent in needed_by.get(node).into_iter().flatten() {
            if let Some(count) = open.get_mut(*dependent) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*dependent);
                }
            }
        }
    }
    places
}
