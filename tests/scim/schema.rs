//! The standard schemas against the facts, and custom ones.

use provisor::ErrorKind;
use provisor::json::{Json, parse};
use provisor::scim::schema::{Attribute, Schema, Schemas, Type, is_name};

/// What the RFC prints and we decide otherwise; `standard.txt` gives the reasons.
fn exact(path: &str, kind: &str, printed: &str) -> bool {
    let identifier = matches!(path, "id" | "groups.value" | "members.value");
    printed == "true" || matches!(kind, "reference" | "binary") || identifier
}

fn lookup<'s>(list: &'s [Attribute], path: &str) -> Option<&'s Attribute> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let found = list.iter().find(|attribute| attribute.name == name)?;
    match rest {
        Some(rest) => lookup(&found.sub_attributes, rest),
        None => Some(found),
    }
}

fn count(list: &[Attribute]) -> usize {
    list.iter().map(|attribute| 1 + count(&attribute.sub_attributes)).sum()
}

#[test]
fn every_row_of_the_facts_is_in_the_table() {
    let schemas = Schemas::standard();
    let mut rows = 0;
    for line in include_str!("attributes.tsv").lines().skip(1) {
        rows += 1;
        let columns: Vec<&str> = line.split('\t').collect();
        let [
            uri,
            path,
            kind,
            several,
            required,
            case,
            mutability,
            returned,
            unique,
            values,
            refers,
        ] = columns[..]
        else {
            panic!("eleven columns: {line}")
        };
        let attributes = match uri {
            "(common, all resources)" => schemas.common_attributes(),
            _ => &schemas.schema(uri).unwrap().attributes,
        };
        let found = lookup(attributes, path).unwrap_or_else(|| panic!("{uri} lacks {path}"));
        let list = |text: &str| match text {
            "-" | "(empty list)" => Vec::new(),
            _ => text.split(',').map(str::to_owned).collect::<Vec<_>>(),
        };
        let or = |text: &'static str, stated: &str| {
            if stated == "-" { text } else { "" }.to_owned()
                + if stated == "-" { "" } else { stated }
        };
        let returned = if path == "schemas" { "always" } else { returned };
        let expected = (
            kind,
            several == "true",
            required == "true",
            exact(path, kind, case),
            mutability,
            returned,
            or("none", unique),
            list(values),
            list(refers),
        );
        let actual = (
            found.kind.as_str(),
            found.multi_valued,
            found.required,
            found.case_exact,
            found.mutability.as_str(),
            found.returned.as_str(),
            found.uniqueness.as_str().to_owned(),
            found.canonical_values.clone(),
            found.reference_types.clone(),
        );
        assert_eq!(actual, expected, "{uri} {path}");
        assert!(found.description.ends_with('.'), "{uri} {path} has no description");
    }
    let all = schemas.iter().map(|schema| count(&schema.attributes)).sum::<usize>();
    assert_eq!(all + count(schemas.common_attributes()), rows, "nothing beside the facts");
    assert!(rows > 150);
}

#[test]
fn names_are_looked_up_without_case() {
    let schemas = Schemas::standard();
    let user = "urn:ietf:params:scim:schemas:core:2.0:USER";
    assert_eq!(schemas.attribute(user, "USERNAME").unwrap().name, "userName");
    assert_eq!(schemas.attribute(user, "META").unwrap().sub("Created").unwrap().name, "created");
    assert!(schemas.attribute(user, "department").is_none());
    for (text, expected) in [("userName", true), ("$ref", true), ("a$b-c_9", true)] {
        assert_eq!(is_name(text), expected, "{text}");
    }
    for text in ["", "1a", "_a", "-", "$x", "a.b", "a b", "é"] {
        assert!(!is_name(text), "{text}");
    }
}

#[test]
fn a_schema_is_written_and_read_back() {
    for schema in Schemas::standard().iter() {
        let json = schema.to_json();
        assert_eq!(&Schema::from_json(&json).unwrap(), schema);
        let value = serde_json::Value::try_from(&json).unwrap();
        assert_eq!(&Schema::from_json(&value).unwrap(), schema, "from the other tree");
    }
    let enterprise = Schemas::standard();
    let enterprise = enterprise.schema(provisor::scim::schema::uri::ENTERPRISE_USER).unwrap();
    insta::assert_snapshot!(format!("{:#}", enterprise.to_json()));
}

#[test]
fn a_custom_schema_has_the_defaults_of_the_rfc() {
    let json = parse(
        br#"{"ID": "urn:acme:2.0:User", "attributes": [
            {"name": "badge"},
            {"name": "link", "type": "reference"},
            {"name": "lockers", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "type": "integer", "mutability": "immutable", "x": 1}]}]}"#,
    );
    let schema = Schema::from_json(&json.unwrap()).unwrap();
    assert_eq!(schema.name, "User", "for want of a name the end of the URI");
    assert_eq!(schema.attributes[0], Attribute::new("badge", Type::String));
    assert!(schema.attributes[1].case_exact, "references are exact");
    let value = schema.attribute("LOCKERS").unwrap().sub("VALUE").unwrap();
    assert_eq!((value.kind, value.mutability.as_str()), (Type::Integer, "immutable"));
}

/// The words for a schema with one mistake.
fn refused(text: &str) -> String {
    let text = text.replace('\'', "\"");
    let json: Json = text.parse().unwrap();
    let error = Schema::from_json(&json).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    format!("{}; {}", error.message(), error.advice().unwrap())
}

#[test]
fn a_schema_that_makes_no_sense_is_refused() {
    let with =
        |attributes: &str| refused(&format!("{{'id': 'urn:a:b', 'attributes': {attributes}}}"));
    let said = [
        refused("[]"),
        refused("{'attributes': []}"),
        refused("{'id': 'acme', 'attributes': []}"),
        refused("{'id': 5, 'attributes': []}"),
        refused("{'id': 'urn:a:b'}"),
        with("{}"),
        with("[{}]"),
        with("[7]"),
        with("[{'name': '1st'}]"),
        with("[{'name': 'a'}, {'name': 'A'}]"),
        with("[{'name': 'a', 'type': 'strng'}]"),
        with("[{'name': 'a', 'type': 'object'}]"),
        with("[{'name': 'a', 'required': 'true'}]"),
        with("[{'name': 'a', 'mutability': 'readonly'}]"),
        with("[{'name': 'a', 'returned': 'sometimes'}]"),
        with("[{'name': 'a', 'canonicalValues': [1]}]"),
        with("[{'name': 'a', 'type': 'complex'}]"),
        with("[{'name': 'a', 'subAttributes': [{'name': 'b'}]}]"),
        with(
            "[{'name': 'a', 'type': 'complex', 'subAttributes': [{'name': 'b', 'type': 'complex', 'subAttributes': []}]}]",
        ),
        with("[{'name': 'a', 'type': 'complex', 'subAttributes': [{'name': 'b'}, {'name': 'B'}]}]"),
    ];
    insta::assert_snapshot!(said.join("\n"));
}
