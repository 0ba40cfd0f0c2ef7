//! Attribute paths.

use provisor::ErrorKind;
use provisor::scim::path::AttrPath;
use provisor::scim::schema::{Attribute, ResourceType, Schema, Schemas, Type, uri};

fn schema(id: &str, attributes: &[&str]) -> Schema {
    Schema {
        id: id.to_owned(),
        name: id.to_owned(),
        description: String::new(),
        attributes: attributes.iter().map(|name| Attribute::new(*name, Type::String)).collect(),
    }
}

/// `schema (known?) | name | sub`
fn check(schemas: &Schemas, text: &str, expected: &str) {
    let read = match AttrPath::parse(text, schemas) {
        Ok(path) => {
            assert_eq!(path.to_string(), text);
            let schema = path.schema.map_or("-".to_owned(), |schema| {
                format!("{}{}", schema.uri, if schema.known { "" } else { " (unknown)" })
            });
            format!("{schema} | {} | {}", path.name, path.sub.as_deref().unwrap_or("-"))
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Path);
            format!("{}: {}", error.offset().unwrap(), error.message())
        }
    };
    assert_eq!(read, expected, "{text}");
}

#[test]
fn uris_and_names_are_parted_by_what_is_known() {
    let mut schemas = Schemas::standard();
    schemas.add(schema("urn:x:a", &["b"])).unwrap();
    schemas.add(schema("urn:x:a:b", &["c"])).unwrap();
    schemas.add(schema("http://host:8080/scim/Acme", &["level"])).unwrap();
    let user = "urn:ietf:params:scim:schemas:core:2.0:User";
    for (text, expected) in [
        ("userName", "- | userName | -"),
        ("name.givenName", "- | name | givenName"),
        ("manager.$ref", "- | manager | $ref"),
        (&format!("{user}:userName"), &format!("{user} | userName | -")),
        (&format!("{user}:name.givenName"), &format!("{user} | name | givenName")),
        (
            "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:USERNAME",
            "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER | USERNAME | -",
        ),
        ("urn:x:a:c", "urn:x:a | c | -"),
        ("urn:x:a:b:c", "urn:x:a:b | c | -"),
        // The longest schema that leaves a name counts before a whole schema.
        ("urn:x:a:b", "urn:x:a | b | -"),
        ("http://host:8080/scim/Acme:level", "http://host:8080/scim/Acme | level | -"),
        (
            "http://host:8080/scim/Acme",
            "26: `http://host:8080/scim/Acme` is a schema, and an attribute is expected",
        ),
        ("urn:y:2.0:Thing:size.width", "urn:y:2.0:Thing (unknown) | size | width"),
        ("urn:x:a:more:size", "urn:x:a:more (unknown) | size | -"),
        ("urn:x:a:1st", "8: `1st` is no name of an attribute"),
        ("http://other:8080/x", "13: `8080/x` is no name of an attribute"),
        ("urn:y:z:", "8: the name of an attribute is missing"),
        (":userName", "0: `:userName` is no name of an attribute"),
        ("", "0: the name of an attribute is missing"),
        ("a.b.c", "3: a sub-attribute has no sub-attributes"),
        ("a..b", "2: a name is missing beside the dot or colon"),
        ("emails[0]", "6: `emails[0]` is no name of an attribute"),
        ("a b", "1: `a b` is no name of an attribute"),
        ("_a", "0: `_a` is no name of an attribute"),
        ("naïve", "2: `naïve` is no name of an attribute"),
    ] {
        check(&schemas, text, expected);
    }
}

