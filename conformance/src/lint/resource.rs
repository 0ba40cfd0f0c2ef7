//! Resources against the schemas that they name.

use std::collections::BTreeSet;

use super::definition::{Attribute, Type};
use super::document::{Node, Shape};
use super::{Sink, escaped, rule, value};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CONFIGURATION: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
/// The base schemas of RFC 7643 with the names of their resource types.
const NAMES: &[(&str, &str)] = &[
    ("urn:ietf:params:scim:schemas:core:2.0:User", "User"),
    ("urn:ietf:params:scim:schemas:core:2.0:Group", "Group"),
    (CONFIGURATION, "ServiceProviderConfig"),
    (RESOURCE_TYPE, "ResourceType"),
    (SCHEMA, "Schema"),
];

/// A resource, whose `schemas` are given.
pub(super) fn check(resource: &Node, uris: &[&str], path: &str, sink: &mut Sink<'_>) {
    let definitions = sink.definitions;
    let containers: BTreeSet<String> = resource
        .members()
        .iter()
        .filter(|member| is_urn(&member.name))
        .map(|member| member.name.to_lowercase())
        .collect();
    let mut at_top: Vec<&Attribute> = definitions.common().iter().collect();
    let mut all_known = !uris.is_empty();
    for uri in uris {
        let extension = containers.contains(&uri.to_lowercase()) || uri.contains(":extension:");
        match definitions.of(uri) {
            Some(_) if extension => {}
            Some(attributes) => at_top.extend(attributes),
            None if extension => {}
            None => {
                let message =
                    format!("`{uri}` is not known here; give its definition with `--schema`");
                sink.report(&rule::UNKNOWN_SCHEMA, resource.at, path, message);
                all_known = false;
            }
        }
    }
    for member in resource.members() {
        let path = format!("{path}/{}", escaped(&member.name));
        if is_urn(&member.name) {
            container(&member.name, &member.value, uris, &path, sink);
        } else if let Some(known) =
            at_top.iter().find(|one| one.name.eq_ignore_ascii_case(&member.name))
        {
            attribute(known, &member.value, &path, sink);
        } else if all_known {
            unknown(&member.name, member.at, &path, sink);
        }
    }
    for known in at_top.iter().filter(|one| one.required && !is_common(&one.name)) {
        let value = resource.get(&known.name);
        // Section 6 of RFC 7643 lets a type without extensions leave `schemaExtensions` out; the
        // schema in section 8.7.2 requires it. The section that defines it counts.
        let may_be_left_out = known.name == "schemaExtensions";
        if value.is_none_or(Node::is_unassigned) && !may_be_left_out {
            let message = format!("`{}` is missing; {} needs it", known.name, name_of(uris));
            sink.report(&rule::REQUIRED, resource.at, path, message);
        }
    }
    by_provider(resource, uris, path, sink);
    of_people(resource, path, sink);
}

/// The object that has an extension's attributes.
fn container(uri: &str, node: &Node, uris: &[&str], path: &str, sink: &mut Sink<'_>) {
    if !uris.is_empty() && !uris.iter().any(|known| known.eq_ignore_ascii_case(uri)) {
        let message = format!("`schemas` does not name `{uri}`");
        sink.report(&rule::SCHEMA_DECLARED, node.at, path, message);
    }
    if uri.to_lowercase().starts_with("urn:ietf:params:scim:schemas:core:") {
        let message =
            format!("attributes of `{uri}` stand at the top, not in an object of their own");
        sink.report(&rule::CORE_AT_TOP, node.at, path, message);
    }
    if node.is_unassigned() {
        return;
    }
    let definitions = sink.definitions;
    match (&node.shape, definitions.of(uri)) {
        (Shape::Object(members), Some(attributes)) => {
            for member in members {
                let path = format!("{path}/{}", escaped(&member.name));
                match Attribute::find(attributes, &member.name) {
                    Some(known) => attribute(known, &member.value, &path, sink),
                    None => {
                        let message = format!("`{uri}` has no attribute `{}`", member.name);
                        sink.report(&rule::UNKNOWN_ATTRIBUTE, member.at, &path, message);
                    }
                }
            }
            for missing in
                attributes.iter().filter(|one| one.required && node.get(&one.name).is_none())
            {
                let message = format!("`{}` is missing; `{uri}` requires it", missing.name);
                sink.report(&rule::REQUIRED, node.at, path, message);
            }
        }
        (Shape::Object(_), None) => {
            let message = format!("`{uri}` is not known here; give its definition with `--schema`");
            sink.report(&rule::UNKNOWN_SCHEMA, node.at, path, message);
        }
        _ => {
            let message =
                format!("attributes of `{uri}` stand in an object; this is {}", node.what());
            sink.report(&rule::EXTENSION_CONTAINER, node.at, path, message);
        }
    }
}

