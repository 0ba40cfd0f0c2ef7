//! Replacing a resource (RFC 7644, 3.5.1).
//!
//! What the body leaves out is cleared, `members` too, as the RFC allows. There is no upsert.

use std::collections::HashSet;

use provisor::json::{Json, Object};

use super::keep::{Parted, keep, part};
use super::membership::{Difference, Waiting, placed};
use super::work::Work;
use super::{Call, Service, Shown, texts};
use crate::entitlements::Happening;
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::protocol::Condition;
use crate::store::{Member, Stored, Write};

impl Service {
    /// RFC 7644, 3.5.1. What changes nothing keeps version and `meta.lastModified`.
    ///
    /// Fails with 404, 412, 409 `uniqueness` or what is wrong with the body.
    pub async fn replace(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        body: Json,
        condition: &Condition,
    ) -> Result<Shown, ScimError> {
        let (work, id, condition) = (self.work(call), id.to_owned(), condition.clone());
        self.store
            .write(move |tx| {
                let id = work.replace(tx, kind, &id, &body, &condition, &mut Waiting::default())?;
                work.shown(tx, &work.again(tx, kind, id)?)
            })
            .await
    }
}

impl Work {
    /// Replaces a resource within a job.
    pub(super) fn replace(
        &self,
        tx: &dyn Write,
        kind: Kind,
        id: &str,
        body: &Json,
        condition: &Condition,
        waiting: &mut Waiting,
    ) -> Result<Id, ScimError> {
        let stored = self.existing(tx, kind, id)?;
        condition.permits_change(stored.version)?;
        let id = stored.id;
        let resource = self.written(kind, body, Some(&stored.content()?))?;
        let Parted { body, members } = part(kind, resource);
        let difference = match kind {
            Kind::User => Difference::default(),
            Kind::Group => {
                let wanted = self.named_members(tx, id, &placed(members), waiting)?;
                let current = self.all_members(tx, id)?;
                let (add, remove) = difference(&current, &wanted);
                self.change_members(tx, id, &add, &remove)?
            }
        };
        self.written_back(tx, &stored, &body, difference)?;
        Ok(id)
    }

    /// Keeps what a resource says now, marks it as changed if anything did, and tells what
    /// happened.
    pub(super) fn written_back(
        &self,
        tx: &dyn Write,
        stored: &Stored,
        body: &Object,
        difference: Difference,
    ) -> Result<(), ScimError> {
        let (tenant, kind, id) = (self.tenant(), stored.kind, stored.id);
        let before = stored.content()?;
        texts::check(kind, body, Some(&before))?;
        let before = Json::Object(before);
        let changed = !same(&before, &Json::Object(body.clone()));
        if changed {
            tx.update(tenant, &keep(kind, id, body, self.at()))?;
        } else if !difference.is_empty() {
            tx.touch(tenant, kind, id, self.at())?;
        }
        match kind {
            Kind::User if changed => self.happened(tx, &Happening::UserUpdated(id))?,
            Kind::User => {}
            Kind::Group => {
                let former = text(before.as_object(), "displayName");
                let renamed = former != text(Some(body), "displayName");
                if renamed {
                    tx.add_former_name(tenant, id, &former)?;
                }
                let other = text(before.as_object(), "externalId");
                if renamed || other != text(Some(body), "externalId") {
                    let what = Happening::GroupRenamed { group: id, former };
                    self.happened(tx, &what)?;
                }
            }
        }
        self.members_changed(tx, id, difference)
    }
}

/// What to add and what to remove so that one list becomes the other.
pub(super) fn difference(current: &[Member], wanted: &[Member]) -> (Vec<Member>, Vec<Id>) {
    let there: HashSet<Id> = current.iter().map(|member| member.id).collect();
    let stays: HashSet<Id> = wanted.iter().map(|member| member.id).collect();
    let add = wanted.iter().filter(|member| !there.contains(&member.id)).copied().collect();
    let remove = current.iter().map(|member| member.id).filter(|id| !stays.contains(id)).collect();
    (add, remove)
}

/// Whether two values say the same: the order of an object's entries means nothing.
// Recursion follows resources, whose depth the reader has limited.
pub(super) fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(one, other)| same(one, other))
        }
        _ => left == right,
    }
}

fn text(object: Option<&Object>, name: &str) -> String {
    let value = object.and_then(|object| object.attribute(name)).and_then(Json::as_str);
    value.unwrap_or_default().to_owned()
}
