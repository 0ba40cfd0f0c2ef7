//! Schema resources (RFC 7643, 2, 3.3, 7, 8.7 and 10).

use std::collections::BTreeSet;

use super::definition::{Attribute, Definitions, Type};
use super::document::{Node, Shape};
use super::{Sink, rule, value};

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const CORE: &str = "urn:ietf:params:scim:schemas:core:";
/// What RFC 7643, 10.3 registers under `core`.
const REGISTERED: [&str; 5] = ["User", "Group", "ServiceProviderConfig", "ResourceType", "Schema"];
/// Characteristics with the values that RFC 7643, 7 lists; they are case exact.
const ENUMERATED: [(&str, &[&str]); 3] = [
    ("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]),
    ("returned", &["always", "never", "default", "request"]),
    ("uniqueness", &["none", "server", "global"]),
];
/// Sub-attributes whose types are the same everywhere (RFC 7643, 2.4).
const PREDEFINED: [(&str, Type); 4] = [
    ("type", Type::String),
    ("primary", Type::Boolean),
    ("display", Type::String),
    ("$ref", Type::Reference),
];

pub(super) fn check(schema: &Node, uris: &[&str], path: &str, sink: &mut Sink<'_>) {
    if !uris.iter().any(|uri| uri.eq_ignore_ascii_case(SCHEMA)) {
        return;
    }
    let id = schema.get("id").and_then(Node::text).unwrap_or_default();
    identifier(schema, id, path, sink);
    words(schema, "the schema", &["name", "description"], path, sink);
    let extends = !id.to_lowercase().starts_with(CORE);
    let attributes = schema.get("attributes").map_or(&[][..], Node::elements);
    all(attributes, &format!("{path}/attributes"), sink, &mut |one, path, sink| {
        definition(one, path, sink);
        if extends {
            redefines(one, path, sink);
        }
    });
    // Not those that the caller gave: a file does not vouch for itself.
    if let Some(known) = Definitions::rfc().of(id) {
        compare(known, attributes, &format!("{path}/attributes"), sink);
    }
}

fn identifier(schema: &Node, id: &str, path: &str, sink: &mut Sink<'_>) {
    let at = schema.get("id").map_or(schema.at, |node| node.at);
    let path = format!("{path}/id");
    if !id.is_empty() && (!value::is_uri(id) || !id.contains(':')) {
        let words = format!("`{id}` is no URI; the id of a schema is the URI that `schemas` names");
        return sink.report(&rule::SCHEMA_ID, at, &path, words);
    }
    let Some(rest) = id.to_lowercase().strip_prefix("urn:ietf:params:scim:").map(str::to_owned)
    else {
        return;
    };
    let mut parts = rest.split(':');
    let kind = parts.next().unwrap_or_default();
    if !matches!(kind, "schemas" | "api") || parts.next().is_none_or(str::is_empty) {
        let words = format!("`{id}` is not `urn:ietf:params:scim:schemas:NAME…`");
        return sink.report(&rule::SCHEMA_URN, at, &path, words);
    }
    let registered =
        REGISTERED.iter().any(|name| id.eq_ignore_ascii_case(&format!("{CORE}2.0:{name}")));
    if (rest.starts_with("schemas:core:") && !registered) || kind == "api" {
        let words =
            format!("`{id}` is not registered; take a URN of your own for your own schemas");
        sink.report(&rule::SCHEMA_REGISTERED, at, &path, words);
    }
}

/// Names and descriptions, which are given where they make sense.
fn words(node: &Node, what: &str, names: &[&str], path: &str, sink: &mut Sink<'_>) {
    for name in names {
        if node.get(name).and_then(Node::text).is_none_or(str::is_empty) {
            let words = format!("{what} has no `{name}`");
            sink.report(&rule::SCHEMA_WORDS, node.at, path, words);
        }
    }
}

/// Definitions side by side, whose names must differ.
fn all(
    definitions: &[Node],
    path: &str,
    sink: &mut Sink<'_>,
    each: &mut dyn FnMut(&Node, &str, &mut Sink<'_>),
) {
    let mut names = BTreeSet::new();
    for (number, one) in definitions.iter().enumerate() {
        let path = format!("{path}/{number}");
        each(one, &path, sink);
        if let Some(name) = one.get("name").and_then(Node::text)
            && !names.insert(name.to_lowercase())
        {
            let words =
                format!("another attribute is named `{name}`; letters' case does not count");
            sink.report(&rule::SAME_NAME, one.at, &path, words);
        }
    }
}

/// One definition and those of its sub-attributes.
fn definition(one: &Node, path: &str, sink: &mut Sink<'_>) {
    let name = one.get("name").and_then(Node::text).unwrap_or_default();
    let kind = characteristics(one, name, path, sink);
    let parts = one.get("subAttributes").filter(|parts| !parts.is_unassigned());
    match (kind, parts) {
        (Some(Type::Complex), None) => {
            let words = format!("`{name}` is complex and has no subAttributes");
            sink.report(&rule::COMPLEX_PARTS, one.at, path, words);
        }
        (Some(kind), Some(parts)) if kind != Type::Complex => {
            let words = format!("`{name}` is not complex and has subAttributes");
            sink.report(&rule::SIMPLE_PARTS, parts.at, path, words);
        }
        _ => {}
    }
    let parts = parts.map_or(&[][..], Node::elements);
    all(parts, &format!("{path}/subAttributes"), sink, &mut |part, path, sink| {
        let name = part.get("name").and_then(Node::text).unwrap_or_default();
        let kind = characteristics(part, name, path, sink);
        if kind == Some(Type::Complex)
            || part.get("subAttributes").is_some_and(|inner| !inner.is_unassigned())
        {
            let words = format!("`{name}` is a sub-attribute and complex; SCIM nests once");
            sink.report(&rule::COMPLEX_NESTED, part.at, path, words);
        }
        if let Some((_, wanted)) = PREDEFINED.iter().find(|(known, _)| *known == name)
            && kind.is_some_and(|kind| kind != *wanted)
        {
            let words = format!("`{name}` is {} wherever it occurs", wanted.in_json());
            sink.report(&rule::PREDEFINED, part.at, path, words);
        }
    });
}

/// What one definition says of its attribute; gives the type.
fn characteristics(one: &Node, name: &str, path: &str, sink: &mut Sink<'_>) -> Option<Type> {
    if !name.is_empty() && !value::is_name(name) {
        let words = format!("`{name}` is no name: a letter, then letters, digits, `$`, `-`, `_`");
        sink.report(&rule::ATTRIBUTE_NAME, one.at, path, words);
    } else if name.contains('-') {
        let words = format!("`{name}` has a hyphen, which JavaScript reads as minus");
        sink.report(&rule::HYPHEN, one.at, path, words);
    }
    words(one, &format!("`{name}`"), &["description"], path, sink);
    for (characteristic, values) in ENUMERATED {
        if let Some(node) = one.get(characteristic)
            && !node.text().is_some_and(|text| values.contains(&text))
        {
            let words = format!("`{characteristic}` of `{name}` is none of {}", values.join(", "));
            sink.report(&rule::CHARACTERISTIC, node.at, &format!("{path}/{characteristic}"), words);
        }
    }
    if let Some(node) = one.get("canonicalValues").filter(|node| !node.is_unassigned())
        && (!matches!(node.shape, Shape::Array(_))
            || node.elements().iter().any(|value| value.text().is_none()))
    {
        let words = format!("`canonicalValues` of `{name}` is an array of strings");
        sink.report(&rule::CANONICAL_VALUES, node.at, &format!("{path}/canonicalValues"), words);
    }
    let text = one.get("type").and_then(Node::text)?;
    let kind = Type::of(text).filter(|kind| *kind != Type::Any);
    let Some(kind) = kind else {
        let words = format!(
            "`{text}`, the type of `{name}`, is none of string, boolean, decimal, integer, dateTime, binary, reference, complex"
        );
        sink.report(&rule::ATTRIBUTE_TYPE, one.at, &format!("{path}/type"), words);
        return None;
    };
    of_type(one, name, kind, path, sink);
    Some(kind)
}

/// What a type rules out.
fn of_type(one: &Node, name: &str, kind: Type, path: &str, sink: &mut Sink<'_>) {
    let unique = one.get("uniqueness").and_then(Node::text).is_some_and(|text| text != "none");
    let exact = one.get("caseExact").and_then(Node::boolean);
    let types = one.get("referenceTypes").filter(|types| !types.is_unassigned());
    let mut say = |rule, words: String| sink.report(rule, one.at, path, words);
    match kind {
        Type::Complex if unique || exact == Some(true) => {
            say(
                &rule::COMPLEX_PLAIN,
                format!("`{name}` is complex: only its parts can be unique or case exact"),
            );
        }
        Type::DateTime if unique => {
            say(&rule::DATE_TIME_PLAIN, format!("`{name}` is a dateTime, which has no uniqueness"));
        }
        Type::Binary if unique || exact == Some(false) => {
            say(
                &rule::BINARY_EXACT,
                format!("`{name}` is binary: case exact and without uniqueness"),
            );
        }
        _ => {}
    }
    match (kind, types) {
        (Type::Reference, None) => {
            say(
                &rule::REFERENCE_TYPES,
                format!("`{name}` is a reference and has no referenceTypes"),
            );
        }
        (Type::Reference, Some(_)) => {}
        (_, Some(_)) => {
            say(&rule::REFERENCE_TYPES, format!("`{name}` is no reference and has referenceTypes"));
        }
        (_, None) => {}
    }
}

/// An extension that defines what a resource has already.
fn redefines(one: &Node, path: &str, sink: &mut Sink<'_>) {
    let Some(name) = one.get("name").and_then(Node::text) else { return };
    let definitions = sink.definitions;
    let user = definitions.of(&format!("{CORE}2.0:User")).unwrap_or_default();
    if Attribute::find(definitions.common(), name).or_else(|| Attribute::find(user, name)).is_some()
    {
        let words = format!("`{name}` is an attribute of RFC 7643; take another name");
        sink.report(&rule::CORE_REDEFINED, one.at, path, words);
    }
}

/// A schema of an RFC, as somebody publishes it, against the table.
fn compare(known: &[Attribute], published: &[Node], path: &str, sink: &mut Sink<'_>) {
    for (number, one) in published.iter().enumerate() {
        let path = format!("{path}/{number}");
        let Some(name) = one.get("name").and_then(Node::text) else { continue };
        let Some(known) = Attribute::find(known, name) else { continue };
        let mut differ = |what: &str, right: String| {
            let words = format!("`{what}` of `{name}` is {right} in the RFC");
            sink.report(&rule::AS_THE_RFC, one.at, &path, words);
        };
        if let Some(kind) = one.get("type").and_then(Node::text).and_then(Type::of)
            && kind != known.kind
        {
            differ("type", format!("{:?}", known.kind).to_lowercase());
        }
        let flag = |name: &str| one.get(name).and_then(Node::boolean);
        if flag("multiValued").unwrap_or(false) != known.multi_valued {
            differ("multiValued", known.multi_valued.to_string());
        }
        // A provider may require more than the RFC (RFC 7643, 3.3), never less.
        if known.required && flag("required") == Some(false) {
            differ("required", "true".to_owned());
        }
        if let Some(exact) = known.case_exact
            && known.kind == Type::String
            && flag("caseExact").is_some_and(|published| published != exact)
        {
            differ("caseExact", exact.to_string());
        }
        for (what, right) in [("returned", &known.returned), ("uniqueness", &known.uniqueness)] {
            let strict = matches!(right.as_deref(), Some("never" | "server" | "always"));
            let published = one.get(what).and_then(Node::text);
            if let (true, Some(right)) = (strict, right)
                && published.is_some_and(|text| text != right && text != "global")
            {
                differ(what, right.clone());
            }
        }
        let parts = one.get("subAttributes").map_or(&[][..], Node::elements);
        compare(&known.parts, parts, &format!("{path}/subAttributes"), sink);
    }
}
