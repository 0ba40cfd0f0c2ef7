//! Schemas from Schema resources (RFC 7643, 7).

use crate::diagnostic::suggest::{did_you_mean, nearest};
use crate::error::{Error, ErrorKind};
use crate::json::{Kind, View};

use super::{Attribute, Mutability, Returned, Schema, Type, Uniqueness, is_name, uri};

impl Schema {
    /// From a Schema resource. What it leaves out has the defaults of RFC 7643, 2.2; members that
    /// the RFC does not know are left aside.
    ///
    /// Fails with [`Schema`](ErrorKind::Schema), naming the attribute, where the resource makes
    /// no sense.
    pub fn from_json<V: View>(resource: &V) -> Result<Self, Error> {
        if resource.kind() != Kind::Object {
            return Err(fail("a schema is a JSON object").help("give a Schema resource"));
        }
        let id = match text(resource, "id", "the schema")? {
            Some(id) if is_uri(id) => id.to_owned(),
            Some(id) => {
                return Err(fail(format!("the schema's id `{id}` is no URI")).help(
                    "write a URN such as `urn:example:params:scim:schemas:extension:acme:2.0:User`",
                ));
            }
            None => {
                return Err(fail("the schema has no `id`").help("its `id` is its URI"));
            }
        };
        let place = format!("the schema `{id}`");
        let name = match text(resource, "name", &place)? {
            Some(name) => name.to_owned(),
            None => id.rsplit(':').next().unwrap_or_default().to_owned(),
        };
        let description = text(resource, "description", &place)?.unwrap_or_default().to_owned();
        // The standard Schema schema alone nests one level deeper.
        let levels = if id.eq_ignore_ascii_case(uri::SCHEMA) { 3 } else { 2 };
        let attributes = match resource.attribute("attributes") {
            Some(list) => attributes(list, &place, "", levels)?,
            None => {
                return Err(fail(format!("{place} has no `attributes`"))
                    .help("list its attributes in `attributes`"));
            }
        };
        Ok(Self { id, name, description, attributes })
    }
}

fn attributes<V: View>(
    list: &V,
    place: &str,
    parent: &str,
    levels: usize,
) -> Result<Vec<Attribute>, Error> {
    if list.kind() != Kind::Array {
        return Err(fail(format!("the attributes of {place} are no list")).help("write `[…]`"));
    }
    let mut seen = hashbrown::HashSet::new();
    let mut attributes = Vec::new();
    for resource in list.elements() {
        let attribute = attribute(resource, place, parent, levels)?;
        if !seen.insert(attribute.name.to_ascii_lowercase()) {
            return Err(fail(format!("{place} has two attributes `{parent}{}`", attribute.name))
                .help("names of attributes differ in more than the case of letters"));
        }
        attributes.push(attribute);
    }
    Ok(attributes)
}