/// An attribute with its definition.
pub(super) fn attribute(known: &Attribute, node: &Node, path: &str, sink: &mut Sink<'_>) {
    if !known.is_returned() {
        let message = format!("`{}` is never returned", known.name);
        if sink.is_from_server() {
            sink.report(&rule::NEVER_RETURNED, node.at, path, message);
        }
        return;
    }
    if node.is_unassigned() {
        if known.required && !is_common(&known.name) && !known.multi_valued {
            let message = format!("`{}` is required and has no value", known.name);
            sink.report(&rule::REQUIRED, node.at, path, message);
        }
        return;
    }
    match (&node.shape, known.multi_valued) {
        (Shape::Array(elements), true) => {
            for (number, element) in elements.iter().enumerate() {
                single(known, element, &format!("{path}/{number}"), sink);
            }
            if known.kind == Type::Complex {
                together(elements, path, sink);
            }
        }
        (Shape::Array(_), false) if known.kind != Type::Any => {
            let message = format!("`{}` has one value; this is an array", known.name);
            sink.report(&rule::SINGULAR, node.at, path, message);
        }
        (_, true) => {
            let message =
                format!("`{}` is multi-valued: an array; this is {}", known.name, node.what());
            sink.report(&rule::MULTI_VALUED, node.at, path, message);
        }
        (_, false) => single(known, node, path, sink),
    }
}

/// One value of an attribute.
fn single(known: &Attribute, node: &Node, path: &str, sink: &mut Sink<'_>) {
    let fits = match (known.kind, &node.shape) {
        (Type::Any, _)
        | (Type::Boolean, Shape::Boolean(_))
        | (Type::Complex, Shape::Object(_))
        | (Type::String | Type::DateTime | Type::Binary | Type::Reference, Shape::Text(_))
        | (Type::Decimal, Shape::Number(_)) => true,
        (Type::Integer, Shape::Number(digits)) => !digits.contains(['.', 'e', 'E']),
        _ => false,
    };
    if !fits {
        let message =
            format!("`{}` is {}; this is {}", known.name, known.kind.in_json(), node.what());
        return sink.report(&rule::JSON_TYPE, node.at, path, message);
    }
    match (known.kind, &node.shape) {
        (Type::Complex, Shape::Object(_)) => parts(known, node, path, sink),
        (Type::Decimal, Shape::Number(digits)) if !digits.contains('.') => {
            let message = format!("`{digits}` has no digit behind a period");
            sink.report(&rule::DECIMAL, node.at, path, message);
        }
        (kind, Shape::Text(text)) => form(known, kind, text, node.at, path, sink),
        _ => {}
    }
}

