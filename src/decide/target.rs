//! From a decision to what reconcile compares with what a member has.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::dropped::{Cause, Item};
use crate::reconcile::target::{AreaName, CeilingOf, Target, Wanted};
use crate::rules::ast::{Area, RuleKind};
use crate::rules::model::{CaptureId, Naming, ProfileId, RuleHead, SeatId, WorkspaceId};

pub(super) fn target(decision: &Decision<'_>) -> Target {
    let Some((winner, why)) = decision.winner().zip(decision.why()) else {
        return Target::Deactivated;
    };
    let names = Names(decision);
    let profile = |profile| names.profile(profile);
    let mut wanted = Wanted {
        assignment: winner.head.name.clone(),
        formerly: winner.head.formerly.clone(),
        default: winner.head.kind == RuleKind::Default,
        seats: decision.seats().map(|(_, seat)| seat.naming.id.clone()).collect(),
        workspaces: decision
            .workspaces()
            .filter_map(|(_, item, id)| Some((item.naming.id.clone(), profile(id?))))
            .collect(),
        home: decision.home().map(|home| names.workspace(home)),
        capture: decision.captures().map(|(_, item)| item.naming.id.clone()).collect(),
        options: decision
            .options()
            .map(|(item, choice)| (item.naming.id.clone(), choice.map(|choice| choice.id.clone())))
            .collect(),
        automatic: Area::ALL
            .into_iter()
            .filter(|area| winner.update.get(*area))
            .map(area_name)
            .collect::<BTreeSet<_>>(),
        forbidden_seats: decision
            .forbidden_seats()
            .into_iter()
            .map(|forbidden| (names.seat(forbidden.item), rule_names(&forbidden.nevers)))
            .collect(),
        forbidden_capture: decision
            .forbidden_captures()
            .into_iter()
            .map(|forbidden| (names.capture(forbidden.item), rule_names(&forbidden.nevers)))
            .collect(),
        ceilings: decision
            .ceilings()
            .into_iter()
            .map(|ceiling| {
                let nevers = rule_names(&ceiling.nevers);
                let of = CeilingOf { profile: ceiling.profile.map(profile), nevers };
                (names.workspace(ceiling.workspace), of)
            })
            .collect::<BTreeMap<_, _>>(),
        ..Wanted::default()
    };
    for dropped in why.dropped() {
        if dropped.cause != Cause::Withheld {
            continue;
        }
        match dropped.item {
            Item::Seat(seat) => drop(wanted.withheld_seats.insert(names.seat(seat))),
            Item::Capture(item) => drop(wanted.withheld_capture.insert(names.capture(item))),
            // A workspace has one profile: what stands there leaves no room for a withheld one.
            Item::Profile(workspace, _) if decision.profile(workspace).is_none() => {
                if let Some(withheld) = why.withheld_profile(workspace) {
                    let place = names.workspace(workspace);
                    wanted.withheld_workspaces.insert(place, profile(withheld));
                }
            }
            Item::Profile(..) => {}
        }
    }
    Target::Active(wanted)
}

/// Names in rules.
struct Names<'d, 'a>(&'d Decision<'a>);

impl Names<'_, '_> {
    fn seat(&self, id: SeatId) -> String {
        name(self.0.catalogue().seat(id).map(|item| &item.naming))
    }

    fn capture(&self, id: CaptureId) -> String {
        name(self.0.catalogue().capture(id).map(|item| &item.naming))
    }

    fn profile(&self, id: ProfileId) -> String {
        name(self.0.catalogue().profile(id).map(|item| &item.naming))
    }

    fn workspace(&self, id: WorkspaceId) -> String {
        name(self.0.catalogue().workspace(id).map(|item| &item.naming))
    }
}

fn name(naming: Option<&Naming>) -> String {
    naming.map_or_else(String::new, |naming| naming.id.clone())
}

fn rule_names(heads: &[&RuleHead]) -> Vec<String> {
    heads.iter().map(|head| head.name.clone()).collect()
}

fn area_name(area: Area) -> AreaName {
    match area {
        Area::Seats => AreaName::Seats,
        Area::Workspaces => AreaName::Workspaces,
        Area::Capture => AreaName::Capture,
        Area::Options => AreaName::Options,
    }
}
