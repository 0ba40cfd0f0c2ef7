//! Deleting (RFC 7644, 3.6). A second DELETE finds nothing: 404, however the first one was done.

use super::work::Work;
use super::{Call, Service};
use crate::entitlements::Happening;
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::protocol::Condition;
use crate::store::{Deletion, Stored, Write};

impl Service {
    /// RFC 7644, 3.6. Users are kept or removed as the settings say, groups as long as rules name
    /// them; nobody sees them any more, and their names are free.
    ///
    /// Fails with 404 or 412.
    pub async fn delete(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        condition: &Condition,
    ) -> Result<(), ScimError> {
        let (work, id, condition) = (self.work(call), id.to_owned(), condition.clone());
        self.store.write(move |tx| work.delete(tx, kind, &id, &condition).map(|_| ())).await
    }
}

impl Work {
    /// Deletes within a job.
    pub(super) fn delete(
        &self,
        tx: &dyn Write,
        kind: Kind,
        id: &str,
        condition: &Condition,
    ) -> Result<Id, ScimError> {
        let stored = self.existing(tx, kind, id)?;
        condition.permits_change(stored.version)?;
        let id = stored.id;
        match kind {
            Kind::User => self.delete_user(tx, id)?,
            Kind::Group => self.delete_group(tx, stored)?,
        }
        Ok(id)
    }

    /// The groups that list the user are changed by it.
    fn delete_user(&self, tx: &dyn Write, id: Id) -> Result<(), ScimError> {
        self.leave_groups(tx, id, Deletion::Remove)?;
        tx.delete(self.tenant(), Kind::User, id, self.service.settings.user_deletion, self.at())?;
        self.happened(tx, &Happening::UserDeleted(id))
    }

    /// Everybody who was in it, directly or through groups, is told of, before nobody is.
    fn delete_group(&self, tx: &dyn Write, group: Stored) -> Result<(), ScimError> {
        let (tenant, id) = (self.tenant(), group.id);
        let mut people = Vec::new();
        tx.people_in(tenant, id, &mut |person| {
            people.push(person);
            Ok(true)
        })?;
        let how = self.service.entitlements.deletion_of(tx, tenant, &group)?;
        self.leave_groups(tx, id, how)?;
        tx.delete(tenant, Kind::Group, id, how, self.at())?;
        for person in &people {
            tx.touch(tenant, Kind::User, *person, self.at())?;
        }
        self.happened(tx, &Happening::GroupDeleted { group, people })
    }

    /// The groups that list a member are changed by its end. A group that is kept stays in them,
    /// unseen, since it still leads to them for the rules.
    fn leave_groups(&self, tx: &dyn Write, member: Id, how: Deletion) -> Result<(), ScimError> {
        let tenant = self.tenant();
        for group in tx.groups_of(tenant, member)?.iter().filter(|group| group.direct) {
            if how == Deletion::Remove {
                tx.remove_members(tenant, group.id, &[member])?;
            }
            if !group.deleted {
                tx.touch(tenant, Kind::Group, group.id, self.at())?;
            }
        }
        Ok(())
    }
}
