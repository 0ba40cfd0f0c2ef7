//! Attributes as the endpoint's schemas describe them (RFC 7643, 7), read leniently: what is
//! missing has the default of the RFC, what is no attribute is passed over.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::expect::at;

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// `string`, `complex` and so on.
    pub kind: String,
    /// Several values.
    pub multi_valued: bool,
    /// A value must be there.
    pub required: bool,
    /// Its values compare with regard to the case of letters.
    pub case_exact: bool,
    /// `readOnly`, `readWrite`, `immutable`, `writeOnly`.
    pub mutability: String,
    /// `always`, `never`, `default`, `request`.
    pub returned: String,
    /// `none`, `server`, `global`.
    pub uniqueness: String,
    /// Values that are suggested.
    pub canonical: Vec<String>,
    /// Its own attributes.
    pub sub: Vec<Attribute>,
}

impl Attribute {
    /// One of these by its name, the case of whose letters does not count (RFC 7643, 2.1).
    pub(crate) fn find<'a>(all: &'a [Self], name: &str) -> Option<&'a Self> {
        all.iter().find(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Whether it has a sub-attribute; yes, where the schema tells of none at all.
    pub(crate) fn may_have(&self, sub: &str) -> bool {
        self.sub.is_empty() || Self::find(&self.sub, sub).is_some()
    }

    /// Whether a client may write a sub-attribute; yes, where the schema tells of none at all.
    pub(crate) fn may_write(&self, sub: &str) -> bool {
        let found = Self::find(&self.sub, sub);
        self.sub.is_empty() || found.is_some_and(|one| one.mutability != "readOnly")
    }
}

/// Attributes inside attributes, at most so deep; RFC 7643 knows one level.
const DEPTH: usize = 4;

/// The attributes of a schema among those that an answer lists, where it is there.
pub(super) fn of(schemas: &Value, urn: &str) -> Option<Vec<Attribute>> {
    let same = |one: &&Value| {
        let id = at(one, "/id").and_then(Value::as_str);
        id.is_some_and(|id| id.eq_ignore_ascii_case(urn))
    };
    let all = super::documents::resources(schemas);
    let attributes = at(all.into_iter().find(same)?, "/attributes")?.as_array()?;
    Some(attributes.iter().filter_map(|one| attribute(one, DEPTH)).collect())
}

/// The attributes of every schema that an answer lists, by its URN in lower case.
pub(super) fn all(schemas: &Value) -> BTreeMap<String, Vec<Attribute>> {
    let listed = super::documents::resources(schemas);
    let urns = listed.iter().filter_map(|one| at(one, "/id")?.as_str());
    urns.filter_map(|urn| Some((urn.to_lowercase(), of(schemas, urn)?))).collect()
}

fn attribute(value: &Value, depth: usize) -> Option<Attribute> {
    let text = |name: &str, default: &str| {
        at(value, name).and_then(Value::as_str).unwrap_or(default).to_owned()
    };
    let flag = |name: &str| at(value, name).and_then(Value::as_bool).unwrap_or(false);
    let list =
        |name: &str| at(value, name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let inner = if depth == 0 { &[][..] } else { list("/subAttributes") };
    Some(Attribute {
        name: at(value, "/name")?.as_str()?.to_owned(),
        kind: text("/type", "string"),
        multi_valued: flag("/multiValued"),
        required: flag("/required"),
        case_exact: flag("/caseExact"),
        mutability: text("/mutability", "readWrite"),
        returned: text("/returned", "default"),
        uniqueness: text("/uniqueness", "none"),
        canonical: list("/canonicalValues")
            .iter()
            .filter_map(|one| Some(one.as_str()?.to_owned()))
            .collect(),
        sub: inner.iter().filter_map(|one| attribute(one, depth - 1)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_with_gaps_is_read_as_far_as_it_goes() {
        let schemas = json!({ "Resources": [7, { "id": "urn:X", "attributes": [
            { "name": "a", "required": "yes", "type": 3 }, { "type": "string" }, null,
            { "name": "b", "multiValued": true, "subAttributes": [{ "name": "c" }] },
        ] }] });
        let all = of(&schemas, "URN:x").unwrap();
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!((all[0].kind.as_str(), all[0].required), ("string", false));
        assert_eq!(all[1].sub[0].mutability, "readWrite");
        assert_eq!(of(&schemas, "urn:y"), None);
    }
}
