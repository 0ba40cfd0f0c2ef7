//! What happened in the directory, and exactly whom it can affect.

use std::collections::BTreeSet;

use provisor::reconcile::{Brake, Cause as Because, Event, Reconciled, Target, reconcile};
use serde_json::{Value as Json, json};

use super::batch::{self, Kind as BatchKind};
use super::decided::{Known, Work};
use super::holds::{self, Listed};
use super::versions::{State, keep};
use super::{Cause, Entitlements, Happening, import};
use crate::error::ScimError;
use crate::id::{Id, Kind, TenantId};
use crate::limits;
use crate::store::{Deletion, Member, Read, Shelf, StoreError, Stored, Write};

impl Entitlements {
    /// Decides and reconciles exactly those whom it can affect, and keeps records, feed and
    /// audit. Without rules there is nothing to do but the audit entry.
    pub fn happened(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        what: &Happening,
    ) -> Result<(), ScimError> {
        audit(tx, cause, what)?;
        let Some((mut state, rules)) = self.rules_of(tx, cause.tenant)? else { return Ok(()) };
        let mut work = Work::new(self, tx, cause, &rules, &state, name(what))?;
        match what {
            Happening::UserCreated(user) => {
                work.touch = false;
                self.one(&work, *user, Event::Created)?;
            }
            Happening::UserUpdated(user) => {
                work.touch = false;
                self.one(&work, *user, Event::Updated)?;
            }
            Happening::UserDeleted(user) => deleted(&work, *user)?,
            Happening::GroupCreated(_) => {}
            Happening::MembersChanged { added, removed, .. } => {
                // The `groups` of all of them are others, so that they are touched already.
                work.touch = false;
                for user in people(tx, cause.tenant, added.iter().chain(removed))? {
                    self.one(&work, user, Event::GroupsChanged)?;
                }
            }
            Happening::GroupRenamed { group, former } => {
                renamed(&work, &mut state, *group, former)?;
            }
            Happening::GroupDeleted { group, people } => {
                work.touch = false;
                let kind = BatchKind::GroupDeleted { group: group.id.to_string() };
                together(&work, &mut state, people, &Event::GroupDeleted, kind)?;
            }
        }
        work.finish()
    }

    /// The same for one step of many that belong together, such as the lines of an import: it is
    /// told at once, and whom it can affect is decided by [`Self::settle`], once all are done.
    /// What many people are affected by at once, a new name of a group, is not put off: the
    /// brake counts it.
    pub fn happened_among_others(
        &self,
        tx: &dyn Write,
        cause: &Cause,
        what: &Happening,
    ) -> Result<(), ScimError> {
        let users = match what {
            Happening::UserCreated(user) | Happening::UserUpdated(user) => BTreeSet::from([*user]),
            Happening::MembersChanged { added, removed, .. } => {
                people(tx, cause.tenant, added.iter().chain(removed))?
            }
            Happening::GroupCreated(_) => BTreeSet::new(),
            Happening::UserDeleted(_)
            | Happening::GroupRenamed { .. }
            | Happening::GroupDeleted { .. } => return self.happened(tx, cause, what),
        };
        audit(tx, cause, what)?;
        for user in users {
            tx.set_due(cause.tenant, user, Some(cause.at))?;
        }
        Ok(())
    }

    /// Whether a group that is to be deleted is kept, because the rules in force still name it,
    /// by any name that it bears or bore.
    pub fn deletion_of(
        &self,
        tx: &dyn Read,
        tenant: TenantId,
        group: &Stored,
    ) -> Result<Deletion, ScimError> {
        let Some((_, rules)) = self.rules_of(tx, tenant)? else { return Ok(Deletion::Remove) };
        let body = group.content()?;
        let text = |name| body.get(name).and_then(|value| value.as_str());
        // Former names are told with those who are in it; where nobody is, nothing is to be kept.
        let member = tx.members(tenant, group.id, None, 1)?.into_iter().next();
        let groups = match member {
            Some(member) => tx.groups_of(tenant, member.id)?,
            None => Vec::new(),
        };
        let this = groups.iter().find(|other| other.id == group.id);
        let former = this.map_or(&[][..], |this| &this.former_names);
        let now = text("displayName").unwrap_or_default();
        let names: Vec<&str> =
            std::iter::once(now).chain(former.iter().map(String::as_str)).collect();
        let named = rules.name_group(&names, &group.id.to_string(), text("externalId"));
        Ok(if named { Deletion::Keep } else { Deletion::Remove })
    }

