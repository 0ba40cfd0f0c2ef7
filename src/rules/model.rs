//! The checked rules: names resolved to numbers, types settled, nothing left to go wrong.
//!
//! `check` makes a [`Model`] only when it found no error; the evaluator is compiled from it.
//! Conditions are a closed algebra of atoms over one attribute value or one group.

use std::sync::Arc;

use super::ast::{Area, GroupBy, RuleKind};
use super::source::Span;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// A seat, by its place in [`Catalogue::seats`].
    SeatId;
    /// A profile, by its place in [`Catalogue::profiles`].
    ProfileId;
    /// A workspace, by its place in [`Catalogue::workspaces`].
    WorkspaceId;
    /// A capture item, by its place in [`Catalogue::captures`].
    CaptureId;
    /// An option, by its place in [`Catalogue::options`].
    OptionId;
    /// A choice, by its place in [`OptionItem::choices`].
    ChoiceId;
    /// An attribute, by its place in [`Model::attributes`].
    AttributeId;
    /// A mentioned value of an attribute, by its place in [`AttributeDef::values`].
    ValueId;
}

/// Everything that checking found out.
#[derive(Debug, Clone)]
pub struct Model {
    /// The number of `provisioning N`.
    pub edition: u32,
    /// What can be given.
    pub catalogue: Catalogue,
    /// Every attribute that a rule mentions, each once.
    pub attributes: Vec<AttributeDef>,
    /// Assignments in file order; the last is the default.
    pub assignments: Vec<Assignment>,
    /// Grants in file order.
    pub grants: Vec<Grant>,
    /// Nevers in file order.
    pub nevers: Vec<Never>,
    /// Settings, defaults filled in.
    pub settings: Settings,
}

/// What can be given: items in the order of their declaration.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Paid seats.
    pub seats: Vec<SeatItem>,
    /// Permission profiles.
    pub profiles: Vec<ProfileItem>,
    /// Workspaces.
    pub workspaces: Vec<WorkspaceItem>,
    /// Capture items, vetoes among them.
    pub captures: Vec<CaptureItem>,
    /// Options.
    pub options: Vec<OptionItem>,
}

/// What all catalogue items have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// Name in rules.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Name in the host's API (`as`), if it has another.
    pub wire: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// A paid seat.
#[derive(Debug, Clone)]
pub struct SeatItem {
    /// Its names.
    pub naming: Naming,
    /// How many there are.
    pub limit: Option<u64>,
    /// How many of them are kept free.
    pub reserve: u64,
    /// Seats that it needs.
    pub requires: Vec<SeatId>,
}

/// A permission profile.
#[derive(Debug, Clone)]
pub struct ProfileItem {
    /// Its names.
    pub naming: Naming,
    /// Seats that it needs.
    pub requires: Vec<SeatId>,
    /// Its place in `profile order`, lowest 0; unique where present.
    pub rank: Option<u32>,
}

/// A workspace.
#[derive(Debug, Clone)]
pub struct WorkspaceItem {
    /// Its names.
    pub naming: Naming,
    /// The profiles that exist there with their names in the host's API; `None` means all.
    pub offers: Option<Vec<(ProfileId, Option<String>)>>,
}

/// A capture item.
#[derive(Debug, Clone)]
pub struct CaptureItem {
    /// Its names.
    pub naming: Naming,
    /// Seats that it needs.
    pub requires_seats: Vec<SeatId>,
    /// Capture items that it needs.
    pub requires_captures: Vec<CaptureId>,
    /// Capture items that it switches off; not empty in a veto.
    pub excludes: Vec<CaptureId>,
}

impl CaptureItem {
    /// Whether it protects rather than captures.
    pub fn is_veto(&self) -> bool {
        !self.excludes.is_empty()
    }
}

