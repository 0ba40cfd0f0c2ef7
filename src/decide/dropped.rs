//! Why something that was asked does not stand.

use super::outcome::{Fate, Limit, Outcome, rank, workspace};
use crate::rules::model::{
    Assignment, CaptureId, Catalogue, Grant, Never, ProfileId, RuleHead, SeatId, WorkspaceId,
};

/// Something that was asked and does not stand as asked.
#[derive(Debug, Clone)]
pub struct Dropped<'a> {
    /// What was asked.
    pub item: Item,
    /// Why it does not stand; the first of removed, vetoed and withheld.
    pub cause: Cause,
    /// The rules that asked: the winner, then grants.
    pub asked_by: Vec<&'a RuleHead>,
    /// The nevers that removed or lowered it.
    pub nevers: Vec<&'a RuleHead>,
    /// The vetoes that took it away.
    pub vetoes: Vec<CaptureId>,
    /// What it needs and is not there.
    pub missing: Vec<Item>,
    /// The profile to which it is lowered; of a withheld one, to which it would have been.
    pub lowered_to: Option<ProfileId>,
}

/// Something that rules give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A seat.
    Seat(SeatId),
    /// A capture item.
    Capture(CaptureId),
    /// A profile in a workspace.
    Profile(WorkspaceId, ProfileId),
}

/// Why something does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A never forbids it.
    Removed,
    /// A veto excludes it.
    Vetoed,
    /// What it requires is not there.
    Withheld,
    /// A never allows only a lower profile.
    Lowered,
}

impl Cause {
    /// As tests say it: `withheld`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Vetoed => "vetoed",
            Self::Withheld => "withheld",
            Self::Lowered => "lowered",
        }
    }
}

/// An outcome with the rules that led to it.
pub(super) struct Why<'a, 'o> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) outcome: &'o Outcome,
    pub(super) winner: &'a Assignment,
    pub(super) grants: Vec<&'a Grant>,
    pub(super) nevers: Vec<&'a Never>,
}

