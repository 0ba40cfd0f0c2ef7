//! Hand edits: accepted whole or refused whole, within one transaction.

use provisor::reconcile::{Event, HandEdit, Reconciled};

use super::decided::Work;
use super::{Cause, Entitlements};
use crate::error::ScimError;
use crate::id::Id;
use crate::store::Write;

/// What became of a hand edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// It was written.
    Accepted(Box<Reconciled>),
    /// Nothing was changed; the refusals say why.
    Refused(Box<Reconciled>),
}

impl Entitlements {
    /// Edits a member by hand.
    ///
    /// # Errors
    /// 404 without such a user, 409 without rules; those of the store.
    pub fn edit(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        user: Id,
        edit: HandEdit,
    ) -> Result<Edited, ScimError> {
        let missing = || ScimError::not_found("member", &user.to_string());
        let Some((state, rules)) = self.rules_of(tx, cause.tenant)? else {
            return Err(ScimError::new(409, "there are no rules, so there is nothing to edit"));
        };
        let work = Work::new(self, tx, cause, &rules, &state, "handEdit")?;
        let known = work.known(user)?.ok_or_else(missing)?;
        let answer = Box::new(work.read.answer(&known, &Event::HandEdit(edit)));
        if !answer.refusals.is_empty() {
            return Ok(Edited::Refused(answer));
        }
        work.keep(&known, &answer)?;
        work.finish()?;
        Ok(Edited::Accepted(answer))
    }
}
