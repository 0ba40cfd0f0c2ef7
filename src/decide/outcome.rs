//! Steps 3 to 5: what is asked, what is forbidden, what stands.

use super::bits::Bits;
use crate::rules::model::{
    Assignment, Catalogue, Grant, Model, Never, ProfileId, SeatId, WorkspaceId,
};

/// What stands, with what was asked and forbidden; why follows from these.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) asked_seats: Bits,
    pub(super) forbidden_seats: Bits,
    pub(super) seats: Bits,
    pub(super) asked_captures: Bits,
    pub(super) forbidden_captures: Bits,
    pub(super) vetoed: Bits,
    pub(super) captures: Bits,
    /// The profile that stands, one entry a workspace.
    pub(super) workspaces: Vec<Option<ProfileId>>,
}

/// Seats and capture items that a rule gives or forbids.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) seats: Bits,
    pub(super) captures: Bits,
}

/// What the items of a catalogue need, in the order in which it is to be looked at.
#[derive(Debug)]
pub(super) struct Needs {
    /// Seats that need something, each after those that it needs.
    seats: Vec<usize>,
    captures: Vec<usize>,
    /// Vetoes.
    vetoes: Bits,
    excluded: Vec<(usize, Bits)>,
}

/// The ceiling of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Limit {
    #[default]
    Open,
    AtMost(ProfileId),
    Nothing,
}

/// What becomes of one asked profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Removed,
    /// Its own requirement is not met.
    Withheld,
    /// It would have been lowered to that, whose requirement is not met.
    WithheldLower(ProfileId),
    Lowered(ProfileId),
    Stands,
}

impl Outcome {
    /// What comes of a winner, grants and nevers.
    pub(super) fn new<'a>(
        model: &Model,
        needs: &Needs,
        winner: (&'a Assignment, &'a Given),
        grants: impl Iterator<Item = (&'a Grant, &'a Given)> + Clone,
        nevers: impl Iterator<Item = (&'a Never, &'a Given)> + Clone,
    ) -> Self {
        let catalogue = &model.catalogue;
        let mut this = Self::default();
        for given in std::iter::once(winner.1).chain(grants.clone().map(|(_, given)| given)) {
            this.asked_seats.unite(&given.seats);
            this.asked_captures.unite(&given.captures);
        }
        for (_, forbidden) in nevers.clone() {
            this.forbidden_seats.unite(&forbidden.seats);
            this.forbidden_captures.unite(&forbidden.captures);
        }
        this.seats = this.asked_seats.clone();
        this.seats.subtract(&this.forbidden_seats);
        this.captures = this.asked_captures.clone();
        this.captures.subtract(&this.forbidden_captures);
        needs.veto(&mut this);
        needs.withhold(catalogue, &mut this);
        let grants = grants.flat_map(|(grant, _)| &grant.workspaces);
        let nevers = nevers.flat_map(|(never, _)| &never.workspaces);
        this.grade(catalogue, winner.0, grants, nevers);
        this
    }

    /// 5c: the profile of each workspace.
    fn grade<'a>(
        &mut self,
        catalogue: &Catalogue,
        winner: &Assignment,
        grants: impl Iterator<Item = &'a (WorkspaceId, ProfileId)>,
        nevers: impl Iterator<Item = &'a (WorkspaceId, Option<ProfileId>)>,
    ) {
        let mut limits = vec![];
        for (workspace, ceiling) in nevers {
            limits.resize(catalogue.workspaces.len(), Limit::Open);
            if let Some(limit) = limits.get_mut(workspace.index()) {
                *limit = limit.and(catalogue, *ceiling);
            }
        }
        self.workspaces = vec![None; catalogue.workspaces.len()];
        let of_winner = winner.workspaces.iter().enumerate();
        let of_winner = of_winner.filter_map(|(place, profile)| Some((place, (*profile)?)));
        let of_grants = grants.map(|(workspace, profile)| (workspace.index(), *profile));
        for (workspace, asked) in of_winner.chain(of_grants) {
            let limit = limits.get(workspace).copied().unwrap_or_default();
            let stands = match self.fate(catalogue, asked, limit) {
                Fate::Stands => asked,
                Fate::Lowered(lower) => lower,
                Fate::Removed | Fate::Withheld | Fate::WithheldLower(_) => continue,
            };
            if let Some(place) = self.workspaces.get_mut(workspace) {
                *place = match *place {
                    Some(other) if rank(catalogue, other) >= rank(catalogue, stands) => Some(other),
                    _ => Some(stands),
                };
            }
        }
    }

    /// What becomes of an asked profile in a workspace with that ceiling.
    pub(super) fn fate(&self, catalogue: &Catalogue, asked: ProfileId, limit: Limit) -> Fate {
        if limit == Limit::Nothing {
            return Fate::Removed;
        }
        if self.missing(catalogue, asked).next().is_some() {
            return Fate::Withheld;
        }
        match limit {
            Limit::AtMost(top) if rank(catalogue, asked) > rank(catalogue, top) => {
                if self.missing(catalogue, top).next().is_some() {
                    Fate::WithheldLower(top)
                } else {
                    Fate::Lowered(top)
                }
            }
            _ => Fate::Stands,
        }
    }

    /// Seats that a profile needs and that do not stand.
    pub(super) fn missing<'a>(
        &'a self,
        catalogue: &'a Catalogue,
        profile: ProfileId,
    ) -> impl Iterator<Item = SeatId> + 'a {
        let needed = catalogue.profile(profile).map_or(&[][..], |profile| &profile.requires);
        needed.iter().copied().filter(|seat| !self.seats.contains(seat.index()))
    }
}

