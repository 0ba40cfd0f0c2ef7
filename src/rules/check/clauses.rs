//! What one rule says itself: its clauses resolved against the catalogue.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::collect::Written;
use super::items::Items;
use super::names::{Kind, Names, Once, listed_twice};
use super::order::ProfilesInUse;
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{
    Clause, ClauseKind, Grade, Ident, OrNone, Picks, RuleKind, Update, WorkspaceEntry,
};
use crate::rules::model::{
    CaptureId, ChoiceId, Modes, OptionId, Place, ProfileId, SeatId, WorkspaceId,
};
use crate::rules::source::{Span, Spanned};

/// A clause with the places of what it names; shared with the rules that are `like` this one.
pub(super) struct Piece<T> {
    pub(super) value: T,
    pub(super) places: Vec<Place>,
}

/// A clause that a rule has, or not.
pub(super) type Slot<T> = Option<Arc<Piece<T>>>;

/// Profiles by workspace; `None`: no profile there.
pub(super) type Grades = Vec<(WorkspaceId, Option<ProfileId>)>;

/// The clauses of a rule, save `match` and `except`.
#[derive(Clone, Default)]
pub(super) struct Clauses {
    pub(super) seats: Slot<Vec<SeatId>>,
    pub(super) workspaces: Slot<Grades>,
    pub(super) home: Slot<WorkspaceId>,
    pub(super) capture: Slot<Vec<CaptureId>>,
    pub(super) options: BTreeMap<OptionId, Arc<Piece<Option<ChoiceId>>>>,
    pub(super) update: Slot<Modes>,
    /// Part of the rule, or of one that it is `like`, could not be understood: what is missing here
    /// may stand there.
    pub(super) uncertain: bool,
}

impl Clauses {
    /// Takes over what the other has and this one has not.
    pub(super) fn inherit(&mut self, from: &Self) {
        fn take<T>(slot: &mut Slot<T>, from: &Slot<T>) {
            if slot.is_none() {
                slot.clone_from(from);
            }
        }
        take(&mut self.seats, &from.seats);
        take(&mut self.workspaces, &from.workspaces);
        take(&mut self.home, &from.home);
        take(&mut self.capture, &from.capture);
        take(&mut self.update, &from.update);
        self.uncertain |= from.uncertain;
        for (option, piece) in &from.options {
            self.options.entry(*option).or_insert_with(|| piece.clone());
        }
    }

    /// All places, in the order of the clauses' keywords in this struct.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        fn of<T>(slot: &Slot<T>) -> impl Iterator<Item = &Place> {
            slot.iter().flat_map(|piece| &piece.places)
        }
        of(&self.seats)
            .chain(of(&self.workspaces))
            .chain(of(&self.home))
            .chain(of(&self.capture))
            .chain(self.options.values().flat_map(|piece| &piece.places))
            .chain(of(&self.update))
    }
}

/// What clauses refer to.
pub(super) struct Lookup<'a, 't> {
    pub(super) items: &'a Items,
    pub(super) names: &'a mut Names<'t>,
    pub(super) profiles: &'a mut ProfilesInUse,
    pub(super) report: &'a mut Report,
}

