//! A dry run: whom other rules would change, page by page, and what the brake would say.

use provisor::reconcile::{Brake, Event};
use serde_json::{Value, json};

use super::decided::{Decider, active_members};
use super::{Entitlements, Rules, feed, holds};
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::store::Read;

/// What to try.
#[derive(Debug, Clone, Copy)]
pub struct Preview {
    /// Only people after this one.
    pub after: Option<Id>,
    /// People to look at, at most.
    pub people: usize,
}

/// One page of a dry run.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewPage {
    /// The people who would change, with their changes.
    pub changes: Vec<Value>,
    /// How many people were looked at.
    pub people: usize,
    /// From how many of them something would be taken, what is held already included.
    pub losing: u64,
    /// For how many of them something would wait until the source next sends something about
    /// them (`propagate on_push`).
    pub pending: u64,
    /// From how many a batch over everybody may take something; `None`: from any number.
    pub allowed: Option<u64>,
    /// Where the next page goes on; `None`: this was the last.
    pub next: Option<Id>,
}

impl Entitlements {
    /// Tries rules on a page of people, as if they reached everybody at once: `propagate` says
    /// when, this says what. Nothing is kept.
    ///
    /// # Errors
    /// Those of the store.
    pub fn preview(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        rules: &Rules,
        preview: Preview,
    ) -> Result<PreviewPage, ScimError> {
        let decider = Decider::new(tx, tenant, rules);
        let mut brake = Brake::new(decider.context.max_removals(), active_members(tx, tenant)?);
        let mut users = Vec::new();
        tx.each(tenant, Kind::User, preview.after, &mut |user| {
            users.push(user);
            Ok(users.len() < preview.people)
        })?;
        let next = users.last().map(|user| user.id).filter(|_| users.len() == preview.people);
        let people = users.len();
        let mut pending = 0;
        let mut changes = Vec::new();
        for user in users {
            let known = decider.of(user)?;
            // A batch would take over what is held.
            let answer = decider.answer(&known, &Event::Updated);
            let answer = holds::confirmed(&decider, &known, answer);
            let changed = decider.answer(&known, &Event::RulesChanged).record;
            pending += u64::from(changed.is_some_and(|record| record.pending.is_some()));
            brake.count(&answer);
            let before = known.record.as_ref().and_then(|record| record.assignment.as_ref());
            let after = answer.record.as_ref().and_then(|record| record.assignment.as_ref());
            if answer.changes.is_empty() && before == after {
                continue;
            }
            let each: Vec<Value> =
                answer.changes.iter().map(|change| feed::one(rules, change)).collect();
            changes.push(json!({
                "id": known.user.id.to_string(),
                "userName": known.decided.user_name,
                "assignmentBefore": before.map(|assignment| &assignment.name),
                "assignmentAfter": after.map(|assignment| &assignment.name),
                "changes": each,
            }));
        }
        let (losing, allowed) = (brake.losing(), brake.allowed());
        Ok(PreviewPage { changes, people, losing, pending, allowed, next })
    }
}
