//! One event of one person within a transaction: decide, reconcile, keep, tell.

use std::cell::{Cell, Ref, RefCell};

use provisor::decide::Person;
use provisor::reconcile::{Brake, Context, Event, Reconciled, Record, reconcile};
use serde_json::json;

use super::batch::{self, Batch, BatchState};
use super::person::{self, Decided};
use super::versions::{self, State, from_text, keep, kept, to_text};
use super::{Cause, Entitlements, Rules, feed, holds, seats, shown};
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::store::{Entitlement, Read, Shelf, Stored, Write};

/// Key of the number of active members.
pub(super) const ACTIVE: &str = "active";

/// A person with what is kept and what is decided.
pub(super) struct Known {
    pub(super) user: Stored,
    pub(super) kept: Option<Entitlement>,
    pub(super) record: Option<Record>,
    pub(super) decided: Decided,
}

/// What reads and decides people under one version of the rules; the buffer is shared.
pub(super) struct Decider<'a> {
    pub(super) tx: &'a dyn Read,
    pub(super) tenant: TenantId,
    pub(super) rules: &'a Rules,
    pub(super) context: Context<'a>,
    person: RefCell<Person>,
}

/// The same with what writes.
pub(super) struct Work<'a> {
    pub(super) read: Decider<'a>,
    pub(super) tx: &'a dyn Write,
    pub(super) cause: &'a Cause,
    /// The name of the event in feed and audit trail.
    pub(super) event: &'a str,
    /// The user's resource was not itself written in this transaction, so its version must grow
    /// where what it shows changes.
    pub(super) touch: bool,
    /// Events are gathered, so that somebody may be waiting.
    pub(super) settles: bool,
    /// Some batch holds something, or is on its way and will, so that what is held is somebody's
    /// business.
    pub(super) holding: bool,
    /// The change of rules that is on its way to everybody.
    pub(super) overtaken: Option<Batch>,
    /// How many became active less how many ceased to be.
    active: Cell<i64>,
    /// Who has more seats, or fewer.
    seats: RefCell<seats::Changes>,
}

impl<'a> Decider<'a> {
    pub(super) fn new(tx: &'a dyn Read, tenant: TenantId, rules: &'a Rules) -> Self {
        Self { tx, tenant, rules, context: rules.context(), person: RefCell::default() }
    }

    /// Somebody who is there; `None` for who was deleted.
    pub(super) fn known(&self, user: Id) -> Result<Option<Known>, ScimError> {
        let user = self.tx.resource(self.tenant, Kind::User, user)?;
        user.map(|user| self.of(user)).transpose()
    }

    /// A person whose resource is at hand.
    pub(super) fn of(&self, user: Stored) -> Result<Known, ScimError> {
        let kept = self.tx.entitlement(self.tenant, user.id)?;
        let record = kept.as_ref().map(|kept| kept.record_of(user.id)).transpose()?;
        let groups = self.tx.groups_of(self.tenant, user.id)?;
        let mut buffer = self.person.borrow_mut();
        person::read(&mut buffer, self.rules, &user, groups)?;
        let decided = person::decide(&buffer, self.rules);
        metrics::counter!("provisor_decisions_total").increment(1);
        Ok(Known { user, kept, record, decided })
    }

    /// Who was read last.
    pub(super) fn person(&self) -> Ref<'_, Person> {
        self.person.borrow()
    }

    /// What an event does; nothing is kept.
    pub(super) fn answer(&self, known: &Known, event: &Event) -> Reconciled {
        reconcile(&self.context, known.record.as_ref(), event, &known.decided.target)
    }

    /// The same with its removals held, if they are.
    pub(super) fn answer_held(&self, known: &Known, event: &Event, hold: bool) -> Reconciled {
        let answer = self.answer(known, event);
        if hold { Brake::hold(&self.context, known.record.as_ref(), answer) } else { answer }
    }
}

impl<'a> Work<'a> {
    pub(super) fn new(
        entitlements: &Entitlements,
        tx: &'a dyn Write,
        cause: &'a Cause,
        rules: &'a Rules,
        state: &State,
        event: &'a str,
    ) -> Result<Self, ScimError> {
        let applying = match state.running {
            Some(number) => batch::get(tx, cause.tenant, number)?
                .filter(|batch| batch.state == BatchState::Applying),
            None => None,
        };
        let holding = applying.as_ref().is_some_and(|batch| batch.brake)
            || !holds::holding(tx, cause.tenant, state)?.is_empty();
        Ok(Self {
            // A trait object coerces to its supertrait.
            read: Decider::new(tx, cause.tenant, rules),
            tx,
            cause,
            event,
            touch: true,
            settles: entitlements.options.settle.is_some(),
            holding,
            overtaken: applying.filter(Batch::is_rules),
            active: Cell::new(0),
            seats: RefCell::default(),
        })
    }

