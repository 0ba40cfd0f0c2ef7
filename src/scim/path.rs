//! Attribute paths: `userName`, `name.familyName`,
//! `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value` (RFC 7644, 3.10).
//!
//! Neither the first dot nor the last colon parts a URI from a name: URIs contain dots
//! (`core:2.0`), and ports (`http://host:8080/x`). So paths are read against the known schemas.

use std::fmt;

use crate::diagnostic::suggest::{did_you_mean, nearest};
use crate::error::{Error, ErrorKind};
use crate::limits;

use super::schema::{Attribute, ResourceType, Schema, Schemas, is_name};

/// A path as it was written. Equality is that of the spelling; [`AttrPath::resolve`] finds what
/// it names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttrPath {
    /// The schema, if it is written.
    pub schema: Option<SchemaUri>,
    /// The attribute; empty where a [projection](super::project::Projection) means the whole
    /// schema, and then it resolves to nothing.
    pub name: String,
    /// The sub-attribute.
    pub sub: Option<String>,
}

/// A schema's URI in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SchemaUri {
    /// As written.
    pub uri: String,
    /// Whether it is one of the schemas against which the path was read. If not, the last colon
    /// parted it from the name.
    pub known: bool,
}

/// What a path or a part of one names.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'s> {
    /// The schema that has the attribute; the attributes of every resource have the main one.
    pub schema: &'s Schema,
    /// Whether its values stand in an object of the schema's name.
    pub extension: bool,
    /// The attribute.
    pub attribute: &'s Attribute,
    /// The sub-attribute.
    pub sub: Option<&'s Attribute>,
}

/// A text that can be a path or a whole schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Attribute(AttrPath),
    Schema(String),
}

impl AttrPath {
    /// A path without a schema.
    pub fn new(name: impl Into<String>, sub: Option<&str>) -> Self {
        Self { schema: None, name: name.into(), sub: sub.map(str::to_owned) }
    }

    /// Reads a path. An unknown schema is no error here; see [`SchemaUri::known`].
    ///
    /// Fails with [`Path`](ErrorKind::Path) and the byte that is wrong.
    pub fn parse(text: &str, schemas: &Schemas) -> Result<Self, Error> {
        match named(text, schemas)? {
            Named::Attribute(path) => Ok(path),
            Named::Schema(uri) => {
                let message = format!("`{}` is a schema, and an attribute is expected", clip(&uri));
                Err(fail(message, uri.len())
                    .help("write `:` and the name of an attribute behind it"))
            }
        }
    }

    /// Reads a list of paths parted by commas, as in `attributes=userName,emails.type`
    /// (RFC 7644, 3.4.2.5). Blanks around a path are allowed.
    pub fn parse_list(text: &str, schemas: &Schemas) -> Result<Vec<Self>, Error> {
        let mut at = 0;
        let mut paths = Vec::new();
        for part in text.split(',') {
            let start = at + part.len() - part.trim_start_matches(' ').len();
            let path = Self::parse(part.trim_matches(' '), schemas).map_err(|error| {
                let inside = error.offset().unwrap_or(0);
                error.at(start + inside)
            })?;
            paths.push(path);
            at += part.len() + 1;
        }
        Ok(paths)
    }