fn attribute<V: View>(
    resource: &V,
    place: &str,
    parent: &str,
    levels: usize,
) -> Result<Attribute, Error> {
    let name = match text(resource, "name", &format!("an attribute of {place}"))? {
        Some(name) if is_name(name) => name,
        Some(name) => {
            return Err(fail(format!("`{parent}{name}` of {place} is no name of an attribute"))
                .help("a name is a letter, then letters, digits, `-` and `_`"));
        }
        None => {
            return Err(fail(format!("an attribute of {place} has no `name`"))
                .help("every attribute is an object with `name` and `type`"));
        }
    };
    let path = format!("{parent}{name}");
    let here = format!("the attribute `{path}` of {place}");
    let kind = word(resource, Type::WHAT, &here, Type::parse, Type::ALL, Type::as_str)?;
    let mut attribute = Attribute::new(name, kind.unwrap_or(Type::String));
    attribute.multi_valued = flag(resource, "multiValued", &here)?.unwrap_or(false);
    attribute.description = text(resource, "description", &here)?.unwrap_or_default().to_owned();
    attribute.required = flag(resource, "required", &here)?.unwrap_or(false);
    if let Some(exact) = flag(resource, "caseExact", &here)? {
        attribute.case_exact = exact && attribute.kind.has_case();
    }
    attribute.canonical_values = texts(resource, "canonicalValues", &here)?;
    attribute.reference_types = texts(resource, "referenceTypes", &here)?;
    let mutability = Mutability::parse;
    if let Some(mutability) =
        word(resource, Mutability::WHAT, &here, mutability, Mutability::ALL, Mutability::as_str)?
    {
        attribute.mutability = mutability;
    }
    if let Some(returned) =
        word(resource, Returned::WHAT, &here, Returned::parse, Returned::ALL, Returned::as_str)?
    {
        attribute.returned = returned;
    }
    let uniqueness = Uniqueness::parse;
    if let Some(uniqueness) =
        word(resource, Uniqueness::WHAT, &here, uniqueness, Uniqueness::ALL, Uniqueness::as_str)?
    {
        attribute.uniqueness = uniqueness;
    }
    let subs = given(resource, "subAttributes");
    match (attribute.is_complex(), subs) {
        (true, Some(list)) if levels > 1 => {
            let parent = format!("{path}.");
            attribute.sub_attributes = attributes(list, place, &parent, levels - 1)?;
        }
        (true, _) if levels == 1 => {
            return Err(fail(format!("{here} is complex inside a complex attribute"))
                .help("sub-attributes have simple types (RFC 7643, 2.3.8)"));
        }
        (true, _) => {
            return Err(fail(format!("{here} is complex and has no `subAttributes`"))
                .help("list its sub-attributes, or give it a simple type"));
        }
        (false, Some(list)) if list.elements().next().is_some() => {
            return Err(fail(format!("{here} has `subAttributes` and is not complex"))
                .help("write `\"type\": \"complex\"`"));
        }
        (false, _) => {}
    }
    Ok(attribute)
}

/// A characteristic that has one of a few words.
fn word<V: View, T: Copy>(
    resource: &V,
    what: &str,
    here: &str,
    parse: impl Fn(&str) -> Option<T>,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<Option<T>, Error> {
    let Some(written) = text(resource, what, here)? else { return Ok(None) };
    if let Some(one) = parse(written) {
        return Ok(Some(one));
    }
    let words = || all.iter().map(|one| as_str(*one));
    let help = match nearest(written, words()) {
        Some(near) => did_you_mean(near),
        None => format!("write one of {}", words().collect::<Vec<_>>().join(", ")),
    };
    Err(fail(format!("`{what}` of {here} has the unknown value `{written}`")).help(help))
}

fn text<'a, V: View>(resource: &'a V, key: &str, here: &str) -> Result<Option<&'a str>, Error> {
    let Some(value) = given(resource, key) else { return Ok(None) };
    let wrong = || fail(format!("`{key}` of {here} is no text")).help("write it in double quotes");
    value.as_text().map(Some).ok_or_else(wrong)
}

fn flag<V: View>(resource: &V, key: &str, here: &str) -> Result<Option<bool>, Error> {
    let Some(value) = given(resource, key) else { return Ok(None) };
    let wrong = || {
        fail(format!("`{key}` of {here} is neither true nor false"))
            .help("write `true` or `false` without quotes")
    };
    value.as_flag().map(Some).ok_or_else(wrong)
}

fn texts<V: View>(resource: &V, key: &str, here: &str) -> Result<Vec<String>, Error> {
    let Some(value) = given(resource, key) else { return Ok(Vec::new()) };
    let wrong = || {
        fail(format!("`{key}` of {here} is no list of texts")).help("write it as `[\"a\", \"b\"]`")
    };
    if value.kind() != Kind::Array {
        return Err(wrong());
    }
    value.elements().map(|one| one.as_text().map(str::to_owned).ok_or_else(wrong)).collect()
}

fn given<'a, V: View>(resource: &'a V, key: &str) -> Option<&'a V> {
    resource.attribute(key).filter(|value| value.kind() != Kind::Null)
}

/// A scheme, a colon, and something behind it without blanks.
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && !rest.is_empty()
            && !text.contains(|c: char| {
                c.is_whitespace() || c.is_control() || matches!(c, '"' | '[' | ']' | '(' | ')')
            })
    })
}

fn fail(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Schema, message)
}
