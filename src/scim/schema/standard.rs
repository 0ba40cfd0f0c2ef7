//! The standard schemas, read from their table.

use super::{Attribute, Mutability, Returned, Schema, Type, Uniqueness};

const TABLE: &str = include_str!("standard.txt");

/// The attributes of every resource, and the schemas. A line that makes no sense is left out;
/// the tests compare every line.
pub(super) fn schemas() -> (Vec<Attribute>, Vec<Schema>) {
    let mut common = Vec::new();
    let mut schemas: Vec<Schema> = Vec::new();
    for line in TABLE.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (line, text) = line.split_once(" | ").unwrap_or((line, ""));
        if let Some(heading) = line.strip_prefix('[') {
            let (id, name) = heading.split_once(']').unwrap_or((heading, ""));
            if id != "common" {
                schemas.push(Schema {
                    id: id.to_owned(),
                    name: name.trim().to_owned(),
                    description: text.to_owned(),
                    attributes: Vec::new(),
                });
            }
            continue;
        }
        let list = match schemas.last_mut() {
            Some(schema) => &mut schema.attributes,
            None => &mut common,
        };
        if let Some((path, attribute)) = attribute(line, text) {
            insert(list, path, attribute);
        }
    }
    (common, schemas)
}

fn attribute<'a>(line: &'a str, text: &str) -> Option<(&'a str, Attribute)> {
    let mut words = line.split_ascii_whitespace();
    let path = words.next()?;
    let name = path.rsplit('.').next()?;
    let kind = words.next()?;
    let (kind, multi_valued) = match kind.strip_suffix("[]") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let mut attribute = Attribute::new(name, Type::parse(kind)?);
    attribute.multi_valued = multi_valued;
    text.clone_into(&mut attribute.description);
    for word in words {
        if let Some(values) = within(word, '{', '}') {
            attribute.canonical_values = values;
        } else if let Some(types) = within(word, '(', ')') {
            attribute.reference_types = types;
        } else if let Some(mutability) = Mutability::parse(word) {
            attribute.mutability = mutability;
        } else if let Some(returned) = Returned::parse(word) {
            attribute.returned = returned;
        } else if let Some(uniqueness) = Uniqueness::parse(word) {
            attribute.uniqueness = uniqueness;
        } else {
            match word {
                "required" => attribute.required = true,
                "exact" => attribute.case_exact = true,
                _ => return None,
            }
        }
    }
    Some((path, attribute))
}

/// Puts an attribute under its parents, which stand above it in the table.
fn insert(mut list: &mut Vec<Attribute>, path: &str, attribute: Attribute) {
    let mut names = path.split('.');
    names.next_back();
    for name in names {
        let Some(parent) = list.iter_mut().find(|one| one.name == name) else { return };
        list = &mut parent.sub_attributes;
    }
    list.push(attribute);
}

fn within(word: &str, open: char, close: char) -> Option<Vec<String>> {
    let list = word.strip_prefix(open)?.strip_suffix(close)?;
    Some(list.split(',').map(str::to_owned).collect())
}
