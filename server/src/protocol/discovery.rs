//! What the server tells about itself (RFC 7644, 4; RFC 7643, 5 to 7; RFC 9865, 4).

use provisor::json::{Json, Object};
use provisor::scim::schema::{ResourceType, Schema, Schemas, uri};

use crate::error::ScimError;
use crate::limits;
use crate::service::Settings;

/// URI of ListResponse messages (RFC 7644, 3.4.2).
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// Types whose resources are this description itself; `/ResourceTypes` does not list them.
const DESCRIPTIONS: [&str; 3] = [uri::SERVICE_PROVIDER_CONFIG, uri::RESOURCE_TYPE, uri::SCHEMA];

/// An endpoint that describes the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// `/ServiceProviderConfig`
    ServiceProviderConfig,
    /// `/ResourceTypes`
    ResourceTypes,
    /// `/ResourceTypes/{name}`
    ResourceType(&'a str),
    /// `/Schemas`
    Schemas,
    /// `/Schemas/{id or name}`
    Schema(&'a str),
}

/// Answers a GET of one; `base` is the base URI without a slash at its end. `filter` is whether
/// the client sent one; any other parameter is ignored.
///
/// Fails with 403 for a filter, and with 404 where there is no such thing.
pub fn describe(
    endpoint: Endpoint<'_>,
    filter: bool,
    schemas: &Schemas,
    settings: &Settings,
    base: &str,
) -> Result<Json, ScimError> {
    if filter {
        // A client that filters could take what is left for all that there is.
        return Err(ScimError::new(
            403,
            "what the server tells about itself cannot be filtered; read it whole",
        ));
    }
    match endpoint {
        Endpoint::ServiceProviderConfig => Ok(service_provider_config(settings, base)),
        Endpoint::ResourceTypes => {
            Ok(list(resource_types(schemas).map(|one| resource_type(one, schemas, base))))
        }
        Endpoint::ResourceType(name) => resource_types(schemas)
            .find(|one| one.name.eq_ignore_ascii_case(name))
            .map(|one| resource_type(one, schemas, base))
            .ok_or_else(|| ScimError::new(404, format!("there is no resource type `{name}`"))),
        Endpoint::Schemas => Ok(list(schemas.iter().map(|one| schema(one, schemas, base)))),
        Endpoint::Schema(name) => {
            let by_name = || schemas.iter().find(|one| one.name.eq_ignore_ascii_case(name));
            schemas
                .schema(name)
                .or_else(by_name)
                .map(|one| schema(one, schemas, base))
                .ok_or_else(|| ScimError::new(404, format!("there is no schema `{name}`")))
        }
    }
}

/// RFC 7643, 5.
fn service_provider_config(settings: &Settings, base: &str) -> Json {
    let supported = |flag: bool| {
        let mut feature = Object::new();
        feature.push("supported", flag);
        feature
    };
    let mut bulk = supported(true);
    bulk.push("maxOperations", settings.bulk_operations as u64);
    bulk.push("maxPayloadSize", settings.body_bytes as u64);
    let mut filter = supported(true);
    filter.push("maxResults", settings.page as u64);
    let mut pagination = Object::new();
    pagination.push("cursor", true);
    pagination.push("index", true);
    pagination.push("defaultPaginationMethod", "index");
    pagination.push("defaultPageSize", limits::DEFAULT_PAGE.min(settings.page) as u64);
    pagination.push("maxPageSize", settings.page as u64);
    pagination.push("cursorTimeout", limits::CURSOR_AGE.as_secs());

    let mut config = Object::new();
    config.push("schemas", vec![Json::from(uri::SERVICE_PROVIDER_CONFIG)]);
    config.push("patch", supported(true));
    config.push("bulk", bulk);
    config.push("filter", filter);
    // Passwords are accepted, and not kept.
    config.push("changePassword", supported(false));
    config.push("sort", supported(true));
    config.push("etag", supported(true));
    config.push("authenticationSchemes", vec![bearer()]);
    config.push("pagination", pagination);
    let location = format!("{base}/ServiceProviderConfig");
    config.push("meta", meta("ServiceProviderConfig", location));
    config.into()
}

fn bearer() -> Json {
    let mut scheme = Object::new();
    scheme.push("type", "oauthbearertoken");
    scheme.push("name", "OAuth Bearer Token");
    scheme.push(
        "description",
        "A bearer token in the Authorization header: one that the operator made, or one of the \
         token endpoint.",
    );
    scheme.push("specUri", "https://www.rfc-editor.org/info/rfc6750");
    scheme.push("primary", true);
    scheme.into()
}

fn resource_types(schemas: &Schemas) -> impl Iterator<Item = &ResourceType> {
    schemas.resource_types().filter(|one| !DESCRIPTIONS.contains(&one.schema.as_str()))
}

/// RFC 7643, 6.
fn resource_type(resource_type: &ResourceType, schemas: &Schemas, base: &str) -> Json {
    let name = resource_type.name.as_str();
    let mut resource = Object::new();
    resource.push("schemas", vec![Json::from(uri::RESOURCE_TYPE)]);
    resource.push("id", name);
    resource.push("name", name);
    let described = schemas.schema(&resource_type.schema).map(|schema| schema.description.as_str());
    if let Some(description) = described.filter(|text| !text.is_empty()) {
        resource.push("description", description);
    }
    resource.push("endpoint", resource_type.endpoint.as_str());
    resource.push("schema", resource_type.schema.as_str());
    let extensions = resource_type.extensions.iter().map(|uri| {
        let mut extension = Object::new();
        extension.push("schema", uri.as_str());
        extension.push("required", false);
        Json::from(extension)
    });
    resource.push("schemaExtensions", extensions.collect::<Vec<_>>());
    resource.push("meta", meta("ResourceType", format!("{base}/ResourceTypes/{name}")));
    resource.into()
}

/// RFC 7643, 7. The attributes that every resource has are told in each main schema, since
/// clients look for `externalId` there and nowhere else.
fn schema(schema: &Schema, schemas: &Schemas, base: &str) -> Json {
    let _ = schemas;
    let Json::Object(mut resource) = schema.to_json() else { return Json::Null };
    resource.push("meta", meta("Schema", format!("{base}/Schemas/{}", schema.id)));
    resource.into()
}

/// RFC 7643, 3.1. There are no times: nobody created these.
fn meta(resource_type: &str, location: String) -> Object {
    let mut meta = Object::new();
    meta.push("resourceType", resource_type);
    meta.push("location", location);
    meta
}

/// RFC 7644, 3.4.2: all of them on one page.
fn list(resources: impl Iterator<Item = Json>) -> Json {
    let resources: Vec<Json> = resources.collect();
    let count = resources.len() as u64;
    let mut response = Object::new();
    response.push("schemas", vec![Json::from(LIST_RESPONSE)]);
    response.push("totalResults", count);
    response.push("itemsPerPage", count);
    response.push("startIndex", 1_u64);
    response.push("Resources", resources);
    response.into()
}
