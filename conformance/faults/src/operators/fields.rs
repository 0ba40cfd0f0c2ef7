//! The families of fields of each endpoint.

use super::Endpoint;

const USER: &[&str] = &[
    "schemas",
    "id",
    "meta",
    "externalId",
    "userName",
    "name",
    "emails",
    "active",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
];
const GROUP: &[&str] = &["schemas", "id", "meta", "displayName", "members"];
const RESOURCE: &[&str] = &["schemas", "id", "meta"];
const CONFIG: &[&str] = &[
    "schemas",
    "patch",
    "bulk",
    "filter",
    "changePassword",
    "sort",
    "etag",
    "authenticationSchemes",
];
const TYPE: &[&str] = &["schemas", "id", "name", "endpoint", "schema", "schemaExtensions", "meta"];
const SCHEMA: &[&str] = &["schemas", "id", "name", "attributes", "meta"];
const BULK: &[&str] = &["schemas", "Operations"];

/// Those of a ListResponse.
pub(super) const LIST: &[&str] =
    &["schemas", "totalResults", "itemsPerPage", "startIndex", "Resources"];
/// Those of an error that it must have.
pub(super) const ERROR: &[&str] = &["schemas", "status"];

/// Those of what an endpoint shows.
pub(super) fn shown(endpoint: Endpoint) -> &'static [&'static str] {
    match endpoint {
        Endpoint::Users | Endpoint::User => USER,
        Endpoint::Groups | Endpoint::Group => GROUP,
        Endpoint::Root | Endpoint::Search => RESOURCE,
        Endpoint::Bulk => BULK,
        Endpoint::Config => CONFIG,
        Endpoint::ResourceTypes | Endpoint::ResourceType => TYPE,
        Endpoint::Schemas | Endpoint::Schema => SCHEMA,
        Endpoint::Me | Endpoint::Elsewhere => &[],
    }
}

/// Those that a client may write.
pub(super) fn sent(endpoint: Endpoint) -> &'static [&'static str] {
    match endpoint {
        Endpoint::Users | Endpoint::User => USER.get(3..).unwrap_or_default(),
        Endpoint::Groups | Endpoint::Group => GROUP.get(3..).unwrap_or_default(),
        _ => &[],
    }
}