    /// What it names in resources of a type: with a schema, an attribute of that; without, one
    /// of the main schema or one that every resource has.
    ///
    /// Fails with [`Path`](ErrorKind::Path) where there is no such attribute.
    pub fn resolve<'s>(
        &self,
        schemas: &'s Schemas,
        resource_type: &ResourceType,
    ) -> Result<Resolved<'s>, Error> {
        let uri = match &self.schema {
            Some(schema) => self.member(&schema.uri, resource_type)?,
            None => &resource_type.schema,
        };
        let extension = !uri.eq_ignore_ascii_case(&resource_type.schema);
        let Some(schema) = schemas.schema(uri) else {
            return Err(fail(format!("the schema `{}` is unknown", clip(uri)), 0));
        };
        let common = || if extension { None } else { schemas.common(&self.name) };
        let Some(attribute) = schema.attribute(&self.name).or_else(common) else {
            return Err(self.unknown(schemas, schema, resource_type));
        };
        let Some(name) = &self.sub else {
            return Ok(Resolved { schema, extension, attribute, sub: None });
        };
        match attribute.sub(name) {
            Some(sub) => Ok(Resolved { schema, extension, attribute, sub: Some(sub) }),
            None if attribute.is_complex() => {
                let names = attribute.sub_attributes.iter().map(|sub| sub.name.as_str());
                let message = format!("`{}` has no sub-attribute `{}`", attribute.name, clip(name));
                Err(suggest(fail(message, self.sub_offset()), name, names))
            }
            None => {
                let message = format!("`{}` has no sub-attributes", attribute.name);
                Err(fail(message, self.sub_offset())
                    .help(format!("write `{}` alone", attribute.name)))
            }
        }
    }

    /// The same path in the spelling of its schemas; what they do not know stays as written.
    #[must_use]
    pub fn canonical(&self, schemas: &Schemas, resource_type: &ResourceType) -> Self {
        let Ok(resolved) = self.resolve(schemas, resource_type) else { return self.clone() };
        Self {
            schema: self
                .schema
                .as_ref()
                .map(|_| SchemaUri { uri: resolved.schema.id.clone(), known: true }),
            name: resolved.attribute.name.clone(),
            sub: resolved.sub.map(|sub| sub.name.clone()),
        }
    }

    /// Whether a name in it has a `$`, which the letter of RFC 7644 does not allow.
    pub fn has_dollar(&self) -> bool {
        self.name.contains('$') || self.sub.as_ref().is_some_and(|sub| sub.contains('$'))
    }

    fn member<'a>(&self, uri: &'a str, resource_type: &ResourceType) -> Result<&'a str, Error> {
        let own = || {
            std::iter::once(&resource_type.schema)
                .chain(&resource_type.extensions)
                .map(String::as_str)
        };
        if own().any(|one| one.eq_ignore_ascii_case(uri)) {
            return Ok(uri);
        }
        let message =
            format!("`{}` is no schema of the resource type `{}`", clip(uri), resource_type.name);
        Err(suggest(fail(message, 0), uri, own()))
    }

    fn unknown(&self, schemas: &Schemas, schema: &Schema, resource_type: &ResourceType) -> Error {
        let name = &self.name;
        let at = self.schema.as_ref().map_or(0, |schema| schema.uri.len() + 1);
        let error =
            fail(format!("the schema {} has no attribute `{}`", schema.name, clip(name)), at);
        let mut uris = std::iter::once(&resource_type.schema).chain(&resource_type.extensions);
        if let Some(uri) = uris.find(|uri| schemas.attribute(uri, name).is_some()) {
            return error.help(format!("write `{uri}:{name}`"));
        }
        let common = schemas.common_attributes().iter();
        let names = schema.attributes.iter().chain(common).map(|one| one.name.as_str());
        suggest(error, name, names)
    }

    fn sub_offset(&self) -> usize {
        self.schema.as_ref().map_or(0, |schema| schema.uri.len() + 1) + self.name.len() + 1
    }
}

