//! The vectors of RFC 7644's grammar as errata and practice read it: what is a filter or a PATCH
//! path, what is none, and how it groups. The files print groups as `(a and b)`, negation as
//! `!(…)`, texts in Python's quotes and whole schemas in braces.

use provisor::ErrorKind;
use provisor::scim::filter::{self, Expr, ExprKind, Leniency, Literal, Options, Test};
use provisor::scim::patch_path::{self, Target};
use provisor::scim::schema::{Attribute, Schema, Schemas, Type};

/// The standard schemas and the one of the vectors' device.
fn schemas() -> Schemas {
    let mut schemas = Schemas::standard();
    let mut ports = Attribute::new("ports", Type::Complex);
    ports.multi_valued = true;
    ports.sub_attributes = vec![Attribute::new("speed", Type::Integer)];
    schemas
        .add(Schema {
            id: "urn:example:params:acme:2.0:Device".to_owned(),
            name: "Device".to_owned(),
            description: String::new(),
            attributes: vec![ports],
        })
        .unwrap();
    schemas
}

fn groups(expr: &Expr) -> String {
    let join = |parts: &[Expr], word: &str| {
        let parts: Vec<String> = parts.iter().map(groups).collect();
        format!("({})", parts.join(word))
    };
    match &expr.node {
        ExprKind::Or(parts) => join(parts, " or "),
        ExprKind::And(parts) => join(parts, " and "),
        ExprKind::Not(inner) => format!("!({})", groups(inner)),
        ExprKind::Element { path, inner } => format!("{}[{}]", path.node, groups(inner)),
        ExprKind::Compare { path, test: Test::Present } => format!("{} pr", path.node),
        ExprKind::Compare { path, test: Test::Value(op, literal) } => {
            let literal = match &literal.node {
                Literal::Null => "None".to_owned(),
                Literal::Bool(true) => "True".to_owned(),
                Literal::Bool(false) => "False".to_owned(),
                Literal::Number(numeral) => format!("'{}'", numeral.as_str()),
                Literal::Text(text) => {
                    let text = text.replace('\\', "\\\\");
                    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
                }
            };
            format!("{} {op} {literal}", path.node)
        }
    }
}

fn vectors(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines().map(|line| line.split_once("   =>   ").unwrap_or((line, "")))
}

#[test]
fn valid_filters_group_as_expected() {
    for (text, expected) in vectors(include_str!("filter-valid.txt")) {
        let filter = filter::parse(text, &schemas(), Options::lenient());
        let filter = filter.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(groups(&filter.root), expected, "{text}");
        let only_dollar = filter.tolerated.iter().all(|one| one.leniency == Leniency::Dollar);
        assert!(only_dollar, "{text}: {:?}", filter.tolerated);
        let strict = filter::parse(text, &schemas(), Options::strict());
        assert_eq!(strict.is_ok(), filter.tolerated.is_empty(), "{text}, strictly");
    }
}

#[test]
fn invalid_filters_are_refused_with_place_and_advice() {
    for text in include_str!("filter-invalid.txt").lines() {
        for options in [Options::strict(), Options::lenient()] {
            let error = match filter::parse(text, &schemas(), options) {
                Ok(filter) => panic!("{text} was read as {filter}"),
                Err(error) => error,
            };
            assert_eq!(error.kind(), ErrorKind::Filter, "{text}");
            assert!(error.offset().is_some_and(|at| at <= text.len()), "{text}: {error}");
            assert!(error.advice().is_some(), "{text}: {error}");
        }
    }
}

#[test]
fn spacing_beyond_the_letter_is_a_leniency() {
    for text in include_str!("filter-invalid-strict.txt").lines() {
        let filter = filter::parse(text, &schemas(), Options::lenient()).unwrap();
        assert!(filter.tolerated.iter().all(|one| one.leniency == Leniency::Blanks), "{text}");
        assert!(!filter.tolerated.is_empty(), "{text}");
        let error = filter::parse(text, &schemas(), Options::strict()).unwrap_err();
        assert_eq!(error.message(), "a blank stands where none is allowed", "{text}");
        assert_eq!(error.offset(), Some(filter.tolerated[0].place.start), "{text}");
    }
}

#[test]
fn valid_paths_are_read() {
    for (text, expected) in vectors(include_str!("path-valid.txt")) {
        let path = patch_path::parse(text, &schemas(), Options::lenient());
        let path = path.unwrap_or_else(|error| panic!("{text}: {error}"));
        let read = match &path.target {
            Target::Attribute(path) => path.to_string(),
            Target::Values { path, filter, sub } => {
                let sub = sub.as_ref().map(|sub| format!(".{}", sub.node)).unwrap_or_default();
                format!("{path}[{}]{sub}", groups(filter))
            }
            Target::Schema(uri) => format!("{{{uri}}}"),
        };
        assert_eq!(read, expected, "{text}");
        assert_eq!(path.to_string(), text, "it is printed as it was written");
        let strict = patch_path::parse(text, &schemas(), Options::strict());
        assert_eq!(strict.is_ok(), path.tolerated.is_empty(), "{text}, strictly");
    }
}

#[test]
fn invalid_paths_are_refused_with_place_and_advice() {
    for text in include_str!("path-invalid.txt").lines() {
        for options in [Options::strict(), Options::lenient()] {
            let error = match patch_path::parse(text, &schemas(), options) {
                Ok(path) => panic!("{text} was read as {path}"),
                Err(error) => error,
            };
            let inside = error.offset().is_some_and(|at| {
                let before = &text[..at];
                before.matches('[').count() > before.matches(']').count()
            });
            let kind = if inside { ErrorKind::Filter } else { ErrorKind::Path };
            let unclosed = error.message() == "`[` is not closed";
            assert!(error.kind() == kind || unclosed, "{text}: {error}");
            assert!(error.advice().is_some(), "{text}: {error}");
        }
    }
}
