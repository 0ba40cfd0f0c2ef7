//! What the server tells about itself (RFC 7644, 4; RFC 7643, 5 to 7; RFC 9865, 4).

use provisor::json::{Json, Object};
use provisor::scim::schema::{ResourceType, Schema, Schemas, uri};

use crate::entitlements::EXTENSION;
use crate::error::ScimError;
use crate::limits;
use crate::protocol::Listed;
use crate::service::Settings;

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

/// What the schemas of an answer depend on.
#[derive(Debug, Clone, Copy)]
pub struct Published<'a> {
    /// The schemas of the server.
    pub schemas: &'a Schemas,
    /// Whether the tenant's people can have entitlements. Where they cannot, the extension is not
    /// there: it is `readOnly`, so clients could neither write nor ever read it.
    pub entitlements: bool,
}

/// Answers a GET of one; `base` is the base URI without a slash at its end. `filter` is whether
/// the client sent one; any other parameter is ignored.
///
/// Fails with 403 for a filter, and with 404 where there is no such thing.
pub fn describe(
    endpoint: Endpoint<'_>,
    filter: bool,
    published: Published<'_>,
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
            Ok(list(published.resource_types().map(|one| resource_type(one, published, base))))
        }
        Endpoint::ResourceType(name) => published
            .resource_types()
            .find(|one| one.name.eq_ignore_ascii_case(name))
            .map(|one| resource_type(one, published, base))
            .ok_or_else(|| ScimError::new(404, format!("there is no resource type `{name}`"))),
        Endpoint::Schemas => Ok(list(published.schemas().map(|one| schema(one, base)))),
        Endpoint::Schema(name) => {
            let by_name = || published.schemas().find(|one| one.name.eq_ignore_ascii_case(name));
            let by_id = published.schemas.schema(name).filter(|one| published.has(&one.id));
            by_id
                .or_else(by_name)
                .map(|one| schema(one, base))
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

impl<'a> Published<'a> {
    fn has(self, uri: &str) -> bool {
        self.entitlements || uri != EXTENSION
    }

    fn schemas(self) -> impl Iterator<Item = &'a Schema> {
        self.schemas.iter().filter(move |one| self.has(&one.id))
    }

    fn resource_types(self) -> impl Iterator<Item = &'a ResourceType> {
        self.schemas.resource_types().filter(|one| !DESCRIPTIONS.contains(&one.schema.as_str()))
    }
}

/// RFC 7643, 6.
fn resource_type(resource_type: &ResourceType, published: Published<'_>, base: &str) -> Json {
    let name = resource_type.name.as_str();
    let mut resource = Object::new();
    resource.push("schemas", vec![Json::from(uri::RESOURCE_TYPE)]);
    resource.push("id", name);
    resource.push("name", name);
    let described =
        published.schemas.schema(&resource_type.schema).map(|schema| schema.description.as_str());
    if let Some(description) = described.filter(|text| !text.is_empty()) {
        resource.push("description", description);
    }
    resource.push("endpoint", resource_type.endpoint.as_str());
    resource.push("schema", resource_type.schema.as_str());
    let extensions = resource_type.extensions.iter().filter(|uri| published.has(uri));
    let extensions = extensions.map(|uri| {
        let mut extension = Object::new();
        extension.push("schema", uri.as_str());
        extension.push("required", false);
        Json::from(extension)
    });
    resource.push("schemaExtensions", extensions.collect::<Vec<_>>());
    resource.push("meta", meta("ResourceType", format!("{base}/ResourceTypes/{name}")));
    resource.into()
}

