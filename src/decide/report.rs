//! A decision as JSON.

use serde::Serialize;

use super::decision::{Decision, profile_wire, wire};
use super::dropped::Item;
use super::note::Note;
use super::person::Identity;
use crate::rules::ast::{Area, RuleKind};
use crate::rules::model::{CaptureId, Catalogue, Naming, ProfileId, RuleHead, SeatId, WorkspaceId};

/// The documented JSON form of a decision. Fields come in this order and are always there, save
/// that a deactivated person has only `user`, `deactivated` and `notes`:
///
/// ```json
/// {
///   "user": { "userName": "bert@acme.com", "id": null, "externalId": null, "displayName": null },
///   "deactivated": false,
///   "assignment": { "name": "Sales", "default": false, "place": "sales.rules:18:1" },
///   "alsoMatched": ["Sales managers"],
///   "grants": ["Forecast pilot"],
///   "nevers": ["seats for contractors"],
///   "seats": [{ "name": "gong", "wire": "gongEnterprise" }],
///   "home": { "name": "emea", "wire": "623457276584334" },
///   "workspaces": [
///     { "name": "emea", "wire": "623457276584334", "profile": { "name": "rep", "wire": "7001" } },
///     { "name": "apac", "wire": "apac", "profile": null }
///   ],
///   "capture": [{ "name": "calendar", "wire": "importCalendar" }],
///   "options": [{ "name": "consent", "wire": "consent", "choice": { "name": "eu", "wire": "9" } }],
///   "update": { "seats": "automatic", "workspaces": "manual", "capture": "automatic",
///               "options": "automatic" },
///   "dropped": [{
///     "kind": "capture", "name": "phone", "wire": "importTelephonyCalls", "workspace": null,
///     "cause": "withheld", "askedBy": ["Sales"], "nevers": [], "vetoes": [],
///     "missing": [{ "kind": "seat", "name": "gong" }], "loweredTo": null
///   }],
///   "forbidden": {
///     "seats": [{ "name": "gong", "wire": "gongEnterprise", "nevers": ["seats for contractors"] }],
///     "capture": [],
///     "workspaces": [{ "name": "apac", "wire": "apac", "atMost": "viewer", "nevers": ["…"] }]
///   },
///   "notes": [{ "kind": "readAs", "about": "active", "message": "…" }]
/// }
/// ```
///
/// `name` is the name in rules, `wire` the one in the host's API, the same where there is no
/// other. `home` is null where it is not governed; options that are not governed are left out;
/// a choice of null is the answer `none`. `atMost` null forbids every profile. Items come in
/// catalogue order and rules in file order, so the same decision is the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    /// Who.
    pub user: User<'a>,
    /// The source says that the person is not active.
    pub deactivated: bool,
    /// What an active person gets.
    #[serde(flatten)]
    pub outcome: Option<Gets<'a>>,
    /// What a reader should know besides.
    pub notes: Vec<Note>,
}

/// Who was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    /// `userName`
    pub user_name: Option<&'a str>,
    /// `id`
    pub id: Option<&'a str>,
    /// `externalId`
    pub external_id: Option<&'a str>,
    /// `displayName`
    pub display_name: Option<&'a str>,
}

/// What an active person gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gets<'a> {
    /// The assignment that won.
    pub assignment: Won<'a>,
    /// Other assignments that match.
    pub also_matched: Vec<&'a str>,
    /// Grants that matched.
    pub grants: Vec<&'a str>,
    /// Nevers that matched.
    pub nevers: Vec<&'a str>,
    /// Seats that stand.
    pub seats: Vec<Named<'a>>,
    /// Home workspace, where governed.
    pub home: Option<Named<'a>>,
    /// Every workspace.
    pub workspaces: Vec<InWorkspace<'a>>,
    /// Capture items that stand.
    pub capture: Vec<Named<'a>>,
    /// Governed options.
    pub options: Vec<Chosen<'a>>,
    /// The mode of each area.
    pub update: Updates,
    /// What was asked and does not stand as asked.
    pub dropped: Vec<DroppedItem<'a>>,
    /// What nevers forbid, asked or not.
    pub forbidden: ForbiddenItems<'a>,
}

/// The assignment that won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Won<'a> {
    /// Its name.
    pub name: &'a str,
    /// It is the default assignment.
    pub default: bool,
    /// `file:line:column`; empty if the rules have no source.
    pub place: String,
}

/// An item by both names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Named<'a> {
    /// In rules.
    pub name: &'a str,
    /// In the host's API.
    pub wire: &'a str,
}