/// One choice among several.
#[derive(Debug, Clone)]
pub struct OptionItem {
    /// Its names.
    pub naming: Naming,
    /// What can be chosen.
    pub choices: Vec<Naming>,
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $find:ident, $get:ident: $list:ident -> $id:ident, $item:ident;)*) => {
        impl Catalogue {$(
            $(#[$doc])*
            pub fn $find(&self, id: &str) -> Option<$id> {
                let place = self.$list.iter().position(|item| item.naming.id == id)?;
                u32::try_from(place).ok().map($id)
            }

            /// The item of a number.
            pub fn $get(&self, id: $id) -> Option<&$item> {
                self.$list.get(id.index())
            }
        )*}
    };
}

lookups! {
    /// The seat of that name.
    find_seat, seat: seats -> SeatId, SeatItem;
    /// The profile of that name.
    find_profile, profile: profiles -> ProfileId, ProfileItem;
    /// The workspace of that name.
    find_workspace, workspace: workspaces -> WorkspaceId, WorkspaceItem;
    /// The capture item of that name.
    find_capture, capture: captures -> CaptureId, CaptureItem;
    /// The option of that name.
    find_option, option: options -> OptionId, OptionItem;
}

/// An attribute that rules mention, with those of its values that they mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDef {
    /// URI of its schema; the common attributes (`id`, `externalId`, `meta`) have the core
    /// User's. Values of other schemas stand in the object of that name.
    pub schema: String,
    /// Its name in the schema's spelling.
    pub name: String,
    /// Whether it has several values.
    pub multi_valued: bool,
    /// Whether its values are objects.
    pub complex: bool,
    /// The mentioned values: of a simple attribute exactly one, with an empty name; of a complex
    /// one its mentioned sub-attributes.
    pub values: Vec<ValueDef>,
    /// Whether presence of the complex attribute itself is asked for (`name is present`).
    pub whole: bool,
}

/// A mentioned value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueDef {
    /// The sub-attribute's name; empty for a simple attribute.
    pub name: String,
    /// How it compares.
    pub kind: ValueKind,
}

/// How a value compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// Text; `exact` where letter case counts (`caseExact`).
    Text {
        /// Letter case counts.
        exact: bool,
    },
    /// `true` or `false`.
    Flag,
    /// A number, compared by value.
    Number,
    /// An instant.
    Date,
}

/// A condition with the place where it is written.
#[derive(Debug, Clone)]
pub struct Cond {
    /// What it asks.
    pub kind: CondKind,
    /// Where it is written.
    pub span: Span,
}

/// A condition.
#[derive(Debug, Clone)]
pub enum CondKind {
    /// `everyone`
    True,
    /// Every one of them.
    All(Vec<Cond>),
    /// At least one of them.
    Any(Vec<Cond>),
    /// Not that.
    Not(Box<Cond>),
    /// About groups.
    Group(GroupAtom),
    /// About one value of an attribute.
    Value(ValueAtom),
    /// One element of a complex multi-valued attribute meets all of it; the value atoms inside
    /// are about the same attribute.
    Element {
        /// The attribute.
        attribute: AttributeId,
        /// What one element must meet.
        inner: Box<Cond>,
    },
}

/// About groups.
#[derive(Debug, Clone)]
pub struct GroupAtom {
    /// The groups; a set is shared by all rules that use it.
    pub groups: Arc<[GroupKey]>,
    /// Every entry must be met rather than one.
    pub all: bool,
    /// Only direct membership counts.
    pub directly: bool,
}

/// A group named in rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupKey {
    /// By what it is named.
    pub by: GroupBy,
    /// As written.
    pub text: String,
    /// As compared: names and patterns in NFC and folded, ids as written in NFC.
    pub compared: String,
}

/// About one value of an attribute. Of a multi-valued attribute some value must do.
#[derive(Debug, Clone)]
pub struct ValueAtom {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which of its mentioned values; `None` asks for the attribute as a whole (only `Present`).
    pub value: Option<ValueId>,
    /// What is asked.
    pub test: Test,
}

