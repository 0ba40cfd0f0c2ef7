//! The `schemas` that a client states (RFC 7643, 3.3).

use crate::error::{Error, ErrorKind};
use crate::json::Json;
use crate::scim::schema::ResourceType;

use super::{Here, Leniency, Reader};

impl Reader {
    /// Holds the stated list against what the resource has: the main schema, then extensions. An
    /// extension may be named and absent.
    pub(super) fn schemas(
        &mut self,
        stated: Option<&Json>,
        resource_type: &ResourceType,
        present: &[&str],
    ) -> Result<(), Error> {
        let stated = match stated {
            None | Some(Json::Null) => &[][..],
            Some(Json::Array(list)) => list,
            Some(_) => return Err(no_list()),
        };
        let mut named: Vec<&str> = Vec::new();
        for one in stated {
            let Json::String(uri) = one else { return Err(no_list()) };
            let mut own = std::iter::once(&resource_type.schema).chain(&resource_type.extensions);
            if !own.any(|one| one.eq_ignore_ascii_case(uri)) {
                self.tolerate_schemas(Leniency::UnknownSchema)?;
            } else if named.iter().any(|one| one.eq_ignore_ascii_case(uri)) {
                self.tolerate_schemas(Leniency::RepeatedSchema)?;
            } else {
                // At most as many as the resource type has.
                named.push(uri);
            }
        }
        for (at, uri) in present.iter().enumerate() {
            if !named.iter().any(|one| one.eq_ignore_ascii_case(uri)) {
                self.tolerate_schemas(match at {
                    0 => Leniency::NoMainSchema,
                    _ => Leniency::UnnamedExtension,
                })?;
            }
        }
        Ok(())
    }

    fn tolerate_schemas(&mut self, leniency: Leniency) -> Result<(), Error> {
        self.tolerate(leniency, Here::TOP, "schemas")
    }
}

fn no_list() -> Error {
    Error::new(ErrorKind::Payload, "`schemas` is no list of texts")
        .help("write the URIs of the schemas as `[\"urn:…\"]`")
}
