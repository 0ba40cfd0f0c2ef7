//! A resource that a client writes, held against its schemas (RFC 7643, 2 and 3; RFC 7644, 3.3
//! and 3.5.1).
//!
//! [`read`] takes the body of a POST or PUT and gives the resource in its canonical form:
//! attributes in the spelling and order of the schemas, so that the same content gives the same
//! text; nothing without a value; nothing that only the service provider writes.
//!
//! Choices, where the RFCs leave one:
//! - `null`, `[]`, `{}` and objects that become empty are no value (RFC 7643, 2.5). The empty
//!   text is a value and stays, as the client wrote it; a required attribute needs another.
//! - What an extension requires is required where the resource has that extension.
//! - An immutable attribute that a PUT leaves out keeps its value: the client did not assert it,
//!   and it cannot be cleared.
//! - Values of a list that say the same are one. Two with the same `type` and `value` that differ
//!   in the rest are refused (RFC 7643, 2.4: they SHOULD NOT be returned).
//! - `canonicalValues` are suggestions: other values are accepted.
//! - An attribute that no schema knows is a fault of the message (`invalidSyntax`), a value that
//!   does not fit its attribute is `invalidValue`.

mod options;
mod schemas;
mod several;
mod value;

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object};

use super::path::{AttrPath, SchemaUri, clip};
use super::schema::{Attribute, Mutability, ResourceType, Schemas};

pub use options::{Leniency, Options, Tolerated};

/// What is done with the resource.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// POST: it is new.
    Create,
    /// PUT: it takes the place of another.
    Replace {
        /// The resource as it is, as [`Written::resource`] or with more.
        current: &'a Json,
    },
}

/// A resource that was read.
#[derive(Clone, PartialEq)]
pub struct Written {
    /// It in canonical form, without values that are readOnly or writeOnly. What the service
    /// provider itself has put into a resource that is replaced is not carried over.
    pub resource: Json,
    /// The writeOnly values, such as a password; never to be given out or logged.
    pub write_only: Vec<(AttrPath, Json)>,
    /// What was accepted beyond the letter, in the order of its finding; at most
    /// [`TOLERATED`](crate::limits::TOLERATED).
    pub tolerated: Vec<Tolerated>,
}

/// Reads a resource that a client writes.
///
/// Fails with [`Payload`](ErrorKind::Payload) where it is none of the type's schemas: no object,
/// a name twice (names compare without case), a wrong `schemas`, an unknown attribute; with
/// [`Value`](ErrorKind::Value) where a value does not fit or a required one is missing; with
/// [`Mutability`](ErrorKind::Mutability) where an immutable value would change. Messages name
/// attributes and never values.
///
/// ```
/// use provisor::json::Json;
/// use provisor::scim::resource::{self, Options, Purpose};
/// use provisor::scim::schema::Schemas;
///
/// # fn main() -> Result<(), provisor::Error> {
/// let schemas = Schemas::standard();
/// let user = schemas.resource_type("User").unwrap();
/// let body: Json = r#"{
///     "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "USERNAME": "bjensen", "id": "mine", "emails": []
/// }"#.parse()?;
/// let written = resource::read(&body, &schemas, user, Purpose::Create, Options::strict())?;
/// assert_eq!(
///     written.resource.to_string(),
///     r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}"#,
/// );
/// # Ok(())
/// # }
/// ```
pub fn read(
    body: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
    purpose: Purpose<'_>,
    options: Options,
) -> Result<Written, Error> {
    let Some(body) = body.as_object() else {
        return Err(Error::new(ErrorKind::Payload, "the resource is no JSON object")
            .help("write the attributes in `{…}`"));
    };
    let Some(main) = schemas.schema(&resource_type.schema) else {
        let message = format!("the schema `{}` is unknown", resource_type.schema);
        return Err(Error::new(ErrorKind::Schema, message));
    };
    let current = match purpose {
        Purpose::Create => None,
        Purpose::Replace { current } => current.as_object(),
    };
    let mut reader = Reader::new(options);
    let mut fields = Fields::of(body, Here::TOP)?;
    let stated = fields.take("schemas");

    let common = schemas.common_attributes().iter();
    let common = common.filter(|one| one.name != "schemas" && main.attribute(&one.name).is_none());
    let attributes = common.chain(&main.attributes);
    let (entries, missing) = reader.attributes(attributes, &mut fields, current, Here::TOP)?;

    let mut uris: Vec<&str> = vec![&main.id];
    // Those that the list of the client must name: not what stays of the current resource.
    let mut written: Vec<&str> = vec![&main.id];
    let mut extensions = Object::new();
    for uri in &resource_type.extensions {
        let Some(schema) = schemas.schema(uri) else { continue };
        let given = fields.take(uri);
        let current = current.and_then(|one| one.attribute(uri)).and_then(Json::as_object);
        let here = Here { extension: Some(&schema.id), parent: None };
        let container = reader.extension(&schema.attributes, given, current, here)?;
        if !container.is_empty() {
            uris.push(&schema.id);
            if given.is_some_and(|given| !value::is_nothing(given)) {
                written.push(&schema.id);
            }
            extensions.push(schema.id.as_str(), container);
        }
    }
    // A misspelt name says more than that the right one is missing.
    reader.unknown(&fields, Here::TOP)?;
    if let Some(missing) = missing {
        return Err(missing);
    }
    reader.schemas(stated, resource_type, &written)?;

    let mut resource = Object::new();
    resource.push("schemas", uris.into_iter().map(Json::from).collect::<Vec<_>>());
    resource.entries_mut().extend(entries);
    resource.entries_mut().extend(extensions);
    let Reader { write_only, tolerated, .. } = reader;
    Ok(Written { resource: resource.into(), write_only, tolerated })
}