/// A workspace with the profile that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InWorkspace<'a> {
    /// In rules.
    pub name: &'a str,
    /// In the host's API.
    pub wire: &'a str,
    /// The profile.
    pub profile: Option<Named<'a>>,
}

/// An option with its choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chosen<'a> {
    /// In rules.
    pub name: &'a str,
    /// In the host's API.
    pub wire: &'a str,
    /// The choice; null is `none`.
    pub choice: Option<Named<'a>>,
}

/// The mode of each area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Updates {
    /// Seats.
    pub seats: UpdateMode,
    /// Workspaces with home.
    pub workspaces: UpdateMode,
    /// Capture items.
    pub capture: UpdateMode,
    /// Options.
    pub options: UpdateMode,
}

/// Whether later changes upstream overwrite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum UpdateMode {
    /// They do.
    Automatic,
    /// They do not.
    Manual,
}

/// Something that was asked and does not stand as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DroppedItem<'a> {
    /// `seat`, `capture` or `profile`.
    pub kind: ItemKind,
    /// In rules.
    pub name: &'a str,
    /// In the host's API.
    pub wire: &'a str,
    /// Of a profile, its workspace.
    pub workspace: Option<&'a str>,
    /// `removed`, `vetoed`, `withheld` or `lowered`.
    pub cause: &'static str,
    /// Rules that asked.
    pub asked_by: Vec<&'a str>,
    /// Nevers that removed or lowered it.
    pub nevers: Vec<&'a str>,
    /// Vetoes that took it away.
    pub vetoes: Vec<&'a str>,
    /// What it needs and is not there.
    pub missing: Vec<Missing<'a>>,
    /// The profile to which it is, or would have been, lowered.
    pub lowered_to: Option<&'a str>,
}

/// What is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing<'a> {
    /// `seat` or `capture`.
    pub kind: ItemKind,
    /// In rules.
    pub name: &'a str,
}

/// Kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ItemKind {
    /// A seat.
    Seat,
    /// A capture item.
    Capture,
    /// A profile in a workspace.
    Profile,
}

/// What nevers forbid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForbiddenItems<'a> {
    /// Seats.
    pub seats: Vec<ForbiddenItem<'a>>,
    /// Capture items.
    pub capture: Vec<ForbiddenItem<'a>>,
    /// Ceilings of workspaces.
    pub workspaces: Vec<CeilingItem<'a>>,
}

/// A forbidden item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForbiddenItem<'a> {
    /// In rules.
    pub name: &'a str,
    /// In the host's API.
    pub wire: &'a str,
    /// The nevers that forbid it.
    pub nevers: Vec<&'a str>,
}

/// A ceiling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CeilingItem<'a> {
    /// The workspace in rules.
    pub name: &'a str,
    /// The workspace in the host's API.
    pub wire: &'a str,
    /// The highest profile allowed; null: none at all.
    pub at_most: Option<&'a str>,
    /// The nevers that say so.
    pub nevers: Vec<&'a str>,
}

impl<'a> Report<'a> {
    pub(super) fn new(decision: &Decision<'a>) -> Self {
        Self {
            user: decision.person().identity().into(),
            deactivated: decision.is_deactivated(),
            outcome: Gets::new(decision),
            notes: decision.notes(),
        }
    }
}

impl<'a> From<Identity<'a>> for User<'a> {
    fn from(identity: Identity<'a>) -> Self {
        let Identity { user_name, id, external_id, display_name } = identity;
        Self { user_name, id, external_id, display_name }
    }
}

impl<'a> Gets<'a> {
    fn new(decision: &Decision<'a>) -> Option<Self> {
        let winner = decision.winner()?;
        let items = Items(decision.catalogue());
        let mode = |area| {
            if winner.update.get(area) { UpdateMode::Automatic } else { UpdateMode::Manual }
        };
        Some(Self {
            assignment: Won {
                name: &winner.head.name,
                default: winner.head.kind == RuleKind::Default,
                place: decision.sources().locate(winner.head.span),
            },
            also_matched: decision.also_matching().map(|rule| &*rule.head.name).collect(),
            grants: decision.grants().map(|rule| &*rule.head.name).collect(),
            nevers: decision.nevers().map(|rule| &*rule.head.name).collect(),
            seats: decision.seats().map(|(_, seat)| Named::new(&seat.naming)).collect(),
            home: decision.home().map(|home| items.workspace(home)),
            workspaces: decision
                .workspaces()
                .map(|(id, item, profile)| InWorkspace {
                    name: &item.naming.id,
                    wire: wire(&item.naming),
                    profile: profile.map(|profile| items.profile(id, profile)),
                })
                .collect(),
            capture: decision.captures().map(|(_, item)| Named::new(&item.naming)).collect(),
            options: decision
                .options()
                .map(|(item, choice)| Chosen {
                    name: &item.naming.id,
                    wire: wire(&item.naming),
                    choice: choice.map(Named::new),
                })
                .collect(),
            update: Updates {
                seats: mode(Area::Seats),
                workspaces: mode(Area::Workspaces),
                capture: mode(Area::Capture),
                options: mode(Area::Options),
            },
            dropped: DroppedItem::all(decision, &items),
            forbidden: ForbiddenItems::new(decision, &items),
        })
    }
}