    /// One event of one person, which may wait until more have come.
    fn one(&self, work: &Work<'_>, user: Id, event: Event) -> Result<(), ScimError> {
        let Some(known) = work.known(user)? else { return Ok(()) };
        let Some(settle) = self.options.settle else { return now(work, &known, event) };
        let found = found(work, &known)?;
        let event = found.map_or(event, Event::Adopted);
        let answer = answer(work, &known, &event);
        if is_urgent(&known, &answer) {
            return now(work, &known, event);
        }
        if answer.record == known.record && answer.changes.is_empty() {
            return Ok(());
        }
        let millis = i64::try_from(settle.as_millis()).unwrap_or(i64::MAX);
        let due = work.cause.at.plus_millis(millis);
        Ok(work.tx.set_due(work.cause.tenant, user, Some(due))?)
    }

    /// What has settled of one person.
    pub(super) fn settled(&self, work: &Work<'_>, user: Id) -> Result<(), ScimError> {
        match work.known(user)? {
            // For somebody who has a record creation is an update.
            Some(known) => now(work, &known, Event::Created),
            None => Ok(work.tx.set_due(work.cause.tenant, user, None)?),
        }
    }
}

/// Applies an event of one person; the first one adopts what an import found.
fn now(work: &Work<'_>, known: &Known, event: Event) -> Result<(), ScimError> {
    let found = match event {
        Event::Adopted(_) => None,
        _ => found(work, known)?,
    };
    let event = found.map_or(event, Event::Adopted);
    let answer = answer(work, known, &event);
    work.keep(known, &answer)?;
    // Only an event of their own settles what waits of a person.
    if work.settles {
        work.tx.set_due(work.cause.tenant, known.user.id, None)?;
    }
    if matches!(event, Event::Adopted(_)) {
        import::forget(work.tx, work.cause.tenant, &known.decided)?;
    }
    Ok(())
}

/// What an event of one person does. What a cancelled batch left behind ends with their next
/// move; what a batch holds is that batch's.
fn answer(work: &Work<'_>, known: &Known, event: &Event) -> Reconciled {
    if !work.holding && holds::ends_leftovers(known, event) {
        return holds::anew(&work.read, known, event);
    }
    work.read.answer(known, event)
}

/// What the product had of somebody whom the source sends for the first time.
fn found(work: &Work<'_>, known: &Known) -> Result<Option<provisor::reconcile::Values>, ScimError> {
    match known.record {
        Some(_) => Ok(None),
        None => import::found(work.tx, work.cause.tenant, &known.decided),
    }
}

/// What must not wait: deactivation, and what takes away because of a never.
fn is_urgent(known: &Known, answer: &Reconciled) -> bool {
    known.decided.target == Target::Deactivated
        || answer.changes.iter().any(|change| {
            change.takes && matches!(change.cause, Because::Never(_) | Because::Released)
        })
}

/// Nothing is decided about who is gone: what they had is released, and the record closed.
fn deleted(work: &Work<'_>, user: Id) -> Result<(), ScimError> {
    let tenant = work.cause.tenant;
    if work.settles {
        work.tx.set_due(tenant, user, None)?;
    }
    let Some(kept) = work.tx.entitlement(tenant, user)? else { return Ok(()) };
    let record = kept.record_of(user)?;
    let answer =
        reconcile(&work.read.context, Some(&record), &Event::Deleted, &Target::Deactivated);
    work.count(Some(&record), answer.record.as_ref());
    work.tell(user, None, &answer, work.event)?;
    Ok(work.tx.remove_entitlement(tenant, user)?)
}

fn renamed(work: &Work<'_>, state: &mut State, group: Id, former: &str) -> Result<(), ScimError> {
    let tenant = work.cause.tenant;
    let stored = work.tx.resource(tenant, Kind::Group, group)?;
    let body = stored.map(|stored| stored.content()).transpose()?;
    let name = body.as_ref().and_then(|body| body.get("displayName")?.as_str());
    if !work.read.rules.tell_names_apart(former, name.unwrap_or_default()) {
        return Ok(());
    }
    let mut people = Vec::new();
    work.tx.people_in(tenant, group, &mut |user| {
        people.push(user);
        Ok(true)
    })?;
    let Some(first) = people.first() else { return Ok(()) };
    let groups = work.tx.groups_of(tenant, *first)?;
    let this = groups.iter().find(|other| other.id == group);
    let former_name_listed =
        this.is_some_and(|this| this.former_names.iter().any(|name| name == former));
    let kind = BatchKind::GroupRenamed { group: group.to_string() };
    together(work, state, &people, &Event::GroupRenamed { former_name_listed }, kind)
}

