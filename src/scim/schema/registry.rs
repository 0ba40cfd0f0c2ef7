//! All schemas and resource types that are known.

use std::sync::{Arc, LazyLock};

use crate::error::{Error, ErrorKind};

use super::{Attribute, Schema, find, standard};

/// URIs of the standard schemas.
pub mod uri {
    /// A person.
    pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    /// A group.
    pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
    /// What organizations know about a person.
    pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    /// What the service provider supports.
    pub const SERVICE_PROVIDER_CONFIG: &str =
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    /// An endpoint and its schemas.
    pub const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
    /// The attributes of a resource.
    pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
}

/// The schemas and resource types that are known. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Schemas {
    common: Arc<[Attribute]>,
    schemas: Vec<Arc<Schema>>,
    types: Vec<Arc<ResourceType>>,
}

/// A kind of resource: its main schema and the extensions of it (RFC 7643, 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name, such as `User`.
    pub name: String,
    /// Its path under the base URI, such as `/Users`.
    pub endpoint: String,
    /// URI of the main schema.
    pub schema: String,
    /// URIs of the extensions.
    pub extensions: Vec<String>,
}

static STANDARD: LazyLock<Schemas> = LazyLock::new(|| {
    let (common, schemas) = standard::schemas();
    let types = [
        ("User", "/Users", uri::USER, vec![uri::ENTERPRISE_USER.to_owned()]),
        ("Group", "/Groups", uri::GROUP, vec![]),
        ("ServiceProviderConfig", "/ServiceProviderConfig", uri::SERVICE_PROVIDER_CONFIG, vec![]),
        ("ResourceType", "/ResourceTypes", uri::RESOURCE_TYPE, vec![]),
        ("Schema", "/Schemas", uri::SCHEMA, vec![]),
    ];
    let types = types.into_iter().map(|(name, endpoint, schema, extensions)| {
        let (name, endpoint, schema) = (name.to_owned(), endpoint.to_owned(), schema.to_owned());
        Arc::new(ResourceType { name, endpoint, schema, extensions })
    });
    Schemas {
        common: common.into(),
        schemas: schemas.into_iter().map(Arc::new).collect(),
        types: types.collect(),
    }
});

impl Schemas {
    /// The standard schemas and their resource types: User (with the enterprise extension),
    /// Group, ServiceProviderConfig, ResourceType and Schema.
    pub fn standard() -> Self {
        STANDARD.clone()
    }

    /// Adds a schema. Fails with [`Schema`](ErrorKind::Schema) if its URI is known.
    pub fn add(&mut self, schema: Schema) -> Result<(), Error> {
        if self.schema(&schema.id).is_some() {
            return Err(fail(format!("the schema `{}` is already known", schema.id))
                .help("give each schema a URI of its own"));
        }
        self.schemas.push(Arc::new(schema));
        Ok(())
    }

    /// Adds a resource type. Fails with [`Schema`](ErrorKind::Schema) if its name is taken or one
    /// of its schemas is unknown.
    pub fn add_resource_type(&mut self, resource_type: ResourceType) -> Result<(), Error> {
        let name = &resource_type.name;
        if self.types.iter().any(|one| one.name == *name) {
            return Err(fail(format!("the resource type `{name}` is already known")));
        }
        let uris = std::iter::once(&resource_type.schema).chain(&resource_type.extensions);
        for uri in uris {
            self.require(uri, name)?;
        }
        self.types.push(Arc::new(resource_type));
        Ok(())
    }

    /// Adds an extension to a resource type, once. Fails with [`Schema`](ErrorKind::Schema) if
    /// one of them is unknown.
    pub fn extend(&mut self, resource_type: &str, extension: &str) -> Result<(), Error> {
        self.require(extension, resource_type)?;
        let Some(one) = self.types.iter_mut().find(|one| one.name == resource_type) else {
            return Err(fail(format!("there is no resource type `{resource_type}`")));
        };
        let there = one.extensions.iter().any(|uri| uri.eq_ignore_ascii_case(extension));
        if !there {
            Arc::make_mut(one).extensions.push(extension.to_owned());
        }
        Ok(())
    }

    /// The schema of a URI, which compares without regard to the case of ASCII letters.
    pub fn schema(&self, uri: &str) -> Option<&Schema> {
        self.iter().find(|schema| schema.id.eq_ignore_ascii_case(uri))
    }

    /// The attribute of a schema; those of every resource are found in each main schema.
    pub fn attribute(&self, uri: &str, name: &str) -> Option<&Attribute> {
        let schema = self.schema(uri)?;
        schema.attribute(name).or_else(|| self.is_main(uri).then(|| self.common(name)).flatten())
    }

    /// The attribute that every resource has: `schemas`, `id`, `externalId` or `meta`.
    pub fn common(&self, name: &str) -> Option<&Attribute> {
        find(&self.common, name)
    }

    /// The attributes that every resource has.
    pub fn common_attributes(&self) -> &[Attribute] {
        &self.common
    }

    /// The resource type of that name.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.resource_types().find(|one| one.name == name)
    }

    /// All resource types.
    pub fn resource_types(&self) -> impl Iterator<Item = &ResourceType> {
        self.types.iter().map(Arc::as_ref)
    }

    /// All schemas.
    pub fn iter(&self) -> impl Iterator<Item = &Schema> {
        self.schemas.iter().map(Arc::as_ref)
    }

    /// Whether it is the main schema of a resource type, not an extension.
    pub fn is_main(&self, uri: &str) -> bool {
        self.types.iter().any(|one| one.schema.eq_ignore_ascii_case(uri))
    }

    fn require(&self, uri: &str, resource_type: &str) -> Result<(), Error> {
        if self.schema(uri).is_some() {
            return Ok(());
        }
        let message =
            format!("the resource type `{resource_type}` uses the unknown schema `{uri}`");
        Err(fail(message).help("add the schema first"))
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self::standard()
    }
}

fn fail(message: String) -> Error {
    Error::new(ErrorKind::Schema, message)
}