    /// Somebody who is there, with the rules of a change that has not come to them yet applied
    /// first: an event must find them as if everybody had been reached at once.
    pub(super) fn known(&self, user: Id) -> Result<Option<Known>, ScimError> {
        let Some(known) = self.read.known(user)? else { return Ok(None) };
        let Some(batch) = &self.overtaken else { return Ok(Some(known)) };
        if known.record.is_none() || batch.has_reached(user) {
            return Ok(Some(known));
        }
        let answer = holds::answer(&self.read, &known, &Event::RulesChanged, batch.brake);
        self.keep_as(&known, &answer, "rulesChanged")?;
        self.read.known(user)
    }

    /// Keeps an answer: record and extension, feed and audit trail. Whether anything is to be
    /// written in the product.
    pub(super) fn keep(&self, known: &Known, answer: &Reconciled) -> Result<bool, ScimError> {
        self.keep_as(known, answer, self.event)
    }

    fn keep_as(&self, known: &Known, answer: &Reconciled, event: &str) -> Result<bool, ScimError> {
        let Cause { tenant, at, .. } = *self.cause;
        let user = known.user.id;
        let Some(record) = &answer.record else { return Ok(false) };
        let mut text = shown::text(self.read.rules, record, &known.decided, at);
        let former = known.kept.as_ref().map(|kept| kept.shown.as_str());
        let same = former.filter(|former| shown::same(former, &text));
        let is_new = same.is_none();
        if let Some(former) = same {
            former.clone_into(&mut text);
        }
        if is_new || known.record.as_ref() != Some(record) {
            let kept = Entitlement { record: to_text(record)?, shown: text };
            self.tx.put_entitlement(tenant, user, &kept)?;
        }
        if is_new && self.touch {
            self.tx.touch(tenant, Kind::User, user, at)?;
        }
        self.count(known.record.as_ref(), Some(record));
        self.tell(user, Some(&known.decided), answer, event)
    }

    /// Tells the host and the audit trail what changes.
    pub(super) fn tell(
        &self,
        user: Id,
        decided: Option<&Decided>,
        answer: &Reconciled,
        event: &str,
    ) -> Result<bool, ScimError> {
        let Cause { tenant, at, .. } = *self.cause;
        let (changes, held) = (answer.changes.len(), answer.held.len());
        if changes == 0 && held == 0 {
            return Ok(false);
        }
        let mut number = None;
        if changes > 0 {
            let body = feed::body(self.read.rules, self.cause, event, user, decided, answer);
            number = Some(self.tx.append_feed(tenant, user, at, &body.to_string())?);
            metrics::counter!("provisor_entitlement_changes_total")
                .increment(u64::try_from(changes).unwrap_or(u64::MAX));
        }
        let body = json!({
            "what": "entitlements", "because": event, "changes": changes, "held": held,
            "feed": number, "actor": self.cause.actor, "request": self.cause.request,
        });
        self.tx.append_audit(tenant, Some(user), at, &body.to_string())?;
        Ok(changes > 0)
    }

    /// Counts who becomes active or ceases to be, and who has which seats.
    pub(super) fn count(&self, before: Option<&Record>, after: Option<&Record>) {
        let active = |record: Option<&Record>| {
            i64::from(record.is_some_and(|record| record.active && !record.closed))
        };
        self.active.set(self.active.get() + active(after) - active(before));
        seats::note(&mut self.seats.borrow_mut(), before, after);
    }

    /// Keeps what was counted; the last thing to do.
    pub(super) fn finish(self) -> Result<(), ScimError> {
        let tenant = self.cause.tenant;
        seats::finish(self.tx, tenant, Some(self.read.rules), &self.seats.borrow())?;
        let change = self.active.get();
        if change == 0 {
            return Ok(());
        }
        let active = active_members(self.tx, tenant)?.saturating_add_signed(change);
        keep(self.tx, tenant, Shelf::Rules, ACTIVE, &active)
    }

    /// A brake for a batch in this tenant.
    pub(super) fn brake(&self) -> Result<Brake, ScimError> {
        // Those of this transaction are counted too.
        let active = active_members(self.tx, self.cause.tenant)?;
        let active = active.saturating_add_signed(self.active.get());
        Ok(Brake::new(self.read.context.max_removals(), active))
    }
}

/// How many members are active: a count that every change keeps, so that the brake need not look
/// at everybody.
pub(super) fn active_members(tx: &dyn Read, tenant: TenantId) -> Result<u64, ScimError> {
    Ok(kept(tx, tenant, Shelf::Rules, ACTIVE)?.unwrap_or(0))
}

impl Entitlement {
    /// The record of a user, read.
    pub(super) fn record_of(&self, user: Id) -> Result<Record, ScimError> {
        from_text(&self.record, format_args!("the record of entitlements of the User {user}"))
    }
}

impl Entitlements {
    /// State and rules in force, if there are any.
    pub(super) fn rules_of(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
    ) -> Result<Option<(State, std::sync::Arc<Rules>)>, ScimError> {
        let state = versions::state(tx, tenant)?;
        let Some(version) = state.in_force else { return Ok(None) };
        let rules = self.compiled(tx, tenant, version)?;
        Ok(Some((state, rules)))
    }
}
