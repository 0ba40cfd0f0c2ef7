//! Whether a scenario applies to an endpoint: by what it needs, and by what its changes would
//! write, as far as the schemas tell.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::discover::{Attribute, Capabilities};
use crate::fixture::{is_common, is_servers};
use crate::scenario::{Expectation, Pick, Scenario, Statuses, Step};

/// Why a scenario does not apply to this endpoint.
pub(super) fn does_not_apply(has: &Capabilities, scenario: &Scenario) -> Option<String> {
    for need in &scenario.needs {
        if let (false, why) = has.meets(*need) {
            return Some(format!("needs {}: {why}", need.name()));
        }
    }
    for need in &scenario.without {
        if let (true, why) = has.meets(*need) {
            return Some(format!("for servers without {}: {why}", need.name()));
        }
    }
    let missing = scenario.attributes.iter().find(|name| !has.has_attribute(name));
    if let Some(missing) = missing {
        return Some(format!("the User schema has no attribute `{missing}`"));
    }
    let missing = scenario.picks.iter().find(|(_, pick)| picked(has, pick).is_none());
    if let Some((name, _)) = missing {
        return Some(format!("the User schema has no attribute that fits `{name}`"));
    }
    // A step whose needs are not met is not sent, so what it would write does not matter.
    let sent = scenario.steps.iter().filter(|step| has.meets_all(&step.needs));
    sent.into_iter().find_map(|step| changes_what_it_cannot(has, step))
}

/// The first attribute of User, by name, that has the characteristics.
pub(super) fn picked<'a>(has: &'a Capabilities, pick: &Pick) -> Option<&'a Attribute> {
    let same = |wanted: &Option<String>, is: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(is))
    };
    let fits = |one: &&Attribute| {
        same(&pick.kind, &one.kind)
            && same(&pick.mutability, &one.mutability)
            && same(&pick.returned, &one.returned)
            && same(&pick.uniqueness, &one.uniqueness)
            && pick.multi_valued.is_none_or(|wanted| wanted == one.multi_valued)
            && pick.case_exact.is_none_or(|wanted| wanted == one.case_exact)
            && pick.required.is_none_or(|wanted| wanted == one.required)
    };
    has.user.iter().flatten().filter(fits).min_by_key(|one| one.name.clone())
}

/// Why a change that must succeed cannot: the schema lacks what it writes, or lets nobody write it.
/// What may be refused is sent all the same.
fn changes_what_it_cannot(has: &Capabilities, step: &Step) -> Option<String> {
    if !step.expect.as_ref().is_none_or(succeeds) || !step.chosen.is_empty() {
        return None;
    }
    let (method, target) = step.send.split_once(' ')?;
    let (endpoint, kind) = match target.trim().strip_prefix('/')?.split('/').next()? {
        "Users" => ("/Users", "User"),
        "Groups" => ("/Groups", "Group"),
        _ => return None,
    };
    let known = has.attributes(endpoint)?;
    let why = match (method, step.body.as_ref()?) {
        ("PATCH", body) => {
            let operations = body.get("Operations")?.as_array()?;
            operations.iter().find_map(|operation| cannot_be(operation, known))
        }
        ("PUT", Value::Object(body)) => body.iter().find_map(|(name, value)| {
            let same = value.as_str().is_some_and(|text| {
                text.starts_with("${") && text.ends_with(&format!("/{name}}}"))
            });
            // What the server alone writes is ignored (RFC 7644, 3.5.1).
            let there = Attribute::find(known, name).filter(|_| !is_servers(name));
            let fixed = there.is_some_and(|one| is_fixed(one, "replace"));
            (fixed && !same).then(|| format!("lets nobody change `{name}`"))
        }),
        _ => None,
    };
    why.map(|why| format!("the schema of {kind} {why}"))
}

/// Whether nothing but success is expected.
fn succeeds(expectation: &Expectation) -> bool {
    fn is_success(statuses: &Statuses) -> bool {
        match statuses {
            Statuses::Code(code) => (200..300).contains(code),
            Statuses::Class(class) => class.starts_with('2'),
            Statuses::Any(all) => all.iter().all(is_success),
        }
    }
    expectation.ways().iter().all(|way| way.status.as_ref().is_some_and(is_success))
}

/// The parts of a path into a core schema: name, filter, sub-attribute.
static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let core = r"(?:urn:ietf:params:scim:schemas:core:2\.0:\w+:)?";
    Regex::new(&format!(r"(?i)^{core}([a-z$]\w*)(?:\[(.*)\])?(?:\.([a-z$]\w*))?$")).ok()
});

/// The names that a filter compares.
static COMPARED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)([a-z$]\w*)\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b").ok());

