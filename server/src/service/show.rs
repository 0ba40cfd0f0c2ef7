//! Where the operations meet the schemas and the representation: what a body says, and how a
//! resource is shown. Derived parts are read in the same job, and only those that are wanted.

use provisor::json::{Json, Object};
use provisor::scim::path::AttrPath;
use provisor::scim::resource::{self, Purpose};

use super::Shown;
use super::dialect;
use super::work::Work;
use crate::error::ScimError;
use crate::id::Kind;
use crate::protocol::condition::etag;
use crate::protocol::represent::{Derived, Needs, location, represent, whole};
use crate::store::{Read, Stored};

impl Work {
    /// A body in canonical form; with what the resource is now, for a PUT.
    pub(super) fn written(
        &self,
        kind: Kind,
        body: &Json,
        current: Option<&Object>,
    ) -> Result<Json, ScimError> {
        let current = current.map(|object| Json::Object(object.clone()));
        let purpose = match &current {
            None => Purpose::Create,
            Some(current) => Purpose::Replace { current },
        };
        let (schemas, resource_type) = (&self.service.schemas, self.resource_type(kind)?);
        let read = |options| resource::read(body, schemas, resource_type, purpose, options);
        match read(self.service.accepted(&self.call).resource) {
            Ok(written) => Ok(written.resource),
            Err(error) => Err(dialect::refused(error, |accepted| read(accepted.resource).is_ok())),
        }
    }

    /// The resource for the client, with the attributes that the request asks for.
    pub(super) fn shown(&self, tx: &dyn Read, stored: &Stored) -> Result<Shown, ScimError> {
        let (schemas, projection) = (&self.service.schemas, &self.call.projection);
        let needs = Needs::of_projection(stored.kind, schemas, projection);
        let derived = self.derived(tx, stored, needs)?;
        represent(stored, derived, &self.call.base, schemas, projection)
    }

    /// Only that and where it is.
    pub(super) fn no_content(&self, stored: &Stored) -> Shown {
        Shown {
            resource: Json::Null,
            location: location(stored.kind, stored.id, &self.call.base),
            etag: etag(stored.version),
        }
    }

    /// The resource for a filter or an order that looks at some attributes.
    pub(super) fn view(
        &self,
        tx: &dyn Read,
        stored: &Stored,
        paths: &[AttrPath],
    ) -> Result<Object, ScimError> {
        let needs = paths
            .iter()
            .fold(Needs::default(), |needs, path| needs.and(Needs::of_path(stored.kind, path)));
        let derived = self.derived(tx, stored, needs)?;
        whole(stored, derived, &self.call.base)
    }

    fn derived(&self, tx: &dyn Read, stored: &Stored, needs: Needs) -> Result<Derived, ScimError> {
        let (tenant, id) = (self.tenant(), stored.id);
        Ok(Derived {
            groups: if needs.groups { Some(tx.groups_of(tenant, id)?) } else { None },
            members: if needs.members { Some(self.all_members(tx, id)?) } else { None },
            entitlements: if needs.entitlements {
                self.service.entitlements.shown(tx, tenant, id)?
            } else {
                None
            },
        })
    }
}
