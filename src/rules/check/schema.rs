//! What the checker needs of SCIM schemas: the one place that asks them.

use std::sync::LazyLock;

use crate::rules::model::ValueKind;
pub(super) use crate::scim::schema::uri::{ENTERPRISE_USER, USER as CORE_USER};
use crate::scim::schema::{self, Schemas, Type};

/// Rules are about Users; the standard schemas are those that a User has.
static STANDARD: LazyLock<Schemas> = LazyLock::new(Schemas::standard);

/// An attribute of a schema.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its name in the schema's spelling.
    pub(super) name: String,
    /// Whether it has several values.
    pub(super) multi_valued: bool,
    /// Whether every User has it.
    pub(super) required: bool,
    /// Whether its values are objects.
    pub(super) complex: bool,
    /// Its plain values: one with an empty name, or the sub-attributes.
    pub(super) leaves: Vec<Leaf>,
}

/// A plain value of an attribute.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Empty, or the sub-attribute's name.
    pub(super) name: String,
    /// How it compares.
    pub(super) kind: ValueKind,
    /// Whether it is base64, which has no order (RFC 7644, 3.4.2.2).
    pub(super) binary: bool,
}

/// The standard attribute of that name, with the schema's URI; letter case makes no difference.
pub(super) fn find(schema: &str, name: &str) -> Option<(&'static str, Found)> {
    let uri = standard(schema)?;
    let attribute = STANDARD.attribute(uri, name)?;
    let leaves = if attribute.is_complex() {
        attribute.sub_attributes.iter().map(|sub| leaf(&sub.name, sub)).collect()
    } else {
        vec![leaf("", attribute)]
    };
    let found = Found {
        name: attribute.name.clone(),
        multi_valued: attribute.multi_valued,
        required: attribute.required,
        complex: attribute.is_complex(),
        leaves,
    };
    Some((uri, found))
}

/// Whether the schema is one that we know by heart.
pub(super) fn is_standard(schema: &str) -> bool {
    standard(schema).is_some()
}

/// The attributes of a schema; none if it is not known. The core User's are followed by those
/// that every resource has.
pub(super) fn names(schema: &str) -> impl Iterator<Item = &'static str> {
    let uri = standard(schema);
    let own = uri.and_then(|uri| STANDARD.schema(uri)).into_iter().flat_map(|s| &s.attributes);
    let common = if uri == Some(CORE_USER) { STANDARD.common_attributes() } else { &[] };
    own.chain(common).map(|attribute| attribute.name.as_str())
}

/// The attribute that has a part of this name (`givenName` is one of `name`); none for the parts
/// that many have.
pub(super) fn owner_of_part(part: &str) -> Option<&'static str> {
    let mut owners = [CORE_USER, ENTERPRISE_USER]
        .into_iter()
        .filter_map(|uri| STANDARD.schema(uri))
        .flat_map(|schema| &schema.attributes)
        .filter(|attribute| attribute.sub_attributes.iter().any(|sub| sub.name == part));
    let first = owners.next()?;
    owners.next().is_none().then_some(first.name.as_str())
}

fn standard(schema: &str) -> Option<&'static str> {
    [CORE_USER, ENTERPRISE_USER].into_iter().find(|uri| uri.eq_ignore_ascii_case(schema))
}

fn leaf(name: &str, attribute: &schema::Attribute) -> Leaf {
    let kind = match attribute.kind {
        Type::Boolean => ValueKind::Flag,
        Type::Decimal | Type::Integer => ValueKind::Number,
        Type::DateTime => ValueKind::Date,
        Type::String | Type::Reference | Type::Binary | Type::Complex => {
            ValueKind::Text { exact: attribute.case_exact }
        }
    };
    Leaf { name: name.to_owned(), kind, binary: attribute.kind == Type::Binary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_the_schema() {
        let kind = |name: &str| find(CORE_USER, name).unwrap().1.leaves[0].kind;
        assert_eq!(kind("TITLE"), ValueKind::Text { exact: false });
        assert_eq!(kind("externalId"), ValueKind::Text { exact: true });
        assert_eq!(kind("active"), ValueKind::Flag);
        assert!(find(CORE_USER, "department").is_none());
        assert!(find(ENTERPRISE_USER, "department").is_some());
        assert!(find("urn:ietf:params:scim:schemas:core:2.0:Group", "members").is_none());
    }

    #[test]
    fn a_part_that_one_attribute_has_leads_to_it() {
        assert_eq!(owner_of_part("givenName"), Some("name"));
        assert_eq!(owner_of_part("country"), Some("addresses"));
        assert_eq!(owner_of_part("value"), None);
        assert_eq!(owner_of_part("formatted"), None);
    }
}
