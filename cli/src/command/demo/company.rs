//! The example company as its three identity providers know it.

use provisor::json::{Json, Object, parse};

use crate::exit::Failure;
use crate::people;

/// The root of the rules and what it brings in, as they lie beside one another.
pub(super) const RULES: [(&str, &str); 3] = [
    ("rules.example", include_str!("../../../../rules.example")),
    (
        "examples/brightwater/shared.rules",
        include_str!("../../../../examples/brightwater/shared.rules"),
    ),
    (
        "examples/brightwater/executives.rules",
        include_str!("../../../../examples/brightwater/executives.rules"),
    ),
];
/// The schema of the company's own attributes.
pub(super) const SCHEMA: &str = include_str!("../../../../examples/brightwater/schema.json");
const GROUPS: &str = include_str!("../../../../examples/brightwater/groups.json");
const PROVIDERS: [(&str, &str, &str); 3] = [
    ("Okta", "users-okta.json", include_str!("../../../../examples/brightwater/users-okta.json")),
    (
        "Entra ID",
        "users-entra.json",
        include_str!("../../../../examples/brightwater/users-entra.json"),
    ),
    (
        "JumpCloud",
        "users-jumpcloud.ndjson",
        include_str!("../../../../examples/brightwater/users-jumpcloud.ndjson"),
    ),
];

/// Somebody or something as a provider has it.
pub(super) struct Sourced {
    /// The provider's id.
    pub(super) id: String,
    /// What it sends.
    pub(super) body: Json,
    /// The manager's id at the provider.
    pub(super) manager: Option<String>,
    /// Ids of members at the providers.
    pub(super) members: Vec<String>,
}

/// A provider with everybody it pushes.
pub(super) struct Provider {
    /// Its name.
    pub(super) name: &'static str,
    /// Its people.
    pub(super) people: Vec<Sourced>,
}

/// All providers with their people.
pub(super) fn providers() -> Result<Vec<Provider>, Failure> {
    let read = |(name, file, text): &(&'static str, &str, &'static str)| {
        Ok(Provider { name, people: resources(file, text)? })
    };
    PROVIDERS.iter().map(read).collect()
}

/// The groups that Okta pushes for all of them.
pub(super) fn groups() -> Result<Vec<Sourced>, Failure> {
    resources("groups.json", GROUPS)
}

fn resources(name: &str, text: &'static str) -> Result<Vec<Sourced>, Failure> {
    let mut all = Vec::new();
    for chunk in people::of_text(name, text)? {
        for resource in chunk?.resources() {
            let json = parse(resource.json.unwrap_or_default()).map_err(|error| {
                Failure::new("the example cannot be read").why(error.to_string())
            })?;
            all.push(sourced(&json));
        }
    }
    Ok(all)
}

/// What a provider sends: its own id as `externalId`, no groups, no members and no manager yet,
/// because others have no ids there.
fn sourced(resource: &Json) -> Sourced {
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let text = |json: Option<&Json>| json.and_then(Json::as_str).map(str::to_owned);
    let id = text(resource.get("id")).unwrap_or_default();
    let enterprise = resource.get(ENTERPRISE).and_then(Json::as_object);
    let manager = enterprise.and_then(|object| object.get("manager"));
    let manager = text(manager.and_then(|manager| manager.get("value")));
    let members = resource.get("members").and_then(Json::as_array).unwrap_or_default();
    let members = members.iter().filter_map(|member| text(member.get("value"))).collect();
    let entries = resource.as_object().into_iter().flat_map(Object::iter);
    let mut body = Object::new();
    for (key, value) in entries {
        match (key, value) {
            ("id" | "meta" | "groups" | "members" | "externalId", _) => {}
            (ENTERPRISE, Json::Object(object)) => {
                let kept = object.iter().filter(|(key, _)| *key != "manager");
                let kept = kept.map(|(key, value)| (key.to_owned(), value.clone()));
                body.push(key, kept.collect::<Object>());
            }
            _ => body.push(key, value.clone()),
        }
    }
    body.push("externalId", id.as_str());
    Sourced { id, body: body.into(), manager, members }
}