/// What is asked of a value. On an absent value everything here is false: `is not` on a
/// single-valued attribute is checked into [`CondKind::Not`] of `is`, so it holds there.
#[derive(Debug, Clone)]
pub enum Test {
    /// It is there.
    Present,
    /// It equals.
    Equal(Operand),
    /// Some value differs (only on multi-valued attributes).
    NotEqual(Operand),
    /// It is one of these.
    In(Arc<[Operand]>),
    /// Some value is none of these (only on multi-valued attributes).
    NotIn(Arc<[Operand]>),
    /// Text within.
    Contains(Operand),
    /// Text at its start.
    StartsWith(Operand),
    /// Text at its end.
    EndsWith(Operand),
    /// Greater or equal.
    AtLeast(Operand),
    /// Less or equal.
    AtMost(Operand),
    /// Greater.
    MoreThan(Operand),
    /// Less.
    LessThan(Operand),
    /// The whole text fits the pattern of `*` and `?`, in the compared form.
    Like {
        /// As written.
        pattern: String,
        /// Letter case counts.
        exact: bool,
    },
    /// The whole text fits the regular expression.
    Matches(Regex),
}

/// What a value is compared with, in its compared form.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Text in NFC, folded unless `exact`.
    Text {
        /// In the compared form.
        compared: String,
        /// Compare without folding, whatever the attribute says (`is exactly`, or `caseExact`).
        exact: bool,
    },
    /// A number.
    Number(crate::scim::compare::Number),
    /// A flag.
    Flag(bool),
    /// An instant.
    Date(crate::scim::compare::Instant),
}

/// A regular expression that passed the size limit, anchored at both ends.
#[derive(Debug, Clone)]
pub struct Regex {
    /// As written between the slashes.
    pub pattern: String,
    /// Compiled as `\A(?:…)\z`, ignoring case where the attribute does.
    pub compiled: regex::Regex,
}

/// What every rule has.
#[derive(Debug, Clone)]
pub struct RuleHead {
    /// Which kind.
    pub kind: RuleKind,
    /// Its name.
    pub name: String,
    /// Its name before.
    pub formerly: Option<String>,
    /// Its documentation, one string a line.
    pub docs: Vec<String>,
    /// Its first line, from the keyword to the name.
    pub span: Span,
    /// Where its clauses and the items in them are written; clauses taken over by `like` have
    /// the places of the assignment that wrote them.
    pub places: Vec<Place>,
    /// `match`; `True` for `everyone` and for a default.
    pub matches: Cond,
    /// `except`
    pub except: Option<Cond>,
}

/// Where something is written in a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The clause: `capture`.
    pub keyword: &'static str,
    /// The item in it as written (`web_conferences`, `emea`, `others`, `all`); `None`: the whole
    /// clause.
    pub item: Option<String>,
    /// Where.
    pub span: Span,
}

impl RuleHead {
    /// Where an item of a clause is written, or else the clause, or else the rule.
    pub fn place(&self, keyword: &str, item: Option<&str>) -> Span {
        let find = |item: Option<&str>| {
            self.places.iter().find(|p| p.keyword == keyword && p.item.as_deref() == item)
        };
        item.and_then(|_| find(item)).or_else(|| find(None)).map_or(self.span, |p| p.span)
    }
}

/// An assignment.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Name and condition.
    pub head: RuleHead,
    /// Seats that it gives, in catalogue order.
    pub seats: Vec<SeatId>,
    /// The profile in each workspace, one entry a workspace of the catalogue.
    pub workspaces: Vec<Option<ProfileId>>,
    /// Home workspace, if it is governed.
    pub home: Option<WorkspaceId>,
    /// Capture items that it gives, in catalogue order.
    pub captures: Vec<CaptureId>,
    /// Governed options, in catalogue order; `None` is the answer `none`.
    pub options: Vec<(OptionId, Option<ChoiceId>)>,
    /// Which areas later changes upstream may overwrite.
    pub update: Modes,
}

/// A grant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Name and condition.
    pub head: RuleHead,
    /// Seats that it gives, in catalogue order.
    pub seats: Vec<SeatId>,
    /// Profiles that it gives, `others` written out, in catalogue order.
    pub workspaces: Vec<(WorkspaceId, ProfileId)>,
    /// Capture items that it gives, in catalogue order.
    pub captures: Vec<CaptureId>,
}

