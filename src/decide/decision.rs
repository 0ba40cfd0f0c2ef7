//! The outcome of one person.

use std::fmt;
use std::sync::Arc;

use super::compile::{Compiled, Place};
use super::dropped::{Dropped, Why};
use super::note::{Note, NoteKind};
use super::outcome::{Limit, Outcome, workspace};
use super::person::Person;
use super::report::Report;
use crate::reconcile::target::Target;
use crate::rules::model::{
    Assignment, CaptureId, CaptureItem, Catalogue, Grant, Model, Modes, Naming, Never, OptionItem,
    ProfileId, ProfileItem, RuleHead, SeatId, SeatItem, WorkspaceId, WorkspaceItem,
};
use crate::rules::source::Sources;

/// What one person gets, and why. Items come in catalogue order, rules in file order.
///
/// Of a deactivated person it has no winner and nothing stands.
#[derive(Clone)]
pub struct Decision<'a> {
    pub(super) compiled: &'a Compiled,
    pub(super) person: &'a Person,
    pub(super) active: Option<Active>,
}

/// The rules that matched an active person, and what came of them.
#[derive(Clone)]
pub(super) struct Active {
    pub(super) winner: usize,
    /// All other rules that match, by number, ascending.
    pub(super) matched: Vec<u32>,
    pub(super) outcome: Arc<Outcome>,
}

/// Something that nevers forbid, whether it was asked or not.
#[derive(Debug, Clone)]
pub struct Forbidden<'a, Id> {
    /// What.
    pub item: Id,
    /// The nevers that forbid it.
    pub nevers: Vec<&'a RuleHead>,
}

/// The ceiling of a workspace.
#[derive(Debug, Clone)]
pub struct Ceiling<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The highest profile allowed; `None`: none at all.
    pub profile: Option<ProfileId>,
    /// The nevers that say so.
    pub nevers: Vec<&'a RuleHead>,
}

