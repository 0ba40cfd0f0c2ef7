//! Why a person gets what they get.

use provisor::decide::explanation;
use serde_json::{Value, json};

use super::Entitlements;
use super::decided::Decider;
use crate::error::ScimError;
use crate::id::{Id, TenantId};
use crate::store::Read;

/// An explanation, for people and for programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The text that `provisor explain` prints.
    pub text: String,
    /// The same as data.
    pub json: Value,
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
        let Some((_, rules)) = self.rules_of(tx, tenant)? else { return Ok(None) };
        let decider = Decider::new(tx, tenant, &rules);
        if decider.known(user)?.is_none() {
            return Ok(None);
        }
        Ok(Some(decider.explain()))
    }
}

impl Decider<'_> {
    /// Explains whoever was read last.
    fn explain(&self) -> Explained {
        let person = self.person();
        let explained = self.rules.set.explain(&person);
        let decision = self.rules.set.decide(&person);
        let text = explanation::render(&explained, &decision, "(nameless)", &explanation::plain);
        Explained { text, json: json!(explained) }
    }

    /// The decision about whoever was read last.
    pub(super) fn report(&self) -> Value {
        json!(self.rules.set.decide(&self.person()).report())
    }
}
