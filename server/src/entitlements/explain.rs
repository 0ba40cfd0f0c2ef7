//! Why a person gets what they get, and what they have until then.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use provisor::decide::explanation;
use provisor::reconcile::{Pending, Record};
use serde_json::{Value, json};

use super::decided::Decider;
use super::{Entitlements, holds};
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::store::Read;

/// An explanation, for people and for programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The text that `provisor explain` prints, and what the person has now.
    pub text: String,
    /// What is decided, as data.
    pub json: Value,
    /// What the person has now, and what waits or is held; null for somebody of whom nothing is
    /// known yet.
    pub now: Value,
}

impl Entitlements {
    /// Explains the decision about a user by the rules in force; `None` without such a user, or
    /// without rules.
    ///
    /// # Errors
    /// Those of the store.
    pub fn explain(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        user: Id,
    ) -> Result<Option<Explained>, ScimError> {
        let Some((state, rules)) = self.rules_of(tx, tenant)? else { return Ok(None) };
        let decider = Decider::new(tx, tenant, &rules);
        let Some(known) = decider.known(user)? else { return Ok(None) };
        let holding = holds::holding(tx, tenant, &state)?;
        let mut explained = decider.explain();
        explained.text.push_str(&now(known.record.as_ref(), &holding));
        explained.now = known.record.as_ref().map_or(
            Value::Null,
            |record| json!({ "has": record.now, "pending": record.pending, "held": record.held }),
        );
        Ok(Some(explained))
    }
}

impl Decider<'_> {
    /// Explains whoever was read last.
    fn explain(&self) -> Explained {
        let person = self.person();
        let explained = self.rules.set.explain(&person);
        let decision = self.rules.set.decide(&person);
        let text = explanation::render(&explained, &decision, "(nameless)", &explanation::plain);
        Explained { text, json: json!(explained), now: Value::Null }
    }

    /// The decision about whoever was read last.
    pub(super) fn report(&self) -> Value {
        json!(self.rules.set.decide(&self.person()).report())
    }
}

/// What somebody has now, whatever is decided, and why that may differ.
fn now(record: Option<&Record>, holding: &BTreeSet<u64>) -> String {
    let Some(record) = record else {
        return "has now     nothing of these rules: the person was there before them, and gets what \
                stands above once your provider sends something about them, or \
                `POST /admin/v1/batches` applies it\n"
            .to_owned();
    };
    let has = &record.now;
    let list = |names: Vec<String>| match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    };
    let workspaces = has.workspaces.iter().map(|(id, profile)| format!("{id} {profile}"));
    let mut text = format!(
        "has now     seats {}; workspaces {}; capture {}\n",
        list(has.seats.iter().cloned().collect()),
        list(workspaces.collect()),
        list(has.capture.iter().cloned().collect()),
    );
    let why = match record.pending {
        Some(Pending::Rules) => Some(
            "the rules changed; the person gets what stands above once your provider sends \
             something about them, or `POST /admin/v1/batches` applies it",
        ),
        Some(Pending::Adoption) => Some(
            "the product had the person before, and only the default assignment matches; nothing \
             is taken until their groups have come, or `POST /admin/v1/batches` applies it",
        ),
        None => None,
    };
    if let Some(why) = why {
        let _ = writeln!(text, "pending     {why}");
    }
    if !record.held.is_empty() {
        let items = list(record.held.iter().map(|held| held.item.to_string()).collect());
        let batches = list(holding.iter().map(|batch| format!("batch {batch}")).collect());
        let why = match holding.is_empty() {
            true => "the batch that held it was cancelled; `POST /admin/v1/batches` proposes it \
                     again"
                .to_owned(),
            false => format!("confirm or cancel {batches}"),
        };
        let _ = writeln!(text, "held        the brake keeps {items}: {why}");
    }
    text
}
