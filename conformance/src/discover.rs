//! What the endpoint says that it has (RFC 7644, 4), read leniently: what cannot be read is a
//! finding of a scenario, never the end of a run.

mod documents;
mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::expect::at;
use crate::http::{Client, ClientError, Proof};
use crate::scenario::Need;

pub(crate) use documents::not_accepted;
pub use schema::Attribute;

/// What the endpoint has.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// Whether each need is met, and where that was read.
    pub needs: BTreeMap<&'static str, (bool, String)>,
    /// Attributes of User; not known where its schema cannot be read.
    pub user: Option<Vec<Attribute>>,
    /// Attributes of Group; not known where its schema cannot be read.
    pub group: Option<Vec<Attribute>>,
    /// Extensions that a User must have, each with its attributes.
    pub extensions: Vec<(String, Vec<Attribute>)>,
    /// Attributes of every schema that can be read, by its URN in lower case.
    pub schemas: BTreeMap<String, Vec<Attribute>>,
    /// Users and groups that are there already, as far as their lists tell.
    pub existing: Existing,
}

/// How many resources are there before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Existing {
    /// Users.
    pub users: Option<u64>,
    /// Groups.
    pub groups: Option<u64>,
}

impl Existing {
    /// Whether somebody may lose something.
    pub fn is_empty(self) -> bool {
        self.users.unwrap_or(0) == 0 && self.groups.unwrap_or(0) == 0
    }
}

/// Asks for the discovery documents; nothing is written.
///
/// Fails where no answer comes at all, where the credential is not accepted, and where nothing
/// speaks SCIM.
pub async fn discover(client: &Client, proof: Option<&Proof>) -> Result<Capabilities, ClientError> {
    let documents = documents::read(client, proof).await?;
    let mut capabilities = Capabilities::default();
    let config_says =
        |pointer: &str| documents.config.as_ref().and_then(|config| at(config, pointer));
    for (name, pointer, assumed) in FEATURES {
        let said = config_says(pointer).and_then(Value::as_bool);
        let why = match said {
            Some(_) => format!("ServiceProviderConfig {pointer}"),
            None => format!("assumed: ServiceProviderConfig does not say {pointer}"),
        };
        capabilities.needs.insert(name, (said.unwrap_or(*assumed), why));
    }
    let types = documents.types.as_ref();
    for (name, endpoint) in [("users", "/Users"), ("groups", "/Groups")] {
        let listed = types.map(|types| has_endpoint(types, endpoint));
        let why = match listed {
            Some(_) => format!("ResourceTypes, {endpoint}"),
            None => "assumed: ResourceTypes cannot be read".to_owned(),
        };
        capabilities.needs.insert(name, (listed.unwrap_or(true), why));
    }
    let enterprise = types.is_some_and(|types| types.to_string().contains(ENTERPRISE));
    capabilities.needs.insert("enterprise", (enterprise, "ResourceTypes".to_owned()));
    capabilities.needs.insert("search", (true, "assumed".to_owned()));
    capabilities.needs.insert("me", (documents.me, "GET /Me".to_owned()));
    if let Some(schemas) = &documents.schemas {
        capabilities.user = schema::of(schemas, USER);
        capabilities.group = schema::of(schemas, GROUP);
        capabilities.schemas = schema::all(schemas);
        let required = types.map(required_extensions).unwrap_or_default();
        capabilities.extensions = required
            .into_iter()
            .map(|urn| (urn.clone(), schema::of(schemas, &urn).unwrap_or_default()))
            .collect();
    }
    let [users, groups] = documents.there;
    capabilities.existing = Existing { users, groups };
    Ok(capabilities)
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

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

    /// Whether it meets all of these.
    pub(crate) fn meets_all(&self, needs: &[Need]) -> bool {
        needs.iter().all(|need| self.meets(*need).0)
    }

    /// The attributes of what an endpoint such as `/Users` has; not known where its schema cannot
    /// be read.
    pub(crate) fn attributes(&self, endpoint: &str) -> Option<&[Attribute]> {
        let known = if endpoint == "/Users" { &self.user } else { &self.group };
        known.as_deref()
    }

    /// Says that the operator gave something, such as a second token.
    pub fn given(&mut self, need: Need) {
        self.needs.insert(need.name(), (true, "given".to_owned()));
    }

    /// Whether the User schema has an attribute, or a sub-attribute such as `emails.type`; yes,
    /// where it cannot be read.
    pub fn has_attribute(&self, path: &str) -> bool {
        let (name, sub) =
            path.split_once('.').map_or((path, None), |(name, sub)| (name, Some(sub)));
        let Some(all) = &self.user else { return true };
        let found = Attribute::find(all, name);
        found.is_some_and(|one| sub.is_none_or(|sub| one.may_have(sub)))
    }
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Users,
        Self::Groups,
        Self::Patch,
        Self::Filter,
        Self::Sort,
        Self::Bulk,
        Self::Etag,
        Self::ChangePassword,
        Self::Cursor,
        Self::IndexPages,
        Self::Enterprise,
        Self::Me,
        Self::Search,
        Self::SecondTenant,
        Self::ReadOnlyToken,
    ];

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

fn has_endpoint(types: &Value, endpoint: &str) -> bool {
    let ends = |one: &&Value| {
        let text = at(one, "/endpoint").and_then(Value::as_str).unwrap_or_default();
        text == endpoint || text.ends_with(endpoint)
    };
    documents::resources(types).iter().any(ends)
}

/// Extensions without which no User is made (RFC 7643, 6).
fn required_extensions(types: &Value) -> Vec<String> {
    let is_user = |one: &&Value| at(one, "/schema").and_then(Value::as_str) == Some(USER);
    let all = documents::resources(types);
    let user = all.into_iter().find(is_user);
    let extensions = user.and_then(|user| at(user, "/schemaExtensions")?.as_array());
    let required = |one: &&Value| at(one, "/required").and_then(Value::as_bool) == Some(true);
    let named = extensions.into_iter().flatten().filter(required);
    named.filter_map(|one| Some(at(one, "/schema")?.as_str()?.to_owned())).collect()
}