impl<'a> DroppedItem<'a> {
    fn all(decision: &Decision<'a>, items: &Items<'a>) -> Vec<Self> {
        let dropped = decision.dropped().into_iter();
        dropped
            .map(|dropped| {
                let (kind, named) = items.item(dropped.item);
                let workspace = match dropped.item {
                    Item::Profile(workspace, _) => Some(items.workspace(workspace).name),
                    Item::Seat(_) | Item::Capture(_) => None,
                };
                let lowered = dropped.lowered_to.and_then(|profile| items.0.profile(profile));
                let missing = dropped.missing.iter().map(|item| items.item(*item));
                Self {
                    kind,
                    name: named.name,
                    wire: named.wire,
                    workspace,
                    cause: dropped.cause.as_str(),
                    asked_by: rule_names(&dropped.asked_by),
                    nevers: rule_names(&dropped.nevers),
                    vetoes: dropped.vetoes.iter().map(|veto| items.capture(*veto).name).collect(),
                    missing: missing
                        .map(|(kind, named)| Missing { kind, name: named.name })
                        .collect(),
                    lowered_to: lowered.map(|profile| &*profile.naming.id),
                }
            })
            .collect()
    }
}

impl<'a> ForbiddenItems<'a> {
    fn new(decision: &Decision<'a>, items: &Items<'a>) -> Self {
        let new = |named: Named<'a>, nevers: &[&'a RuleHead]| ForbiddenItem {
            name: named.name,
            wire: named.wire,
            nevers: rule_names(nevers),
        };
        let seats = decision.forbidden_seats().into_iter();
        let captures = decision.forbidden_captures().into_iter();
        let ceilings = decision.ceilings().into_iter();
        Self {
            seats: seats.map(|item| new(items.seat(item.item), &item.nevers)).collect(),
            capture: captures.map(|item| new(items.capture(item.item), &item.nevers)).collect(),
            workspaces: ceilings
                .map(|ceiling| {
                    let Named { name, wire } = items.workspace(ceiling.workspace);
                    let profile = ceiling.profile.and_then(|profile| items.0.profile(profile));
                    let at_most = profile.map(|profile| &*profile.naming.id);
                    CeilingItem { name, wire, at_most, nevers: rule_names(&ceiling.nevers) }
                })
                .collect(),
        }
    }
}

impl<'a> Named<'a> {
    fn new(naming: &'a Naming) -> Self {
        Self { name: &naming.id, wire: wire(naming) }
    }
}

/// Names of items by number.
struct Items<'a>(&'a Catalogue);

impl<'a> Items<'a> {
    const UNKNOWN: Named<'static> = Named { name: "", wire: "" };

    fn seat(&self, id: SeatId) -> Named<'a> {
        self.0.seat(id).map_or(Self::UNKNOWN, |item| Named::new(&item.naming))
    }

    fn capture(&self, id: CaptureId) -> Named<'a> {
        self.0.capture(id).map_or(Self::UNKNOWN, |item| Named::new(&item.naming))
    }

    fn workspace(&self, id: WorkspaceId) -> Named<'a> {
        self.0.workspace(id).map_or(Self::UNKNOWN, |item| Named::new(&item.naming))
    }

    fn profile(&self, workspace: WorkspaceId, id: ProfileId) -> Named<'a> {
        match (self.0.workspace(workspace), self.0.profile(id)) {
            (Some(workspace), Some(profile)) => {
                Named { name: &profile.naming.id, wire: profile_wire(workspace, id, profile) }
            }
            _ => Self::UNKNOWN,
        }
    }

    fn item(&self, item: Item) -> (ItemKind, Named<'a>) {
        match item {
            Item::Seat(id) => (ItemKind::Seat, self.seat(id)),
            Item::Capture(id) => (ItemKind::Capture, self.capture(id)),
            Item::Profile(workspace, id) => (ItemKind::Profile, self.profile(workspace, id)),
        }
    }
}

fn rule_names<'a>(heads: &[&'a RuleHead]) -> Vec<&'a str> {
    heads.iter().map(|head| &*head.name).collect()
}