#[test]
fn paths_resolve_against_a_resource_type() {
    let schemas = Schemas::standard();
    let user = schemas.resource_type("User").unwrap();
    let resolve =
        |text: &str| match AttrPath::parse(text, &schemas).unwrap().resolve(&schemas, user) {
            Ok(found) => {
                let sub = found.sub.map_or(String::new(), |sub| format!(".{}", sub.name));
                let place = if found.extension { "extension " } else { "" };
                let several = if found.is_multi_valued() { " several" } else { "" };
                format!("{place}{}{sub} {}{several}", found.attribute.name, found.leaf().kind)
            }
            Err(error) => {
                let advice = error.advice().unwrap_or("-");
                format!("{}: {}; {advice}", error.offset().unwrap(), error.message())
            }
        };
    for (text, expected) in [
        ("USERNAME", "userName string"),
        ("emails.TYPE", "emails.type string several"),
        ("meta.lastModified", "meta.lastModified dateTime"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:id", "id string"),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value",
            "extension manager.value string",
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:id",
            "59: the schema EnterpriseUser has no attribute `id`; write \
             `urn:ietf:params:scim:schemas:core:2.0:User:id`",
        ),
        (
            "department",
            "0: the schema User has no attribute `department`; write \
             `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`",
        ),
        ("usrName", "0: the schema User has no attribute `usrName`; did you mean `userName`?"),
        (
            "name.firstName",
            "5: `name` has no sub-attribute `firstName`; the service provider lists what it knows at `/Schemas`",
        ),
        ("name.givenname", "name.givenName string"),
        ("name.givenNme", "5: `name` has no sub-attribute `givenNme`; did you mean `givenName`?"),
        ("title.value", "6: `title` has no sub-attributes; write `title` alone"),
        (
            "urn:ietf:params:scim:schemas:core:2.0:Group:members",
            "0: `urn:ietf:params:scim:schemas:core:2.0:Group` is no schema of the resource type \
             `User`; did you mean `urn:ietf:params:scim:schemas:core:2.0:User`?",
        ),
    ] {
        assert_eq!(resolve(text), expected, "{text}");
    }
}

#[test]
fn canonical_paths_have_the_schemas_spelling() {
    let mut schemas = Schemas::standard();
    schemas.add(schema("urn:Example:Acme", &["badgeColour"])).unwrap();
    schemas.extend("User", "urn:Example:Acme").unwrap();
    let user = schemas.resource_type("User").unwrap();
    for (text, expected) in [
        ("USERNAME", "userName"),
        ("NAME.GIVENNAME", "name.givenName"),
        ("URN:EXAMPLE:ACME:BADGECOLOUR", "urn:Example:Acme:badgeColour"),
        ("SomeThing", "SomeThing"),
    ] {
        let path = AttrPath::parse(text, &schemas).unwrap();
        assert_eq!(path.canonical(&schemas, user).to_string(), expected);
    }
}

#[test]
fn lists_of_paths_are_parted_by_commas() {
    let schemas = Schemas::standard();
    let list = |text: &str| {
        AttrPath::parse_list(text, &schemas)
            .map(|paths| paths.iter().map(ToString::to_string).collect::<Vec<_>>())
            .map_err(|error| error.offset().unwrap())
    };
    let urn = format!("userName, emails.type ,{}:department", uri::ENTERPRISE_USER);
    let expected = ["userName", "emails.type", &format!("{}:department", uri::ENTERPRISE_USER)];
    assert_eq!(list(&urn).unwrap(), expected);
    assert_eq!(list("userName,"), Err(9));
    assert_eq!(list("userName,  1x"), Err(11));
}

#[test]
fn a_resource_type_needs_its_schemas() {
    let mut schemas = Schemas::standard();
    let device = ResourceType {
        name: "Device".to_owned(),
        endpoint: "/Devices".to_owned(),
        schema: "urn:example:Device".to_owned(),
        extensions: vec![],
    };
    assert!(schemas.add_resource_type(device.clone()).is_err());
    schemas.add(schema("urn:example:Device", &["serial"])).unwrap();
    schemas.add_resource_type(device.clone()).unwrap();
    assert!(schemas.add_resource_type(device).is_err(), "only once");
    assert!(schemas.attribute("urn:example:device", "ID").is_some(), "every resource has an id");
    assert!(schemas.attribute(uri::ENTERPRISE_USER, "id").is_none(), "an extension has none");
    assert!(schemas.add(schema("URN:EXAMPLE:DEVICE", &[])).is_err());
    assert!(schemas.extend("Printer", uri::ENTERPRISE_USER).is_err());
    assert!(schemas.extend("Device", "urn:unknown").is_err());
    schemas.extend("Device", uri::ENTERPRISE_USER).unwrap();
    assert_eq!(schemas.resource_type("Device").unwrap().extensions, [uri::ENTERPRISE_USER]);
    assert!(Schemas::standard().resource_type("Device").is_none(), "clones are apart");
}