struct Reader {
    options: Options,
    tolerated: Vec<Tolerated>,
    write_only: Vec<(AttrPath, Json)>,
}

/// Where in the resource something stands.
#[derive(Debug, Clone, Copy)]
struct Here<'a> {
    /// URI of the extension.
    extension: Option<&'a str>,
    /// The complex attribute.
    parent: Option<&'a str>,
}

impl<'a> Here<'a> {
    const TOP: Self = Self { extension: None, parent: None };

    /// Inside of a complex attribute.
    fn inside(self, parent: &'a str) -> Self {
        Self { parent: Some(parent), ..self }
    }

    /// The path of an attribute here.
    fn path(self, name: &str) -> AttrPath {
        let uri = |uri: &str| SchemaUri { uri: uri.to_owned(), known: true };
        let schema = self.extension.map(uri);
        match self.parent {
            Some(parent) => {
                AttrPath { schema, name: parent.to_owned(), sub: Some(name.to_owned()) }
            }
            None => AttrPath { schema, name: name.to_owned(), sub: None },
        }
    }
}

/// The entries of an object, each taken at most once.
struct Fields<'a> {
    entries: Vec<(&'a str, Option<&'a Json>)>,
}

impl<'a> Fields<'a> {
    /// Fails where two names differ in no more than case.
    fn of(object: &'a Object, here: Here<'_>) -> Result<Self, Error> {
        /// Up to here, comparing all with all is quicker than hashing.
        const FEW: usize = 16;
        let entries: Vec<_> = object.iter().map(|(key, value)| (key, Some(value))).collect();
        let repeated = if entries.len() <= FEW {
            entries.iter().enumerate().find(|(at, (key, _))| {
                entries.iter().take(*at).any(|(other, _)| other.eq_ignore_ascii_case(key))
            })
        } else {
            let mut seen = hashbrown::HashSet::with_capacity(entries.len());
            entries.iter().enumerate().find(|(_, (key, _))| !seen.insert(key.to_ascii_lowercase()))
        };
        let Some((_, (key, _))) = repeated else { return Ok(Self { entries }) };
        let message = format!("`{}` occurs twice in one object", here.path(&clip(key)));
        Err(Error::new(ErrorKind::Payload, message)
            .help("write it once; names of attributes compare without regard to case"))
    }

    fn take(&mut self, name: &str) -> Option<&'a Json> {
        let mut entries = self.entries.iter_mut();
        entries.find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.take())
    }

    fn left(&self) -> impl Iterator<Item = &'a str> {
        self.entries.iter().filter(|(_, value)| value.is_some()).map(|(key, _)| *key)
    }
}

impl Reader {
    fn new(options: Options) -> Self {
        Self { options, tolerated: Vec::new(), write_only: Vec::new() }
    }