/// A never.
#[derive(Debug, Clone)]
pub struct Never {
    /// Name and condition.
    pub head: RuleHead,
    /// Seats that it forbids, in catalogue order.
    pub seats: Vec<SeatId>,
    /// Ceilings, `others` written out, in catalogue order; `None` forbids every profile there.
    pub workspaces: Vec<(WorkspaceId, Option<ProfileId>)>,
    /// Capture items that it forbids, in catalogue order.
    pub captures: Vec<CaptureId>,
}

/// The update mode of each area: `true` is automatic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Modes {
    /// Seats.
    pub seats: bool,
    /// Workspaces with home.
    pub workspaces: bool,
    /// Capture items.
    pub capture: bool,
    /// Options.
    pub options: bool,
}

impl Modes {
    /// The same mode everywhere.
    pub fn all(automatic: bool) -> Self {
        Self { seats: automatic, workspaces: automatic, capture: automatic, options: automatic }
    }

    /// The mode of an area.
    pub fn get(self, area: Area) -> bool {
        match area {
            Area::Seats => self.seats,
            Area::Workspaces => self.workspaces,
            Area::Capture => self.capture,
            Area::Options => self.options,
        }
    }

    /// The mode of an area, to change it.
    pub fn get_mut(&mut self, area: Area) -> &mut bool {
        match area {
            Area::Seats => &mut self.seats,
            Area::Workspaces => &mut self.workspaces,
            Area::Capture => &mut self.capture,
            Area::Options => &mut self.options,
        }
    }
}

/// Settings, defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// A move between assignments of different modes.
    pub on_move: OnMove,
    /// Adoption by a manual area writes (`apply`) rather than keeps.
    pub on_adopt_apply: bool,
    /// Reactivation writes manual areas too.
    pub reactivate_always: bool,
    /// Deactivation releases seats.
    pub deactivate_releases_seats: bool,
    /// Changed rules reach people at once rather than on the next push.
    pub propagate_at_once: bool,
    /// Withheld items are stored inert rather than held back.
    pub withheld_store: bool,
    /// Groups are followed by name rather than by id when renamed.
    pub group_identity_name: bool,
    /// Managers may edit the capture of their team.
    pub managers_edit_capture: bool,
    /// The removal brake.
    pub max_removals: MaxRemovals,
    /// How scarce seats would be handed out (a later step; changes nothing in edition 1).
    pub seat_order: SeatOrder,
    /// Plan, for S306.
    pub plan: Option<Plan>,
    /// Most assignments, for S306.
    pub max_assignments: Option<u64>,
    /// Most workspaces, for S306.
    pub max_workspaces: Option<u64>,
    /// Most profiles in a workspace, for S306.
    pub max_profiles: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            on_move: OnMove::Either,
            on_adopt_apply: false,
            reactivate_always: false,
            deactivate_releases_seats: true,
            propagate_at_once: false,
            withheld_store: false,
            group_identity_name: false,
            managers_edit_capture: true,
            max_removals: MaxRemovals::Percent(20),
            seat_order: SeatOrder::Assignment,
            plan: None,
            max_assignments: None,
            max_workspaces: None,
            max_profiles: None,
        }
    }
}

/// `on_move`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMove {
    /// Written once where the old or the new mode is automatic.
    Either,
    /// The new mode decides.
    Target,
    /// Always written once.
    Always,
}

/// `max_removals`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxRemovals {
    /// That many members.
    Count(u64),
    /// That share of active members, but never fewer than five members.
    Percent(u64),
    /// No brake.
    None,
}

/// `seat_order`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatOrder {
    /// By the order of assignments.
    Assignment,
    /// By an attribute.
    Attribute {
        /// Its path as written.
        path: String,
        /// Highest first.
        descending: bool,
    },
}

/// `plan`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Gong Coaching
    GongCoaching,
    /// Gong Professional
    GongProfessional,
    /// Gong Enterprise
    GongEnterprise,
}
