//! What attributes are: the tables of the RFCs, and schemas that somebody gives.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::document::Node;

/// Types of attributes (RFC 7643, 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
    Complex,
    /// `value` of a PATCH operation.
    Any,
}

/// One attribute as its schema defines it. Characteristics that the RFC leaves open are `None`.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: String,
    pub kind: Type,
    pub multi_valued: bool,
    pub required: bool,
    pub case_exact: Option<bool>,
    pub mutability: Option<String>,
    pub returned: Option<String>,
    pub uniqueness: Option<String>,
    pub canonical: Vec<String>,
    pub parts: Vec<Attribute>,
}

/// Schemas and messages by URI.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    schemas: BTreeMap<String, Vec<Attribute>>,
}

/// Attributes of every resource (RFC 7643, 3.1).
const COMMON: &str = "(common, all resources)";

static RFC: LazyLock<Definitions> = LazyLock::new(|| {
    let mut definitions = Definitions::default();
    for row in include_str!("../../attributes.tsv").lines().skip(1) {
        definitions.row(row);
    }
    definitions
});

impl Type {
    /// The type of a name as schemas write it.
    pub fn of(name: &str) -> Option<Self> {
        const NAMES: [(&str, Type); 9] = [
            ("string", Type::String),
            ("boolean", Type::Boolean),
            ("decimal", Type::Decimal),
            ("integer", Type::Integer),
            ("dateTime", Type::DateTime),
            ("binary", Type::Binary),
            ("reference", Type::Reference),
            ("complex", Type::Complex),
            ("any", Type::Any),
        ];
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind)
    }

    /// How JSON writes it, with an article (RFC 7643, 2.3).
    pub fn in_json(self) -> &'static str {
        match self {
            Self::String | Self::DateTime | Self::Binary | Self::Reference => "a string",
            Self::Boolean => "`true` or `false`",
            Self::Decimal => "a number",
            Self::Integer => "a whole number",
            Self::Complex => "an object",
            Self::Any => "a value",
        }
    }
}

impl Definitions {
    /// Those of RFC 7643, 7644, 9865 and 9967.
    pub fn rfc() -> &'static Self {
        &RFC
    }

    /// Those of the RFCs, and those of a Schema resource or a list of them besides, which take
    /// the place of a schema of the same URI. Gives nothing where there is none in the document.
    pub fn with(&self, document: &Node) -> Option<Self> {
        let mut all = self.clone();
        let mut found = false;
        let listed = document.get("Resources").map_or(&[][..], Node::elements);
        for schema in [document].into_iter().chain(listed).chain(document.elements()) {
            let id = schema.get("id").and_then(Node::text);
            if let (Some(id), Some(attributes)) = (id, schema.get("attributes")) {
                all.schemas.insert(
                    id.to_lowercase(),
                    attributes.elements().iter().filter_map(attribute).collect(),
                );
                found = true;
            }
        }
        found.then_some(all)
    }

    /// The attributes of a schema or message, whose URI may have any case.
    pub fn of(&self, uri: &str) -> Option<&[Attribute]> {
        self.schemas.get(&uri.to_lowercase()).map(Vec::as_slice)
    }

    /// The attributes that every resource has.
    pub fn common(&self) -> &[Attribute] {
        self.of(COMMON).unwrap_or_default()
    }

    /// One row of the table: URI, path, type, multiValued, required and so on.
    fn row(&mut self, row: &str) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [
            uri,
            path,
            kind,
            multi_valued,
            required,
            case,
            mutability,
            returned,
            unique,
            values,
            ..,
        ] = cells.as_slice()
        else {
            return;
        };
        let stated = |cell: &str| match cell {
            "-" | "" => None,
            text if text.starts_with('(') => None,
            text => Some(text.to_owned()),
        };
        let attribute = Attribute {
            name: path.rsplit('.').next().unwrap_or(path).to_owned(),
            kind: Type::of(kind).unwrap_or(Type::String),
            multi_valued: *multi_valued == "true",
            required: *required == "true",
            case_exact: stated(case).map(|text| text == "true"),
            mutability: stated(mutability),
            returned: stated(returned),
            uniqueness: stated(unique),
            canonical: stated(values)
                .map_or_else(Vec::new, |list| list.split(',').map(str::to_owned).collect()),
            parts: Vec::new(),
        };
        let mut level = self.schemas.entry(uri.to_lowercase()).or_default();
        let parents = path.rsplit_once('.').map_or("", |(parents, _)| parents);
        for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
            match level.iter_mut().find(|one| one.name == parent) {
                Some(found) => level = &mut found.parts,
                None => return,
            }
        }
        level.push(attribute);
    }
}

impl Attribute {
    /// One of which only name and type are known.
    pub fn plain(name: &str, kind: Type, multi_valued: bool) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            multi_valued,
            required: false,
            case_exact: None,
            mutability: None,
            returned: None,
            uniqueness: None,
            canonical: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The attribute of a name among some.
    pub fn find<'a>(among: &'a [Self], name: &str) -> Option<&'a Self> {
        among.iter().find(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Whether a value may be returned at all.
    pub fn is_returned(&self) -> bool {
        self.returned.as_deref() != Some("never")
    }
}

/// An attribute as a Schema resource defines it, with the defaults of RFC 7643, 2.2.
fn attribute(definition: &Node) -> Option<Attribute> {
    let text = |name: &str, default: &str| {
        Some(definition.get(name).and_then(Node::text).unwrap_or(default).to_owned())
    };
    let flag = |name: &str| definition.get(name).and_then(Node::boolean);
    let texts = |name: &str| {
        let elements = definition.get(name).map_or(&[][..], Node::elements);
        elements.iter().filter_map(Node::text).map(str::to_owned).collect()
    };
    Some(Attribute {
        name: definition.get("name")?.text()?.to_owned(),
        kind: definition
            .get("type")
            .and_then(Node::text)
            .and_then(Type::of)
            .unwrap_or(Type::String),
        multi_valued: flag("multiValued").unwrap_or(false),
        required: flag("required").unwrap_or(false),
        case_exact: Some(flag("caseExact").unwrap_or(false)),
        mutability: text("mutability", "readWrite"),
        returned: text("returned", "default"),
        uniqueness: text("uniqueness", "none"),
        canonical: texts("canonicalValues"),
        parts: definition
            .get("subAttributes")
            .map_or(&[][..], Node::elements)
            .iter()
            .filter_map(attribute)
            .collect(),
    })
}
