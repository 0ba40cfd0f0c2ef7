//! From the request to operations on attributes.

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Object, parse as parse_json};
use crate::scim::filter::{self, Checked, Expr, ExprKind, Leniency, Literal, Policy, Test};
use crate::scim::patch_path::{self, Target};
use crate::scim::path::{AttrPath, Resolved, SchemaUri, clip};
use crate::scim::schema::{Attribute, Mutability, ResourceType, Schema, Schemas};

use super::message::{self, Raw};
use super::options::{Log, Options, Tolerance};
use super::value::{self, Nulls};
use super::{Op, Operation, Patch, Selection, mutability, numbered};

/// Reads a request.
pub(super) fn patch(
    body: &Json,
    schemas: &Schemas,
    resource_type: &ResourceType,
    options: Options,
) -> Result<Patch, Error> {
    let Some(main) = schemas.schema(&resource_type.schema) else {
        let message = format!("the schema `{}` is unknown", resource_type.schema);
        return Err(Error::new(ErrorKind::Schema, message));
    };
    let log = Log { options, tolerated: Vec::new(), operation: 0 };
    let mut resolver = Resolver { schemas, resource_type, main, log, operations: Vec::new() };
    let operations = message::operations(body, &mut resolver.log)?;
    resolver.operations.reserve(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        resolver.log.operation = index;
        message::operation(operation, &mut resolver.log)
            .and_then(|raw| resolver.operation(&raw))
            .map_err(|error| numbered(&error, index))?;
    }
    Ok(Patch { operations: resolver.operations, tolerated: resolver.log.tolerated })
}

struct Resolver<'s> {
    schemas: &'s Schemas,
    resource_type: &'s ResourceType,
    main: &'s Schema,
    log: Log,
    operations: Vec<Operation>,
}

/// Brackets behind an attribute, and the sub-attribute behind them.
struct Chosen<'e> {
    filter: &'e Expr,
    sub: Option<&'e str>,
}

impl<'s> Resolver<'s> {
    fn operation(&mut self, raw: &Raw<'_>) -> Result<(), Error> {
        match (raw.path, raw.op) {
            (Some(path), _) => self.at_path(raw.op, path, raw.value),
            (None, Op::Remove) => Err(nothing_named()),
            (None, Op::Add | Op::Replace) => self.whole(raw.op, required(raw.value)?),
        }
    }

    // Recursion: a value without a path can have keys that are paths to the main schema, whose
    // value is again one without a path. Each level is one of the JSON, which is limited.
    fn at_path(&mut self, op: Op, path: &str, value: Option<&Json>) -> Result<(), Error> {
        match self.path(path)? {
            Target::Attribute(path) => {
                let place = self.locate(&path)?;
                self.push(op, &place, None, value)
            }
            Target::Values { path, filter, sub } => {
                let place = self.locate(&path)?;
                let chosen = Chosen { filter: &filter, sub: sub.as_ref().map(|s| s.node.as_str()) };
                self.push(op, &place, Some(&chosen), value)
            }
            Target::Schema(uri) if uri.eq_ignore_ascii_case(&self.main.id) => match op {
                Op::Remove => Err(nothing_named()),
                Op::Add | Op::Replace => self.attributes(op, required(value)?),
            },
            Target::Schema(uri) => match self.extension(&uri) {
                Some(schema) => self.extension_value(op, schema, value),
                None => {
                    let message = format!(
                        "`{}` is no schema of the resource type `{}`",
                        clip(&uri),
                        self.resource_type.name
                    );
                    Err(Error::new(ErrorKind::Path, message)
                        .help("name an attribute, or a schema of the resource type"))
                }
            },
        }
    }

