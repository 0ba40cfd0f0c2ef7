//! What resources are sorted by (RFC 7644, 3.4.2.3).
//!
//! Of an attribute with several values the primary one counts, or else the first. `sortBy=emails`
//! means `emails.value`, as in a filter; a complex attribute without a `value` needs a
//! sub-attribute.

use provisor::json::{Json, Object};
use provisor::scim::compare::{Instant, compared};
use provisor::scim::path::AttrPath;
use provisor::scim::schema::{ResourceType, Returned, Schemas, Type};

use super::filter::{canonical_path, value_of};
use crate::error::{ScimError, ScimType};
use crate::id::Kind;
use crate::store::SortKey;

/// An attribute to sort one kind of resource by.
#[derive(Debug, Clone)]
pub(super) struct By {
    /// For what must be looked at.
    pub(super) path: AttrPath,
    /// In canonical spelling, for the store.
    pub(super) text: String,
    container: Option<String>,
    attribute: String,
    several: bool,
    sub: Option<String>,
    kind: Type,
    exact: bool,
    /// The store keeps these in milliseconds.
    millis: bool,
}

/// Reads `sortBy` for each of the kinds; `None` for a kind that lacks the attribute, if another
/// has it.
///
/// Fails with `invalidPath`.
pub(super) fn read(
    text: &str,
    kinds: &[Kind],
    schemas: &Schemas,
) -> Result<Vec<Option<By>>, ScimError> {
    let path = AttrPath::parse(text, schemas)?;
    let mut read = Vec::with_capacity(kinds.len());
    let mut refused = None;
    for kind in kinds {
        let Some(resource_type) = schemas.resource_type(kind.name()) else { continue };
        match path.resolve(schemas, resource_type) {
            Ok(_) => read.push(Some(by(&path, schemas, resource_type)?)),
            Err(error) => {
                refused = refused.or(Some(error));
                read.push(None);
            }
        }
    }
    match refused {
        Some(error) if read.iter().all(Option::is_none) => Err(error.into()),
        _ => Ok(read),
    }
}

fn by(path: &AttrPath, schemas: &Schemas, resource_type: &ResourceType) -> Result<By, ScimError> {
    let mut path = canonical_path(path, schemas, resource_type);
    if path.sub.is_none() {
        path.sub = value_of(&path, schemas, resource_type);
    }
    let resolved = path.resolve(schemas, resource_type)?;
    let leaf = resolved.leaf();
    let refuse = |detail: String| Err(ScimError::bad(ScimType::InvalidPath, detail));
    if leaf.returned == Returned::Never {
        return refuse(format!("`{path}` is never given out, so nothing is sorted by it"));
    }
    if leaf.is_complex() {
        let first = leaf.sub_attributes.first().map_or("value", |sub| sub.name.as_str());
        return refuse(format!("`{path}` has several parts; sort by one, as in `{path}.{first}`"));
    }
    Ok(By {
        text: path.to_string(),
        container: resolved.extension.then(|| resolved.schema.id.clone()),
        attribute: resolved.attribute.name.clone(),
        several: resolved.attribute.multi_valued,
        sub: resolved.sub.map(|sub| sub.name.clone()),
        kind: leaf.kind,
        exact: leaf.case_exact,
        millis: resolved.attribute.name == "meta",
        path,
    })
}

impl By {
    /// What a resource sorts by.
    pub(super) fn key(&self, resource: &Object) -> SortKey {
        self.value(resource).and_then(|value| self.key_of(value)).unwrap_or(SortKey::Absent)
    }

    fn value<'a>(&self, resource: &'a Object) -> Option<&'a Json> {
        let mut object = resource;
        if let Some(container) = &self.container {
            object = object.attribute(container)?.as_object()?;
        }
        let mut value = object.attribute(&self.attribute)?;
        if let (true, Json::Array(elements)) = (self.several, value) {
            let primary = |one: &&Json| {
                let flag = one.as_object().and_then(|one: &Object| one.attribute("primary"));
                flag == Some(&Json::Bool(true))
            };
            value = elements.iter().find(primary).or(elements.first())?;
        }
        match &self.sub {
            Some(sub) => value.as_object()?.attribute(sub),
            None => Some(value),
        }
    }

    fn key_of(&self, value: &Json) -> Option<SortKey> {
        match (self.kind, value) {
            (Type::Boolean, Json::Bool(flag)) => Some(SortKey::Number(i128::from(*flag))),
            (Type::Integer, Json::Number(number)) => {
                number.as_str().parse().ok().map(SortKey::Number)
            }
            (Type::Decimal, Json::Number(number)) => {
                number.as_str().parse().ok().map(|number| SortKey::Number(ordered(number)))
            }
            (Type::DateTime, Json::String(text)) => {
                let nanoseconds = Instant::parse(text)?.as_nanoseconds();
                let number =
                    if self.millis { nanoseconds.div_euclid(1_000_000) } else { nanoseconds };
                Some(SortKey::Number(number))
            }
            (_, Json::String(text)) if !text.is_empty() => {
                Some(SortKey::Text(compared(text, self.exact).into_owned()))
            }
            _ => None,
        }
    }
}

/// An integer in the order of the numbers. Numbers that differ only beyond the precision of a
/// double are taken as equal, which SCIM's decimals are made for (RFC 7643, 2.3.3).
fn ordered(number: f64) -> i128 {
    let bits = number.to_bits();
    let magnitude = i128::from(bits & !(1 << 63));
    if bits >> 63 == 0 { magnitude } else { -magnitude }
}
