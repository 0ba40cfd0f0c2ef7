//! Which attributes of a resource a response has (RFC 7644, 3.9; RFC 7643, 2.2 and 7).
//!
//! Choices, where the RFCs leave one:
//! - `id` and `schemas` are always there, whatever the client excludes.
//! - `schemas` names the main schema and those extensions that the response contains.
//! - A sub-attribute that is always returned comes with its attribute; it does not bring an
//!   attribute that is not asked for.
//! - A name that no schema knows asks for nothing, and so does text that is no name. What stands
//!   in brackets is left aside: `emails[type eq "work"].value` asks for `emails.value`.
//! - A whole extension can be asked for or excluded by its URI.
//! - What no schema knows is not given out: whether it may be is unknown.

use crate::json::{Json, Object};

use super::path::{AttrPath, Named, SchemaUri, named};
use super::schema::{Attribute, ResourceType, Returned, Schema, Schemas};

/// Which attributes a response has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Projection {
    /// Those that are returned by default.
    #[default]
    Default,
    /// `attributes`: the minimum and these.
    Only(Vec<AttrPath>),
    /// `excludedAttributes`: the default without these.
    Without(Vec<AttrPath>),
}

impl Projection {
    /// From `attributes`: names, each an attribute, a sub-attribute or a whole schema's URI.
    /// None at all is the default.
    pub fn only<'a>(names: impl IntoIterator<Item = &'a str>, schemas: &Schemas) -> Self {
        match paths(names, schemas) {
            None => Self::Default,
            Some(paths) => Self::Only(paths),
        }
    }

    /// From `excludedAttributes`, in the same way.
    pub fn without<'a>(names: impl IntoIterator<Item = &'a str>, schemas: &Schemas) -> Self {
        match paths(names, schemas) {
            None => Self::Default,
            Some(paths) => Self::Without(paths),
        }
    }

    /// Whether a response can have something of an attribute: `schema` is that of an extension,
    /// or `None` for the main schema and what every resource has. `false` if there is no such
    /// attribute.
    pub fn shows(
        &self,
        schemas: &Schemas,
        resource_type: &ResourceType,
        schema: Option<&str>,
        name: &str,
    ) -> bool {
        let uri = schema.unwrap_or(&resource_type.schema);
        let extension = schema.filter(|uri| !uri.eq_ignore_ascii_case(&resource_type.schema));
        let attribute = match extension {
            Some(uri) => schemas.schema(uri).and_then(|schema| schema.attribute(name)),
            None => schemas.attribute(uri, name),
        };
        let choice = Choice { projection: self, main: &resource_type.schema, extension };
        attribute.is_some_and(|attribute| choice.part(attribute) != Part::Nothing)
    }
}

/// The resource as a response has it.
///
/// `resource` may have more than a client has written, such as `id`, `meta` and derived
/// attributes; names compare without case.
pub fn project(
    resource: Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
    projection: &Projection,
) -> Json {
    let Json::Object(resource) = resource else { return resource };
    let Some(main) = schemas.schema(&resource_type.schema) else { return Json::Null };
    let top = Choice { projection, main: &main.id, extension: None };
    let mut shown = Object::new();
    let mut extensions: Vec<&str> = Vec::new();
    for (name, value) in resource {
        if let Some(schema) = extension(&name, schemas, resource_type) {
            let choice = Choice { extension: Some(&schema.id), ..top };
            let Json::Object(mut inner) = value else { continue };
            choice.prune(&mut inner, |name| schema.attribute(name));
            if !inner.is_empty() {
                extensions.push(&schema.id);
                shown.push(name, inner);
            }
        } else if let Some(attribute) = attribute(&name, schemas, main)
            && let Some(value) = top.value(attribute, value)
        {
            shown.push(name, value);
        }
    }
    for (name, value) in shown.entries_mut() {
        if let Json::Array(uris) = value
            && name.eq_ignore_ascii_case("schemas")
        {
            uris.retain(|uri| {
                let mut there = std::iter::once(main.id.as_str()).chain(extensions.iter().copied());
                uri.as_str().is_some_and(|uri| there.any(|one| one.eq_ignore_ascii_case(uri)))
            });
        }
    }
    shown.into()
}

/// How much of an attribute is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<'s> {
    Nothing,
    Whole,
    /// These sub-attributes.
    Subs(Vec<&'s str>),
}

/// A projection at one place of the resource.
#[derive(Clone, Copy)]
struct Choice<'a> {
    projection: &'a Projection,
    /// URI of the main schema.
    main: &'a str,
    /// URI of the extension, inside of one.
    extension: Option<&'a str>,
}