    fn path(&mut self, text: &str) -> Result<Target, Error> {
        // The common case, without the grammar: a name, or names behind a URI.
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'_');
        if !text.is_empty() && text.bytes().all(plain) {
            let schema = text.contains(':') && self.schemas.schema(text).is_some();
            if !schema {
                return AttrPath::parse(text, self.schemas).map(Target::Attribute);
            }
        }
        // `$ref` is an attribute of RFC 7643, whatever its grammar of names says (erratum 8924).
        let mut options = filter::Options::strict().with(Leniency::Dollar);
        if self.log.options.accepts(Tolerance::PathSpelling) {
            options = filter::Options::tolerant();
        }
        options = if self.log.options.accepts(Tolerance::WholeSchema) {
            options.with(Leniency::WholeSchema)
        } else {
            options.without(Leniency::WholeSchema)
        };
        let path = patch_path::parse(text, self.schemas, options)?;
        for tolerated in &path.tolerated {
            let tolerance = match tolerated.leniency {
                Leniency::Dollar => continue,
                Leniency::WholeSchema => Tolerance::WholeSchema,
                _ => Tolerance::PathSpelling,
            };
            self.log.tolerate(tolerance, ErrorKind::Path)?;
        }
        Ok(path.target)
    }

    fn locate(&mut self, path: &AttrPath) -> Result<Resolved<'s>, Error> {
        let error = match path.resolve(self.schemas, self.resource_type) {
            Ok(resolved) => return Ok(resolved),
            Err(error) => error,
        };
        let own = self.main.attribute(&path.name).or_else(|| self.schemas.common(&path.name));
        if path.schema.is_some() || own.is_some() {
            return Err(error);
        }
        let mut having = self.resource_type.extensions.iter().filter(|uri| {
            self.schemas.schema(uri).is_some_and(|schema| schema.attribute(&path.name).is_some())
        });
        // One extension: of two, which?
        let (Some(uri), None) = (having.next(), having.next()) else { return Err(error) };
        self.log.tolerate_or(Tolerance::BareExtension, || error)?;
        let schema = Some(SchemaUri { uri: uri.clone(), known: true });
        AttrPath { schema, ..path.clone() }.resolve(self.schemas, self.resource_type)
    }

    fn extension(&self, uri: &str) -> Option<&'s Schema> {
        let own = self.resource_type.extensions.iter().find(|own| own.eq_ignore_ascii_case(uri))?;
        self.schemas.schema(own)
    }

    /// A value without a path.
    fn whole(&mut self, op: Op, value: &Json) -> Result<(), Error> {
        let Json::String(text) = value else { return self.attributes(op, value) };
        let refusal = || {
            Error::new(ErrorKind::Value, "without a path the value is an object of attributes")
                .help("write `\"value\": {\"attribute\": …}`, or give a path")
        };
        match parse_json(text.as_bytes()) {
            Ok(read @ Json::Object(_)) => {
                self.log.tolerate_or(Tolerance::JsonText, refusal)?;
                self.attributes(op, &read)
            }
            _ => Err(refusal()),
        }
    }

    /// An object of attributes.
    fn attributes(&mut self, op: Op, value: &Json) -> Result<(), Error> {
        let object = match value {
            Json::Object(object) => object,
            Json::Array(elements) => match elements.as_slice() {
                [Json::Object(object)] => {
                    self.log.tolerate(Tolerance::ListOfOne, ErrorKind::Value)?;
                    object
                }
                _ => return Err(no_object()),
            },
            _ => return Err(no_object()),
        };
        value::refuse_repeated(object)?;
        if object.is_empty() {
            self.log.tolerate(Tolerance::NothingAsked, ErrorKind::Value)?;
        }
        for (key, value) in object.iter() {
            self.entry(op, key, value)?;
        }
        Ok(())
    }

    /// One entry of a value without a path.
    fn entry(&mut self, op: Op, key: &str, value: &Json) -> Result<(), Error> {
        let own = self.main.attribute(key).or_else(|| self.schemas.common(key));
        if let Some(attribute) = own {
            let place = Resolved { schema: self.main, extension: false, attribute, sub: None };
            return self.given(op, &place, value);
        }
        if let Some(schema) = self.extension(key) {
            return self.extension_value(op, schema, Some(value));
        }
        if key.contains(['.', ':', '[']) {
            self.log.tolerate_or(Tolerance::PathKey, || {
                let message = format!("the key `{}` is no attribute", clip(key));
                Error::new(ErrorKind::Value, message).help(Tolerance::PathKey.help())
            })?;
            return self.at_path(op, key, Some(value));
        }
        let path = AttrPath::new(key, None);
        match self.locate(&path) {
            Ok(place) => self.given(op, &place, value),
            Err(error) => self.unknown(&error),
        }
    }

    /// The attributes of an extension.
    fn extension_value(
        &mut self,
        op: Op,
        schema: &'s Schema,
        value: Option<&Json>,
    ) -> Result<(), Error> {
        let place =
            |attribute: &'s Attribute| Resolved { schema, extension: true, attribute, sub: None };
        let value = match (op, value) {
            (Op::Remove, None | Some(Json::Null)) => &Json::Null,
            (Op::Remove, Some(_)) => return Err(Tolerance::RemoveByValue.refuse(ErrorKind::Value)),
            (Op::Add | Op::Replace, value) => required(value)?,
        };
        if *value == Json::Null {
            // RFC 7644, 3.5.2.2: removing what is readOnly fails.
            if schema.attributes.iter().all(|one| one.mutability == Mutability::ReadOnly) {
                return Err(mutability(format!("all of `{}` is read-only", schema.id))
                    .help("leave it out: the service provider gives it"));
            }
            // Without values: each attribute that can be written is unassigned.
            for attribute in &schema.attributes {
                if attribute.mutability != Mutability::ReadOnly {
                    self.push(Op::Remove, &place(attribute), None, None)?;
                }
            }
            return Ok(());
        }
        let Json::Object(object) = value else {
            let message = format!("the value of `{}` is no object", schema.id);
            return Err(Error::new(ErrorKind::Value, message)
                .help("write an object of the attributes of that schema"));
        };
        value::refuse_repeated(object)?;
        for (key, value) in object.iter() {
            let common = self.schemas.common(key).filter(|common| common.name == "schemas");
            match (schema.attribute(key), common) {
                (Some(attribute), _) => self.given(op, &place(attribute), value)?,
                (None, Some(attribute)) => {
                    self.log.tolerate(Tolerance::NestedSchemas, ErrorKind::Value)?;
                    let place =
                        Resolved { schema: self.main, extension: false, attribute, sub: None };
                    self.given(op, &place, value)?;
                }
                (None, None) => {
                    let schema = SchemaUri { uri: schema.id.clone(), known: true };
                    let path = AttrPath { schema: Some(schema), ..AttrPath::new(key, None) };
                    match path.resolve(self.schemas, self.resource_type) {
                        Ok(place) => self.given(op, &place, value)?,
                        Err(error) => self.unknown(&error)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn unknown(&mut self, error: &Error) -> Result<(), Error> {
        self.log.tolerate_or(Tolerance::UnknownAttribute, || {
            let moved = Error::new(ErrorKind::Value, error.message());
            moved.help(error.advice().unwrap_or(Tolerance::UnknownAttribute.help()))
        })
    }

    /// An attribute that is named by a key of a value without a path.
    fn given(&mut self, op: Op, place: &Resolved<'s>, value: &Json) -> Result<(), Error> {
        let attribute = place.attribute;
        let is = |name: &str| !place.extension && attribute.name == name;
        if is("meta") {
            return Ok(());
        }
        if is("schemas") {
            let listed = value::list(&mut self.log, attribute, value, false)?;
            return self.known_schemas(listed.as_array().unwrap_or_default()).map(|_| ());
        }
        if attribute.mutability == Mutability::ReadOnly {
            let mut operation = self.made(Op::Replace, place);
            operation.value = Some(value.clone());
            operation.echo = true;
            self.operations.push(operation);
            return Ok(());
        }
        self.push(op, place, None, Some(value))
    }

    fn made(&self, op: Op, place: &Resolved<'_>) -> Operation {
        Operation {
            op,
            index: self.log.operation,
            extension: place.extension.then(|| place.schema.id.clone()),
            attribute: place.attribute.name.clone(),
            sub: place.sub.map(|sub| sub.name.clone()),
            selection: None,
            value: None,
            echo: false,
        }
    }

    /// Checks an operation and adds it.
    fn push(
        &mut self,
        op: Op,
        place: &Resolved<'s>,
        chosen: Option<&Chosen<'_>>,
        value: Option<&Json>,
    ) -> Result<(), Error> {
        let attribute = place.attribute;
        let sub = match chosen.and_then(|chosen| chosen.sub) {
            Some(name) => Some(self.sub_attribute(attribute, name)?),
            None => place.sub,
        };
        let leaf = sub.unwrap_or(attribute);
        let name = || match sub {
            Some(sub) => format!("{}.{}", attribute.name, sub.name),
            None => attribute.name.clone(),
        };
        if attribute.mutability == Mutability::ReadOnly || leaf.mutability == Mutability::ReadOnly {
            return Err(mutability(format!("`{}` is read-only", name()))
                .help("leave it out: the service provider gives it"));
        }
        let mut operation = self.made(op, place);
        operation.sub = sub.map(|sub| sub.name.clone());
        if let Some(chosen) = chosen {
            operation.selection = Some(self.selection(attribute, chosen.filter)?);
        }
        let one_of_many = chosen.is_some() && sub.is_none();
        operation.value = match (op, value) {
            (Op::Remove, None | Some(Json::Null)) => None,
            (Op::Remove, Some(value)) => {
                self.log.tolerate(Tolerance::RemoveByValue, ErrorKind::Value)?;
                self.listed(leaf, value)?
            }
            (_, None) => return Err(no_value()),
            (Op::Add | Op::Replace, Some(value)) if leaf.multi_valued && !one_of_many => {
                // "A new value is added to the attribute": a list is nowhere asked for.
                Some(value::list(&mut self.log, leaf, value, op == Op::Add)?)
            }
            (Op::Add | Op::Replace, Some(value)) => {
                let merges = leaf.is_complex() && (op == Op::Add || !one_of_many);
                let nulls = if merges { Nulls::Keep } else { Nulls::Drop };
                Some(value::single(&mut self.log, leaf, value, nulls)?)
            }
        };
        let unassigns = match (op, &operation.value) {
            (Op::Remove, value) => value.is_none(),
            (_, Some(Json::Null)) => true,
            (Op::Replace, Some(Json::Array(elements))) => elements.is_empty(),
            _ => false,
        };
        if unassigns && leaf.required && !one_of_many {
            return Err(mutability(format!("`{}` is required and cannot be removed", name()))
                .help("replace it with another value"));
        }
        if !place.extension && attribute.name == "schemas" && op != Op::Remove {
            operation.value = match operation.value {
                Some(Json::Array(listed)) => Some(Json::Array(self.known_schemas(&listed)?)),
                Some(one) if one != Json::Null => {
                    self.known_schemas(std::slice::from_ref(&one))?.pop()
                }
                other => other,
            };
        }
        self.operations.push(operation);
        Ok(())
    }

    /// What a `remove` lists; for one value an empty text names no other than the one there is.
    fn listed(&mut self, leaf: &Attribute, value: &Json) -> Result<Option<Json>, Error> {
        if leaf.multi_valued {
            return value::list(&mut self.log, leaf, value, true).map(Some);
        }
        if value.as_str().is_some_and(str::is_empty) {
            return Ok(None);
        }
        let one = value::single(&mut self.log, leaf, value, Nulls::Drop)?;
        Ok((one != Json::Null).then_some(one))
    }

    fn sub_attribute(&self, attribute: &'s Attribute, name: &str) -> Result<&'s Attribute, Error> {
        if let Some(sub) = attribute.sub(name) {
            return Ok(sub);
        }
        let path = AttrPath::new(attribute.name.clone(), Some(name));
        match path.resolve(self.schemas, self.resource_type) {
            Err(error) => Err(error),
            Ok(_) => {
                let message = format!("`{}` has no sub-attribute `{}`", attribute.name, clip(name));
                Err(Error::new(ErrorKind::Path, message))
            }
        }
    }

    fn selection(&mut self, attribute: &'s Attribute, filter: &Expr) -> Result<Selection, Error> {
        if !attribute.multi_valued {
            self.log.tolerate_or(Tolerance::SingularFilter, || {
                let message = format!(
                    "`{}` has one value, and brackets choose among several",
                    attribute.name
                );
                Error::new(ErrorKind::Path, message).help(Tolerance::SingularFilter.help())
            })?;
        }
        let element = |policy| {
            Checked::of_element(filter, attribute, self.schemas, self.resource_type, policy)
        };
        let checked = match element(Policy::default()) {
            Ok(checked) => checked,
            Err(error) => {
                // `roles[primary eq "True"]`
                let quoted = Policy { quoted_literals: true, ..Policy::default() };
                let Ok(checked) = element(quoted) else { return Err(error) };
                self.log.tolerate_or(Tolerance::TextFlag, || error)?;
                checked
            }
        };
        let creates = self.log.options.accepts(Tolerance::UnmatchedFilter);
        let template = if creates && attribute.is_complex() {
            let mut object = Object::new();
            template(filter, attribute, &mut object).then_some(object)
        } else {
            None
        };
        Ok(Selection { expr: filter.clone(), checked, template, creates })
    }

    /// The URIs of `schemas` that the resource type has, as the schemas spell them.
    fn known_schemas(&mut self, listed: &[Json]) -> Result<Vec<Json>, Error> {
        let mut known = Vec::with_capacity(listed.len());
        for text in listed.iter().filter_map(Json::as_str) {
            let own = std::iter::once(&self.resource_type.schema)
                .chain(&self.resource_type.extensions)
                .find(|own| own.eq_ignore_ascii_case(text));
            match own {
                Some(own) => known.push(Json::from(own.as_str())),
                None => self.log.tolerate_or(Tolerance::ForeignSchema, || {
                    let message = format!(
                        "`{}` is no schema of the resource type `{}`",
                        clip(text),
                        self.resource_type.name
                    );
                    Error::new(ErrorKind::Value, message).help(Tolerance::ForeignSchema.help())
                })?,
            }
        }
        Ok(known)
    }
}

/// The value that a filter describes, if it is made of `eq` and `and`.
fn template(filter: &Expr, attribute: &Attribute, object: &mut Object) -> bool {
    // Recursion follows the filter, whose depth the parser has limited.
    match &filter.node {
        ExprKind::And(parts) => parts.iter().all(|part| template(part, attribute, object)),
        ExprKind::Compare { path, test: Test::Value(filter::Op::Eq, literal) } => {
            let Some(sub) = attribute.sub(&path.node.name) else { return false };
            if sub.mutability == Mutability::ReadOnly || object.get(&sub.name).is_some() {
                return false;
            }
            let value = match &literal.node {
                Literal::Null => return false,
                Literal::Bool(flag) => Json::Bool(*flag),
                Literal::Number(numeral) => Json::Number(numeral.clone()),
                Literal::Text(text) => Json::from(text.as_str()),
            };
            let mut log = Log { options: Options::tolerant(), tolerated: Vec::new(), operation: 0 };
            let read = if sub.multi_valued {
                value::list(&mut log, sub, &value, true)
            } else {
                value::single(&mut log, sub, &value, Nulls::Drop)
            };
            match read {
                Ok(Json::Null) | Err(_) => false,
                Ok(value) => {
                    object.push(sub.name.as_str(), value);
                    true
                }
            }
        }
        _ => false,
    }
}

fn required(value: Option<&Json>) -> Result<&Json, Error> {
    value.ok_or_else(no_value)
}

fn no_value() -> Error {
    Error::new(ErrorKind::Payload, "the operation has no `value`")
        .help("give a value, or write `\"op\": \"remove\"`")
}

fn no_object() -> Error {
    Error::new(ErrorKind::Value, "the value is no object of attributes")
        .help("write `\"value\": {\"attribute\": …}`, or give a path")
}

fn nothing_named() -> Error {
    Error::new(ErrorKind::NoTarget, "`remove` needs a path that names an attribute")
        .help("name what to remove in `path`")
}
