//! What the endpoint says that it has (RFC 7644, 4), read leniently: what cannot be read is a
//! finding of a scenario, never the end of a run.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::expect::at;
use crate::http::{Answer, Client, ClientError, Request};
use crate::scenario::Need;

/// What the endpoint has.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// Whether each need is met, and where that was read.
    pub needs: BTreeMap<&'static str, (bool, String)>,
    /// Attributes of User that the endpoint's schema requires.
    pub required: Vec<String>,
    /// Attributes of User that the endpoint's schema has; not known where it cannot be read.
    pub attributes: Option<Vec<String>>,
}

/// Asks for the discovery documents.
///
/// Fails where no answer comes at all, and where the credential is not accepted.
pub async fn discover(
    client: &Client,
    authorization: Option<&str>,
) -> Result<Capabilities, ClientError> {
    let get = |path: &'static str| {
        let request = Request {
            method: "GET".to_owned(),
            target: path.to_owned(),
            headers: vec![("accept".to_owned(), "application/scim+json".to_owned())],
            body: None,
        };
        async move { client.send(&request, authorization).await }
    };
    // Without it everything would fail for one reason.
    if get("/Users?count=0").await?.status == 401 {
        let message = "it answers 401: it does not accept the credential of this run";
        return Err(ClientError { message: message.to_owned() });
    }
    let config = json(get("/ServiceProviderConfig").await?);
    let types = json(get("/ResourceTypes").await?);
    let schemas = json(get("/Schemas").await?);
    let mut capabilities = Capabilities::default();
    let config_says = |pointer: &str| config.as_ref().and_then(|config| at(config, pointer));
    for (name, pointer, assumed) in FEATURES {
        let said = config_says(pointer).and_then(Value::as_bool);
        let why = match said {
            Some(_) => format!("ServiceProviderConfig {pointer}"),
            None => format!("assumed: ServiceProviderConfig does not say {pointer}"),
        };
        capabilities.needs.insert(name, (said.unwrap_or(*assumed), why));
    }
    for (name, endpoint) in [("users", "/Users"), ("groups", "/Groups")] {
        let listed = types.as_ref().map(|types| has_endpoint(types, endpoint));
        let why = match listed {
            Some(_) => format!("ResourceTypes, {endpoint}"),
            None => "assumed: ResourceTypes cannot be read".to_owned(),
        };
        capabilities.needs.insert(name, (listed.unwrap_or(true), why));
    }
    let enterprise = types.as_ref().is_some_and(|types| types.to_string().contains(ENTERPRISE));
    capabilities.needs.insert("enterprise", (enterprise, "ResourceTypes".to_owned()));
    capabilities.needs.insert("search", (true, "assumed".to_owned()));
    let me = get("/Me").await.is_ok_and(|answer| answer.is_success());
    capabilities.needs.insert("me", (me, "GET /Me".to_owned()));
    if let Some(schemas) = &schemas {
        capabilities.required =
            of_user(schemas, |one| at(one, "/required").and_then(Value::as_bool) == Some(true))
                .unwrap_or_default();
        capabilities.attributes = of_user(schemas, |_| true);
    }
    Ok(capabilities)
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Need, where ServiceProviderConfig says it, and what is assumed where it does not.
const FEATURES: &[(&str, &str, bool)] = &[
    ("patch", "/patch/supported", true),
    ("filter", "/filter/supported", true),
    ("sort", "/sort/supported", false),
    ("bulk", "/bulk/supported", false),
    ("etag", "/etag/supported", false),
    ("change-password", "/changePassword/supported", false),
    ("cursor", "/pagination/cursor", false),
    ("index-pages", "/pagination/index", true),
];

impl Capabilities {
    /// Whether the endpoint meets a need, and where that is known from.
    pub fn meets(&self, need: Need) -> (bool, &str) {
        match self.needs.get(need.name()) {
            Some((met, why)) => (*met, why),
            None => (false, "the operator gave none"),
        }
    }

    /// Says that the operator gave something, such as a second token.
    pub fn given(&mut self, need: Need) {
        self.needs.insert(need.name(), (true, "given".to_owned()));
    }
}

impl Need {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Patch => "patch",
            Self::Filter => "filter",
            Self::Sort => "sort",
            Self::Bulk => "bulk",
            Self::Etag => "etag",
            Self::ChangePassword => "change-password",
            Self::Cursor => "cursor",
            Self::IndexPages => "index-pages",
            Self::Enterprise => "enterprise",
            Self::Me => "me",
            Self::Search => "search",
            Self::SecondTenant => "second-tenant",
            Self::ReadOnlyToken => "read-only-token",
        }
    }
}

fn json(answer: Answer) -> Option<Value> {
    answer.is_success().then(|| answer.json()).flatten()
}

/// Resources of a ListResponse, or a bare array, or one resource.
fn resources(body: &Value) -> Vec<&Value> {
    match (at(body, "/Resources"), body) {
        (Some(Value::Array(list)), _) | (_, Value::Array(list)) => list.iter().collect(),
        _ => vec![body],
    }
}

fn has_endpoint(types: &Value, endpoint: &str) -> bool {
    let ends = |one: &&Value| {
        let text = at(one, "/endpoint").and_then(Value::as_str).unwrap_or_default();
        text == endpoint || text.ends_with(endpoint)
    };
    resources(types).iter().any(ends)
}

/// Names of attributes in the schema of User, where there is one.
fn of_user(schemas: &Value, wanted: impl Fn(&Value) -> bool) -> Option<Vec<String>> {
    let is_user = |one: &&&Value| at(one, "/id").and_then(Value::as_str) == Some(USER);
    let all = resources(schemas);
    let attributes = at(all.iter().find(is_user)?, "/attributes")?.as_array()?;
    let names = attributes.iter().filter(|one| wanted(one));
    Some(names.filter_map(|one| at(one, "/name")?.as_str()).map(str::to_owned).collect())
}