impl<'t> Lookup<'_, 't> {
    /// The clauses that a rule writes itself: N101, N102, N105.
    pub(super) fn clauses(&mut self, written: &Written<'t>) -> Clauses {
        let mut clauses = Clauses::default();
        let kind = written.rule.kind;
        for clause in &written.rule.clauses {
            let span = clause.node.span;
            match &clause.node.node {
                ClauseKind::Match(_) | ClauseKind::Except(_) => {}
                ClauseKind::Seats(picks) => {
                    let (all, whole) = (&self.items.all_seats, place("seats", span));
                    clauses.seats = piece(self.picks(picks, Kind::Seat, all, SeatId, whole));
                }
                ClauseKind::Capture(picks) => {
                    let (all, whole) = (&self.items.all_captures, place("capture", span));
                    clauses.capture =
                        piece(self.picks(picks, Kind::Capture, all, CaptureId, whole));
                }
                ClauseKind::Workspaces(entries) => {
                    clauses.workspaces = piece(self.workspaces(kind, entries, span));
                }
                ClauseKind::Home(id) => {
                    let Some(number) = self.names.find(Kind::Workspace, id, self.report) else {
                        continue;
                    };
                    let places = vec![place("home", span), item("home", &id.node, id.span)];
                    clauses.home = piece((WorkspaceId(number), places));
                }
                ClauseKind::Option { option, choice } => {
                    self.option(clause, option, choice, &mut clauses);
                }
                ClauseKind::Update(update) => {
                    let places = vec![place("update", span)];
                    clauses.update = piece((modes(update, self.report), places));
                }
            }
        }
        clauses
    }

    /// The items of `seats` or `capture`, in catalogue order.
    fn picks<T: Copy + Ord + std::hash::Hash>(
        &mut self,
        picks: &'t Picks,
        kind: Kind,
        all: &[T],
        id_of: fn(u32) -> T,
        whole: Place,
    ) -> (Vec<T>, Vec<Place>) {
        let keyword = whole.keyword;
        let mut places = vec![whole];
        let mut list = match picks {
            Picks::None(_) => Vec::new(),
            Picks::All { all: word, except } => {
                places.push(item(keyword, "all", word.span));
                let without: HashSet<T> =
                    self.list(except, kind).map(|(number, _)| id_of(number)).collect();
                all.iter().copied().filter(|id| !without.contains(id)).collect()
            }
            Picks::List(ids) => {
                let found: Vec<(u32, &Ident)> = self.list(ids, kind).collect();
                places.extend(found.iter().map(|(_, id)| item(keyword, &id.node, id.span)));
                found.into_iter().map(|(number, _)| id_of(number)).collect()
            }
        };
        list.sort_unstable();
        (list, places)
    }

    /// A list of names, each of which may stand there once.
    fn list(
        &mut self,
        ids: &'t [Ident],
        kind: Kind,
    ) -> impl Iterator<Item = (u32, &'t Ident)> + use<'t> {
        let mut once = Once::default();
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(number) = self.names.find(kind, id, self.report) else { continue };
            if once.admit(id, "this list", self.report) {
                found.push((number, id));
            }
        }
        found.into_iter()
    }

    fn workspaces(
        &mut self,
        kind: RuleKind,
        entries: &'t [WorkspaceEntry],
        span: Span,
    ) -> (Grades, Vec<Place>) {
        let mut places = vec![place("workspaces", span)];
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut grades: BTreeMap<WorkspaceId, Option<ProfileId>> = BTreeMap::new();
        let mut listed: HashSet<WorkspaceId> = HashSet::new();
        let mut others: Option<(Spanned<()>, &Spanned<Grade>, Option<ProfileId>)> = None;
        for entry in entries {
            let name = entry.workspace.node.as_deref().unwrap_or("others");
            let whole = entry.workspace.span.to(entry.grade.span);
            if let Some(first) = first.insert(name, entry.workspace.span) {
                let what = "the workspaces of this rule";
                self.report.push(listed_twice(entry.workspace.span, first, name, what));
                continue;
            }
            places.push(item("workspaces", name, whole));
            let profile = self.grade(kind, &entry.grade);
            let Some(workspace) = &entry.workspace.node else {
                if let Some(profile) = profile {
                    let word = Spanned::new((), entry.workspace.span);
                    others = Some((word, &entry.grade, profile));
                }
                continue;
            };
            let id = Spanned::new(workspace.clone(), entry.workspace.span);
            let Some(number) = self.names.find(Kind::Workspace, &id, self.report) else { continue };
            let workspace = WorkspaceId(number);
            listed.insert(workspace);
            let Some(profile) = profile else { continue };
            if profile.is_none_or(|profile| self.is_offered(workspace, profile, &entry.grade)) {
                grades.insert(workspace, profile);
            }
        }
        if let Some((word, grade, profile)) = others {
            let count = self.items.catalogue.workspaces.len();
            let rest = (0_u32..).take(count).map(WorkspaceId).filter(|w| !listed.contains(w));
            let rest: Vec<WorkspaceId> = rest.collect();
            if let Some(profile) = profile {
                self.check_others(&rest, profile, word.span, grade);
            }
            grades.extend(rest.into_iter().map(|workspace| (workspace, profile)));
        }
        (grades.into_iter().collect(), places)
    }

    /// The profile of an entry, or the answer `none`; `None` where it is wrong.
    fn grade(&mut self, kind: RuleKind, grade: &Spanned<Grade>) -> Option<Option<ProfileId>> {
        let (id, at_most) = match &grade.node {
            Grade::None => return Some(None),
            Grade::Profile(id) => (id, false),
            Grade::AtMost(id) => (id, true),
        };
        let number = self.names.find(Kind::Profile, id, self.report)?;
        let compares = at_most || kind == RuleKind::Grant;
        self.profiles.note(ProfileId(number), id.span, compares);
        Some(Some(ProfileId(number)))
    }

    /// N105 for one workspace.
    fn is_offered(
        &mut self,
        workspace: WorkspaceId,
        profile: ProfileId,
        grade: &Spanned<Grade>,
    ) -> bool {
        if self.items.offers(workspace, profile) {
            return true;
        }
        let catalogue = &self.items.catalogue;
        let (Some(there), Some(what)) =
            (catalogue.workspace(workspace), catalogue.profile(profile))
        else {
            return false;
        };
        let message =
            format!("workspace `{}` does not offer profile `{}`", there.naming.id, what.naming.id);
        self.report.push(
            Diagnostic::new(Code::N105, grade.span, message)
                .related(there.naming.span, "its `profiles` are listed here")
                .help(self.offered_in(workspace)),
        );
        false
    }

    /// N105 for the workspaces that `others` stands for.
    fn check_others(
        &mut self,
        rest: &[WorkspaceId],
        profile: ProfileId,
        word: Span,
        grade: &Spanned<Grade>,
    ) {
        let catalogue = &self.items.catalogue;
        let missing = rest.iter().filter(|workspace| !self.items.offers(**workspace, profile));
        let missing: Vec<_> = missing.filter_map(|id| catalogue.workspace(*id)).collect();
        let (Some(first), Some(what)) = (missing.first(), catalogue.profile(profile)) else {
            return;
        };
        let shown: Vec<String> =
            missing.iter().take(4).map(|there| format!("`{}`", there.naming.id)).collect();
        let more = match missing.len().saturating_sub(shown.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "`others` stands for {}{more} too, where profile `{}` is not offered",
            shown.join(", "),
            what.naming.id
        );
        self.report.push(
            Diagnostic::new(Code::N105, word.to(grade.span), message)
                .related(first.naming.span, "its `profiles` are listed here")
                .help(format!("give `{}` a line of its own", first.naming.id)),
        );
    }

    fn offered_in(&self, workspace: WorkspaceId) -> String {
        let catalogue = &self.items.catalogue;
        let offers = catalogue.workspace(workspace).and_then(|w| w.offers.as_ref());
        let names = offers.into_iter().flatten().filter_map(|(id, _)| catalogue.profile(*id));
        let list: Vec<String> =
            names.take(8).map(|profile| format!("`{}`", profile.naming.id)).collect();
        format!("it offers {}", list.join(", "))
    }

    fn option(
        &mut self,
        clause: &Clause,
        option: &Ident,
        choice: &OrNone<Ident>,
        clauses: &mut Clauses,
    ) {
        let span = clause.node.span;
        let Some(number) = self.names.find(Kind::Option, option, self.report) else { return };
        let id = OptionId(number);
        let choice = match choice {
            OrNone::None(_) => None,
            OrNone::Some(choice) => match self.choice(id, option, choice) {
                Some(choice) => Some(choice),
                None => return,
            },
        };
        let places = vec![place("option", span), item("option", &option.node, span)];
        let piece = Arc::new(Piece { value: choice, places });
        clauses.options.insert(id, piece);
    }

    /// A choice of an option, or N101.
    pub(super) fn choice(
        &mut self,
        id: OptionId,
        option: &Ident,
        choice: &Ident,
    ) -> Option<ChoiceId> {
        let found = self.items.choice(id, &choice.node);
        if found.is_none() {
            let item = self.items.catalogue.option(id);
            let known = item.into_iter().flat_map(|item| &item.choices).map(|c| c.id.as_str());
            let message = format!("option `{}` has no choice `{}`", option.node, choice.node);
            let list: Vec<String> = known.clone().take(8).map(|name| format!("`{name}`")).collect();
            self.report.unknown(choice.span, &choice.node, message, known, || {
                Some(format!("its choices are {}", list.join(", ")))
            });
        }
        found
    }
}

/// `update`: N102 for an area that stands twice.
pub(super) fn modes(update: &Update, report: &mut Report) -> Modes {
    let mut modes = Modes::all(update.automatic);
    let mut first: HashMap<crate::rules::ast::Area, Span> = HashMap::new();
    for area in &update.except {
        if let Some(first) = first.insert(area.node, area.span) {
            let what = "the areas of this `update`";
            report.push(listed_twice(area.span, first, area.node.as_str(), what));
            continue;
        }
        *modes.get_mut(area.node) = !update.automatic;
    }
    modes
}

fn piece<T>((value, places): (T, Vec<Place>)) -> Slot<T> {
    Some(Arc::new(Piece { value, places }))
}

/// The place of a whole clause.
pub(super) fn place(keyword: &'static str, span: Span) -> Place {
    Place { keyword, item: None, span }
}

fn item(keyword: &'static str, name: &str, span: Span) -> Place {
    Place { keyword, item: Some(name.to_owned()), span }
}