/// RFC 7643, 7. What every resource has (3.1) is in no schema, as the RFC prints them.
fn schema(schema: &Schema, base: &str) -> Json {
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
    Listed::whole(resources.collect()).into_json()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::list::LIST_RESPONSE;
    use crate::protocol::schemas::built_in;
    use crate::store::Deletion;

    const BASE: &str = "https://scim.example/v2";

    fn settings() -> Settings {
        Settings {
            user_deletion: Deletion::Remove,
            patch: Default::default(),
            resource: Default::default(),
            filter: Default::default(),
            bulk_operations: 1000,
            body_bytes: 4_000_000,
            page: 50,
        }
    }

    fn ask(endpoint: Endpoint<'_>, filter: bool, entitlements: bool) -> Result<Json, ScimError> {
        let schemas = built_in().unwrap();
        let published = Published { schemas: &schemas, entitlements };
        describe(endpoint, filter, published, &settings(), BASE)
    }

    fn get(endpoint: Endpoint<'_>) -> Json {
        ask(endpoint, false, true).unwrap()
    }

    fn text<'a>(json: &'a Json, path: &str) -> &'a str {
        let found = path.split('.').try_fold(json, |here, name| here.get(name));
        found.and_then(Json::as_str).unwrap_or_else(|| panic!("{path} of {json}"))
    }

    fn resources(list: &Json) -> &[Json] {
        let resources = list.get("Resources").unwrap().as_array().unwrap();
        assert_eq!(list.get("totalResults"), Some(&Json::from(resources.len() as u64)));
        assert_eq!(list.get("schemas"), Some(&vec![Json::from(LIST_RESPONSE)].into()));
        resources
    }

    /// RFC 7644, 4: both are ListResponses; each resource is at its location.
    #[test]
    fn every_listed_resource_is_found_at_its_location() {
        for (list, count) in [(Endpoint::Schemas, 7), (Endpoint::ResourceTypes, 2)] {
            let list = get(list);
            assert_eq!(resources(&list).len(), count);
            for resource in resources(&list) {
                let id = text(resource, "id");
                let (one, path) = match text(resource, "meta.resourceType") {
                    "Schema" => (Endpoint::Schema(id), "Schemas"),
                    "ResourceType" => (Endpoint::ResourceType(id), "ResourceTypes"),
                    other => panic!("{other}"),
                };
                assert_eq!(text(resource, "meta.location"), format!("{BASE}/{path}/{id}"));
                assert_eq!(&get(one), resource);
            }
        }
    }

    #[test]
    fn what_nobody_can_have_is_not_told() {
        for endpoint in [Endpoint::Schemas, Endpoint::ResourceTypes, Endpoint::ResourceType("User")]
        {
            assert!(get(endpoint).to_string().contains(EXTENSION));
            assert!(!ask(endpoint, false, false).unwrap().to_string().contains(EXTENSION));
        }
        for name in [EXTENSION, "Entitlements"] {
            assert_eq!(ask(Endpoint::Schema(name), false, false).unwrap_err().status, 404);
        }
        let user = ask(Endpoint::Schema(uri::USER), false, false).unwrap();
        assert_eq!(user, get(Endpoint::Schema(uri::USER)));
    }

    #[test]
    fn schemas_are_found_by_uri_in_any_case_and_by_name() {
        let user = get(Endpoint::Schema(uri::USER));
        assert_eq!(get(Endpoint::Schema(&uri::USER.to_uppercase())), user);
        assert_eq!(get(Endpoint::Schema("user")), user);
        assert_eq!(text(&get(Endpoint::Schema("EnterpriseUser")), "id"), uri::ENTERPRISE_USER);
        for missing in [Endpoint::Schema("urn:x:y"), Endpoint::ResourceType("Schema")] {
            assert_eq!(ask(missing, false, true).unwrap_err().status, 404);
        }
    }

    /// RFC 7644, 4: a filter is answered with 403.
    #[test]
    fn a_filter_is_forbidden() {
        for endpoint in
            [Endpoint::ServiceProviderConfig, Endpoint::Schemas, Endpoint::ResourceType("User")]
        {
            let error = ask(endpoint, true, true);
            assert_eq!(error.unwrap_err().status, 403);
        }
    }

    /// RFC 7643, 5 to 7 and RFC 9865, 4: each document has what its own schema requires, and
    /// nothing that the schema does not know.
    #[test]
    fn each_document_obeys_its_schema() {
        let schemas = built_in().unwrap();
        let all = [get(Endpoint::Schemas), get(Endpoint::ResourceTypes)];
        let mut documents: Vec<Json> = all.iter().flat_map(resources).cloned().collect();
        documents.push(get(Endpoint::ServiceProviderConfig));
        for document in &documents {
            if document.get("id") == Some(&Json::from(uri::SCHEMA)) {
                // The schema of schemas nests one level deeper than it can say.
                continue;
            }
            let uri = document.get("schemas").unwrap().as_array().unwrap()[0].as_str().unwrap();
            let schema = schemas.schema(uri).unwrap();
            obeys(document, &schema.attributes, &["schemas", "meta", "id"]);
        }
    }

    fn obeys(json: &Json, attributes: &[provisor::scim::schema::Attribute], besides: &[&str]) {
        for (name, value) in json.as_object().unwrap().iter() {
            let Some(attribute) = attributes.iter().find(|one| one.name == name) else {
                assert!(besides.contains(&name), "{name} is unknown");
                continue;
            };
            if attribute.is_complex() {
                let one = std::slice::from_ref(value);
                for value in value.as_array().unwrap_or(one) {
                    obeys(value, &attribute.sub_attributes, &[]);
                }
            }
            assert_eq!(value.as_array().is_some(), attribute.multi_valued, "{name}");
        }
        for attribute in attributes.iter().filter(|one| one.required) {
            assert!(json.get(&attribute.name).is_some(), "{} is missing in {json}", attribute.name);
        }
    }

    /// RFC 7643, 8.7 with its errata: what the facts say of every attribute is what `/Schemas`
    /// shows.
    #[test]
    fn schemas_show_the_characteristics_of_the_rfc() {
        let shown = get(Endpoint::Schemas);
        let mut rows = 0;
        for row in include_str!("../../../tests/scim/attributes.tsv").lines().skip(1) {
            let columns: Vec<&str> = row.split('\t').collect();
            if columns[0].starts_with('(') {
                continue;
            }
            rows += 1;
            let schema =
                resources(&shown).iter().find(|one| text(one, "id") == columns[0]).unwrap();
            let attribute =
                columns[1].split('.').enumerate().fold(schema, |here, (level, name)| {
                    let list = here.get(if level == 0 { "attributes" } else { "subAttributes" });
                    let list = list.and_then(Json::as_array).unwrap();
                    list.iter().find(|one| text(one, "name") == name).unwrap()
                });
            assert_eq!(text(attribute, "type"), columns[2], "{row}");
            assert_eq!(attribute.get("multiValued"), Some(&Json::from(columns[3] == "true")));
            assert_eq!(attribute.get("required"), Some(&Json::from(columns[4] == "true")), "{row}");
            assert_eq!(text(attribute, "mutability"), columns[6], "{row}");
            assert_eq!(text(attribute, "returned"), columns[7], "{row}");
            if columns[8] != "-" {
                assert_eq!(text(attribute, "uniqueness"), columns[8], "{row}");
            }
        }
        assert!(rows > 130, "{rows}");
    }

    #[test]
    fn limits_are_those_of_the_operator() {
        let config = get(Endpoint::ServiceProviderConfig).to_string();
        for part in [
            r#""bulk":{"supported":true,"maxOperations":1000,"maxPayloadSize":4000000}"#,
            r#""filter":{"supported":true,"maxResults":50}"#,
            r#""defaultPageSize":50,"maxPageSize":50,"cursorTimeout":3600"#,
        ] {
            assert!(config.contains(part), "{config} lacks {part}");
        }
    }
}