impl Resolved<'_> {
    /// The attribute whose values are meant: the sub-attribute if there is one.
    pub fn leaf(&self) -> &Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// Whether there can be several values.
    pub fn is_multi_valued(&self) -> bool {
        self.attribute.multi_valued || self.sub.is_some_and(|sub| sub.multi_valued)
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            f.write_str(&schema.uri)?;
            if !self.name.is_empty() {
                f.write_str(":")?;
            }
        }
        f.write_str(&self.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// Reads a path or a whole schema's URI. The longest schema that leaves a name counts, then the
/// schema that is the whole text.
pub(crate) fn named(text: &str, schemas: &Schemas) -> Result<Named, Error> {
    if text.len() > limits::FILTER_BYTES {
        let message = format!("the path has more than {} bytes", limits::FILTER_BYTES);
        return Err(Error::new(ErrorKind::Limit, message).at(limits::FILTER_BYTES));
    }
    let mut best: Option<(&str, &str)> = None;
    let mut whole = false;
    for schema in schemas.iter() {
        let Some((uri, rest)) = text.split_at_checked(schema.id.len()) else { continue };
        if !uri.eq_ignore_ascii_case(&schema.id) {
            continue;
        }
        whole |= rest.is_empty();
        let Some(rest) = rest.strip_prefix(':') else { continue };
        // A shorter schema counts only where no longer one leaves a name.
        let better = match best {
            None => true,
            Some((other, other_rest)) => {
                let (fits, other_fits) = (is_names(rest), is_names(other_rest));
                if fits == other_fits { uri.len() > other.len() } else { fits }
            }
        };
        if better {
            best = Some((uri, rest));
        }
    }
    match best {
        // A colon in what is left is that of a longer URI, which is not known.
        Some((uri, rest)) if is_names(rest) || (!whole && !rest.contains(':')) => {
            let schema = SchemaUri { uri: uri.to_owned(), known: true };
            names(rest, uri.len() + 1, Some(schema)).map(Named::Attribute)
        }
        _ if whole => Ok(Named::Schema(text.to_owned())),
        _ => match text.rsplit_once(':') {
            Some((uri, rest)) if !uri.is_empty() => {
                let schema = SchemaUri { uri: uri.to_owned(), known: false };
                names(rest, uri.len() + 1, Some(schema)).map(Named::Attribute)
            }
            _ => names(text, 0, None).map(Named::Attribute),
        },
    }
}

/// `Name` or `Name.Name`.
fn is_names(text: &str) -> bool {
    match text.split_once('.') {
        Some((name, sub)) => is_name(name) && is_name(sub),
        None => is_name(text),
    }
}

fn names(text: &str, start: usize, schema: Option<SchemaUri>) -> Result<AttrPath, Error> {
    let (name, sub) = match text.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (text, None),
    };
    if !is_name(name) {
        return Err(no_name(name, start, text));
    }
    let Some(sub) = sub else {
        return Ok(AttrPath { schema, name: name.to_owned(), sub: None });
    };
    if is_name(sub) {
        return Ok(AttrPath { schema, name: name.to_owned(), sub: Some(sub.to_owned()) });
    }
    let start = start + name.len() + 1;
    match sub.split_once('.') {
        Some((first, _)) if is_name(first) => {
            Err(fail("a sub-attribute has no sub-attributes", start + first.len())
                .help("a path is an attribute, or an attribute, a dot and a sub-attribute"))
        }
        _ => Err(no_name(sub, start, text)),
    }
}

/// The error for something that is no name; it points at the first character that does not fit.
fn no_name(name: &str, start: usize, text: &str) -> Error {
    let name = name.split('.').next().unwrap_or(name);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$');
    let good: usize = match name.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => {
            name.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum()
        }
        _ => 0,
    };
    let help = match name.get(good..).and_then(|rest| rest.chars().next()) {
        None => "write the name of an attribute",
        Some('/') => "attribute paths have no `/`: write a dot before a sub-attribute",
        Some('[' | ']') => "choose values with a filter, as in `emails[type eq \"work\"]`",
        Some(' ') => "remove the blank",
        Some(_) => "a name is a letter, then letters, digits, `-` and `_`",
    };
    let message = if name.is_empty() && text.is_empty() {
        "the name of an attribute is missing".to_owned()
    } else if name.is_empty() {
        "a name is missing beside the dot or colon".to_owned()
    } else {
        format!("`{}` is no name of an attribute", clip(name))
    };
    fail(message, start + good).help(help)
}

/// Text for a message: one line, and not longer than people read.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut characters = text.chars();
    let mut clipped: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() {
        clipped.push('…');
    }
    clipped.replace(char::is_control, "\u{fffd}")
}

fn suggest<'a>(error: Error, written: &str, known: impl Iterator<Item = &'a str>) -> Error {
    match nearest(written, known) {
        Some(near) => error.help(did_you_mean(near)),
        None => error.help("the service provider lists what it knows at `/Schemas`"),
    }
}

fn fail(message: impl Into<String>, at: usize) -> Error {
    Error::new(ErrorKind::Path, message).at(at)
}