impl<'a> Decision<'a> {
    /// The model that decided.
    pub fn model(&self) -> &'a Model {
        &self.compiled.model
    }

    /// The files that places point into.
    pub fn sources(&self) -> &'a Sources {
        &self.compiled.sources
    }

    /// Who was decided.
    pub fn person(&self) -> &'a Person {
        self.person
    }

    /// Whether the source says that the person is not active; then nothing else was decided.
    pub fn is_deactivated(&self) -> bool {
        self.active.is_none()
    }

    /// The assignment that won.
    pub fn winner(&self) -> Option<&'a Assignment> {
        self.model().assignments.get(self.active.as_ref()?.winner)
    }

    /// Assignments that match too, below the winner; the default is not among them.
    pub fn also_matching(&self) -> impl Iterator<Item = &'a Assignment> {
        self.matched().filter_map(|place| match place {
            Place::Assignment(number) => self.model().assignments.get(number),
            Place::Grant(_) | Place::Never(_) => None,
        })
    }

    /// Grants that matched.
    pub fn grants(&self) -> impl Iterator<Item = &'a Grant> {
        self.matched().filter_map(|place| match place {
            Place::Grant(number) => self.model().grants.get(number),
            Place::Assignment(_) | Place::Never(_) => None,
        })
    }

    /// Nevers that matched.
    pub fn nevers(&self) -> impl Iterator<Item = &'a Never> {
        self.matched().filter_map(|place| match place {
            Place::Never(number) => self.model().nevers.get(number),
            Place::Assignment(_) | Place::Grant(_) => None,
        })
    }

    /// Seats that stand.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &'a SeatItem)> {
        let catalogue = self.catalogue();
        let seats = self.outcome().into_iter().flat_map(|outcome| outcome.seats.iter());
        seats.map(number).map(SeatId).filter_map(|id| Some((id, catalogue.seat(id)?)))
    }

    /// Capture items that stand, vetoes among them.
    pub fn captures(&self) -> impl Iterator<Item = (CaptureId, &'a CaptureItem)> {
        let catalogue = self.catalogue();
        let captures = self.outcome().into_iter().flat_map(|outcome| outcome.captures.iter());
        captures.map(number).map(CaptureId).filter_map(|id| Some((id, catalogue.capture(id)?)))
    }

    /// Whether a seat stands.
    pub fn has_seat(&self, seat: SeatId) -> bool {
        self.outcome().is_some_and(|outcome| outcome.seats.contains(seat.index()))
    }

    /// Whether a capture item stands.
    pub fn has_capture(&self, capture: CaptureId) -> bool {
        self.outcome().is_some_and(|outcome| outcome.captures.contains(capture.index()))
    }

    /// Every workspace with the profile that stands there; none of a deactivated person.
    pub fn workspaces(
        &self,
    ) -> impl Iterator<Item = (WorkspaceId, &'a WorkspaceItem, Option<ProfileId>)> {
        let workspaces = self.outcome().map_or(&[][..], |outcome| &outcome.workspaces);
        let items = self.catalogue().workspaces.iter().zip(workspaces).enumerate();
        items.map(|(place, (item, profile))| (workspace(place), item, *profile))
    }

    /// The profile that stands in a workspace.
    pub fn profile(&self, workspace: WorkspaceId) -> Option<ProfileId> {
        self.outcome()?.workspaces.get(workspace.index()).copied().flatten()
    }

    /// The home workspace; `None` is not governed.
    pub fn home(&self) -> Option<WorkspaceId> {
        self.winner()?.home
    }

    /// Governed options with their choice; `None` is the answer `none`.
    pub fn options(&self) -> impl Iterator<Item = (&'a OptionItem, Option<&'a Naming>)> {
        let catalogue = self.catalogue();
        let options = self.winner().map_or(&[][..], |winner| &winner.options);
        options.iter().filter_map(|(option, choice)| {
            let item = catalogue.option(*option)?;
            Some((item, choice.and_then(|choice| item.choices.get(choice.index()))))
        })
    }

    /// Which areas are automatic; `None` of a deactivated person.
    pub fn update(&self) -> Option<Modes> {
        self.winner().map(|winner| winner.update)
    }

    /// What was asked and does not stand as asked: seats, then capture items, then profiles.
    pub fn dropped(&self) -> Vec<Dropped<'a>> {
        self.why().map_or_else(Vec::new, |why| why.dropped())
    }

    /// Seats that nevers forbid, asked or not.
    pub fn forbidden_seats(&self) -> Vec<Forbidden<'a, SeatId>> {
        let Some(outcome) = self.outcome() else { return vec![] };
        let seats = outcome.forbidden_seats.iter().map(number).map(SeatId);
        seats
            .map(|item| {
                let nevers = self.nevers().filter(|never| never.seats.contains(&item));
                Forbidden { item, nevers: nevers.map(|never| &never.head).collect() }
            })
            .collect()
    }

    /// Capture items that nevers forbid, asked or not.
    pub fn forbidden_captures(&self) -> Vec<Forbidden<'a, CaptureId>> {
        let Some(outcome) = self.outcome() else { return vec![] };
        let captures = outcome.forbidden_captures.iter().map(number).map(CaptureId);
        captures
            .map(|item| {
                let nevers = self.nevers().filter(|never| never.captures.contains(&item));
                Forbidden { item, nevers: nevers.map(|never| &never.head).collect() }
            })
            .collect()
    }

    /// Workspaces with a ceiling, whether a profile above it was asked or not.
    pub fn ceilings(&self) -> Vec<Ceiling<'a>> {
        let catalogue = self.catalogue();
        let mut limits = vec![Limit::Open; catalogue.workspaces.len()];
        for (workspace, ceiling) in self.nevers().flat_map(|never| &never.workspaces) {
            if let Some(limit) = limits.get_mut(workspace.index()) {
                *limit = limit.and(catalogue, *ceiling);
            }
        }
        let limits = limits.into_iter().enumerate();
        limits
            .filter_map(|(place, limit)| {
                let profile = match limit {
                    Limit::Open => return None,
                    Limit::AtMost(profile) => Some(profile),
                    Limit::Nothing => None,
                };
                let workspace = workspace(place);
                let nevers = self.nevers().filter(|n| n.workspaces.contains(&(workspace, profile)));
                let nevers = nevers.map(|never| &never.head).collect();
                Some(Ceiling { workspace, profile, nevers })
            })
            .collect()
    }

    /// What a reader should know besides: tolerant readings, former names, a home without profile.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.person.described_notes(self.model());
        if let Some(home) = self.home()
            && self.profile(home).is_none()
            && let Some(item) = self.catalogue().workspace(home)
        {
            let id = &item.naming.id;
            notes.push(Note {
                kind: NoteKind::HomeWithoutProfile,
                about: id.clone(),
                message: format!("home is `{id}`, but no profile stands there"),
            });
        }
        notes
    }

    /// The whole as data for outputs.
    pub fn report(&self) -> Report<'a> {
        Report::new(self)
    }

    /// What reconcile needs, by name.
    pub fn target(&self) -> Target {
        super::target::target(self)
    }

    pub(super) fn catalogue(&self) -> &'a Catalogue {
        &self.model().catalogue
    }

    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.active.as_ref().map(|active| &*active.outcome)
    }

    pub(super) fn why(&self) -> Option<Why<'a, '_>> {
        Some(Why {
            catalogue: self.catalogue(),
            outcome: self.outcome()?,
            winner: self.winner()?,
            grants: self.grants().collect(),
            nevers: self.nevers().collect(),
        })
    }

    /// Rules that matched besides the winner.
    fn matched(&self) -> impl Iterator<Item = Place> {
        let matched = self.active.as_ref().map_or(&[][..], |active| &active.matched);
        matched.iter().map(|rule| self.compiled.place(*rule))
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Names of rules and items, never the person.
impl fmt::Debug for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("winner", &self.winner().map(|winner| &winner.head.name))
            .field("grants", &self.grants().map(|rule| &rule.head.name).collect::<Vec<_>>())
            .field("nevers", &self.nevers().map(|rule| &rule.head.name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Names of a profile where they depend on the workspace.
pub(super) fn profile_wire<'a>(
    item: &'a WorkspaceItem,
    id: ProfileId,
    profile: &'a ProfileItem,
) -> &'a str {
    let offers = item.offers.iter().flatten();
    let here = offers.filter(|(offered, _)| *offered == id).find_map(|(_, wire)| wire.as_deref());
    here.unwrap_or_else(|| wire(&profile.naming))
}

/// The name in the host's API, which is the name in rules where there is no other.
pub(super) fn wire(naming: &Naming) -> &str {
    naming.wire.as_deref().unwrap_or(&naming.id)
}
