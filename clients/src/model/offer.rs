//! What a service provider offers: its configuration and its schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::field::{ENTERPRISE, Field, GROUP, Place, USER};
use crate::http::Request;
use crate::session::Session;
use crate::slip::Slip;

/// What the client may use.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    /// PATCH.
    pub(super) patch: bool,
    /// Filters.
    pub(super) filter: bool,
    /// Versions.
    pub(super) etag: bool,
    /// Pages by cursor, and by nothing else (RFC 9865).
    pub(super) cursor_only: bool,
    /// Attributes of User that may be written, in small letters, extensions by their URI;
    /// `None`: nobody says.
    attributes: Option<BTreeSet<String>>,
    /// Why nothing can be sent (a slip).
    pub(super) refused: Option<String>,
}

/// Where the provider does not say: what nearly all have.
impl Default for Offer {
    fn default() -> Self {
        Self {
            patch: true,
            filter: true,
            etag: false,
            cursor_only: false,
            attributes: None,
            refused: None,
        }
    }
}

/// The parts of a configuration that RFC 7643, 5 names.
const CONFIGURATION: [&str; 11] = [
    "schemas",
    "id",
    "meta",
    "documentationUri",
    "patch",
    "bulk",
    "filter",
    "changePassword",
    "sort",
    "etag",
    "authenticationSchemes",
];

impl Offer {
    /// Reads both documents. A provider without them is taken as usual.
    pub(super) async fn read(session: &Session) -> Result<Self, String> {
        let asked = Request::get("/ServiceProviderConfig");
        let answer = session.ask(asked).await.map_err(|broken| broken.to_string())?;
        if matches!(answer.status, 401 | 403) {
            return Err(format!("the service provider lets nobody in: {}", answer.status));
        }
        let mut offer = Self::default();
        if answer.is_success() {
            offer.configured(&answer.json(), session);
        }
        let schemas = session.ask(Request::get("/Schemas")).await;
        if let Ok(answer) = schemas
            && let Some((schemas, _)) = answer.list().filter(|_| answer.is_success())
        {
            if session.slips(Slip::PickyAboutSchemas) && !usual(&schemas) {
                offer.refused = Some("the schemas are not in the usual form".to_owned());
            }
            offer.attributes = Some(writable(&schemas)).filter(|names| !names.is_empty());
        }
        Ok(offer)
    }

    /// Whether a person has a place for this.
    pub(super) fn has(&self, field: Field) -> bool {
        let Some(attributes) = &self.attributes else { return true };
        let name = match field.place() {
            // A common attribute: of every resource, listed or not (RFC 7643, 3.1).
            Place::Core("externalId") => return true,
            Place::Core(name) | Place::Work(name) => name.to_owned(),
            Place::Name(_) => "name".to_owned(),
            Place::Enterprise(name) => format!("{ENTERPRISE}:{name}"),
        };
        attributes.contains(&name.to_lowercase())
    }

    /// Whether there is a place for a manager.
    pub(super) fn has_manager(&self) -> bool {
        let name = format!("{ENTERPRISE}:manager").to_lowercase();
        self.attributes.as_ref().is_none_or(|attributes| attributes.contains(&name))
    }

    fn configured(&mut self, configuration: &Value, session: &Session) {
        let supported = |name: &str| {
            configuration.get(name).and_then(|part| part.get("supported")).and_then(Value::as_bool)
        };
        if !session.slips(Slip::IgnoresConfiguration) {
            self.patch = supported("patch").unwrap_or(true);
        }
        if !session.slips(Slip::IgnoresOffer) {
            self.filter = supported("filter").unwrap_or(true);
        }
        self.etag = supported("etag").unwrap_or(false);
        let way = |name: &str| configuration.get("pagination")?.get(name)?.as_bool();
        self.cursor_only = way("cursor") == Some(true) && way("index") == Some(false);
        if session.slips(Slip::PickyAboutConfiguration) {
            let limits = configuration.get("bulk").and_then(|bulk| bulk.get("maxOperations"));
            let members = configuration.as_object().into_iter().flatten();
            let unknown =
                members.map(|(name, _)| name).find(|name| !CONFIGURATION.contains(&name.as_str()));
            if limits.is_none() {
                self.refused = Some("the configuration has no bulk.maxOperations".to_owned());
            } else if let Some(name) = unknown {
                self.refused = Some(format!("the configuration has an unknown `{name}`"));
            }
        }
    }
}

/// The attributes of User that a client may write.
fn writable(schemas: &[Value]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for schema in schemas {
        let id = schema.get("id").and_then(Value::as_str).unwrap_or_default();
        let prefix = if same(id, USER) { String::new() } else { format!("{id}:") };
        for attribute in schema.get("attributes").and_then(Value::as_array).into_iter().flatten() {
            let read_only = attribute.get("mutability").and_then(Value::as_str) == Some("readOnly");
            if let Some(name) = attribute.get("name").and_then(Value::as_str)
                && !read_only
                && !same(id, GROUP)
            {
                names.insert(format!("{prefix}{name}").to_lowercase());
            }
        }
    }
    names
}

/// Whether the schemas are User, Group and the enterprise extension, in this order.
fn usual(schemas: &[Value]) -> bool {
    let ids = schemas.iter().map(|one| one.get("id").and_then(Value::as_str).unwrap_or_default());
    ids.eq([USER, GROUP, ENTERPRISE])
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