/// What the text of a value must look like.
fn form(known: &Attribute, kind: Type, text: &str, at: usize, path: &str, sink: &mut Sink<'_>) {
    match kind {
        Type::DateTime if !value::is_date_time(text) => {
            let message = format!("`{text}` is no dateTime such as `2026-01-31T09:30:00Z`");
            sink.report(&rule::DATE_TIME, at, path, message);
        }
        Type::Binary if !value::is_base64(text) => {
            let message = format!("`{}` is not Base64 (RFC 4648, section 4)", known.name);
            sink.report(&rule::BINARY, at, path, message);
        }
        Type::Reference if !value::is_uri(text) => {
            let message = format!("`{text}` is no URI; encode what a URI cannot have");
            sink.report(&rule::REFERENCE, at, path, message);
        }
        Type::Reference
            if value::origin(text).is_some_and(|origin| origin.to_lowercase() != origin) =>
        {
            let message = format!("scheme and host of `{text}` are written in lower case");
            sink.report(&rule::REFERENCE_NORMAL, at, path, message);
        }
        _ => {}
    }
    if known.canonical.is_empty() {
        return;
    }
    let bare = text.trim_matches(['"', '\'', '\u{201c}', '\u{201d}']);
    if bare.len() < text.len() {
        let message = format!("write `{bare}` without quotation marks of its own");
        sink.report(&rule::QUOTED, at, path, message);
    } else if !known.canonical.iter().any(|one| one.eq_ignore_ascii_case(text)) {
        let message =
            format!("`{text}` is none of the canonical values {}", known.canonical.join(", "));
        sink.report(&rule::CANONICAL, at, path, message);
    }
}

/// The sub-attributes of a complex value.
fn parts(known: &Attribute, node: &Node, path: &str, sink: &mut Sink<'_>) {
    for member in node.members() {
        let path = format!("{path}/{}", escaped(&member.name));
        match Attribute::find(&known.parts, &member.name) {
            Some(part) => attribute(part, &member.value, &path, sink),
            // `type`, `primary`, `display`, `value` and `$ref` may stand in any (RFC 7643, 2.4);
            // and the definition of an attribute holds definitions.
            None if is_predefined(&member.name) || known.name == "subAttributes" => {}
            None => {
                let message = format!("`{}` has no part `{}`", known.name, member.name);
                sink.report(&rule::UNKNOWN_ATTRIBUTE, member.at, &path, message);
            }
        }
    }
    for missing in known.parts.iter().filter(|part| part.required && node.get(&part.name).is_none())
    {
        let message =
            format!("`{}` is missing in `{}`, which requires it", missing.name, known.name);
        sink.report(&rule::REQUIRED, node.at, path, message);
    }
    let has_value = Attribute::find(&known.parts, "value").is_some();
    if known.multi_valued && has_value && node.get("value").is_none_or(Node::is_unassigned) {
        let message = format!("an element of `{}` without `value` says nothing", known.name);
        sink.report(&rule::ELEMENT_VALUE, node.at, path, message);
    }
}

/// What holds for all elements of an attribute together.
fn together(elements: &[Node], path: &str, sink: &mut Sink<'_>) {
    let mut primary = false;
    let mut seen = BTreeSet::new();
    for (number, element) in elements.iter().enumerate() {
        let path = format!("{path}/{number}");
        if element.get("primary").and_then(Node::boolean) == Some(true) {
            if primary {
                let message = "another value is primary already; at most one may be".to_owned();
                sink.report(&rule::PRIMARY, element.at, &path, message);
            }
            primary = true;
        }
        let part = |name: &str| element.get(name).and_then(Node::text);
        if let Some(value) = part("value") {
            let kind = part("type").unwrap_or_default().to_lowercase();
            if !seen.insert((kind, value)) {
                let message = "type and value are those of an element before this".to_owned();
                sink.report(&rule::SAME_TWICE, element.at, &path, message);
            }
        }
    }
}

/// A member that no schema of the resource defines.
fn unknown(name: &str, at: usize, path: &str, sink: &mut Sink<'_>) {
    let enterprise = sink.definitions.of(ENTERPRISE).unwrap_or_default();
    if Attribute::find(enterprise, name).is_some() {
        let message = format!("`{name}` belongs into an object named `{ENTERPRISE}`");
        sink.report(&rule::EXTENSION_CONTAINER, at, path, message);
    } else {
        let message = format!("no schema named here has an attribute `{name}`");
        sink.report(&rule::UNKNOWN_ATTRIBUTE, at, path, message);
    }
}

