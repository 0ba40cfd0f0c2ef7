//! What a resource is, so that groups are not decided as people, nor people taken for groups.

use provisor::decide::{Groups, Person, RuleSet};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::fault;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// What tells the kinds apart.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Marks {
    schemas: Option<serde_json::Value>,
    #[serde(rename = "userName")]
    user_name: Option<IgnoredAny>,
    #[serde(rename = "displayName")]
    display_name: Option<IgnoredAny>,
    members: Option<IgnoredAny>,
    #[serde(rename = "Resources")]
    resources: Option<IgnoredAny>,
    id: Option<serde_json::Value>,
}

impl Marks {
    fn of(json: &[u8]) -> Self {
        // What cannot be read has its own error elsewhere.
        serde_json::from_slice(json).unwrap_or_default()
    }

    fn says(&self, schema: &str) -> bool {
        let list = self.schemas.as_ref().and_then(serde_json::Value::as_array);
        let mut names = list.into_iter().flatten().filter_map(serde_json::Value::as_str);
        names.any(|name| name.eq_ignore_ascii_case(schema))
    }

    fn is_list(&self) -> bool {
        self.says(LIST) || self.resources.is_some()
    }
}

/// Reads a User; what is obviously something else is refused. `None` is too long.
pub fn read_user(
    person: &mut Person,
    rules: &RuleSet,
    json: Option<&[u8]>,
    groups: Groups<'_>,
) -> Result<(), String> {
    let json = json.ok_or("it is longer than a person may be")?;
    person.read_bytes(rules, json, groups).map_err(|error| fault(&error))?;
    // Somebody with a userName is a User; only for the others is it worth a second look.
    if person.identity().user_name.is_some() {
        return Ok(());
    }
    let marks = Marks::of(json);
    let members = marks.display_name.is_some() && marks.members.is_some();
    if marks.says(GROUP) || members && !marks.says(USER) {
        return Err("it is a SCIM Group, not a User; groups belong to `--groups`".to_owned());
    }
    if marks.is_list() {
        return Err("it is a ListResponse in a place for one User".to_owned());
    }
    Ok(())
}

/// The `id` of a Group; what is obviously something else is refused.
pub fn check_group(json: &[u8]) -> Result<Option<String>, String> {
    let marks = Marks::of(json);
    if !marks.says(GROUP) && (marks.says(USER) || marks.user_name.is_some()) {
        return Err("it is a SCIM User, not a Group; people belong to `--users`".to_owned());
    }
    if marks.is_list() {
        return Err("it is a ListResponse in a place for one Group".to_owned());
    }
    Ok(marks.id.and_then(|id| match id {
        serde_json::Value::String(id) => Some(id).filter(|id| !id.is_empty()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }))
}