/// An event of many people with one cause: counted by the brake first, and held by it.
fn together(
    work: &Work<'_>,
    state: &mut State,
    people: &[Id],
    event: &Event,
    kind: BatchKind,
) -> Result<(), ScimError> {
    let tenant = work.cause.tenant;
    let mut brake = work.brake()?;
    // Who has no record is created by their own next event, as after a change of rules.
    let known = |user: Id| {
        let known = work.known(user)?;
        Ok::<_, ScimError>(known.filter(|known| known.record.is_some()))
    };
    // Where no more people are than may lose something, nobody need be counted.
    let number = u64::try_from(people.len()).unwrap_or(u64::MAX);
    if brake.allowed().is_some_and(|allowed| allowed < number) {
        for user in people {
            if let Some(known) = known(*user)? {
                brake.count(&answer(work, &known, event));
            }
        }
    }
    let mut held = Vec::new();
    let mut changed = 0;
    for user in people {
        let Some(known) = known(*user)? else { continue };
        let answer = answer(work, &known, event);
        let answer = match brake.is_on() {
            true => Brake::hold(&work.read.context, known.record.as_ref(), answer),
            false => answer,
        };
        changed += u64::from(work.keep(&known, &answer)?);
        if !answer.held.is_empty() {
            held.push(Listed::new(*user, answer.held.iter().map(|change| change.item.clone())));
        }
    }
    if brake.is_on() {
        batch::hold(work.tx, work.cause, state, kind, &brake, &held, changed)?;
        keep(work.tx, tenant, Shelf::Rules, "state", state)?;
    }
    Ok(())
}

/// Users among members, and the users in groups among them, each once.
pub(crate) fn people<'m>(
    tx: &dyn Read,
    tenant: TenantId,
    members: impl IntoIterator<Item = &'m Member>,
) -> Result<BTreeSet<Id>, StoreError> {
    let mut people = BTreeSet::new();
    for member in members {
        match member.kind {
            Kind::User => {
                people.insert(member.id);
            }
            Kind::Group => tx.people_in(tenant, member.id, &mut |user| {
                people.insert(user);
                Ok(true)
            })?,
        }
    }
    Ok(people)
}

fn name(what: &Happening) -> &'static str {
    match what {
        Happening::UserCreated(_) => "userCreated",
        Happening::UserUpdated(_) => "userUpdated",
        Happening::UserDeleted(_) => "userDeleted",
        Happening::GroupCreated(_) => "groupCreated",
        Happening::MembersChanged { .. } => "membersChanged",
        Happening::GroupRenamed { .. } => "groupRenamed",
        Happening::GroupDeleted { .. } => "groupDeleted",
    }
}

/// One entry for each write; long lists of members are cut, with their number told.
fn audit(tx: &dyn Write, cause: &Cause, what: &Happening) -> Result<(), ScimError> {
    let mut body = json!({
        "what": name(what), "actor": cause.actor, "request": cause.request,
    });
    let ids = |ids: &mut dyn Iterator<Item = Id>| -> Json {
        ids.take(limits::AUDIT_IDS).map(|id| id.to_string()).collect()
    };
    let about = match what {
        Happening::UserCreated(id)
        | Happening::UserUpdated(id)
        | Happening::UserDeleted(id)
        | Happening::GroupCreated(id) => *id,
        Happening::MembersChanged { group, added, removed } => {
            add(&mut body, "added", ids(&mut added.iter().map(|member| member.id)));
            add(&mut body, "addedCount", added.len().into());
            add(&mut body, "removed", ids(&mut removed.iter().map(|member| member.id)));
            add(&mut body, "removedCount", removed.len().into());
            *group
        }
        Happening::GroupRenamed { group, former } => {
            add(&mut body, "former", former.as_str().into());
            *group
        }
        Happening::GroupDeleted { group, people } => {
            add(&mut body, "people", people.len().into());
            group.id
        }
    };
    tx.append_audit(cause.tenant, Some(about), cause.at, &body.to_string())?;
    Ok(())
}

fn add(body: &mut Json, name: &str, value: Json) {
    if let Some(body) = body.as_object_mut() {
        body.insert(name.to_owned(), value);
    }
}
