//! What a person gets, as the readOnly extension of the User shows it.

use provisor::json::{Json, Object, parse};
use provisor::reconcile::{AreaName, Mode, Record};

use super::person::Decided;
use super::{Entitlements, Rules};
use crate::clock::Timestamp;
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::store::{Read, StoreError};

/// How every text begins; the instant has a fixed length after it.
const INSTANT: &str = "{\"decidedAt\":\"";

impl Entitlements {
    /// The value of [`EXTENSION`](super::EXTENSION) in a User; `None` where nothing was decided
    /// yet.
    pub fn shown(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        user: Id,
    ) -> Result<Option<Json>, ScimError> {
        let Some(entitlement) = tx.entitlement(tenant, user)? else { return Ok(None) };
        parse(entitlement.shown.as_bytes()).map(Some).map_err(|_| {
            StoreError::broken(format!("what is shown of the entitlements of {user} is no JSON"))
                .into()
        })
    }
}

/// The text to show. Seats, workspaces, capture items and options are what the person has now,
/// by their names in the host's API.
pub(super) fn text(rules: &Rules, record: &Record, decided: &Decided, at: Timestamp) -> String {
    let mut shown = Object::new();
    shown.push("decidedAt", at.to_string());
    if let Some(assignment) = &record.assignment {
        shown.push("assignment", assignment.name.as_str());
    }
    list(&mut shown, "grants", decided.grants.iter().map(|name| name.as_str().into()));
    list(&mut shown, "nevers", decided.nevers.iter().map(|name| name.as_str().into()));
    let now = &record.now;
    list(&mut shown, "seats", now.seats.iter().map(|id| item(&rules.seat(id)).into()));
    list(&mut shown, "workspaces", workspaces(rules, record).into_iter());
    list(&mut shown, "capture", now.capture.iter().map(|id| item(&rules.capture(id)).into()));
    let options = now.options.iter().map(|(id, choice)| {
        let mut option = Object::new();
        option.push("value", rules.option(id).wire);
        option.push("choice", rules.choice(id, choice).wire);
        option.into()
    });
    list(&mut shown, "options", options);
    let mut modes = Object::new();
    for area in AreaName::ALL {
        let mode = match record.mode(area) {
            Mode::Automatic => "automatic",
            Mode::Manual => "manual",
        };
        modes.push(area.word(), mode);
    }
    shown.push("updateModes", modes);
    shown.push("pending", record.pending.is_some());
    list(&mut shown, "held", record.held.iter().map(|held| held.item.to_string().into()));
    Json::from(shown).to_string()
}

/// Whether two texts say the same but for when it was decided.
pub(super) fn same(one: &str, other: &str) -> bool {
    rest(one).is_some_and(|one| Some(one) == rest(other))
}

fn rest(text: &str) -> Option<&str> {
    text.strip_prefix(INSTANT)?.split_once('"').map(|(_, rest)| rest)
}

fn workspaces(rules: &Rules, record: &Record) -> Vec<Json> {
    let now = &record.now;
    let home = now.home.as_ref();
    // Home may be a workspace without a profile.
    let alone = home.filter(|home| !now.workspaces.contains_key(*home));
    let all = now.workspaces.iter().map(|(id, profile)| (id, Some(profile)));
    let shown = all.chain(alone.map(|id| (id, None))).map(|(id, profile)| {
        let mut workspace = item(&rules.workspace(id));
        if let Some(profile) = profile {
            workspace.push("profile", rules.profile(id, profile).wire);
        }
        workspace.push("home", home == Some(id));
        workspace.into()
    });
    shown.collect()
}

fn item(called: &super::rules::Called) -> Object {
    let mut item = Object::new();
    item.push("value", called.wire.as_str());
    item.push("display", called.label.as_str());
    item
}

/// RFC 7643, 2.5: an empty list is no value.
fn list(shown: &mut Object, name: &str, values: impl Iterator<Item = Json>) {
    let values: Vec<Json> = values.collect();
    if !values.is_empty() {
        shown.push(name, values);
    }
}
