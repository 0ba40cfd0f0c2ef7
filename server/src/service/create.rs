//! Creating (RFC 7644, 3.3).

use provisor::json::Json;

use super::keep::{Parted, keep, part};
use super::membership::{Waiting, placed};
use super::work::Work;
use super::{Call, Service, Shown, texts};
use crate::entitlements::Happening;
use crate::error::ScimError;
use crate::id::{Id, Kind};
use crate::store::Write;

impl Service {
    /// RFC 7644, 3.3.
    ///
    /// Fails with 409 `uniqueness` where a `userName` is taken, and with `invalidValue` where a
    /// group has a member that is not there.
    pub async fn create(&self, call: &Call, kind: Kind, body: Json) -> Result<Shown, ScimError> {
        let work = self.work(call);
        let resource = work.written(kind, &body, None)?;
        self.store
            .write(move |tx| {
                let id = Id::new();
                work.create(tx, kind, id, part(kind, resource), &mut Waiting::default())?;
                work.shown(tx, &work.again(tx, kind, id)?)
            })
            .await
    }
}

impl Work {
    /// Creates a resource within a job.
    pub(super) fn create(
        &self,
        tx: &dyn Write,
        kind: Kind,
        id: Id,
        parted: Parted,
        waiting: &mut Waiting,
    ) -> Result<(), ScimError> {
        texts::check(kind, &parted.body, None)?;
        let members = match kind {
            Kind::User => Vec::new(),
            Kind::Group => self.named_members(tx, id, &placed(parted.members), waiting)?,
        };
        tx.insert(self.tenant(), &keep(kind, id, &parted.body, self.at()))?;
        match kind {
            Kind::User => self.happened(tx, &Happening::UserCreated(id)),
            Kind::Group => {
                let difference = self.change_members(tx, id, &members, &[])?;
                self.happened(tx, &Happening::GroupCreated(id))?;
                self.members_changed(tx, id, difference)
            }
        }
    }
}