/// What only a provider's resources must have (RFC 7643, 3.1).
fn by_provider(resource: &Node, uris: &[&str], path: &str, sink: &mut Sink<'_>) {
    let id = resource.get("id");
    if let Some(text) = id.and_then(Node::text)
        && text.contains("bulkId")
    {
        let at = id.map_or(resource.at, |id| id.at);
        sink.report(
            &rule::BULK_ID,
            at,
            &format!("{path}/id"),
            format!("`{text}` contains `bulkId`"),
        );
    }
    let meta = resource.get("meta");
    let kind = meta.and_then(|meta| meta.get("resourceType"));
    if let Some((node, said)) = kind.and_then(|node| Some((node, node.text()?)))
        && let Some((_, name)) = NAMES.iter().find(|(uri, _)| uris.contains(uri))
        && said != *name
    {
        let message = format!("`{said}` is no resource type of `schemas`; that is `{name}`");
        sink.report(
            &rule::RESOURCE_TYPE_NAME,
            node.at,
            &format!("{path}/meta/resourceType"),
            message,
        );
    }
    let location = meta.and_then(|meta| meta.get("location"));
    if let Some((node, text)) = location.and_then(|node| Some((node, node.text()?))) {
        let path = format!("{path}/meta/location");
        if text.contains(['?', '#']) {
            let message = format!("`{text}` has a query or a fragment");
            sink.report(&rule::LOCATION_QUERY, node.at, &path, message);
        }
        let last = text.rsplit('/').next().unwrap_or_default();
        let is_schema = uris.contains(&SCHEMA);
        if let Some(id) = id.and_then(Node::text)
            && !is_schema
            && last != id
            && !last.contains('%')
        {
            let message = format!("`{text}` does not end in the id `{id}`");
            sink.report(&rule::LOCATION_ID, node.at, &path, message);
        }
    }
    let discovery = uris.iter().any(|uri| [CONFIGURATION, RESOURCE_TYPE, SCHEMA].contains(uri));
    if !sink.is_from_server() || discovery || uris.is_empty() {
        return;
    }
    if id.and_then(Node::text).is_none_or(str::is_empty) {
        let message =
            "a resource that a provider answers with has an id that is not empty".to_owned();
        sink.report(&rule::SERVER_ID, resource.at, path, message);
    }
    if meta.is_none_or(Node::is_unassigned) {
        let message =
            "`meta` is missing; `attributes` and `excludedAttributes` may leave it out".to_owned();
        sink.report(&rule::SERVER_META, resource.at, path, message);
    }
}

/// What names of people must be (RFC 7643, 4.1.1).
fn of_people(resource: &Node, path: &str, sink: &mut Sink<'_>) {
    let text = |name: &str| resource.get(name).and_then(|node| Some((node.at, node.text()?)));
    for name in ["userName", "displayName"] {
        if let Some((at, "")) = text(name) {
            let message = format!("`{name}` is empty; leave it out where there is none");
            sink.report(&rule::EMPTY_NAME, at, &format!("{path}/{name}"), message);
        }
    }
    if let (Some((at, nick)), Some((_, user))) = (text("nickName"), text("userName"))
        && nick.eq_ignore_ascii_case(user)
    {
        let message = "a nick name is how people are called, not how they sign in".to_owned();
        sink.report(&rule::NICK_NAME, at, &format!("{path}/nickName"), message);
    }
    let mut language = |name: &str, fits: fn(&str) -> bool, such: &str| {
        if let Some((at, said)) = text(name)
            && !said.is_empty()
            && !fits(said)
        {
            let message = format!("`{said}` names no language; write it such as `{such}`");
            sink.report(&rule::LANGUAGE, at, &format!("{path}/{name}"), message);
        }
    };
    language("locale", value::is_language_tag, "en-US");
    language("preferredLanguage", value::is_language_list, "en-US, de;q=0.5");
}

fn name_of(uris: &[&str]) -> String {
    uris.first().map_or_else(|| "the schema".to_owned(), |uri| format!("`{uri}`"))
}

fn is_urn(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// `schemas` is looked at by itself; `id` and `meta` only where a provider sends them.
fn is_common(name: &str) -> bool {
    ["schemas", "id", "meta"].iter().any(|common| common.eq_ignore_ascii_case(name))
}

fn is_predefined(name: &str) -> bool {
    ["type", "primary", "display", "value", "$ref"].iter().any(|one| one.eq_ignore_ascii_case(name))
}