impl<'a> Why<'a, '_> {
    pub(super) fn dropped(&self) -> Vec<Dropped<'a>> {
        let outcome = self.outcome;
        let seats = outcome.asked_seats.iter().filter(|seat| !outcome.seats.contains(*seat));
        let captures =
            outcome.asked_captures.iter().filter(|item| !outcome.captures.contains(*item));
        let mut dropped: Vec<_> = seats.map(|seat| self.seat(seat)).collect();
        dropped.extend(captures.map(|capture| self.capture(capture)));
        for place in 0..self.catalogue.workspaces.len() {
            self.profiles(workspace(place), &mut dropped);
        }
        dropped
    }

    fn seat(&self, place: usize) -> Dropped<'a> {
        let id = SeatId(u32::try_from(place).unwrap_or(u32::MAX));
        let asked_by = self.asked_by(|rule| rule.seats.contains(&id), |g| g.seats.contains(&id));
        let mut dropped = Dropped::new(Item::Seat(id), Cause::Withheld, asked_by);
        if self.outcome.forbidden_seats.contains(place) {
            dropped.cause = Cause::Removed;
            dropped.nevers = self.heads(|never| never.seats.contains(&id));
            return dropped;
        }
        let needed = self.catalogue.seat(id).map_or(&[][..], |seat| &seat.requires);
        dropped.missing = self.missing_seats(needed);
        dropped
    }

    fn capture(&self, place: usize) -> Dropped<'a> {
        let id = CaptureId(u32::try_from(place).unwrap_or(u32::MAX));
        let asked_by =
            self.asked_by(|rule| rule.captures.contains(&id), |g| g.captures.contains(&id));
        let mut dropped = Dropped::new(Item::Capture(id), Cause::Withheld, asked_by);
        if self.outcome.forbidden_captures.contains(place) {
            dropped.cause = Cause::Removed;
            dropped.nevers = self.heads(|never| never.captures.contains(&id));
            return dropped;
        }
        let Some(item) = self.catalogue.capture(id) else { return dropped };
        if self.outcome.vetoed.contains(place) {
            dropped.cause = Cause::Vetoed;
            let standing = self.outcome.captures.iter();
            let vetoes = standing.filter_map(|veto| Some(CaptureId(u32::try_from(veto).ok()?)));
            let excludes = |veto: &CaptureId| {
                self.catalogue.capture(*veto).is_some_and(|veto| veto.excludes.contains(&id))
            };
            dropped.vetoes = vetoes.filter(excludes).collect();
            return dropped;
        }
        dropped.missing = self.missing_seats(&item.requires_seats);
        let captures = item.requires_captures.iter().copied();
        let missing = captures.filter(|needed| !self.outcome.captures.contains(needed.index()));
        dropped.missing.extend(missing.map(Item::Capture));
        dropped
    }

    fn profiles(&self, workspace: WorkspaceId, dropped: &mut Vec<Dropped<'a>>) {
        let limit = self.limit(workspace);
        for asked in self.asked_profiles(workspace) {
            let asked_by = self.asked_by(
                |rule| rule.workspaces.get(workspace.index()) == Some(&Some(asked)),
                |grant| grant.workspaces.contains(&(workspace, asked)),
            );
            let new = |cause| Dropped::new(Item::Profile(workspace, asked), cause, asked_by);
            let capped = |profile| self.heads(|n| n.workspaces.contains(&(workspace, profile)));
            let missing = |profile| {
                self.outcome.missing(self.catalogue, profile).map(Item::Seat).collect::<Vec<_>>()
            };
            dropped.push(match self.outcome.fate(self.catalogue, asked, limit) {
                Fate::Stands => continue,
                Fate::Removed => Dropped { nevers: capped(None), ..new(Cause::Removed) },
                Fate::Withheld => Dropped { missing: missing(asked), ..new(Cause::Withheld) },
                Fate::WithheldLower(lower) => Dropped {
                    missing: missing(lower),
                    nevers: capped(Some(lower)),
                    lowered_to: Some(lower),
                    ..new(Cause::Withheld)
                },
                Fate::Lowered(lower) => Dropped {
                    nevers: capped(Some(lower)),
                    lowered_to: Some(lower),
                    ..new(Cause::Lowered)
                },
            });
        }
    }

    /// Profiles asked in a workspace, each once, in catalogue order.
    fn asked_profiles(&self, workspace: WorkspaceId) -> Vec<ProfileId> {
        let of_winner = self.winner.workspaces.get(workspace.index()).copied().flatten();
        let of_grants = self.grants.iter().flat_map(|grant| &grant.workspaces);
        let of_grants = of_grants.filter(|(place, _)| *place == workspace).map(|(_, p)| *p);
        let mut asked: Vec<_> = of_winner.into_iter().chain(of_grants).collect();
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    fn limit(&self, workspace: WorkspaceId) -> Limit {
        let entries = self.nevers.iter().flat_map(|never| &never.workspaces);
        entries
            .filter(|(place, _)| *place == workspace)
            .fold(Limit::Open, |limit, (_, ceiling)| limit.and(self.catalogue, *ceiling))
    }

    /// The highest profile of a workspace that would stand but for its requirement, not above the
    /// ceiling.
    pub(super) fn withheld_profile(&self, workspace: WorkspaceId) -> Option<ProfileId> {
        let limit = self.limit(workspace);
        let withheld = self.asked_profiles(workspace).into_iter().filter_map(|asked| {
            match (self.outcome.fate(self.catalogue, asked, limit), limit) {
                (Fate::WithheldLower(lower), _) => Some(lower),
                (Fate::Withheld, Limit::AtMost(top))
                    if rank(self.catalogue, asked) > rank(self.catalogue, top) =>
                {
                    Some(top)
                }
                (Fate::Withheld, _) => Some(asked),
                _ => None,
            }
        });
        withheld.max_by_key(|profile| rank(self.catalogue, *profile))
    }

    fn missing_seats(&self, needed: &[SeatId]) -> Vec<Item> {
        let missing = needed.iter().filter(|seat| !self.outcome.seats.contains(seat.index()));
        missing.map(|seat| Item::Seat(*seat)).collect()
    }

    fn asked_by(
        &self,
        winner: impl Fn(&Assignment) -> bool,
        grant: impl Fn(&Grant) -> bool,
    ) -> Vec<&'a RuleHead> {
        let winner = winner(self.winner).then_some(&self.winner.head);
        let grants = self.grants.iter().filter(|rule| grant(rule)).map(|rule| &rule.head);
        winner.into_iter().chain(grants).collect()
    }

    fn heads(&self, which: impl Fn(&Never) -> bool) -> Vec<&'a RuleHead> {
        self.nevers.iter().filter(|never| which(never)).map(|never| &never.head).collect()
    }
}

impl<'a> Dropped<'a> {
    fn new(item: Item, cause: Cause, asked_by: Vec<&'a RuleHead>) -> Self {
        Self {
            item,
            cause,
            asked_by,
            nevers: vec![],
            vetoes: vec![],
            missing: vec![],
            lowered_to: None,
        }
    }
}
