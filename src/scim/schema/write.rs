//! Schemas as Schema resources (RFC 7643, 7).

use crate::json::{Json, Object};

use super::{Attribute, Schema, uri};

impl Schema {
    /// As a Schema resource, without `meta`: only the server knows its location.
    pub fn to_json(&self) -> Json {
        let mut object = Object::new();
        object.push("schemas", vec![Json::from(uri::SCHEMA)]);
        object.push("id", self.id.as_str());
        object.push("name", self.name.as_str());
        if !self.description.is_empty() {
            object.push("description", self.description.as_str());
        }
        object.push("attributes", attributes(&self.attributes));
        object.into()
    }
}

fn attributes(list: &[Attribute]) -> Json {
    // Recursion follows the levels of the schema: `read` allows two, the standard has three.
    Json::Array(list.iter().map(attribute).collect())
}

fn attribute(attribute: &Attribute) -> Json {
    let mut object = Object::new();
    object.push("name", attribute.name.as_str());
    object.push("type", attribute.kind.as_str());
    object.push("multiValued", attribute.multi_valued);
    if !attribute.description.is_empty() {
        object.push("description", attribute.description.as_str());
    }
    object.push("required", attribute.required);
    if !attribute.canonical_values.is_empty() {
        object.push("canonicalValues", texts(&attribute.canonical_values));
    }
    if attribute.kind.has_case() {
        object.push("caseExact", attribute.case_exact);
    }
    object.push("mutability", attribute.mutability.as_str());
    object.push("returned", attribute.returned.as_str());
    if attribute.kind != super::Type::Complex && attribute.kind != super::Type::Boolean {
        object.push("uniqueness", attribute.uniqueness.as_str());
    }
    if !attribute.reference_types.is_empty() {
        object.push("referenceTypes", texts(&attribute.reference_types));
    }
    if attribute.is_complex() {
        object.push("subAttributes", attributes(&attribute.sub_attributes));
    }
    object.into()
}

fn texts(list: &[String]) -> Vec<Json> {
    list.iter().map(|text| Json::from(text.as_str())).collect()
}
