//! Operations carried out on a copy of the resource.

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object};
use crate::scim::schema::{Attribute, ResourceType, Schemas};

use super::options::Tolerated;
use super::single::{self, edit};
use super::tree::{echoes, find, into_object, is_none, put, same};
use super::{Op, Operation, Patched, elements, mutability, numbered};

/// Applies operations in order.
pub(super) fn apply(
    operations: &[Operation],
    resource: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
) -> Result<Patched, Error> {
    let Json::Object(before) = resource else {
        return Err(Error::new(ErrorKind::Payload, "a resource is a JSON object"));
    };
    let mut work = Work { root: before.clone(), schemas, resource_type, tolerated: Vec::new() };
    for operation in operations {
        work.operation(operation).map_err(|error| numbered(&error, operation.index))?;
    }
    work.settle_schemas(before, operations)?;
    let Work { root, tolerated, .. } = work;
    let patched = Json::Object(root);
    // What says the same keeps its old form.
    if same(&patched, resource) {
        return Ok(Patched { resource: resource.clone(), changed: false, tolerated });
    }
    Ok(Patched { resource: patched, changed: true, tolerated })
}

struct Work<'a> {
    root: Object,
    schemas: &'a Schemas,
    resource_type: &'a ResourceType,
    tolerated: Vec<Tolerated>,
}

impl Work<'_> {
    fn operation(&mut self, operation: &Operation) -> Result<(), Error> {
        let uri = operation.extension.as_ref().unwrap_or(&self.resource_type.schema);
        let schema = self.schemas.schema(uri);
        let own = schema.and_then(|schema| schema.attribute(&operation.attribute));
        let common = || match operation.extension {
            None => self.schemas.common(&operation.attribute),
            Some(_) => None,
        };
        let attribute = own.or_else(common).ok_or_else(|| other_schemas(operation))?;
        let sub = match &operation.sub {
            Some(name) => Some(attribute.sub(name).ok_or_else(|| other_schemas(operation))?),
            None => None,
        };
        let holder = match &operation.extension {
            Some(uri) => extension(&mut self.root, uri),
            None => Some(&mut self.root),
        };
        let Some(holder) = holder else { return Err(other_schemas(operation)) };
        if operation.echo {
            return echo(holder, operation);
        }
        let tolerated = &mut self.tolerated;
        edit(holder, attribute, |current| changed(current, operation, attribute, sub, tolerated))
    }

    /// Names extensions in `schemas` as they get and lose values.
    fn settle_schemas(&mut self, before: &Object, operations: &[Operation]) -> Result<(), Error> {
        let about_schemas = operations
            .iter()
            .rfind(|operation| operation.extension.is_none() && operation.attribute == "schemas");
        for uri in &self.resource_type.extensions {
            let there = before.attribute(uri);
            let had = there.is_some_and(|value| !is_none(value));
            let has = self.root.attribute(uri).is_some_and(|value| !is_none(value));
            if !has && (had || there.is_none()) {
                put(&mut self.root, uri, Json::Null);
            }
            let Some(at) = find(&self.root, "schemas") else { continue };
            let Some((_, Json::Array(listed))) = self.root.entries_mut().get_mut(at) else {
                continue;
            };
            let is = |one: &Json| one.as_str().is_some_and(|one| one.eq_ignore_ascii_case(uri));
            let named = listed.iter().any(is);
            if has && !named {
                if let Some(operation) = about_schemas.filter(|_| had) {
                    let message = format!("the resource has attributes of the schema `{uri}`");
                    let error = mutability(message).help("remove its attributes instead");
                    return Err(numbered(&error, operation.index));
                }
                if !had {
                    listed.push(Json::from(uri.as_str()));
                }
            } else if !has && had && named {
                listed.retain(|one| !is(one));
            }
        }
        let Some(operation) = about_schemas else { return Ok(()) };
        let main = self.root.attribute("schemas").and_then(Json::as_array).is_some_and(|listed| {
            let own = &self.resource_type.schema;
            listed.iter().any(|one| one.as_str().is_some_and(|one| one.eq_ignore_ascii_case(own)))
        });
        if main {
            return Ok(());
        }
        let message = format!("`schemas` would lack `{}`", self.resource_type.schema);
        let error = mutability(message).help("a resource keeps its main schema");
        Err(numbered(&error, operation.index))
    }
}

fn changed(
    current: Json,
    operation: &Operation,
    attribute: &Attribute,
    sub: Option<&Attribute>,
    tolerated: &mut Vec<Tolerated>,
) -> Result<Json, Error> {
    let value = operation.value.as_ref();
    match (sub, &operation.selection, attribute.multi_valued) {
        (None, None, _) => single::change(current, operation.op, value, attribute),
        (_, _, true) => elements::chosen(current, operation, sub, attribute, tolerated),
        (Some(sub), None, false) => {
            let mut object = into_object(current);
            edit(&mut object, sub, |current| single::change(current, operation.op, value, sub))?;
            if !is_none_object(&object) && operation.op != Op::Remove {
                single::complete(&object, attribute)?;
            }
            Ok(object.into())
        }
        // One value is a list of one.
        (_, Some(_), false) => {
            match elements::chosen(current, operation, sub, attribute, tolerated)? {
                Json::Array(mut values) if values.len() < 2 => Ok(values.pop().unwrap_or_default()),
                _ => Err(Error::new(
                    ErrorKind::NoTarget,
                    format!("the filter does not match the value of `{}`", attribute.name),
                )
                .help("leave the brackets out")),
            }
        }
    }
}

fn is_none_object(object: &Object) -> bool {
    object.iter().all(|(_, value)| is_none(value))
}

/// The object of an extension; made if it is not there.
fn extension<'a>(root: &'a mut Object, uri: &str) -> Option<&'a mut Object> {
    let at = match find(root, uri) {
        Some(at) => at,
        None => {
            root.push(uri, Object::new());
            root.len() - 1
        }
    };
    let (_, value) = root.entries_mut().get_mut(at)?;
    if !matches!(value, Json::Object(_)) {
        *value = Object::new().into();
    }
    match value {
        Json::Object(object) => Some(object),
        _ => None,
    }
}

fn echo(holder: &Object, operation: &Operation) -> Result<(), Error> {
    let sent = operation.value.as_ref().unwrap_or(&Json::Null);
    if echoes(sent, holder.attribute(&operation.attribute).unwrap_or(&Json::Null)) {
        return Ok(());
    }
    Err(mutability(format!("`{}` is read-only, and has another value", operation.attribute))
        .help("leave it out: the service provider gives it"))
}

/// The operation was read against other schemas.
fn other_schemas(operation: &Operation) -> Error {
    let message = format!("the schemas have no `{}` any more", operation.attribute);
    Error::new(ErrorKind::Path, message)
}