impl<'a> Choice<'a> {
    /// How much of an attribute is shown.
    fn part<'s>(self, attribute: &'s Attribute) -> Part<'s> {
        let paths = match self.projection {
            Projection::Default => &[][..],
            Projection::Only(paths) | Projection::Without(paths) => paths,
        };
        let asked = || paths.iter().filter(|path| self.names(path, attribute));
        let whole = |path: &&AttrPath| path.sub.is_none();
        let by_name = asked().any(|path| !path.name.is_empty() && whole(&path));
        let by_schema = asked().any(|path| path.name.is_empty());
        let in_subs = |sub: &Attribute| {
            asked().any(|path| path.sub.as_ref().is_some_and(|one| is(one, &sub.name)))
        };
        let fixed = matches!(attribute.name.as_str(), "id" | "schemas") && self.extension.is_none();
        let always = attribute.returned == Returned::Always || fixed;
        match (self.projection, attribute.returned) {
            (_, Returned::Never) => Part::Nothing,
            (Projection::Default | Projection::Without(_), Returned::Request) => Part::Nothing,
            (Projection::Default, _) => subs(attribute, |_| false, |_| true),
            (Projection::Without(_), _) if (by_name || by_schema) && !always => Part::Nothing,
            (Projection::Without(_), _) => subs(attribute, |_| false, |sub| !in_subs(sub)),
            (Projection::Only(_), returned) => {
                let requested = by_name || (by_schema && returned != Returned::Request);
                if requested || always {
                    subs(attribute, in_subs, |_| true)
                } else if attribute.sub_attributes.iter().any(in_subs) {
                    subs(attribute, in_subs, |_| false)
                } else {
                    Part::Nothing
                }
            }
        }
    }

    /// Whether a path names the attribute, one of its sub-attributes or its whole schema.
    fn names(self, path: &AttrPath, attribute: &Attribute) -> bool {
        let here = match (&path.schema, self.extension) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(schema), Some(extension)) => is(&schema.uri, extension),
            (Some(schema), None) => is(&schema.uri, self.main),
        };
        here && (path.name.is_empty() || is(&path.name, &attribute.name))
    }

    fn value(self, attribute: &Attribute, mut value: Json) -> Option<Json> {
        let names = match self.part(attribute) {
            Part::Nothing => return None,
            Part::Whole => return Some(value),
            Part::Subs(names) => names,
        };
        let shown = |object: &mut Object| {
            object.entries_mut().retain(|(key, _)| names.iter().any(|name| is(name, key)));
            !object.is_empty()
        };
        let something = match &mut value {
            Json::Object(object) => shown(object),
            Json::Array(list) => {
                list.retain_mut(|one| match one {
                    Json::Object(object) => shown(object),
                    _ => false,
                });
                !list.is_empty()
            }
            _ => false,
        };
        something.then_some(value)
    }

    fn prune<'s>(self, object: &mut Object, find: impl Fn(&str) -> Option<&'s Attribute>) {
        object.entries_mut().retain_mut(|(name, value)| {
            let Some(attribute) = find(name) else { return false };
            match self.value(attribute, std::mem::take(value)) {
                Some(shown) => {
                    *value = shown;
                    true
                }
                None => false,
            }
        });
    }
}

/// The part of an attribute by its sub-attributes: those asked for by name, and those of the
/// default that are wanted.
fn subs(
    attribute: &Attribute,
    asked: impl Fn(&Attribute) -> bool,
    wanted: impl Fn(&Attribute) -> bool,
) -> Part<'_> {
    if !attribute.is_complex() {
        return Part::Whole;
    }
    let shown = attribute.sub_attributes.iter().filter(|sub| match sub.returned {
        Returned::Always => true,
        Returned::Never => false,
        Returned::Request => asked(sub),
        Returned::Default => asked(sub) || wanted(sub),
    });
    let names: Vec<&str> = shown.map(|sub| sub.name.as_str()).collect();
    match names.len() {
        0 => Part::Nothing,
        all if all == attribute.sub_attributes.len() => Part::Whole,
        _ => Part::Subs(names),
    }
}

fn extension<'s>(
    name: &str,
    schemas: &'s Schemas,
    resource_type: &ResourceType,
) -> Option<&'s Schema> {
    let mut own = resource_type.extensions.iter();
    own.find(|uri| is(uri, name)).and_then(|uri| schemas.schema(uri))
}

fn attribute<'s>(name: &str, schemas: &'s Schemas, main: &'s Schema) -> Option<&'s Attribute> {
    main.attribute(name).or_else(|| schemas.common(name))
}

/// The paths of names; `None` where there is no name.
fn paths<'a>(names: impl IntoIterator<Item = &'a str>, schemas: &Schemas) -> Option<Vec<AttrPath>> {
    let mut names = names
        .into_iter()
        .map(|name| name.trim_matches(' '))
        .filter(|name| !name.is_empty())
        .peekable();
    names.peek()?;
    Some(names.filter_map(|name| path(name, schemas)).collect())
}

fn path(name: &str, schemas: &Schemas) -> Option<AttrPath> {
    let named = match name.split_once('[').and_then(|(name, rest)| {
        let (_, behind) = rest.rsplit_once(']')?;
        Some(format!("{name}{behind}"))
    }) {
        Some(without) => named(&without, schemas),
        None => named(name, schemas),
    };
    match named.ok()? {
        Named::Attribute(path) => Some(path),
        Named::Schema(uri) => Some(AttrPath {
            schema: Some(SchemaUri { uri, known: true }),
            name: String::new(),
            sub: None,
        }),
    }
}

fn is(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}