/// Why an operation of a PATCH cannot succeed by the schema.
fn cannot_be(operation: &Value, known: &[Attribute]) -> Option<String> {
    let op = operation.get("op")?.as_str()?.to_lowercase();
    let value = operation.get("value").unwrap_or(&Value::Null);
    let Some(path) = operation.get("path").and_then(Value::as_str) else {
        let all = value.as_object()?;
        return all.iter().find_map(|(name, value)| {
            let attribute = Attribute::find(known, name);
            // Extensions and names with dots are not looked into.
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric()) && !is_common(name);
            match attribute {
                None if plain => Some(format!("has no `{name}`")),
                None => None,
                Some(attribute) => lacks(attribute, &op, value),
            }
        });
    };
    let parts = PATH.as_ref()?.captures(path)?;
    let (name, sub) = (parts.get(1)?.as_str(), parts.get(3).map(|sub| sub.as_str()));
    let Some(attribute) = Attribute::find(known, name) else {
        return (!is_common(name)).then(|| format!("has no `{name}`"));
    };
    let filter = parts.get(2).map_or("", |filter| filter.as_str());
    let unquoted = filter.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    let compared = COMPARED.as_ref()?.captures_iter(&unquoted);
    let compared = compared.filter_map(|one| Some(one.get(1)?.as_str()));
    if let Some(part) = compared.chain(sub).find(|part| !attribute.may_write(part)) {
        return Some(format!("has no `{}.{part}`", attribute.name));
    }
    if sub.is_none() && filter.is_empty() {
        return lacks(attribute, &op, value);
    }
    if is_fixed(attribute, &op) {
        return Some(format!("lets nobody change `{}`", attribute.name));
    }
    let Some(part) = sub.and_then(|sub| Attribute::find(&attribute.sub, sub)) else {
        return lacks_part(attribute, value);
    };
    let name = format!("{}.{}", attribute.name, part.name);
    is_kept(part, &name, &op, value)
}

/// Why an attribute cannot be given a value.
fn lacks(attribute: &Attribute, op: &str, value: &Value) -> Option<String> {
    is_kept(attribute, &attribute.name, op, value).or_else(|| lacks_part(attribute, value))
}

/// Why an attribute, which is called so, stays as it is.
fn is_kept(attribute: &Attribute, name: &str, op: &str, value: &Value) -> Option<String> {
    let empties = match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    };
    if is_fixed(attribute, op) {
        return Some(format!("lets nobody change `{name}`"));
    }
    let takes_away = op == "remove" || op == "replace" && empties;
    (attribute.required && takes_away).then(|| format!("requires `{name}`"))
}