    /// The attributes of one object in the order of the schema, and the error for the first
    /// required one that is missing: whether it counts depends on the rest of the object.
    fn attributes<'s>(
        &mut self,
        attributes: impl Iterator<Item = &'s Attribute>,
        fields: &mut Fields<'_>,
        current: Option<&Object>,
        here: Here<'_>,
    ) -> Result<(Object, Option<Error>), Error> {
        let mut object = Object::new();
        let mut missing = None;
        for attribute in attributes {
            let given = fields.take(&attribute.name);
            if attribute.mutability == Mutability::ReadOnly {
                continue;
            }
            let current = current.and_then(|one| one.attribute(&attribute.name));
            let mut value = match given {
                Some(given) => self.value(attribute, given, current, here)?,
                None => None,
            };
            if attribute.mutability == Mutability::Immutable {
                value = self.unchanged(attribute, value, current, here)?;
            }
            if attribute.required && value.as_ref().is_none_or(is_empty_text) {
                missing.get_or_insert_with(|| required(attribute, value.is_some(), here));
            }
            match value {
                Some(value) if attribute.mutability == Mutability::WriteOnly => {
                    self.write_only.push((here.path(&attribute.name), value));
                }
                Some(value) => object.push(attribute.name.as_str(), value),
                None => {}
            }
        }
        Ok((object, missing))
    }

    /// The object of an extension; empty where the resource does not have it.
    fn extension(
        &mut self,
        attributes: &[Attribute],
        given: Option<&Json>,
        current: Option<&Object>,
        here: Here<'_>,
    ) -> Result<Object, Error> {
        let nothing = Object::new();
        let given = match given {
            None | Some(Json::Null) => &nothing,
            Some(Json::Object(given)) => given,
            Some(_) => {
                let uri = here.extension.unwrap_or_default();
                return Err(Error::new(ErrorKind::Value, format!("`{uri}` is no object"))
                    .help("write the attributes of the extension in `{…}`"));
            }
        };
        let mut fields = Fields::of(given, here)?;
        let (object, missing) = self.attributes(attributes.iter(), &mut fields, current, here)?;
        self.unknown(&fields, here)?;
        match missing {
            Some(missing) if !object.is_empty() => Err(missing),
            _ => Ok(object),
        }
    }

    /// An immutable attribute: what it has stays (RFC 7644, 3.5.1).
    fn unchanged(
        &mut self,
        attribute: &Attribute,
        value: Option<Json>,
        current: Option<&Json>,
        here: Here<'_>,
    ) -> Result<Option<Json>, Error> {
        let Some(current) = current else { return Ok(value) };
        // In canonical form; nothing that it needs is the client's doing. What the schema does
        // not allow any more counts as no value.
        let mut reader = Self::new(Options::tolerant());
        let Ok(Some(current)) = reader.value(attribute, current, None, here) else {
            return Ok(value);
        };
        match value {
            Some(value) if !value::same(attribute, &value, &current) => {
                let path = here.path(&attribute.name);
                let message = format!("`{path}` is immutable and has another value already");
                Err(Error::new(ErrorKind::Mutability, message)
                    .help("leave it as it is, or create another resource"))
            }
            _ => Ok(Some(current)),
        }
    }

    /// Names that no schema knows.
    fn unknown(&mut self, fields: &Fields<'_>, here: Here<'_>) -> Result<(), Error> {
        for key in fields.left() {
            self.tolerate(Leniency::UnknownAttribute, here, key)?;
        }
        Ok(())
    }

    /// Notes something that a leniency accepts, or refuses it.
    fn tolerate(&mut self, leniency: Leniency, here: Here<'_>, name: &str) -> Result<(), Error> {
        let path = here.path(&clip(name));
        if !self.options.accepts(leniency) {
            return Err(leniency.refuse(&path));
        }
        let full = self.tolerated.len() >= crate::limits::TOLERATED;
        let tolerated = Tolerated { leniency, path: path.to_string() };
        if !full && !self.tolerated.contains(&tolerated) {
            self.tolerated.push(tolerated);
        }
        Ok(())
    }
}

fn required(attribute: &Attribute, empty: bool, here: Here<'_>) -> Error {
    let path = here.path(&attribute.name);
    let what = if empty { "is empty" } else { "is missing" };
    Error::new(ErrorKind::Value, format!("`{path}` {what}, and it is required"))
        .help("give it a value")
}

fn is_empty_text(value: &Json) -> bool {
    value.as_str().is_some_and(str::is_empty)
}

/// Without the writeOnly values.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.write_only.iter().map(|(path, _)| path.to_string()).collect();
        f.debug_struct("Written")
            .field("resource", &self.resource)
            .field("write_only", &names)
            .field("tolerated", &self.tolerated)
            .finish()
    }
}
