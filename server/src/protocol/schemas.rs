//! Which schemas the server has: the standard ones, the entitlements extension, and those that
//! the operator adds (RFC 7643, 7).

use provisor::json::{self, Json};
use provisor::scim::schema::{Attribute, Mutability, Schema, Schemas, Uniqueness, uri};
use provisor::{Error, ErrorKind};

use crate::id::Kind;

/// The entitlements extension as a Schema resource.
const ENTITLEMENTS: &str = include_str!("../entitlements/schema.json");

/// A file of the operator, from `--schema User=FILE`.
#[derive(Debug, Clone, Copy)]
pub struct SchemaFile<'a> {
    /// Whose resources get the extension.
    pub extends: Kind,
    /// Its name, for messages.
    pub name: &'a str,
    /// Its content: one Schema resource, an array of them, or a ListResponse.
    pub content: &'a [u8],
}

/// The schemas without those of files.
pub fn built_in() -> Result<Schemas, Error> {
    let mut schemas = Schemas::standard();
    add(&mut schemas, &ENTITLEMENTS.parse()?, Kind::User)?;
    Ok(schemas)
}

/// The schemas with those of the operator's files.
///
/// Fails with the file, the schema and what is wrong. Refused is also what makes sense by the RFC
/// and this server does not do, since it would announce what it does not keep to: unique values
/// and writeOnly attributes in an extension.
pub fn with_files(files: &[SchemaFile<'_>]) -> Result<Schemas, Error> {
    let mut schemas = built_in()?;
    for file in files {
        read(&mut schemas, file).map_err(|error| in_file(file.name, &error))?;
    }
    Ok(schemas)
}

fn read(schemas: &mut Schemas, file: &SchemaFile<'_>) -> Result<(), Error> {
    let content = json::parse(file.content)?;
    let listed = content.as_object().and_then(|object| object.attribute("Resources"));
    match listed.unwrap_or(&content) {
        Json::Array(list) if list.is_empty() => Err(fail("there is no schema in it")
            .help("write a Schema resource, or a list of them, or leave the file out")),
        Json::Array(list) => list.iter().try_for_each(|one| own(schemas, one, file.extends)),
        one => own(schemas, one, file.extends),
    }
}

/// A schema of the operator.
fn own(schemas: &mut Schemas, resource: &Json, extends: Kind) -> Result<(), Error> {
    let schema = Schema::from_json(resource)?;
    for attribute in &schema.attributes {
        check(&schema, &attribute.name, attribute)?;
        for sub in &attribute.sub_attributes {
            check(&schema, &format!("{}.{}", attribute.name, sub.name), sub)?;
        }
    }
    add(schemas, resource, extends)
}

fn check(schema: &Schema, path: &str, attribute: &Attribute) -> Result<(), Error> {
    let here = || format!("the attribute `{path}` of the schema `{}`", schema.id);
    if attribute.uniqueness != Uniqueness::None {
        let message = format!("{} is to be unique, and the server does not see to that", here());
        return Err(fail(message).help("write `\"uniqueness\": \"none\"`"));
    }
    if attribute.mutability == Mutability::WriteOnly {
        let message = format!("{} is writeOnly, and the server does not keep secrets", here());
        return Err(fail(message).help(
            "write `\"mutability\": \"readWrite\"`, with `\"returned\": \"never\"` if need be",
        ));
    }
    Ok(())
}

fn add(schemas: &mut Schemas, resource: &Json, extends: Kind) -> Result<(), Error> {
    let schema = Schema::from_json(resource)?;
    let id = schema.id.clone();
    let reserved = [uri::USER, uri::GROUP].iter().any(|main| main.eq_ignore_ascii_case(&id));
    if reserved {
        return Err(fail(format!("the schema `{id}` is built in"))
            .help("leave it out of the file; an extension has a URI of its own"));
    }
    schemas.add(schema)?;
    schemas.extend(extends.name(), &id)
}

fn in_file(name: &str, error: &Error) -> Error {
    let mut told = Error::new(error.kind(), format!("schema file `{name}`: {}", error.message()));
    if let Some(line) = error.line() {
        told = told.on_line(line);
    }
    if let Some(offset) = error.offset() {
        told = told.at(offset);
    }
    match error.advice() {
        Some(advice) => told.help(advice),
        None => told,
    }
}

fn fail(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Schema, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entitlements::EXTENSION;

    fn file(content: &str) -> Result<Schemas, Error> {
        let content = content.replace('\'', "\"");
        let file =
            SchemaFile { extends: Kind::User, name: "acme.json", content: content.as_bytes() };
        with_files(&[file])
    }

    #[test]
    fn the_entitlements_extension_is_read_only_throughout() {
        let schemas = built_in().unwrap();
        let schema = schemas.schema(EXTENSION).unwrap();
        let all = schema
            .attributes
            .iter()
            .flat_map(|one| std::iter::once(one).chain(&one.sub_attributes));
        for attribute in all {
            assert_eq!(attribute.mutability, Mutability::ReadOnly, "{}", attribute.name);
            assert!(!attribute.required && attribute.description.ends_with('.'));
        }
        let user = schemas.resource_type("User").unwrap();
        assert_eq!(user.extensions, [uri::ENTERPRISE_USER, EXTENSION]);
    }

    #[test]
    fn the_extension_is_printed_as_it_is_written() {
        let schemas = built_in().unwrap();
        let written: Json = ENTITLEMENTS.parse().unwrap();
        assert_eq!(schemas.schema(EXTENSION).unwrap().to_json(), written);
    }

    #[test]
    fn a_file_has_one_schema_or_a_list_of_them() {
        let one = "{'id': 'urn:acme:1', 'attributes': [{'name': 'badge'}]}";
        let two = one.replace("acme:1", "acme:2");
        let list = format!("[{one}, {two}]");
        let response = format!("{{'totalResults': 2, 'Resources': {list}}}");
        for (content, count) in [(one, 1), (&*list, 2), (&*response, 2)] {
            let schemas = file(content).unwrap();
            let user = schemas.resource_type("User").unwrap();
            assert_eq!(user.extensions.len(), 2 + count, "{content}");
            assert_eq!(schemas.attribute("urn:acme:1", "badge").unwrap().name, "badge");
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_the_reason() {
        let with = |attribute: &str| {
            format!("{{'id': 'urn:acme:1', 'attributes': [{{'name': 'badge', {attribute}}}]}}")
        };
        for (content, said) in [
            ("{", "schema file `acme.json`: "),
            ("[]", "there is no schema in it"),
            ("{'Resources': []}", "there is no schema in it"),
            ("{'id': 'urn:acme:1'}", "has no `attributes`"),
            (
                &*with("'uniqueness': 'server'"),
                "`badge` of the schema `urn:acme:1` is to be unique",
            ),
            (&*with("'mutability': 'writeOnly'"), "is writeOnly"),
            (
                "{'id': 'urn:ietf:params:scim:schemas:core:2.0:User', 'attributes': []}",
                "is built in",
            ),
            (
                "{'id': 'urn:provisor:params:scim:schemas:extension:entitlements:1.0:User', 'attributes': []}",
                "already known",
            ),
        ] {
            let error = file(content).unwrap_err();
            assert!(error.message().starts_with("schema file `acme.json`: "), "{error}");
            assert!(error.message().contains(said), "{error} lacks {said}");
            assert!(error.advice().is_some(), "{error}");
        }
    }
}