fn lacks_part(attribute: &Attribute, value: &Value) -> Option<String> {
    let elements = match value {
        Value::Array(elements) => elements.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut parts = elements.iter().filter_map(Value::as_object).flat_map(|one| one.keys());
    let part = parts.find(|part| !attribute.may_have(part))?;
    Some(format!("has no `{}.{part}`", attribute.name))
}

/// Whether an operation cannot change an attribute. One that is immutable may be given its first
/// value (RFC 7643, 7; RFC 7644, 3.5.2).
fn is_fixed(attribute: &Attribute, op: &str) -> bool {
    match attribute.mutability.as_str() {
        "readOnly" => true,
        "immutable" => op != "add",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenario::Need;

    fn attribute(name: &str, mutability: &str, sub: &[&str]) -> Attribute {
        Attribute {
            name: name.to_owned(),
            mutability: mutability.to_owned(),
            sub: sub.iter().map(|name| attribute(name, "readWrite", &[])).collect(),
            ..Attribute::default()
        }
    }

    fn has() -> Capabilities {
        let members = Attribute { required: true, ..attribute("members", "readWrite", &["value"]) };
        let parts = vec![
            Attribute { required: true, ..attribute("country", "readWrite", &[]) },
            attribute("type", "immutable", &[]),
        ];
        Capabilities {
            user: Some(vec![
                attribute("userName", "immutable", &[]),
                attribute("groups", "readOnly", &[]),
                attribute("name", "readWrite", &["givenName"]),
                attribute("emails", "readWrite", &["value"]),
                attribute("entitlements", "readOnly", &["value"]),
                attribute("x509Certificates", "immutable", &["value"]),
                Attribute { sub: parts, ..attribute("addresses", "readWrite", &[]) },
            ]),
            group: Some(vec![members, attribute("displayName", "readWrite", &[])]),
            ..Capabilities::default()
        }
    }

    fn why(send: &str, body: Value, status: &str) -> Option<String> {
        let step = json!({ "send": send, "body": body, "expect": { "status": status } });
        let step: Step = serde_json::from_value(step).unwrap();
        changes_what_it_cannot(&has(), &step)
    }

    fn patch(kind: &str, operation: Value) -> Option<String> {
        why(&format!("PATCH /{kind}/1"), json!({ "Operations": [operation] }), "2xx")
    }

    #[test]
    fn what_a_schema_lacks_is_not_patched() {
        for (operation, reason) in [
            (json!({ "op": "add", "path": "nickName", "value": "x" }), "has no `nickName`"),
            (json!({ "op": "Add", "value": { "nickName": "x" } }), "has no `nickName`"),
            (json!({ "op": "add", "value": { "name": { "suffix": 1 } } }), "has no `name.suffix`"),
            (
                json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }),
                "has no `emails.type`",
            ),
            (
                json!({ "op": "replace", "path": "emails[value eq \"${ann/x}\"]", "value": { "type": 1 } }),
                "has no `emails.type`",
            ),
            (
                json!({ "op": "replace", "path": "userName", "value": "x" }),
                "lets nobody change `userName`",
            ),
            (
                json!({ "op": "add", "path": "entitlements", "value": [{ "value": "x" }] }),
                "lets nobody change `entitlements`",
            ),
            (
                json!({ "op": "add", "value": { "entitlements": [{ "value": "x" }] } }),
                "lets nobody change `entitlements`",
            ),
            (
                json!({ "op": "add", "path": "entitlements[value eq \"x\"].value", "value": "y" }),
                "lets nobody change `entitlements`",
            ),
            (
                json!({ "op": "remove", "path": "x509Certificates[value eq \"x\"]" }),
                "lets nobody change `x509Certificates`",
            ),
            (
                json!({ "op": "replace", "path": "x509Certificates.value", "value": "x" }),
                "lets nobody change `x509Certificates`",
            ),
            (
                json!({ "op": "replace", "path": "addresses.type", "value": "x" }),
                "lets nobody change `addresses.type`",
            ),
            (
                json!({ "op": "remove", "path": "addresses[type eq \"work\"].country" }),
                "requires `addresses.country`",
            ),
        ] {
            let reason = Some(format!("the schema of User {reason}"));
            assert_eq!(patch("Users", operation.clone()), reason, "{operation}");
        }
        let requires = Some("the schema of Group requires `members`".to_owned());
        assert_eq!(patch("Groups", json!({ "op": "remove", "path": "members" })), requires);
        let nobody = json!({ "op": "replace", "path": "members", "value": [] });
        assert_eq!(patch("Groups", nobody.clone()), requires);
        assert_eq!(why("PATCH /Groups/1", json!({ "Operations": [nobody] }), "4xx"), None);
    }

    #[test]
    fn what_a_schema_has_is() {
        for operation in [
            json!({ "op": "replace", "path": "NAME.givenname", "value": "x" }),
            json!({
                "op": "add", "value": "x",
                "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
            }),
            json!({ "op": "add", "path": "urn:x:2.0:User:any", "value": 1 }),
            json!({ "op": "replace", "path": "externalId", "value": "1" }),
            json!({ "op": "add", "value": { "urn:x:2.0:User": { "any": 1 }, "name.other": 1 } }),
            json!({ "op": "remove", "path": "emails[value ew \"type eq x\"]" }),
            json!({ "op": "add", "path": "userName", "value": "x" }),
            json!({ "op": "add", "path": "x509Certificates.value", "value": "x" }),
            json!({ "op": "add", "path": "addresses.type", "value": "x" }),
            json!({ "op": "replace", "path": "addresses.country", "value": "x" }),
            json!({ "op": "remove", "path": "addresses[type eq \"work\"]" }),
        ] {
            assert_eq!(patch("Users", operation.clone()), None, "{operation}");
        }
        let one = json!({ "op": "remove", "path": "members[value eq \"1\"]" });
        assert_eq!(patch("Groups", one), None);
    }

    #[test]
    fn a_step_that_is_left_out_needs_nothing() {
        let scenario = |needs: &str| {
            let text = format!(
                "{{ id: t/x, title: t, why: w, level: must, covers: [x], fix: f, steps: [{{ \
                 send: PATCH /Users/1, needs: [{needs}], expect: {{ status: 2xx }}, body: {{ \
                 Operations: [{{ op: add, path: nickName, value: x }}] }} }}] }}"
            );
            serde_saphyr::from_str::<Scenario>(&text).unwrap()
        };
        let mut has = has();
        has.given(Need::Patch);
        let why = "the schema of User has no `nickName`".to_owned();
        assert_eq!(does_not_apply(&has, &scenario("patch")), Some(why));
        assert_eq!(does_not_apply(&has, &scenario("patch, sort")), None);
    }

    #[test]
    fn what_nobody_may_change_is_not_put() {
        let fixed = Some("the schema of User lets nobody change `userName`".to_owned());
        assert_eq!(why("PUT /Users/1", json!({ "userName": "${run}-new" }), "200"), fixed);
        assert_eq!(why("PUT /Users/1", json!({ "userName": "${ann/userName}" }), "200"), None);
        assert_eq!(why("PUT /Users/1", json!({ "userName": "${run}-new" }), "409"), None);
        let groups = json!({ "userName": "${ann/userName}", "groups": [{ "value": "1" }] });
        assert_eq!(why("PUT /Users/1", groups, "200"), None);
        assert_eq!(why("POST /Users", json!({ "userName": "${run}-new" }), "201"), None);
    }
}