impl Limit {
    /// The lower of two ceilings; `None` is none at all.
    #[must_use]
    pub(super) fn and(self, catalogue: &Catalogue, other: Option<ProfileId>) -> Self {
        match (self, other) {
            (Self::Nothing, _) | (_, None) => Self::Nothing,
            (Self::AtMost(top), Some(other)) if rank(catalogue, top) <= rank(catalogue, other) => {
                self
            }
            (_, Some(other)) => Self::AtMost(other),
        }
    }
}

/// The place of a profile in the order. Where the order does not name it, it never meets another
/// profile (S304); those come first, in catalogue order.
pub(super) fn rank(catalogue: &Catalogue, profile: ProfileId) -> (Option<u32>, u32) {
    (catalogue.profile(profile).and_then(|profile| profile.rank), profile.0)
}

impl Needs {
    pub(super) fn new(catalogue: &Catalogue) -> Self {
        let seats: Vec<Vec<usize>> = catalogue
            .seats
            .iter()
            .map(|seat| seat.requires.iter().map(|seat| seat.index()).collect())
            .collect();
        let captures: Vec<Vec<usize>> = catalogue
            .captures
            .iter()
            .map(|capture| capture.requires_captures.iter().map(|c| c.index()).collect())
            .collect();
        let excluded: Vec<(usize, Bits)> = catalogue
            .captures
            .iter()
            .enumerate()
            .filter(|(_, capture)| capture.is_veto())
            .map(|(veto, capture)| (veto, capture.excludes.iter().map(|c| c.index()).collect()))
            .collect();
        let needy_seat = |seat: &usize| seats.get(*seat).is_some_and(|needs| !needs.is_empty());
        let needy_capture = |capture: &usize| {
            catalogue.captures.get(*capture).is_some_and(|capture| {
                !(capture.requires_captures.is_empty() && capture.requires_seats.is_empty())
            })
        };
        Self {
            seats: needed_first(&seats).into_iter().filter(needy_seat).collect(),
            captures: needed_first(&captures).into_iter().filter(needy_capture).collect(),
            vetoes: excluded.iter().map(|(veto, _)| *veto).collect(),
            excluded,
        }
    }

    /// 5a: vetoes still asked take away what they exclude.
    fn veto(&self, outcome: &mut Outcome) {
        for (veto, excluded) in &self.excluded {
            if !outcome.captures.contains(*veto) {
                continue;
            }
            for item in excluded.iter() {
                if outcome.captures.contains(item) && !self.vetoes.contains(item) {
                    outcome.vetoed.insert(item);
                }
            }
        }
        outcome.captures.subtract(&outcome.vetoed);
    }

    /// 5b: drops what needs something that is not there, until nothing changes.
    ///
    /// Each item is looked at after those that it needs, so the first round drops everything and
    /// the second changes nothing, unless items need each other in a circle (S304 refuses that).
    fn withhold(&self, catalogue: &Catalogue, outcome: &mut Outcome) {
        loop {
            let mut changed = false;
            for seat in &self.seats {
                let needed = catalogue.seats.get(*seat).map_or(&[][..], |seat| &seat.requires);
                if outcome.seats.contains(*seat)
                    && !needed.iter().all(|needed| outcome.seats.contains(needed.index()))
                {
                    outcome.seats.remove(*seat);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        loop {
            let mut changed = false;
            for item in &self.captures {
                let Some(capture) = catalogue.captures.get(*item) else { continue };
                let seats = &capture.requires_seats;
                let captures = &capture.requires_captures;
                if outcome.captures.contains(*item)
                    && !(seats.iter().all(|needed| outcome.seats.contains(needed.index()))
                        && captures.iter().all(|needed| outcome.captures.contains(needed.index())))
                {
                    outcome.captures.remove(*item);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }
}

/// Items, each after those that it needs; items in a circle come last.
fn needed_first(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut needed_by = vec![vec![]; needs.len()];
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    for (item, needed) in needs.iter().enumerate() {
        for needed in needed {
            if let Some(list) = needed_by.get_mut(*needed) {
                list.push(item);
            }
        }
    }
    let mut order: Vec<usize> =
        (0..needs.len()).filter(|item| open.get(*item) == Some(&0)).collect();
    let mut next = 0;
    while let Some(item) = order.get(next).copied() {
        next += 1;
        for dependent in needed_by.get(item).into_iter().flatten() {
            if let Some(count) = open.get_mut(*dependent) {
                *count -= 1;
                if *count == 0 {
                    order.push(*dependent);
                }
            }
        }
    }
    order.extend((0..needs.len()).filter(|item| open.get(*item).is_some_and(|count| *count > 0)));
    order
}

/// A workspace's place as its number.
pub(super) fn workspace(place: usize) -> WorkspaceId {
    WorkspaceId(u32::try_from(place).unwrap_or(u32::MAX))
}
